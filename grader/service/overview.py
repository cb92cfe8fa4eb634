"""How submissions of an assignment stand, in a few statements however many they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from ..policy import terms_for
from ..store.tables import Assignment, Extension, Grading, Mark, Submission, User
from .marks import current_settings, granted
from .waiting import places, position

__all__ = ["Overview", "overview"]


@dataclass(frozen=True)
class Overview:
    """One submission.

    Attributes:
        submission: Its row.
        login: Whose it is.
        grading: The grading that tells how it stands, without its report.
        position: Its place in the queue, counted from 1, while it waits.
        days_late: Days late by the terms that hold for its learner now.
        counts: Whether it is the attempt that counts.
    """

    submission: Submission
    login: str
    grading: Grading
    position: int | None
    days_late: int
    counts: bool


def overview(session: Session, assignment: Assignment, submissions: Sequence[Submission]) -> list[Overview]:
    """How these submissions of one assignment stand, in their order."""
    if not submissions:
        return []
    users = {one.user_id for one in submissions}
    logins = {user.id: user.login for user in session.scalars(select(User).where(User.id.in_(users)))}
    gradings = _gradings(session, submissions)
    positions = _positions(session, [one for one in gradings.values() if one.state == "queued"])
    marked = select(Mark.submission_id).where(Mark.assignment_id == assignment.id, Mark.user_id.in_(users))
    counting = set(session.scalars(marked))
    extended = select(Extension).where(Extension.assignment_id == assignment.id, Extension.user_id.in_(users))
    extensions = {row.user_id: granted(row) for row in session.scalars(extended)}
    policy = current_settings(session, assignment).policy
    terms = {user_id: terms_for(policy, extensions.get(user_id)) for user_id in users}
    return [
        Overview(
            submission=one,
            login=logins[one.user_id],
            grading=gradings[one.id],
            position=positions.get(gradings[one.id].id),
            days_late=terms[one.user_id].days_late(one.received),
            counts=one.id in counting,
        )
        for one in submissions
    ]


def _positions(session: Session, waiting: Sequence[Grading]) -> dict[str, int | None]:
    if len(waiting) == 1:
        return {waiting[0].id: position(session, waiting[0])}
    return {**places(session, [one.id for one in waiting])} if waiting else {}


def _gradings(session: Session, submissions: Iterable[Submission]) -> dict[str, Grading]:
    """For each submission the newest finished grading, else the one that it waits for."""
    without_report = select(Grading).options(defer(Grading.report, raiseload=True))
    finished = [one.grading_id for one in submissions if one.grading_id is not None]
    waiting = [one.id for one in submissions if one.grading_id is None]
    found: dict[str, Grading] = {}
    if waiting:
        newest_last = without_report.where(Grading.submission_id.in_(waiting)).order_by(Grading.number)
        found |= {row.submission_id: row for row in session.scalars(newest_last)}
    if finished:
        found |= {row.submission_id: row for row in session.scalars(without_report.where(Grading.id.in_(finished)))}
    return found
