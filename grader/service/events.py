"""Events: written in the transaction that makes them true, for delivery to whoever asked to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..store.names import new_name
from ..store.tables import Assignment, Delivery, Endpoint, Event, Grading, Mark, Submission, User

__all__ = ["EVENT_TYPES", "emit", "emit_mark", "emit_rejection", "record"]

EVENT_TYPES = {
    "submission.graded": "A submission was graded, for the first time or again.",
    "submission.rejected": "What an LMS handed in is not acceptable.",
    "submission.failed": "A submission could not be graded by a failure of the grader's own; an operator has to look.",
    "grade.updated": "What counts for a learner in an assignment changed.",
    "endpoint.disabled": "An endpoint failed for so long that nothing is sent to it any more.",
    "endpoint.test": "Somebody tries the endpoint out.",
}


def emit(session: Session, kind: str, submission: Submission, grading: Grading, now: datetime) -> None:
    """An event about a submission and one of its gradings."""
    assignment = session.get_one(Assignment, submission.assignment_id)
    data = {
        **_who(session, assignment, submission.user_id),
        "submission": _submission(submission),
        "grading": {"id": grading.id, "number": grading.number, "score": grading.score, "max_score": grading.max_score},
    }
    record(session, kind, assignment.course_id, _key(assignment.id, submission.user_id), data, now)


def emit_mark(session: Session, assignment: Assignment, mark: Mark, now: datetime) -> None:
    """An event about what counts for a learner."""
    data = {
        **_who(session, assignment, mark.user_id),
        "submission": _submission(session.get_one(Submission, mark.submission_id)),
        "grade": {
            "score": mark.score,
            "max_score": mark.max_score,
            "raw_score": mark.raw,
            "days_late": mark.days_late,
            "grading": mark.grading_id,
        },
    }
    record(session, "grade.updated", assignment.course_id, _key(assignment.id, mark.user_id), data, now)


def emit_rejection(
    session: Session, course_id: str, assignment: str, login: str, message_id: str, reason: str, now: datetime
) -> None:
    """An event about something handed in by an LMS that is not acceptable."""
    who = {"course": course_id, "assignment": assignment, "learner": {"login": login}}
    data = {**who, "message": message_id, "reason": reason}
    record(session, "submission.rejected", course_id, f"{course_id}/{assignment}/{login}", data, now)


def record(session: Session, kind: str, course_id: str | None, key: str, data: dict[str, Any], now: datetime) -> Event:
    """An event, and a delivery of it to each endpoint that wants it.

    Args:
        session: A writing session.
        kind: One of ``EVENT_TYPES``.
        course_id: The course it is about.
        key: Events of one key are delivered in their order.
        data: What the receiver reads under ``data``.
        now: The present.
    """
    assert kind in EVENT_TYPES
    payload = {"type": kind, "timestamp": now.isoformat(), "data": data}
    event = Event(id=new_name("msg"), type=kind, course_id=course_id, key=key, payload=payload, created=now)
    session.add(event)
    session.flush()
    for endpoint in session.scalars(select(Endpoint).where(Endpoint.disabled.is_(None))):
        if wants(endpoint, event):
            session.add(delivery(event, endpoint, now))
    session.flush()
    return event


def wants(endpoint: Endpoint, event: Event) -> bool:
    """Whether an event is one that an endpoint is to be told of."""
    in_course = endpoint.course_id is None or endpoint.course_id == event.course_id
    return in_course and event.type in (endpoint.events or EVENT_TYPES)


def delivery(event: Event, endpoint: Endpoint, now: datetime) -> Delivery:
    """An event's way to an endpoint."""
    return Delivery(
        endpoint_id=endpoint.id,
        event_id=event.id,
        seq=event.seq,
        key=event.key,
        state="pending",
        tries=0,
        next_try=now,
        created=now,
    )


def _key(assignment_id: str, user_id: str) -> str:
    return f"{assignment_id}/{user_id}"


def _who(session: Session, assignment: Assignment, user_id: str) -> dict[str, Any]:
    user = session.get_one(User, user_id)
    return {
        "course": assignment.course_id,
        "assignment": assignment.slug,
        "learner": {"login": user.login, "name": user.name, "email": user.email, "external_id": user.external_id},
    }


def _submission(submission: Submission) -> dict[str, Any]:
    return {"id": submission.id, "received": submission.received.isoformat(), "digest": submission.digest}
