"""Which attempt counts, and for how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .terms import Terms

__all__ = ["Attempt", "Mark", "mark"]


@dataclass(frozen=True)
class Attempt:
    """A graded submission.

    Attributes:
        id: Its name.
        received: When it came in.
        score: What the grading gave.
        max_score: What it could have given.
    """

    id: str
    received: datetime
    score: float
    max_score: float


@dataclass(frozen=True)
class Mark:
    """What counts for a learner in an assignment.

    Attributes:
        attempt: The attempt that counts.
        days_late: Days begun after it was due.
        score: Its score less what being late costs, rounded to hundredths.
    """

    attempt: Attempt
    days_late: int
    score: float


def mark(terms: Terms, attempts: Sequence[Attempt]) -> Mark | None:
    """The mark that a learner's attempts earn; None without any.

    The best is the one with the highest share of the points after the late rule; of equals, the earliest.
    """
    marks = [_mark(terms, attempt) for attempt in sorted(attempts, key=lambda one: (one.received, one.id))]
    if not marks:
        return None
    return marks[-1] if terms.counts == "last" else max(marks, key=_share)


def _mark(terms: Terms, attempt: Attempt) -> Mark:
    days = terms.days_late(attempt.received)
    kept = max(0.0, 1.0 - days * terms.late_per_day / 100)
    return Mark(attempt, days, round(attempt.score * kept, 2))


def _share(one: Mark) -> float:
    return one.score / one.attempt.max_score if one.attempt.max_score else 0.0
