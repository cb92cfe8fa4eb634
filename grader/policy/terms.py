"""The terms that hold for one learner: the assignment's policy and the learner's extension."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..assignment.model import Policy

__all__ = ["Extension", "Terms", "terms_for"]

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Extension:
    """What an instructor granted one learner.

    Attributes:
        due: When it is due instead.
        closes: When it closes instead; without it, the closing moves as far as ``due`` does.
        attempts: How many attempts more.
    """

    due: datetime | None = None
    closes: datetime | None = None
    attempts: int = 0


@dataclass(frozen=True)
class Terms:
    """When and how often one learner may submit, and what being late costs.

    Attributes:
        opens: Nothing is accepted before.
        due: What comes later, by more than ``grace``, is late.
        closes: Nothing is accepted later, by more than ``grace``.
        grace: How long nobody is late yet.
        late_per_day: Percent of the score that each day begun costs.
        attempts: How often; None without bound.
        cooldown: Time between two attempts.
        counts: Which attempt: the one with the ``best`` score, or the ``last``.
    """

    opens: datetime | None
    due: datetime | None
    closes: datetime | None
    grace: timedelta
    late_per_day: float
    attempts: int | None
    cooldown: timedelta
    counts: str

    def days_late(self, received: datetime) -> int:
        """Days begun after the due time; 0 for what is in time, the grace period included."""
        if self.due is None or received <= self.due + self.grace:
            return 0
        # Rounded up: timedelta // floors.
        return -((self.due - received) // _DAY)


def terms_for(policy: Policy, extension: Extension | None = None) -> Terms:
    """The policy's terms with one learner's extension."""
    extension = extension or Extension()
    due = extension.due or policy.due
    return Terms(
        opens=policy.opens,
        due=due,
        closes=extension.closes or _closing(policy, due),
        grace=policy.grace,
        late_per_day=policy.late.per_day if policy.late else 0.0,
        attempts=None if policy.attempts is None else policy.attempts + extension.attempts,
        cooldown=policy.cooldown,
        counts=policy.counts,
    )


def _closing(policy: Policy, due: datetime | None) -> datetime | None:
    """When nothing is accepted any more.

    ``closes`` says so, else the last day of the late rule. With a due time and neither, it closes when it is due.
    """
    if policy.due is None or due is None:
        return policy.closes if due is None or policy.closes is None else max(policy.closes, due)
    usual = policy.due + timedelta(days=policy.late.until if policy.late else 0)
    return (policy.closes or usual) + (due - policy.due)
