"""What a learner may see of a report."""

from __future__ import annotations

from .assignment.model import FeedbackLevel
from .report import CompetencyResult, CriterionResult, Measurements, Report, TestResult

__all__ = ["for_learner", "test_for_learner"]

_OURS = "a failure of the grader's own: it costs no attempt"


def for_learner(report: Report, level: FeedbackLevel) -> Report:
    """The report as the assignment's feedback level lets the learner see it.

    Public tests are shown whole. Of hidden tests, ``nothing`` shows that they count, ``count`` how many passed, ``name``
    which, with the hints of those that did not, ``message`` also what went wrong, ``full`` everything.
    """
    tests = tuple(shown for test in report.tests if (shown := test_for_learner(test, level)))
    return report.model_copy(
        update={
            "tests": tests,
            "criteria": tuple(_line(line, level) for line in report.criteria),
            "competencies": tuple(_competency(one, level) for one in report.competencies),
            "measurements": _measurements(report.measurements, level),
            # A failure of ours may quote anything that the grader holds.
            "reason": _OURS if report.status == "failed" else report.reason,
        }
    )


def test_for_learner(test: TestResult, level: FeedbackLevel) -> TestResult | None:
    """A test's result as the learner may see it; None if the learner may not know of the test."""
    if test.visibility == "public":
        return test
    if level in ("nothing", "count"):
        return None
    if level == "full":
        return test
    removed: dict[str, object] = {"feedback": None, "stdout": ""}
    if level == "name":
        removed |= {"message": None, "awards": ()}
    return test.model_copy(update=removed)


def _line(line: CriterionResult, level: FeedbackLevel) -> CriterionResult:
    told = {"nothing": line.discreet, "count": _counts(line)}.get(level, line.detail)
    return line.model_copy(update={"detail": told or "hidden tests are not shown", "counts": None, "discreet": None})


def _counts(line: CriterionResult) -> str | None:
    """A line without names of tests. Reports of older versions have one text for all: what may name tests is left out."""
    if line.counts is not None or line.kind == "growth":
        return line.counts or line.discreet
    found, gated, _by = line.detail.partition(": not counted")
    return found + gated


def _competency(one: CompetencyResult, level: FeedbackLevel) -> CompetencyResult:
    return one.model_copy(update={"parts": ()}) if level == "nothing" else one


def _measurements(found: Measurements, level: FeedbackLevel) -> Measurements:
    if level not in ("nothing", "count"):
        return found
    return found.model_copy(update={"cpu_time": (), "memory": (), "growth": ()})
