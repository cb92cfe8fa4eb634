"""Things that can't bear to be changed in the middle of work on them.

Code written in C may ask an object of the other side while it works (``__index__``, ``__eq__``, the next row), which then
changes the very thing that is worked on: some of it reads and writes freed memory then.
"""

from __future__ import annotations

import array
import csv
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Undisturbed"]

_FRAGILE = (array.array, bytearray, OrderedDict, sqlite3.Connection, sqlite3.Cursor, type(csv.reader([])))
_MEASURED = (array.array, bytearray)
"""What a number is written to while it is asked for its value."""
_MEASURING = frozenset({"__index__", "__int__", "__float__"})


class Undisturbed:
    """Lets one request at a time work on what can't bear more. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_use: set[int] = set()
        self._measuring = 0

    @contextmanager
    def asking(self, special: str) -> Iterator[None]:
        """Ask the other side by a special method, which code written in C may do in the middle of its work for a test."""
        measures = special in _MEASURING
        with self._lock:
            self._measuring += measures
        try:
            yield
        finally:
            with self._lock:
                self._measuring -= measures

    @contextmanager
    def use(self, target: Any) -> Iterator[None]:
        """Work on ``target``, or what it is a method of.

        Raises:
            RuntimeError: Another request does, or this one comes while a number is asked for its value.
        """
        receiver = getattr(target, "__self__", target)
        fragile = isinstance(receiver, _FRAGILE) and not isinstance(target, type)
        key = id(receiver.connection if isinstance(receiver, sqlite3.Cursor) else receiver)
        with self._lock:
            if fragile and (key in self._in_use or (self._measuring and isinstance(receiver, _MEASURED))):
                raise RuntimeError(f"the {type(receiver).__name__} is in use")
            if fragile:
                self._in_use.add(key)
        try:
            yield
        finally:
            if fragile:
                with self._lock:
                    self._in_use.discard(key)
