"""What a learner's counted attempts show, across a course."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..report import Level
from ..scoring.rules import Bands
from ..store.tables import Assignment, Course, Grading, Mark

__all__ = ["CourseCompetency", "competencies_across"]


@dataclass(frozen=True)
class CourseCompetency:
    """A competency across the assignments of a course.

    Attributes:
        id: As the assignments name it.
        name: For people.
        score: Mean of the assignments' shares, from 0 to 1.
        level: By the usual bands: assignments may set their own for themselves.
        assignments: Which assignments showed it, with their shares.
    """

    id: str
    name: str | None
    score: float
    level: Level
    assignments: dict[str, float]


def competencies_across(session: Session, course: Course, user_id: str) -> list[CourseCompetency]:
    """The competencies that a learner's counted attempts show, by id."""
    counted = (
        select(Assignment.slug, Grading.report)
        .join(Mark, Mark.assignment_id == Assignment.id)
        .join(Grading, Grading.id == Mark.grading_id)
        .where(Assignment.course_id == course.id, Mark.user_id == user_id)
        .order_by(Assignment.slug)
    )
    names: dict[str, str | None] = {}
    shares: dict[str, dict[str, float]] = {}
    for slug, report in session.execute(counted):
        for one in (report or {}).get("competencies", ()):
            names[one["id"]] = one["name"] or names.get(one["id"])
            shares.setdefault(one["id"], {})[slug] = one["score"]
    means = {name: round(fmean(found.values()), 4) for name, found in shares.items()}
    return [
        CourseCompetency(name, names[name], means[name], Bands().level(means[name]), shares[name]) for name in sorted(shares)
    ]
