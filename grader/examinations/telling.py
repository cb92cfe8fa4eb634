"""Telling of results while a submission is examined, outside of every clock that runs for the submission."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from types import TracebackType

from ..report import TestResult

__all__ = ["Telling"]

_PATIENCE = 5.0
"""Seconds that a listener gets for the rest, once the examination is over."""


class Telling:
    """Passes results on in a thread of its own, in their order: a listener that takes its time costs no learner any.

    Args:
        listener: Called with each result. What it raises ends the telling, and comes out when the block ends.
    """

    def __init__(self, listener: Callable[[TestResult], None]) -> None:
        self._listener = listener
        self._results: queue.SimpleQueue[TestResult | None] = queue.SimpleQueue()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="telling", daemon=True)

    def tell(self, result: TestResult) -> None:
        """Have the listener told, without waiting for it."""
        self._results.put(result)

    def __enter__(self) -> Telling:
        self._thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._results.put(None)
        self._thread.join(_PATIENCE)
        if error is None and self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            while (result := self._results.get()) is not None:
                self._listener(result)
        except BaseException as error:
            self._error = error
