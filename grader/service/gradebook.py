"""The grades of a course."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..store.tables import Assignment, Course, Enrolment, Mark, User

__all__ = ["Column", "Gradebook", "Row", "gradebook"]


@dataclass(frozen=True)
class Column:
    """An assignment.

    Attributes:
        id: Its name in the course.
        title: For people.
        max_score: Points of a perfect submission; None before the first is graded.
    """

    id: str
    title: str
    max_score: float | None


@dataclass(frozen=True)
class Row:
    """A learner.

    Attributes:
        login: Login name.
        name: Name.
        email: Address, if known.
        external_id: The LMS's id, if known.
        scores: Points that count, by assignment; an assignment without is missing.
        days_late: Days late of the attempt that counts, by assignment.
    """

    login: str
    name: str
    email: str | None
    external_id: str | None
    scores: dict[str, float]
    days_late: dict[str, int]


@dataclass(frozen=True)
class Gradebook:
    """All grades of a course that count now."""

    course: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def gradebook(session: Session, course: Course) -> Gradebook:
    """The gradebook of a course: its learners by name, its assignments by id."""
    assignments = session.scalars(
        select(Assignment).where(Assignment.course_id == course.id).order_by(Assignment.slug)
    ).all()
    slugs = {row.id: row.slug for row in assignments}
    # Columns, not objects: a course may have a hundred thousand marks.
    scores: dict[str, dict[str, float]] = {}
    late: dict[str, dict[str, int]] = {}
    most: dict[str, float] = {}
    marked = select(Mark.user_id, Mark.assignment_id, Mark.score, Mark.days_late, Mark.max_score)
    for user_id, assignment_id, score, days_late, max_score in session.execute(marked.where(Mark.assignment_id.in_(slugs))):
        slug = slugs[assignment_id]
        scores.setdefault(user_id, {})[slug] = score
        late.setdefault(user_id, {})[slug] = days_late
        most[assignment_id] = max(max_score, most.get(assignment_id, 0.0))
    learners = (
        select(User.id, User.login, User.name, User.email, User.external_id)
        .join(Enrolment)
        .where(Enrolment.course_id == course.id, Enrolment.role == "learner")
        .order_by(User.name, User.login)
    )
    rows = [
        Row(login, name, email, external_id, scores.get(user_id, {}), late.get(user_id, {}))
        for user_id, login, name, email, external_id in session.execute(learners)
    ]
    columns = tuple(Column(row.slug, row.title, most.get(row.id)) for row in assignments)
    return Gradebook(course.id, course.title, columns, tuple(rows))
