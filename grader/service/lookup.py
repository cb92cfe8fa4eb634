"""Find things that a user may know of. What they may not know of is not there."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..store.tables import Assignment, Course, Enrolment, Grading, Role, Submission, User
from .errors import Forbidden, NotFound
from .people import Principal, role_in

__all__ = [
    "assignment_for",
    "assignments_for",
    "course_for",
    "courses_for",
    "gradings_of",
    "latest_grading",
    "member_of",
    "submission_for",
]


def courses_for(session: Session, principal: Principal) -> Sequence[tuple[Course, Role]]:
    """The courses a user is in, with their role; all for administrators."""
    if principal.admin:
        return [(course, "instructor") for course in session.scalars(select(Course).order_by(Course.id))]
    enrolled = select(Course, Enrolment.role).join(Enrolment).where(Enrolment.user_id == principal.user_id)
    return [(course, role) for course, role in session.execute(enrolled.order_by(Course.id))]  # type: ignore[misc]


def course_for(session: Session, principal: Principal, course_id: str, role: Role = "learner") -> Course:
    """A course, for somebody who has at least this role in it.

    Raises:
        NotFound: There is none, or the user has no part in it.
        Forbidden: The user has, but a lesser one.
    """
    course = session.get(Course, course_id)
    actual = role_in(session, principal, course_id)
    if course is None or actual is None:
        raise NotFound(f"there is no course {course_id!r}")
    if role == "instructor" and actual != "instructor":
        raise Forbidden("instructors of the course may do this")
    return course


def assignments_for(session: Session, principal: Principal) -> Sequence[Assignment]:
    """The assignments of all courses a user is in."""
    courses = [course.id for course, _role in courses_for(session, principal)]
    return session.scalars(
        select(Assignment).where(Assignment.course_id.in_(courses)).order_by(Assignment.course_id, Assignment.slug)
    ).all()


def assignment_for(session: Session, principal: Principal, course_id: str, slug: str, role: Role = "learner") -> Assignment:
    """An assignment, for somebody who has at least this role in its course.

    Raises:
        NotFound: There is none, or the user has no part in its course.
        Forbidden: The user has, but a lesser one.
    """
    own = (Enrolment.course_id == Assignment.course_id) & (Enrolment.user_id == principal.user_id)
    named = select(Assignment, Enrolment.role).outerjoin(Enrolment, own)
    found = session.execute(named.where(Assignment.course_id == course_id, Assignment.slug == slug)).one_or_none()
    if found is not None and (principal.admin or found[1] in ("instructor", role)):
        return found[0]
    course_for(session, principal, course_id, role)  # which says why not
    raise NotFound(f"there is no assignment {slug!r} in the course {course_id!r}")


def member_of(session: Session, course_id: str, login: str) -> User:
    """Somebody who is in a course, or handed in there before they left it.

    Raises:
        NotFound: Nobody of that login is or was, whether there is such a login elsewhere or not.
    """
    enrolled = select(Enrolment).where(Enrolment.course_id == course_id, Enrolment.user_id == User.id).exists()
    here = select(Assignment.id).where(Assignment.course_id == course_id)
    handed_in = select(Submission).where(Submission.user_id == User.id, Submission.assignment_id.in_(here)).exists()
    user = session.scalar(select(User).where(User.login == login, enrolled | handed_in))
    if user is None:
        raise NotFound(f"there is nobody {login!r} in the course {course_id!r}")
    return user


def submission_for(session: Session, principal: Principal, submission_id: str) -> tuple[Submission, Assignment, Role]:
    """A submission, its assignment, and as what the user sees it: its learner, or an instructor of the course.

    Raises:
        NotFound: There is none, or it is somebody else's.
    """
    submission = session.get(Submission, submission_id)
    if submission is not None:
        assignment = session.get_one(Assignment, submission.assignment_id)
        role = role_in(session, principal, assignment.course_id)
        if role == "instructor" and "teach" in principal.scopes:
            return submission, assignment, "instructor"
        if submission.user_id == principal.user_id:
            return submission, assignment, "learner"
    raise NotFound(f"there is no submission {submission_id!r}")


def gradings_of(session: Session, submission_id: str) -> Sequence[Grading]:
    """All gradings of a submission, the first first."""
    return session.scalars(select(Grading).where(Grading.submission_id == submission_id).order_by(Grading.number)).all()


def latest_grading(session: Session, submission: Submission) -> Grading:
    """The grading that tells how a submission stands: the newest finished one, else the one that it waits for."""
    if submission.grading_id is not None:
        return session.get_one(Grading, submission.grading_id)
    return gradings_of(session, submission.id)[-1]
