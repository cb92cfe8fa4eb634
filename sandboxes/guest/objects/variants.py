"""Variants of a value: the same but for one thing, as the order of its items or one of its parts.

Who says yes to what has the same items, or begins as it has to, says so of some of them, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from .moving import MOST_PARTS, leaves, moved
from .steps import Manner

__all__ = ["DEEPEST", "variants"]

DEEPEST = 6
"""Levels of a value; what is deeper stays as it is."""
_MOST_TURNS, _MOST_SWAPS, _MOST_CHANGED = 3, 4, 8
_Variant = tuple[str, Callable[[Any], Any]]


def variants(value: Any) -> list[_Variant]:
    """How variants of a value are made, of it and of what has its shape, by their names; none of what has no parts."""
    if type(value) is str:
        return list(_of_text(value))
    found = list(_of_order(value)) if type(value) in (list, tuple) and 1 < len(value) <= MOST_PARTS else []
    count = len(list(leaves(value, DEEPEST)))
    for place in range(min(count, _MOST_CHANGED)) if count > 1 else ():
        found += [(f"part {place} {steps}", partial(_with_part, place, steps)) for steps in (-1, 1)]
    return found


def _of_order(value: Any) -> Iterator[_Variant]:
    yield "turned", lambda items: items[::-1]
    for place in range(1, min(len(value), _MOST_TURNS + 1)):
        yield f"rotated {place}", partial(_rotated, place)
    for place in range(min(len(value) - 1, _MOST_SWAPS)):
        yield f"swapped {place}", partial(_swapped, place)


def _rotated(place: int, items: Any) -> Any:
    return items[place:] + items[:place]


def _swapped(place: int, items: Any) -> Any:
    return items[:place] + items[place + 1 : place + 2] + items[place : place + 1] + items[place + 2 :]


def _with_part(place: int, steps: int, value: Any) -> Any:
    return moved(value, steps, Manner(part=place), DEEPEST)


def _of_text(text: str) -> Iterator[_Variant]:
    letters = [place for place, letter in enumerate(text) if letter.isascii() and letter.isalnum()]
    if len(text) > 1 and letters:
        for place in sorted({letters[len(letters) * part // 4] for part in range(4)}):
            yield f"letter {place}", partial(_with_letter, place)
        yield "case", partial(_with_case, next((place for place in letters if text[place].isalpha()), 0))


def _with_letter(place: int, text: str) -> str:
    return text[:place] + moved(text[place], 1, Manner(), 1) + text[place + 1 :]


def _with_case(place: int, text: str) -> str:
    return text[:place] + text[place].swapcase() + text[place + 1 :]
