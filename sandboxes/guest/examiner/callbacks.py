"""How a program calls the functions of a test."""

from __future__ import annotations

import dis
import functools
import inspect
import types
from collections.abc import Collection
from typing import Any
from unittest import mock

__all__ = ["asserts", "overridden"]

_ASSERTING = frozenset({"AssertionError", "@pytest_ar", "@py_assert"})


def asserts(function: Any) -> bool:
    """Whether a function, method, mock or callable object of a test looks at how it is called, and may fail the test."""
    if isinstance(function, functools.partial):
        return asserts(function.func)
    if isinstance(function, mock.NonCallableMock):
        return asserts(function.side_effect)
    if isinstance(function, types.MethodType):
        return asserts(function.__func__)
    if not isinstance(function, types.FunctionType):
        call = inspect.getattr_static(type(function), "__call__", None)
        return isinstance(call, types.FunctionType) and asserts(call)
    return _asserts(inspect.unwrap(function).__code__)


def _asserts(code: types.CodeType) -> bool:
    # pytest writes assertions anew, with names of its own.
    by_name = any(name in _ASSERTING or name.startswith(("assert", "fail")) for name in code.co_names)
    by_itself = any(instruction.opname == "LOAD_ASSERTION_ERROR" for instruction in dis.get_instructions(code))
    return by_name or by_itself or any(_asserts(part) for part in code.co_consts if isinstance(part, types.CodeType))


def overridden(function: Any, positional: int, names: Collection[str], given: int = 0) -> bool:
    """Whether a call passes what the function, or ``partial``, has a value for already.

    ``lambda value, n=n: seen.append(value == n)`` keeps what it compares with in a default; a caller who passes that as well
    compares with what it likes.

    Args:
        function: A function of a test.
        positional: How many arguments are passed by position.
        names: Those passed by name.
        given: How many arguments come before these, from the test itself.
    """
    if isinstance(function, functools.partial):
        hidden = not function.keywords.keys().isdisjoint(names)
        return hidden or overridden(function.func, positional, names, given + len(function.args))
    if isinstance(function, types.MethodType):
        return overridden(function.__func__, positional, names, given + 1)
    if not isinstance(function, types.FunctionType):
        return False
    function = inspect.unwrap(function)
    count, defaults = function.__code__.co_argcount, function.__defaults__ or ()
    first = count - len(defaults)
    optional = {*function.__code__.co_varnames[first:count], *(function.__kwdefaults__ or ())}
    by_position = positional > 0 and given < count and min(given + positional, count) > first
    return by_position or not optional.isdisjoint(names)
