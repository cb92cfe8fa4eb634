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

_MOST_VISITED = 1000
_DEEPEST, _MOST_PARTS = 3, 100
"""Objects inside of objects or containers; parts of one that are looked at."""
_ASSERTING = frozenset({"AssertionError", "@pytest_ar", "@py_assert"})


def asserts(function: Any) -> bool:
    """Whether a function, method, class, mock or callable object of a test may fail the test, itself or by what it calls."""
    waiting: list[Any] = [function]
    seen: dict[Any, Any] = {}
    while waiting and len(seen) < _MOST_VISITED:
        value = waiting.pop()
        bound = type(value) is types.MethodType  # made anew each time
        key = (id(value.__func__), id(value.__self__)) if bound else id(value)
        if key in seen or issubclass(type(value), Proxy | ProxyClass):
            continue
        seen[key] = value
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
        code = getattr(function, "__code__", None)
        return [function, *(_used(receiver, _named(code), _DEEPEST) if code else ())]
    if isinstance(value, functools.partial):
        return [value.func, *value.args, *value.keywords.values()]
    if isinstance(value, mock.NonCallableMock):
        return [value.side_effect, getattr(value, "_mock_wraps", None)]
    if isinstance(value, type):
        # Its objects are made by the call, and may be used in any way then.
        return [method for name in dir(value) for method in _methods(value, name)] if _is_own(value) else []
    if kind.__module__ == "functools":
        return [getattr(value, "__wrapped__", None)]
    return [types.MethodType(call, value) for call in _methods(kind, "__call__")]


def _called_by_function(function: types.FunctionType) -> list[Any]:
    found: list[Any] = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    if hasattr(function, "__wrapped__"):
        found.append(function.__wrapped__)
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # not bound yet
            continue
    names = _named(function.__code__)
    found += [function.__globals__[name] for name in names & function.__globals__.keys()]
    return [part for value in found for part in _used(value, names, _DEEPEST)]


def _used(value: Any, names: frozenset[str], depth: int) -> list[Any]:
    """What may run when a function with these names in its text uses a value: a number, or a text, fails nothing."""
    kind = type(value)
    if issubclass(kind, Proxy | ProxyClass) or not depth:
        return []
    if kind in (list, tuple, set, frozenset, dict):
        parts = list(value.values() if kind is dict else value)[:_MOST_PARTS]
        return [used for part in parts for used in _used(part, names, depth - 1)]
    if kind is types.ModuleType and is_of_tests(value.__name__):
        return [used for name in names & vars(value).keys() for used in _used(vars(value)[name], names, depth - 1)]
    cls = value if isinstance(value, type) else kind
    own = _is_own(cls)
    found: list[Any] = []
    if own:
        # By an operator or a look at an attribute, its special methods run, and by getattr any.
        special = [name for name in dir(cls) if name.startswith("__") or "getattr" in names]
        methods = [method for name in names.union(special) for method in _methods(cls, name)]
        found += [types.MethodType(method, value) for method in methods]
        parts = [part for part in vars(cls).values() if hasattr(type(part), "__set__") and _is_own(type(part))]
        found += [types.MethodType(method, part) for part in parts for method in _methods(type(part), "__set__")]
    if own and not isinstance(value, type):
        held = getattr(value, "__dict__", {})
        found += [used for name in names & held.keys() for used in _used(held[name], names, depth - 1)]
    if callable(value) and (own or not isinstance(value, type)):
        found.append(value)
    return found


def _methods(cls: type, name: str) -> list[types.FunctionType]:
    """The functions by a name that a class and its bases have: each may call the next."""
    found = [vars(base)[name] for base in cls.__mro__ if name in vars(base)]
    found = [one.__func__ if isinstance(one, staticmethod | classmethod) else one for one in found]
    getters = [part for one in found if isinstance(one, property) for part in (one.fget, one.fset)]
    return [one for one in [*found, *getters] if type(one) is types.FunctionType]


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


@functools.cache
def _compares(code: types.CodeType) -> bool:
    by_itself = any(instruction.opname == "COMPARE_OP" for instruction in dis.get_instructions(code))
    return by_itself or any(_compares(part) for part in code.co_consts if isinstance(part, types.CodeType))


def overridden(function: Any, positional: int, names: Collection[str], given: int = 0) -> bool:
    """Whether a call passes what the function, or ``partial``, has a value for already, and may compare with.

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
    function = inspect.unwrap(function) if type(function) is types.FunctionType else function
    if type(function) is not types.FunctionType:  # a mock of a function passes for one, and may be what one wraps
        return False
    if not _compares(function.__code__) and not asserts(function):  # an option, as of a fake: send(to, subject="")
        return False
    count, defaults = function.__code__.co_argcount, function.__defaults__ or ()
    first = count - len(defaults)
    optional = {*function.__code__.co_varnames[first:count], *(function.__kwdefaults__ or ())}
    by_position = positional > 0 and given < count and min(given + positional, count) > first
    return by_position or not optional.isdisjoint(names)
