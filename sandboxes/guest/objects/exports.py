"""What the other side holds of this one: objects and classes by their numbers, each as long as it does."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..wire import tags
from ..wire.errors import CannotCross, ProtocolViolation
from .classes import IMMUTABLE_PLAIN, MAX_CLASSES, ClassDescription, describe
from .exceptions import exception_name
from .proxies import ProxyClass

__all__ = ["Export", "Exports"]


@dataclass(slots=True)
class Export:
    """An object of this side that the other side holds by its number.

    Attributes:
        value: The object.
        held: How many references to it were sent and not released.
        capability: What the other side may do with it, as decided when it was handed over.
    """

    value: Any
    held: int
    capability: Any


class Exports:
    """What was handed over on one connection.

    Args:
        grant: Decides what the other side may do with an object; raises ``CannotCross`` for what must not leave this side.
        disguised: Whether classes leave without the place and the text of their definition.
    """

    def __init__(self, grant: Callable[[Any], Any], disguised: bool) -> None:
        self._grant = grant
        self._disguised = disguised
        self._numbers = itertools.count(1)
        # Threads send and receive at once; a reference counted once too often would be kept, once too seldom lost.
        self._counting = threading.RLock()
        self._exported: dict[int, Export] = {}
        self._number_of: dict[int, int] = {}
        self._handed_classes: dict[int, Export] = {}
        self._class_numbers: dict[type, int] = {}
        self._classes: list[type] = []
        self._undescribed: list[ClassDescription] = []

    def add(self, value: Any) -> int:
        """Hand an object over, once more if it was before; returns its number."""
        with self._counting:
            number = self._number_of.get(id(value))
            if number is None:
                capability = self._grant(value)
                number = next(self._numbers)
                self._number_of[id(value)] = number
                self._exported[number] = Export(value, 0, capability)
            self._exported[number].held += 1
            return number

    def add_class(self, cls: type) -> int:
        """Hand a class over; returns its number."""
        # That an object of a class was handed over does not hand over the class: only this does.
        capability = self._grant(cls)
        number = self.class_number(cls)
        self._handed_classes.setdefault(number, Export(cls, 1, capability))
        return number

    def class_number(self, cls: type) -> int:
        """The number of a class, whose description the next message brings along if it is new.

        Raises:
            CannotCross: There are too many.
        """
        number = self._class_numbers.get(cls)
        if number is None:
            number = len(self._classes)
            if number >= MAX_CLASSES:
                raise CannotCross(f"objects of more than {MAX_CLASSES} classes")
            self._class_numbers[cls] = number
            self._classes.append(cls)
            description = describe(cls, number, self._base_reference)
            self._undescribed.append(description.disguised() if self._disguised else description)
        return number

    def _base_reference(self, base: type) -> int | str | None:
        if issubclass(base, BaseException):
            name = exception_name(base)
            if name:
                return name
        if isinstance(base, ProxyClass) or base in IMMUTABLE_PLAIN.values():
            return None
        return self.class_number(base)

    def new_classes(self) -> list[list[Any]]:
        """Descriptions of the classes that the next message has to bring along."""
        return [description.to_wire() for description in self._undescribed]

    def classes_sent(self) -> None:
        """The message with their descriptions has left."""
        self._undescribed.clear()

    def forget(self, number: Any, count: Any) -> None:
        """The other side no longer holds ``count`` of the references it received to an object.

        Raises:
            ProtocolViolation: It never held as many.
        """
        if type(number) is not int or type(count) is not int or count < 0:
            raise ProtocolViolation("a release of nothing")
        with self._counting:
            export = self._exported.get(number)
            if export is None:  # released by the candidate before this one
                return
            if count > export.held:
                raise ProtocolViolation("a release of what was never held")
            export.held -= count
            if export.held == 0:
                del self._exported[number]
                self._number_of.pop(id(export.value), None)

    def held(self, tag: int, number: Any) -> Export:
        """What was handed over under a number, and still is held.

        Args:
            tag: ``MINE`` for objects, ``MY_CLASS`` for classes.
            number: From the other side.

        Raises:
            ProtocolViolation: Nothing was.
        """
        held = self._handed_classes if tag == tags.MY_CLASS else self._exported
        export = held.get(number) if type(number) is int else None
        if export is None:
            raise ProtocolViolation("an object that was never sent")
        return export

    def class_at(self, number: int) -> type:
        """The class of this side that was sent under a number.

        Raises:
            ProtocolViolation: None was.
            CannotCross: It was described along with one of its objects, and not handed over: whoever could give it to a test
                could have objects made of it.
        """
        if not 0 <= number < len(self._classes):
            raise ProtocolViolation("a class that was never sent")
        if self._disguised and number not in self._handed_classes:
            raise CannotCross(f"a class {self._classes[number].__name__} of the tests that they did not hand over")
        return self._classes[number]

    def clear(self) -> None:
        """Forget all: nobody holds anything."""
        self._exported.clear()
        self._handed_classes.clear()
        self._number_of.clear()
        self._class_numbers.clear()
        self._classes.clear()
        self._undescribed.clear()
