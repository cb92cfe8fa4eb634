"""Deliver the webhooks that are due."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta

from grader.lms.addresses import Caller
from grader.lms.outbound import deliver
from grader.service import deliveries
from grader.service.deliveries import Due, Result

from .context import Context

__all__ = ["deliver_due"]

_log = logging.getLogger(__name__)
_AT_ONCE = 32
"""Threads that mostly wait for an answer."""
_LOOK_AGAIN = 1.0
"""Seconds: while some deliveries take long, others become due."""
_running = threading.Lock()


def deliver_due(context: Context) -> int:
    """Make all deliveries that are due; returns how many were tried, none if another thread of this process is at it.

    Slow receivers hold a few of the threads, failing ones a quarter of them at most, and neither of them others' deliveries.
    """
    if not _running.acquire(blocking=False):
        return 0
    try:
        return _deliver_all(context)
    finally:
        _running.release()


def _deliver_all(context: Context) -> int:
    tried = 0
    under_way: set[Future[None]] = set()
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="deliver") as pool:
        while True:
            free = _AT_ONCE - len(under_way)
            due: list[Due] = []
            if free:
                with context.database.writing() as session:
                    due = deliveries.claim_due(session, context.now(), free)
            tried += len(due)
            under_way |= {pool.submit(_try, context, one) for one in due}
            if not under_way:
                return tried
            done, under_way = wait(under_way, _LOOK_AGAIN, FIRST_COMPLETED)
            for one in done:
                one.result()


def _try(context: Context, due: Due) -> None:
    try:
        result = deliver(Caller(context.settings), due, context.now())
    except Exception as error:
        # A URL or a name that a library can't cope with: it is this delivery's trouble, and no other's.
        _log.exception("%s to %s", due.message_id, due.url)
        result = Result(None, f"{type(error).__name__}: {error}", 0.0)
    if not result.delivered:
        _log.warning("%s to %s: %s", due.message_id, due.url, result.error or result.status)
    give_up = timedelta(days=context.settings.webhook_give_up)
    with context.database.writing() as session:
        deliveries.settle(session, due, result, context.now(), context.settings.webhook_first_retry, give_up)
