"""Which values of a test could be others, and what could take their place."""

from __future__ import annotations

import ast
import itertools
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from .moving import is_moved, leaves, moved, same
from .relatives import like_steps
from .steps import Manner

__all__ = ["DEEPEST", "NOTE", "TRY", "WHOLE", "Change", "Place", "Report", "all_changes", "changed", "place_of", "written"]

WHOLE = -1
"""In place of the number of a part: all of them."""
NOTE, TRY = "note", "try"
"""In place of a change: a test of a right solution is run as it is, and with the next change that there is to try."""
DEEPEST = 6
"""Levels of a value."""
_MOST_PARTS = 30
"""Parts of the values that are passed in one place, which are moved."""
_LONGEST = 2000
"""Characters of arguments that may stand in the place of others."""
_PLAIN = frozenset({int, float, bool, str, bytes, type(None)})


class Change(NamedTuple):
    """One value of a test that is another.

    Attributes:
        file: Of the tests, in which it is passed.
        line: There.
        what: ``call`` for an argument, ``operand`` for what an object is asked about, ``constant`` for a name in a class.
        times: How often the line had passed such a thing before.
        part: Which of the values passed, counted from 0; ``WHOLE`` for all of them.
        to: How far it is moved (see ``moving``), or what takes its place, as Python writes it; in place of all of them
            arguments, or the name by which the tests know an object or a constant.
        of: What is changed, likewise: nothing is where another solution has something else passed there.
        compared: Whether the test does nothing with it but compare it. Right solutions may differ in what becomes of other
            input than the tests have, and not in what they are compared with.
        tells: Whether the test has the value nowhere else. A class may look at a name alone, and know it from its input.
        new: Whether what takes the place of a part is nowhere else in the test.
        was: The part, as Python writes it.
    """

    file: str
    line: int
    what: str
    times: int
    part: int
    to: int | str
    of: str = ""
    compared: bool = False
    tells: bool = True
    new: bool = False
    was: str = ""


class Report(NamedTuple):
    """What became of a test.

    Attributes:
        change: What was changed, if anything was.
        made: Whether the test came to its place.
        turned: How many answers were no with it that had been yes; without a change, how many were yes.
    """

    change: Change | None
    made: bool
    turned: int


class Place(NamedTuple):
    """Where a test passes something.

    Attributes:
        key: File, line, what, and how often the line had passed such a thing before.
        parts: Parts that can be moved.
        names: What can take the place of all.
        called: What is called, if anything is.
        values: What is passed, as Python writes it, or the name by which the tests know it.
        compared: Whether the test does nothing with it, or with what is made of it, but compare it.
    """

    key: tuple[str, int, str, int]
    parts: tuple[Any, ...] = ()
    names: tuple[str, ...] = ()
    called: str = ""
    values: str = ""
    compared: bool = False


def place_of(key: tuple[str, int, str, int], value: Any, called: str) -> Place:
    """The place where a value is passed, to what is called ``called``, if it has a name."""
    parts = itertools.islice(filter(is_moved, leaves(value, DEEPEST, large=True)), _MOST_PARTS)
    return Place(key, tuple(parts), called=called, values=written(value))


def changed(value: Any, change: Change) -> Any:
    """What takes the place of a value.

    Raises:
        ArithmeticError, ValueError, TypeError: There is no such thing.
    """
    if isinstance(change.to, int):
        return moved(value, change.to, Manner(part=change.part, large=True), DEEPEST)
    other = ast.literal_eval(change.to)
    manner = Manner(part=change.part, large=True, instead=(other,))
    return other if change.part == WHOLE else moved(value, 0, manner, DEEPEST)


def all_changes(places: list[Place], chance: random.Random) -> list[Change]:
    """All changes, those first of what is only compared, and of each kind one after the other.

    Who recognises those of one kind knows little of the next: what the test passes elsewhere is a value like those that are
    right, but there before; what is moved is new, and may be one that no test would have; a part from elsewhere, or with
    letters in another order, is neither.
    """
    return _Changes(places).all(chance)


class _Changes:
    """The changes of one test.

    Args:
        places: Where it passes something.
    """

    def __init__(self, places: list[Place]) -> None:
        self._places = places
        parts = [part for place in places for part in place.parts]
        self._times = Counter((type(part), repr(part)) for part in parts if type(part) in _PLAIN)
        self._texts = "\0".join(part[:_LONGEST] for part in parts if type(part) is str)

    def all(self, chance: random.Random) -> list[Change]:
        """See ``all_changes``."""
        found: list[Change] = []
        for compared in (True, False):
            places = [place for place in self._places if place.compared == compared]
            ways = (self._whole, self._taken, self._moved, self._turned)
            kinds = [_in_turn([way(place) for place in places], chance) for way in ways]
            found += [change for few in itertools.zip_longest(*kinds) for change in few if change is not None]
        return found

    def _like(self, place: Place) -> list[Place]:
        return [other for other in self._places if other.called == place.called != "" and other.values != place.values]

    def _whole(self, place: Place) -> Iterator[list[Change]]:
        """All arguments of another such call, or another object."""
        values = [other.values for other in self._like(place) if other.values and place.values]
        yield [
            Change(*place.key, WHOLE, name, place.values, place.compared) for name in dict.fromkeys([*place.names, *values])
        ]

    def _taken(self, place: Place) -> Iterator[list[Change]]:
        """One argument of another such call, in place of one that is nowhere else: a class may know things by that one."""
        like = self._like(place)
        for number, part in ((number, part) for number, part in enumerate(place.parts) if self._tells(part)):
            there = [other.parts[number] for other in like if number < len(other.parts)]
            plain = dict.fromkeys(repr(one) for one in there if type(one) is type(part) in _PLAIN and one != part)
            yield self._changes(place, number, plain, new=False)

    def _moved(self, place: Place) -> Iterator[list[Change]]:
        """A part that is moved."""
        for number, part in enumerate(place.parts):
            yield self._changes(place, number, like_steps(part), new=True)

    def _turned(self, place: Place) -> Iterator[list[Change]]:
        """A text two of whose letters have changed places."""
        for number, part in enumerate(place.parts):
            texts = _turns(part) if type(part) is str and len(part) < _LONGEST else []
            yield self._changes(place, number, map(repr, texts), new=True)

    def _changes(self, place: Place, number: int, ways: Iterable[int | str], new: bool) -> list[Change]:
        part = place.parts[number]
        tells, was = self._tells(part), repr(part)[:_LONGEST] if type(part) in _PLAIN else ""
        return [Change(*place.key, number, to, place.values, place.compared, tells, new, was) for to in ways]

    def _tells(self, part: Any) -> bool:
        """Whether the test has the value nowhere else, nor in a text."""
        if type(part) not in _PLAIN:
            return True
        own = int(type(part) is str)
        return self._times[type(part), repr(part)] < 2 and self._texts.count(str(part)) <= own


def _in_turn(places: Sequence[Iterable[list[Change]]], chance: random.Random) -> list[Change]:
    """Of each part of each place one change, then of each another one."""
    found: list[Change] = []
    ways = [chance.sample(way, len(way)) for parts in places for way in parts]
    for some in itertools.zip_longest(*ways):
        there = [change for change in some if change is not None]
        found += chance.sample(there, len(there))
    return found


def _turns(text: str) -> list[str]:
    """The texts in which a letter, or a digit, has changed places with the next one of its kind."""
    found = []
    for kind in (str.islower, str.isupper, str.isdigit):
        for one, other in itertools.pairwise(place for place, letter in enumerate(text) if kind(letter)):
            if text[one] != text[other]:
                found.append(text[:one] + text[other] + text[one + 1 : other] + text[one] + text[other + 1 :])
    return found


def written(value: Any) -> str:
    """A value as Python writes it, if it can be read again and is not long."""
    few = list(itertools.islice(leaves(value, DEEPEST, large=True), _LONGEST))
    if len(few) == _LONGEST or not all(type(leaf) in _PLAIN for leaf in few):
        return ""
    text = repr(value)
    try:
        return text if len(text) < _LONGEST and same(ast.literal_eval(text), value) else ""
    except (ValueError, SyntaxError):
        return ""
