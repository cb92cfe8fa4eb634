"""Checks of an assignment that need no sandbox: the gradings are made up."""

import shutil

from grader.assignment import load_assignment
from grader.check import check_assignment
from grader.report import AssignmentName, Environment, Report, SubmissionName, TestResult, Timing, now

from .conftest import ASSIGNMENTS


class Timed:
    """Stands for a grader: everything passes, in ``cpu_time`` seconds."""

    test_ids = ["tests/hidden/test_it.py::test_a"]

    def __init__(self, cpu_time):
        self.cpu_time = cpu_time

    def grade(self, submission):
        passed = TestResult(
            id=self.test_ids[0], visibility="hidden", outcome="passed", points=1.0, max_points=1.0, cpu_time=self.cpu_time
        )
        return Report(
            assignment=AssignmentName(id="a", version="sha256:0"),
            submission=SubmissionName(name=submission.name, digest=submission.digest),
            status="graded",
            score=100.0,
            max_score=100.0,
            tests=(passed,),
            environment=Environment(grader="0", image=None, python=None),
            timing=Timing(started=now(), finished=now(), wall_time=0.1),
        )


def complaints(cpu_time):
    assignment = load_assignment(ASSIGNMENTS / "roman-numerals")
    assert assignment.settings.limits.cpu_time == 2.0
    findings = check_assignment(assignment, Timed(cpu_time))
    return [finding.detail for finding in findings if finding.title == "time limit"]


def test_a_reference_near_the_time_limit_is_reported():
    assert complaints(0.9) == []
    (complaint,) = complaints(1.5)
    assert complaint.startswith("the reference computes for 1.5 s of the 2 s in test_a")


def test_tests_that_run_what_a_submission_gives_are_named(tmp_path):
    root = shutil.copytree(ASSIGNMENTS / "roman-numerals", tmp_path / "it")
    text = "import pickle\nfrom roman import to_roman\n\ndef test_a():\n    eval('1')\n    assert eval(repr(to_roman(1))) == 'I'\n"
    (root / "tests/hidden/test_more.py").write_text(text + "    pickle.loads(to_roman(2))\n")
    findings = check_assignment(load_assignment(root), Timed(0.1))
    (finding,) = [finding for finding in findings if finding.title == "tests run no text of submissions"]
    assert not finding.good
    assert "eval in tests/hidden/test_more.py, line 6, pickle.loads in tests/hidden/test_more.py, line 7" in finding.detail
