"""Whether a submission is accepted now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .terms import Terms

__all__ = ["Admission", "Refusal", "admit"]

Refusal = Literal["not-open", "closed", "no-attempts-left", "cooling-down"]


@dataclass(frozen=True)
class Admission:
    """Whether a learner may submit.

    Attributes:
        refusal: Why not; None if they may.
        since: When it closed.
        until: When they may again.
        attempts_left: How many attempts they have, this one included; None without bound.
    """

    refusal: Refusal | None
    since: datetime | None = None
    until: datetime | None = None
    attempts_left: int | None = None


def admit(terms: Terms, now: datetime, earlier: Sequence[datetime]) -> Admission:
    """Whether a learner may submit now.

    Args:
        terms: The terms for the learner.
        now: The present, with a time zone.
        earlier: When the attempts that count so far were received. What was rejected, or could not be graded by a
            failure of the grader's own, is no attempt.
    """
    left = None if terms.attempts is None else max(0, terms.attempts - len(earlier))
    if terms.opens is not None and now < terms.opens:
        return Admission("not-open", until=terms.opens, attempts_left=left)
    if terms.closes is not None and now > terms.closes + terms.grace:
        return Admission("closed", since=terms.closes, attempts_left=left)
    if left == 0:
        return Admission("no-attempts-left", attempts_left=0)
    if earlier and now < (again := max(earlier) + terms.cooldown):
        return Admission("cooling-down", until=again, attempts_left=left)
    return Admission(None, attempts_left=left)
