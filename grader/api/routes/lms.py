"""What an LMS calls."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from ...broker import INTAKE
from ...errors import InputError
from ...lms.inbound import HandIn, accept, known_source, read_envelope, verify
from ...service.errors import Conflict, Unauthorized
from ...store.tables import Source
from ..documents import json_of
from ..problems import problems
from ..service import Here, Service
from ..uploads import read_body

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
    responses=problems(401, 408, 409, 413, 422, 429, 503),
    openapi_extra={**json_of(HandIn), "description": "Signed as the Standard Webhooks specification says."},
)
async def hand_in(here: Here, request: Request, source_id: str) -> Accepted:
    """Hand in a submission for a learner. The same `webhook-id` again is the same message."""
    address = request.client.host if request.client else "unknown"
    async with _refusals(here, source_id, address):
        await asyncio.to_thread(here.rates.test, here.rates.refused, "refused", address)
        envelope = read_envelope(request.headers)
        source = await asyncio.to_thread(_source, here, source_id)
        async with read_body(request, here.uploads, source_id, here.settings.max_upload) as body:
            await asyncio.to_thread(verify, source, envelope, body, here.now())
            return await asyncio.to_thread(_accept, here, source_id, envelope.message_id, body)


@asynccontextmanager
async def _refusals(here: Service, source_id: str, address: str) -> AsyncIterator[None]:
    try:
        yield
    except Unauthorized as error:
        await asyncio.to_thread(here.rates.hit, here.rates.refused, "refused", address)
        _log.warning("refused a message for %s from %s: %s", source_id, address, error)
        raise


def _source(here: Service, source_id: str) -> Source:
    with here.database.reading() as session:
        return known_source(session, source_id)


def _accept(here: Service, source_id: str, message_id: str, body: bytes) -> Accepted:
    now = here.now()
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
