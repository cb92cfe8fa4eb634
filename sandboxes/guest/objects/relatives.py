"""Plain values of the same shape as another, all parts of which differ from it by the same step.

Who is asked about a value and some of its relatives, in any order, can't tell which of them is meant: seen from each the
others look the same. They are as long, have the same keys and are of the same types, since a right program may well be
lenient about what no test asks (``"" in "aeiou"``, ``(1, 2, 0)`` in place of ``(1, 2)``).
"""

from __future__ import annotations

import datetime
import decimal
import fractions
import functools
import pathlib
import random
import string
import uuid
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["all_relatives", "some_relatives"]

_FARTHEST = 9
"""Steps between two relatives at most."""
_SCALES = (1, 4200)
"""How large a step is: with the large one a number that can be divided by 2, 3, 5, 7, 10, 24 or 25 stays one."""
_DEEPEST, _MOST_PARTS, _LONGEST = 6, 2000, 10_000
"""Levels, parts of a container and letters of a text; larger ones stay as they are."""


def all_relatives(value: Any) -> Iterator[tuple[str, Any]]:
    """All relatives of a value by their names, which tell how far they are from it; none of what has no parts to change."""
    for scale in _SCALES:
        for steps in range(-_FARTHEST, _FARTHEST + 1):
            for turned in (False, True) if _can_be_turned(value) else (False,):
                yield from _named(value, scale, steps, turned)


def some_relatives(value: Any, count: int, chance: random.Random) -> Iterator[tuple[str, Any]]:
    """Some of all relatives, by chance, so that the value is as likely in any place among them as in any other."""
    scale = chance.choice(_SCALES)
    places = chance.sample(range(_FARTHEST + 1), count + 1)
    own = places.pop()
    for place in places:
        yield from _named(value, scale, place - own, _can_be_turned(value) and chance.random() < 1 / 2)


def _can_be_turned(value: Any) -> bool:
    return type(value) in (list, tuple)


def _named(value: Any, scale: int, steps: int, turned: bool) -> Iterator[tuple[str, Any]]:
    try:
        thing = _moved(value, scale * steps, _DEEPEST)
    except (ArithmeticError, ValueError):  # past the end of the calendar, say, or a signalling NaN
        return
    if turned:
        thing = thing[::-1]
    if not _same(thing, value):
        yield f"{scale} x {steps}{' turned' if turned else ''}", thing


def _moved(value: Any, by: int, depth: int) -> Any:
    """The value with all of its parts moved; what can't be moved stays."""
    kind = type(value)
    if kind in _MOVES:
        return _MOVES[kind](value, by)
    if not depth or kind not in (list, tuple, dict, set, frozenset) or len(value) > _MOST_PARTS:
        return value
    if kind in (dict, set, frozenset) and not all(map(_is_plain, value)):
        return value  # an object of the submission among them would be asked for its hash
    if kind is dict:
        moved = {key: _moved(item, by, depth - 1) for key, item in value.items()}
        # A dict of nothing that can be moved is moved by its keys.
        return moved if not _same(moved, value) else {_moved(key, by, depth - 1): item for key, item in value.items()}
    return kind(_moved(item, by, depth - 1) for item in value)


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


def _text(value: str, by: int) -> str:
    """Other letters and digits of the same kinds; what is neither stays, and with it the pattern of the text."""
    return value if len(value) > _LONGEST else value.translate(_turn_of_letters(_steps(by)))


def _steps(by: int) -> int:
    """How many steps that is, for what turns round: there is nothing that a large step would keep."""
    return by if abs(by) < _SCALES[-1] else by // _SCALES[-1]


@functools.cache
def _turn_of_letters(by: int) -> dict[int, int]:
    turned: dict[int, int] = {}
    for letters in (string.digits, string.ascii_lowercase, string.ascii_uppercase):
        turned |= {ord(one): ord(letters[(place + by) % len(letters)]) for place, one in enumerate(letters)}
    return turned


def _bytes(value: Any, by: int) -> Any:
    return value if len(value) > _LONGEST else type(value)((byte + _steps(by)) % 256 for byte in value)


def _time(value: datetime.time, by: int) -> datetime.time:
    minutes = (60 * value.hour + value.minute + _steps(by)) % 1440
    return value.replace(hour=minutes // 60, minute=minutes % 60)


def _days(value: Any, by: int) -> Any:
    return value + datetime.timedelta(days=by)


def _hours(value: Any, by: int) -> Any:
    return value + datetime.timedelta(hours=by)


def _path(value: Any, by: int) -> Any:
    return type(value)(_text(str(value), by))


_MOVES: dict[type, Callable[[Any, int], Any]] = {
    bool: lambda value, by: value ^ bool(by),
    int: lambda value, by: value + by,
    float: lambda value, by: value + by / 2,
    complex: lambda value, by: value + by / 2,
    decimal.Decimal: lambda value, by: value + decimal.Decimal(by) / 2,
    fractions.Fraction: lambda value, by: value + fractions.Fraction(by, 2),
    str: _text,
    **dict.fromkeys((bytes, bytearray), _bytes),
    range: lambda value, by: range(value.start + by, value.stop + by, value.step),
    datetime.date: _days,
    datetime.datetime: _hours,
    datetime.timedelta: _hours,
    datetime.time: _time,
    uuid.UUID: lambda value, by: uuid.UUID(int=(value.int + by) % 2**128),
    **dict.fromkeys((pathlib.PurePosixPath, pathlib.PosixPath, pathlib.PureWindowsPath), _path),
}
"""How values without parts are moved by a number of steps."""
