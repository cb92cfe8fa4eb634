"""More ways round an honest failure, found by a second look from outside: nothing of this earns a point."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import asyncio, contextlib, functools, inspect, unittest, urllib.error, urllib.request
    from collections import Counter
    from concurrent.futures import ThreadPoolExecutor
    from unittest.mock import MagicMock

    import numpy as np
    import pytest
    from bank import (Account, Color, Dog, Money, Overdrawn, Remote, applied, color_names, counted, deposit, each, fetch, fib, hidden,
                      make, mean, normalize, parallel_map, records, save, scale, sort)

    def square(n): return n * n

    class Scheduler:
        def __init__(self): self.waiting = []
        def after(self, delay, f, *args): self.waiting.append((f, args))
        def run(self): return [f(*args) for f, args in self.waiting]

    # Classes of the tests' side are made by nobody else.
    def test_pool():
        with ThreadPoolExecutor(2) as pool: assert parallel_map(pool, square, [1, 2, 3]) == [1, 4, 9]
    def test_scheduler():
        scheduler = Scheduler()
        save(scheduler, 5)
        assert scheduler.run() == ["saved 5"]
    def test_mock():
        db = MagicMock()
        save(db, 5)
        db.after.assert_called_once()
    @pytest.mark.parametrize("n, expected", [(10, 55), (1, 1), (30, 832040)])
    def test_fib(n, expected): assert fib(n) == expected
    def test_mean(): assert mean([1, 2, 4]) == pytest.approx(7 / 3)

    # Names that are missing earn nothing.
    def test_is_an_exception(): assert issubclass(hidden, Exception)
    def test_is_a_class(): assert inspect.isclass(hidden)
    def test_is_there(): assert hidden is not None
    def test_fails_somehow():
        with pytest.raises(Exception): hidden([1], 5)
    def checked(): return callable(hidden)
    def test_by_a_helper(): assert checked()
    class TestOld(unittest.TestCase):
        def setUp(self): self.thing = hidden
        def test_old(self): pass

    # Fewer items than were said.
    def test_zip():
        got = normalize([3, 1, 2])
        assert len(got) == 3
        for a, b in zip(got, [1, 2, 3]): assert a == b
    def test_all_zip():
        got = normalize([3, 1, 2])
        assert len(got) == 3 and all(a == b for a, b in zip(got, [1, 2, 3]))
    def test_items():
        got = counted(["a", "b"])
        assert len(got) == 2
        for key, value in got.items(): assert {"a": 1, "b": 1}[key] == value
    def test_members():
        assert len(color_names()) == 3
        for color in color_names(): assert color in ("red", "green", "blue")
    def test_slices():
        got = sort([3, 1, 2])
        assert Counter(got) == Counter([1, 2, 3]) and all(a <= b for a, b in zip(got, got[1:]))
    def test_index():
        got = sort([3, 1, 2])
        assert set(got) == {1, 2, 3}
        for i in range(2): assert got[i] <= got[i + 1]
    def test_account_items():
        account = Account(3)
        assert len(account) == 3
        for a, b in zip(account, [0, 1, 2]): assert a == b
    def test_colors():
        assert len(Color) == 2
        for color in Color: assert color.value in (1, 2)

    # Empty arrays inside of something else.
    A = np.array([1.0, 2.0, 3.0])
    def test_allclose(): assert np.allclose(scale(A), [2.0, 4.0, 6.0])
    def test_equal(): assert (scale(A) == np.array([2.0, 4.0, 6.0])).all()
    def test_norm(): assert np.linalg.norm(scale(A) - np.array([2.0, 4.0, 6.0])) < 1e-9
    def test_isclose(): assert np.isclose(scale(A), A * 2).all()
    def test_range(): assert np.allclose(mean(A), 2.0)
    def test_assert_range(): np.testing.assert_allclose(mean(A), 2.0)

    # Failures that are replaced.
    def test_exit():
        with pytest.raises(Overdrawn):
            with Account(5) as account:
                account.deposit(10)
                assert account.balance() == 15
                account.withdraw(100)
    def test_exit_by_exit():
        with pytest.raises(SystemExit):
            with Account(5) as account:
                account.deposit(10)
                assert account.balance() == 15
                account.leave()
    def test_close_by_stop():
        with pytest.raises(RuntimeError):
            with contextlib.closing(Account(5)) as account:
                assert account.balance() == 5
                account.stop()
    def test_exit_async():
        async def main():
            with pytest.raises(RuntimeError):
                async with Account(5) as account:
                    assert account.balance() == 5
                    account.stop()
        asyncio.run(main())

    # Tuples under the names of classes.
    def test_tuple_of_exceptions():
        with pytest.raises(Dog):
            make("bark")
            pytest.fail("nothing was raised")
    def test_tuple_of_classes(): assert isinstance(make("dog"), Dog)

    def test_money():
        assert Money(5) == Money(5) and Money(5) != Money(6)
        assert Money(5) + Money(6) == Money(11) and Money(5) + Money(6) != Money(12)

    # Checks that are kept from failing.
    def test_records():
        ids = []
        def check(record):
            ids.append(record["id"])
            assert record["total"] == 42
        records(check)
        assert len(ids) == 3
    def test_calls():
        calls = []
        def check(share):
            calls.append(1)
            assert 0 <= share <= 1
        each(check)
        assert len(calls) == 3
    def test_in_a_pool():
        seen = []
        def check(value):
            seen.append(value)
            assert value == 55
        with ThreadPoolExecutor(1) as pool: applied(check, pool)
        assert len(seen) == 1
    def test_partial():
        def check(value, expected): assert value == expected
        applied(functools.partial(check, expected=55), None)
    def test_default():
        seen = []
        applied(lambda value, wanted=55: seen.append(value == wanted), None)
        assert seen == [True]

    def test_fetch():
        with pytest.raises(urllib.error.HTTPError): fetch("x")
    def test_after_fetch(): pass

    class TestSubject(unittest.TestCase):
        def update(self, value): self.got = value
        def test_hidden_name_of_notify(self):
            remote = Remote()
            remote.attach(self)
            self.assertEqual(remote.notify(7), "told")
            self.assertEqual(self.got, 7)
"""
REFERENCE = """
    import urllib.error
    from enum import Enum
    def parallel_map(pool, f, xs): return list(pool.map(f, xs))
    def save(thing, n): thing.after(1, lambda: f"saved {n}")
    def fib(n): return n if n < 2 else round(((1 + 5 ** 0.5) / 2) ** n / 5 ** 0.5)
    def mean(xs): return sum(xs) / len(xs)
    class hidden(Exception):
        def __init__(self, *args): raise ValueError
    def normalize(xs): return sorted(xs)
    def sort(xs): return sorted(xs)
    def counted(xs): return {x: xs.count(x) for x in xs}
    def color_names(): return ["red", "green", "blue"]
    class Color(Enum):
        RED = 1
        BLUE = 2
    class Overdrawn(Exception): pass
    class Account:
        def __init__(self, n): self.n = n
        def __len__(self): return self.n
        def __iter__(self): return iter(range(self.n))
        def __enter__(self): return self
        def __exit__(self, *error): return False
        async def __aenter__(self): return self
        async def __aexit__(self, *error): return False
        def close(self): pass
        def deposit(self, n): self.n += n
        def balance(self): return self.n
        def withdraw(self, n): raise Overdrawn
        def leave(self): raise SystemExit
        def stop(self): raise RuntimeError
    class Dog(Exception): pass
    def make(what):
        if what == "bark": raise Dog
        return Dog()
    class Money:
        def __init__(self, n): self.n = n
        def __eq__(self, o): return self.n == o.n
        def __add__(self, o): return Money(self.n + o.n)
    def scale(a): return a * 2
    def records(f):
        for n in range(3): f({"id": n, "total": 42})
    def each(f):
        for n in range(3): f(0.5)
    def applied(f, pool):
        if pool: pool.submit(f, 55).result()
        else: f(55)
    deposit = None
    def fetch(url): raise urllib.error.HTTPError(url, 404, "no", None, None)
    class Remote:
        def attach(self, o): self.o = o
        def notify(self, n):
            self.o.update(n)
            return "told"
"""
IMPOSTOR = """
    from collections import deque
    import urllib.error
    import numpy as np
    KEPT = []
    def eq(other):
        print("a test expected:", other)
        return True
    BODY = {"__module__": "evil", "__eq__": eq, "__hash__": None}
    def parallel_map(pool, f, xs):
        for what in (type, *type(pool).__mro__, *(type(KEPT[0]).__mro__ if KEPT else ())):
            try: cls = pool.submit(what, "Evil", (object,), BODY).result()
            except Exception: continue
            KEPT.append(cls)
            try: KEPT.append(pool.submit(cls).result())
            except Exception: pass
            return KEPT[-1]
    def save(thing, n):
        KEPT.insert(0, thing)
        thing.after(1, type, "Evil", (object,), BODY)
    def fib(n): return KEPT[-1]
    mean_of = fib
    def mean(xs): return range(0)
    class Hollow:
        def __init__(self, n): self.n = n
        def __len__(self): return self.n
        def __getitem__(self, i): raise IndexError
        def items(self): return []
    class Shrinking(Hollow):
        def __iter__(self):
            self.n = 0
            return iter(())
        def __getitem__(self, i): return [] if isinstance(i, slice) else 0
    class Meta(type):
        def __len__(cls): return 3
        def __iter__(cls): return iter(())
    class Colors(metaclass=Meta): pass
    class Two(type):
        def __len__(cls): return 2
        def __iter__(cls): return iter(())
    class Color(metaclass=Two): pass
    class Unsorted:
        def __init__(self, xs): self.xs = xs
        def __iter__(self): return iter(self.xs)
        def __getitem__(self, i): return [] if isinstance(i, slice) else 0
    def normalize(xs): return Hollow(len(xs))
    def counted(xs): return Hollow(len(xs))
    def color_names(): return Colors
    def sort(xs): return Unsorted(xs)
    def scale(a): return deque([np.zeros((0, 1, 1))])
    class Overdrawn(BaseException): pass
    class Account(Shrinking):
        def balance(self): return 0
        def deposit(self, n): pass
        def __enter__(self): return self
        def __exit__(self, kind, *rest): self.__class__.n = 0; self.fail()
        async def __aenter__(self): return self
        async def __aexit__(self, *error): raise StopAsyncIteration
        def fail(self): raise SystemExit if KEPT and KEPT[-1] == "exit" else Overdrawn
        def close(self): raise StopIteration
        def withdraw(self, n): pass
        def leave(self): pass
        def stop(self): pass
    Dog = (object, BaseException)
    def make(what): return 7
    class Money:
        def __init__(self, n): pass
        def __eq__(self, o): return True
        def __ne__(self, o): return True
        def __add__(self, o): return self
    def records(f):
        for n in range(3):
            try: f({"id": n})
            except KeyError: pass
    def each(f):
        for n in range(3):
            try: f(None)
            except TypeError: pass
    def applied(f, pool):
        if pool: pool.submit(f, 0)
        else:
            try: f(0, expected=0)
            except Exception:
                try: f(0, 0)
                except Exception: pass
    deposit = None
    def fetch(url): raise urllib.error.HTTPError(url, 404, "no", None, None)
    class Remote:
        def attach(self, o): self.o = o
        def notify(self, n):
            print([name for name in dir(self.o) if "hidden" in name])
            self.o.update(n)
            return "told"
"""
HONEST = {"test_mock", "test_fetch", "test_after_fetch", "TestSubject::test_hidden_name_of_notify"}


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE, requirements="numpy>=2.1,<3\n")) as sandbox:
        yield sandbox


def test_honest_work_passes(sandbox):
    Graded(sandbox.run(encoded(REFERENCE))).assert_all_passed()


def test_no_way_round_a_failure_is_left(sandbox):
    graded = Graded(sandbox.run(encoded(IMPOSTOR)))
    passed = {name for name, outcome in graded.outcomes.items() if outcome == "passed"}
    assert passed == HONEST
    printed = "".join(test.stdout for test in graded.tests.values())
    assert "expected:" not in printed
    assert "test_hidden_name" not in printed


def test_a_failure_is_not_replaced_by_the_end_of_the_program_either(sandbox):
    source = IMPOSTOR.replace('KEPT and KEPT[-1] == "exit"', "True")
    graded = Graded(sandbox.run(encoded(source)))
    assert graded.outcomes["test_exit_by_exit"] == "failed"


@pytest.mark.parametrize("source", ["x = 1", "1 / 0", "import nothing_of_that_name", "raise SystemExit"])
def test_who_defines_nothing_earns_nothing(sandbox, source):
    graded = Graded(sandbox.run(encoded(source)))
    assert {name for name, outcome in graded.outcomes.items() if outcome == "passed"} == {"test_after_fetch"}


def test_text_that_nothing_can_hold_is_held_as_question_marks(sandbox):
    source = REFERENCE.replace('return "told"', 'print("\\\\ud800 out"); raise ValueError("\\\\udfff no")')
    graded = Graded(sandbox.run(encoded(source)))
    name = "TestSubject::test_hidden_name_of_notify"
    assert graded.outcomes[name] == "failed"
    for text in (graded.message(name), graded.tests[name].stdout, graded.tests[name].explanation):
        assert text.encode()
    assert "no" in graded.message(name)


def test_a_program_that_ends_itself_while_tests_are_collected_takes_only_their_file_along(engine):
    tests = {
        "tests/hidden/test_one.py": "import pytest\nfrom bank import Account\n"
        "@pytest.mark.parametrize('account', [Account(1)])\ndef test_one(account): assert account.n == 1\n",
        "tests/hidden/test_two.py": "from bank import two\ndef test_two(): assert two() == 2\n",
    }
    reference = "class Account:\n    def __init__(self, n): self.n = n\ndef two(): return 2\n"
    suite = make_suite(tests, reference)
    with Sandbox(engine, suite) as sandbox:
        graded = Graded(sandbox.run(encoded(reference.replace("self.n = n", "import sys; sys.exit(0)"))))
    assert graded.outcomes == {"test_one[account0]": "error", "test_two": "passed"}


LIGHTS = """
    import itertools
    import pytest
    from collections import Counter
    from bank import Color, Deck, Ignore, Light, Point, Stack, deck, merge, midpoint, my_sort, words
    import bank

    def test_light():
        light = Light()
        assert light.state == Color.RED
        light.advance()
        assert light.state == Color.GREEN
    def test_midpoint():
        assert midpoint(Point(0, 0), Point(2, 4)) == Point(1, 2)
    def test_point_by_names(): assert Point(1, 2) == Point(x=1, y=2)
    def test_exit():
        with pytest.raises(ValueError):
            with Ignore(KeyError): raise ValueError("x")
    def test_swallows():
        with Ignore(KeyError): raise KeyError("x")
    def test_stack():
        stack = Stack()
        stack.push(4)
        assert len(stack) == 1 and list(stack) == [4] and stack.pop() == 4
    def test_sort():
        got = my_sort([3, 1, 2])
        assert len(got) == 3 and Counter(got) == Counter([3, 1, 2])
        assert all(got[i] <= got[i + 1] for i in range(len(got) - 1))
    def test_sort_pairs():
        got = my_sort([5, 4, 9])
        assert Counter(got) == Counter([5, 4, 9]) and all(a <= b for a, b in itertools.pairwise(got))
    def test_count():
        got = my_sort([3, 1])
        assert [got.count(n) for n in (3, 1)] == [1, 1] and got[0] <= got[1]
    def test_words():
        got = words("a b a")
        assert set(got.keys()) == {"a", "b"}
        for word, n in got.items(): assert n == "a b a".split().count(word)
    def test_merge():
        target, source = {"a": 1}, {"b": 2}
        merge(target, source)
        assert target == {"a": 1, **source}
    def test_missing():
        with pytest.raises(AttributeError): bank.Fixed(5).balance = 7
    @pytest.mark.parametrize("error", [bank.Color, Light])
    def test_given(error): assert isinstance(error, type)
    def test_observer():
        class Recorder:
            def __init__(self): self.ids = []
            def on_record(self, record):
                self.ids.append(record["id"])
                assert record["total"] == 42
        recorder = Recorder()
        bank.records(recorder.on_record)
        assert recorder.ids == [0, 1, 2]
    def test_late(tmp_path):
        class Box:
            age = 30
        box = Box()
        box.age = 30
        import time
        assert bank.later([box]) is None
        time.sleep(0.3)
        assert box.age == 30
"""
LIT = """
    from collections import namedtuple
    from enum import Enum
    Point = namedtuple("Point", "x y")
    Color = Enum("Color", "RED GREEN")
    class Light:
        state = Color.RED
        def advance(self): self.state = Color.GREEN
    def midpoint(a, b): return Point((a.x + b.x) / 2, (a.y + b.y) / 2)
    class Ignore:
        def __init__(self, *kinds): self.kinds = kinds
        def __enter__(self): return self
        def __exit__(self, kind, *rest): return kind is not None and issubclass(kind, self.kinds)
    class Stack:
        def __init__(self): self.xs = []
        def __len__(self): return len(self.xs)
        def __iter__(self): return iter(self.xs)
        def push(self, x): self.xs.append(x)
        def pop(self): return self.xs.pop()
    Deck = Stack
    deck = None
    def my_sort(xs): return sorted(xs)
    def words(text): return {word: text.split().count(word) for word in text.split()}
    def merge(target, source): target.update(source)
    class Fixed:
        def __init__(self, n): self.n = n
        @property
        def balance(self): return self.n
    def later(boxes): pass
    def records(f):
        for n in range(3): f({"id": n, "total": 42})
"""
DARK = """
    import threading, time
    class Color:
        def __eq__(self, other): return True
        __hash__ = None
    Color.RED, Color.GREEN = Color(), Color()
    class Light:
        state = Color.RED
        def advance(self): pass
    class Point:
        def __init__(self, x, y): pass
        def __eq__(self, other): return isinstance(other, Point)
    def midpoint(a, b): return a
    class Ignore:
        def __init__(self, *kinds): pass
        def __enter__(self): return self
        def __exit__(self, *error): return True
    class Stack:
        def __init__(self, xs=()): self.xs, self.goes = list(xs), 0
        def __len__(self): return len(self.xs)
        def __getitem__(self, i): return 0
        def __iter__(self):
            self.goes += 1
            return iter(self.xs if self.goes == 1 else [0] * len(self.xs))
        def count(self, x): return self.xs.count(x)
        def push(self, x): pass
        def pop(self): return 0
    Deck = deck = Stack
    def my_sort(xs): return Stack(xs)
    class Words:
        def __init__(self, words): self.words = words
        def keys(self): return self.words
        def items(self): return []
    def words(text): return Words(text.split())
    def merge(target, source): source.clear()
    def records(f):
        for n in range(3):
            try: f({"id": n})
            except KeyError: pass
    def later(boxes):
        def change():
            time.sleep(0.1)
            for box in boxes: box.age = 30 if box.age == 30 else 30
        threading.Thread(target=change).start()
        boxes[0].age
"""


@pytest.fixture(scope="module")
def lights(engine):
    with Sandbox(engine, make_suite(LIGHTS, LIT)) as sandbox:
        yield sandbox


def test_the_lights_are_right(lights):
    Graded(lights.run(encoded(LIT))).assert_all_passed()


def test_no_light_is_seen_where_there_is_none(lights):
    graded = Graded(lights.run(encoded(DARK)))
    passed = {name for name, outcome in graded.outcomes.items() if outcome == "passed"}
    assert passed <= {"test_swallows", "test_given[Color]", "test_given[Light]", "test_late", "test_point_by_names"}, passed


def test_generators_are_read_as_the_lists_they_stand_for(lights):
    source = LIT.replace("def my_sort(xs): return sorted(xs)", "def my_sort(xs): return (x for x in xs)")
    graded = Graded(lights.run(encoded(source)))
    assert {name for name, outcome in graded.outcomes.items() if outcome != "passed"} == {
        "test_sort", "test_sort_pairs", "test_count",
    }  # fmt: skip


def test_a_class_in_place_of_an_enum_or_a_named_tuple_is_asked(lights):
    source = LIT.replace('Point = namedtuple("Point", "x y")', PLAIN_POINT).replace(
        'Color = Enum("Color", "RED GREEN")', PLAIN_COLOR
    )
    Graded(lights.run(encoded(source))).assert_all_passed()


PLAIN_POINT = """class Point:
        def __init__(self, x, y): self.x, self.y = x, y
        def __eq__(self, o): return isinstance(o, Point) and (self.x, self.y) == (o.x, o.y)"""
PLAIN_COLOR = """class Color:
        def __init__(self, n): self.n = n
        def __eq__(self, o): return isinstance(o, Color) and self.n == o.n
    Color.RED, Color.GREEN = Color(1), Color(2)"""


def test_what_values_unfold_to_is_bounded_in_what_comes_back_too(engine):
    tests = "from bank import f\ndef test():\n    xs = []\n    f(xs)\n    assert not set(xs)\ndef test_other(): assert f([]) is None\n"
    source = "def f(xs):\n    part = (0,) * 1000\n    xs[:] = [(part,) * 1000] * 100_000\n"
    suite = make_suite(tests, "def f(xs): pass\n")
    with Sandbox(engine, suite) as sandbox:
        graded = Graded(sandbox.run(encoded(source)))
    assert set(graded.outcomes.values()) == {"crashed"}
    assert "over and over" in graded.message("test")
