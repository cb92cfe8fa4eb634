"""Metrics for Prometheus: requests of this process, and what the database tells of the whole service."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..service import deliveries, queue
from ..store import Database
from ..store.tables import Endpoint, Grading, Queue

__all__ = ["Measured", "registry"]

_LATELY = timedelta(minutes=10)
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
    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def _took(self, session: Session) -> Metric:
        """How long those took that were finished lately."""
        lately = (Grading.state == "graded", Grading.finished > self._now() - _LATELY)
        times = select(Grading.started, Grading.finished).where(*lately)
        took = [(finished - started).total_seconds() for started, finished in session.execute(times) if started and finished]
        family = SummaryMetricFamily("grader_grading_seconds", "Seconds of gradings finished in the last ten minutes.")
        family.add_metric([], count_value=len(took), sum_value=sum(took))
        return family

    def collect(self) -> Iterator[Metric]:
        with self._database.reading() as session:
            waiting = GaugeMetricFamily("grader_gradings", "Gradings that are not finished.", labels=["queue", "state"])
            for (name, state), count in queue.depth(session).items():
                waiting.add_metric([name, state], count)
            yield waiting
            waits = GaugeMetricFamily("grader_oldest_wait_seconds", "How long the oldest grading waits.", labels=["queue"])
            oldest = select(Grading.queue, func.min(Grading.created)).where(Grading.state == "queued")
            ages = {
                name: (self._now() - created).total_seconds()
                for name, created in session.execute(oldest.group_by(Grading.queue))
            }
            for name in get_args(Queue):
                waits.add_metric([name], ages.get(name, 0.0))
            yield waits
            unfinished = Grading.state.in_(("queued", "running"))
            troubled = select(func.coalesce(func.sum(Grading.losses), 0), func.coalesce(func.sum(Grading.failures), 0))
            losses, failures = session.execute(troubled.where(unfinished)).one()
            yield GaugeMetricFamily(
                "grader_gradings_losses", "Workers lost over gradings that are not finished.", value=losses
            )
            yield GaugeMetricFamily(
                "grader_gradings_failures", "Failures of the grader's own in gradings that are not finished.", value=failures
            )
            at_work = select(func.count(Grading.worker.distinct())).where(Grading.state == "running")
            yield GaugeMetricFamily("grader_workers_grading", "Workers that grade now.", value=session.scalar(at_work) or 0)
            yield self._took(session)
            finished = session.scalar(select(func.count()).select_from(Grading).where(Grading.state == "graded"))
            yield GaugeMetricFamily("grader_gradings_finished", "Gradings finished so far.", value=finished or 0)
            yield GaugeMetricFamily(
                "grader_webhooks_pending", "Webhook deliveries still to be made.", value=deliveries.pending(session)
            )
            dead = session.scalar(select(func.count()).select_from(Endpoint).where(Endpoint.disabled.is_not(None)))
            yield GaugeMetricFamily("grader_endpoints_disabled", "Webhook endpoints that are not sent to.", value=dead or 0)


def registry(database: Database, now: Callable[[], datetime]) -> CollectorRegistry:
    """All metrics, as they are now.

    Args:
        database: Tells of the whole service.
        now: Tells the present, by the database's clock.
    """
    found = CollectorRegistry()
    found.register(_Gradings(database, now))
    found.register(_process)
    return found
