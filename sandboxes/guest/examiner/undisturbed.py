"""Things that can't bear to be changed in the middle of work on them.

Code written in C may ask an object of the other side while it works (``__index__``, ``__eq__``, the next row), which then
changes the very thing that is worked on: some of it reads and writes freed memory then.
"""

from __future__ import annotations

import array
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Undisturbed"]

_FRAGILE = (array.array, OrderedDict, sqlite3.Connection, sqlite3.Cursor)


class Undisturbed:
    """Lets one request at a time work on what can't bear more. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_use: set[int] = set()

    @contextmanager
    def use(self, target: Any) -> Iterator[None]:
        """Work on ``target``, or what it is a method of.

        Raises:
            RuntimeError: Another request does, which is not done.
        """
        receiver = getattr(target, "__self__", target)
        fragile = isinstance(receiver, _FRAGILE) and not isinstance(target, type)
        key = id(receiver.connection if isinstance(receiver, sqlite3.Cursor) else receiver)
        with self._lock:
            if fragile and key in self._in_use:
                raise RuntimeError(f"the {type(receiver).__name__} is in use")
            if fragile:
                self._in_use.add(key)
        try:
            yield
        finally:
            if fragile:
                with self._lock:
                    self._in_use.discard(key)
