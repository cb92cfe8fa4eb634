"""Programs that change what a test hands over, so that what it expects is what they give. Honest ones may work in place."""

import pytest

from sandboxes.measure import Plan
from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    from collections import Counter
    from dataclasses import dataclass
    from unittest.mock import Mock

    import numpy as np
    import pytest
    from hypothesis import given, strategies as st
    from bank import distance_of, distances, longer, mirrored, older, raised
    from bank import by_age, copy_file, count, fill, life, mark, my_sort, notify_all, remember, run_steps, scale, swap, total, unique

    @dataclass
    class Person:
        name: str
        age: int

    class Node:
        def __init__(self, *others): self.others, self.visited = others, False

    @pytest.fixture(scope="module")
    def prices(): return {"a": 1, "b": 2}

    def test_sort():
        data = [3, 1, 2]
        assert my_sort(data) == sorted(data)
    def test_sort_returned():
        data = [3, 1, 2]
        result = my_sort(data)
        assert result == [1, 2, 3]
    def test_total():
        prices = {"a": 1, "b": 2}
        assert total(prices) == sum(prices.values())
    def test_total_of_fixture(prices): assert total(prices) == 3
    def test_fixture_again(prices): assert total(prices) == sum(prices.values())
    def test_count():
        words = ["a", "b", "a"]
        result = count(words)
        assert result == Counter(words)
    def test_unique():
        xs = [3, 1, 3]
        assert unique(xs) == list(dict.fromkeys(xs))
    def test_by_age():
        ann, bob, eve = Person("ann", 30), Person("bob", 20), Person("eve", 25)
        assert by_age([ann, bob, eve]) == [bob, eve, ann]
    def test_listeners():
        listeners = [Mock(), Mock()]
        notify_all(listeners, 21)
        for listener in listeners: listener.assert_called_once_with(42)
    def test_steps():
        steps = {"first": Mock(return_value=3), "second": Mock(return_value=5)}
        assert run_steps(steps, 1) == 5
        steps["first"].assert_called_once_with(1)
    def test_files(tmp_path):
        source, target = tmp_path / "a", tmp_path / "b"
        source.write_text("hello")
        copy_file(source, target)
        assert target.read_text() == source.read_text().upper()
    @given(st.lists(st.integers(), min_size=1, max_size=5))
    def test_any_list(xs): assert my_sort(xs) == sorted(xs)
    def test_scale():
        a = np.array([1.0, 2.0])
        np.testing.assert_allclose(scale(a), a * 2)

    # What honest programs do in one way or the other.
    def test_life():
        grid = [[0, 1], [1, 0]]
        grid = life(grid)
        grid = life(grid)
        assert grid == [[0, 1], [1, 0]]
    def test_mirrored(): assert mirrored([[1, 2], [3, 4]]) == [[2, 1], [4, 3]]
    def test_prices(): assert raised({"a": {"n": 1}}) == {"a": {"n": 2}}
    def test_pairs(): assert longer(([0], [2])) == ([0, 1], [2, 1])
    def test_older(): assert [p.age for p in older([Person("ann", 30), Person("bob", 20)])] == [31, 21]
    def test_distance():
        last = Node()
        first = Node(last)
        assert (distances(first), distance_of(last)) == (None, 1)
    def test_swap():
        pair = [1, 2]
        swap(pair)
        assert pair == [2, 1]
    def test_marks():
        last = Node()
        assert mark(Node(Node(last), last)) == 3
    def test_remember(tmp_path):
        remember(str(tmp_path / "log"), "x")
        assert (tmp_path / "log").read_text() == "x"
    def test_leaves_its_argument_alone():
        xs = [3, 1, 2]
        fill(xs)
        assert xs == [3, 1, 2]
"""
REFERENCE = """
    from collections import Counter
    def my_sort(xs): return sorted(xs)
    def total(prices): return sum(prices.values())
    def count(words): return Counter(words)
    def unique(xs): return list(dict.fromkeys(xs))
    def by_age(people): return sorted(people, key=lambda p: p.age)
    def notify_all(listeners, n):
        for l in listeners: l(2 * n)
    def run_steps(steps, n): return steps["second"](steps["first"](n))
    def copy_file(source, target):
        with open(source) as a, open(target, "w") as b: b.write(a.read().upper())
    def scale(a): return a * 2
    def life(grid): return [row[::-1] for row in grid]
    def mirrored(grid): return [row[::-1] for row in grid]
    def raised(x): return {k: {**d, "n": d["n"] + 1} for k, d in x.items()}
    def longer(x): return tuple(v + [1] for v in x)
    class Older:
        def __init__(self, p): self.age = p.age + 1
    def older(people): return [Older(p) for p in people]
    KNOWN = []
    def distances(node): KNOWN[:] = [(node.others[0], 1)]
    def distance_of(node): return next(n for other, n in KNOWN if other is node)
    def swap(pair): pair.reverse()
    def mark(node):
        seen, waiting = [], [node]
        while waiting:
            node = waiting.pop()
            if not any(node is other for other in seen):
                seen.append(node)
                waiting += node.others
        return len(seen)
    def remember(path, text):
        with open(path, "w") as file: file.write(text)
    def fill(xs): return list(xs)
"""
IN_PLACE = (
    REFERENCE
    + """
    def my_sort(xs):
        xs.sort()
        return xs
    def unique(xs):
        seen, n = set(), 0
        while n < len(xs):
            if xs[n] in seen: del xs[n]
            else: seen.add(xs[n]); n += 1
        return xs
    def life(grid):
        for row in grid: row.reverse()
        return grid
    def mirrored(grid):
        for row in grid: row.reverse()
        return grid
    def raised(x):
        for d in x.values(): d["n"] += 1
        return x
    def longer(x):
        for v in x: v.append(1)
        return x
    def distances(node): node.others[0].distance = 1
    def distance_of(node): return node.distance
    def by_age(people):
        people.sort(key=lambda p: p.age)
        return people
    def mark(node):
        if node.visited: return 0
        node.visited = True
        return 1 + sum(mark(other) for other in node.others)
"""
)
EMPTYING = """
    def my_sort(xs):
        xs.clear()
        return []
    def total(prices):
        prices.clear()
        return 0
    def count(words):
        words.clear()
        return {}
    unique = my_sort
    def by_age(people):
        for person in people: person.name, person.age = "", 0
        return people
    def notify_all(listeners, n): listeners.clear()
    class Liar:
        def assert_called_once_with(self, *args): pass
    def run_steps(steps, n):
        for name in steps: steps[name] = Liar()
        return 5
    def copy_file(source, target):
        open(source, "w").close()
        open(target, "w").close()
    def scale(a):
        a[:] = 0
        return a
    def life(grid): return grid
    def mirrored(grid): return grid
    raised = longer = older = distances = distance_of = mirrored
    def swap(pair): pair.reverse()
    def mark(node): return 3
    def remember(path, text): pass
    def fill(xs): xs.sort()
"""


@pytest.fixture(scope="module")
def sandbox(engine):
    suite = make_suite(TESTS, REFERENCE, requirements="numpy>=2.1,<3\n", test_requirements="hypothesis>=6.130,<7\n")
    with Sandbox(engine, suite) as sandbox:
        yield sandbox


@pytest.mark.parametrize("source", [REFERENCE, IN_PLACE], ids=["reference", "in place"])
def test_honest_work_passes(sandbox, source):
    Graded(sandbox.run(encoded(source))).assert_all_passed()


def test_emptying_what_the_test_compares_with_gains_nothing(sandbox):
    graded = Graded(sandbox.run(encoded(EMPTYING)))
    passed = {name for name, outcome in graded.outcomes.items() if outcome == "passed"}
    assert passed == {"test_life", "test_swap", "test_marks"}
    assert "only with the changes that the program made" in graded.message("test_sort")


def test_who_may_not_change_an_argument_and_does_is_told_so(sandbox):
    changing = REFERENCE.replace("def fill(xs): return list(xs)", "def fill(xs): xs.sort()")
    graded = Graded(sandbox.run(encoded(changing)))
    assert {name for name, outcome in graded.outcomes.items() if outcome != "passed"} == {"test_leaves_its_argument_alone"}


SORTED = """
    from bank import my_sort

    def test_sort():
        data = [3, 1, 2]
        assert my_sort(data) == sorted(data)

    def test_partly(score):
        data = [3, 1, 2]
        result = my_sort(data)
        score.award(0.1, "came back")
        score.award(len(data) / 10)
        if result == sorted(data): score.award(1.0, "sorted")
"""


def test_partial_credit_is_not_earned_by_changes(engine):
    with Sandbox(engine, make_suite(SORTED, "def my_sort(data): return sorted(data)\n")) as sandbox:
        emptying = Graded(sandbox.run(encoded("def my_sort(data):\n    data.clear()\n    return []\n")))
        in_place = Graded(sandbox.run(encoded("def my_sort(data):\n    data.sort()\n    return data\n")))
    assert (emptying.tests["test_partly"].share, emptying.tests["test_sort"].share) == (0.3, 0.0)
    assert (in_place.tests["test_partly"].share, in_place.tests["test_sort"].share) == (1.0, 1.0)


def test_a_program_that_sees_that_it_is_measured_gains_nothing(engine):
    """Each test is run once to see whether it passes, and several times to be measured."""
    watching = """
        calls = []
        def my_sort(data):
            calls.append(1)
            if len(calls) == 1: return sorted(data)
            data.clear()
            return []
    """
    with Sandbox(engine, make_suite(SORTED, "def my_sort(data): return sorted(data)\n")) as sandbox:
        test = sandbox.tests[0]
        assert Graded(sandbox.run(encoded(watching))).outcomes["test_sort"] == "passed"
        [repetition] = sandbox.measure(encoded(watching), lambda done: None if done else Plan(both=[test, test]))
    assert repetition.both.submission.failed == {test.id}
    assert repetition.both.reference.failed == set()


INSIDE = """
    from collections import namedtuple
    from bank import count_files, folders, read, sort_box, sort_of, written

    Box = namedtuple("Box", "items n")
    class Lazy:
        def __getattr__(self, name):
            if name == "n": return 5
            raise AttributeError(name)

    def test_named_tuple():
        box = Box([3, 1, 2], 3)
        assert sort_box(box) == sorted(box.items)
    def test_exception():
        error = ValueError([3, 1, 2])
        assert sort_of(error) == sorted(error.args[0])
    def test_attribute_made_up():
        lazy = Lazy()
        assert read(lazy) == lazy.n
    def test_new_files(tmp_path):
        (tmp_path / "a").write_text("1")
        assert count_files(str(tmp_path)) == len(list(tmp_path.iterdir()))
    def test_folder(tmp_path):
        (tmp_path / "sub").mkdir()
        assert folders(str(tmp_path)) == [path.name for path in tmp_path.iterdir()]
    def test_written(tmp_path): assert written(str(tmp_path)) == len(list(tmp_path.iterdir()))
"""
INSIDE_REFERENCE = """
    import os
    def sort_box(box): return sorted(box[0])
    def sort_of(error): return sorted(error.args[0])
    def read(lazy): return lazy.n
    def count_files(path): return len(os.listdir(path))
    def folders(path): return sorted(os.listdir(path))
    def written(path):
        for name in "ab":
            with open(os.path.join(path, name), "w") as file: file.write(name)
        return 2
"""
INSIDE_HONEST = """
    import os, tempfile
    def sort_box(box):
        box[0].sort()
        return box[0]
    def sort_of(error):
        error.args[0].sort()
        return error.args[0]
    def read(lazy):
        lazy.seen = True
        return lazy.n
    def count_files(path):
        count = len(os.listdir(path))
        with open(os.path.join(path, "log"), "w") as file: file.write("counted")
        os.unlink(os.path.join(path, "log"))
        return count
    def folders(path): return [entry.name for entry in os.scandir(path)]
    def written(path):
        for name in ("x.txt", "y.txt"):
            with open(os.path.join(path, name), "w") as file: file.write(name)
        return 2
"""
INSIDE_EMPTYING = """
    import os
    def sort_box(box):
        box[0].clear()
        return []
    def sort_of(error):
        error.args[0].clear()
        return []
    def read(lazy):
        lazy.n = 0
        return 0
    def count_files(path):
        for n in range(6): open(os.path.join(path, str(n)), "w").close()
        return 7
    def folders(path):
        os.rmdir(os.path.join(path, "sub"))
        return []
    def written(path): return 0
"""


def test_changes_inside_of_what_is_handed_over_earn_nothing(engine):
    with Sandbox(engine, make_suite(INSIDE, INSIDE_REFERENCE)) as sandbox:
        Graded(sandbox.run(encoded(INSIDE_HONEST))).assert_all_passed()
        emptying = Graded(sandbox.run(encoded(INSIDE_EMPTYING)))
    assert {name for name, outcome in emptying.outcomes.items() if outcome == "passed"} == {"test_written"}
