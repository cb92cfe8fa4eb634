"""How a program calls the functions of a test."""

from __future__ import annotations

import dis
import functools
import inspect
import types
from collections.abc import Collection
from typing import Any
from unittest import mock

from ..objects.proxies import Proxy, ProxyClass
from .capabilities import is_of_tests

__all__ = ["asserts", "overridden"]

_MOST_VISITED = 300
_ASSERTING = frozenset({"AssertionError", "@pytest_ar", "@py_assert"})


def asserts(function: Any) -> bool:
    """Whether a function, method, class, mock or callable object of a test may fail the test, itself or by what it calls."""
    waiting: list[Any] = [function]
    seen: dict[int, Any] = {}
    while waiting and len(seen) < _MOST_VISITED:
        value = waiting.pop()
        if id(value) in seen or issubclass(type(value), Proxy | ProxyClass):
            continue
        seen[id(value)] = value
        if type(value) is types.FunctionType and _asserts(value.__code__):
            return True
        waiting += _called_by(value)
    return False


def _called_by(value: Any) -> list[Any]:
    """What may run when something is called."""
    kind = type(value)
    if kind is types.FunctionType:
        return _called_by_function(value)
    if kind is types.MethodType:
        function, receiver = value.__func__, value.__self__
        cls = receiver if isinstance(receiver, type) else type(receiver)
        code = getattr(function, "__code__", None)
        return [function, *(method for name in (_named(code) if code else ()) if (method := _method(cls, name)) is not None)]
    if isinstance(value, functools.partial):
        return [value.func, *value.args, *value.keywords.values()]
    if isinstance(value, mock.NonCallableMock):
        return [value.side_effect]
    if isinstance(value, type):
        # Its objects are made by the call, and may be used in any way then.
        return [method for name in vars(value) if (method := _method(value, name)) is not None] if _is_own(value) else []
    if kind.__module__ == "functools":
        return [getattr(value, "__wrapped__", None)]
    call = _method(kind, "__call__")
    return [types.MethodType(call, value)] if call is not None else []


def _called_by_function(function: types.FunctionType) -> list[Any]:
    found: list[Any] = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    if hasattr(function, "__wrapped__"):
        found.append(function.__wrapped__)
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # not bound yet
            continue
    found += [function.__globals__[name] for name in _named(function.__code__) & function.__globals__.keys()]
    # A list, a number or an object that is not called fails nothing.
    return [value for value in found if callable(value) and (not isinstance(value, type) or _is_own(value))]


def _method(cls: type, name: str) -> types.FunctionType | None:
    found = inspect.getattr_static(cls, name, None)
    found = found.__func__ if isinstance(found, staticmethod | classmethod) else found
    found = found.fget if isinstance(found, property) else found
    return found if type(found) is types.FunctionType else None


def _is_own(cls: type) -> bool:
    return is_of_tests(cls.__module__)


@functools.cache
def _named(code: types.CodeType) -> frozenset[str]:
    """Names of globals and attributes in a function's text, and in that of functions in it."""
    return frozenset(code.co_names).union(*(_named(part) for part in code.co_consts if isinstance(part, types.CodeType)))


@functools.cache
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
