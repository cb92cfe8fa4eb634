"""The warm pool: candidates started before anybody waits for them, and removed after anybody could."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from .candidate import Candidate
from .engine import ContainerSpec, Engine
from .errors import SandboxFailure
from .images.warming import warm
from .links import Linker
from .suite import Limits

__all__ = ["CandidatePool"]

_LONGEST_START = 30.0
"""Seconds."""


class CandidatePool:
    """Keeps candidates of one kind ready.

    Args:
        engine: Where they run.
        linker: Starts them.
        spec: What to start.
        limits: Their limits.
        size: How many are kept ready.
    """

    def __init__(self, engine: Engine, linker: Linker, spec: ContainerSpec, limits: Limits, size: int) -> None:
        self._make = lambda: Candidate(engine, linker, spec, limits)
        # One at a time: starting is bound by the CPU that the waiting gradings need.
        self._workers = ThreadPoolExecutor(max_workers=max(2, size // 2), thread_name_prefix="pool")
        self._removers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="remove")
        self._ready: queue.SimpleQueue[Future[Candidate]] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._quiet = self._owed = 0
        self._starting: set[Future[Candidate]] = set()
        for _ in range(size):
            self._order()
        first = list(self._starting)[:1]
        self._warming = self._workers.submit(lambda: self._warm(engine, spec.image, first))

    @staticmethod
    def _warm(engine: Engine, image: str, first: list[Future[Candidate]]) -> None:
        wait(first)  # by then it is known what containers do without here
        warm(engine, image)

    def wait_until_warm(self) -> None:
        """Wait until no container can tell by the time that a read takes what another one has read.

        Raises:
            SandboxFailure: The engine did not do what that takes.
        """
        try:
            self._warming.result()
        except CancelledError:
            raise SandboxFailure("the pool is closed") from None

    def take(self) -> Candidate:
        """A started candidate of one's own, waiting for one if need be.

        Raises:
            SandboxFailure: It could not be started.
        """
        if self._closed.is_set():
            raise SandboxFailure("the pool is closed")
        try:
            with self._lock:
                if self._quiet and not self._ready.empty():
                    self._owed += 1
                else:
                    self._order()
                # In the same breath: two that see one candidate there would wait for it both, and one of them for ever.
                future = self._ready.get_nowait()
            return future.result()
        except (RuntimeError, CancelledError):
            raise SandboxFailure("the pool is closed") from None

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Start no candidates meanwhile, as long as there are enough: starting one disturbs what is being measured."""
        with self._lock:
            self._quiet += 1
            starting = list(self._starting)
        try:
            wait(starting, _LONGEST_START)
            yield
        finally:
            with self._lock:
                self._quiet -= 1
                owed, self._owed = self._owed, 0
                for _ in range(0 if self._closed.is_set() else owed):
                    self._order()

    def discard(self, candidate: Candidate) -> None:
        """Remove a used candidate, without waiting for it."""
        try:
            self._removers.submit(candidate.destroy)
        except RuntimeError:  # the pool was closed meanwhile
            candidate.destroy()

    def close(self) -> None:
        """Remove all candidates."""
        self._closed.set()
        self._workers.shutdown(wait=True, cancel_futures=True)
        while not self._ready.empty():
            future = self._ready.get()
            if not future.cancelled() and future.exception() is None:
                self._removers.submit(future.result().destroy)
        self._removers.shutdown(wait=True)

    def _order(self) -> None:
        future = self._workers.submit(self._make)
        self._starting.add(future)
        future.add_done_callback(self._starting.discard)
        self._ready.put(future)
