"""Copies of values that leave alone what they are copies of, with the shape they have together."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from .containers import MUTABLE_TYPES
from .leaves import is_array_type

__all__ = ["reachable", "twins"]


def twins(objects: Sequence[Any]) -> list[Any]:
    """Copies of the objects of a message: where one holds another, its copy holds the other's copy."""
    made: dict[int, Any] = {}
    return [_twin(value, made) for value in objects]


def _twin(value: Any, made: dict[int, Any]) -> Any:
    if id(value) in made:
        return made[id(value)]
    kind = type(value)
    if kind is tuple:
        parts = tuple(_twin(part, made) for part in value)
        fresh: Any = value if all(map(_same, parts, value)) else parts
    elif kind in MUTABLE_TYPES or is_array_type(kind):
        fresh = made[id(value)] = copy.copy(value)
        if kind is list:
            fresh[:] = [_twin(part, made) for part in value]
        elif isinstance(fresh, dict):
            fresh.update([(key, _twin(part, made)) for key, part in value.items()])
        elif hasattr(fresh, "appendleft"):
            fresh.clear()
            fresh.extend(_twin(part, made) for part in value)
    else:
        fresh = value
    made[id(value)] = fresh
    return fresh


def _same(one: Any, other: Any) -> bool:
    return one is other


def reachable(value: Any) -> set[int]:
    """Ids of a value and of all that it holds, through containers of exact built-in types."""
    found: set[int] = set()
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if id(value) in found:
            continue
        found.add(id(value))
        if isinstance(value, dict):
            waiting += value.values()
        elif type(value) in (list, tuple) or hasattr(type(value), "appendleft"):
            waiting += value
    return found
