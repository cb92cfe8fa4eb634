"""Metrics for Prometheus: requests of this process, and what the database tells of the whole service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from starlette.types import Scope

from ..service import deliveries, waiting
from ..store import Database
from ..store.tables import Endpoint, Grading, Queue

__all__ = ["count_request", "registry"]

_LATELY = timedelta(minutes=10)
_process = CollectorRegistry()
_requests = Counter("grader_http_requests", "Requests answered.", ["method", "route", "status"], registry=_process)
_seconds = Histogram("grader_http_request_seconds", "Time to the answer's start.", ["method", "route"], registry=_process)


def count_request(scope: Scope, status: int, seconds: float) -> None:
    """Count a request, and the seconds until its answer began."""
    # The route's pattern, not the path: paths are without number.
    route = getattr(scope.get("route"), "path", "unknown")
    method = scope["method"] if route != "unknown" else "unknown"
    _requests.labels(method, route, status).inc()
    _seconds.labels(method, route).observe(seconds)


class _Gradings(Collector):
    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def collect(self) -> Iterator[Metric]:
        with self._database.reading() as session:
            yield self._unfinished(session)
            yield self._waits(session)
            yield from _troubles(session)
            yield from self._took(session)
            yield from _totals(session)

    @staticmethod
    def _unfinished(session: Session) -> Metric:
        family = GaugeMetricFamily("grader_gradings", "Gradings that are not finished.", labels=["queue", "state"])
        for (name, state), count in waiting.depth(session).items():
            family.add_metric([name, state], count)
        return family

    def _waits(self, session: Session) -> Metric:
        family = GaugeMetricFamily("grader_oldest_wait_seconds", "How long the oldest grading waits.", labels=["queue"])
        oldest = select(Grading.queue, func.min(Grading.created)).where(Grading.state == "queued").group_by(Grading.queue)
        ages = {name: (self._now() - created).total_seconds() for name, created in session.execute(oldest)}
        for name in get_args(Queue):
            family.add_metric([name], ages.get(name, 0.0))
        return family

    def _took(self, session: Session) -> Iterator[Metric]:
        """How long those took that were finished lately: gauges, for what is no more lately goes down."""
        lately = (Grading.state == "graded", Grading.finished > self._now() - _LATELY)
        times = select(Grading.started, Grading.finished).where(*lately)
        took = [(finished - started).total_seconds() for started, finished in session.execute(times) if started and finished]
        yield _gauge("grader_gradings_lately", "Gradings finished in the last ten minutes.", len(took))
        yield _gauge("grader_gradings_lately_seconds", "Seconds that those took together.", sum(took))


def _troubles(session: Session) -> Iterator[Metric]:
    unfinished = Grading.state.in_(("queued", "running"))
    troubled = select(func.coalesce(func.sum(Grading.losses), 0), func.coalesce(func.sum(Grading.failures), 0))
    losses, failures = session.execute(troubled.where(unfinished)).one()
    yield _gauge("grader_gradings_losses", "Workers lost over gradings that are not finished.", losses)
    yield _gauge("grader_gradings_failures", "Failures of the grader's own in gradings that are not finished.", failures)


def _totals(session: Session) -> Iterator[Metric]:
    def count(counted: Select[int]) -> int:
        return session.scalar(counted) or 0

    at_work = select(func.count(Grading.worker.distinct())).where(Grading.state == "running")
    finished = select(func.count()).select_from(Grading).where(Grading.state == "graded")
    disabled = select(func.count()).select_from(Endpoint).where(Endpoint.disabled.is_not(None))
    yield _gauge("grader_workers_grading", "Workers that grade now.", count(at_work))
    yield _gauge("grader_gradings_finished", "Gradings finished so far.", count(finished))
    yield _gauge("grader_webhooks_pending", "Webhook deliveries still to be made.", deliveries.pending(session))
    yield _gauge("grader_endpoints_disabled", "Webhook endpoints that are not sent to.", count(disabled))


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


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
