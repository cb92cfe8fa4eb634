"""What instructors do: publish, regrade, extend, and read the gradebook."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from starlette.datastructures import UploadFile

from ...assignment.model import Policy, Time
from ...errors import InputError
from ...lms.gradebook_files import MEDIA_TYPES, Format, write
from ...policy import terms_for
from ...service.errors import Conflict
from ...service.gradebook import gradebook
from ...service.lookup import assignment_for, course_for, member_of
from ...service.marks import current_settings, remark
from ...service.people import Principal
from ...service.publishing import publish, read_assignment_archive, regrade
from ...store.tables import Extension
from ..auth import Teacher
from ..documents import form_of, json_of
from ..problems import problems
from ..service import Here, Service
from ..uploads import read_files, read_json
from .assignments import CourseId, Slug

__all__ = ["router"]

router = APIRouter(tags=["teaching"])


class Published(BaseModel):
    """A version that holds now."""

    course: str
    assignment: str
    version: str
    suite: str = Field(description="Digest of what gradings depend on: when it is as before, earlier gradings stand.")
    is_new: bool


async def _archive(here: Here, principal: Teacher, course: CourseId, request: Request) -> AsyncIterator[UploadFile]:
    """The archive, which is received after it is known that its sender teaches the course."""
    await run_in_threadpool(_see_that_they_teach, here, principal, course)
    size = here.settings.max_upload
    async with read_files(request, here.uploads, principal.user_id, "archive", size, most_files=1) as (archive, *_more):
        yield archive


def _see_that_they_teach(here: Service, principal: Principal, course: str) -> None:
    with here.database.reading() as session:
        course_for(session, principal, course, "instructor")


@router.post(
    "/courses/{course}/assignments",
    status_code=201,
    responses=problems(401, 403, 404, 408, 409, 413, 422, 429, 503),
    openapi_extra=form_of("archive", "The assignment folder's contents as .tar.gz or .zip.", many=False),
)
def publish_version(
    here: Here,
    principal: Teacher,
    course: CourseId,
    archive: Annotated[UploadFile, Depends(_archive, scope="function")],
) -> Published:
    """Publish an assignment, or a new version of it.

    Marks follow the new policy at once; nothing is graded anew.
    """
    assignment = read_assignment_archive(archive.file.read(), "assignment")
    with here.database.writing() as session:
        course_for(session, principal, course, "instructor")
        version, is_new = publish(session, here.blobs, course, assignment, principal, here.now())
        return Published(
            course=course, assignment=assignment.settings.id, version=version.digest, suite=version.suite, is_new=is_new
        )


class Regraded(BaseModel):
    """How many submissions wait to be graded again."""

    queued: int


def _without_body(request: Request) -> None:
    """Who names a learner in a body means that one, and not everybody.

    Raises:
        InputError: There is a body.
    """
    if request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers:
        raise InputError("this request has no body: name a learner by '?learner='")


@router.post(
    "/courses/{course}/assignments/{slug}/regrade",
    status_code=202,
    dependencies=[Depends(_without_body)],
    responses=problems(401, 403, 404, 422, 429),
)
def regrade_submissions(
    here: Here,
    principal: Teacher,
    course: CourseId,
    slug: Slug,
    learner: Annotated[str | None, Query(description="Whose; without it, everybody's.")] = None,
) -> Regraded:
    """Grade submissions again with the version that holds now, behind all who wait for a first grading."""
    with here.database.writing() as session:
        row = assignment_for(session, principal, course, slug, "instructor")
        user_id = None if learner is None else member_of(session, course, learner).id
        queued = len(regrade(session, row, user_id, here.now()))
    here.tickets.grade("bulk", queued)
    return Regraded(queued=queued)


def _written(value: object) -> object:
    if not isinstance(value, str):  # a number would be seconds since 1970, which nobody means
        raise ValueError("a time such as 2027-02-03T23:59:00+01:00 is expected")
    return value


WrittenTime = Annotated[Time, BeforeValidator(_written)]


class ExtensionTable(BaseModel):
    """What a learner is granted."""

    model_config = ConfigDict(extra="forbid")

    due: WrittenTime | None = None
    closes: WrittenTime | None = None
    attempts: int = Field(default=0, ge=0, le=1000, strict=True, description="Attempts more.")
    reason: str = Field(default="", max_length=1000)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.due and self.closes and self.closes < self.due:
            raise ValueError("it closes before it is due")
        return self


async def _granted(here: Here, principal: Teacher, request: Request) -> ExtensionTable:
    return await read_json(request, here.uploads, principal.user_id, ExtensionTable)


@router.put(
    "/courses/{course}/assignments/{slug}/extensions/{login}",
    status_code=204,
    responses=problems(401, 403, 404, 408, 409, 413, 422, 429, 503),
    openapi_extra=json_of(ExtensionTable),
)
def extend(
    here: Here,
    principal: Teacher,
    course: CourseId,
    slug: Slug,
    login: str,
    granted: Annotated[ExtensionTable, Depends(_granted)],
) -> None:
    """Grant a learner an extension, instead of the one they may have."""
    with here.database.writing() as session:
        row = assignment_for(session, principal, course, slug, "instructor")
        user = member_of(session, course, login)
        _see_that_it_extends(current_settings(session, row).policy, granted)
        extension = session.get(Extension, (row.id, user.id))
        if extension is None:
            extension = Extension(assignment_id=row.id, user_id=user.id)
            session.add(extension)
        extension.due, extension.closes, extension.attempts = granted.due, granted.closes, granted.attempts
        extension.reason, extension.granted_by, extension.created = granted.reason, principal.user_id, here.now()
        session.flush()
        remark(session, row.id, user.id, here.now())


_WHAT = {"due": "is due", "closes": "closes"}


def _see_that_it_extends(policy: Policy, granted: ExtensionTable) -> None:
    usual = terms_for(policy)
    for given, before, name in ((granted.due, usual.due, "due"), (granted.closes, usual.closes, "closes")):
        if given and before is None:
            raise Conflict(f"there is nothing to extend: the assignment has no time when it {_WHAT[name]}")
        if given and before and given < before:
            raise Conflict(f"{given.isoformat()} is earlier than it {_WHAT[name]} for everybody, {before.isoformat()}")


@router.get(
    "/courses/{course}/gradebook",
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {}, "application/json": {}}, "description": "The gradebook."},
        **problems(401, 403, 404, 422, 429),
    },
)
def read_gradebook(
    here: Here,
    principal: Teacher,
    course: CourseId,
    form: Annotated[Format, Query(alias="format", description="Canvas and Moodle import theirs.")] = "json",
) -> Response:
    """The grades that count now, of all learners of a course."""
    with here.database.reading() as session:
        book = gradebook(session, course_for(session, principal, course, "instructor"))
    return Response(write(book, form), media_type=MEDIA_TYPES[form])
