"""Submissions that want to look quick. Each is measured for what it costs."""

import pytest

from ..measured import grading, line, make, ratio

TESTS = """
import pytest
from work import count

@pytest.mark.efficiency
def test_count():
    assert count(200_000) == 599994
"""
COUNT = "def count(n):\n    total = 0\n    for number in range(n):\n        total += number % 7\n    return total\n"
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
