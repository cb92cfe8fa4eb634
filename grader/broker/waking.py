"""Tickets that are sent beside the requests that ask for them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from .breaker import Breaker
from .tickets import Tickets

__all__ = ["Waker"]

_MOST = 10_000
"""Tickets that may wait to be sent; beyond them the sweeper sends what is due."""
_LAST = 2.0
"""Seconds for what still waits when the process ends."""


class Waker:
    """Sends tickets from a thread of its own. What can't be sent is dropped: the sweeper sends what is due.

    Args:
        tickets: Sends them.
        breaker: Knows whether the broker answers.
    """

    def __init__(self, tickets: Tickets, breaker: Breaker) -> None:
        self._tickets = tickets
        self._breaker = breaker
        self._orders: queue.Queue[Callable[[], bool] | None] = queue.Queue(_MOST)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def grade(self, name: str, count: int = 1) -> None:
        """Wake workers for gradings that wait in a queue."""
        self._order(lambda: self._tickets.grade(name, count))

    def wake(self, task: str) -> None:
        """Have a task of the background done soon."""
        self._order(lambda: self._tickets.wake(task))

    def _order(self, send: Callable[[], bool]) -> None:
        if not self._breaker.answers:
            return
        with self._lock:  # not before the first: few processes ever send any
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="tickets", daemon=True)
                self._thread.start()
        try:
            self._orders.put_nowait(send)
        except queue.Full:
            pass  # see above

    def _run(self) -> None:
        while (send := self._orders.get()) is not None:
            if self._breaker.answers and not send():
                self._breaker.failed("a ticket could not be sent")

    def close(self) -> None:
        """Send what still waits, and end."""
        if self._thread is not None:
            try:
                self._orders.put(None, timeout=_LAST)
            except queue.Full:
                return
            self._thread.join(_LAST)
