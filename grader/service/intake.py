"""Take in a submission: once, and only when the policy accepts it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..assignment.model import AssignmentFile
from ..policy import Admission, Terms, admit, terms_for
from ..store import BlobStore
from ..store.names import new_name
from ..store.tables import Assignment, Extension, Grading, Mark, Submission, Version
from ..submission import Submission as Files
from ..submission.pack import pack
from .errors import Conflict, Refused
from .marks import granted, lock_learner, settings_of, terms_of
from .queue import enqueue

__all__ = ["HandedIn", "Offer", "hand_in", "offers"]


@dataclass(frozen=True)
class HandedIn:
    """What was kept.

    Attributes:
        submission: The submission.
        grading: What it waits for, if it is new; None if it was kept before.
        days_late: If it is new.
    """

    submission: Submission
    grading: Grading | None = None
    days_late: int = 0


def hand_in(
    session: Session,
    blobs: BlobStore,
    assignment: Assignment,
    user_id: str,
    files: Files,
    source: str,
    key: str | None,
    now: datetime,
) -> HandedIn:
    """Keep a submission and let it wait for its grading.

    Args:
        session: A writing session.
        blobs: Where its files go.
        assignment: What it is for.
        user_id: Whose it is.
        files: What was handed in, checked.
        source: How it came: ``cli`` or an LMS.
        key: The sender's name for this one act: the same key again is the same submission.
        now: When it was received.

    Raises:
        Refused: The policy does not accept it now.
        Conflict: The key was used for something else.
    """
    lock_learner(session, user_id)
    request = hashlib.sha256(f"{assignment.id} {files.digest}".encode()).hexdigest()
    if key is not None:
        known = select(Submission).where(Submission.user_id == user_id, Submission.idempotency_key == key)
        earlier = session.scalar(known)
        if earlier is not None:
            if earlier.request_digest != request:
                raise Conflict("this Idempotency-Key was used for another submission: take a new key")
            return HandedIn(earlier)
    terms = terms_of(session, assignment, user_id)
    _accept(admit(terms, now, _attempt_times(session, [assignment.id], user_id).get(assignment.id, [])), terms)
    submission = Submission(
        id=new_name("sub"),
        assignment_id=assignment.id,
        user_id=user_id,
        name=files.name,
        digest=files.digest,
        blob=blobs.put(pack(files.files)),
        received=now,
        source=source,
        idempotency_key=key,
        request_digest=request,
    )
    session.add(submission)
    session.flush()
    grading = enqueue(session, submission, assignment.version_id, "learners", now, is_new=True)
    return HandedIn(submission, grading, terms.days_late(now))


def _attempt_times(session: Session, assignment_ids: Collection[str], user_id: str) -> dict[str, list[datetime]]:
    """When a learner's attempts were received: all submissions but those that we failed to grade."""
    ungraded = select(Grading.submission_id).where(Grading.state == "failed", Grading.user_id == user_id)
    counted = (Submission.grading_id.is_not(None)) | (Submission.id.not_in(ungraded))
    mine = (Submission.assignment_id.in_(assignment_ids), Submission.user_id == user_id)
    found: dict[str, list[datetime]] = {}
    for assignment_id, received in session.execute(
        select(Submission.assignment_id, Submission.received).where(*mine, counted)
    ):
        found.setdefault(assignment_id, []).append(received)
    return found


@dataclass(frozen=True)
class Offer:
    """An assignment, as it stands for one learner.

    Attributes:
        assignment: Its row.
        version: The version that holds now.
        settings: That version's settings.
        terms: What holds for the learner.
        admission: Whether they may submit now.
        mark: What counts for them, if anything does.
    """

    assignment: Assignment
    version: Version
    settings: AssignmentFile
    terms: Terms
    admission: Admission
    mark: Mark | None


def offers(session: Session, assignments: Sequence[Assignment], user_id: str, now: datetime) -> list[Offer]:
    """How assignments stand for a learner, in a few statements however many they are."""
    ids = [row.id for row in assignments]
    current = [row.version_id for row in assignments]
    versions = {row.id: row for row in session.scalars(select(Version).where(Version.id.in_(current)))}
    extended = select(Extension).where(Extension.assignment_id.in_(ids), Extension.user_id == user_id)
    extensions = {row.assignment_id: granted(row) for row in session.scalars(extended)}
    marked = select(Mark).where(Mark.assignment_id.in_(ids), Mark.user_id == user_id)
    marks = {row.assignment_id: row for row in session.scalars(marked)}
    times = _attempt_times(session, ids, user_id)
    found = []
    for row in assignments:
        version = versions[row.version_id]
        settings = settings_of(version)
        terms = terms_for(settings.policy, extensions.get(row.id))
        admission = admit(terms, now, times.get(row.id, []))
        found.append(Offer(row, version, settings, terms, admission, marks.get(row.id)))
    return found


def _accept(result: Admission, terms: Terms) -> None:
    if result.refusal is None:
        return
    words = {
        "not-open": "the assignment is not open yet",
        "closed": "the assignment is closed",
        "no-attempts-left": f"all {terms.attempts} attempts are used",
        "cooling-down": "the last attempt was too recent",
    }
    raise Refused(words[result.refusal], result.refusal, result.until)
