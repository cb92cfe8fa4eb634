"""Containers: written as flat lists of items, read in two steps (an empty one first, so that cycles close).

The mutable ones can also be compared with what they held before, and refilled in place: that is how a change that a call
makes to its argument finds its way back into the caller's own object.
"""

from __future__ import annotations

import operator
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Any

from . import tags
from .errors import ProtocolViolation

__all__ = ["CONTAINER_WRITERS", "EMPTY", "IMMUTABLE", "MUTABLE_TYPES", "has_changed", "refill", "snapshot"]

Items = Callable[[Iterable[Any]], list[Any]]
Item = Callable[[Any], Any]


def _pairs(mapping: Any, items: Items) -> list[Any]:
    flat: list[Any] = []
    for pair in mapping.items():
        flat += pair
    return items(flat)


CONTAINER_WRITERS: dict[type, Callable[[Any, Items, Item], list[Any]]] = {
    list: lambda v, items, item: [tags.LIST, items(v)],
    tuple: lambda v, items, item: [tags.TUPLE, items(v)],
    set: lambda v, items, item: [tags.SET, items(v)],
    frozenset: lambda v, items, item: [tags.FROZENSET, items(v)],
    dict: lambda v, items, item: [tags.DICT, _pairs(v, items)],
    Counter: lambda v, items, item: [tags.COUNTER, _pairs(v, items)],
    OrderedDict: lambda v, items, item: [tags.ORDERED_DICT, _pairs(v, items)],
    defaultdict: lambda v, items, item: [tags.DEFAULT_DICT, _pairs(v, items), item(v.default_factory)],
    deque: lambda v, items, item: [tags.DEQUE, items(v), v.maxlen],
    bytearray: lambda v, items, item: [tags.BYTEARRAY, bytes(v)],
    slice: lambda v, items, item: [tags.SLICE, items([v.start, v.stop, v.step])],
}

EMPTY: dict[int, Callable[[list[Any]], Any]] = {
    tags.LIST: lambda entry: [],
    tags.DICT: lambda entry: {},
    tags.SET: lambda entry: set(),
    tags.BYTEARRAY: lambda entry: bytearray(),
    tags.DEQUE: lambda entry: deque(maxlen=entry[2]),
    tags.COUNTER: lambda entry: Counter(),
    tags.ORDERED_DICT: lambda entry: OrderedDict(),
    tags.DEFAULT_DICT: lambda entry: defaultdict(),
}
"""Mutable containers by tag: how to make an empty one."""

IMMUTABLE: dict[int, Callable[[list[Any]], Any]] = {
    tags.TUPLE: tuple,
    tags.FROZENSET: frozenset,
    tags.SLICE: lambda parts: slice(*parts),
}
"""Immutable containers by tag: how to make one from its items."""

MUTABLE_TYPES = frozenset({list, dict, set, bytearray, deque, Counter, OrderedDict, defaultdict})
_DICT_TAGS = frozenset({tags.DICT, tags.COUNTER, tags.ORDERED_DICT, tags.DEFAULT_DICT})


def refill(container: Any, entry: list[Any], items: Callable[[Any], list[Any]], item: Item) -> None:
    """Replace what a mutable container holds by what an entry says.

    Raises:
        ProtocolViolation: The entry describes another kind of container.
    """
    tag = entry[0]
    if tag not in EMPTY or type(EMPTY[tag](entry)) is not type(container):
        raise ProtocolViolation(f"an entry with tag {tag} for a {type(container).__name__}")
    if tag == tags.BYTEARRAY:
        container[:] = entry[1]
        return
    content = items(entry[1])
    if tag == tags.LIST:
        container[:] = content
        return
    container.clear()
    if tag in _DICT_TAGS:
        if tag == tags.DEFAULT_DICT:
            container.default_factory = item(entry[2])
        for key, value in zip(content[::2], content[1::2], strict=True):
            container[key] = value
    elif tag == tags.SET:
        container.update(content)
    else:
        container.extend(content)


def snapshot(container: Any) -> Any:
    """What a mutable container holds now, cheaply: references, not copies."""
    if isinstance(container, dict):
        return list(container), list(container.values())
    return bytes(container) if type(container) is bytearray else list(container)


def has_changed(container: Any, before: Any) -> bool:
    """Whether a container holds other objects, or in another order, than its snapshot says."""
    if isinstance(container, dict):
        return _differ(container, before[0]) or _differ(container.values(), before[1])
    if type(container) is bytearray:
        return bytes(container) != before
    return _differ(container, before)


def _differ(now: Any, before: list[Any]) -> bool:
    return len(now) != len(before) or not all(map(operator.is_, now, before))
