"""Which faulty programs count as caught, whatever tests remember from one trial to the next."""

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


@pytest.mark.parametrize("believed", [1, 2])
def test_who_only_compares_with_an_earlier_trial_does_not_know_which_was_right(caught, believed):
    gradings_with_a_gain = 0
    for _ in range(200):
        seen = []

        def passes(number, program, right, seen=seen):
            seen.append(program)
            return number < believed or program == seen[believed - 1]

        gradings_with_a_gain += caught(passes)[0] > 0
    assert gradings_with_a_gain < 80, "it is one in four"
