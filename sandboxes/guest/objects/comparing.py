"""How objects of a submission are compared: only as the reference's are, and what they say yes to is noted or doubted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .believing import believable, identical, note_yes
from .classes import ClassDescription
from .contract import operator_name
from .forwarding import forwarded
from .proxies import is_among, is_proxy, may_ask
from .specials import BINARY, COMPARISONS

__all__ = ["MUTABLE_PLAIN", "after", "contains", "guarded", "noting", "plain_equal", "plain_unequal", "unequal"]

_BY_ITSELF = "same"
"""In place of ``eq``: what the reference's class did not decide, but its built-in base, or identity."""
_QUESTIONS = {"__eq__": "eq", "__ne__": "ne", "__lt__": "lt", "__gt__": "lt", "__le__": "le", "__ge__": "le"}
"""Operators whose yes is what a test may wait for; see ``believing``."""
MUTABLE_PLAIN = frozenset({"list", "dict", "set"})


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


def guarded(name: str) -> Callable[..., Any]:
    """The comparison or operator ``name``: the object is asked where the reference's class decides."""
    forward, operator = forwarded(name), operator_name(name)

    def method(self: Any, other: Any, *rest: Any) -> Any:
        __tracebackhide__ = True
        if may_ask(self, type(self), operator, other):
            return _tried(self, other, name) if name in _QUESTIONS else forward(self, other, *rest)
        if name == "__eq__" and is_proxy(other) and may_ask(self, type(self), _BY_ITSELF, other):
            return _tried(self, other, name)
        return _by_content(self, name, other, *rest)

    method.__name__ = name
    return method


def unequal(self: Any, other: Any) -> Any:
    """``!=``."""
    __tracebackhide__ = True
    # A class that says of everything that it is equal, and of everything that it is not, is right in any test.
    if may_ask(self, type(self), "ne", other):
        answer = _tried(self, other, "__ne__")
        if answer is False:  # that something is not different is as good as that it is equal
            believable(self, other, "like", lambda asked, about: forwarded("__ne__")(asked, about) is False)
        return answer
    equal = self.__eq__(other)
    return equal if equal is NotImplemented else not equal


def _tried(self: Any, other: Any, name: str) -> Any:
    __tracebackhide__ = True
    if name != "__eq__" and not is_proxy(other):
        return forwarded(name)(self, other)
    return believable(self, other, _QUESTIONS[name], lambda asked, about: forwarded(name)(asked, about))


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


def plain_equal(self: Any, other: Any) -> Any:
    """``__eq__`` of what extends a list, dict or set: compared by content, unless its class may be asked."""
    home = self._grader_home
    if may_ask(self, type(self), "eq", other) if home.contract is not None else is_proxy(other):
        answer = _tried(self, other, "__eq__") if home.contract is not None else forwarded("__eq__")(self, other)
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
            return believable(self, value, "contains", lambda asked, about: forwarded("__contains__")(asked, about))
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
