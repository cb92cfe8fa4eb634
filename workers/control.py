"""The control loop: gives lost work to others and says when there is something to do. It does none of the work itself.

It has a process of its own (``grader beat``), so that nothing that is slow (an LMS, a grading, a broker) can keep it waiting
for long. Several of them do no harm.
"""

from __future__ import annotations

import logging
import signal
import threading

import redis

from grader.broker import DELIVER, INTAKE, make_celery
from grader.broker.tickets import BACKGROUND
from grader.settings import Settings

from .context import Context
from .sweeper import sweep

__all__ = ["run_control", "turn"]

_log = logging.getLogger(__name__)
_EVERY = 5.0
"""Seconds."""
_ENOUGH = 2
"""Tickets for the background that wait already: whoever takes one does all that is due."""


def turn(context: Context) -> None:
    """Once around."""
    sweep(context)
    try:
        waiting = context.tickets.waiting(BACKGROUND)
    except redis.RedisError as error:
        _log.warning("the broker does not answer: %s", error)
        return
    if waiting < _ENOUGH:
        context.tickets.wake(DELIVER)
        context.tickets.wake(INTAKE)


def run_control(settings: Settings) -> None:
    """Go around every few seconds until told to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    context = Context(settings, make_celery(settings))
    try:
        while not stop.is_set():
            try:
                turn(context)
            except Exception:
                # A database that is away comes back; whatever else it is, those who wait must not wait for ever.
                _log.exception("a turn of the control loop failed; the next is in %g s", _EVERY)
            stop.wait(_EVERY)
    finally:
        context.close()
