"""Score anew what was graded, when an assignment's weights, gates, thresholds or competencies change. No code is run."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..report import Report
from ..scoring import rescore
from ..store.names import new_name
from ..store.tables import Assignment, Grading, Submission, Version
from .marks import settings_of

__all__ = ["rescore_all", "rescore_one"]


def rescore_all(session: Session, assignment: Assignment, now: datetime) -> int:
    """Bring all submissions to the version that holds now, where its suite is theirs; returns how many scores changed."""
    version = session.get_one(Version, assignment.version_id)
    waiting = select(Grading).where(Grading.assignment_id == assignment.id, Grading.state == "queued")
    for grading in session.scalars(waiting):
        if session.get_one(Version, grading.version_id).suite == version.suite:
            grading.version_id = version.id
    # What is being graded again is brought up to date when that ends.
    busy = select(Grading.submission_id).where(
        Grading.assignment_id == assignment.id, Grading.state.in_(("queued", "running"))
    )
    graded = select(Submission).where(
        Submission.assignment_id == assignment.id, Submission.grading_id.is_not(None), Submission.id.not_in(busy)
    )
    return sum(rescore_one(session, submission, version, now) for submission in session.scalars(graded).all())


def rescore_one(session: Session, submission: Submission, version: Version, now: datetime) -> bool:
    """Add a grading with the score under a version, if the version's suite is the same and its score is not."""
    newest = session.get_one(Grading, submission.grading_id)
    before = session.get_one(Version, newest.version_id)
    if before.suite != version.suite or _scoring(before) == _scoring(version):
        return False
    report = Report.model_validate(newest.report, strict=False)
    scored = rescore(report, settings_of(version))
    if (scored.score, scored.criteria, scored.competencies) == (report.score, report.criteria, report.competencies):
        return False
    name = report.assignment.model_copy(update={"version": version.digest, "suite": version.suite})
    number = session.scalar(select(func.max(Grading.number)).where(Grading.submission_id == submission.id)) or 0
    grading = Grading(
        id=new_name("grd"),
        submission_id=submission.id,
        number=number + 1,
        assignment_id=submission.assignment_id,
        user_id=submission.user_id,
        version_id=version.id,
        queue=newest.queue,
        turn=newest.turn,
        state="graded",
        not_before=now,
        created=now,
        started=now,
        finished=now,
        report=scored.model_copy(update={"assignment": name}).model_dump(mode="json", by_alias=True),
        score=scored.score,
        max_score=scored.max_score,
    )
    session.add(grading)
    session.flush()
    submission.grading_id = grading.id
    session.flush()
    return True


def _scoring(version: Version) -> dict[str, object]:
    """The settings that scores are made by."""
    return {name: version.settings.get(name) for name in ("criterion", "competency", "score", "bands")}
