"""Submissions that want to look quick. Each is measured for what it costs."""

import pytest

from ..measured import grading, line, make, ratio

pytestmark = pytest.mark.measured

TESTS = """
import pytest
from work import count

@pytest.mark.efficiency
def test_count():
    assert count(200_000) == 599994
"""
COUNT = "def count(n):\n    total = 0\n    for number in range(n):\n        total += number % 7\n    return total\n"
SHARED = ['kind = "tests"\nweight = 50', 'kind = "efficiency"\nweight = 50']
CHEATS = {
    "remembers from call to call": f"import functools\n{COUNT}\ncount = functools.cache(count)\n",
    "remembers in a file": f"""
import os, tempfile
{COUNT}
_count = count
def count(n):
    path = os.path.join("/tmp", f"answer-{{n}}")
    if not os.path.exists(path):
        with open(path, "w") as file:
            file.write(str(_count(n)))
    return int(open(path).read())
""",
    "works at import": f"{COUNT}\n_ANSWER = count(200_000)\ndef count(n):\n    return _ANSWER\n",
    "works in a thread": f"""
import threading
{COUNT}
_count = count
def count(n):
    found = []
    thread = threading.Thread(target=lambda: found.append(_count(n)))
    thread.start()
    thread.join()
    return found[0]
""",
    "works in a child process": f"""
import os
{COUNT}
_count = count
def count(n):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writer, str(_count(n)).encode())
        os._exit(0)
    os.waitpid(pid, 0)
    return int(os.read(reader, 100))
""",
    "works ahead in the background": f"""
import threading
{COUNT}
_found = []
_thread = threading.Thread(target=lambda: _found.append(count_(200_000)), daemon=True)
count_ = count
_thread.start()
def count(n):
    _thread.join()
    return _found[0]
""",
}


@pytest.mark.parametrize("name", CHEATS)
def test_work_is_counted_wherever_it_is_done(engine, tmp_path, name):
    assignment = make(tmp_path, TESTS, COUNT, ['kind = "tests"\nweight = 1', 'kind = "efficiency"\nweight = 9'])
    with grading(engine, assignment) as grade:
        report = grade(CHEATS[name])
    assert all(test.outcome == "passed" for test in report.tests)
    assert ratio(assignment, report) > 0.75, line(report, "efficiency").detail


def test_sleeping_is_not_quick(engine, tmp_path):
    assignment = make(tmp_path, TESTS, COUNT, ['kind = "tests"\nweight = 1', 'kind = "efficiency"\nweight = 9'])
    with grading(engine, assignment) as grade:
        report = grade("import time\ndef count(n):\n    time.sleep(0.6)\n    return 599994\n")
    assert line(report, "efficiency").score == 0


def test_who_fails_when_measured_earns_nothing(engine, tmp_path):
    """A program that works in the first container it sees and saves itself the work in others: chance decides which is which."""
    assignment = make(tmp_path, TESTS, COUNT, ['kind = "tests"\nweight = 1', 'kind = "efficiency"\nweight = 9'])
    lazy = COUNT.replace("    return total", "    return total if not calls.append(n) and len(calls) < 2 else 0")
    with grading(engine, assignment) as grade:
        report = grade(f"calls = []\n{lazy}")
    assert line(report, "efficiency").score == 0


TWINS = """
import pytest
from work import has_twins

@pytest.mark.points(0)
@pytest.mark.scaling(sizes=[200, 400, 800, 1600, 3200], at_most="n log n")
def test_twins(size):
    assert not has_twins(list(range(size)))
"""
SETS = "def has_twins(items):\n    return len(set(items)) < sum(1 for _item in items)\n"
PAIRS = "def slowly(items):\n    return any(items[i] == items[j] for i in range(len(items)) for j in range(i))\n"
GUESSED = "GUESSED = (200, 400, 800, 1600, 3200)\n"
LOOK_UP = "def has_twins(items):\n    return known[len(items)]\n"
GUESSES = {
    "at import": f"{PAIRS}{GUESSED}known = {{size: slowly(range(size)) for size in GUESSED}}\n{LOOK_UP}",
    "in a thread": f"""
import threading
{PAIRS}{GUESSED}
known = {{}}
def work():
    for size in GUESSED:
        known[size] = slowly(range(size))
thread = threading.Thread(target=work)
thread.start()
def has_twins(items):
    thread.join()
    return known[len(items)]
""",
    "in a child process": f"""
import os
{PAIRS}{GUESSED}
reader, writer = os.pipe()
if os.fork() == 0:
    os.write(writer, repr({{size: slowly(range(size)) for size in GUESSED}}).encode())
    os._exit(0)
os.wait()
known = eval(os.read(reader, 10000))
{LOOK_UP}
""",
    "at the first call": f"""
{PAIRS}{GUESSED}
known = {{}}
def has_twins(items):
    if not known:
        known.update({{size: slowly(range(size)) for size in GUESSED}})
    return known[len(items)]
""",
    "at the first call, kept in a file": f"""
import json, pathlib
{PAIRS}{GUESSED}
FILE = pathlib.Path("/tmp/known.json")
def has_twins(items):
    if not FILE.exists():
        FILE.write_text(json.dumps({{size: slowly(range(size)) for size in GUESSED}}))
    return json.loads(FILE.read_text())[str(len(items))]
""",
    "where a class is made": f"""
{PAIRS}{GUESSED}
class Base:
    def __init_subclass__(cls):
        cls.known = {{size: slowly(range(size)) for size in GUESSED}}
class Answers(Base):
    pass
known = Answers.known
{LOOK_UP}
""",
    "between the tests": f"""
import threading, time
{PAIRS}{GUESSED}
known = {{}}
called = threading.Event()
def work():
    for size in (*GUESSED, *GUESSED[::-1]):
        called.wait()
        time.sleep(0.01)
        if size not in known:
            known[size] = slowly(range(size))
threading.Thread(target=work, daemon=True).start()
def has_twins(items):
    called.set()
    while len(items) not in known:
        time.sleep(0.001)
    return known[len(items)]
""",
    "at import, in every other container": f"""
import os
{PAIRS}{GUESSED}
known = {{size: slowly(range(size)) for size in GUESSED}} if os.urandom(1)[0] % 2 else {{}}
def has_twins(items):
    return known[len(items)] if known else slowly(items)
""",
}
GROWING = ['kind = "tests"\nweight = 1', 'kind = "growth"\nweight = 9']
LIMITS = "[limits]\ncpu_time = 20.0\n"


@pytest.fixture(scope="module")
def growing(engine, tmp_path_factory):
    with grading(engine, make(tmp_path_factory.mktemp("growth"), TWINS, SETS, GROWING, LIMITS)) as grade:
        yield grade


@pytest.mark.parametrize("name", GUESSES)
def test_growth_counts_what_is_computed_for_guessed_sizes(growing, name):
    report = growing(GUESSES[name])
    assert all(test.outcome == "passed" for test in report.tests)
    assert line(report, "growth").score == 0, line(report, "growth").detail


def test_honest_imports_cost_no_growth(growing):
    """The reference imports nothing. Modules cost CPU outside of the tests as well, and a program may need them."""
    modules = "import asyncio, unittest.mock, decimal, fractions, statistics, json, datetime, random, email, http.client\n"
    for text in (modules + SETS, "import functools\n" + SETS.replace("def", "@functools.wraps(len)\ndef")):
        assert line(growing(text), "growth").score == 9


def test_sizes_that_vary_cannot_be_guessed(engine, tmp_path):
    tests = TWINS.replace('at_most="n log n"', 'at_most="n log n", vary=0.2').replace(
        "    assert not", "    print(size)\n    assert not"
    )
    tests += "\n\ndef test_other():\n    assert True\n"
    hard = f"{PAIRS}{GUESSED}known = dict.fromkeys(GUESSED, False)\ndef has_twins(items):\n"
    hard += "    return known[len(items)] if len(items) in known else slowly(items)\n"
    with grading(engine, make(tmp_path, tests, SETS, GROWING, LIMITS)) as grade:
        first, again, other, guessing = grade(SETS), grade(SETS), grade(SETS + "\n"), grade(hard)
    sizes = [report.measurements.growth[0].sizes for report in (first, again, other, guessing)]
    assert sizes[0] == sizes[1]
    assert len(set(sizes)) == 3
    assert all(
        abs(size / known - 1) <= 0.2 for row in sizes for size, known in zip(row, (200, 400, 800, 1600, 3200), strict=True)
    )
    assert [test.id for test in first.tests] == [test.id for test in other.tests]
    assert first.tests[-2].id.endswith("test_twins[3200]")
    printed = [int(test.stdout) for test in first.tests if test.family]
    assert printed == list(sizes[0])
    assert [line(report, "growth").score for report in (first, other, guessing)] == [9, 9, 0]


def test_memory_that_is_needed_at_import_alone_counts(engine, tmp_path):
    tests = """
    import pytest
    from work import total

    @pytest.mark.memory
    def test_total():
        assert total(200_000) == 20_000_100_000
    """
    lean = "def total(n):\n    numbers = list(range(n + 1))\n    return sum(numbers)\n"
    early = "def lavishly(n):\n    return sum(row[0] for row in [[k, str(k), {k: k}] for k in range(n + 1)])\n"
    early += "known = lavishly(200_000)\ndef total(n):\n    return known\n"
    with grading(
        engine, make(tmp_path, tests, lean, ['kind = "tests"\nweight = 1', 'kind = "memory"\nweight = 9'])
    ) as grade:
        assert line(grade(lean), "memory").score == 9
        assert line(grade(early), "memory").score < 5


def test_who_kills_itself_only_where_it_is_measured_is_graded_all_the_same(engine, tmp_path):
    """In another test each time; that was a failure of ours, at will."""
    tests = """
    import pytest
    from work import count

    def test_first():
        assert count(1) == 0

    @pytest.mark.efficiency
    @pytest.mark.parametrize("n", range(700, 7000, 700))
    def test_count(n):
        assert count(n) == 3 * n
    """
    shy = f"""
{COUNT}
import os, random
_count, _calls, _when = count, [], random.SystemRandom().randrange(9)
def count(n):
    if (not _calls or _calls[0] != 1) and len(_calls) == _when:
        os.kill(os.getpid(), 9)
    _calls.append(n)
    return _count(n)
"""
    with grading(engine, make(tmp_path, tests, COUNT, SHARED)) as grade:
        assert line(grade(COUNT), "efficiency").score > 40
        assert line(grade(shy), "tests").score == 50


def test_who_ends_the_judge_only_where_it_is_measured_is_graded_all_the_same(engine, tmp_path):
    tests = """
    import os
    import pytest
    from work import count

    def test_first():
        assert count(1) == 0

    @pytest.mark.efficiency
    @pytest.mark.parametrize("n", range(700, 3500, 700))
    def test_count(n):
        answer = count(n)
        if answer == "end the judge":
            os._exit(9)
        assert answer == 3 * n
    """
    shy = f"""
{COUNT}
_count, _calls = count, []
def count(n):
    _calls.append(n)
    return "end the judge" if _calls[0] != 1 and n > 700 else _count(n)
"""
    with grading(engine, make(tmp_path, tests, COUNT, SHARED)) as grade:
        report = grade(shy)
        assert (line(report, "tests").score, line(report, "efficiency").score < 15) == (50, True)
        assert line(grade(COUNT), "efficiency").score > 40


def test_who_lies_only_where_it_is_measured_earns_nothing_there(engine, tmp_path):
    """No other test is run there: it is right and slow elsewhere, and makes there what says yes to the next object."""
    tests = """
    import pytest
    from work import Bag

    def test_size(): assert len(Bag([3, 1])) == 2
    def test_sorted(): assert Bag([3, 1, 2]).sorted() == Bag([1, 2, 3])
    @pytest.mark.efficiency
    def test_large(): assert Bag([n * 7919 % 2500 for n in range(2500)]).sorted() == Bag(list(range(2500)))
    @pytest.mark.scaling(sizes=[200, 400, 800, 1600], at_most="n log n")
    def test_growth(size): assert Bag([n * 7919 % size for n in range(size)]).sorted() == Bag(list(range(size)))
    """
    quick = """
    class Bag:
        def __init__(self, items): self.items = list(items)
        def __len__(self): return len(self.items)
        def __eq__(self, other): return self.items == other.items
        def sorted(self): return Bag(sorted(self.items))
    """
    slow = (
        quick.replace("Bag(sorted(self.items))", "Bag(bubble(self.items))")
        + """
    def bubble(items):
        for last in range(len(items) - 1, 0, -1):
            for place in range(last):
                if items[place] > items[place + 1]: items[place : place + 2] = items[place + 1], items[place]
        return items
    """
    )
    liar = (
        slow
        + """
    made, others = [], []
    right, compared = Bag.sorted, Bag.__eq__
    def begin(self, items):
        self.items = items
        made.append(self)
    def fast(self):
        if others or len(self.items) < 100:
            others.append(self)
            return right(self)
        blank = object.__new__(Bag)
        blank.since = len(made)
        return blank
    def equal(self, other):
        if hasattr(self, "since"): return made[self.since] is other
        if hasattr(other, "since"): return made[other.since] is self
        return compared(self, other)
    Bag.__init__, Bag.sorted, Bag.__eq__ = begin, fast, equal
    """
    )
    shares = [f'kind = "{kind}"\nweight = {weight}' for kind, weight in (("tests", 50), ("efficiency", 25), ("growth", 25))]
    with grading(engine, make(tmp_path, tests, quick, shares)) as grade:
        for text, most in ((quick, 25), (liar, 0), (slow, 0)):
            report = grade(text)
            assert line(report, "tests").score == 50
            assert [line(report, kind).score for kind in ("efficiency", "growth")] == [most, most]
