"""What an LMS calls."""

from __future__ import annotations

import asyncio
import logging
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from ...broker import INTAKE
from ...errors import InputError
from ...lms.inbound import HandIn, accept, verify
from ...service.errors import Conflict, Unauthorized
from ...store.tables import Source
from ..problems import problems
from ..service import Here, Service

__all__ = ["router"]

router = APIRouter(tags=["lms"])
_log = logging.getLogger(__name__)


class Accepted(BaseModel):
    """The message is kept and will be worked on; webhooks tell what becomes of it."""

    message: str
    state: Literal["waiting", "accepted", "rejected"]
    submission: str | None
    problem: str | None


@router.post(
    "/lms/{source_id}",
    status_code=202,
    responses=problems(401, 409, 413, 422, 429),
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": HandIn.model_json_schema()}}},
        "description": "Signed as the Standard Webhooks specification says.",
    },
)
async def hand_in(here: Here, request: Request, response: Response, source_id: str) -> Accepted:
    """Hand in a submission for a learner. The same `webhook-id` again is the same message."""
    body = await request.body()
    address = request.client.host if request.client else "unknown"
    return await asyncio.to_thread(_accept, here, source_id, body, dict(request.headers), address)


def _accept(here: Service, source_id: str, body: bytes, headers: dict[str, str], address: str) -> Accepted:
    here.rates.test(here.rates.refused, "refused", address)
    now = here.now()
    try:
        with here.database.reading() as session:
            message_id = verify(session.get(Source, source_id), body, headers, now)
    except Unauthorized as error:
        here.rates.hit(here.rates.refused, "refused", address)
        _log.warning("refused a message for %s from %s: %s", source_id, address, error)
        raise
    try:
        with here.database.writing() as session:
            source = session.get_one(Source, source_id)
            row, is_new = accept(session, source, message_id, body, now, here.settings)
    except (Conflict, InputError) as error:
        _log.warning("refused message %s of %s: %s", message_id, source_id, error)
        raise
    if is_new:
        here.tickets.wake(INTAKE)
    return Accepted(
        message=message_id,
        state=row.state,  # type: ignore[arg-type]
        submission=row.submission_id,
        problem=row.problem,
    )
