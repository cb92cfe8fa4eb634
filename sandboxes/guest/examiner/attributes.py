"""Attributes of a test's objects as the program set them, while the test sees them as it made them."""

from __future__ import annotations

import threading
from typing import Any

__all__ = ["OneWayAttributes"]


class OneWayAttributes:
    """Shows the program's values while a request of the test is under way, else the test's. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._set: dict[tuple[int, str], list[Any]] = {}

    def set(self, target: Any, name: str, value: Any) -> None:
        """The program sets an attribute that is there."""
        with self._lock:
            entry = self._set.setdefault((id(target), name), [target, name, None, None])
            entry[3] = value
            if self._depth:
                if entry[2] is None:
                    entry[2] = [getattr(target, name)]
                setattr(target, name, value)

    def show(self) -> None:
        """A request of the test begins."""
        with self._lock:
            self._depth += 1
            if self._depth == 1:
                for entry in self._set.values():
                    target, name, _own, value = entry
                    entry[2] = [getattr(target, name)]
                    setattr(target, name, value)

    def hide(self) -> None:
        """A request of the test has ended."""
        with self._lock:
            self._depth -= 1
            if self._depth == 0:
                for entry in self._set.values():
                    target, name, own, _value = entry
                    if own is not None:
                        entry[3] = getattr(target, name)
                        setattr(target, name, own[0])
                        entry[2] = None
