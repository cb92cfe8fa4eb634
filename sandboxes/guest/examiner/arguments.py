"""Arguments that code of libraries is not given, as that trusts who calls it.

``submit``, ``map`` and ``sort`` call one as if it had been the target; ``stack_info`` has a logger write down the lines of
the test; ``where`` has NumPy give memory that nobody wrote.
"""

from __future__ import annotations

import copy
import types
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from logging import Logger
from typing import Any

from ..objects.proxies import Proxy, ProxyClass, RemoteError
from ..wire.errors import CannotCross
from ..wire.leaves import is_received_type
from .kinds import Kind

__all__ = ["OF_NUMPY", "OF_THE_STACK", "check_arguments", "harmless"]

_DEEPEST = 20
_CONTAINERS = (list, tuple, set, frozenset, deque)
_MAPPINGS = (dict, defaultdict, OrderedDict)
OF_THE_STACK = frozenset({"exc_info", "stack_info", "stacklevel"})
"""What a logger would look up where it is called: here, not in the submission."""
OF_NUMPY = frozenset({"axis", "keepdims", "ddof", "initial", "decimals"})
"""What can be said by name to NumPy's functions."""


def harmless(target: Any, values: tuple[Any, ...], names: list[str]) -> tuple[Any, tuple[Any, ...], list[str]]:
    """The call of a library's function without what the other side has no business with.

    Args:
        target: What is called.
        values: With these; the last ones are those by name.
        names: Of these.

    Raises:
        CannotCross: It makes no sense without.
    """
    receiver = getattr(target, "__self__", None)
    if isinstance(receiver, Logger):
        named = zip(names, values[len(values) - len(names) :], strict=True)
        kept = [(name, value) for name, value in named if name not in OF_THE_STACK]
        # What is handled where it is called is none of the submission's exceptions.
        method = receiver.error if target.__name__ == "exception" else target
        return method, (*values[: len(values) - len(names)], *(value for _, value in kept)), [name for name, _ in kept]
    if target is copy.deepcopy and len(values) > 1:
        raise CannotCross("deepcopy with a memo, which would come back with all that is inside of the copy")
    if type(target).__module__ == "numpy" and not OF_NUMPY.issuperset(names):
        raise CannotCross(f"a call of {target.__name__} of NumPy with {', '.join(sorted({*names} - OF_NUMPY))}")
    return target, values, names


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
        if type(value) in _MAPPINGS and depth:
            factory = [value.default_factory] if type(value) is defaultdict and value.default_factory else []
            yield from _parts([*factory, *value, *value.values()], depth - 1)
        elif type(value) in _CONTAINERS and depth:
            yield from _parts(value, depth - 1)
        else:
            yield value
