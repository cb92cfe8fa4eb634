"""Endpoints: who is told of events."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..store.names import new_name
from ..store.tables import Course, Delivery, Endpoint, Event, Source
from .errors import Conflict, NotFound
from .events import EVENT_TYPES, delivery, record, wants

__all__ = ["add_endpoint", "add_source", "endpoint_named", "new_secret", "replay", "rotate", "send_test"]

_OLD_SECRET_HOLDS = timedelta(hours=24)


def new_secret() -> str:
    """A signing secret in the Standard Webhooks form."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def add_endpoint(session: Session, url: str, events: Sequence[str], course_id: str | None, now: datetime) -> Endpoint:
    """A new endpoint.

    Raises:
        Conflict: There is no such event, or no such course.
    """
    unknown = [kind for kind in events if kind not in EVENT_TYPES]
    if unknown:
        raise Conflict(f"there is no event {unknown[0]!r}; there are {', '.join(EVENT_TYPES)}")
    if course_id is not None and session.get(Course, course_id) is None:
        raise Conflict(f"there is no course {course_id!r}")
    endpoint = Endpoint(
        id=new_name("end"), course_id=course_id, url=url, events=list(events), secret=new_secret(), created=now
    )
    session.add(endpoint)
    session.flush()
    return endpoint


def add_source(session: Session, name: str, course_id: str, now: datetime) -> Source:
    """An LMS that may hand in submissions for a course.

    Raises:
        Conflict: There is no such course.
    """
    if session.get(Course, course_id) is None:
        raise Conflict(f"there is no course {course_id!r}")
    source = Source(id=new_name("src"), course_id=course_id, name=name, secret=new_secret(), created=now)
    session.add(source)
    session.flush()
    return source


def endpoint_named(session: Session, endpoint_id: str) -> Endpoint:
    """An endpoint.

    Raises:
        NotFound: There is none of that id.
    """
    endpoint = session.get(Endpoint, endpoint_id)
    if endpoint is None:
        raise NotFound(f"there is no endpoint {endpoint_id!r}")
    return endpoint


def rotate(row: Endpoint | Source, now: datetime) -> str:
    """A new secret; for a day, the old one signs (or is believed) as well."""
    row.old_secret, row.old_secret_until = row.secret, now + _OLD_SECRET_HOLDS
    row.secret = new_secret()
    return row.secret


def enable(session: Session, endpoint: Endpoint, now: datetime) -> int:
    """Send to a disabled endpoint again, first what it missed; returns how many deliveries that is.

    What arose while it was disabled is found by its events, as far as they are kept.
    """
    if endpoint.disabled is not None:
        has = select(Delivery.id).where(Delivery.endpoint_id == endpoint.id, Delivery.event_id == Event.id).exists()
        arose = select(Event).where(Event.created >= endpoint.disabled, Event.type != "endpoint.test", ~has)
        for event in session.scalars(arose.order_by(Event.seq)):
            if wants(endpoint, event):
                session.add(delivery(event, endpoint, now))
    endpoint.disabled = endpoint.disabled_because = endpoint.failing_since = None
    session.flush()
    missed = session.scalars(select(Delivery).where(Delivery.endpoint_id == endpoint.id, Delivery.state == "pending")).all()
    for one in missed:
        one.next_try = now
    return len(missed)


def send_test(session: Session, endpoint: Endpoint, now: datetime) -> Delivery:
    """An event of no meaning, for this endpoint alone."""
    data = {"message": "it works"}
    payload = {"type": "endpoint.test", "timestamp": now.isoformat(), "data": data}
    event = Event(
        id=new_name("msg"), type="endpoint.test", course_id=None, key=f"test/{endpoint.id}", payload=payload, created=now
    )
    session.add(event)
    session.flush()
    sent = delivery(event, endpoint, now)
    session.add(sent)
    session.flush()
    return sent


def replay(session: Session, delivery_ids: Sequence[int] | None, endpoint: Endpoint | None, now: datetime) -> int:
    """Send again, with the ids that the events always had: the named deliveries, or all that an endpoint did not take."""
    wanted = select(Delivery)
    if delivery_ids is not None:
        wanted = wanted.where(Delivery.id.in_(delivery_ids))
    else:
        wanted = wanted.where(Delivery.state == "failed")
    if endpoint is not None:
        wanted = wanted.where(Delivery.endpoint_id == endpoint.id)
    count = 0
    for one in session.scalars(wanted):
        one.state, one.tries, one.next_try, one.claim, one.lease_until = "pending", 0, now, None, None
        count += 1
    return count


def notify_disabled(session: Session, endpoint: Endpoint, now: datetime) -> None:
    """Tell the other endpoints that one is not sent to any more."""
    data = {"endpoint": endpoint.id, "url": endpoint.url, "reason": endpoint.disabled_because}
    record(session, "endpoint.disabled", endpoint.course_id, f"endpoint/{endpoint.id}", data, now)
