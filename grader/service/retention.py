"""What is not needed any more after a while, and is then deleted. Submissions, gradings and marks never are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from ..store.tables import Delivery, DeliveryTry, Endpoint, Event, InboundMessage, Submission, Version

__all__ = ["Bounds", "blobs_in_use", "newest_blob", "outdated", "prune_some"]

_MOST = 1000
"""Rows of a kind in one transaction, so that nobody waits long for it."""


@dataclass(frozen=True)
class Bounds:
    """What is older than this is deleted.

    Attributes:
        events: Events that nobody is still to be told of, their deliveries, and the log of these.
        keys: Idempotency keys; the submission stays.
        messages: Messages of LMSs that were dealt with; what was handed in stays.
    """

    events: datetime
    keys: datetime
    messages: datetime


def _deliveries(bounds: Bounds) -> Select[Any]:
    # To an endpoint that was disabled nothing is sent until somebody enables it, if they ever do.
    settled = (Delivery.state != "pending") | Endpoint.disabled.is_not(None)
    joined = (
        select(Delivery.id).join(Event, Event.id == Delivery.event_id).join(Endpoint, Endpoint.id == Delivery.endpoint_id)
    )
    return joined.where(Event.created < bounds.events, settled)


def _events(bounds: Bounds) -> Select[Any]:
    awaited = select(Delivery.id).where(Delivery.event_id == Event.id).exists()
    return select(Event.seq).where(Event.created < bounds.events, ~awaited)


def _keys(bounds: Bounds) -> Select[Any]:
    return select(Submission.id).where(Submission.received < bounds.keys, Submission.idempotency_key.is_not(None))


def _messages(bounds: Bounds) -> Select[Any, Any]:
    settled = (InboundMessage.received < bounds.messages, InboundMessage.state != "waiting")
    return select(InboundMessage.source_id, InboundMessage.message_id).where(*settled)


def outdated(session: Session, bounds: Bounds) -> dict[str, int]:
    """How much would be deleted, by kind. Events whose deliveries would be deleted first are counted, too."""
    waiting = select(Delivery.id).where(Delivery.event_id == Event.id, Delivery.id.not_in(_deliveries(bounds))).exists()
    wanted = {
        "deliveries": _deliveries(bounds),
        "events": select(Event.seq).where(Event.created < bounds.events, ~waiting),
        "idempotency keys": _keys(bounds),
        "messages": _messages(bounds),
    }
    return {kind: session.scalar(select(func.count()).select_from(rows.subquery())) or 0 for kind, rows in wanted.items()}


def prune_some(session: Session, bounds: Bounds) -> Counter[str]:
    """Delete some of what is outdated; to be called until nothing was.

    Args:
        session: A writing session.
        bounds: What is outdated.
    """
    done: Counter[str] = Counter()
    deliveries = _first(session, _deliveries(bounds))
    if deliveries:
        session.execute(delete(DeliveryTry).where(DeliveryTry.delivery_id.in_(deliveries)))
        session.execute(delete(Delivery).where(Delivery.id.in_(deliveries)))
    events = _first(session, _events(bounds))
    if events:
        session.execute(delete(Event).where(Event.seq.in_(events)))
    keys = _first(session, _keys(bounds))
    if keys:
        forgotten = {"idempotency_key": None, "request_digest": None}
        session.execute(update(Submission).where(Submission.id.in_(keys)).values(**forgotten))
    messages = session.execute(_messages(bounds).limit(_MOST)).all()
    for source_id, message_id in messages:
        named = (InboundMessage.source_id == source_id, InboundMessage.message_id == message_id)
        session.execute(delete(InboundMessage).where(*named))
    done.update({"deliveries": len(deliveries), "events": len(events)})
    done.update({"idempotency keys": len(keys), "messages": len(messages)})
    return done


def _first(session: Session, rows: Select[Any]) -> Sequence[Any]:
    return session.scalars(rows.limit(_MOST)).all()


def newest_blob(session: Session) -> str | None:
    """The name of the content that was kept last, of an assignment; None before the first is published."""
    return session.scalar(select(Version.blob).order_by(Version.created.desc()).limit(1))


def blobs_in_use(session: Session) -> set[str]:
    """The names of all contents that something refers to."""
    used = set(session.scalars(select(Version.blob)))
    used.update(session.scalars(select(Submission.blob).execution_options(yield_per=10_000)))
    return used
