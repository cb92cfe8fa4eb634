"""What the API tells: built from rows, as the one who asks may see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from ..assignment.model import FeedbackLevel, SubmissionRules
from ..feedback import for_learner
from ..report import Report
from ..service.intake import HandedIn, Offer
from ..service.lookup import gradings_of, latest_grading
from ..service.marks import current_settings
from ..service.overview import Overview, overview
from ..service.waiting import position
from ..store import tables
from ..store.tables import Assignment, Grading, Mark, Role, Submission
from .live import standing_of

__all__ = ["AssignmentView", "CourseView", "MarkView", "Me", "SubmissionDetail", "SubmissionView"]

State = Literal["queued", "running", "graded", "delayed", "failed"]
_WORDS = {
    "delayed": "we could not grade this yet, by a failure of ours; it is tried again",
    "failed": "we could not grade this yet, by a failure of ours; an operator was told. It costs no attempt",
}


class CourseView(BaseModel):
    """A course, and what one is in it."""

    id: str
    title: str
    role: Literal["learner", "instructor"]


class Me(BaseModel):
    """Who one is."""

    login: str
    name: str
    admin: bool
    scopes: list[str]
    courses: list[CourseView]


class MarkView(BaseModel):
    """What counts in an assignment now."""

    score: float
    max_score: float
    raw_score: float = Field(description="Before what being late costs.")
    days_late: int
    submission: str

    @classmethod
    def of(cls, mark: Mark | None) -> MarkView | None:
        """From its row."""
        if mark is None:
            return None
        return cls(
            score=mark.score,
            max_score=mark.max_score,
            raw_score=mark.raw,
            days_late=mark.days_late,
            submission=mark.submission_id,
        )


class AssignmentView(BaseModel):
    """An assignment, with the terms that hold for the one who asks."""

    course: str
    id: str
    title: str
    version: str
    opens: datetime | None
    due: datetime | None
    closes: datetime | None
    late_per_day: float = Field(description="Percent of the score that each day begun costs.")
    attempts: int | None
    attempts_left: int | None
    counts: Literal["best", "last"]
    accepts: bool = Field(description="Whether a submission would be accepted now.")
    refusal: str | None = Field(description="Why not.")
    until: datetime | None = Field(description="When it would be again.")
    mark: MarkView | None
    submission: SubmissionRules

    @classmethod
    def of(cls, offer: Offer) -> AssignmentView:
        """From how it stands for a learner."""
        row, terms, admission = offer.assignment, offer.terms, offer.admission
        return cls(
            course=row.course_id,
            id=row.slug,
            title=row.title,
            version=offer.version.digest,
            opens=terms.opens,
            due=terms.due,
            closes=terms.closes,
            late_per_day=terms.late_per_day,
            attempts=terms.attempts,
            attempts_left=admission.attempts_left,
            counts="last" if terms.counts == "last" else "best",
            accepts=admission.refusal is None,
            refusal=admission.refusal,
            until=admission.until,
            mark=MarkView.of(offer.mark),
            submission=offer.settings.submission,
        )


class SubmissionView(BaseModel):
    """A submission and how it stands."""

    id: str
    course: str
    assignment: str
    learner: str
    name: str
    digest: str
    received: datetime
    days_late: int
    state: State
    position: int | None = Field(description="Place in the queue, counted from 1.")
    message: str | None
    score: float | None
    max_score: float | None
    counts: bool = Field(description="Whether this is the attempt that counts now.")

    @classmethod
    def of(cls, session: Session, submission: Submission, assignment: Assignment) -> SubmissionView:
        """From its row."""
        (view,) = cls.many(session, [submission], assignment)
        return view

    @classmethod
    def many(cls, session: Session, submissions: Sequence[Submission], assignment: Assignment) -> list[SubmissionView]:
        """From the rows of some submissions of an assignment."""
        return [cls._shown(one, assignment) for one in overview(session, assignment, submissions)]

    @classmethod
    def of_new(cls, session: Session, taken: HandedIn, assignment: Assignment, login: str) -> SubmissionView:
        """What was handed in just now."""
        if taken.grading is None:
            return cls.of(session, taken.submission, assignment)
        place = position(session, taken.grading)
        return cls._shown(Overview(taken.submission, login, taken.grading, place, taken.days_late, False), assignment)

    @classmethod
    def _shown(cls, one: Overview, assignment: Assignment) -> SubmissionView:
        standing = standing_of(one.grading.state, one.grading.failures, one.position)
        return SubmissionView(
            id=one.submission.id,
            course=assignment.course_id,
            assignment=assignment.slug,
            learner=one.login,
            name=one.submission.name,
            digest=one.submission.digest,
            received=one.submission.received,
            days_late=one.days_late,
            state=standing.state,  # type: ignore[arg-type]
            position=standing.position,
            message=_WORDS.get(standing.state),
            score=one.grading.score,
            max_score=one.grading.max_score,
            counts=one.counts,
        )


class GradingView(BaseModel):
    """One grading of a submission."""

    id: str
    number: int
    state: str
    version: str
    created: datetime
    finished: datetime | None
    score: float | None
    max_score: float | None
    error: str | None = Field(
        description="What failed: for instructors a defect of their assignment, or the reference under which operators find "
        "the grader's own failure; for operators all of it."
    )


class SubmissionDetail(SubmissionView):
    """A submission with its report."""

    report: Report | None
    feedback: FeedbackLevel
    gradings: list[GradingView]

    @classmethod
    def detailed(
        cls, session: Session, submission: Submission, assignment: Assignment, role: Role, operator: bool
    ) -> SubmissionDetail:
        """From its row, with the report as a learner or an instructor may see it, and errors as an operator may."""
        grading = latest_grading(session, submission)
        level = current_settings(session, assignment).feedback.hidden
        report = Report.model_validate(grading.report, strict=False) if grading.report else None
        if report is not None and role == "learner":
            report = for_learner(report, level)
        view = SubmissionView.of(session, submission, assignment)
        gradings = [_grading(session, one, role, operator) for one in gradings_of(session, submission.id)]
        return cls(**view.model_dump(), report=report, feedback=level, gradings=gradings)


def _grading(session: Session, row: Grading, role: Role, operator: bool) -> GradingView:
    return GradingView(
        id=row.id,
        number=row.number,
        state=row.state,
        version=session.get_one(tables.Version, row.version_id).digest,
        created=row.created,
        finished=row.finished,
        score=row.score,
        max_score=row.max_score,
        error=_error(row, role, operator),
    )


def _error(row: Grading, role: Role, operator: bool) -> str | None:
    """What failed: a defect may quote the tests, and a failure of ours anything in the worker's memory."""
    if row.error is None or role != "instructor":
        return None
    if row.defect or operator:
        return row.error
    return f"a failure of the grader's own; its operators find the cause under the reference {row.id}"
