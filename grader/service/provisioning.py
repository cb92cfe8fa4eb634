"""The learners that an LMS may hand in for: those of its course, and those that nobody knew before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..store.tables import Enrolment, User
from .errors import NotFound
from .people import add_user, enrol

__all__ = ["learner_for_lms"]


def learner_for_lms(
    session: Session, course_id: str, login: str, name: str, email: str | None, external_id: str | None, now: datetime
) -> User:
    """The user for whom an LMS hands in to its course.

    A login that nobody has becomes a new account, enrolled in this course. An account that is there already belongs to
    somebody whom an LMS could pretend to be: only who is enrolled is in its reach, so that who was taken out, or is known
    by another course alone, has to be enrolled by an operator.

    Raises:
        NotFound: The account is not in the course, or closed.
        Conflict: The login can't be one.
    """
    user = session.scalar(select(User).where(User.login == login))
    if user is None:
        user = add_user(session, login, name, now, email, external_id)
        enrol(session, course_id, user, "learner", now)
        return user
    if not user.active or session.get(Enrolment, (course_id, user.id)) is None:
        raise NotFound(f"{login!r} is not in the course {course_id!r}: an operator can enrol them ('grader course enrol')")
    return user
