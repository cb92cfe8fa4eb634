"""Calls of library code for the other side: what such code calls by itself, and what it can't bear to be changed meanwhile.

A function or class that comes as an argument is called by ``submit``, ``map`` or ``sort`` as if it had been the target. And
code written in C may ask an object of the other side in the middle of its work (``__index__``, ``__eq__``, the next row),
which then changes the very thing that is worked on: some of it reads and writes freed memory then.
"""

from __future__ import annotations

import array
import sqlite3
import threading
import types
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from ..objects.proxies import Proxy, ProxyClass, RemoteError
from ..wire.errors import CannotCross
from ..wire.leaves import is_received_type
from .capabilities import Kind

__all__ = ["Undisturbed", "check_arguments"]

_DEEPEST = 20
_CONTAINERS = (list, tuple, set, frozenset, dict)
_FRAGILE = (array.array, OrderedDict, sqlite3.Connection, sqlite3.Cursor)


def check_arguments(target: Any, values: Iterable[Any], grant: Callable[[Any], Kind]) -> None:
    """See that library code is given nothing to call that the other side could not call by itself.

    Args:
        target: What is called.
        values: With these.
        grant: Gives the kind of an object of this side (see ``Capabilities``).

    Raises:
        CannotCross: It would be.
    """
    runs = isinstance(getattr(target, "__self__", target), Executor)
    for value in _parts(values, _DEEPEST):
        if isinstance(value, Proxy | ProxyClass | RemoteError) or _makes_a_value(value):
            continue
        submits = isinstance(value, types.MethodType) and isinstance(value.__self__, Executor)
        if submits or (callable(value) and not grant(value).call):
            raise CannotCross(f"a {type(value).__name__} of the tests, which would be called")
        # What comes out of an iterator of this side was never handed over.
        if runs and isinstance(value, Iterator) and grant(value).name == "iterator":
            raise CannotCross("an iterator of the tests as what a pool is to work on: make a list of it")


def _makes_a_value(value: Any) -> bool:
    return is_received_type(value) or (isinstance(value, type) and issubclass(value, BaseException))


def _parts(values: Iterable[Any], depth: int) -> Iterator[Any]:
    for value in values:
        if type(value) in _CONTAINERS and depth:
            yield from _parts([*value, *value.values()] if type(value) is dict else value, depth - 1)
        else:
            yield value


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
