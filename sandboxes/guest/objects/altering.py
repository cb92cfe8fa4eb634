"""Tests with one value changed, so that no right solution passes them.

What a class of the submission says is equal, less, or in it, a test believes. Whoever knows which object the test makes
next, though not what has to be in it, can say yes to that one. So tests that passed on such an answer are run again in other
processes, some of them with an argument, or what an object is compared with, changed: there the answer has to be no.

The reference tells which changes do that. It is run with many; each of its answers that was yes without a change, and is
no with it, is given as yes all the same. A test that passes then is passed by nobody but who says yes to what is wrong.
"""

from __future__ import annotations

import ast
import random
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import FrameType, MappingProxyType
from typing import Any, NamedTuple

from .answers import is_yes
from .moving import is_moved, leaves, moved, same
from .remembering import is_remote, made_by_call, name_of
from .steps import Manner

__all__ = ["NOTE", "QUESTIONS", "TRY", "Altering", "Change", "Report", "Searched"]

NOTE, TRY = "note", "try"
"""In place of a change: a test of a right solution is run as it is, and with the next change that there is to try."""
_DEEPEST = 6
"""Levels of a value."""
_MOST_PLACES, _MOST_PARTS = 300, 30
"""Places of a test, and parts of the values that are passed in one, which are changed."""
_LONGEST_TRIES, _LONGEST_SEARCH = 2.0, 30.0
"""Seconds in which changes of one test, and of all, are tried."""
_FEWEST_TRIES = 3
_ENOUGH = 4
"""Changes that turn an answer, after which no more are tried."""
_AROUND = (1, -2)
"""How far what is made around an object before the tests is moved from it."""
_LONGEST = 2000
"""Characters of arguments that may stand in the place of others."""
_PLAIN = frozenset({int, float, bool, str, bytes, type(None)})
_chance = random.SystemRandom()  # tests seed the other one
_STEPS = (1, -1, 2, -2, 3, -3, 5, -5, 8)
QUESTIONS = frozenset({"eq", "contains", "lt", "le", "class contains"})
"""Whose yes a test may wait for, and which nothing but the class answers."""


class Change(NamedTuple):
    """One value of a test that is another.

    Attributes:
        file: Of the tests, in which it is passed.
        line: There.
        what: ``call`` for an argument, ``operand`` for what an object is asked about, ``constant`` for a name in a class.
        times: How often the line had passed such a thing before.
        part: Which of the values passed, counted from 0; all of them, if there are not so many.
        to: How far it is moved (see ``moving``), or what takes the place of all: arguments as Python writes them, or the
            name by which the tests know an object or a constant.
    """

    file: str
    line: int
    what: str
    times: int
    part: int
    to: int | str


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


class _Place(NamedTuple):
    """Where a test passes something.

    Attributes:
        key: File, line, what, and how often the line had passed such a thing before.
        parts: Parts that can be moved.
        names: What can take the place of all.
        called: What is called, if anything is.
        values: Its arguments, as Python writes them.
        numbers: The whole numbers among the parts, by their place.
    """

    key: tuple[str, int, str, int]
    parts: int
    names: tuple[str, ...] = ()
    called: str = ""
    values: str = ""
    numbers: Mapping[int, int] = MappingProxyType({})


class Altering:
    """Changes one value in each test that runs, if it is to.

    Args:
        folder: Of the tests.

    Attributes:
        collecting: Whether no test has run yet.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.collecting = True
        self._shared: dict[str, dict[str, Any]] = {}
        self._constants: dict[str, set[str]] = {}
        self._change: Change | None = None
        self._lies = False
        self._notes = False
        self._seen: dict[tuple[str, int, str], int] = {}
        self._places: list[_Place] = []
        self._answers: list[bool] = []
        self._before: list[bool] = []
        self._hashes: list[int] = []
        self._hashed: list[int] = []
        self._untried: list[Change] = []
        self._made = False
        self._turned = 0
        self._found = 0

    @property
    def changes(self) -> bool:
        """Whether something in the running test is changed."""
        return self._change is not None

    def run(self, change: Change | None = None) -> None:
        """A test begins, with a change or as it is."""
        self._change, self._lies, self._notes = change, False, False
        self._begin()

    def note(self) -> None:
        """A test of a right solution begins, as it is: what could be changed, and what its objects answer, is noted."""
        self.run()
        self._notes = True

    def may_try(self, name: str, passed: bool) -> bool:
        """Whether the test that was noted last has something left to try; it is made ready for that.

        Args:
            name: Of the test.
            passed: Whether it passed, the last time.
        """
        if self._lies and passed and self._turned:
            self._found += 1
        if self._notes:
            self._notes, self._before, self._hashed = False, self._answers, self._hashes
            self._untried = self._all(random.Random(name)) if passed and any(self._before) else []
            self._found = 0
        return bool(self._untried) and self._found < _ENOUGH

    def begin_try(self) -> None:
        """The test that was noted last begins again, with the next change."""
        self._change, self._lies = self._untried.pop(0), True
        self._begin()

    def report(self) -> Report:
        """What became of the test that ended."""
        return Report(self._change, self._made, sum(self._answers) if self._notes else self._turned)

    def _begin(self) -> None:
        self._seen, self._places, self._answers, self._hashes = {}, [], [], []
        self._made, self._turned = False, 0

    def _all(self, chance: random.Random) -> list[Change]:
        """All changes. First those to what else the test passes: who knows that it is one of these is no wiser."""
        ways: list[list[Change]] = []
        for place in self._places:
            like = [other for other in self._places if other.called == place.called != "" and other.values != place.values]
            names = dict.fromkeys([*place.names, *(other.values for other in like if other.values and place.values)])
            ways.append([Change(*place.key, place.parts, name) for name in chance.sample(list(names), len(names))])
            for part in range(min(place.parts, _MOST_PARTS)):
                others = {other.numbers[part] for other in like if part in other.numbers}
                near = {number - place.numbers[part] for number in others if part in place.numbers} - {0}
                ways.append([Change(*place.key, part, steps) for steps in chance.sample(sorted(near), len(near))])
                ways[-1] += [Change(*place.key, part, steps) for steps in chance.sample(_STEPS, len(_STEPS))]
        found: list[Change] = []
        for number in range(len(_STEPS)):
            some = [way[number] for way in ways if number < len(way)]
            chance.shuffle(some)
            found += some
        return sorted(found, key=lambda change: isinstance(change.to, int))

    # What the test says and hears

    def collected(self, make: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """An object that is made before the tests run, with others around it: its place among them tells nothing.

        Args:
            make: Makes it.
            args: Of the call.
            kwargs: And of the call.
        """
        calls = [(args, kwargs)]
        for steps in _AROUND:
            with suppress(ArithmeticError, ValueError, TypeError):
                calls.append(moved((args, kwargs), steps, Manner(), _DEEPEST))
        made: dict[int, Any] = {}
        for place in _chance.sample(range(len(calls)), len(calls)):
            try:
                made[place] = make(*calls[place][0], **calls[place][1])
            except Exception:
                if place == 0:
                    raise
        for place in sorted(made, reverse=True):  # what could not be moved goes by the name of the object itself
            how = made_by_call(*calls[place])
            if how is not None and is_remote(made[place]):
                self._shared.setdefault(name_of(type(made[place])), {})[how] = made[place]
        return made[0]

    def arguments(
        self, called: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What a call gets in place of its arguments; ``called`` is the name of what is called."""
        key = self._key("call")
        if key is None:
            return args, kwargs
        change = self._change
        if change is not None and key == change[:4] and isinstance(change.to, str):
            self._made = True
            other: tuple[tuple[Any, ...], dict[str, Any]] = ast.literal_eval(change.to)
            return other
        changed: tuple[tuple[Any, ...], dict[str, Any]] = self._moved(key, (args, kwargs), called)
        return changed

    def constant(self, cls: Any, name: str) -> str:
        """The name that is looked up in a class in place of another."""
        key = self._key("constant")
        if key is not None and self._change is not None and key == self._change[:4]:
            self._made = True
            return str(self._change.to)
        return name

    def found(self, cls: Any, name: str) -> None:
        """A name in a class stands for one of its objects."""
        if self._notes and len(self._places) < _MOST_PLACES and (frame := self._frame()) is not None:
            names = self._constants.setdefault(name_of(cls), set())
            names.add(name)
            key = frame.f_code.co_filename, frame.f_lineno, "constant"
            self._places.append(_Place((*key, self._seen.get(key, 0)), 0, tuple(sorted(names - {name}))))

    def operands(self, one: Any, other: Any) -> tuple[Any, Any]:
        """What is asked about what in place of two operands: another plain value, or another object that tests share."""
        key = self._key("operand")
        if key is None:
            return one, other
        if not is_remote(other):
            return one, self._moved(key, other)
        names = self._shared_names(other) or self._shared_names(one)
        if self._notes and len(self._places) < _MOST_PLACES:
            self._places.append(_Place(key, 0, tuple(names)))
        elif self._change is not None and key == self._change[:4] and self._change.to in names:
            self._made = True
            wanted = names[str(self._change.to)]
            return (one, wanted) if self._shared_names(other) else (wanted, other)
        return one, other

    def _shared_names(self, value: Any) -> dict[str, Any]:
        """The objects that could stand in the place of one, by name, if that is one which was there before the tests."""
        shared = self._shared.get(name_of(type(value)), {})
        if not any(made is value for made in shared.values()):
            return {}
        return {name: made for name, made in shared.items() if made is not value}

    def _moved(self, key: tuple[str, int, str, int], value: Any, called: str = "") -> Any:
        if self._notes and len(self._places) < _MOST_PLACES:
            parts = [leaf for leaf in leaves(value, _DEEPEST) if is_moved(leaf)]
            numbers = {place: part for place, part in enumerate(parts) if type(part) is int}
            values = _written(value) if called else ""
            self._places.append(_Place(key, len(parts), called=called, values=values, numbers=numbers))
        change = self._change
        if change is None or key != change[:4] or isinstance(change.to, str):
            return value
        try:
            other = moved(value, change.to, Manner(part=change.part), _DEEPEST)
        except (ArithmeticError, ValueError, TypeError):  # there is no such value
            return value
        self._made = True
        return other

    def answered(self, question: str, answer: Any) -> Any:
        """What the test hears in place of an answer of the submission's."""
        if question not in QUESTIONS or is_remote(answer) or not (self._notes or self._lies):
            return answer
        place, yes = len(self._answers), is_yes(answer)
        self._answers.append(yes)
        if not self._lies or yes or not (place < len(self._before) and self._before[place]):
            return answer
        self._turned += 1
        return True

    def hashed(self, number: int) -> int:
        """What the test hears in place of a hash: what has another one is not even asked whether it is equal."""
        if self._notes or self._lies:
            place = len(self._hashes)
            self._hashes.append(number)
            if self._lies and place < len(self._hashed):
                return self._hashed[place]
        return number

    def _key(self, what: str) -> tuple[str, int, str, int] | None:
        """The place of what the tests pass now, if any is looked for."""
        if not self._notes and self._change is None:
            return None
        frame = self._frame()
        if frame is None:
            return None
        line = frame.f_code.co_filename, frame.f_lineno, what
        times = self._seen[line] = self._seen.get(line, -1) + 1
        return (*line, times)

    def _frame(self) -> FrameType | None:
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and not frame.f_code.co_filename.startswith(self._folder):
            frame = frame.f_back
        return frame


def _written(value: Any) -> str:
    """A value as Python writes it, if it can be read again."""
    if not all(type(leaf) in _PLAIN for leaf in leaves(value, _DEEPEST)):
        return ""
    text = repr(value)
    try:
        return text if len(text) < _LONGEST and same(ast.literal_eval(text), value) else ""
    except (ValueError, SyntaxError):
        return ""


class Searched:
    """The time that it takes to find out what can be changed."""

    def __init__(self) -> None:
        self._all = self._since = time.monotonic()
        self._tries = 0

    def begin(self) -> None:
        """The next test's."""
        self._since, self._tries = time.monotonic(), 0

    def goes_on(self) -> bool:
        """Whether one more change is tried: not if the test, or all of them, have taken too long, but for the first few."""
        self._tries += 1
        now = time.monotonic()
        takes_long = now - self._since > _LONGEST_TRIES or now - self._all > _LONGEST_SEARCH
        return self._tries <= _FEWEST_TRIES or not takes_long
