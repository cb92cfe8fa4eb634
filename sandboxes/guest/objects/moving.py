"""How a value is turned into others of the same shape, all of whose parts differ from it by the same number of steps.

No code of the tests or of the submission runs for it.
"""

from __future__ import annotations

import array
import datetime
import decimal
import enum
import fractions
import itertools
import math
import pathlib
import string
import sys
import types
import unicodedata
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

__all__ = [
    "CONTAINERS",
    "MAPPINGS",
    "MOST_PARTS",
    "STRANGERS",
    "Manner",
    "inside",
    "leaves",
    "moved",
    "quantum",
    "same",
    "step_of",
]

MAPPINGS = (dict, OrderedDict, Counter, defaultdict)
CONTAINERS = (list, tuple, deque, set, frozenset, *MAPPINGS)
MOST_PARTS = 2000
"""Parts of a container; larger ones stay as they are."""
STRANGERS = ("q7xk", 4711, 2.625, ("v", 3), b"z", 0, "", (), frozenset({6}), True, datetime.date(2003, 4, 5), -1, "Zq")
"""Values of many kinds, for what has nothing in it that could be moved."""
_EXTENDED = (int, float, str, bytes, tuple)
"""Built-in values that classes of the tests extend."""
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
    """

    unit: int = 1
    own: bool = False
    calendar: str = "days"
    part: int | None = None
    strange: bool = False

    def __str__(self) -> str:
        marks = f"{' own' if self.own else ''} {self.calendar}"
        return f"{self.unit}{marks}{' strange' if self.strange else ''}"


def moved(value: Any, steps: int, manner: Manner, depth: int, others: Mapping[int, Any] = MappingProxyType({})) -> Any:
    """The value with all of its parts moved by so many steps, down to a depth; what can't be moved stays.

    What is one object in several places of the value is one in the result, too, and what holds itself does so there.

    Args:
        value: Any.
        steps: How far.
        manner: In which way.
        depth: Levels that are moved.
        others: What takes the place of objects, by their ``id``.

    Raises:
        ArithmeticError: There is no such value: past the end of the calendar, say, or of a signalling NaN.
        ValueError, TypeError: Likewise.
    """
    return _Mover(steps, manner, others).of(value, depth)


class _Mover:
    """Moves one value."""

    def __init__(self, steps: int, manner: Manner, others: Mapping[int, Any]) -> None:
        self._steps = steps
        self._manner = manner
        self._others = others
        self._made: dict[int, tuple[Any, Any]] = {}
        self._parts = itertools.count()

    def of(self, value: Any, depth: int) -> Any:
        """The value, moved."""
        kind, steps = type(value), self._steps
        if id(value) in self._others:
            return self._others[id(value)]
        if kind in _MOVES:
            if self._manner.part not in (None, next(self._parts)):
                return value
            other = _MOVES[kind](value, steps, self._manner)
            return _estranged(value, steps) if self._manner.strange and steps and same(other, value) else other
        if self._manner.strange and kind in _NOTHING:
            return STRANGERS[steps % len(STRANGERS)] if steps else value
        if _is_of_numpy(value):
            return _of_numpy(value, steps, self._manner)
        if id(value) in self._made:
            return self._made[id(value)][1]
        made = self._with_parts(value, depth) if depth else value
        return self._keep(value, made)

    def _keep(self, value: Any, made: Any) -> Any:
        self._made[id(value)] = value, made  # kept, so that nothing else gets its id
        return made

    def _with_parts(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind in _LIKE:
            like, back = _LIKE[kind]
            return back(value, self.of(like(value), depth - 1))
        if kind not in CONTAINERS:
            return self._inside(value, depth)
        if len(value) > MOST_PARTS:
            return value
        filling = {self._steps: self._steps} if self._manner.strange and self._steps and not value else {}
        if kind in (list, deque):
            made = self._keep(value, [] if kind is list else deque(maxlen=value.maxlen))
            made.extend([self.of(item, depth - 1) for item in value] or filling)
            return made
        if kind is tuple:
            return tuple([self.of(item, depth - 1) for item in value] or filling)
        if not all(map(_is_plain, value)):
            return value  # an object of the submission among them would be asked for its hash
        if kind not in MAPPINGS:
            return kind([self.of(item, depth - 1) for item in value] or filling)
        made = self._keep(value, defaultdict(value.default_factory) if kind is defaultdict else kind())
        items: Any = {key: self.of(item, depth - 1) for key, item in value.items()} or filling
        if same(items, dict(value)):  # of nothing that can be moved: by its keys
            items = {self.of(key, depth - 1): item for key, item in value.items()}
        made.update(items)
        return made

    def _inside(self, value: Any, depth: int) -> Any:
        """An object of the tests that is made of values: the same of moved ones."""
        kind = type(value)
        parts = inside(value)
        if isinstance(value, enum.Enum):
            members = list(type(value))
            return members[(members.index(value) + self._steps) % len(members)] if value in members else value
        if parts is None:
            return value
        if isinstance(value, BaseException):
            return kind(*self.of(parts, depth - 1))
        base = _base_of(kind)
        made = base.__new__(kind, self.of(parts, depth - 1)) if base else self._keep(value, object.__new__(kind))
        others = {} if base else self.of(parts, depth - 1)
        for name, part in _attributes(value).items():
            object.__setattr__(made, name, others.get(name, part))
        return made


def _estranged(value: Any, steps: int) -> Any:
    """Something of the type of a value that is not moved by any number of steps."""
    if isinstance(value, float):
        return math.copysign(_LARGEST / 10.0 ** abs(steps), value)
    if isinstance(value, str):
        return value[:-1] + string.ascii_lowercase[steps % len(string.ascii_lowercase)]
    return type(value)([steps % 256]) if isinstance(value, bytes | bytearray) else value


def leaves(value: Any, depth: int) -> Iterator[Any]:
    """The parts of a value that have no parts, down to a depth."""
    if depth and type(value) in CONTAINERS and len(value) <= MOST_PARTS:
        for item in value.values() if type(value) in MAPPINGS else value:
            yield from leaves(item, depth - 1)
    elif depth and (parts := inside(value)) is not None:
        yield from leaves(parts, depth - 1)
    else:
        yield value


def inside(value: Any) -> Any:
    """The values that an object of the tests is made of: as a value, a tuple or a dict; None if nobody knows."""
    kind = type(value)
    if hasattr(kind, "_grader_generation") or _is_of_numpy(value):  # of the submission, or moved as a whole
        return None
    base = _base_of(kind)
    if base is not None:
        return base(value)
    if isinstance(value, BaseException):
        return value.args if kind.__module__ == "builtins" else None
    if kind.__module__.startswith("_pytest.") and kind.__name__.startswith("Approx"):  # its tolerance stays
        return {"expected": getattr(value, "expected", None)}
    plain: Any = object.__new__
    if callable(value) or kind.__new__ is not plain:
        return None
    return _attributes(value) or None


def _attributes(value: Any) -> dict[str, Any]:
    """The attributes that an object has of its own, in its dictionary or in slots."""
    slots = {name for cls in type(value).__mro__ for name in _listed(vars(cls).get("__slots__", ()))}
    held = {}
    for name in sorted(slots - {"__dict__", "__weakref__"}):
        try:
            held[name] = object.__getattribute__(value, name)
        except AttributeError:  # not set
            continue
    return held | getattr(value, "__dict__", {})


def _listed(slots: Any) -> tuple[str, ...]:
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _is_of_numpy(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray | numpy.generic)


def _of_numpy(value: Any, steps: int, manner: Manner) -> Any:
    """An array or a number of NumPy, of the same type."""
    kind = value.dtype.kind
    if value.size > MOST_PARTS:
        return value
    if kind in "iufc":
        numpy = sys.modules["numpy"]
        with numpy.errstate(over="ignore"):  # unsigned ones go round
            return (value + numpy.array(steps * manner.unit).astype(value.dtype)).astype(value.dtype) if steps else value
    if kind == "b":
        return value ^ bool(steps)
    return type(value)(_text(str(value), steps, manner)) if isinstance(value, str) else value


def _base_of(kind: type) -> Any:
    return next((base for base in kind.__mro__[1:] if base in _EXTENDED), None)


def _is_plain(item: Any) -> bool:
    return item is None or type(item) in _MOVES or (type(item) in (tuple, frozenset) and all(map(_is_plain, item)))


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same, without a question to an object of the submission inside of them."""
    return _same(one, other, set())


def _same(one: Any, other: Any, seen: set[tuple[int, int]]) -> bool:
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if type(one) in (list, tuple, deque, *MAPPINGS):
        if (id(one), id(other)) in seen:  # it holds itself
            return True
        seen.add((id(one), id(other)))
    if type(one) in (list, tuple, deque):
        return len(one) == len(other) and all(_same(*pair, seen) for pair in zip(one, other, strict=True))
    if type(one) in MAPPINGS:
        pairs = zip(one.values(), other.values(), strict=False)
        return list(one) == list(other) and all(_same(*pair, seen) for pair in pairs)
    if type(one) in (set, frozenset) or type(one) in _MOVES:
        return bool(one == other)
    if type(one) in _LIKE:
        like = _LIKE[type(one)][0]
        return _same(like(one), like(other), seen)
    if _is_of_numpy(one):
        return bool(one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes())
    if isinstance(one, enum.Enum):
        return False
    parts = inside(one)
    return parts is not None and _same(parts, inside(other), seen)


def _text(value: str, steps: int, manner: Manner) -> str:
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
    return type(value)(_text(str(value), steps, manner))


_Move = Callable[[Any, int, Manner], Any]
_MOVES: dict[type, _Move] = {
    bool: lambda value, steps, manner: value ^ bool(steps),
    int: lambda value, steps, manner: value + steps * manner.unit,
    float: lambda value, steps, manner: value + steps * manner.unit * step_of(value),
    complex: lambda value, steps, manner: value + steps / 2,
    decimal.Decimal: _decimal,
    fractions.Fraction: lambda value, steps, manner: value + fractions.Fraction(steps * manner.unit, value.denominator),
    str: _text,
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
_LIKE: dict[type, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]] = {
    type({}.keys()): (list, lambda value, items: dict.fromkeys(items).keys()),
    type({}.items()): (dict, lambda value, items: items.items()),
    array.array: (list, lambda value, items: array.array(value.typecode, items)),
    types.SimpleNamespace: (lambda value: dict(vars(value)), lambda value, items: types.SimpleNamespace(**items)),
    types.MappingProxyType: (dict, lambda value, items: types.MappingProxyType(items)),
}
"""What is moved as something else is: how it is made of the value, and the value of it."""
_NOTHING = frozenset({type(None), types.EllipsisType, types.NotImplementedType, type})
