"""Which faulty programs count as caught, whatever tests remember from one trial to the next."""

import random
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.assignment import load_assignment
from grader.examinations import writing
from sandboxes.suite import Test, TestRun
from sandboxes.trials import Tried

NAME = "test_it.py::test_it"


@pytest.fixture
def caught(monkeypatch):
    """How many faulty programs a test catches that passes where ``passes(number of the trial, program, whether it is right)``."""

    class Trials:
        image = "none"
        passes, number, never_end = None, 0, False

        def __init__(self, engine, suite, right, *others):
            self.right = right

        def run(self, files, program, seconds):
            Trials.number += 1
            if program != self.right and Trials.never_end:
                clock.now += seconds
                return Tried((NAME,), {}, {}, "3", True)
            outcome = "passed" if Trials.passes(Trials.number, program, program == self.right) else "failed"
            return Tried((NAME,), {NAME: TestRun(Test(NAME), outcome)}, {}, "3", False)

        def inspect(self, files):
            return None

    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(writing, "time", SimpleNamespace(monotonic=lambda: clock.now))
    monkeypatch.setattr(writing, "Trials", Trials)
    assignment = load_assignment(Path("assignments/lru-cache"))
    examination = writing.WritingExamination(assignment, None, 1, "auto", lambda line: None)

    def count(passes, never_end=False, shown=lambda test: None):
        Trials.passes, Trials.number, Trials.never_end = staticmethod(passes), 0, never_end
        tests = examination.examine({}, shown).tests
        return sum(test.outcome == "passed" for test in tests if test.id != NAME), len(tests) - 1

    return count


def test_who_knows_what_is_right_catches_all(caught):
    found, all_of_them = caught(lambda number, program, right: right)
    assert found == all_of_them


def test_faulty_programs_that_use_up_all_time_leave_some_for_the_right_one(caught):
    for _ in range(20):
        shown = []
        found, all_of_them = caught(lambda number, program, right: right, never_end=True, shown=shown.append)
        assert found == 0
        assert [test.outcome for test in shown] == ["passed"] + ["timed_out"] * all_of_them


@pytest.mark.parametrize("believed", [1, 4, 9])
def test_who_only_compares_with_earlier_trials_does_not_know_which_was_right(caught, believed):
    """Whose tests pass at first, and later where a program does what one of those did."""
    shares = []
    for _ in range(200):
        seen = []

        def passes(number, program, right, seen=seen):
            if number <= believed:
                seen.append(program)
            return program in seen

        found, all_of_them = caught(passes)
        shares.append(found / all_of_them)
    assert sum(shares) / len(shares) < 0.35, "the best is 0.27"


def test_who_tosses_a_coin_is_not_believed(caught):
    gains = sum(caught(lambda number, program, right: random.random() < 0.7)[0] > 0 for _ in range(200))
    assert gains < 70, "0.7 to the fifth are right each time"
