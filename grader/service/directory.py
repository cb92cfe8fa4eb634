"""Who and what there is: all users and courses, for operators to read."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..store.tables import Assignment, Course, Enrolment, User
from .errors import NotFound

__all__ = ["ListedCourse", "ListedUser", "all_courses", "all_users"]


@dataclass(frozen=True)
class ListedUser:
    """A user, for operators to read.

    Attributes:
        login: Login name.
        name: Name.
        email: Address, if known.
        external_id: The LMS's id, if known.
        admin: Whether they are an administrator.
        active: Whether they may come in.
        courses: Their role, by course.
    """

    login: str
    name: str
    email: str | None
    external_id: str | None
    admin: bool
    active: bool
    courses: dict[str, str]


def all_users(session: Session, course_id: str | None = None) -> list[ListedUser]:
    """All users by login, or those of a course.

    Raises:
        NotFound: There is no such course.
    """
    wanted = select(User).order_by(User.login)
    if course_id is not None:
        if session.get(Course, course_id) is None:
            raise NotFound(f"there is no course {course_id!r}")
        wanted = wanted.join(Enrolment).where(Enrolment.course_id == course_id)
    courses: dict[str, dict[str, str]] = {}
    for row in session.scalars(select(Enrolment).order_by(Enrolment.course_id)):
        courses.setdefault(row.user_id, {})[row.course_id] = row.role
    return [
        ListedUser(row.login, row.name, row.email, row.external_id, row.admin, row.active, courses.get(row.id, {}))
        for row in session.scalars(wanted)
    ]


@dataclass(frozen=True)
class ListedCourse:
    """A course, for operators to read.

    Attributes:
        id: Its id.
        title: For people.
        learners: How many there are.
        instructors: How many there are.
        assignments: How many were published.
    """

    id: str
    title: str
    learners: int
    instructors: int
    assignments: int


def all_courses(session: Session) -> list[ListedCourse]:
    """All courses by id."""
    enrolled: dict[tuple[str, str], int] = {}
    grouped = select(Enrolment.course_id, Enrolment.role, func.count()).group_by(Enrolment.course_id, Enrolment.role)
    for course_id, role, count in session.execute(grouped):
        enrolled[course_id, role] = count
    published = select(Assignment.course_id, func.count()).group_by(Assignment.course_id)
    assignments: dict[str, int] = {}
    for course_id, count in session.execute(published):
        assignments[course_id] = count
    return [
        ListedCourse(
            row.id,
            row.title,
            enrolled.get((row.id, "learner"), 0),
            enrolled.get((row.id, "instructor"), 0),
            assignments.get(row.id, 0),
        )
        for row in session.scalars(select(Course).order_by(Course.id))
    ]
