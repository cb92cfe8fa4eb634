"""Which values of a test could be others, and what could take their place."""

from __future__ import annotations

import ast
import random
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from .moving import is_moved, leaves, moved, same
from .steps import Manner

__all__ = ["DEEPEST", "NOTE", "TRY", "Change", "Place", "Report", "all_changes", "changed", "place_of"]

NOTE, TRY = "note", "try"
"""In place of a change: a test of a right solution is run as it is, and with the next change that there is to try."""
DEEPEST = 6
"""Levels of a value."""
_MOST_PARTS = 30
"""Parts of the values that are passed in one place, which are moved."""
_STEPS = (1, -1, 2, -2, 3, -3, 5, -5, 8)
_LONGEST = 2000
"""Characters of arguments that may stand in the place of others."""
_PLAIN = frozenset({int, float, bool, str, bytes, type(None)})


class Change(NamedTuple):
    """One value of a test that is another.

    Attributes:
        file: Of the tests, in which it is passed.
        line: There.
        what: ``call`` for an argument, ``operand`` for what an object is asked about, ``constant`` for a name in a class.
        times: How often the line had passed such a thing before.
        part: Which of the values passed, counted from 0; all of them, if there are not so many.
        to: How far it is moved (see ``moving``), or what takes the place of all: arguments as Python writes them, or the
            name by which the tests know an object or a constant.
    """

    file: str
    line: int
    what: str
    times: int
    part: int
    to: int | str


class Report(NamedTuple):
    """What became of a test.

    Attributes:
        change: What was changed, if anything was.
        made: Whether the test came to its place.
        turned: How many answers were no with it that had been yes; without a change, how many were yes.
    """

    change: Change | None
    made: bool
    turned: int


class Place(NamedTuple):
    """Where a test passes something.

    Attributes:
        key: File, line, what, and how often the line had passed such a thing before.
        parts: Parts that can be moved.
        names: What can take the place of all.
        called: What is called, if anything is.
        values: Its arguments, as Python writes them.
        numbers: The whole numbers among the parts, by their place.
    """

    key: tuple[str, int, str, int]
    parts: int = 0
    names: tuple[str, ...] = ()
    called: str = ""
    values: str = ""
    numbers: Mapping[int, int] = MappingProxyType({})


def place_of(key: tuple[str, int, str, int], value: Any, called: str) -> Place:
    """The place where a value is passed, to what is called ``called``, if it has a name."""
    parts = [leaf for leaf in leaves(value, DEEPEST) if is_moved(leaf)]
    numbers = {place: part for place, part in enumerate(parts) if type(part) is int}
    return Place(key, len(parts), called=called, values=_written(value) if called else "", numbers=numbers)


def changed(value: Any, change: Change) -> Any:
    """What takes the place of a value.

    Raises:
        ArithmeticError, ValueError, TypeError: There is no such thing.
    """
    if isinstance(change.to, str):
        return ast.literal_eval(change.to)
    return moved(value, change.to, Manner(part=change.part), DEEPEST)


def all_changes(places: list[Place], chance: random.Random) -> list[Change]:
    """All changes. First those to what else the test passes: who knows that it is one of these is no wiser."""
    ways: list[list[Change]] = []
    for place in places:
        like = [other for other in places if other.called == place.called != "" and other.values != place.values]
        names = dict.fromkeys([*place.names, *(other.values for other in like if other.values and place.values)])
        ways.append([Change(*place.key, place.parts, name) for name in chance.sample(list(names), len(names))])
        for part in range(min(place.parts, _MOST_PARTS)):
            others = {other.numbers[part] for other in like if part in other.numbers}
            near = {number - place.numbers[part] for number in others if part in place.numbers} - {0}
            steps = [*chance.sample(sorted(near), len(near)), *chance.sample(_STEPS, len(_STEPS))]
            ways.append([Change(*place.key, part, step) for step in steps])
    found: list[Change] = []
    for number in range(len(_STEPS)):
        some = [way[number] for way in ways if number < len(way)]
        chance.shuffle(some)
        found += some
    return sorted(found, key=lambda change: isinstance(change.to, int))


def _written(value: Any) -> str:
    """A value as Python writes it, if it can be read again."""
    if not all(type(leaf) in _PLAIN for leaf in leaves(value, DEEPEST)):
        return ""
    text = repr(value)
    try:
        return text if len(text) < _LONGEST and same(ast.literal_eval(text), value) else ""
    except (ValueError, SyntaxError):
        return ""
