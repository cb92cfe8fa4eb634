"""Attributes of a test's objects as the program set them, while the test sees them as it made them."""

from __future__ import annotations

import inspect
import threading
from dataclasses import dataclass
from typing import Any

__all__ = ["OneWayAttributes"]


_ABSENT = object()


@dataclass
class _Attribute:
    """One attribute with two values.

    Attributes:
        target: The object.
        name: The attribute's name.
        other: The value that is not to be seen now: the program's at rest, the test's while it is shown.
        shown: Whether the program's value is to be seen now.
    """

    target: Any
    name: str
    other: Any
    shown: bool = False

    def swap(self) -> None:
        """Put the other value in place of the one that is there."""
        is_there = inspect.getattr_static(self.target, self.name, _ABSENT) is not _ABSENT
        there = getattr(self.target, self.name) if is_there else _ABSENT  # its class may make one up all the same
        if self.other is _ABSENT:
            delattr(self.target, self.name)
        else:
            setattr(self.target, self.name, self.other)
        self.other, self.shown = there, not self.shown


class OneWayAttributes:
    """Shows the program's values while a request of the test is under way, else the test's. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._requests = 0
        self._attributes: dict[tuple[int, str], _Attribute] = {}

    def set(self, target: Any, name: str, value: Any) -> None:
        """The program sets an attribute that is there; a thread of it may do so when no request is under way."""
        with self._lock:
            known = self._attributes.get((id(target), name))
            if known is None:
                known = _Attribute(target, name, value)
                if self._requests:
                    known.swap()  # fails for what can't be set, as it should
                self._attributes[id(target), name] = known
            elif known.shown:
                setattr(target, name, value)
            else:
                known.other = value

    def show(self) -> None:
        """A request of the test begins."""
        with self._lock:
            self._requests += 1
            if self._requests == 1:
                self._swap()

    def hide(self) -> None:
        """A request of the test has ended."""
        with self._lock:
            self._requests -= 1
            if self._requests == 0:
                self._swap()

    def _swap(self) -> None:
        for attribute in self._attributes.values():
            attribute.swap()
