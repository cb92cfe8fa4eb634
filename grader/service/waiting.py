"""What waits in the queues, and where in them: only read, for those who ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import Session

from ..store.columns import Moment
from ..store.tables import Grading, Queue

__all__ = ["depth", "held_back", "places", "position", "ready"]

_MOST_SHOWN = 20
_MOST_NAMED = 500
"""Names in a statement; databases take so many and no more."""


def ready(session: Session, queue: Queue, now: datetime) -> int:
    """How many gradings could be taken now."""
    takable = (Grading.queue == queue, Grading.state == "queued", Grading.not_before <= now)
    return session.scalar(select(func.count()).select_from(Grading).where(*takable)) or 0


def held_back(session: Session, now: datetime) -> Sequence[Grading]:
    """Gradings that wait for a time to come: they are tried again after something went wrong."""
    later = select(Grading).where(Grading.state == "queued", Grading.not_before > now)
    return session.scalars(later.order_by(Grading.not_before).limit(_MOST_SHOWN)).all()


def position(session: Session, grading: Grading) -> int | None:
    """The place in its queue of one grading, counted from 1; None if it does not wait."""
    if grading.state != "queued":
        return None
    order = tuple_(Grading.turn, Grading.created, Grading.id)
    own = tuple_(literal(grading.turn, Grading.turn.type), literal(grading.created, Moment()), literal(grading.id))
    ahead = (Grading.queue == grading.queue, Grading.state == "queued", order <= own)
    return session.scalar(select(func.count()).select_from(Grading).where(*ahead))


def places(session: Session, grading_ids: Sequence[str]) -> dict[str, int]:
    """The places of those of some gradings that wait, by grading. Of one alone ``position`` is found faster."""
    in_turn = (Grading.turn, Grading.created, Grading.id)
    place = func.row_number().over(partition_by=Grading.queue, order_by=in_turn).label("place")
    ranked = select(Grading.id, place).where(Grading.state == "queued")
    if len(grading_ids) <= _MOST_NAMED:
        within = ranked.subquery()
        rows: Sequence[Any] = session.execute(select(within).where(within.c.id.in_(grading_ids))).all()
        return dict(tuple(row) for row in rows)
    wanted = set(grading_ids)
    return {grading_id: found for grading_id, found in session.execute(ranked) if grading_id in wanted}


def depth(session: Session) -> dict[tuple[str, str], int]:
    """How many gradings there are in each queue and unfinished state."""
    unfinished = Grading.state.in_(("queued", "running", "failed"))
    grouped = select(Grading.queue, Grading.state, func.count()).where(unfinished).group_by(Grading.queue, Grading.state)
    rows: Sequence[Any] = session.execute(grouped).all()
    return {(queue, state): count for queue, state, count in rows}
