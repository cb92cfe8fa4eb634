"""Candidates that are expected: each connects to a socket of its own, made for it alone, and gone once it has."""

from __future__ import annotations

import os
import socket
import time

from ..meeting import MEETING_PLACE

__all__ = ["Expected"]

_LONGEST = 120.0
"""Seconds until one is no longer waited for: it came another way, or ended."""


class Expected:
    """Listens for candidates."""

    def __init__(self) -> None:
        self._listeners: dict[str, tuple[socket.socket, float]] = {}

    def expect(self, name: str) -> None:
        """Listen for one; where that can't be done it comes another way.

        Args:
            name: Of the socket, which only this one is told.
        """
        for other, (_listener, end) in list(self._listeners.items()):
            if end < time.monotonic():
                self._forget(other)
        path = f"{MEETING_PLACE}/{name}"
        listener = socket.socket(socket.AF_UNIX)
        try:
            listener.bind(path)
            os.chmod(path, 0o666)
            listener.listen(1)
        except OSError:
            listener.close()
            return
        self._listeners[name] = listener, time.monotonic() + _LONGEST

    def take(self, name: str) -> int:
        """The connection of one that says it has connected; the caller owns it.

        Raises:
            OSError: It has not.
        """
        try:
            listener = self._listeners[name][0]
            listener.setblocking(False)
            connection, _address = listener.accept()
            connection.setblocking(True)
            return connection.detach()
        except KeyError:
            raise FileNotFoundError(name) from None
        finally:
            self._forget(name)

    def _forget(self, name: str) -> None:
        known = self._listeners.pop(name, None)
        if known is not None:
            known[0].close()
            os.unlink(f"{MEETING_PLACE}/{name}")
