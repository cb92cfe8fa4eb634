"""What a learner may see of a report."""

from __future__ import annotations

from .assignment.model import FeedbackLevel
from .report import CriterionResult, Report, TestResult

__all__ = ["for_learner", "test_for_learner"]


def for_learner(report: Report, level: FeedbackLevel) -> Report:
    """The report as the assignment's feedback level lets the learner see it.

    Public tests are shown whole. Of hidden tests, ``nothing`` shows that they count, ``count`` how many passed, ``name``
    which, with the hints of those that did not, ``message`` also what went wrong, ``full`` everything.
    """
    tests = tuple(shown for test in report.tests if (shown := test_for_learner(test, level)))
    criteria = report.criteria
    if level == "nothing":
        criteria = tuple(_without_counts(line) for line in criteria)
    return report.model_copy(update={"tests": tests, "criteria": criteria})


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
        removed["message"] = None
    return test.model_copy(update=removed)


def _without_counts(line: CriterionResult) -> CriterionResult:
    return line.model_copy(update={"detail": "hidden tests are not shown"}) if line.kind == "tests" else line
