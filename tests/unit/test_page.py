"""The page of a report: complete, self-contained, and safe whatever a submission says."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.page import PastAttempt, report_page
from grader.report import (
    AssignmentName,
    Award,
    CompetencyResult,
    CriterionResult,
    Environment,
    Finding,
    Growth,
    Measurements,
    Quality,
    Report,
    SubmissionName,
    TestResult,
    Timing,
    now,
)
from grader.scoring.advice import advice_for

VOID = {"meta", "link", "br", "img", "input"}
SIZES = (1000, 2000, 4000, 8000)


class Checker(HTMLParser):
    """Finds tags that are not closed, and addresses."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.addresses = [], [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "action", "data")]
        assert not any(name.startswith("on") for name, _value in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def make(text="x", **changes):
    tests = (
        TestResult(id="tests/public/test_p.py::test_one", visibility="public", outcome="passed", points=1, max_points=1),
        TestResult(
            id=f"tests/hidden/test_h.py::test_two[{text}]",
            visibility="hidden",
            outcome="timed_out",
            points=1,
            max_points=4,
            message=text,
            feedback=text,
            hint=text,
            awards=(Award(share=0.25, reason=text),),
        ),
    )
    found = {
        "assignment": AssignmentName(id="a", version="sha256:0"),
        "submission": SubmissionName(name=text, digest="sha256:1"),
        "status": "graded",
        "score": 55.5,
        "max_score": 100.0,
        "criteria": (
            CriterionResult(kind="tests", weight=80, score=32, max_score=80, detail="1 of 2 tests"),
            CriterionResult(kind="growth", name=text, weight=20, score=0, max_score=20, bonus=True, detail=text),
        ),
        "competencies": (CompetencyResult(id="c", name=text, score=0.4, level="developing", parts=(text,)),),
        "tests": tests,
        "measurements": Measurements(
            growth=(
                Growth(test=f"t.py::{text}", at_most="n", sizes=SIZES, cpu_times=tuple((s**2 / 1e7,) * 4 for s in SIZES)),
            ),
            quality=Quality(
                tools=("ruff 1",),
                lines=3,
                findings=(
                    Finding(rule="F401", path=text, line=1, message=text, url="https://example.org/F401"),
                    Finding(rule="X", path=text, line=1, message=text, url="javascript:alert(1)"),
                ),
            ),
        ),
        "environment": Environment(grader="0", image="sha256:2", python="3.11.2"),
        "timing": Timing(started=now(), finished=now(), wall_time=0.1),
    }
    return Report(**{**found, **changes})


ATTEMPTS = [PastAttempt(datetime(2027, 1, day, tzinfo=UTC), 30.0 * day, 100.0) for day in (1, 2, 3)]


def test_the_page_tells_everything_and_needs_nothing():
    page = report_page(make("a remark"), "Sorting", ATTEMPTS)
    checker = Checker(page)
    for text in ("Sorting", "55.5", "What to improve first", "32 of 80", "(bonus)", "developing", "timed out", "a remark",
                 "grows like n^2; ", "Attempts over time", "30, 60, 90", "F401", "25%"):  # fmt: skip
        assert text in page, text
    assert checker.addresses == ["https://example.org/F401"]
    assert not {"script", "link", "img", "iframe", "object"} & set(checker.tags)
    assert "default-src 'none'" in page
    assert "url(" not in page
    assert "@import" not in page
    assert 'lang="en"' in page
    assert page.count('role="img"') == page.count("aria-label=") == 2


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "\x1b[31m\x00"]
)
def test_what_a_submission_says_stays_text(text):
    page = report_page(make(text), text)
    checker = Checker(page)
    assert "script" not in checker.tags
    assert "img" not in checker.tags
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", page)
    if "{{" in text:
        assert text in page, "templates in a submission are text as well"


@given(st.text(max_size=40))
def test_any_text_leaves_the_page_whole(text):
    Checker(report_page(make(text), text))


def test_a_report_with_full_marks_has_nothing_to_improve():
    line = CriterionResult(kind="tests", weight=80, score=80, max_score=80, detail="2 of 2 tests")
    report = make(criteria=(line,), tests=(), measurements=Measurements(), competencies=())
    page = report_page(report, "A")
    assert "Nothing was lost" in page
    assert "How computing time grows" not in page
    assert "Attempts over time" not in page


def test_advice_begins_with_what_is_worth_most():
    first, second = advice_for(make("later"))
    assert (first.points, first.what, first.how) == (48, "test_two timed out", "later")
    assert (second.points, second.what) == (20, "later")


def of_tests(*tests, points=60.0):
    line = CriterionResult(kind="mutants", weight=90.0, score=points, max_score=90.0, detail="2 of 4 faulty programs caught")
    report = make(tests=tests, criteria=(line,), measurements=Measurements(), score=points, max_score=90.0)
    return report.model_copy(update={"assignment": report.assignment.model_copy(update={"kind": "test-writing"})})


def one(name, outcome, visibility="hidden", points=1.0, hint=None):
    earned = points if outcome == "passed" else 0.0
    return TestResult(id=name, visibility=visibility, outcome=outcome, points=earned, max_points=points, hint=hint)


def test_reports_on_tests_speak_of_programs():
    report = of_tests(
        one("t.py::test_a", "passed", "public"),
        one("t.py::test_b", "failed", "public"),
        one("mutants::off-by-one", "passed"),
        one("mutants::upside-down", "failed", points=3, hint="Which way is up?"),
    )
    page = report_page(report, "Testing")
    for words in ("Tests, on the right program", "1 of 2 right", "wrong", "Faulty programs", "1 of 2 caught", "missed"):
        assert words in page
    assert "Hidden tests" not in page
    advice = advice_for(report)
    # Half the tests are right: catching the rest would give three quarters of half the line, righting the other test a quarter.
    assert [(one.what, one.points, one.how) for one in advice] == [
        ("upside-down is missed", 33.75, "Which way is up?"),
        ("1 of 2 tests are wrong", 11.25, "on the right program: test_b"),
    ]


def test_advice_for_those_who_wrote_no_tests():
    (first, *_more) = advice_for(of_tests(one("mutants::off-by-one", "failed"), points=0.0))
    assert (first.what, first.points) == ("there are no tests", 90)
