"""How values without parts are moved by a number of steps, and what takes the place of those that have nothing to move."""

from __future__ import annotations

import datetime
import decimal
import fractions
import math
import pathlib
import string
import unicodedata
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["MOVES", "STRANGERS", "Manner", "estranged", "move_text", "quantum", "step_of"]

STRANGERS = ("q7xk", 4711, 2.625, ("v", 3), b"z", 0, "", (), frozenset({6}), True, datetime.date(2003, 4, 5), -1, "Zq")
"""Values of many kinds, for what has nothing in it that could be moved."""
_LETTERS = (string.digits, string.ascii_lowercase, string.ascii_uppercase)
_LONGEST = 10_000
"""Letters of a text; longer ones stay."""
_MONTHS = 12
_LARGEST, _LARGE, _SMALL = 10.0**300, 1e15, 1e-300
_NEAR = 20
"""Places between a sign and others that may take its place."""


@dataclass(frozen=True)
class Manner:
    """How the relatives of one value are made.

    Attributes:
        unit: What a step adds to a number.
        own: Whether letters and digits are replaced by others of the same text, not by any.
        calendar: What a step adds to a date.
        part: Which of the parts is moved, if it is one alone.
        strange: Whether what can't be moved (``None``, an empty list, an infinite number) gives way to something else.
        large: Whether what is in large containers and arrays is moved, too.
        instead: What takes the place of the part in place of its being moved, as the one item of a tuple.
    """

    unit: int = 1
    own: bool = False
    calendar: str = "days"
    part: int | None = None
    strange: bool = False
    large: bool = False
    instead: tuple[Any, ...] = ()

    def __str__(self) -> str:
        marks = f"{' own' if self.own else ''} {self.calendar}"
        return f"{self.unit}{marks}{' strange' if self.strange else ''}"


def estranged(value: Any, steps: int) -> Any:
    """Something of the type of a value that is not moved by any number of steps."""
    if isinstance(value, float):
        return math.copysign(_LARGEST / 10.0 ** abs(steps), value)
    if isinstance(value, str):
        return value[:-1] + string.ascii_lowercase[steps % len(string.ascii_lowercase)]
    return type(value)([steps % 256]) if isinstance(value, bytes | bytearray) else value


def move_text(value: str, steps: int, manner: Manner) -> str:
    """Other letters and digits of the same kinds; what is neither stays, and with it the pattern of the text."""
    if len(value) > _LONGEST:
        return value
    if not any(map(str.isalnum, filter(str.isascii, value))):
        return _signs(value, steps)
    turned: dict[int, int] = {}
    for kind in _LETTERS:
        letters = sorted(set(value).intersection(kind)) if manner.own else kind
        turned |= {ord(one): ord(letters[(place + steps) % len(letters)]) for place, one in enumerate(letters)}
    return value.translate(turned)


def _signs(value: str, steps: int) -> str:
    """A text without letters and digits of ASCII: its signs trade places; of a single one others of its kind are made."""
    signs = sorted({sign for sign in value if not sign.isspace()})
    if len(signs) > 1:
        turned = {ord(sign): signs[(place + steps) % len(signs)] for place, sign in enumerate(signs)}
        return value.translate(turned)
    near = [chr(ord(sign) + distance) for sign in signs for distance in range(-_NEAR, _NEAR + 1) if ord(sign) + distance > 0]
    kind = [sign for sign in near if unicodedata.category(sign) == unicodedata.category(signs[0])]
    return value.translate({ord(signs[0]): kind[(kind.index(signs[0]) + steps) % len(kind)]}) if signs else value


def _slice(value: slice, steps: int) -> slice:
    """The same parts of a sequence, further on; one without an end, in other steps."""
    if isinstance(value.start, int) or isinstance(value.stop, int):
        start, stop = (end + steps if isinstance(end, int) else end for end in (value.start, value.stop))
        return slice(start, stop, value.step)
    return slice(value.start, value.stop, steps or value.step)


def _bytes(value: Any, steps: int, manner: Manner) -> Any:
    return value if len(value) > _LONGEST else type(value)((byte + steps) % 256 for byte in value)


def _decimal(value: decimal.Decimal, steps: int, manner: Manner) -> decimal.Decimal:
    return value + quantum(value) * manner.unit * steps


def quantum(value: decimal.Decimal) -> decimal.Decimal:
    """The place of its last digit, but a hundredth at least: smaller differences a right program may pass over."""
    exponent = value.as_tuple().exponent
    return decimal.Decimal((0, (1,), max(exponent, -2))) if isinstance(exponent, int) else decimal.Decimal(1)


def step_of(value: float) -> float:
    """What a step adds to a number with a point: such that the number is seen to be another, and is of the same size."""
    if value and math.isfinite(value) and not 1.0 <= abs(value) < _LARGE:
        return 10.0 ** (math.floor(math.log10(abs(value))) - 1) if abs(value) > _SMALL else 1.0
    return 1.0 if value.is_integer() else 0.5


def _date(value: Any, steps: int, manner: Manner) -> Any:
    match manner.calendar:
        case "months":
            months = value.year * _MONTHS + value.month - 1 + steps
            return value.replace(year=months // _MONTHS, month=months % _MONTHS + 1)
        case "years":
            return value.replace(year=value.year + steps)
        case "weeks":
            return value + datetime.timedelta(weeks=steps)
    return value + (datetime.timedelta(hours=steps) if type(value) is datetime.datetime else datetime.timedelta(steps))


def _time(value: datetime.time, steps: int, manner: Manner) -> datetime.time:
    minutes = (60 * value.hour + value.minute + steps) % 1440
    return value.replace(hour=minutes // 60, minute=minutes % 60)


def _path(value: Any, steps: int, manner: Manner) -> Any:
    return type(value)(move_text(str(value), steps, manner))


_Move = Callable[[Any, int, Manner], Any]
MOVES: dict[type, _Move] = {
    bool: lambda value, steps, manner: value ^ bool(steps),
    int: lambda value, steps, manner: value + steps * manner.unit,
    float: lambda value, steps, manner: value + steps * manner.unit * step_of(value),
    complex: lambda value, steps, manner: value + steps / 2,
    decimal.Decimal: _decimal,
    fractions.Fraction: lambda value, steps, manner: value + fractions.Fraction(steps * manner.unit, value.denominator),
    str: move_text,
    **dict.fromkeys((bytes, bytearray), _bytes),
    range: lambda value, steps, manner: range(value.start + steps, value.stop + steps, value.step),
    slice: lambda value, steps, manner: _slice(value, steps),
    **dict.fromkeys((datetime.date, datetime.datetime), _date),
    datetime.timedelta: lambda value, steps, manner: value + datetime.timedelta(hours=steps),
    datetime.time: _time,
    uuid.UUID: lambda value, steps, manner: uuid.UUID(int=(value.int + steps) % 2**128),
    **dict.fromkeys((pathlib.PurePosixPath, pathlib.PosixPath, pathlib.PureWindowsPath), _path),
}
"""How values without parts are moved by a number of steps."""
