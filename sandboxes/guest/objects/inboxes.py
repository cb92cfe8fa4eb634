"""The threads of one connection: each message comes to the one that waits for it.

Whoever waits reads for all (leader and followers). There is no reader thread while there is only one thread, because a
hand-over costs more than the call.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from ..wire.errors import ProtocolViolation, WireClosed

__all__ = ["LAST", "REPLY", "REQUEST", "Inboxes"]

REQUEST, REPLY = 0, 1
LAST: list[Any] = []
"""In place of a message: no more will come for this thread."""
_MAX_THREADS = 128
_NOBODY = 1 << 40
_JOIN_PATIENCE = 1.0
"""Seconds."""


class Inboxes:
    """What has come for each thread, on either side a number.

    Args:
        read: Waits for the next message: a list of its kind (``REQUEST``, ``REPLY``), the number of its thread, and more.
        serve: Takes the number of a thread of the other side, and answers its requests until ``LAST`` comes for it.
    """

    def __init__(self, read: Callable[[], list[Any]], serve: Callable[[int], None]) -> None:
        self._read = read
        self._serve = serve
        self._turn = threading.Condition()
        self._reading = False
        self._standby = False
        self._closed: BaseException | None = None
        self._inboxes: dict[int, deque[list[Any]]] = {}
        self._serving: dict[int, threading.Thread] = {}
        self._ending: list[threading.Thread] = []

    def open(self, thread: int) -> deque[list[Any]]:
        """Keep what comes for a thread, also before it waits for it."""
        return self._inboxes.setdefault(thread, deque())

    def forget(self, thread: int) -> None:
        """A thread of this side has ended."""
        self._inboxes.pop(thread, None)

    def end(self, threads: Iterable[int]) -> None:
        """Let the threads end that answer those of the other side which have ended; else they would pile up."""
        with self._turn:
            for thread in threads:
                if thread in self._inboxes:
                    self._inboxes.pop(thread).append(LAST)
                    if serving := self._serving.pop(thread, None):
                        self._ending.append(serving)
            self._turn.notify_all()

    def close(self, error: BaseException) -> None:
        """Have all threads that wait, or will, hear that no more can be expected of this connection."""
        with self._turn:
            self._closed = self._closed or error
            self._turn.notify_all()

    def stand_by(self) -> None:
        """See that somebody reads while all others are busy: the other side has more than one thread now."""
        if not self._standby:
            self._standby = True
            threading.Thread(target=self._read_for_others, daemon=True, name="wire-standby").start()

    def next(self, thread: int) -> list[Any]:
        """Wait for the next message for a thread.

        Raises:
            WireClosed: The other side is gone.
            ProtocolViolation: It does not speak this protocol.
        """
        inbox = self.open(thread)
        while True:
            with self._turn:
                while self._reading and not inbox and self._closed is None:
                    self._turn.wait()
                if inbox:
                    return inbox.popleft()
                if self._closed is not None:
                    kind = ProtocolViolation if isinstance(self._closed, ProtocolViolation) else WireClosed
                    raise kind(str(self._closed))
                self._reading = True
            try:
                message = self._read()
            except BaseException as error:
                with self._turn:
                    self._closed = error  # also for the threads that do not read now
                    self._reading = False
                    self._turn.notify_all()
                raise
            with self._turn:
                self._reading = False
                target = message[1]
                if target == thread:
                    if self._standby or len(self._inboxes) > 1:
                        self._turn.notify_all()
                    return message
                try:
                    starting = self._deliver(target, message)
                except ProtocolViolation as error:
                    self._closed = error
                    raise
                finally:
                    self._turn.notify_all()
            if starting is not None:
                self._start(starting)

    def _deliver(self, thread: int, message: list[Any]) -> threading.Thread | None:
        """Put a message where its thread finds it; a thread that has to be started for it is returned."""
        known = thread in self._inboxes
        if not known and message[0] != REQUEST:
            raise ProtocolViolation("a reply to nobody")
        if len(self._inboxes) > _MAX_THREADS:
            raise ProtocolViolation(f"more than {_MAX_THREADS} threads")
        self.open(thread).append(message)
        if known:
            return None
        serving = threading.Thread(target=self._serve, args=(thread,), daemon=True, name=f"wire-{thread}")
        self._serving[thread] = serving
        return serving

    def _start(self, thread: threading.Thread) -> None:
        """Start a thread, once those are gone whose time is over: they count until then, and a process may have so many."""
        ending, self._ending = self._ending, []
        for other in ending:
            if other is not threading.current_thread():
                other.join(_JOIN_PATIENCE)  # one that does something of its own may have no end
        thread.start()

    def _read_for_others(self) -> None:
        try:
            self.next(_NOBODY)
        except (WireClosed, ProtocolViolation):
            return
