"""The special methods of proxies: which questions go to the other side, and which are answered here."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterator
from typing import Any

from ..wire.errors import CandidateGone, WireClosed
from .comparing import contains, guarded, unequal
from .exceptions import holds
from .forwarding import call, forwarded
from .looking import LOOKS, look
from .proxies import Proxy
from .remembering import name_of
from .specials import BINARY, COMPARISONS, SPECIALS

__all__ = ["CONTENT", "COROUTINE", "KINDS", "Overridable", "bound", "content", "documentation", "special_method"]


def documentation(self: Any) -> Any:
    """The text that goes with an instance."""
    return self._grader_home.request("getattr", "__doc__", self)


def special_method(name: str, hostile: bool) -> Callable[..., Any]:
    """The special method ``name`` of a proxy.

    Args:
        name: Of the method.
        hostile: Whether the other side may lie.
    """
    if hostile and name == "__ne__":
        return unequal
    if hostile and name in COMPARISONS | BINARY:
        return guarded(name)
    if hostile and name in LOOKS:
        return look(name, forwarded(name))
    if hostile and name in _MEASURES:
        return _measure(name)
    if hostile and name in _JUDGED:
        return _JUDGED[name]
    return _OWN.get(name) or forwarded(name)


def _measure(name: str) -> Callable[..., Any]:
    """What a value is as a number, a key or a condition: what was compared with it, unless the reference's class decides.

    ``approx`` takes a tolerance from ``abs(value)``, and a set takes apart what has different hashes: a value that is equal
    by its content, and near to everything or different from itself by its methods, would be right twice.
    """
    forward = forwarded(name)

    def method(self: Any, *args: Any) -> Any:
        __tracebackhide__ = True
        plain = type(self)._grader_plain
        decides = self._grader_home.contract.may_measure(name_of(type(self)), name)  # noted while the reference runs
        own = getattr(plain, name, None) if not decides and plain and isinstance(self, plain) else None
        answer = forward(self, *args) if own is None else own(self, *args)
        altering = self._grader_home.contract.altering
        return altering.hashed(answer) if altering is not None and name == "__hash__" else answer

    method.__name__ = name
    return method


def content(name: str, plain: type) -> Callable[..., Any]:
    """What a text, a tuple or another value holds: what was compared with it, unless the tests know its class."""
    forward, own = forwarded(name), getattr(plain, name)

    def method(self: Any, *args: Any) -> Any:
        return forward(self, *args) if type(self)._grader_named else own(self, *args)

    method.__name__ = name
    return method


class Overridable:
    """A public attribute of a built-in type that a class extends: the class may have one of its own in its place.

    Where the tests know the class, the other side is asked. Where they don't, the object stands for a value, and is it.

    Args:
        name: Of the attribute.
        plain: The built-in type.
    """

    def __init__(self, name: str, plain: type) -> None:
        self._name = name
        self._own = inspect.getattr_static(plain, name)

    def __get__(self, instance: Any, owner: Any) -> Any:
        __tracebackhide__ = True
        if owner._grader_home.contract is not None and name_of(owner):
            return owner._grader_home.request("getattr", self._name, owner if instance is None else instance)
        return self._own.__get__(instance, owner) if hasattr(self._own, "__get__") else self._own


def bound(self: Any, instance: Any, owner: Any = None) -> Any:
    """A function that a class has is a method of its objects, also if a decorator of the other side made it."""
    return self if instance is None else types.MethodType(self, instance)


def _exit(self: Any, kind: Any, error: Any, trace: Any) -> Any:
    __tracebackhide__ = True
    answer = forwarded("__exit__")(self, kind, error, trace)
    return answer if error is None else _may_end(self, error, answer)


async def _aexit(self: Any, kind: Any, error: Any, trace: Any) -> Any:
    answer = await forwarded("__aexit__")(self, kind, error, trace)
    return answer if error is None else _may_end(self, error, answer)


def _may_end(self: Any, error: BaseException, answer: Any) -> Any:
    """What a ``with`` statement of a test hears of a submission's object that says it has dealt with an exception."""
    home = self._grader_home
    if not answer or home.contract is None or home.contract.may_swallow(error):
        return answer
    if not holds(error, (AssertionError,)):
        # To go on as if it had answered otherwise would make a wrong program right.
        text = f"a {type(self).__qualname__} of the submission ended {type(error).__name__}, as no right solution does"
        home.note(AssertionError(text))
    return False


def _representation(name: str) -> Callable[[Any], str]:
    forward = forwarded(name)

    def method(self: Any) -> str:
        __tracebackhide__ = True
        try:
            return forward(self)
        except (CandidateGone, WireClosed):
            return f"{Proxy.__repr__(self)[:-1]}, no longer there>"

    return method


def _await(self: Any) -> Iterator[Any]:
    return self._grader_home.request("await", None, self)
    yield


def _send(self: Any, value: Any) -> None:
    raise StopIteration(self._grader_home.request("await", None, self))


def _throw(self: Any, kind: Any, value: Any = None, traceback: Any = None) -> None:
    raise value if value is not None else kind


CONTENT = frozenset({"__len__", "__iter__", "__getitem__", "__reversed__"})
"""How the parts of a value are looked at. A subclass could show others than those that it is compared by."""
_MEASURES = frozenset(
    {
        *("__abs__", "__neg__", "__pos__", "__invert__", "__int__", "__float__", "__complex__", "__index__", "__round__"),
        *("__trunc__", "__floor__", "__ceil__", "__bool__", "__bytes__", "__hash__"),
    }
)
"""How a value is turned into another one, without an operand that shows what the test expects."""
_JUDGED: dict[str, Callable[..., Any]] = {
    "__contains__": contains,
    "__exit__": _exit,
    "__aexit__": _aexit,
}
"""Special methods whose answer a test believes: of a hostile side only what the contract says."""
_OWN: dict[str, Callable[..., Any]] = {
    "__await__": _await,
    "__call__": call,
    "__repr__": _representation("__repr__"),
    "__str__": _representation("__str__"),
}
KINDS = {
    "async_generator": types.AsyncGeneratorType,
    "coroutine": types.CoroutineType,
    "dict_items": type({}.items()),
    "dict_keys": type({}.keys()),
    "dict_values": type({}.values()),
    "function": types.FunctionType,
    "generator": types.GeneratorType,
    "method": types.MethodType,
}
"""Types of the interpreter that tests ask for with ``isinstance``."""
COROUTINE = {"__await__": _await, "send": _send, "throw": _throw, "close": lambda self: None}

assert set(_OWN) | set(_JUDGED) <= set(SPECIALS)
