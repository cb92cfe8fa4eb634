"""Grade the submission whose turn it is."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from datetime import timedelta
from types import TracebackType

from sqlalchemy.exc import SQLAlchemyError

from grader.broker.tickets import HARD_LIMIT
from grader.digest import digest_files
from grader.errors import AssignmentError
from grader.feedback import test_for_learner
from grader.grading import Grader
from grader.report import Report, TestResult
from grader.service import queue
from grader.service.queue import Claim, Retries
from grader.store import BlobMissing, BlobsUnavailable
from grader.store.tables import Queue
from grader.submission import Submission
from grader.submission.pack import unpack
from sandboxes.errors import EngineUnavailable

from .context import Context

__all__ = ["grade_next"]

_log = logging.getLogger(__name__)
_BACKSTOP = 900.0
"""Seconds for what is not the submission's: making images, starting containers, trying again."""
_ENGINE_PAUSE = timedelta(seconds=5)
_FILES_PAUSE = timedelta(minutes=1)


def grade_next(context: Context, name: Queue) -> bool:
    """Grade the submission whose turn it is in a queue; False if none waits."""
    with context.database.writing() as session:
        one = queue.claim(session, name, context.worker(), context.now(), context.settings.lease)
    if one is None:
        return False
    with _Lease(context, one) as lease:
        try:
            report = _grade(context, one, lease)
        except EngineUnavailable as error:
            context.graders.drop()
            _give_back(context, one, str(error), _ENGINE_PAUSE)
            return True
        except BlobMissing as error:
            # Nothing that is wrong with the submission: the files are elsewhere, or were not restored with the database.
            hint = (
                "do this worker's GRADER_DATA and GRADER_BLOBS_URL belong to its database? If they do, an assignment's "
                "files are back when it is published again, and a submission's when it is handed in again, or from a backup"
            )
            _give_back(context, one, f"{error}: {hint}", _FILES_PAUSE)
            return True
        except BlobsUnavailable as error:
            _give_back(context, one, f"files can't be read: {error}", _FILES_PAUSE)
            return True
        except AssignmentError as error:
            # Trying again changes nothing: the instructor has to publish another version.
            _fail(context, one, str(error), Retries(1, 1.0), defect=True)
            return True
        except Exception:
            _fail(context, one, traceback.format_exc(), _retries(context))
            return True
    if report.status == "failed":
        _fail(context, one, report.reason or "the sandbox failed", _retries(context))
        return True
    with context.database.writing() as session:
        kept = queue.finish(session, one, report, context.now())
    if kept:
        _log.info("graded %s: %s of %s", one.submission_id, report.score, report.max_score)
    else:
        _log.warning("%s was graded by another worker meanwhile", one.submission_id)
    context.tickets.wake("deliver")
    return True


def _grade(context: Context, one: Claim, lease: _Lease) -> Report:
    files = unpack(context.blobs.get(one.submission_blob))
    grader = context.graders.get(one.version_blob, one.slug)
    lease.allow(grader.longest)
    telling = _Telling(context, one, grader)
    report = grader.grade(Submission(one.name, files, digest_files(files)), telling.test)
    if report.status == "failed":
        # Whatever it was: the next try begins with fresh containers, and an engine that is there.
        context.graders.drop()
        context.graders.engine()
    return report


class _Telling:
    """Tells watchers of tests as they finish: no more than the learner may see."""

    def __init__(self, context: Context, one: Claim, grader: Grader) -> None:
        self._progress = context.progress
        self._submission_id = one.submission_id
        self._level = grader.assignment.settings.feedback.hidden
        counted = grader.test_ids
        if self._level == "nothing":
            counted = [test_id for test_id in counted if test_id.startswith("tests/public/")]
        self._total = len(counted)
        self._expected = frozenset(counted)
        self._finished: set[str] = set()
        self._progress.begin(one.submission_id)
        self._progress.tell(one.submission_id, {"type": "begin", "total": self._total})

    def test(self, test: TestResult) -> None:
        if self._level == "nothing" and test.visibility == "hidden":
            return
        if test.id not in self._expected | self._finished:
            self._total += 1  # a test of the learner's own
        self._finished.add(test.id)
        shown = test_for_learner(test, self._level)
        fields = {"id", "visibility", "outcome", "message", "hint", "points", "max_points"}
        event = {
            "type": "test",
            "finished": len(self._finished),
            "total": self._total,
            "test": shown.model_dump(mode="json", include=fields) if shown else None,
        }
        self._progress.tell(self._submission_id, event)


class _Lease:
    """Keeps a claim while its block runs, though not for ever: what hangs is given to another."""

    def __init__(self, context: Context, one: Claim) -> None:
        self._context, self._one = context, one
        self._until = time.monotonic() + _BACKSTOP
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)

    def allow(self, seconds: float) -> None:
        """What begins now may take so long."""
        self._until = time.monotonic() + min(_BACKSTOP + seconds, HARD_LIMIT)

    def __enter__(self) -> _Lease:
        self._thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._done.set()
        self._thread.join()

    def _beat(self) -> None:
        lease = self._context.settings.lease
        while not self._done.wait(lease / 3) and time.monotonic() < self._until:
            try:
                with self._context.database.writing() as session:
                    if not queue.renew(session, self._one, self._context.now(), lease):
                        return
            except SQLAlchemyError as error:
                _log.warning("the claim on %s could not be renewed: %s", self._one.submission_id, error)


def _give_back(context: Context, one: Claim, error: str, pause: timedelta) -> None:
    _log.error("grading %s waits: %s", one.submission_id, error)
    with context.database.writing() as session:
        queue.give_back(session, one, context.now() + pause, error)


def _fail(context: Context, one: Claim, error: str, retries: Retries, defect: bool = False) -> None:
    _log.error("%s (%s) could not be graded: %s", one.submission_id, one.grading_id, error)
    with context.database.writing() as session:
        queue.fail(session, one, error, context.now(), retries, defect)


def _retries(context: Context) -> Retries:
    return Retries(context.settings.max_failures, context.settings.retry_after)
