"""How large a value is that holds the same parts again and again.

A table of sixty tuples, each of which holds the one before it twice, is some hundred bytes long; whoever compares, hashes or
prints the last of them goes through 2 ** 60 parts, in C, where nothing interrupts it. So what a table unfolds to is bounded
before anything is built of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import tags
from .containers import EMPTY, IMMUTABLE
from .errors import ProtocolViolation

__all__ = ["MAX_UNFOLDED", "check_unfolded"]

MAX_UNFOLDED = 20_000_000
"""Parts that one value may have, the same ones counted each time; a message has no room for more different ones."""

_CONTAINERS = frozenset({*EMPTY, *IMMUTABLE} - {tags.BYTEARRAY})
_HANDLES = frozenset({tags.MINE, tags.EXCEPTION})
_UNKNOWN, _BEGUN = -2, -1


def check_unfolded(table: Sequence[list[Any]], first: int) -> None:
    """See that no entry unfolds to more than ``MAX_UNFOLDED`` parts. What holds itself counts once around.

    Args:
        table: The entries of a message, each with a tag.
        first: Index of the first of them; what is below belongs to this side, and counts as one part.

    Raises:
        ProtocolViolation: Some entry does.
        Exception: Any, if the table is none.
    """
    held: list[int] = []
    for entry in table:
        items = _items(entry)
        if list in map(type, items):
            held += [item[0] for item in items if type(item) is list]
    if len(held) == len(set(held)):
        return  # nothing is held twice, as in most messages
    parts = {index: found for index, entry in enumerate(table) if (found := _parts(entry, first))}
    sizes = [_UNKNOWN if index in parts else _own(entry) for index, entry in enumerate(table)]
    for root in parts:
        _measure(root, table, parts, sizes)


def _measure(root: int, table: Sequence[list[Any]], parts: Mapping[int, Sequence[int]], sizes: list[int]) -> None:
    """Find the size of one entry, and of all that it holds; without recursion, since tables may nest a million deep."""
    stack = [root]
    while stack:
        index = stack[-1]
        if sizes[index] == _UNKNOWN:
            sizes[index] = _BEGUN
            stack += [part for part in set(parts[index]) if sizes[part] == _UNKNOWN]
            continue
        stack.pop()
        if sizes[index] == _BEGUN:
            size = _own(table[index]) + sum(max(0, sizes[part]) for part in parts[index])
            if size > MAX_UNFOLDED:
                raise ProtocolViolation("a value that holds the same parts over and over")
            sizes[index] = size


def _own(entry: list[Any]) -> int:
    return 1 + (len(entry[1]) if entry[0] in _CONTAINERS else 0)


def _items(entry: list[Any]) -> Sequence[Any]:
    return entry[1] if entry[0] in _CONTAINERS else entry[3:] if entry[0] in _HANDLES else ()


def _parts(entry: list[Any], first: int) -> list[int]:
    """The entries that an entry holds, as often as it holds them."""
    return [item[0] - first for item in _items(entry) if type(item) is list and item[0] >= first]
