"""Values without parts: numbers, dates, paths, arrays. Each has a function to write its entry and one to read it."""

from __future__ import annotations

import datetime
import decimal
import fractions
import pathlib
import sys
import uuid
import zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from types import TracebackType
from typing import Any

from . import tags
from .errors import CannotCross, ProtocolViolation

__all__ = ["LEAF_READERS", "LEAF_WRITERS", "VALUE_TYPES", "array_entry", "is_array_type", "type_entry"]

_CONSTANTS = {"Ellipsis": Ellipsis, "NotImplemented": NotImplemented, "None": None}
_PATHS = {name: getattr(pathlib, name) for name in ("PurePath", "PurePosixPath", "PureWindowsPath", "Path", "PosixPath")}
_BUILTIN_TYPES = (
    *(bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, slice, object, type),
    *(deque, Counter, OrderedDict, defaultdict, decimal.Decimal, fractions.Fraction, uuid.UUID, type(None)),
    *(datetime.date, datetime.time, datetime.datetime, datetime.timedelta, datetime.timezone, pathlib.Path),
)
VALUE_TYPES = {f"{cls.__module__}.{cls.__qualname__}": cls for cls in _BUILTIN_TYPES}
"""Types that cross as themselves. All are harmless to call."""
_TYPE_NAMES = {cls: name for name, cls in VALUE_TYPES.items()}
_ARRAY_KINDS = frozenset("biufcSUmM")


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


def _read_array(dtype: str, shape: list[int], data: bytes) -> Any:
    numpy = _numpy()
    kind = _dtype(numpy, dtype)
    return numpy.frombuffer(data, dtype=kind).reshape(shape).copy()


def _read_array_scalar(dtype: str, data: bytes) -> Any:
    numpy = _numpy()
    return numpy.frombuffer(data, dtype=_dtype(numpy, dtype))[0]


def _numpy() -> Any:
    try:
        import numpy
    except ImportError:
        raise CannotCross("a NumPy array, but NumPy is not among the packages of this assignment") from None
    return numpy


def _dtype(numpy: Any, text: str) -> Any:
    if type(text) is not str or len(text) > 32:
        raise ProtocolViolation("an array type that is none")
    dtype = numpy.dtype(text)
    if dtype.kind not in _ARRAY_KINDS:
        raise ProtocolViolation(f"an array of type {text}")
    return dtype


LEAF_READERS: dict[int, Callable[..., Any]] = {
    tags.BIG_INT: _narrow,
    tags.COMPLEX: complex,
    tags.RANGE: lambda *parts: range(*map(_narrow, parts)),
    tags.DECIMAL: decimal.Decimal,
    tags.FRACTION: lambda top, bottom: fractions.Fraction(_narrow(top), _narrow(bottom)),
    tags.CONSTANT: _CONSTANTS.__getitem__,
    tags.TYPE: VALUE_TYPES.__getitem__,
    tags.DATE: datetime.date.fromisoformat,
    tags.TIME: lambda text, zone, fold: datetime.time.fromisoformat(text).replace(tzinfo=_read_zone(zone), fold=fold),
    tags.DATETIME: lambda text, zone, fold: datetime.datetime.fromisoformat(text).replace(
        tzinfo=_read_zone(zone), fold=fold
    ),
    tags.TIMEDELTA: lambda days, seconds, microseconds: datetime.timedelta(days, seconds, microseconds),
    tags.TIMEZONE: lambda seconds, name: datetime.timezone(datetime.timedelta(seconds=seconds), name),
    tags.ZONE: zoneinfo.ZoneInfo,
    tags.UUID: lambda data: uuid.UUID(bytes=data),
    tags.PATH: lambda kind, text: _PATHS[kind](text),
    tags.ARRAY: _read_array,
    tags.ARRAY_SCALAR: _read_array_scalar,
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
