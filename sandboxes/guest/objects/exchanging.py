"""Relatives of a value that holds objects of the submission: the same with others of their class in their places.

A hand of cards that says yes to every list of cards is not found out by other numbers or letters: the test's list has none.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from .moving import CONTAINERS, MAPPINGS, MOST_PARTS, inside, moved, same
from .remembering import is_remote, known_of
from .steps import Manner

__all__ = ["exchanged", "objects_in"]

_DEEPEST = 6
_MOST_HELD, _MOST = 12, 40
"""Objects in a value that change places; relatives of each of the two kinds."""


def exchanged(value: Any, differ: Callable[[Any, Any], bool]) -> Iterator[tuple[str, Any]]:
    """All such relatives, by the kind of what was done: objects ``exchanged`` with each other, or one ``replaced``.

    Args:
        value: Any but an object of the submission.
        differ: Whether two objects of the submission are known to be different.
    """
    held = list(itertools.islice({id(thing): thing for thing in objects_in(value, _DEEPEST)}.values(), _MOST_HELD))
    made = {id(one.thing): one.thing for cls in dict.fromkeys(map(type, held)) for one in list(known_of(cls).made.values())}
    others = [thing for key, thing in made.items() if key not in map(id, held)]
    swaps = ({id(one): two, id(two): one} for one, two in itertools.combinations(held, 2) if _can_change(one, two, differ))
    yield from _with(value, "exchanged", swaps)
    changes = ({id(one): two} for one in held for two in others if _can_change(one, two, differ))
    yield from _with(value, "replaced", changes)


def _with(value: Any, name: str, changes: Iterator[dict[int, Any]]) -> Iterator[tuple[str, Any]]:
    for change in itertools.islice(changes, _MOST):
        thing = moved(value, 0, Manner(), _DEEPEST, change)
        if not same(thing, value):
            yield name, thing


def _can_change(one: Any, two: Any, differ: Callable[[Any, Any], bool]) -> bool:
    return type(one) is type(two) and differ(one, two)


def objects_in(value: Any, depth: int, everywhere: bool = False) -> Iterator[Any]:
    """The objects of the submission that a value holds.

    Args:
        value: Any.
        depth: Levels that are gone through.
        everywhere: Also among keys, and in large containers.
    """
    if is_remote(value):
        yield value
    elif depth and type(value) in CONTAINERS and (everywhere or len(value) <= MOST_PARTS):
        keys = list(value) if everywhere and type(value) in MAPPINGS else []
        for item in [*keys, *value.values()] if type(value) in MAPPINGS else value:
            yield from objects_in(item, depth - 1, everywhere)
    elif depth and (parts := inside(value)) is not None:
        yield from objects_in(parts, depth - 1, everywhere)
