"""Submissions: hand in, read, watch."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import select
from sqlalchemy.orm import Session
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.datastructures import UploadFile

from ...assignment.model import SubmissionRules
from ...errors import SubmissionRejected
from ...service.competencies import CourseCompetency, competencies_across
from ...service.errors import NotFound
from ...service.intake import hand_in
from ...service.lookup import assignment_for, course_for, member_of, submission_for
from ...service.marks import current_settings
from ...service.people import Principal
from ...store.tables import Submission
from ...submission import Submission as Files
from ...submission import read_submission, submission_of
from ...submission.bounds import Bounds
from ...submission.pack import unpack, zipped
from ..auth import Learner, Reader
from ..documents import form_of
from ..problems import problems
from ..service import Here, Service
from ..uploads import read_files
from ..views import SubmissionDetail, SubmissionView
from .assignments import CourseId, Slug

__all__ = ["router"]

router = APIRouter(tags=["submissions"])
_ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar")
_Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="A name for this one act: sent again with the same key, it is the same submission.",
    ),
]


@dataclass(frozen=True)
class _HandedIn:
    """Files that came for an assignment, under its rules."""

    files: Sequence[UploadFile]
    rules: SubmissionRules
    key: str | None


async def _handed_in(
    here: Here, principal: Learner, course: CourseId, slug: Slug, request: Request, key: _Key = None
) -> AsyncIterator[_HandedIn]:
    """What is handed in, which is received after it is known who sends it, for what, and that they may."""
    rules = await run_in_threadpool(_rules, here, principal, course, slug)
    bounds = Bounds(rules.max_size, rules.max_files)
    uploads, most_files = here.uploads, bounds.max_entries
    async with read_files(request, uploads, principal.user_id, "files", bounds.archive_size, most_files) as files:
        yield _HandedIn(files, rules, key)


def _rules(here: Service, principal: Principal, course: str, slug: str) -> SubmissionRules:
    here.rates.hit(here.rates.submissions, "submissions", principal.token_id)
    with here.database.reading() as session:
        return current_settings(session, assignment_for(session, principal, course, slug)).submission


@router.post(
    "/courses/{course}/assignments/{slug}/submissions",
    status_code=201,
    responses={
        200: {"model": SubmissionView, "description": "It was received before, with the same Idempotency-Key."},
        **problems(401, 403, 404, 408, 409, 413, 422, 429, 503),
    },
    openapi_extra=form_of("files", "One archive (.zip, .tar.gz, .tar), or the files with their paths.", many=True),
)
def submit(
    here: Here,
    principal: Learner,
    course: CourseId,
    slug: Slug,
    response: Response,
    handed_in: Annotated[_HandedIn, Depends(_handed_in, scope="function")],
) -> SubmissionView:
    """Hand in a submission.

    What is not acceptable (`422`, with the reason) uses no attempt, nor does what comes when the policy does not accept it
    (`403`).
    """
    content = _read(handed_in.files, handed_in.rules)
    with here.database.writing() as session:
        row = assignment_for(session, principal, course, slug)
        user_id, key = principal.user_id, handed_in.key
        taken = hand_in(session, here.blobs, row, user_id, content, "cli", key, here.now())
        view = SubmissionView.of_new(session, taken, row, principal.login)
    if taken.grading is not None:
        here.tickets.grade("learners")
    response.status_code = 200 if taken.grading is None else 201
    response.headers["Location"] = f"/api/v1/submissions/{view.id}"
    return view


@router.get("/courses/{course}/assignments/{slug}/submissions", responses=problems(401, 403, 404, 422, 429))
def list_submissions(
    here: Here,
    principal: Reader,
    course: CourseId,
    slug: Slug,
    learner: Annotated[str | None, Query(description="For instructors: whose. Without it, one's own.")] = None,
    everybody: Annotated[bool, Query(description="For instructors: of all learners.")] = False,
    after: Annotated[str | None, Query(description="The last submission of the page before: those after it.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[SubmissionView]:
    """One's submissions for an assignment, the newest first; for instructors a learner's, or everybody's."""
    with here.database.reading() as session:
        row = assignment_for(session, principal, course, slug)
        wanted = select(Submission).where(Submission.assignment_id == row.id)
        if everybody:
            principal.require("teach")
            course_for(session, principal, course, "instructor")
        else:
            wanted = wanted.where(Submission.user_id == _whose(session, principal, course, learner))
        if after is not None:
            last = session.scalar(wanted.where(Submission.id == after))
            if last is None:
                raise NotFound(f"there is no submission {after!r} among these")
            same_time = (Submission.received == last.received) & (Submission.id > last.id)
            wanted = wanted.where((Submission.received < last.received) | same_time)
        newest = wanted.order_by(Submission.received.desc(), Submission.id).limit(limit)
        return SubmissionView.many(session, session.scalars(newest).all(), row)


@router.get("/courses/{course}/competencies", responses=problems(401, 403, 404, 422, 429))
def list_competencies(
    here: Here,
    principal: Reader,
    course: CourseId,
    learner: Annotated[str | None, Query(description="For instructors: whose. Without it, one's own.")] = None,
) -> list[CourseCompetency]:
    """What the attempts that count show, across the course's assignments."""
    with here.database.reading() as session:
        row = course_for(session, principal, course)
        return competencies_across(session, row, _whose(session, principal, course, learner))


def _whose(session: Session, principal: Principal, course: str, learner: str | None) -> str:
    """The user asked about: oneself, or, for instructors, a learner."""
    if learner is None or learner == principal.login:
        return principal.user_id
    principal.require("teach")
    course_for(session, principal, course, "instructor")
    return member_of(session, course, learner).id


@router.get("/submissions/{submission_id}", responses=problems(401, 403, 404, 422, 429))
def read_one(here: Here, principal: Reader, submission_id: str) -> SubmissionDetail:
    """A submission with its report: whole for instructors, for learners as far as the assignment's feedback level allows."""
    with here.database.reading() as session:
        submission, assignment, role = submission_for(session, principal, submission_id)
        return SubmissionDetail.detailed(session, submission, assignment, role, principal.admin)


@router.get(
    "/submissions/{submission_id}/files",
    response_class=Response,
    responses={
        200: {"content": {"application/zip": {}}, "description": "A ZIP archive."},
        **problems(401, 403, 404, 422, 429),
    },
)
def download_files(here: Here, principal: Reader, submission_id: str) -> Response:
    """What was handed in, as a ZIP archive."""
    with here.database.reading() as session:
        submission, _assignment, _role = submission_for(session, principal, submission_id)
    return Response(zipped(unpack(here.blobs.get(submission.blob))), media_type="application/zip")


@router.get(
    "/submissions/{submission_id}/events",
    response_class=EventSourceResponse,
    responses={
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Server-sent events."},
        **problems(401, 403, 404, 422, 429),
    },
)
async def watch(here: Here, principal: Reader, submission_id: str) -> EventSourceResponse:
    """Live progress, as server-sent events.

    `queued` (`position`), `running`, `begin` (`total`) and `test` for each test as it finishes, as far as the learner may
    know of it, `delayed` after a failure of ours; then `graded` or `failed` with the submission, and the stream ends.
    """
    await asyncio.to_thread(_see, here, principal, submission_id)
    return EventSourceResponse(_events(here, principal, submission_id), ping=15)


def _see(here: Here, principal: Reader, submission_id: str) -> SubmissionView:
    with here.database.reading() as session:
        submission, assignment, _role = submission_for(session, principal, submission_id)
        return SubmissionView.of(session, submission, assignment)


async def _events(here: Here, principal: Reader, submission_id: str) -> AsyncIterator[ServerSentEvent]:
    told = None
    async for standing, fresh in here.hub.watch(submission_id):
        finished = standing.state in ("graded", "failed")
        if standing != told and not finished:
            told = standing
            yield _event(standing.state, {"position": standing.position} if standing.position else {})
        for entry, event in fresh:
            yield _event(event["type"], event, entry)
        if finished:
            view = await asyncio.to_thread(_see, here, principal, submission_id)
            yield _event(standing.state, view.model_dump(mode="json"))
            return


def _event(kind: str, data: dict[str, object], entry: str | None = None) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(data), event=kind, id=entry)


def _read(files: Sequence[UploadFile], rules: SubmissionRules) -> Files:
    names = [one.filename or "" for one in files]
    if len(files) == 1 and names[0].lower().endswith(_ARCHIVES):
        suffix = next(one for one in _ARCHIVES if names[0].lower().endswith(one))
        with tempfile.TemporaryDirectory(prefix="grader-upload-") as folder:
            path = Path(folder, f"submission{suffix}")
            with path.open("wb") as archive:
                shutil.copyfileobj(files[0].file, archive)
            read = read_submission(path, rules)
        return Files(_shown(names[0]), read.files, read.digest)
    content = {name: one.file.read() for name, one in zip(names, files, strict=True)}
    if len(content) < len(files):
        raise SubmissionRejected("two files have the same name")
    return submission_of(_shown(names[0]), content, rules)


def _shown(name: str) -> str:
    """A name fit to be kept and shown."""
    return "".join(char if char.isprintable() else "?" for char in name)[:100]
