"""The special methods of proxies: which questions go to the other side, and which are answered here."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ..wire.errors import CandidateGone, WireClosed
from .believing import believable, identical, note_yes
from .classes import ClassDescription
from .contract import operator_name
from .exceptions import holds
from .looking import LOOKS, look
from .proxies import Proxy, is_among, is_proxy, may_ask, named
from .remembering import made_by_call, name_of, remember
from .specials import BINARY, COMPARISONS, SPECIALS

__all__ = [
    "CONTENT",
    "COROUTINE",
    "KINDS",
    "MUTABLE_PLAIN",
    "after",
    "bound",
    "contains",
    "content",
    "documentation",
    "noting",
    "plain_equal",
    "plain_unequal",
    "special_method",
]


def documentation(self: Any) -> Any:
    """The text that goes with an instance."""
    return self._grader_home.request("getattr", "__doc__", self)


def noting(description: ClassDescription, plain: type | None) -> dict[str, Any]:
    """What a right solution's class does by itself, or by the built-in value that it extends, noted as if it were asked.

    Another right solution may have a class of another kind there, which has to be asked.
    """
    if plain is not None:
        inherited = (COMPARISONS | BINARY) - set(description.specials)
        return {name: _noted(name, getattr(plain, name)) for name in inherited if name in vars(plain)}
    return {} if "__eq__" in description.specials else {"__eq__": _identical}


def _noted(name: str, own: Callable[..., Any]) -> Callable[..., Any]:
    operator = _BY_ITSELF if name in ("__eq__", "__ne__") else operator_name(name)

    def method(self: Any, other: Any, *rest: Any) -> Any:
        if is_proxy(other):  # about plain values no other class has to be asked, which would show what the test expects
            may_ask(self, type(self), operator, other)
            if name == "__eq__" and own(self, other) is True:
                note_yes(self, other, "eq", own)
        return own(self, other, *rest)

    method.__name__ = name
    return method


def _identical(self: Any, other: Any) -> Any:
    if self is not other:
        return NotImplemented
    __tracebackhide__ = True
    if self._grader_home.contract.recording:
        note_yes(self, other, "eq", lambda asked, about: asked is about)
    else:
        identical(self, other)
    return may_ask(self, type(self), _BY_ITSELF, other) or True


def special_method(name: str, guarded: bool) -> Callable[..., Any]:
    """The special method ``name`` of a proxy; ``guarded`` if the other side is hostile."""
    if guarded and name == "__ne__":
        return _unequal
    if guarded and name in COMPARISONS | BINARY:
        return _guarded(name)
    if guarded and name in LOOKS:
        return look(name, _forwarded(name))
    if guarded and name in _MEASURES:
        return _measure(name)
    if guarded and name in _JUDGED:
        return _JUDGED[name]
    return _OWN.get(name) or _forwarded(name)


def _forwarded(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        return self._grader_home.request("special", [name, *kwargs], self, *args, *kwargs.values())

    method.__name__ = name
    return method


def _guarded(name: str) -> Callable[..., Any]:
    forward, operator = _forwarded(name), operator_name(name)

    def method(self: Any, other: Any, *rest: Any) -> Any:
        __tracebackhide__ = True
        if may_ask(self, type(self), operator, other):
            return _tried(self, other, name) if name in _QUESTIONS else forward(self, other, *rest)
        if name == "__eq__" and is_proxy(other) and may_ask(self, type(self), _BY_ITSELF, other):
            return _tried(self, other, name)
        return _by_content(self, name, other, *rest)

    method.__name__ = name
    return method


def _measure(name: str) -> Callable[..., Any]:
    """What a value is as a number, a key or a condition: what was compared with it, unless the reference's class decides.

    ``approx`` takes a tolerance from ``abs(value)``, and a set takes apart what has different hashes: a value that is equal
    by its content, and near to everything or different from itself by its methods, would be right twice.
    """
    forward = _forwarded(name)

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


_ask_to_call = _forwarded("__call__")


def _call(self: Any, *args: Any, **kwargs: Any) -> Any:
    """What a function gives; if a test reached it by name, what it makes is known by its arguments, as of a class.

    Without any, it may give something else each time: the next card, a throw of a die.
    """
    __tracebackhide__ = True
    contract, path = self._grader_home.contract, object.__getattribute__(self, "_grader_path")
    if contract is not None and contract.altering is not None:
        args, kwargs = contract.altering.arguments(path[1] if path else "", args, kwargs)
    made = _ask_to_call(self, *args, **kwargs)
    if contract is None or path is None or not is_proxy(made):
        return made
    is_class = contract.wants_class(path)
    if is_class:  # one that is kept in a cache, or made by a function, is the class that tests expect
        named(type(made), (path[0], ""), path[1])
    if (args or kwargs) and isinstance(made, Proxy):
        arguments = made_by_call(args, kwargs)
        how = arguments if is_class or arguments is None else f"{path[1]}{arguments}"
        remember(type(made), made, how, partial(_ask_to_call, self), args, kwargs)
    return made


def _tried(self: Any, other: Any, name: str) -> Any:
    __tracebackhide__ = True
    if name != "__eq__" and not is_proxy(other):
        return _forwarded(name)(self, other)
    return believable(self, other, _QUESTIONS[name], lambda asked, about: _forwarded(name)(asked, about))


def _by_content(self: Any, name: str, *operands: Any) -> Any:
    """What the list, dict or set that an object extends does; nothing is said by any other object that may not be asked."""
    home = self._grader_home
    content = home.request("plain", None, self) if type(self)._grader_holds in MUTABLE_PLAIN else None
    method = vars(type(content)).get(name) if not is_proxy(content) else None
    if method is not None and not name.startswith("__i"):
        return method(content, *operands)
    home.contract.refuse(type(self).__qualname__, name)
    return NotImplemented


def after(self: Any, other: Any) -> Any:
    """``[1] + items``: a list takes what extends lists, which a proxy does not."""
    return other + self._grader_home.request("plain", None, self) if type(other) is list else NotImplemented


def _unequal(self: Any, other: Any) -> Any:
    __tracebackhide__ = True
    # A class that says of everything that it is equal, and of everything that it is not, is right in any test.
    if may_ask(self, type(self), "ne", other):
        answer = _tried(self, other, "__ne__")
        if answer is False:  # that something is not different is as good as that it is equal
            believable(self, other, "like", lambda asked, about: _forwarded("__ne__")(asked, about) is False)
        return answer
    equal = self.__eq__(other)
    return equal if equal is NotImplemented else not equal


def content(name: str, plain: type) -> Callable[..., Any]:
    """What a text, a tuple or another value holds: what was compared with it, unless the tests know its class."""
    forward, own = _forwarded(name), getattr(plain, name)

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


def plain_equal(self: Any, other: Any) -> Any:
    """``__eq__`` of what extends a list, dict or set: compared by content, unless its class may be asked."""
    home = self._grader_home
    if may_ask(self, type(self), "eq", other) if home.contract is not None else is_proxy(other):
        answer = _tried(self, other, "__eq__") if home.contract is not None else _forwarded("__eq__")(self, other)
        if answer is not NotImplemented:
            return answer
    if is_proxy(other):
        return NotImplemented
    return home.request("plain", None, self) == other


def plain_unequal(self: Any, other: Any) -> Any:
    """``__ne__``, the same."""
    equal = plain_equal(self, other)
    return equal if equal is NotImplemented else not equal


def contains(self: Any, value: Any) -> bool:
    """``in``: the class decides where the reference's does, else its items are gone through."""
    __tracebackhide__ = True
    plain = type(self)._grader_plain
    specials = type(self)._grader_specials
    home = self._grader_home
    if may_ask(self, type(self), "contains", value):
        if "__contains__" in specials:
            return believable(self, value, "contains", lambda asked, about: _forwarded("__contains__")(asked, about))
        if not home.contract.recording:
            return home.request("class", "contains", self, value)
    elif "__contains__" in specials:
        home.contract.refuse(type(self).__qualname__, "__contains__")
    if plain is not None and hasattr(plain, "__contains__"):
        return plain.__contains__(self, value)
    if {"__iter__", "__getitem__"}.isdisjoint(specials):
        raise TypeError(f"a {type(self).__qualname__!r} of the submission has nothing that 'in' could look through here")
    found = is_among(value, self)
    if found and home.contract.recording and home.contract.may_try() and iter(self) is not self:
        # Another right solution may have the method, and is asked what else is in it.
        note_yes(self, value, "contains", lambda asked, about: is_among(about, asked))
    return found


def bound(self: Any, instance: Any, owner: Any = None) -> Any:
    """A function that a class has is a method of its objects, also if a decorator of the other side made it."""
    return self if instance is None else types.MethodType(self, instance)


def _exit(self: Any, kind: Any, error: Any, trace: Any) -> Any:
    __tracebackhide__ = True
    answer = _forwarded("__exit__")(self, kind, error, trace)
    return answer if error is None else _may_end(self, error, answer)


async def _aexit(self: Any, kind: Any, error: Any, trace: Any) -> Any:
    answer = await _forwarded("__aexit__")(self, kind, error, trace)
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
    forward = _forwarded(name)

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


_BY_ITSELF = "same"
"""In place of ``eq``: what the reference's class did not decide, but its built-in base, or identity."""
_QUESTIONS = {"__eq__": "eq", "__ne__": "ne", "__lt__": "lt", "__gt__": "lt", "__le__": "le", "__ge__": "le"}
"""Operators whose yes is what a test may wait for; see ``believing``."""
MUTABLE_PLAIN = frozenset({"list", "dict", "set"})
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
    "__call__": _call,
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
