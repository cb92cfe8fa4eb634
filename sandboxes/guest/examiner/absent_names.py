"""Names that the submission lacks and a test reaches, whether it uses them or not.

Test files load although the submission lacks what they import, so that the tests of all the rest still run. A test that has
such a name within reach could pass without using it (``issubclass(Overdrawn, Exception)``, ``all(f for f in FUNCTIONS)``),
and would not even have begun if its file had been imported as Python does it. So what a test consists of is gone through:
its functions and fixtures, what their text names in their modules, closures, defaults, containers, helpers, classes.
"""

from __future__ import annotations

import dis
import functools
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import pytest

from .capabilities import is_of_tests
from .modules import is_of_submission, missing

__all__ = ["absent_for"]

_MOST_VISITED = 5_000
_CASE = frozenset({"setUp", "tearDown", "setUpClass", "tearDownClass", "asyncSetUp", "asyncTearDown"})
_AROUND = _CASE | {"setup_method", "teardown_method", "setup_class", "teardown_class"}
_USES = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_ATTR", "LOAD_METHOD")
_CONTAINERS = (list, tuple, set, frozenset, deque)


def absent_for(item: pytest.Item) -> Exception | None:
    """What is missing for a test: the first name within its reach that the submission lacks; ``None`` if there is none."""
    waiting = deque(_roots(item))
    # Of its own class a test has what it names; the class holds other tests, too.
    seen: dict[int, Any] = {id(cls): cls for cls in getattr(getattr(item, "cls", None), "__mro__", ())}
    while waiting and len(seen) < _MOST_VISITED:
        value = waiting.popleft()
        if id(value) in seen:
            continue
        seen[id(value)] = value
        if (error := missing(value)) is not None:
            return error
        waiting.extend(_parts(value))
    return None


def _roots(item: pytest.Item) -> Iterator[Any]:
    """What a test consists of: its function, its fixtures, its parameters, and what its class has around it and names."""
    function = getattr(item, "obj", None)
    functions = [getattr(function, "__func__", function)]
    definitions = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    functions += [definition[-1].func for definition in definitions.values()]
    yield from functions
    callspec, cls = getattr(item, "callspec", None), getattr(item, "cls", None)
    yield from callspec.params.values() if callspec else ()
    for mark in item.iter_markers():
        if mark.name != "parametrize":  # whose values the test has one of
            yield from (*mark.args, *mark.kwargs.values())
    if cls is not None:
        yield from _of_class(cls, functions)


def _of_class(cls: type, functions: Iterable[Any]) -> Iterator[Any]:
    """What a test's class holds: its values, what is around each test, and the methods that the test's text names."""
    held = {
        name: value for base in reversed(cls.__mro__) if is_of_tests(base.__module__) for name, value in vars(base).items()
    }
    names = set(_AROUND)
    waiting = [*functions, *(held[name] for name in _AROUND & held.keys())]
    while waiting:
        function = _plain_function(waiting.pop())
        if function is None:
            continue
        for name in _names(function.__code__) - names:
            names.add(name)
            if name in held:
                waiting.append(held[name])
    for name, value in held.items():
        if name in names or _plain_function(value) is None:
            yield value


def _plain_function(value: Any) -> FunctionType | None:
    value = value.__func__ if type(value) in (staticmethod, classmethod) else value
    return value if type(value) is FunctionType else None


def _parts(value: Any) -> Iterator[Any]:
    """What a value of the tests holds; nothing that the submission answers is asked."""
    kind = type(value)
    if is_of_submission(value):
        return
    if kind is FunctionType:
        yield from _of_function(value)
    elif kind is MethodType:
        yield from (value.__func__, value.__self__)
    elif kind in (staticmethod, classmethod):
        yield value.__func__
    elif kind is property:
        yield from (value.fget, value.fset, value.fdel)
    elif issubclass(kind, functools.partial):
        yield from (value.func, value.args, value.keywords)
    elif kind.__module__ == "functools":  # cached functions and properties
        yield from (getattr(value, "__wrapped__", None), getattr(value, "func", None))
    elif issubclass(kind, type):
        yield from (*vars(value).values(), *value.__bases__) if is_of_tests(value.__module__) else ()
    else:
        yield from _items(value)
        if is_of_tests(kind.__module__):
            yield kind
            yield from _held_by(value)


def _items(value: Any) -> Iterator[Any]:
    base = next((base for base in (dict, *_CONTAINERS) if isinstance(value, base)), None)
    if base is dict:
        for item in islice(dict.items(value), _MOST_VISITED):
            yield from item
    elif base is not None:
        yield from islice(base.__iter__(value), _MOST_VISITED)


def _of_function(function: FunctionType) -> Iterator[Any]:
    yield from (function.__wrapped__,) if hasattr(function, "__wrapped__") else ()
    yield from (function.__defaults__ or (), function.__kwdefaults__ or {})
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not bound yet
            continue
    # Hypothesis keeps the function that it calls with its examples.
    yield getattr(vars(function).get("hypothesis"), "inner_test", None)
    if not is_of_tests(function.__globals__.get("__name__") or ""):
        return
    names = _names(function.__code__)
    for name in names & function.__globals__.keys():
        value = function.__globals__[name]
        yield value
        if type(value) is ModuleType and is_of_tests(value.__name__):
            yield from [vars(value)[other] for other in names & vars(value).keys()]


def _held_by(value: Any) -> Iterator[Any]:
    try:
        yield from object.__getattribute__(value, "__dict__").values()
    except (AttributeError, TypeError):
        return


@functools.cache
def _names(code: CodeType) -> frozenset[str]:
    """Names of globals and attributes that a function's text, or that of a function in it, uses."""
    found = {str(step.argval) for step in dis.get_instructions(code) if step.opname.startswith(_USES)}
    return frozenset(found.union(*(_names(part) for part in code.co_consts if isinstance(part, CodeType))))
