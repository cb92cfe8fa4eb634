"""A clock that interrupts a program which computes, or waits, for too long."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Clock"]

_IDLE = 0.01
"""Seconds of CPU below which a program has done nothing."""
_TRIES = 3


class _Overdue(BaseException):
    """Raised in the program, past what it catches of its own exceptions."""


class Clock:
    """Watches over calls in the main thread.

    Args:
        cpu_time: Seconds of CPU that one call may take.
        patience: Seconds of wall clock that one call may do nothing.
        give_up: Called with a sentence when the program can't be interrupted.

    Attributes:
        overdue: What took too long, once something did.
    """

    def __init__(self, cpu_time: float, patience: float, give_up: Callable[[str], None]) -> None:
        self._cpu_time = cpu_time
        self._patience = patience
        self._give_up = give_up
        self._depth = 0
        self._tries = 0
        self._used = 0.0
        self.overdue: str | None = None
        signal.signal(signal.SIGPROF, self._computed)
        signal.signal(signal.SIGALRM, self._waited)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Watch over what happens inside; calls within calls count as one.

        Raises:
            TimeoutError: It took too long.
        """
        if threading.current_thread() is not threading.main_thread() or self._depth:
            yield
            return
        self._used, self._tries = time.process_time(), 0
        signal.setitimer(signal.ITIMER_PROF, self._cpu_time, 0.1)
        signal.setitimer(signal.ITIMER_REAL, self._patience, self._patience)
        self._depth = 1
        try:
            yield
        except _Overdue:
            raise TimeoutError(self.overdue) from None
        finally:
            self._depth = 0
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _computed(self, number: int, frame: Any) -> None:
        self._interrupt(f"the program computed for more than {self._cpu_time:g} s")

    def _waited(self, number: int, frame: Any) -> None:
        used, self._used = self._used, time.process_time()
        if self._used - used < _IDLE:
            self._interrupt(f"the program waited for {self._patience:g} s without doing anything")

    def _interrupt(self, text: str) -> None:
        if not self._depth:
            return
        self.overdue = text
        self._tries += 1
        if self._tries > _TRIES:
            self._give_up(text)
        raise _Overdue
