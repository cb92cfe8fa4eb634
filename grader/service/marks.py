"""The mark that counts for a learner in an assignment: follows from gradings, policy and extension, and runs no code."""

from __future__ import annotations

import threading
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from ..assignment.model import AssignmentFile
from ..policy import Attempt, Extension, Terms, mark, terms_for
from ..store import tables
from ..store.tables import Assignment, Grading, Submission, User, Version
from .events import emit_mark

__all__ = ["current_settings", "granted", "hold_version", "lock_learner", "remark", "remark_all", "settings_of", "terms_of"]


_MOST_KNOWN = 256
_known: dict[str, AssignmentFile] = {}
_knowing = threading.Lock()


def current_settings(session: Session, assignment: Assignment) -> AssignmentFile:
    """The settings of the version that holds now."""
    known = _known.get(assignment.version_id)
    return known or settings_of(session.get_one(Version, assignment.version_id))


def settings_of(version: Version) -> AssignmentFile:
    """A version's settings. Neither ever changes, so those of the last few versions are read once."""
    settings = _known.get(version.id)
    if settings is None:
        settings = AssignmentFile.model_validate(version.settings, strict=False)
        with _knowing:
            while len(_known) >= _MOST_KNOWN:
                del _known[next(iter(_known))]
            _known[version.id] = settings
    return settings


def terms_of(session: Session, assignment: Assignment, user_id: str) -> Terms:
    """The terms that hold for one learner now."""
    row = session.get(tables.Extension, (assignment.id, user_id))
    return terms_for(current_settings(session, assignment).policy, granted(row) if row else None)


def granted(row: tables.Extension) -> Extension:
    """What an extension's row grants."""
    return Extension(row.due, row.closes, row.attempts)


def hold_version(session: Session, assignment_id: str) -> str:
    """The version that holds now, and goes on to hold until the session ends; to be asked before any learner is locked."""
    of_assignment = select(Assignment.version_id).where(Assignment.id == assignment_id)
    return session.scalars(of_assignment.with_for_update(read=True)).one()


def lock_learner(session: Session, user_id: str) -> None:
    """Until the session ends, nobody else changes this learner's submissions and marks.

    So attempts are counted rightly, and a learner's events have the order of what they tell.
    """
    session.scalar(select(User.id).where(User.id == user_id).with_for_update())


def remark(session: Session, assignment_id: str, user_id: str, now: datetime) -> None:
    """Find out anew which attempt counts and for how much; an event tells if that changed."""
    lock_learner(session, user_id)
    assignment = session.get_one(Assignment, assignment_id)
    graded = (
        select(Submission, Grading)
        .join(Grading, Grading.id == Submission.grading_id)
        .where(Submission.assignment_id == assignment_id, Submission.user_id == user_id)
        .options(defer(Grading.report, raiseload=True))
    )
    attempts, gradings = [], {}
    for submission, grading in session.execute(graded):
        assert grading.score is not None
        assert grading.max_score is not None
        attempts.append(Attempt(submission.id, submission.received, grading.score, grading.max_score))
        gradings[submission.id] = grading
    found = mark(terms_of(session, assignment, user_id), attempts)
    row = session.get(tables.Mark, (assignment_id, user_id))
    if found is None:
        return
    if row is None:
        row = tables.Mark(assignment_id=assignment_id, user_id=user_id)
        session.add(row)
        before = None
    else:
        before = (row.submission_id, row.score, row.max_score, row.days_late)
    counted = gradings[found.attempt.id]
    row.submission_id, row.grading_id = found.attempt.id, counted.id
    row.raw, row.max_score = found.attempt.score, found.attempt.max_score
    row.days_late, row.score = found.days_late, found.score
    if before != (row.submission_id, row.score, row.max_score, row.days_late):
        row.changed = now
        session.flush()
        emit_mark(session, assignment, row, now)


def remark_all(session: Session, assignment_id: str, now: datetime) -> None:
    """The same for all learners of an assignment: after its policy changed."""
    learners = session.scalars(select(Submission.user_id).where(Submission.assignment_id == assignment_id).distinct())
    for user_id in list(learners):
        remark(session, assignment_id, user_id, now)
