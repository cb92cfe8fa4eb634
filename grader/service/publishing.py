"""Publish a version of an assignment, and grade again what an older one graded."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..assignment import Assignment, assignment_of
from ..errors import InputError, SubmissionRejected
from ..store import BlobStore, tables
from ..store.names import new_name
from ..store.tables import Course, Grading, Submission, Version
from ..submission.archive import read_tar, read_zip
from ..submission.bounds import Bounds
from ..submission.pack import pack, unpack
from .errors import NotFound
from .marks import remark_all
from .people import Principal
from .queue import enqueue, retry_parked
from .rescoring import rescore_all

__all__ = ["load_version", "publish", "read_assignment_archive", "regrade", "starter_files"]

_FOR_LEARNERS = ("README.md", "requirements.txt")
_BOUNDS = Bounds(max_size=64 * 2**20, max_files=5000)


def read_assignment_archive(data: bytes, name: str) -> Assignment:
    """The assignment in a .tar.gz or .zip archive of its folder's contents.

    Raises:
        InputError: It can't be used; the message names what and where.
    """
    is_zip = data[:2] == b"PK"
    with tempfile.NamedTemporaryFile(prefix="grader-assignment-") as file:
        file.write(data)
        file.flush()
        path = Path(file.name)
        try:
            files = read_zip(path, _BOUNDS) if is_zip else read_tar(path, _BOUNDS, data[:2] == b"\x1f\x8b")
        except SubmissionRejected as rejected:
            raise InputError(f"{name}: {rejected}") from None
    return assignment_of(files, Path(name))


def publish(
    session: Session, blobs: BlobStore, course_id: str, assignment: Assignment, principal: Principal, now: datetime
) -> tuple[Version, bool]:
    """Make a version of an assignment the one that holds.

    Scores and marks are found out anew: weights and policy may have changed. No code is run.

    Returns:
        The version, and whether it is new.

    Raises:
        NotFound: There is no such course.
    """
    if session.scalar(select(Course).where(Course.id == course_id).with_for_update()) is None:
        raise NotFound(f"there is no course {course_id!r}")
    settings = assignment.settings
    # Gradings that are being finished hold the version until they are (see ``hold_version``), and then are scored anew here.
    known = (tables.Assignment.course_id == course_id, tables.Assignment.slug == settings.id)
    row = session.scalar(select(tables.Assignment).where(*known).with_for_update())
    if row is None:
        row = tables.Assignment(
            id=new_name("asg"), course_id=course_id, slug=settings.id, title=settings.title, version_id="", created=now
        )
        session.add(row)
        session.flush()
    of_digest = select(Version).where(Version.assignment_id == row.id, Version.digest == assignment.version)
    version = session.scalar(of_digest)
    is_new = version is None
    blob = blobs.put(pack(assignment.files))  # of a version that is known as well: its files may have been lost
    if version is None:
        version = Version(
            id=new_name("ver"),
            assignment_id=row.id,
            digest=assignment.version,
            suite=assignment.suite,
            blob=blob,
            settings=settings.model_dump(mode="json"),
            created=now,
            published_by=principal.user_id,
        )
        session.add(version)
    version.blob = blob
    row.version_id, row.title = version.id, settings.title
    session.flush()
    _free_parked(session, row, now)
    rescore_all(session, row, now)
    remark_all(session, row.id, now)
    return version, is_new


def _free_parked(session: Session, assignment: tables.Assignment, now: datetime) -> None:
    """Submissions that an older version's defects kept from being graded are tried with this one."""
    parked = select(Grading).where(Grading.assignment_id == assignment.id, Grading.state == "failed")
    older = list(session.scalars(parked.where(Grading.version_id != assignment.version_id)))
    for grading in older:
        grading.version_id = assignment.version_id
    session.flush()
    retry_parked(session, [grading.id for grading in older], now)


def load_version(blobs: BlobStore, blob: str, slug: str) -> Assignment:
    """The assignment that was published.

    Raises:
        AssignmentError: It was accepted by an older version of this program and can't be used any more.
        BlobMissing: Its files are gone.
    """
    return assignment_of(unpack(blobs.get(blob)), Path(slug))


def starter_files(blobs: BlobStore, blob: str) -> dict[str, bytes]:
    """What a learner begins with, by path: the statement, the starter, the public tests.

    Nothing else of the assignment is looked at, so that no defect of it is told to learners.

    Raises:
        BlobMissing: Its files are gone.
    """
    files = unpack(blobs.get(blob))
    starter = {path.removeprefix("starter/"): data for path, data in files.items() if path.startswith("starter/")}
    also = {path: data for path, data in files.items() if path.startswith("tests/public/") or path in _FOR_LEARNERS}
    return {**starter, **also}


def regrade(session: Session, assignment: tables.Assignment, user_id: str | None, now: datetime) -> list[Grading]:
    """Grade all submissions (of one learner) again with the version that holds now, behind all who wait for a first grading.

    What waits already is left alone.
    """
    waiting = select(Grading.submission_id).where(Grading.state.in_(("queued", "running")))
    wanted = select(Submission).where(Submission.assignment_id == assignment.id, Submission.id.not_in(waiting))
    if user_id is not None:
        wanted = wanted.where(Submission.user_id == user_id)
    submissions = session.scalars(wanted.order_by(Submission.received, Submission.id)).all()
    return [enqueue(session, submission, assignment.version_id, "bulk", now) for submission in submissions]
