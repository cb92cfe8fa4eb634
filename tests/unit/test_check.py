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


def about(tmp_path, text, title):
    """The finding of that title about an assignment with such a test file, if there is one."""
    root = shutil.copytree(ASSIGNMENTS / "roman-numerals", tmp_path / "it")
    (root / "tests/hidden/test_more.py").write_text(text)
    findings = check_assignment(load_assignment(root), Timed(0.1))
    return [finding.detail for finding in findings if finding.title == title]


def test_a_test_that_another_of_its_name_replaces_is_named(tmp_path):
    text = """import sys
def test_a(): pass
def test_b(): pass
async def test_a(): pass
class TestC:
    def test_a(self): pass
    def test_d(self): pass
    def test_d(self): pass
    def helper(self): pass
    def helper(self): pass
if sys.platform == "win32":
    def test_b(): pass
"""
    (detail,) = about(tmp_path, text, "each test has a name of its own")
    assert detail == (
        "test_a in tests/hidden/test_more.py, 2 times, test_d in tests/hidden/test_more.py, 2 times: Python keeps the last of them only"
    )


def test_marks_that_are_nearly_one_are_named(tmp_path):
    text = """import pytest
pytestmark = pytest.mark.competancy("loops")
@pytest.mark.ponits(3)
@pytest.mark.points(3)
@pytest.mark.asyncio
@pytest.mark.slow
@pytest.mark.parametrise("n", [1])
def test_a(n): pass
"""
    (detail,) = about(tmp_path, text, "marks are spelt right")
    assert detail.split("; ") == [
        f"{wrong} in tests/hidden/test_more.py, line {line}: is {meant} meant?"
        for wrong, line, meant in [
            ("competancy", 2, "competency"),
            ("ponits", 3, "points"),
            ("parametrise", 7, "parametrize"),
        ]
    ]


def test_suites_without_such_slips_are_told_nothing():
    for name in ("roman-numerals", "bank-account"):
        titles = {finding.title for finding in check_assignment(load_assignment(ASSIGNMENTS / name), Timed(0.1))}
        assert not titles & {"each test has a name of its own", "marks are spelt right"}
