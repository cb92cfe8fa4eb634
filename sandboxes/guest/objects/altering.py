"""Tests with one value changed, so that no right solution passes them.

What a class of the submission says is equal, less, or in it, a test believes. Whoever knows which object the test makes
next, though not what has to be in it, can say yes to that one. So tests that passed on such an answer are run again in other
processes, some of them with an argument, or what an object is compared with, changed: there the answer has to be no.

The reference tells which changes do that. It is run with many; each of its answers that was yes without a change, and is
no with it, is given as yes all the same. A test that passes then is passed by nobody but who says yes to what is wrong.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import FrameType
from typing import Any

from .answers import is_yes
from .changes import DEEPEST, Change, Place, Report, all_changes, changed, place_of, written
from .exchanging import objects_in
from .moving import moved
from .remembering import is_remote, made_by_call, name_of
from .specials import COMPARISONS
from .steps import Manner

__all__ = ["QUESTIONS", "Altering"]

QUESTIONS = frozenset({"eq", "contains", "lt", "le", "class contains"})
"""Whose yes a test may wait for, and which nothing but the class answers."""
_MOST_PLACES = 300
"""Places of a test that are looked at."""
_ENOUGH = 10
"""Changes that turn an answer, after which no more are tried."""
_COMPARING = COMPARISONS | {"__hash__", "__contains__", "__repr__", "__str__"}
"""Special methods by which the test looks at an object as a whole."""
_AROUND = (1, -2)
"""How far what is made around an object before the tests is moved from it."""
_chance = random.SystemRandom()  # tests seed the other one
_Call = tuple[tuple[Any, ...], dict[str, Any]]


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
        self._places: list[Place] = []
        self._of_places: dict[int, tuple[Any, int]] = {}
        self._used: set[int] = set()
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

    # Tests, one after the other

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
            self._untried = all_changes(self._noted(), random.Random(name)) if passed and any(self._before) else []
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
        self._of_places, self._used = {}, set()
        self._made, self._turned = False, 0

    # What the tests say

    def collected(self, make: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """An object that is made before the tests run, with others around it: its place among them tells nothing.

        Args:
            make: Makes it.
            args: Of the call.
            kwargs: And of the call.
        """
        calls: list[_Call] = [(args, kwargs)]
        for steps in _AROUND:
            with suppress(ArithmeticError, ValueError, TypeError):
                calls.append(moved((args, kwargs), steps, Manner(), DEEPEST))
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

    def called(self, called: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Call:
        """What a call gets in place of its arguments; ``called`` is the name of what is called."""
        key = self._key("call")
        passed: _Call = (args, kwargs) if key is None else self._in_place_of((args, kwargs), key, called)
        return passed

    def made(
        self, called: str, args: tuple[Any, ...], kwargs: dict[str, Any], make: Callable[..., Any]
    ) -> tuple[_Call, Any]:
        """Make an object of a class; returns the arguments that it was made of, and the object.

        Args:
            called: The name of the class.
            args: Of the call.
            kwargs: And of the call.
            make: Makes it, of these or others.
        """
        before = len(self._places)
        passed = self.called(called, args, kwargs)
        noted = len(self._places) > before
        made = make(*passed[0], **passed[1])
        if noted and is_remote(made):
            self._of_places[id(made)] = made, before
        return passed, made

    def used(self, operation: str, detail: Any, values: Iterable[Any]) -> None:
        """The test does something with what it made, or hands it over: it does not only compare that.

        Args:
            operation: What it asks the submission for, or answers.
            detail: Of the operation.
            values: What goes with it.
        """
        if not self._of_places or (operation == "special" and detail[0] in _COMPARING):
            return
        given = map(id, objects_in(list(values), DEEPEST, everywhere=True))
        self._used.update(one for one in given if one in self._of_places)

    def _noted(self) -> list[Place]:
        used = {self._of_places[number][1] for number in self._used}
        made = {place for _object, place in self._of_places.values()} - used
        return [place._replace(compared=place.compared or number in made) for number, place in enumerate(self._places)]

    def constant(self, cls: Any, name: str) -> str:
        """The name that is looked up in a class in place of another."""
        key = self._key("constant")
        if key is not None and self._change is not None and key == self._change[:4]:
            self._made = True
            return str(self._change.to)
        return name

    def found(self, cls: Any, name: str, value: Any) -> None:
        """A name in a class stands for one of its objects."""
        if self._notes and (frame := self._frame()) is not None:
            names = self._constants.setdefault(name_of(cls), set())
            names.add(name)
            line = frame.f_code.co_filename, frame.f_lineno, "constant"
            if self._note(Place((*line, self._seen.get(line, 0)), names=tuple(sorted(names - {name})), values=name)):
                self._of_places[id(value)] = value, len(self._places) - 1

    def operands(self, one: Any, other: Any) -> tuple[Any, Any]:
        """What is asked about what in place of two operands: another plain value, or another object that tests share."""
        key = self._key("operand")
        if key is None:
            return one, other
        if not is_remote(other):
            return one, self._in_place_of(other, key)
        for asked in (other, one):
            shared = self._shared.get(name_of(type(asked)), {})
            name = next((name for name, made in shared.items() if made is asked), None)
            if name is not None and self._notes:
                others = tuple(one for one in shared if one != name)
                self._note(Place(key, names=others, values=name, compared=True))
                break
            # Another solution may be asked the other way round: it is the same object that gives way.
            if (
                self._change is not None
                and key == self._change[:4]
                and name == self._change.of
                and self._change.to in shared
            ):
                self._made = True
                wanted = shared[str(self._change.to)]
                return (one, wanted) if asked is other else (wanted, other)
        return one, other

    def _in_place_of(self, value: Any, key: tuple[str, int, str, int], called: str = "") -> Any:
        if self._notes:
            self._note(place_of(key, value, called)._replace(compared=key[2] == "operand"))
        if self._change is None or key != self._change[:4] or written(value) != self._change.of:
            return value
        try:
            other = changed(value, self._change)
        except (ArithmeticError, ValueError, TypeError):
            return value
        self._made = True
        return other

    def _note(self, place: Place) -> bool:
        there_is_room = len(self._places) < _MOST_PLACES
        if there_is_room:
            self._places.append(place)
        return there_is_room

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
        """The function of the tests that passes something now."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and not frame.f_code.co_filename.startswith(self._folder):
            frame = frame.f_back
        return frame

    # What the tests hear

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
