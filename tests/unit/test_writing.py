"""Which faulty programs count as caught, whatever tests remember from one trial to the next."""

import random
from pathlib import Path

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
        passes, number = None, 0

        def __init__(self, engine, suite, right, *others):
            self.right = right

        def run(self, files, program, seconds):
            Trials.number += 1
            outcome = "passed" if Trials.passes(Trials.number, program, program == self.right) else "failed"
            return Tried((NAME,), {NAME: TestRun(Test(NAME), outcome)}, {}, "3", False)

        def inspect(self, files):
            return None

    monkeypatch.setattr(writing, "Trials", Trials)
    assignment = load_assignment(Path("assignments/lru-cache"))
    examination = writing.WritingExamination(assignment, None, 1, "auto", lambda line: None)

    def count(passes):
        Trials.passes, Trials.number = staticmethod(passes), 0
        tests = examination.examine({}, lambda test: None).tests
        return sum(test.outcome == "passed" for test in tests if test.id != NAME), len(tests) - 1

    return count


def test_who_knows_what_is_right_catches_all(caught):
    found, all_of_them = caught(lambda number, program, right: right)
    assert found == all_of_them


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
