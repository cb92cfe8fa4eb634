"""How a program calls the functions of a test."""

from __future__ import annotations

import contextlib
import dis
import functools
import inspect
import logging
import types
from collections.abc import Sequence
from typing import Any
from unittest import mock

from ..objects.proxies import Proxy, ProxyClass
from .capabilities import is_of_tests

__all__ = ["asserts", "overridden", "raised_on_purpose"]

_MOST_VISITED = 1000
_DEEPEST, _MOST_PARTS = 3, 100
"""Objects inside of objects or containers; parts of one that are looked at."""
_PLAIN = frozenset({type(None), bool, int, float, str, bytes, tuple})
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
        if type(value) in (types.FunctionType, types.GeneratorType) and _asserts(_code(value)):
            return True
        waiting += _called_by(value)
    return False


def _code(value: Any) -> types.CodeType:
    return value.gi_code if type(value) is types.GeneratorType else value.__code__


def _called_by(value: Any) -> list[Any]:
    """What may run when something is called."""
    kind = type(value)
    if kind is types.FunctionType:
        return _called_by_function(value)
    if kind is types.GeneratorType:
        names, frame = _named(value.gi_code), value.gi_frame
        held = [*frame.f_locals.values(), *map(frame.f_globals.get, names)] if frame is not None else []
        return [used for one in held for used in _used(one, names, _DEEPEST)]
    if isinstance(getattr(value, "__self__", None), types.GeneratorType):  # its __next__ or send
        return [value.__self__]
    if isinstance(getattr(value, "__self__", None), contextlib.AbstractContextManager):
        made = vars(value.__self__).get("gen") if hasattr(value.__self__, "__dict__") else None
        if isinstance(made, types.GeneratorType):  # of a function that contextmanager wraps
            return [made]
    if kind is types.MethodType:
        function, receiver = value.__func__, value.__self__
        code = getattr(function, "__code__", None)
        used = _used(receiver, _named(code), _DEEPEST) if code else []
        return [function, *used, *(_called_by_logger(receiver) if isinstance(receiver, logging.Logger) else ())]
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


def _called_by_logger(logger: logging.Logger | None) -> list[Any]:
    """What of the tests runs when something is logged."""
    found: list[Any] = []
    while logger is not None:
        for handler in logger.handlers:
            parts = [handler, handler.formatter, *handler.filters]
            methods = [getattr(part, name, None) for part in parts for name in ("emit", "handle", "format", "filter")]
            found += [method for method in methods if type(method) is types.MethodType and _is_own(type(method.__self__))]
            found += [one for one in handler.filters if type(one) is types.FunctionType]
        found += [getattr(one, "filter", one) for one in logger.filters]
        logger = logger.parent if logger.propagate else None
    return found


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


def overridden(function: Any, values: Sequence[Any], names: Sequence[str], given: int = 0) -> bool:
    """Whether a call passes something else than what the function, or ``partial``, has already, and may compare with.

    ``lambda value, n=n: seen.append(value == n)`` keeps what it compares with in a default; a caller who passes that as well
    compares with what it likes.

    Args:
        function: A function of a test.
        values: The arguments; the last ones are passed by name.
        names: Of these.
        given: How many arguments come before these, from the test itself.
    """
    if isinstance(function, functools.partial):
        hidden = not function.keywords.keys().isdisjoint(names)
        return hidden or overridden(function.func, values, names, given + len(function.args))
    if isinstance(function, types.MethodType):
        return overridden(function.__func__, values, names, given + 1)
    function = inspect.unwrap(function) if type(function) is types.FunctionType else function
    if type(function) is not types.FunctionType:  # a mock of a function passes for one, and may be what one wraps
        return False
    if not _compares(function.__code__) and not asserts(function):  # an option, as of a fake: send(to, subject="")
        return False
    places = function.__code__.co_varnames[given : function.__code__.co_argcount]
    by_position = len(values) - len(names)
    passed = dict(zip(places, values[:by_position], strict=False)) | dict(zip(names, values[by_position:], strict=True))
    defaults = function.__defaults__ or ()
    optional = dict(
        zip(function.__code__.co_varnames[: function.__code__.co_argcount][-len(defaults) :], defaults, strict=False)
    )
    optional = (optional if defaults else {}) | (function.__kwdefaults__ or {})
    return any(not _is_same(passed[name], optional[name]) for name in optional.keys() & passed.keys())


def _is_same(value: Any, default: Any) -> bool:
    """Whether a plain value is what the default is anyway."""
    return value is default or (type(value) is type(default) and type(value) in _PLAIN and bool(value == default))


def raised_on_purpose(error: BaseException) -> bool:
    """Whether code of the tests raised an exception by a ``raise`` of its own, not by looking at what it was given."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or not is_of_tests(str(trace.tb_frame.f_globals.get("__name__") or "")):
        return False
    code = trace.tb_frame.f_code.co_code
    return dis.opname[code[trace.tb_lasti]] == "RAISE_VARARGS"
