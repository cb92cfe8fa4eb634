"""Arguments that code of libraries would call: ``submit``, ``map`` and ``sort`` call one as if it had been the target."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from typing import Any

from ..objects.proxies import Proxy, ProxyClass, RemoteError
from ..wire.errors import CannotCross
from ..wire.leaves import is_received_type
from .capabilities import Kind

__all__ = ["check_arguments"]

_DEEPEST = 20
_CONTAINERS = (list, tuple, set, frozenset, dict)


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
