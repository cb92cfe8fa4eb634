"""Reports: schema, what learners see, JUnit."""

import json
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from grader.assignment import load_assignment
from grader.feedback import for_learner
from grader.grading import rejection
from grader.junit import to_junit
from grader.report import (
    AssignmentName,
    CompetencyResult,
    Cost,
    CriterionResult,
    Environment,
    Growth,
    Measurements,
    Report,
    SubmissionName,
    TestResult,
    Timing,
    now,
)

from .conftest import ASSIGNMENTS


@pytest.fixture
def report():
    secret = {"message": "assert 3 == 4", "feedback": "def test_secret(): ...", "stdout": "secret print", "hint": "Think."}
    tests = (
        TestResult(
            id="tests/public/test_p.py::test_open", visibility="public", outcome="failed", points=0, max_points=1, **secret
        ),
        TestResult(
            id="tests/hidden/test_h.py::test_secret", visibility="hidden", outcome="failed", points=0, max_points=1, **secret
        ),
        TestResult(id="tests/hidden/test_h.py::test_ok", visibility="hidden", outcome="passed", points=1, max_points=1),
        TestResult(
            id="tests/hidden/test_h.py::test_\x00\x1b", visibility="hidden", outcome="timed_out", points=0, max_points=1
        ),
    )
    return Report(
        assignment=AssignmentName(id="a", version="sha256:0"),
        submission=SubmissionName(name="alice.zip", digest="sha256:1"),
        status="graded",
        score=50.0,
        max_score=100.0,
        criteria=(
            CriterionResult(kind="tests", weight=100, score=50, max_score=100, detail="1 of 4 tests", discreet="discreet"),
            CriterionResult(
                kind="growth", weight=9, score=9, max_score=9, detail="test_secret grows like n", discreet="discreet"
            ),
        ),
        competencies=(CompetencyResult(id="c", score=0.5, parts=("50% of the points of 4 tests",)),),
        tests=tests,
        measurements=Measurements(
            cpu_time=(Cost(test="tests/hidden/test_h.py::test_secret", submission=((1.0,),), reference=((1.0,),)),),
            growth=(Growth(test="tests/hidden/test_h.py::test_secret", at_most="n", sizes=(1,), cpu_times=((1.0,),)),),
        ),
        environment=Environment(grader="0", image="sha256:2", python="3.11.2"),
        timing=Timing(started=now(), finished=now(), wall_time=0.1),
    )


def test_reports_match_their_schema_and_come_back(report):
    data = json.loads(report.to_json())
    assert data["schema"] == "grader/report/1"
    jsonschema.validate(data, Report.model_json_schema(by_alias=True, mode="serialization"))
    assert Report.model_validate_json(report.to_json()) == report


def test_rejections_match_the_schema_too():
    report = rejection(load_assignment(ASSIGNMENTS / "roman-numerals"), "a.zip", "no good")
    data = json.loads(report.to_json())
    jsonschema.validate(data, Report.model_json_schema(by_alias=True, mode="serialization"))
    assert (data["status"], data["reason"], data["score"]) == ("rejected", "no good", None)


@pytest.mark.parametrize(
    ("level", "tests", "shown", "withheld"),
    [
        ("nothing", 1, [], ["test_secret", "1 of 4", "of 4 tests"]),
        ("count", 1, ["1 of 4"], ["test_secret"]),
        ("name", 4, ["test_secret", "Think."], []),
        ("message", 4, ["test_secret", "Think."], []),
        ("full", 4, ["def test_secret", "secret print"], []),
    ],
)
def test_learners_see_what_the_level_allows(report, level, tests, shown, withheld):
    seen = for_learner(report, level)
    text = seen.to_json()
    assert len(seen.tests) == tests
    assert all(one in text.split('"visibility":"public"', 1)[0] or text.count(one) >= 1 for one in shown)
    hidden = "".join(test.model_dump_json() for test in seen.tests if test.visibility == "hidden")
    # The public test is shown whole; nothing else may tell.
    rest = seen.model_copy(update={"tests": tuple(test for test in seen.tests if test.visibility == "hidden")}).to_json()
    assert not any(one in rest for one in withheld)
    assert ("assert 3 == 4" in hidden) is (level in ("message", "full"))
    assert ("secret print" in hidden) is (level == "full")
    assert seen.tests[0] == report.tests[0]  # public tests are shown whole
    assert seen.score == report.score


def test_junit_counts_and_stays_well_formed(report):
    failed = report.model_copy(update={"status": "failed", "reason": "no \x1b engine", "tests": ()})
    suites = ET.fromstring(to_junit([report, failed]))
    first, second = suites.findall("testsuite")
    assert (first.get("tests"), first.get("failures"), first.get("errors")) == ("4", "2", "1")
    assert (second.get("tests"), second.get("errors")) == ("1", "1")
    assert first.find("testcase[2]/failure").text == "def test_secret(): ..."
