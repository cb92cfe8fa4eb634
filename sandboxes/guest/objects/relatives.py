"""Plain values of the same shape as another, all parts of which differ from it by the same step.

Who is asked about a value and some of its relatives, in any order, can't tell which of them is meant: seen from each the
others look the same. They are as long, have the same keys and are of the same types, since a right program may well be
lenient about what no test asks (``"" in "aeiou"``, ``(1, 2, 0)`` in place of ``(1, 2)``). And they look as likely: who
takes every round amount for the expected one, or every text of A, C, G and T, says yes to them as well. So there are some
whose steps divide all numbers of the value, whose letters are among its own, and whose dates keep their day or weekday.
"""

from __future__ import annotations

import datetime
import decimal
import fractions
import math
import random
from collections.abc import Iterator
from typing import Any

from .moving import CONTAINERS, MAPPINGS, MOST_PARTS, Manner, inside, moved, quantum, same, step_of

__all__ = ["all_relatives", "some_relatives"]

_FARTHEST = 9
"""Steps between two relatives at most."""
_UNITS = (
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    12,
    15,
    16,
    20,
    24,
    25,
    30,
    50,
    60,
    64,
    90,
    100,
    128,
    180,
    250,
    256,
    360,
    500,
    1000,
    3600,
)
"""How large a step may be, besides 1: numbers that others are often multiples of."""
_MOST_UNITS = 3
_DEEPEST = 6
"""Levels of a value; what is deeper stays as it is."""
_LARGEST = 10**15


def all_relatives(value: Any) -> Iterator[tuple[str, Any]]:
    """All relatives of a value by their names, which tell how far they are from it; none of what has no parts to change."""
    for manner in _manners(value):
        for steps in range(-_FARTHEST, _FARTHEST + 1):
            for turned in (False, True) if _can_be_turned(value, manner) else (False,):
                yield from _named(value, manner, steps, turned)


def some_relatives(value: Any, count: int, chance: random.Random) -> Iterator[tuple[str, Any]]:
    """Some of all relatives, by chance, so that the value is as likely in any place among them as in any other."""
    manners = _manners(value)
    chance.shuffle(manners)
    for manner in manners:
        places = chance.sample(range(_FARTHEST + 1), count + 1)
        own = places.pop()
        found: list[tuple[str, Any]] = []
        for place in places:
            turned = _can_be_turned(value, manner) and chance.random() < 1 / 2
            for name, thing in _named(value, manner, place - own, turned):
                # Of few letters not many others can be made, and who is asked twice would know that one from the value.
                if not any(same(thing, other) for _name, other in found):
                    found.append((name, thing))
        if found:
            yield from found
            return


def _manners(value: Any) -> list[Manner]:
    """The manners in which a value has relatives; each is seen from them as well, or nearly so."""
    if not _can_be_moved(value):
        return [Manner(strange=True)]
    leaves = list(_leaves(value, _DEEPEST))
    manners = [Manner(unit) for unit in _units(leaves)]
    if any(type(leaf) is str for leaf in leaves):
        manners += [Manner(own=True)] * 2  # likelier than others: most texts are of few letters
    if any(isinstance(leaf, datetime.date) for leaf in leaves):
        manners += [Manner(calendar=calendar) for calendar in ("weeks", "months", "years")]
    if type(value) in (list, tuple) and len(value) > 1:
        manners.append(Manner(order=True))
    return manners


def _can_be_moved(value: Any) -> bool:
    """One step forth or back: one of them may be beyond the last day of the calendar."""
    return any(True for steps in (1, -1) for _ in _named(value, Manner(), steps, turned=False))


def _units(leaves: list[Any]) -> list[int]:
    """1, and the largest of ``_UNITS`` that divide all whole numbers."""
    common = math.gcd(*map(_whole, leaves))
    return [1, *[unit for unit in _UNITS if common and common % unit == 0][-_MOST_UNITS:]]


def _whole(leaf: Any) -> int:
    """A number, or what is counted in it, in the units that steps are made of; 0 for what is no number."""
    if type(leaf) is int:
        return leaf
    if type(leaf) is float and math.isfinite(leaf):
        count = leaf / step_of(leaf)
        return int(count) if count.is_integer() else 0
    if type(leaf) is decimal.Decimal and leaf.is_finite() and abs(leaf) < _LARGEST:
        return int(leaf / quantum(leaf)) if leaf % quantum(leaf) == 0 else 0
    if type(leaf) is fractions.Fraction:
        return leaf.numerator if leaf.denominator == 1 else 0
    return 0


def _leaves(value: Any, depth: int) -> Iterator[Any]:
    if depth and type(value) in CONTAINERS and len(value) <= MOST_PARTS:
        for item in value.values() if type(value) in MAPPINGS else value:
            yield from _leaves(item, depth - 1)
    elif depth and (parts := inside(value)) is not None:
        yield from _leaves(parts, depth - 1)
    else:
        yield value


def _can_be_turned(value: Any, manner: Manner) -> bool:
    return type(value) in (list, tuple) and not manner.order


def _named(value: Any, manner: Manner, steps: int, turned: bool) -> Iterator[tuple[str, Any]]:
    try:
        if manner.order:
            thing = value[steps % len(value) :] + value[: steps % len(value)]
        else:
            thing = moved(value, steps, manner, _DEEPEST)
    except (ArithmeticError, ValueError, TypeError):  # past the end of the calendar, say, or a signalling NaN
        return
    if turned:
        thing = thing[::-1]
    if not same(thing, value):
        yield f"{manner} {steps}{' turned' if turned else ''}", thing
