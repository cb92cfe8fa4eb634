"""What the tests made of a submission's classes, by the calls that made it: objects to ask about beside a question."""

from __future__ import annotations

import datetime
import decimal
import fractions
import hashlib
import os
import pathlib
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

__all__ = ["Asked", "Known", "Made", "is_remote", "known_of", "made_by_call", "name_of", "remember"]

_MOST_KEPT = 12
"""Objects of a class that are kept to ask about; the latest ones."""
_MOST_NOTED = 100
"""Objects of the reference that each new one is compared with."""
_LONGEST_NAME, _LONGEST_LEAF, _MOST_PARTS = 60, 1000, 100
"""Characters of a call's name before its digest, and of a value in it; parts of a container."""
_DEEPEST = 4
"""Levels of a value."""
_LEAVES = frozenset(
    {
        *(bool, int, float, complex, str, bytes, type(None), range, decimal.Decimal, fractions.Fraction, uuid.UUID),
        *(datetime.date, datetime.time, datetime.datetime, datetime.timedelta, pathlib.PurePosixPath, pathlib.PosixPath),
    }
)
"""Values without parts, whose ``repr`` tells them apart."""


class Made(NamedTuple):
    """An object that a test made or found, and how it is made again; a constant can only be found."""

    thing: Any
    again: Callable[[], Any]


class Asked(NamedTuple):
    """How often objects of a class were asked, and said yes, in the running test."""

    scope: str
    times: int
    yes: int


class Known:
    """What the tests made of a class, or found as its constants.

    Args:
        generation: Which candidate they are in.

    Attributes:
        made: Objects by the call or name that they came from: the latest ones.
        before: All that the reference had, but for too many; ``new`` of them since somebody asked.
        parts: Classes of the submission whose objects were given to such calls.
    """

    def __init__(self, generation: int) -> None:
        self.generation = generation
        self.made: dict[str, Made] = {}
        self.before: dict[str, Any] = {}
        self.new: list[str] = []
        self.parts: set[Any] = set()
        self._asked = Asked("", 0, 0)

    def count(self, scope: str, yes: bool) -> None:
        """Count a question of a test."""
        before = self.asked_before(scope)
        self._asked = Asked(scope, before.times + 1, before.yes + yes)

    def asked_before(self, scope: str) -> Asked:
        """What the running test has asked until now."""
        return self._asked if self._asked.scope == scope else Asked(scope, 0, 0)

    def keep(self, how: str, made: Made) -> None:
        self.made.pop(how, None)
        self.made[how] = made
        if len(self.made) > _MOST_KEPT:
            del self.made[next(iter(self.made))]

    def note(self, how: str, thing: Any) -> None:
        """Keep an object of the reference for longer."""
        if how not in self.before and len(self.before) < _MOST_NOTED:
            self.before[how] = thing
            self.new.append(how)

    def names(self, thing: Any) -> set[str]:
        """What an object is known as; several, if calls that differ gave the same one."""
        return {how for how, made in list(self.made.items()) if made.thing is thing}


def remember(
    cls: Any,
    thing: Any,
    how: str | None,
    make: Callable[..., Any] | None = None,
    args: Iterable[Any] = (),
    kwargs: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Keep an object of a class that a test made, or found as a constant of the class, if any are ever compared.

    Args:
        cls: The class.
        thing: The object.
        how: Tells it from those that have to be different; None if nothing does.
        make: Makes such an object; None for a constant.
        args: Of these.
        kwargs: And of these.
    """
    contract = cls._grader_home.contract
    if how is None or not (how.startswith(".") or contract.compares(name_of(cls))):
        return
    again = _made_again(make, args, kwargs) if make is not None else lambda: thing
    known = known_of(cls)
    known.keep(how, Made(thing, again))
    known.parts.update(_classes_in([*args, *kwargs.values()], _DEEPEST))
    contract.makes(how)
    if contract.recording:
        known.note(how, thing)


def _made_again(make: Callable[..., Any], args: Iterable[Any], kwargs: Mapping[str, Any]) -> Callable[[], Any]:
    recipes, named = [_recipe(value) for value in args], {name: _recipe(value) for name, value in kwargs.items()}
    return lambda: make(*(recipe() for recipe in recipes), **{name: recipe() for name, recipe in named.items()})


def _recipe(value: Any) -> Callable[[], Any]:
    """Makes an argument again as it was when it was passed; it may have been changed since."""
    kind: Any = type(value)
    if kind is dict:
        items = [(_recipe(key), _recipe(item)) for key, item in value.items()]
        return lambda: {key(): item() for key, item in items}
    if kind in (list, tuple, set, frozenset):
        parts = [_recipe(part) for part in value]
        return lambda: kind(part() for part in parts)
    if is_remote(value):  # ``made_by_call`` found one name for it
        known = known_of(kind)
        return known.made[known.names(value).pop()].again
    return lambda: value


def made_by_call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
    """What tells a call of a class from others: its arguments, if they are plain values or were made of such themselves."""
    try:
        text = _text((args, kwargs), _DEEPEST)
    except ValueError:
        return None
    if len(text) > _LONGEST_NAME:
        text = (
            f"{text[:_LONGEST_NAME]} {hashlib.blake2b(text.encode(errors='backslashreplace'), digest_size=12).hexdigest()}"
        )
    return text


def _text(value: Any, depth: int) -> str:
    kind = type(value)
    if kind in _LEAVES:
        text = repr(value)
        if os.environ.get("TMPDIR", "/tmp") in text:
            raise ValueError("a file is what is written there, and lies elsewhere in each grading")
        if len(text) > _LONGEST_LEAF:
            raise ValueError("too long to be remembered")
        return text
    if kind in (tuple, list, dict, set, frozenset) and depth and len(value) <= _MOST_PARTS:
        parts = [part for item in value.items() for part in item] if kind is dict else value
        texts = [_text(part, depth - 1) for part in parts]
        return f"{kind.__name__}({', '.join(sorted(texts) if kind in (set, frozenset) else texts)})"
    names = known_of(kind).names(value) if is_remote(value) else set()
    if len(names) != 1:
        raise ValueError("nothing tells it from others")
    return f"object {names.pop()}"


def _classes_in(values: Any, depth: int) -> Iterator[Any]:
    """Classes of the submission whose objects are among values, or inside of them."""
    for value in values:
        if is_remote(value):
            yield type(value)
        elif depth and type(value) in (list, tuple, set, frozenset, dict) and len(value) <= _MOST_PARTS:
            yield from _classes_in(value.values() if type(value) is dict else value, depth - 1)


def is_remote(value: Any) -> bool:
    """Whether a value is an object of the submission."""
    return hasattr(type(value), "_grader_generation")


def known_of(cls: Any) -> Known:
    """What the tests made of a class of the submission, in the candidate that there is now.

    What goes by one name is together, and so is what goes by none: each object could have a class of its own.
    """
    known = cls._grader_home.contract.known
    name, generation = name_of(cls), cls._grader_generation
    if name not in known or known[name].generation != generation:  # in a fresh candidate there is none of them
        known[name] = Known(generation)
    return known[name]


def name_of(cls: Any) -> str:
    """The name by which the tests know a class, or the nearest of its bases that they know; ``""`` if there is none."""
    known = (base for base in cls.__mro__ if vars(base).get("_grader_named"))
    return next((".".join(base._grader_path) for base in known), "")
