"""Deliver the webhooks that are due."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from grader.lms.addresses import Caller
from grader.lms.outbound import deliver
from grader.service import deliveries
from grader.service.deliveries import Due

from .context import Context

__all__ = ["deliver_due"]

_log = logging.getLogger(__name__)
_AT_ONCE = 8


def deliver_due(context: Context) -> int:
    """Make all deliveries that are due; returns how many were tried."""
    tried = 0
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="deliver") as pool:
        while True:
            with context.database.writing() as session:
                due = deliveries.claim_due(session, context.now(), _AT_ONCE)
            if not due:
                return tried
            tried += len(due)
            list(pool.map(lambda one: _try(context, one), due))


def _try(context: Context, due: Due) -> None:
    result = deliver(Caller(context.settings), due, context.now())
    if not result.delivered:
        _log.warning("%s to %s: %s", due.message_id, due.url, result.error or result.status)
    give_up = timedelta(days=context.settings.webhook_give_up)
    with context.database.writing() as session:
        deliveries.settle(session, due, result, context.now(), context.settings.webhook_first_retry, give_up)
