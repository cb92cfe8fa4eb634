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
from collections.abc import Callable, Iterator
from typing import Any

from .moving import leaves, moved, same
from .steps import Manner, quantum, step_of
from .variants import DEEPEST, variants

__all__ = ["all_relatives", "like_steps", "some_relatives"]

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
_LIKE = (1, -1, 2, -2, 3, -3)
_GROUPS, _MOST_VARIANTS = 2, 2
"""Other values that variants are made of, and how many of each."""
_LARGEST = 10**15


def all_relatives(value: Any) -> Iterator[tuple[str, Any]]:
    """All relatives of a value by their names, which tell how far they are from it; none of what has no parts to change."""
    for manner in _manners(value):
        for steps in range(-_FARTHEST, _FARTHEST + 1):
            yield from _named(value, manner, steps)
    for name, make in variants(value):
        yield from _made(value, name, make)


def some_relatives(value: Any, count: int, chance: random.Random) -> Iterator[tuple[str | None, Any]]:
    """Some of all relatives, by chance, so that the value is as likely in any place among them as in any other.

    If it has variants, some of these, and the same ones of some others: each looks like the one that they were made from.
    Variants of others have no name: what they have in common with the value is a matter of chance.
    """
    manners = _manners(value)
    makers = [] if manners[0].strange else variants(value)
    chance.shuffle(manners)
    for manner in manners:
        steps = chance.sample(range(_FARTHEST + 1), count + 1)
        own = steps.pop()
        near = chance.sample(makers, min(_MOST_VARIANTS, len(makers)))
        others = [pair for place in steps[: _GROUPS if near else None] for pair in _named(value, manner, place - own)]
        varied = [pair for label, make in near for pair in _made(value, label, make)]
        more = [pair for _name, other in others for label, make in near for pair in _made(other, label, make)]
        found: list[tuple[str | None, Any]] = []
        for name, thing in (*others, *varied, *((None, thing) for _name, thing in more)):
            # Of few letters not many others can be made, and who is asked twice would know that one from the value.
            if not same(thing, value) and not any(same(thing, one) for _name, one in found):
                found.append((name, thing))
        if found:
            yield from found
            return


def _made(value: Any, name: str, make: Callable[[Any], Any]) -> Iterator[tuple[str, Any]]:
    try:
        thing = make(value)
    except (ArithmeticError, ValueError, TypeError):
        return
    if not same(thing, value):
        yield name, thing


def _manners(value: Any) -> list[Manner]:
    """The manners in which a value has relatives; each is seen from them as well, or nearly so."""
    if not _can_be_moved(value):
        return [Manner(strange=True)]
    parts = list(leaves(value, DEEPEST))
    manners = [Manner(unit) for unit in _units(parts)]
    if any(type(leaf) is str for leaf in parts):
        manners += [Manner(own=True)] * 2  # likelier than others: most texts are of few letters
    if any(isinstance(leaf, datetime.date) for leaf in parts):
        manners += [Manner(calendar=calendar) for calendar in ("weeks", "months", "years")]
    return manners


def _can_be_moved(value: Any) -> bool:
    """One step forth or back: one of them may be beyond the last day of the calendar."""
    return any(True for steps in (1, -1) for _ in _named(value, Manner(), steps))


def _units(leaves: list[Any]) -> list[int]:
    """1, and the largest of ``_UNITS`` that divide all whole numbers."""
    common = math.gcd(*map(_whole, leaves))
    return [1, *[unit for unit in _UNITS if common and common % unit == 0][-_MOST_UNITS:]]


def like_steps(leaf: Any) -> list[int]:
    """How far a part may be moved and look as it did: a number keeps its sign, and is as round."""
    count, unit = _whole(leaf), _units([leaf])[-1]
    return [unit * steps for steps in _LIKE if not count or (count + unit * steps) * count > 0]


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


def _named(value: Any, manner: Manner, steps: int) -> Iterator[tuple[str, Any]]:
    yield from _made(value, f"{manner} {steps}", lambda whole: moved(whole, steps, manner, DEEPEST))
