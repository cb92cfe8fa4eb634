"""The control loop: gives lost work to others and says when there is something to do. It does none of the work itself.

It has a process of its own (``grader beat``), so that nothing that is slow (an LMS, a grading, a broker) can keep it waiting
for long. Several of them do no harm.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta

import redis

from grader.broker import DELIVER, INTAKE, PRUNE, make_celery
from grader.broker.tickets import BACKGROUND
from grader.settings import Settings

from .context import Context
from .sweeper import sweep

__all__ = ["Nights", "run_control", "turn"]

_log = logging.getLogger(__name__)
_EVERY = 5.0
"""Seconds."""
_NIGHT = 3
"""The hour, in UTC, after which what is outdated is deleted."""
_ENOUGH = 2
"""Tickets for the background that wait already: whoever takes one does all that is due."""


class Nights:
    """Knows for which night the work was ordered. It is so too when a control loop starts: twice a night does no harm."""

    def __init__(self) -> None:
        self._last: date | None = None

    def order(self, now: datetime, order: Callable[[], bool]) -> None:
        """Order the work of a night that has passed, until the order goes through.

        Args:
            now: The present.
            order: Orders it; False if that did not go through.
        """
        night = (now - timedelta(hours=_NIGHT)).date()
        if night != self._last and order():
            self._last = night


def turn(context: Context, nights: Nights) -> None:
    """Once around."""
    sweep(context)
    nights.order(context.now(), lambda: context.tickets.wake(PRUNE))
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
    context, nights = Context(settings, make_celery(settings)), Nights()
    try:
        while not stop.is_set():
            try:
                turn(context, nights)
            except Exception:
                # A database that is away comes back; whatever else it is, those who wait must not wait for ever.
                _log.exception("a turn of the control loop failed; the next is in %g s", _EVERY)
            stop.wait(_EVERY)
    finally:
        context.close()
