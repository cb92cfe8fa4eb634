"""Descriptions of classes: what the other side must know to make a proxy class."""

from __future__ import annotations

import datetime
import decimal
import sys
from collections import ChainMap, UserDict, UserList
from collections.abc import Callable, ItemsView, KeysView
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from ..wire.errors import ProtocolViolation
from .specials import SPECIALS

__all__ = ["ClassDescription", "describe", "plain_base", "plain_value"]

MAX_CLASSES = 10_000
"""Classes accepted from the other side in one session."""

_PARTS_OF_TIMES = (datetime.timedelta.days, datetime.timedelta.seconds, datetime.timedelta.microseconds)
_PLAIN: dict[type, Callable[[Any], Any]] = {
    int: int.__int__,
    float: float.__float__,
    str: str.__str__,
    bytes: lambda v: memoryview(v).tobytes(),
    tuple: lambda v: tuple(tuple.__iter__(v)),
    frozenset: lambda v: frozenset(frozenset.__iter__(v)),
    decimal.Decimal: lambda v: decimal.Decimal(decimal.Decimal.__str__(v)),
    datetime.datetime: lambda v: datetime.datetime.combine(datetime.datetime.date(v), datetime.datetime.timetz(v)),
    datetime.date: lambda v: datetime.date.fromisoformat(datetime.date.isoformat(v)),
    datetime.timedelta: lambda v: datetime.timedelta(*(part.__get__(v) for part in _PARTS_OF_TIMES)),
    list: lambda v: list(list.__iter__(v)),
    dict: lambda v: dict(dict.items(v)),
    set: lambda v: set(set.__iter__(v)),
}
"""How to read the built-in value inside an instance of a subclass, without calling what the subclass overrides."""


def _set_of(view: Any) -> Any:
    try:
        return set(view)
    except TypeError:  # the items of a dict of lists can't be in a set
        return list(view)


_HOLDING: dict[type, tuple[str, Callable[[Any], Any]]] = {
    type({}.keys()): ("set", _set_of),
    type({}.items()): ("set", _set_of),
    KeysView: ("set", _set_of),
    ItemsView: ("set", _set_of),
    UserList: ("list", lambda held: list(held.data)),
    UserDict: ("dict", lambda held: dict(held.data)),
    ChainMap: ("dict", dict),
    MappingProxyType: ("dict", dict),
}
"""Other classes that are compared by what they hold: name of the built-in type that they are like, and how to read it."""

IMMUTABLE_PLAIN: dict[str, type] = {cls.__name__: cls for cls in _PLAIN if cls not in (list, dict, set)}
"""Those whose objects are what they hold on the other side, too, by name."""


def plain_base(cls: type) -> type | None:
    """The built-in value type that ``cls`` extends, if any."""
    return next((base for base in cls.__mro__[1:] if base in _PLAIN), None)


def plain_value(value: Any) -> Any:
    """The built-in value inside ``value``; ``value`` itself when there is none."""
    base = plain_base(type(value))
    if base:
        return _PLAIN[base](value)
    holding = _holding(type(value))
    return holding[1](value) if holding else value


def _holding(cls: type) -> tuple[str, Callable[[Any], Any]] | None:
    return next((_HOLDING[base] for base in cls.__mro__ if base in _HOLDING), None)


@dataclass(frozen=True)
class ClassDescription:
    """One class as the other side sees it.

    Attributes:
        number: The number that names it in handles.
        module: ``__module__``.
        qualname: ``__qualname__``.
        bases: Numbers of described classes, or names of exceptions that both sides know.
        specials: Special methods that its instances answer.
        hashable: Whether instances have a hash.
        plain: Name of the built-in value type it extends, or ``""``.
        is_exception: Whether its instances can be raised.
        doc: ``__doc__``.
    """

    number: int
    module: str
    qualname: str
    bases: tuple[int | str, ...]
    specials: tuple[str, ...]
    hashable: bool
    plain: str
    is_exception: bool
    doc: str | None

    def to_wire(self) -> list[Any]:
        """The description as a list of plain values."""
        return [
            *(self.number, self.module, self.qualname, list(self.bases), list(self.specials)),
            *(self.hashable, self.plain, self.is_exception, self.doc),
        ]

    def disguised(self) -> ClassDescription:
        """The same without what its author wrote around the class: where it is defined, in which function, and its text."""
        library = self.module.partition(".")[0] in sys.stdlib_module_names
        return replace(self, module=self.module if library else "tests", qualname=self.qualname.rpartition(".")[2], doc=None)

    @classmethod
    def from_wire(cls, data: Any) -> ClassDescription:
        """Read a description.

        Raises:
            ProtocolViolation: It is none.
        """
        kinds: tuple[Any, ...] = (int, str, str, list, list, bool, str, bool, (str, type(None)))
        if (
            type(data) is not list
            or len(data) != len(kinds)
            or not all(isinstance(*pair) for pair in zip(data, kinds, strict=True))
        ):
            raise ProtocolViolation("a class description that is none")
        number, module, qualname, bases, specials, hashable, plain, is_exception, doc = data
        if not 0 <= number < MAX_CLASSES:
            raise ProtocolViolation(f"more than {MAX_CLASSES} classes")
        if not all(isinstance(base, int | str) for base in bases) or not set(specials) <= set(SPECIALS):
            raise ProtocolViolation("a class description that is none")
        return cls(number, module, qualname, tuple(bases), tuple(specials), hashable, plain, is_exception, doc)


def describe(cls: type, number: int, reference: Callable[[type], int | str | None]) -> ClassDescription:
    """Describe ``cls``; ``reference`` gives what stands for a base class (``None`` leaves it out)."""
    base = plain_base(cls)
    bases = (reference(parent) for parent in cls.__bases__ if parent is not object)
    return ClassDescription(
        number=number,
        module=str(getattr(cls, "__module__", "")),
        qualname=cls.__qualname__,
        bases=tuple(item for item in bases if item is not None),
        specials=tuple(name for name in SPECIALS if _answers(cls, name, base)),
        hashable=_lookup(cls, "__hash__") is not None,
        plain=base.__name__ if base else (_holding(cls) or ("",))[0],
        is_exception=issubclass(cls, BaseException),
        doc=cls.__doc__ if isinstance(cls.__doc__, str) else None,
    )


def _lookup(cls: type | None, name: str) -> Any:
    return next((vars(parent)[name] for parent in (cls.__mro__ if cls else ()) if name in vars(parent)), None)


def _answers(cls: type, name: str, base: type | None) -> bool:
    method = _lookup(cls, name)
    if method is None or method is vars(object).get(name):
        return False
    # What an immutable built-in base does by itself, the local proxy's own base does too.
    inherits = base is not None and base.__name__ in IMMUTABLE_PLAIN
    return not (inherits and method is _lookup(base, name))
