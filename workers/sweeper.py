"""Put right what crashes left between database, broker and containers."""

from __future__ import annotations

import logging
from typing import get_args

import redis

from grader.service import queue, waiting
from grader.store.tables import Queue
from sandboxes.owner import HOST, is_alive

from .context import Context

__all__ = ["recover_lost", "sweep"]

_log = logging.getLogger(__name__)


def sweep(context: Context) -> None:
    """Give lost workers' gradings to others, and send the tickets that the broker lost."""
    recover_lost(context)
    for name in get_args(Queue):
        with context.database.reading() as session:
            wanted = waiting.ready(session, name, context.now())
        try:
            missing = wanted - context.tickets.waiting(name)
        except redis.RedisError as error:
            _log.warning("the broker does not answer: %s", error)
            return
        if missing > 0:
            context.tickets.grade(name, missing)


def recover_lost(context: Context) -> None:
    """Queue again what lost workers had: those of this machine that are gone, and those that were silent for too long."""
    with context.database.reading() as session:
        names = queue.running_workers(session)
    gone = [name for name in names if name.startswith(f"{HOST}/") and not is_alive(name.removeprefix(f"{HOST}/"))]
    with context.database.writing() as session:
        count = queue.recover(session, context.now(), gone)
    if count:
        _log.warning("%d gradings of lost workers wait again", count)
