"""Metrics for Prometheus: requests of this process, and what the database tells of the whole service."""

from __future__ import annotations

import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..report import now
from ..service import deliveries, queue
from ..store import Database
from ..store.tables import Endpoint, Grading

__all__ = ["Measured", "registry"]

_process = CollectorRegistry()
_requests = Counter("grader_http_requests", "Requests answered.", ["method", "route", "status"], registry=_process)
_seconds = Histogram("grader_http_request_seconds", "Time to the answer's start.", ["method", "route"], registry=_process)


class Measured:
    """Counts requests by route.

    Args:
        app: The app to measure.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.monotonic()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                # The route's pattern, not the path: paths are without number.
                route = getattr(scope.get("route"), "path", "unknown")
                method = scope["method"] if route != "unknown" else "unknown"
                _requests.labels(method, route, message["status"]).inc()
                _seconds.labels(method, route).observe(time.monotonic() - started)
            await send(message)

        await self._app(scope, receive, counted)


class _Gradings(Collector):
    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterator[Metric]:
        with self._database.reading() as session:
            waiting = GaugeMetricFamily("grader_gradings", "Gradings that are not finished.", labels=["queue", "state"])
            for (name, state), count in queue.depth(session).items():
                waiting.add_metric([name, state], count)
            yield waiting
            oldest = session.scalar(select(func.min(Grading.created)).where(Grading.state == "queued"))
            age = (now() - oldest).total_seconds() if oldest else 0.0
            yield GaugeMetricFamily("grader_oldest_wait_seconds", "How long the oldest grading waits.", value=age)
            finished = session.scalar(select(func.count()).select_from(Grading).where(Grading.state == "graded"))
            yield GaugeMetricFamily("grader_gradings_finished", "Gradings finished so far.", value=finished or 0)
            yield GaugeMetricFamily(
                "grader_webhooks_pending", "Webhook deliveries still to be made.", value=deliveries.pending(session)
            )
            dead = session.scalar(select(func.count()).select_from(Endpoint).where(Endpoint.disabled.is_not(None)))
            yield GaugeMetricFamily("grader_endpoints_disabled", "Webhook endpoints that are not sent to.", value=dead or 0)


def registry(database: Database) -> CollectorRegistry:
    """All metrics, as they are now."""
    found = CollectorRegistry()
    found.register(_Gradings(database))
    found.register(_process)
    return found
