"""What a learner should improve first: where the most points were lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..report import Report, TestResult
from .criteria.base import share_of_points

__all__ = ["Advice", "advice_for"]


@dataclass(frozen=True)
class Advice:
    """Something to improve.

    Attributes:
        points: What it would be worth, of the score.
        what: What is wrong.
        how: What to do about it; empty if nobody said.
    """

    points: float
    what: str
    how: str


def advice_for(report: Report, most: int = 5) -> list[Advice]:
    """What to improve, the most rewarding first. Knows what the report knows: give it the learner's view for learners."""
    found = [*(_of_mutants(report) if report.assignment.kind == "test-writing" else _of_tests(report)), *_of_lines(report)]
    return sorted(found, key=lambda one: -one.points)[:most]


def _of_lines(report: Report) -> Iterable[Advice]:
    for line in report.criteria:
        lost = round(line.max_score - line.score, 2)
        if line.kind not in ("tests", "mutants") and lost > 0:
            yield Advice(lost, line.name or line.kind, line.detail)


def _of_tests(report: Report) -> Iterable[Advice]:
    """Failed tests by function; the points lost in lines of tests are shared out by what each test is worth."""
    failed = [test for test in report.tests if test.points < test.max_points]
    lost = sum(line.max_score - line.score for line in report.criteria if line.kind == "tests")
    weight = sum(test.max_points - test.points for test in failed)
    functions: dict[str, list[TestResult]] = {}
    for test in failed:
        functions.setdefault(test.id.partition("[")[0], []).append(test)
    for name, tests in functions.items():
        share = sum(test.max_points - test.points for test in tests) / weight
        short = name.partition("::")[2].replace("::", " › ")
        times = f" ({len(tests)} times)" if len(tests) > 1 else ""
        how = next((test.hint for test in tests if test.hint), None)
        first = next((test.message.strip().splitlines()[0] for test in tests if test.message and test.message.strip()), "")
        yield Advice(round(lost * share, 2), f"{short} {tests[0].outcome.replace('_', ' ')}{times}", how or first)


def _of_mutants(report: Report) -> Iterable[Advice]:
    """Tests that are wrong, and faulty programs that none catches; each at what it alone would give."""
    own = [test for test in report.tests if test.visibility == "public" and test.max_points > 0]
    mutants = [test for test in report.tests if test.visibility == "hidden"]
    worth = sum(line.max_score for line in report.criteria if line.kind == "mutants")
    rightness, caught = share_of_points(own), share_of_points(mutants)
    wrong = [test for test in own if test.outcome != "passed"]
    if wrong:
        names = ", ".join(test.id.partition("::")[2] for test in wrong[:3]) + (", …" if len(wrong) > 3 else "")
        gain = worth * (caught or 1.0) * (1 - rightness)
        yield Advice(round(gain, 2), f"{len(wrong)} of {len(own)} tests are wrong", f"on the right program: {names}")
    elif not own:
        yield Advice(worth, "there are no tests", "")
    total = sum(test.max_points for test in mutants)
    for test in mutants:
        if test.points < test.max_points:
            gain = worth * rightness * (test.max_points - test.points) / total
            yield Advice(round(gain, 2), f"{test.id.partition('::')[2]} is missed", test.hint or test.message or "")
