"""The tables."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import BigInteger, Index, Integer, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from .columns import Base, Remark, Table, name_of

__all__ = [
    "Assignment",
    "Compatibility",
    "Course",
    "Delivery",
    "DeliveryTry",
    "Endpoint",
    "Enrolment",
    "Event",
    "Extension",
    "Grading",
    "GradingState",
    "InboundMessage",
    "Mark",
    "Queue",
    "Role",
    "Source",
    "Submission",
    "Token",
    "User",
    "Version",
]

Role = Literal["learner", "instructor"]
Queue = Literal["learners", "bulk"]
GradingState = Literal["queued", "running", "graded", "failed"]

# SQLite counts up only columns of exactly this type.
_Counter = BigInteger().with_variant(Integer, "sqlite")


class Compatibility(Base):
    """One row.

    Attributes:
        oldest: The oldest revision of the tables whose programs can work with these.
    """

    __tablename__ = "compatibility"

    oldest: Mapped[str] = mapped_column(primary_key=True)


class User(Base):
    """Somebody who uses the service."""

    __tablename__ = "users"
    id: Mapped[str] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str | None]
    external_id: Mapped[str | None]
    admin: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    created: Mapped[datetime]


class Token(Base):
    """What a program shows to act for a user. Only a digest of the secret is kept."""

    __tablename__ = "tokens"
    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = name_of("users")
    name: Mapped[str]
    digest: Mapped[str]
    scopes: Mapped[list[str]]
    created: Mapped[datetime]
    expires: Mapped[datetime | None]
    revoked: Mapped[datetime | None]
    last_used: Mapped[datetime | None]
    __table_args__ = (Index("tokens_user", "user_id"),)


class Course(Base):
    """A course; its id is the slug that people type."""

    __tablename__ = "courses"
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    created: Mapped[datetime]


class Enrolment(Base):
    """A user's part in a course."""

    __tablename__ = "enrolments"
    course_id: Mapped[str] = name_of("courses", primary_key=True)
    user_id: Mapped[str] = name_of("users", primary_key=True)
    role: Mapped[str]
    created: Mapped[datetime]
    __table_args__ = (Index("enrolments_user", "user_id"),)


class Assignment(Base):
    """An assignment of a course, with the policy that holds now."""

    __tablename__ = "assignments"
    id: Mapped[str] = mapped_column(primary_key=True)
    course_id: Mapped[str] = name_of("courses")
    slug: Mapped[str]
    title: Mapped[str]
    version_id: Mapped[str]
    created: Mapped[datetime]
    __table_args__ = (UniqueConstraint("course_id", "slug"),)


class Version(Base):
    """One state of an assignment's folder. Never changed.

    ``digest`` names the whole folder, ``suite`` only what a grading depends on; ``settings`` is its ``assignment.toml``.
    """

    __tablename__ = "versions"
    id: Mapped[str] = mapped_column(primary_key=True)
    assignment_id: Mapped[str] = name_of("assignments")
    digest: Mapped[str]
    suite: Mapped[str]
    blob: Mapped[str]
    settings: Mapped[Table]
    created: Mapped[datetime]
    published_by: Mapped[str] = name_of("users")
    __table_args__ = (UniqueConstraint("assignment_id", "digest"),)


class Extension(Base):
    """What an instructor granted one learner in one assignment."""

    __tablename__ = "extensions"
    assignment_id: Mapped[str] = name_of("assignments", primary_key=True)
    user_id: Mapped[str] = name_of("users", primary_key=True)
    due: Mapped[datetime | None]
    closes: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    granted_by: Mapped[str] = name_of("users")
    created: Mapped[datetime]


class Submission(Base):
    """What a learner handed in once. ``grading_id`` is the newest finished grading, None until there is one."""

    __tablename__ = "submissions"
    id: Mapped[str] = mapped_column(primary_key=True)
    assignment_id: Mapped[str] = name_of("assignments")
    user_id: Mapped[str] = name_of("users")
    name: Mapped[str]
    digest: Mapped[str]
    blob: Mapped[str]
    received: Mapped[datetime]
    source: Mapped[str]
    idempotency_key: Mapped[str | None]
    request_digest: Mapped[str | None]
    grading_id: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("user_id", "idempotency_key"),
        Index("submissions_learner", "assignment_id", "user_id", "received"),
    )


class Grading(Base):
    """One grading of a submission: waiting, under way or finished. A finished one is never changed.

    ``turn`` orders those that wait (see ``grader.service.queue``). ``claim`` names the worker's attempt that may finish it,
    until ``lease_until``. ``failures`` counts our own failures, ``losses`` the workers that were lost over it.
    ``error`` is what failed last, for operators alone unless it is a ``defect`` of the assignment.
    """

    __tablename__ = "gradings"
    id: Mapped[str] = mapped_column(primary_key=True)
    submission_id: Mapped[str] = name_of("submissions")
    number: Mapped[int]
    assignment_id: Mapped[str] = name_of("assignments")
    user_id: Mapped[str] = name_of("users")
    version_id: Mapped[str] = name_of("versions")
    queue: Mapped[str]
    turn: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str]
    not_before: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    losses: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None]
    worker: Mapped[Remark | None]
    lease_until: Mapped[datetime | None]
    created: Mapped[datetime]
    started: Mapped[datetime | None]
    finished: Mapped[datetime | None]
    report: Mapped[Table | None]
    score: Mapped[float | None]
    max_score: Mapped[float | None]
    error: Mapped[Remark | None]
    defect: Mapped[bool] = mapped_column(default=False, server_default=false())
    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        Index("gradings_waiting", "queue", "state", "turn", "created"),
        Index("gradings_learner", "user_id", "state"),
    )


class Mark(Base):
    """What counts for a learner in an assignment now. Follows from gradings, policy and extension."""

    __tablename__ = "marks"
    assignment_id: Mapped[str] = name_of("assignments", primary_key=True)
    user_id: Mapped[str] = name_of("users", primary_key=True)
    submission_id: Mapped[str] = name_of("submissions")
    grading_id: Mapped[str] = name_of("gradings")
    raw: Mapped[float]
    max_score: Mapped[float]
    days_late: Mapped[int]
    score: Mapped[float]
    changed: Mapped[datetime]


class Endpoint(Base):
    """Where events are sent. ``course_id`` is None for events of all courses."""

    __tablename__ = "endpoints"
    id: Mapped[str] = mapped_column(primary_key=True)
    course_id: Mapped[str | None] = name_of("courses")
    url: Mapped[str]
    events: Mapped[list[str]]
    secret: Mapped[str]
    old_secret: Mapped[str | None]
    old_secret_until: Mapped[datetime | None]
    created: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    disabled: Mapped[datetime | None]
    disabled_because: Mapped[Remark | None]


class Event(Base):
    """Something that happened. Written in the transaction that made it happen."""

    __tablename__ = "events"
    seq: Mapped[int] = mapped_column(_Counter, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    course_id: Mapped[str | None]
    key: Mapped[str]
    payload: Mapped[Table]
    created: Mapped[datetime]


class Delivery(Base):
    """An event on its way to an endpoint. Those of one ``key`` arrive in the order of ``seq``."""

    __tablename__ = "deliveries"
    id: Mapped[int] = mapped_column(_Counter, primary_key=True, autoincrement=True)
    endpoint_id: Mapped[str] = name_of("endpoints")
    event_id: Mapped[str] = name_of("events")
    seq: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str]
    state: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    next_try: Mapped[datetime]
    claim: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    created: Mapped[datetime]
    delivered: Mapped[datetime | None]
    __table_args__ = (
        Index("deliveries_due", "state", "next_try"),
        Index("deliveries_key", "endpoint_id", "key", "state", "seq"),
    )


class DeliveryTry(Base):
    """One attempt to deliver: the log."""

    __tablename__ = "delivery_tries"
    id: Mapped[int] = mapped_column(_Counter, primary_key=True, autoincrement=True)
    delivery_id: Mapped[int] = mapped_column(_Counter)
    at: Mapped[datetime]
    status: Mapped[int | None]
    error: Mapped[Remark | None]
    seconds: Mapped[float]
    __table_args__ = (Index("delivery_tries_delivery", "delivery_id"),)


class Source(Base):
    """An LMS that hands in submissions for a course."""

    __tablename__ = "sources"
    id: Mapped[str] = mapped_column(primary_key=True)
    course_id: Mapped[str] = name_of("courses")
    name: Mapped[str]
    secret: Mapped[str]
    old_secret: Mapped[str | None]
    old_secret_until: Mapped[datetime | None]
    created: Mapped[datetime]
    disabled: Mapped[datetime | None]


class InboundMessage(Base):
    """A message that an LMS sent, by the id the LMS gave it: what makes a replay harmless."""

    __tablename__ = "inbound_messages"
    source_id: Mapped[str] = name_of("sources", primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    received: Mapped[datetime]
    state: Mapped[str]
    payload: Mapped[Table | None]
    submission_id: Mapped[str | None]
    problem: Mapped[Remark | None]
    tries: Mapped[int] = mapped_column(default=0)
    next_try: Mapped[datetime]
    __table_args__ = (Index("inbound_waiting", "state", "next_try"),)
