"""Assignments, as learners see them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from ...service.intake import offers
from ...service.lookup import assignment_for, assignments_for
from ...service.publishing import starter_files
from ...store.tables import Version
from ...submission.pack import zipped
from ..auth import Reader
from ..problems import problems
from ..service import Here
from ..views import AssignmentView

__all__ = ["CourseId", "Slug", "router"]

router = APIRouter(tags=["assignments"])
CourseId = Annotated[str, Path(max_length=100, description="The course's id.")]
Slug = Annotated[str, Path(max_length=100, description="The assignment's id in its course.")]


@router.get("/assignments", responses=problems(401, 403, 422, 429))
def list_assignments(here: Here, principal: Reader) -> list[AssignmentView]:
    """The assignments of all one's courses, with one's own terms and mark."""
    with here.database.reading() as session:
        rows = assignments_for(session, principal)
        return [AssignmentView.of(offer) for offer in offers(session, rows, principal.user_id, here.now())]


@router.get("/courses/{course}/assignments/{slug}", responses=problems(401, 403, 404, 422, 429))
def read_assignment(here: Here, principal: Reader, course: CourseId, slug: Slug) -> AssignmentView:
    """One assignment."""
    with here.database.reading() as session:
        row = assignment_for(session, principal, course, slug)
        (offer,) = offers(session, [row], principal.user_id, here.now())
        return AssignmentView.of(offer)


@router.get(
    "/courses/{course}/assignments/{slug}/starter",
    response_class=Response,
    responses={
        200: {"content": {"application/zip": {}}, "description": "A ZIP archive."},
        **problems(401, 403, 404, 422, 429),
    },
)
def download_starter(here: Here, principal: Reader, course: CourseId, slug: Slug) -> Response:
    """What a learner begins with: the statement, the starter and the public tests, as a ZIP archive."""
    with here.database.reading() as session:
        row = assignment_for(session, principal, course, slug)
        blob = session.get_one(Version, row.version_id).blob
    return Response(zipped(starter_files(here.blobs, blob)), media_type="application/zip")
