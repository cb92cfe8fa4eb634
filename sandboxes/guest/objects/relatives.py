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
import pathlib
import random
import string
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

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
_DEEPEST, _MOST_PARTS, _LONGEST = 6, 2000, 10_000
"""Levels, parts of a container and letters of a text; larger ones stay as they are."""
_LETTERS = (string.digits, string.ascii_lowercase, string.ascii_uppercase)
_MONTHS = 12
_LARGEST = 10**15


@dataclass(frozen=True)
class _Manner:
    """How the relatives of one value are made.

    Attributes:
        unit: What a step adds to a number.
        own: Whether letters and digits are replaced by others of the same text, not by any.
        calendar: What a step adds to a date.
        order: Whether items change places, and nothing else.
    """

    unit: int = 1
    own: bool = False
    calendar: str = "days"
    order: bool = False

    def __str__(self) -> str:
        return f"{self.unit}{' own' if self.own else ''} {self.calendar}{' order' if self.order else ''}"


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
                if not any(_same(thing, other) for _name, other in found):
                    found.append((name, thing))
        if found:
            yield from found
            return


def _manners(value: Any) -> list[_Manner]:
    """The manners in which a value has relatives; each is seen from them as well, or nearly so."""
    leaves = list(_leaves(value, _DEEPEST))
    manners = [_Manner(unit) for unit in _units(leaves)]
    if any(type(leaf) is str for leaf in leaves):
        manners += [_Manner(own=True)] * 2  # likelier than others: most texts are of few letters
    if any(isinstance(leaf, datetime.date) for leaf in leaves):
        manners += [_Manner(calendar=calendar) for calendar in ("weeks", "months", "years")]
    if type(value) in (list, tuple) and len(value) > 1:
        manners.append(_Manner(order=True))
    return manners


def _units(leaves: list[Any]) -> list[int]:
    """1, and the largest of ``_UNITS`` that divide all whole numbers."""
    common = math.gcd(*map(_whole, leaves))
    return [1, *[unit for unit in _UNITS if common and common % unit == 0][-_MOST_UNITS:]]


def _whole(leaf: Any) -> int:
    """A number, or what is counted in it, in the units that steps are made of; 0 for what is no number."""
    if type(leaf) is int:
        return leaf
    if type(leaf) is float and math.isfinite(leaf):
        count = leaf / _step_of(leaf)
        return int(count) if count.is_integer() else 0
    if type(leaf) is decimal.Decimal and leaf.is_finite() and abs(leaf) < _LARGEST:
        return int(leaf / _quantum(leaf)) if leaf % _quantum(leaf) == 0 else 0
    if type(leaf) is fractions.Fraction:
        return leaf.numerator if leaf.denominator == 1 else 0
    return 0


def _leaves(value: Any, depth: int) -> Iterator[Any]:
    if depth and type(value) in (list, tuple, dict, set, frozenset) and len(value) <= _MOST_PARTS:
        for item in value.values() if type(value) is dict else value:
            yield from _leaves(item, depth - 1)
    else:
        yield value


def _can_be_turned(value: Any, manner: _Manner) -> bool:
    return type(value) in (list, tuple) and not manner.order


def _named(value: Any, manner: _Manner, steps: int, turned: bool) -> Iterator[tuple[str, Any]]:
    try:
        if manner.order:
            thing = value[steps % len(value) :] + value[: steps % len(value)]
        else:
            thing = _moved(value, steps, manner, _DEEPEST)
    except (ArithmeticError, ValueError):  # past the end of the calendar, say, or a signalling NaN
        return
    if turned:
        thing = thing[::-1]
    if not _same(thing, value):
        yield f"{manner} {steps}{' turned' if turned else ''}", thing


def _moved(value: Any, steps: int, manner: _Manner, depth: int) -> Any:
    """The value with all of its parts moved; what can't be moved stays."""
    kind = type(value)
    if kind in _MOVES:
        return _MOVES[kind](value, steps, manner)
    if not depth or kind not in (list, tuple, dict, set, frozenset) or len(value) > _MOST_PARTS:
        return value
    if kind in (dict, set, frozenset) and not all(map(_is_plain, value)):
        return value  # an object of the submission among them would be asked for its hash
    if kind is dict:
        moved = {key: _moved(item, steps, manner, depth - 1) for key, item in value.items()}
        if not _same(moved, value):
            return moved
        # A dict of nothing that can be moved is moved by its keys.
        return {_moved(key, steps, manner, depth - 1): item for key, item in value.items()}
    return kind(_moved(item, steps, manner, depth - 1) for item in value)


def _is_plain(item: Any) -> bool:
    return item is None or type(item) in _MOVES or (type(item) in (tuple, frozenset) and all(map(_is_plain, item)))


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same, without a question to an object of the submission inside of them."""
    if type(one) is not type(other):
        return False
    if type(one) in (list, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if type(one) is dict:
        return list(one) == list(other) and all(map(_same, one.values(), other.values()))
    if type(one) in (set, frozenset):
        return one is other or one == other
    return one is other or (type(one) in _MOVES and one == other)


# Parts, and how they are moved by a number of steps


def _text(value: str, steps: int, manner: _Manner) -> str:
    """Other letters and digits of the same kinds; what is neither stays, and with it the pattern of the text."""
    if len(value) > _LONGEST:
        return value
    turned: dict[int, int] = {}
    for kind in _LETTERS:
        letters = sorted(set(value).intersection(kind)) if manner.own else kind
        turned |= {ord(one): ord(letters[(place + steps) % len(letters)]) for place, one in enumerate(letters)}
    return value.translate(turned)


def _bytes(value: Any, steps: int, manner: _Manner) -> Any:
    return value if len(value) > _LONGEST else type(value)((byte + steps) % 256 for byte in value)


def _decimal(value: decimal.Decimal, steps: int, manner: _Manner) -> decimal.Decimal:
    return value + _quantum(value) * manner.unit * steps


def _quantum(value: decimal.Decimal) -> decimal.Decimal:
    """The place of its last digit, but a hundredth at least: smaller differences a right program may pass over."""
    exponent = value.as_tuple().exponent
    return decimal.Decimal((0, (1,), max(exponent, -2))) if isinstance(exponent, int) else decimal.Decimal(1)


def _step_of(value: float) -> float:
    return 1.0 if value.is_integer() else 0.5


def _date(value: Any, steps: int, manner: _Manner) -> Any:
    match manner.calendar:
        case "months":
            months = value.year * _MONTHS + value.month - 1 + steps
            return value.replace(year=months // _MONTHS, month=months % _MONTHS + 1)
        case "years":
            return value.replace(year=value.year + steps)
        case "weeks":
            return value + datetime.timedelta(weeks=steps)
    return value + (datetime.timedelta(hours=steps) if type(value) is datetime.datetime else datetime.timedelta(steps))


def _time(value: datetime.time, steps: int, manner: _Manner) -> datetime.time:
    minutes = (60 * value.hour + value.minute + steps) % 1440
    return value.replace(hour=minutes // 60, minute=minutes % 60)


def _path(value: Any, steps: int, manner: _Manner) -> Any:
    return type(value)(_text(str(value), steps, manner))


_Move = Callable[[Any, int, _Manner], Any]
_MOVES: dict[type, _Move] = {
    bool: lambda value, steps, manner: value ^ bool(steps),
    int: lambda value, steps, manner: value + steps * manner.unit,
    float: lambda value, steps, manner: value + steps * manner.unit * _step_of(value),
    complex: lambda value, steps, manner: value + steps / 2,
    decimal.Decimal: _decimal,
    fractions.Fraction: lambda value, steps, manner: value + fractions.Fraction(steps * manner.unit, value.denominator),
    str: _text,
    **dict.fromkeys((bytes, bytearray), _bytes),
    range: lambda value, steps, manner: range(value.start + steps, value.stop + steps, value.step),
    **dict.fromkeys((datetime.date, datetime.datetime), _date),
    datetime.timedelta: lambda value, steps, manner: value + datetime.timedelta(hours=steps),
    datetime.time: _time,
    uuid.UUID: lambda value, steps, manner: uuid.UUID(int=(value.int + steps) % 2**128),
    **dict.fromkeys((pathlib.PurePosixPath, pathlib.PosixPath, pathlib.PureWindowsPath), _path),
}
"""How values without parts are moved by a number of steps."""
