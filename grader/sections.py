"""A report's tests in sections, with the words that fit the kind of assignment."""

from __future__ import annotations

from dataclasses import dataclass

from .report import Report, TestResult

__all__ = ["Section", "sections_of"]

_OUTCOMES = {"timed_out": "timed out", "out_of_memory": "out of memory"}


@dataclass(frozen=True)
class Section:
    """Some tests.

    Attributes:
        title: Heading.
        summary: How many are good.
        tests: See there.
        good, bad: What ``passed`` and ``failed`` mean here.
    """

    title: str
    summary: str
    tests: tuple[TestResult, ...]
    good: str = "passed"
    bad: str = "failed"

    def word(self, test: TestResult) -> str:
        """A test's outcome in words."""
        return {"passed": self.good, "failed": self.bad}.get(test.outcome) or _OUTCOMES.get(test.outcome, test.outcome)


def sections_of(report: Report) -> list[Section]:
    """The report's tests, first those that the learner knows; without empty sections."""
    if report.assignment.kind == "test-writing":
        words = {
            "public": ("Tests, on the right program", "right", "wrong"),
            "hidden": ("Faulty programs", "caught", "missed"),
        }
    else:
        words = {kind: (f"{kind.capitalize()} tests", "passed", "failed") for kind in ("public", "hidden")}
    found = []
    for visibility, (title, good, bad) in words.items():
        tests = tuple(test for test in report.tests if test.visibility == visibility)
        number = sum(test.outcome == "passed" for test in tests)
        if tests:
            found.append(Section(title, f"{number} of {len(tests)} {good}", tests, good, bad))
    return found
