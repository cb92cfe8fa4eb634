"""Values without parts: numbers, dates, paths, arrays. Each has a function to write its entry and one to read it."""

from __future__ import annotations

import datetime
import decimal
import fractions
import pathlib
import re
import sys
import uuid
import zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from types import TracebackType
from typing import Any

from . import tags
from .errors import CannotCross, ProtocolViolation

__all__ = [
    "ARRAY_TAGS",
    "LEAF_READERS",
    "LEAF_WRITERS",
    "VALUE_TYPES",
    "array_entry",
    "distrust",
    "is_array_type",
    "read_array",
    "type_entry",
]

_CONSTANTS = {"Ellipsis": Ellipsis, "NotImplemented": NotImplemented, "None": None}
_PATHS = {name: getattr(pathlib, name) for name in ("PurePath", "PurePosixPath", "PureWindowsPath", "Path", "PosixPath")}
_BUILTIN_TYPES = (
    *(bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, slice, object, type),
    *(deque, Counter, OrderedDict, defaultdict, decimal.Decimal, fractions.Fraction, uuid.UUID, type(None)),
    *(datetime.date, datetime.time, datetime.datetime, datetime.timedelta, datetime.timezone, pathlib.Path),
)
VALUE_TYPES = {f"{cls.__module__}.{cls.__qualname__}": cls for cls in _BUILTIN_TYPES}
"""Types that cross as themselves. All are harmless to call, but for ``type``: see ``distrust``."""
_TYPE_NAMES = {cls: name for name, cls in VALUE_TYPES.items()}
_ARRAY_KINDS = frozenset("biufcSUmM")
_DTYPE = re.compile(r"[<>|=]?[biufcSUmM]\d{1,9}(\[\d{0,9}[A-Za-zμ]{1,3}\])?")
ARRAY_TAGS = frozenset({tags.ARRAY, tags.ARRAY_SCALAR})
_time_zones: dict[str, zoneinfo.ZoneInfo] = {}
_any_time_zone = True
_received_types: dict[str, Any] = dict(VALUE_TYPES)


def _zone(value: datetime.tzinfo | None) -> list[Any] | None:
    return None if value is None else LEAF_WRITERS[type(value)](value)


def _datetime(value: datetime.datetime) -> list[Any]:
    if value.tzinfo is not None and type(value.tzinfo) not in LEAF_WRITERS:
        raise CannotCross(f"a datetime with a time zone of type {type(value.tzinfo).__name__}")
    return [tags.DATETIME, value.replace(tzinfo=None).isoformat(), _zone(value.tzinfo), value.fold]


def _time(value: datetime.time) -> list[Any]:
    if value.tzinfo is not None and type(value.tzinfo) not in LEAF_WRITERS:
        raise CannotCross(f"a time with a time zone of type {type(value.tzinfo).__name__}")
    return [tags.TIME, value.replace(tzinfo=None).isoformat(), _zone(value.tzinfo), value.fold]


def _zone_info(value: zoneinfo.ZoneInfo) -> list[Any]:
    if value.key is None:
        raise CannotCross("a ZoneInfo without a key")
    return [tags.ZONE, value.key]


LEAF_WRITERS: dict[type, Callable[[Any], list[Any]]] = {
    int: lambda v: [tags.BIG_INT, _wide(v)],
    complex: lambda v: [tags.COMPLEX, v.real, v.imag],
    range: lambda v: [tags.RANGE, *(_wide(n) for n in (v.start, v.stop, v.step))],
    decimal.Decimal: lambda v: [tags.DECIMAL, str(v)],
    fractions.Fraction: lambda v: [tags.FRACTION, _wide(v.numerator), _wide(v.denominator)],
    type(Ellipsis): lambda v: [tags.CONSTANT, "Ellipsis"],
    type(NotImplemented): lambda v: [tags.CONSTANT, "NotImplemented"],
    # Frames stay where they are; ``__exit__`` gets an exception without its traceback.
    TracebackType: lambda v: [tags.CONSTANT, "None"],
    datetime.date: lambda v: [tags.DATE, v.isoformat()],
    datetime.time: _time,
    datetime.datetime: _datetime,
    datetime.timedelta: lambda v: [tags.TIMEDELTA, v.days, v.seconds, v.microseconds],
    datetime.timezone: lambda v: [tags.TIMEZONE, _seconds(v.utcoffset(None)), v.tzname(None)],
    zoneinfo.ZoneInfo: _zone_info,
    uuid.UUID: lambda v: [tags.UUID, v.bytes],
    **{cls: lambda v: [tags.PATH, type(v).__name__, str(v)] for cls in _PATHS.values()},
}


def type_entry(value: type) -> list[Any] | None:
    """The entry of a type that crosses as itself, or ``None``."""
    return [tags.TYPE, _TYPE_NAMES[value]] if value in _TYPE_NAMES else None


def _wide(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True)


def _narrow(data: bytes) -> int:
    if type(data) is not bytes:
        raise ProtocolViolation("an integer that is no byte string")
    return int.from_bytes(data, "big", signed=True)


def _seconds(delta: datetime.timedelta | None) -> float:
    return delta.total_seconds() if delta else 0.0


def _read_zone(entry: list[Any] | None) -> datetime.tzinfo | None:
    if entry is None:
        return None
    if type(entry) is not list or entry[0] not in (tags.TIMEZONE, tags.ZONE):
        raise ProtocolViolation("a time zone that is none")
    return LEAF_READERS[entry[0]](*entry[1:])


def read_array(numpy: Any, entry: list[Any]) -> Any:
    """The array or array scalar that an entry describes.

    Args:
        numpy: The library; ``None`` where it is not loaded. Nothing is imported because of an entry.
        entry: Tag, type, shape (of arrays), bytes.

    Raises:
        CannotCross: There is no NumPy on this side.
        ProtocolViolation: The entry describes no array.
    """
    if numpy is None:
        raise CannotCross("a NumPy array, but NumPy is not among the packages of this assignment")
    tag, text, *rest = entry
    if type(text) is not str or not _DTYPE.fullmatch(text):
        raise ProtocolViolation("an array of an unknown type")
    values = numpy.frombuffer(rest[-1], dtype=numpy.dtype(text))
    return values.reshape(rest[0]).copy() if tag == tags.ARRAY else values[0]


def distrust() -> None:
    """From now on, read values as those of a hostile side.

    Time zones of the system are loaded, and no others read, since that opens a file which the key names; and ``type`` tells
    the type of a value, but makes none: such a class would be this side's own, which no rule for the other side's guards.
    """
    global _any_time_zone
    _received_types["builtins.type"] = _type_of
    _time_zones.update((key, zoneinfo.ZoneInfo(key)) for key in zoneinfo.available_timezones())
    _any_time_zone = False


def _type_of(value: Any, /) -> type:
    """The type of a plain value, an exception or an object of the other side; those of this side's own are not told."""
    cls = type(value)
    if cls in _TYPE_NAMES or isinstance(value, BaseException) or hasattr(cls, "_grader_generation"):
        return cls
    raise CannotCross(f"the class of a {cls.__name__} of the tests")


def is_received_type(value: Any) -> bool:
    """Whether a value is one of the types that cross as themselves, or what stands for ``type``."""
    return value is _type_of or (isinstance(value, type) and value in _TYPE_NAMES)


def _read_time_zone(key: Any) -> zoneinfo.ZoneInfo:
    if _any_time_zone:
        return zoneinfo.ZoneInfo(key)
    if key not in _time_zones:
        raise ProtocolViolation("an unknown time zone")
    return _time_zones[key]


LEAF_READERS: dict[int, Callable[..., Any]] = {
    tags.BIG_INT: _narrow,
    tags.COMPLEX: complex,
    tags.RANGE: lambda *parts: range(*map(_narrow, parts)),
    tags.DECIMAL: decimal.Decimal,
    tags.FRACTION: lambda top, bottom: fractions.Fraction(_narrow(top), _narrow(bottom)),
    tags.CONSTANT: _CONSTANTS.__getitem__,
    tags.TYPE: lambda name: _received_types[name],
    tags.DATE: datetime.date.fromisoformat,
    tags.TIME: lambda text, zone, fold: datetime.time.fromisoformat(text).replace(tzinfo=_read_zone(zone), fold=fold),
    tags.DATETIME: lambda text, zone, fold: datetime.datetime.fromisoformat(text).replace(
        tzinfo=_read_zone(zone), fold=fold
    ),
    tags.TIMEDELTA: lambda days, seconds, microseconds: datetime.timedelta(days, seconds, microseconds),
    tags.TIMEZONE: lambda seconds, name: datetime.timezone(datetime.timedelta(seconds=seconds), name),
    tags.ZONE: _read_time_zone,
    tags.UUID: lambda data: uuid.UUID(bytes=data),
    tags.PATH: lambda kind, text: _PATHS[kind](text),
}


def is_array_type(cls: type) -> bool:
    """Whether values of this type are NumPy arrays or scalars; false while NumPy is not imported."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and hasattr(numpy, "ndarray") and issubclass(cls, (numpy.ndarray, numpy.generic))


def array_entry(value: Any) -> list[Any]:
    """The entry of a NumPy array or scalar.

    Raises:
        CannotCross: Its type has no plain memory layout (objects, records).
    """
    numpy = sys.modules["numpy"]
    plain = type(value) is numpy.ndarray or isinstance(value, numpy.generic)
    if not plain or value.dtype.kind not in _ARRAY_KINDS:
        raise CannotCross(f"a NumPy array of {value.dtype}: convert it with .tolist()")
    if isinstance(value, numpy.generic):
        return [tags.ARRAY_SCALAR, value.dtype.str, value.tobytes()]
    return [tags.ARRAY, value.dtype.str, list(value.shape), value.tobytes()]
