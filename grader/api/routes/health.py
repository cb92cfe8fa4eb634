"""For operators: health, readiness, metrics."""

from __future__ import annotations

import redis
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from ...store.database import DatabaseUnavailable, SchemaOutdated
from ..auth import Operator
from ..metrics import registry
from ..problems import problems
from ..service import Here

__all__ = ["metrics_router", "router"]

router = APIRouter(tags=["operation"])
metrics_router = APIRouter(tags=["operation"])


class Health(BaseModel):
    """Whether the service works."""

    status: str
    database: str = "not asked"
    files: str = "not asked"
    broker: str = "not asked"


@router.get("/health")
async def health() -> Health:
    """Whether this process runs. Not in the thread pool: it answers while all of its threads wait for something."""
    return Health(status="ok")


@router.get("/ready", responses={503: {"model": Health, "description": "It can't take requests."}})
def ready(here: Here) -> Response:
    """Whether submissions can be taken in: the database answers, and files can be kept. Without the broker they are graded
    late, not lost."""
    found = Health(status="ok", database="ok", files="ok", broker="ok")
    try:
        here.database.check()
    except (DatabaseUnavailable, SchemaOutdated) as error:
        found.status = "unavailable"
        # The reason may name hosts: for the log, not for everybody.
        found.database = "outdated" if isinstance(error, SchemaOutdated) else "does not answer"
    try:
        here.blobs.check()
    except OSError as error:
        found.status = "unavailable"
        found.files = f"can't be kept: {error.strerror}"
    try:
        here.broker.probe()
    except redis.RedisError as error:
        here.broker.failed(error)
        found.broker = "refuses what it is given" if isinstance(error, redis.ResponseError) else "does not answer"
    return JSONResponse(found.model_dump(), 200 if found.status == "ok" else 503)


@metrics_router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Metrics."},
        **problems(401, 403, 422, 429),
    },
)
def metrics(here: Here, principal: Operator) -> Response:
    """Metrics in Prometheus's text format."""
    return Response(generate_latest(registry(here.database, here.now)), media_type=CONTENT_TYPE_LATEST)
