"""Take in a submission: once, and only when the policy accepts it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..policy import Admission, Terms, admit
from ..store import BlobStore
from ..store.names import new_name
from ..store.tables import Assignment, Grading, Submission
from ..submission import Submission as Files
from ..submission.pack import pack
from .errors import Conflict, Refused
from .marks import lock_learner, terms_of
from .queue import enqueue

__all__ = ["admission", "attempt_times", "hand_in"]


def hand_in(
    session: Session,
    blobs: BlobStore,
    assignment: Assignment,
    user_id: str,
    files: Files,
    source: str,
    key: str | None,
    now: datetime,
) -> tuple[Submission, bool]:
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

    Returns:
        The submission, and whether it is new.

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
            return earlier, False
    terms = terms_of(session, assignment, user_id)
    _accept(admit(terms, now, attempt_times(session, assignment.id, user_id)), terms)
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
    enqueue(session, submission, assignment.version_id, "learners", now)
    return submission, True


def attempt_times(session: Session, assignment_id: str, user_id: str) -> Sequence[datetime]:
    """When a learner's attempts were received: all submissions but those that we failed to grade."""
    ungraded = select(Grading.submission_id).where(Grading.state == "failed", Grading.user_id == user_id)
    counted = (Submission.grading_id.is_not(None)) | (Submission.id.not_in(ungraded))
    mine = (Submission.assignment_id == assignment_id, Submission.user_id == user_id)
    return session.scalars(select(Submission.received).where(*mine, counted)).all()


def admission(session: Session, assignment: Assignment, user_id: str, now: datetime) -> tuple[Terms, Admission]:
    """A learner's terms, and whether they may submit now."""
    terms = terms_of(session, assignment, user_id)
    return terms, admit(terms, now, attempt_times(session, assignment.id, user_id))


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
