"""The application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.openapi.utils import get_openapi

from .. import __version__
from ..settings import Settings
from .access import Logged
from .bodies import Bounded
from .problems import MEDIA_TYPE, add_handlers
from .routes import account, assignments, health, lms, submissions, teaching
from .server import HEADER_TIMEOUT
from .service import Service

__all__ = ["create_app"]

_DESCRIPTION = "Hand in submissions, watch them being graded, read scores. Errors are problem details (RFC 9457)."


def create_app(settings: Settings) -> FastAPI:
    """The API of one process."""
    service = Service(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        looking = asyncio.create_task(service.hub.run())
        yield {HEADER_TIMEOUT: settings.header_timeout}
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        await run_in_threadpool(service.close)

    app = FastAPI(
        title="grader", version=__version__, description=_DESCRIPTION, lifespan=lifespan, docs_url=None, redoc_url=None
    )
    app.state.service = service
    app.include_router(health.router)
    app.include_router(health.metrics_router)
    for routes in (account, assignments, submissions, teaching):
        app.include_router(routes.router, prefix="/api/v1")
    app.include_router(lms.router)
    add_handlers(app)
    app.add_middleware(Bounded, most=settings.max_upload, seconds=settings.body_timeout)
    app.add_middleware(Logged)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        for path in document["paths"].values():
            for operation in path.values():
                _use_problem_media_type(operation["responses"])
        app.openapi_schema = document
    return app.openapi_schema


def _use_problem_media_type(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        content = response.get("content", {})
        if status.startswith(("4", "5")) and "Problem" in str(content.get("application/json")):
            response["content"] = {MEDIA_TYPE: content["application/json"]}
