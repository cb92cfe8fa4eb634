"""Take in what LMSs handed in: fetch archives, find learners, and let the submission wait for its grading."""

from __future__ import annotations

import logging
import tempfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpcore2 as httpcore
from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.assignment.model import SubmissionRules
from grader.errors import InputError, SubmissionRejected, Unavailable
from grader.lms.addresses import Blocked, Caller
from grader.lms.inbound import HandIn, HandInData, check_archive_url
from grader.service.errors import Conflict, NotFound, Refused
from grader.service.events import emit_rejection
from grader.service.intake import hand_in
from grader.service.marks import current_settings
from grader.service.provisioning import learner_for_lms
from grader.store.tables import Assignment, InboundMessage, Source
from grader.submission import Submission, read_submission, submission_of
from grader.submission.bounds import Bounds

from .context import Context

__all__ = ["take_in"]

_log = logging.getLogger(__name__)
_AT_ONCE = 20
_MOST_TRIES = 8
_FIRST_RETRY = timedelta(seconds=10)
_LEASE = timedelta(minutes=2)
_OK = 200
_LONGEST_PROBLEM = 500


def take_in(context: Context) -> None:
    """Take in all messages that wait."""
    while True:
        with context.database.writing() as session:
            waiting = (InboundMessage.state == "waiting", InboundMessage.next_try <= context.now())
            due = select(InboundMessage).where(*waiting).order_by(InboundMessage.received).limit(_AT_ONCE)
            rows = session.scalars(due.with_for_update(skip_locked=True)).all()
            for row in rows:
                row.tries += 1
                # Who is lost over it leaves it to another after this time.
                row.next_try = context.now() + _LEASE
        if not rows:
            return
        for row in rows:
            try:
                _take(context, row)
            except Exception as error:
                # An address or a name that some library can't cope with: it is this message's trouble, and no other's.
                _log.exception("message %s of %s", row.message_id, row.source_id)
                _set_aside(context, row, f"{type(error).__name__}: {error}"[:_LONGEST_PROBLEM].replace("\0", "?"))
        context.tickets.grade("learners", len(rows))


def _take(context: Context, row: InboundMessage) -> None:
    data = HandIn.model_validate(row.payload).data
    try:
        with context.database.reading() as session:
            rules = current_settings(session, _assignment(session, row, data)).submission
        files = _files(context, data, rules)
        with context.database.writing() as session:
            assignment = _assignment(session, row, data)
            who = data.learner
            user = learner_for_lms(
                session, assignment.course_id, who.login, who.name, who.email, who.external_id, row.received
            )
            key = f"{row.source_id}/{row.message_id}"
            # When it came here counts, not when it was worked on.
            taken = hand_in(session, context.blobs, assignment, user.id, files, row.source_id, key, row.received)
            _conclude(session, row, "accepted", taken.submission.id, None)
    except Unavailable as error:
        _again(context, row, data, str(error))
    except (InputError, Refused, NotFound, Conflict) as error:
        _reject(context, row, data, str(error))


def _assignment(session: Session, row: InboundMessage, data: HandInData) -> Assignment:
    source = session.get_one(Source, row.source_id)
    known = (Assignment.course_id == source.course_id, Assignment.slug == data.assignment)
    assignment = session.scalar(select(Assignment).where(*known))
    if assignment is None:
        raise NotFound(f"there is no assignment {data.assignment!r} in the course {source.course_id!r}")
    return assignment


def _files(context: Context, data: HandInData, rules: SubmissionRules) -> Submission:
    content = data.content()
    if content is not None:
        return submission_of("lms", content, rules)
    assert data.archive_url is not None
    check_archive_url(data.archive_url, context.settings)
    most = Bounds(rules.max_size, rules.max_files).archive_size
    try:
        answer = Caller(context.settings).call("GET", data.archive_url, {"accept": "*/*"}, b"", most)
    except Blocked as error:
        raise SubmissionRejected(f"the archive can't be fetched: {error}") from None
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
        raise Unavailable(f"the archive can't be fetched: {error}") from None
    if answer.status >= 500:
        raise Unavailable(f"the archive can't be fetched: status {answer.status}")
    if answer.status != _OK:
        raise SubmissionRejected(f"the archive can't be fetched: status {answer.status}")
    name = Path(urlsplit(data.archive_url).path).name
    suffix = next((one for one in (".zip", ".tar.gz", ".tgz", ".tar") if name.lower().endswith(one)), None)
    suffix = suffix or (".zip" if answer.body[:2] == b"PK" else ".tar.gz")
    with tempfile.TemporaryDirectory(prefix="grader-fetched-") as folder:
        path = Path(folder, f"submission{suffix}")
        path.write_bytes(answer.body)
        return read_submission(path, rules)


def _conclude(session: Session, row: InboundMessage, state: str, submission_id: str | None, problem: str | None) -> None:
    kept = session.get_one(InboundMessage, (row.source_id, row.message_id))
    kept.state, kept.submission_id, kept.problem = state, submission_id, problem
    kept.payload = None  # the files are in the blob store, or are not wanted


def _again(context: Context, row: InboundMessage, data: HandInData, problem: str) -> None:
    if row.tries >= _MOST_TRIES:
        _reject(context, row, data, problem)
        return
    with context.database.writing() as session:
        kept = session.get_one(InboundMessage, (row.source_id, row.message_id))
        kept.problem, kept.next_try = problem, context.now() + _FIRST_RETRY * 2 ** (row.tries - 1)


def _set_aside(context: Context, row: InboundMessage, problem: str) -> None:
    """Try a message again later over which this program stumbled, but not for ever."""
    with context.database.writing() as session:
        if row.tries >= _MOST_TRIES:
            _conclude(session, row, "rejected", None, problem)
            return
        kept = session.get_one(InboundMessage, (row.source_id, row.message_id))
        kept.problem, kept.next_try = problem, context.now() + _FIRST_RETRY * 2 ** (row.tries - 1)


def _reject(context: Context, row: InboundMessage, data: HandInData, reason: str) -> None:
    assignment, login, reason = (text.replace("\0", "?") for text in (data.assignment, data.learner.login, reason))
    _log.warning("message %s of %s is rejected: %s", row.message_id, row.source_id, reason)
    with context.database.writing() as session:
        source = session.get_one(Source, row.source_id)
        emit_rejection(session, source.course_id, assignment, login, row.message_id, reason, context.now())
        _conclude(session, row, "rejected", None, reason)
    context.tickets.wake("deliver")
