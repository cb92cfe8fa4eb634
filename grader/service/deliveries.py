"""Deliveries that are due, one at a time for each endpoint and key, and what became of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from ..store.names import new_name
from ..store.tables import Delivery, DeliveryTry, Endpoint, Event
from .endpoints import notify_disabled

__all__ = ["Due", "Result", "claim_due", "next_delay", "settle", "take"]

_SCHEDULE = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
"""Seconds before each redelivery, as the Standard Webhooks specification advises: over about three days."""
_JITTER = 0.2
_LEASE = timedelta(seconds=90)
_GONE = 410
_AT_ONE_ENDPOINT, _AT_FAILING_ONES = 3, 8


@dataclass(frozen=True)
class Due:
    """A delivery to be made now.

    Attributes:
        id: The delivery.
        claim: What proves the right to settle it.
        message_id: The event's id, the same at each try.
        url: Where to.
        secrets: What signs it; the newest first.
        payload: What is sent.
    """

    id: int
    claim: str
    message_id: str
    url: str
    secrets: tuple[str, ...]
    payload: dict[str, Any]


@dataclass(frozen=True)
class Result:
    """What became of a try.

    Attributes:
        status: The HTTP status; None if there was no answer.
        error: Why there was none, or what the answer said.
        seconds: How long it took.
    """

    status: int | None
    error: str | None
    seconds: float

    @property
    def delivered(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


def claim_due(session: Session, now: datetime, most: int) -> list[Due]:
    """Take deliveries that are due, and that no earlier one of the same endpoint and key holds back.

    Of one endpoint a few at a time. Those that did not take the last one wait in a queue of their own: whatever is wrong
    with them, most of the places are left to the others.
    """
    found = _claim(session, now, most, failing=False)
    room = min(most - len(found), _AT_FAILING_ONES - _under_way(session, now))
    return found + (_claim(session, now, room, failing=True) if room > 0 else [])


def _claim(session: Session, now: datetime, most: int, failing: bool) -> list[Due]:
    at_one = 1 if failing else _AT_ONE_ENDPOINT
    earlier = aliased(Delivery)
    held_back = (
        select(earlier.id)
        .where(
            earlier.endpoint_id == Delivery.endpoint_id,
            earlier.key == Delivery.key,
            earlier.state == "pending",
            earlier.seq < Delivery.seq,
        )
        .exists()
    )
    taken = aliased(Delivery)
    under_way = (
        select(func.count(taken.id))
        .where(taken.endpoint_id == Delivery.endpoint_id, taken.state == "pending", taken.lease_until >= now)
        .scalar_subquery()
    )
    free = (Delivery.lease_until.is_(None)) | (Delivery.lease_until < now)
    due = (
        select(Delivery)
        .join(Endpoint)
        .where(Delivery.state == "pending", Delivery.next_try <= now, free, ~held_back, Endpoint.disabled.is_(None))
        .where(Endpoint.failing_since.is_not(None) if failing else Endpoint.failing_since.is_(None))
        .where(under_way < at_one)
        .order_by(Delivery.next_try, Delivery.id)
        .limit(most)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    taken_now: Counter[str] = Counter()
    found = []
    for row in session.scalars(due).all():
        if taken_now[row.endpoint_id] < at_one:
            taken_now[row.endpoint_id] += 1
            found.append(take(session, row, now))
    return found


def _under_way(session: Session, now: datetime) -> int:
    """How many deliveries to failing endpoints are being made."""
    of_failing = select(func.count(Delivery.id)).join(Endpoint).where(Endpoint.failing_since.is_not(None))
    return session.scalar(of_failing.where(Delivery.state == "pending", Delivery.lease_until >= now)) or 0


def take(session: Session, row: Delivery, now: datetime) -> Due:
    """Take one delivery, due or not."""
    row.claim, row.lease_until = new_name("clm"), now + _LEASE
    endpoint = session.get_one(Endpoint, row.endpoint_id)
    event = session.scalars(select(Event).where(Event.id == row.event_id)).one()
    return Due(row.id, row.claim, event.id, endpoint.url, _secrets(endpoint, now), event.payload)


def settle(session: Session, due: Due, result: Result, now: datetime, first_retry: float, give_up: timedelta) -> None:
    """Note what became of a try, and decide about the next.

    Args:
        session: A writing session.
        due: What was tried.
        result: What became of it.
        now: The present.
        first_retry: Seconds before the first redelivery; the later ones are as many times the usual.
        give_up: How long an endpoint may fail all the time before it is disabled.
    """
    row = session.scalar(select(Delivery).where(Delivery.id == due.id, Delivery.claim == due.claim).with_for_update())
    session.add(DeliveryTry(delivery_id=due.id, at=now, status=result.status, error=result.error, seconds=result.seconds))
    if row is None:  # it took so long that it was given to another
        return
    row.tries += 1
    row.claim = row.lease_until = None
    endpoint = session.scalars(select(Endpoint).where(Endpoint.id == row.endpoint_id).with_for_update()).one()
    if result.delivered:
        row.state, row.delivered = "delivered", now
        endpoint.failing_since = None
        return
    endpoint.failing_since = endpoint.failing_since or now
    delay = next_delay(row.tries, first_retry)
    if delay is None:
        row.state = "failed"
    else:
        row.next_try = now + delay
    if endpoint.disabled is not None:
        return
    if result.status == _GONE:
        _disable(session, endpoint, "it answered 410 Gone", now)
    elif now - endpoint.failing_since >= give_up:
        _disable(session, endpoint, f"nothing was delivered since {endpoint.failing_since.isoformat()}", now)


def next_delay(tries: int, first_retry: float) -> timedelta | None:
    """How long to wait after so many tries; None if there is to be no other."""
    if tries > len(_SCHEDULE):
        return None
    seconds = _SCHEDULE[tries - 1] * first_retry / _SCHEDULE[0]
    return timedelta(seconds=seconds * random.uniform(1, 1 + _JITTER))


def pending(session: Session) -> int:
    """How many deliveries are still to be made."""
    return session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == "pending")) or 0


def tries_of(session: Session, delivery_id: int) -> Sequence[DeliveryTry]:
    """The log of a delivery."""
    return session.scalars(select(DeliveryTry).where(DeliveryTry.delivery_id == delivery_id).order_by(DeliveryTry.id)).all()


def _disable(session: Session, endpoint: Endpoint, reason: str, now: datetime) -> None:
    endpoint.disabled, endpoint.disabled_because = now, reason
    session.flush()
    notify_disabled(session, endpoint, now)


def _secrets(endpoint: Endpoint, now: datetime) -> tuple[str, ...]:
    if endpoint.old_secret and endpoint.old_secret_until and now < endpoint.old_secret_until:
        return endpoint.secret, endpoint.old_secret
    return (endpoint.secret,)
