"""Put the criteria and competencies of one submission together."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..patterns import test_matches
from ..report import CompetencyResult, CriterionResult, Measurements, Report, TestResult
from .criteria import Evidence
from .criteria.base import share_of_points

if TYPE_CHECKING:
    from ..assignment.model import AssignmentFile, Competency

__all__ = ["Score", "competencies_of", "rescore", "score_evidence"]


@dataclass(frozen=True)
class Score:
    """What a submission is worth.

    Attributes:
        score: Points.
        max_score: Points of a perfect submission: the weights of all lines but bonus ones.
        criteria: How they add up.
        competencies: What they show.
    """

    score: float
    max_score: float
    criteria: tuple[CriterionResult, ...]
    competencies: tuple[CompetencyResult, ...]


def score_evidence(tests: Sequence[TestResult], measurements: Measurements, settings: AssignmentFile) -> Score:
    """Score what was found. Pure: the same arguments give the same score, today and in ten years."""
    evidence = Evidence(tuple(tests), measurements)
    lines = tuple(criterion.apply(evidence) for criterion in settings.criterion)
    maximum = round(sum(line.max_score for line in lines if not line.bonus), 4)
    return Score(
        score=settings.score.total(sum(line.score for line in lines), maximum),
        max_score=maximum,
        criteria=lines,
        competencies=tuple(_shown(tests, lines, settings)),
    )


def rescore(report: Report, settings: AssignmentFile) -> Report:
    """The report under other weights, criteria, competencies or rules: no code is run.

    It is what a fresh grading would give, as long as the assignment's suite is the same.
    """
    if report.status != "graded":
        return report
    tests = tuple(
        test.model_copy(update={"competencies": competencies_of(test.id, test.marked, settings.competency)})
        for test in report.tests
    )
    score = score_evidence(tests, report.measurements, settings)
    found = {
        "tests": tests,
        "score": score.score,
        "max_score": score.max_score,
        "criteria": score.criteria,
        "competencies": score.competencies,
    }
    return report.model_copy(update=found)


def competencies_of(test_id: str, marked: Iterable[str], competencies: Iterable[Competency]) -> tuple[str, ...]:
    """Ids of the competencies that a test shows: by its own marks, and by the assignment's patterns."""
    mapped = (one.id for one in competencies if test_matches(test_id, one.tests))
    return tuple(dict.fromkeys([*marked, *mapped]))


def _shown(
    tests: Sequence[TestResult], lines: Sequence[CriterionResult], settings: AssignmentFile
) -> Iterable[CompetencyResult]:
    declared = {one.id: one for one in settings.competency}
    names = [*declared, *(name for test in tests for name in test.competencies)]
    for name in dict.fromkeys(names):
        mapped = [test for test in tests if name in test.competencies and test.max_points > 0]
        shares, parts = [], []
        if mapped:
            shares.append(share_of_points(mapped))
            parts.append(f"{shares[-1]:.0%} of the points of {len(mapped)} tests")
        wanted = declared[name].criteria if name in declared else ()
        for line in lines:
            if (line.name or line.kind) in wanted:
                shares.append(line.score / line.max_score)
                parts.append(f"{shares[-1]:.0%} of {line.name or line.kind}")
        if shares:
            share = round(statistics.fmean(shares), 4)
            yield CompetencyResult(
                id=name,
                name=declared[name].name if name in declared else None,
                score=share,
                level=settings.bands.level(share),
                parts=tuple(parts),
            )
