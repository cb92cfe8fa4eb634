"""Gradings that wait, in a fair order.

The database is the queue; what goes through the broker only wakes workers. Each waiting grading has a *turn*: the later of
the queue's present turn and one more than the learner's own last. So a learner who hands in fifty at once takes turns with
the others, and the order is known in advance. (Start-time fair queueing, with one unit of work for each grading.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..report import Report
from ..store.names import new_name
from ..store.tables import Assignment, Grading, Queue, Submission, Version
from .events import emit
from .marks import hold_version, lock_learner, remark
from .rescoring import rescore_one

__all__ = [
    "Claim",
    "Retries",
    "claim",
    "enqueue",
    "fail",
    "finish",
    "give_back",
    "recover",
    "renew",
    "retry_parked",
    "running_workers",
]

_MOST_LOSSES = 3
_AFTER_LOSS = 5.0
"""Seconds before a grading is tried again over which two workers were lost; one may be lost over anything."""


@dataclass(frozen=True)
class Retries:
    """What happens after a failure of the grader's own.

    Attributes:
        most: Failures before an operator has to look.
        after: Seconds before the first retry; doubled each time.
    """

    most: int
    after: float


@dataclass(frozen=True)
class Claim:
    """A worker's right to grade one submission.

    Attributes:
        grading_id: The grading.
        token: What proves the right; another worker's claim voids it.
        assignment_id: The assignment.
        submission_id: The submission.
        name: The submission's name.
        submission_blob: Where its files are.
        version_blob: Where the assignment's files are.
        suite: The assignment's suite.
        slug: The assignment's name.
    """

    grading_id: str
    token: str
    assignment_id: str
    submission_id: str
    name: str
    submission_blob: str
    version_blob: str
    suite: str
    slug: str


def enqueue(
    session: Session, submission: Submission, version_id: str, queue: Queue, now: datetime, is_new: bool = False
) -> Grading:
    """Let a submission wait for a grading by a version of its assignment.

    Args:
        session: A writing session.
        submission: The submission.
        version_id: The version.
        queue: Where it waits.
        now: The present.
        is_new: Whether it has no grading yet.
    """
    earlier = select(func.max(Grading.number)).where(Grading.submission_id == submission.id)
    number = 0 if is_new else session.scalar(earlier) or 0
    grading = Grading(
        id=new_name("grd"),
        submission_id=submission.id,
        number=number + 1,
        assignment_id=submission.assignment_id,
        user_id=submission.user_id,
        version_id=version_id,
        queue=queue,
        turn=_turn(session, submission.user_id, queue, now),
        state="queued",
        not_before=now,
        created=now,
    )
    session.add(grading)
    session.flush()
    return grading


def _turn(session: Session, user_id: str, queue: Queue, now: datetime) -> int:
    # What has to wait a while does not hold the present turn back, or whoever comes now would pass all who came before.
    ready = (Grading.queue == queue, Grading.state == "queued", Grading.not_before <= now)
    of_queue = select(func.min(Grading.turn)).where(*ready).scalar_subquery()
    unfinished = Grading.state.in_(("queued", "running"))
    own = select(func.max(Grading.turn)).where(Grading.queue == queue, Grading.user_id == user_id, unfinished)
    present, last = session.execute(select(of_queue, own.scalar_subquery())).one()
    return max(present or 0, 0 if last is None else last + 1)


def claim(session: Session, queue: Queue, worker: str, now: datetime, lease: float) -> Claim | None:
    """Take the grading whose turn it is; None if none waits.

    Args:
        session: A writing session.
        queue: Which queue.
        worker: Who takes it, for operators to read.
        now: The present.
        lease: Seconds after which a silent worker's claim may be given to another.
    """
    ready = (Grading.queue == queue, Grading.state == "queued", Grading.not_before <= now)
    in_turn = select(Grading).where(*ready).order_by(Grading.turn, Grading.created, Grading.id)
    grading = session.scalar(in_turn.limit(1).with_for_update(skip_locked=True))
    if grading is None:
        return None
    grading.state = "running"
    grading.claim = new_name("clm")
    grading.worker = worker
    grading.lease_until = now + timedelta(seconds=lease)
    grading.started = now
    submission = session.get_one(Submission, grading.submission_id)
    version = session.get_one(Version, grading.version_id)
    assignment = session.get_one(Assignment, grading.assignment_id)
    return Claim(
        grading_id=grading.id,
        token=grading.claim,
        assignment_id=grading.assignment_id,
        submission_id=submission.id,
        name=submission.name,
        submission_blob=submission.blob,
        version_blob=version.blob,
        suite=version.suite,
        slug=assignment.slug,
    )


def _claimed(session: Session, one: Claim) -> Grading | None:
    """The grading, locked, if the claim on it still holds."""
    held = (Grading.id == one.grading_id, Grading.claim == one.token, Grading.state == "running")
    return session.scalar(select(Grading).where(*held).with_for_update())


def renew(session: Session, one: Claim, now: datetime, lease: float) -> bool:
    """Say that the worker still works; False if the claim was lost."""
    grading = _claimed(session, one)
    if grading is not None:
        grading.lease_until = now + timedelta(seconds=lease)
    return grading is not None


def finish(session: Session, one: Claim, report: Report, now: datetime) -> bool:
    """Keep a report for good; False if the claim was lost and somebody else's report counts."""
    # Before anything is read: who publishes a version scores anew what there is, and must not miss this one.
    version_id = hold_version(session, one.assignment_id)
    lock_learner(session, session.scalars(select(Grading.user_id).where(Grading.id == one.grading_id)).one())
    grading = _claimed(session, one)
    if grading is None:
        return False
    grading.state = "graded"
    grading.claim = grading.lease_until = grading.error = None
    grading.finished = now
    grading.report = report.model_dump(mode="json", by_alias=True)
    grading.score, grading.max_score = report.score, report.max_score
    submission = session.get_one(Submission, grading.submission_id)
    earlier = session.get(Grading, submission.grading_id) if submission.grading_id else None
    if earlier is None or earlier.number < grading.number:
        submission.grading_id = grading.id
    session.flush()
    emit(session, "submission.graded", submission, grading, now)
    # Another version may have been published meanwhile.
    version = session.get_one(Version, version_id)
    if submission.grading_id == grading.id:
        rescore_one(session, submission, version, now)
    remark(session, grading.assignment_id, grading.user_id, now)
    return True


def fail(session: Session, one: Claim, error: str, now: datetime, retries: Retries, defect: bool = False) -> bool:
    """It could not be graded: try again later, or leave it to an operator. False if the claim was lost.

    Args:
        session: A writing session.
        one: The claim.
        error: What failed, for operators.
        now: The present.
        retries: How often it is tried again.
        defect: Whether it is the assignment's, and ``error`` is for its instructors too.
    """
    grading = _claimed(session, one)
    if grading is None:
        return False
    grading.failures += 1
    grading.error, grading.defect = error, defect
    grading.claim = grading.lease_until = None
    if grading.failures >= retries.most:
        _park(session, grading, now)
    else:
        grading.state = "queued"
        grading.not_before = now + timedelta(seconds=retries.after * 2 ** (grading.failures - 1))
    return True


def give_back(session: Session, one: Claim, not_before: datetime, error: str) -> None:
    """Let it wait again, through no fault of its own: this worker can't work now.

    Args:
        session: A writing session.
        one: The claim.
        not_before: When it may be tried again.
        error: Why, for operators.
    """
    grading = _claimed(session, one)
    if grading is not None:
        grading.state, grading.not_before = "queued", not_before
        grading.error, grading.defect = error, False
        grading.claim = grading.lease_until = grading.worker = None


def recover(session: Session, now: datetime, lost_workers: Sequence[str] = ()) -> int:
    """Queue again what lost workers had; returns how many.

    Args:
        session: A writing session.
        now: The present; claims whose lease has run out are lost.
        lost_workers: Workers known to be gone, whose leases need not be waited for.
    """
    lost = (Grading.lease_until < now) | Grading.worker.in_(lost_workers)
    running = select(Grading).where(Grading.state == "running", lost).with_for_update(skip_locked=True)
    count = 0
    for grading in session.scalars(running):
        count += 1
        grading.losses += 1
        grading.claim = grading.lease_until = None
        if grading.losses > _MOST_LOSSES:
            grading.defect = False
            grading.error = f"{grading.losses} workers were lost while grading it, the last one was {grading.worker}"
            _park(session, grading, now)
        else:
            # Others go first: what ends its worker would end the next one.
            grading.state = "queued"
            grading.not_before = now + timedelta(seconds=_AFTER_LOSS * (2 ** (grading.losses - 1) - 1))
    return count


def running_workers(session: Session) -> list[str]:
    """The workers that hold claims."""
    return [name for name in session.scalars(select(Grading.worker).where(Grading.state == "running").distinct()) if name]


def _park(session: Session, grading: Grading, now: datetime) -> None:
    grading.state = "failed"
    grading.finished = now
    emit(session, "submission.failed", session.get_one(Submission, grading.submission_id), grading, now)


def retry_parked(session: Session, grading_ids: Sequence[str] | None, now: datetime) -> int:
    """Queue again what was left to an operator, all of it or the named ones; returns how many."""
    parked = select(Grading).where(Grading.state == "failed").with_for_update()
    if grading_ids is not None:
        parked = parked.where(Grading.id.in_(grading_ids))
    count = 0
    for grading in session.scalars(parked):
        count += 1
        grading.state = "queued"
        grading.failures = grading.losses = 0
        grading.not_before = now
        grading.finished = None
        grading.turn = _turn(session, grading.user_id, grading.queue, now)  # type: ignore[arg-type]
    return count
