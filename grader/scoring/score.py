"""Put the criteria and competencies of one submission together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..patterns import test_matches
from ..report import CompetencyResult, CriterionResult, TestResult

if TYPE_CHECKING:
    from ..assignment.model import Competency
    from .criteria import Criterion

__all__ = ["Score", "competencies_of", "score_tests"]


@dataclass(frozen=True)
class Score:
    """What a submission's tests are worth.

    Attributes:
        score: Points.
        max_score: Points of a perfect submission: the criteria's weights together.
        criteria: How they add up.
        competencies: What they show.
    """

    score: float
    max_score: float
    criteria: tuple[CriterionResult, ...]
    competencies: tuple[CompetencyResult, ...]


def score_tests(tests: Sequence[TestResult], criteria: Iterable[Criterion], competencies: Sequence[Competency]) -> Score:
    """Score the tests' results. Pure: the same arguments give the same score, today and in ten years."""
    lines = tuple(criterion.apply(tests) for criterion in criteria)
    return Score(
        score=round(sum(line.score for line in lines), 2),
        max_score=round(sum(line.max_score for line in lines), 2),
        criteria=lines,
        competencies=tuple(_shown(tests, competencies)),
    )


def competencies_of(test_id: str, marked: Iterable[str], competencies: Iterable[Competency]) -> tuple[str, ...]:
    """Ids of the competencies that a test shows: by its own marks, and by the assignment's patterns."""
    mapped = (one.id for one in competencies if test_matches(test_id, one.tests))
    return tuple(dict.fromkeys([*marked, *mapped]))


def _shown(tests: Sequence[TestResult], competencies: Sequence[Competency]) -> Iterable[CompetencyResult]:
    names = {one.id: one.name for one in competencies}
    for test in tests:
        for marked in test.competencies:
            names.setdefault(marked, None)
    for one, name in names.items():
        mapped = [test for test in tests if one in test.competencies and test.max_points > 0]
        most = sum(test.max_points for test in mapped)
        if most:
            yield CompetencyResult(id=one, name=name, score=round(sum(test.points for test in mapped) / most, 4))
