"""Keeps one examiner ready, and starts another when it is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable

from .errors import SandboxFailure
from .examiner import Examiner

__all__ = ["ExaminerKeeper"]


class ExaminerKeeper:
    """Thread-safe.

    Args:
        make: Starts an examiner.
    """

    def __init__(self, make: Callable[[], Examiner]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._closed = False
        self._examiner: Examiner | None = None

    def ready(self) -> Examiner:
        """The examiner.

        Raises:
            SandboxFailure: It does not start, or this is closed.
        """
        with self._lock:
            if self._closed:
                raise SandboxFailure("the sandbox is closed")
            if self._examiner is None:
                self._examiner = self._make()
            return self._examiner

    def give_up(self, examiner: Examiner) -> None:
        """Remove an examiner that was lost, so that the next one asked for is fresh."""
        with self._lock:
            if self._examiner is examiner:
                self._examiner = None
        examiner.destroy()

    def close(self) -> None:
        """Remove the examiner, for good."""
        with self._lock:
            self._closed = True
        if self._examiner is not None:
            self._examiner.destroy()
