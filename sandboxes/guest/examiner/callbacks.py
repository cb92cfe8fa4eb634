"""How a program calls the functions of a test."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Collection
from typing import Any

__all__ = ["is_callback", "overridden"]


def is_callback(function: Any) -> bool:
    """Whether this is a plain function, as tests pass to look at what comes; methods may fail for many reasons."""
    while isinstance(function, functools.partial):
        function = function.func
    return isinstance(function, types.FunctionType)


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
