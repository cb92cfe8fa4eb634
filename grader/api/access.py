"""The access log: an entry for each request, under an id that its answer has, too; and a count of it for the metrics."""

from __future__ import annotations

import logging
import re
import time
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..store.names import new_name
from .metrics import count_request

__all__ = ["REQUEST_ID", "Logged"]

REQUEST_ID = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_LONGEST = 300
_QUIET = frozenset({"/health", "/ready", "/metrics"})
"""Asked every few seconds by machines: told only when they fail."""
_log = logging.getLogger(__name__)


class Logged:
    """Counts and logs each request when its answer has gone: method, path, status, milliseconds, who asked, id.

    Neither what follows the path (``?…``) nor a header is logged, for they may hold secrets. A proxy may name the id.

    Args:
        app: The app to log.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state: dict[str, Any] = scope.setdefault("state", {})
        given = Headers(scope=scope).get(REQUEST_ID, "")
        state["request_id"] = given if _GIVEN.fullmatch(given) else new_name("req")
        started, status = time.monotonic(), 500
        answered: float | None = None

        async def told(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], time.monotonic()
                MutableHeaders(scope=message)[REQUEST_ID] = state["request_id"]
            await send(message)

        try:
            await self._app(scope, receive, told)
        finally:
            ended = time.monotonic()
            count_request(scope, status, (answered or ended) - started)
            _tell(scope, status, ended - started, state)


def _tell(scope: Scope, status: int, seconds: float, state: dict[str, Any]) -> None:
    if scope["path"] in _QUIET and status < 400:
        return
    path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")[:_LONGEST]
    who, number = state.get("login", "-"), state["request_id"]
    _log.info("%s %s %d %.0f ms %s %s", scope["method"], path, status, seconds * 1000, who, number)
