"""What a program passes on, of what the tests handed over, to what else they handed over.

Whoever makes a text of it, or of anything that holds it, would tell what it knows: a ``partial`` its arguments, a method its
object, a failed assertion what was expected. So it is passed on as right solutions do.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Iterable
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from ..objects.contract import Contract
from ..objects.proxies import Proxy, ProxyClass, RemoteError
from ..objects.steps import STRANGERS
from ..wire.errors import CannotCross

__all__ = ["check_given_back", "check_passed", "check_returned", "is_of_program", "note_passed"]

_MORE_STRANGERS = (
    [41, "q7"],
    {"q7": 41},
    {43},
    None,
    Decimal("4711.25"),
    47 + 11j,
    datetime(2003, 4, 5, 6, 7),
    time(8, 9),
    b"q",
)
"""Values to which nothing is equal that a test makes, but what is equal to all of their kind."""
_SILENT = (types.FunctionType, types.BuiltinFunctionType, types.MethodDescriptorType, types.MethodWrapperType, type)
"""Functions whose text has nothing but their name in it."""


def check_passed(
    values: list[Any], passed: Iterable[tuple[str, Any]], contract: Contract | None, runs_own: Callable[[Any], bool]
) -> None:
    """See that what a request passes on is passed on so by right solutions.

    Args:
        values: Of the request, the target first.
        passed: What of them, or inside of them, was handed over, by its kind.
        contract: What right solutions did in the running test; None if anything may be done.
        runs_own: Whether a call of something runs code of the tests (see ``Capabilities``).

    Raises:
        CannotCross: It is not.
    """
    for kind, value in passed:
        lasts = not isinstance(value, memoryview) or value.obj is not None
        what = f"{kind} {_place(values, value, runs_own)}"
        if not lasts or (contract is not None and _tells(kind, value) and not contract.may_pass(what)):
            raise _refusal(value, "passes on to them")


def check_returned(passed: Iterable[tuple[str, Any]], contract: Contract) -> None:
    """See that what the program gives back to the tests is given back by right solutions.

    Raises:
        CannotCross: It is not.
    """
    for kind, value in passed:
        if _tells(kind, value) and not contract.may_pass(f"{kind} returned"):
            raise _refusal(value, "gives back to them")


def check_given_back(values: Iterable[Any], contract: Contract) -> None:
    """See that what is equal to anything of a kind, as ``mock.ANY``, is given to tests only where right solutions give such.

    Handed over in one test, it would be the right answer in all.

    Raises:
        CannotCross: It is not.
    """
    for value in values:
        cls = type(value)
        if not isinstance(inspect.getattr_static(cls, "__eq__"), types.FunctionType):
            continue  # of a built-in class, or of a mock of which nobody said what it is equal to
        if contract.may_pass(f"{cls.__module__}.{cls.__qualname__} given back"):
            continue  # without a question: the test may count them
        if any(_says_yes(value, stranger) for stranger in (*STRANGERS, *_MORE_STRANGERS)):
            raise _refusal(value, "gives back to it")


def _says_yes(value: Any, stranger: Any) -> bool:
    try:
        return bool(value == stranger)
    except Exception:
        return False


def _tells(kind: str, value: Any) -> bool:
    """Whether the text of what was handed over tells more than a name."""
    value = inspect.unwrap(value) if type(value) is functools._lru_cache_wrapper else value
    if kind == "opaque":
        return not isinstance(value, _SILENT)
    if isinstance(value, types.MethodType):
        receiver = value.__self__
        return not isinstance(receiver, type) and type(receiver).__repr__ is not object.__repr__
    return kind == "function" and not isinstance(value, _SILENT)


def _refusal(value: Any, does: str) -> CannotCross:
    why = "no solution that is known to be right does so in this test"
    return CannotCross(f"{type(value).__name__} of the tests that the program {does}: {why}")


def note_passed(values: list[Any], contract: Contract, runs_own: Callable[[Any], bool]) -> None:
    """Where a right solution passes a function of its own, another may pass on the one that it was given."""
    for value in values[1:]:
        if is_of_program(value) and callable(value):
            contract.may_pass(f"function {_place(values, value, runs_own)}")


def _place(values: list[Any], value: Any, runs_own: Callable[[Any], bool]) -> str:
    """Where something is among the values of a request, as far as it matters: libraries call what comes first."""
    place = next((place for place, other in enumerate(values[1:]) if other is value), None)
    if place is None:
        return "inside"
    return "later" if place > 0 and not runs_own(values[0]) else "first"


def is_of_program(value: Any) -> bool:
    """Whether a value is an object, a class or an exception of the program."""
    return isinstance(value, Proxy | RemoteError | ProxyClass)
