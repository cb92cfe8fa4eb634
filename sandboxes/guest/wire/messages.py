"""Messages: values turned into a flat table of entries, and back.

A message body is a list of *items* and a *table*. A scalar stands in an item as itself, an object of the receiver as
``[-number]``; everything else is ``[index]``, a reference into the table, whose entries again hold items. So cycles and
shared references keep their shape, and nothing nests deeper than a few levels whatever the value looks like. A reply
continues the table of its request, so a value that came with the request and goes back is the same object again.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from . import tags
from .containers import CONTAINER_WRITERS, EMPTY, IMMUTABLE, MUTABLE_TYPES, has_changed, refill, snapshot
from .errors import ProtocolViolation
from .folding import check_unfolded
from .leaves import ARRAY_TAGS, LEAF_READERS, LEAF_WRITERS, array_entry, is_array_type, read_array, type_entry

__all__ = ["Borders", "Handles", "Incoming", "Outgoing"]

SCALARS = frozenset({type(None), bool, int, float, str, bytes})
MAX_ENTRIES = 1_000_000
"""Table entries accepted in one message."""
_MAX_NESTED = 100
_SMALLEST, _LARGEST = -(1 << 63), (1 << 64) - 1
_PENDING = object()


class Borders(Protocol):
    """What does not cross by value: how an object leaves this side, and what an entry from the other side means here."""

    def export(self, value: Any, item: Any) -> list[Any]: ...

    def home_number(self, value: Any) -> int | None: ...

    def own(self, number: int) -> Any: ...

    def admit(self, entry: list[Any], item: Any) -> Any: ...

    def array(self, entry: list[Any], alone: bool) -> Any: ...


class Handles(NamedTuple):
    """What a request names of its receiver's own objects.

    Attributes:
        target: Tag and number of the first value, if it was named by a handle.
        passed: All others that it names, among its values or inside of them, as often as it does.
    """

    target: tuple[int, int] | None
    passed: Sequence[Any]


class Outgoing:
    """A message on its way out.

    Args:
        borders: How objects leave.
        known: The objects of the request that this message answers, by index.
    """

    def __init__(self, borders: Borders, known: Sequence[Any] = ()) -> None:
        self._borders = borders
        self._careful = False
        self.objects = list(known)
        self._index = {id(value): index for index, value in enumerate(self.objects)}
        self._first = len(self.objects)
        self._table: list[Any] = []

    def body(self, values: Sequence[Any], changed: Sequence[int] = ()) -> list[Any]:
        """The items of ``values``, the table, and new contents for the ``changed`` objects of the request.

        Raises:
            CannotCross: Some value in there has no representation.
        """
        items = [self.item(value) for value in values]
        updates = [[index, self._entry(self.objects[index])] for index in changed]
        done = 0
        while done < len(self._table):
            self._table[done] = self._entry(self.objects[self._first + done])
            done += 1
        return [items, self._table, updates]

    def item(self, value: Any) -> Any:
        """The item that stands for ``value``, entering it into the table where it needs an entry."""
        kind = type(value)
        if kind in SCALARS and (kind is not int or _SMALLEST <= value <= _LARGEST):
            return value
        number = self._borders.home_number(value)
        if number is not None:
            return [-number]
        index = self._index.get(id(value))
        if index is None:
            index = len(self.objects)
            self._index[id(value)] = index
            self.objects.append(value)
            self._table.append(None)
        return [index]

    def items(self, values: Iterable[Any]) -> list[Any]:
        values = list(values)
        # Packing finds integers beyond 64 bits by itself; only then is each looked at.
        if not self._careful and SCALARS.issuperset(map(type, values)):
            return values
        return [self.item(value) for value in values]

    def careful(self) -> Outgoing:
        """The same message, not yet begun, for values with integers beyond 64 bits."""
        again = Outgoing(self._borders, self.objects[: self._first])
        again._careful = True
        return again

    def _entry(self, value: Any) -> list[Any]:
        kind = type(value)
        if kind in CONTAINER_WRITERS:
            return CONTAINER_WRITERS[kind](value, self.items, self.item)
        if kind in LEAF_WRITERS:
            return LEAF_WRITERS[kind](value)
        if is_array_type(kind):
            return array_entry(value)
        return (isinstance(value, type) and type_entry(value)) or self._borders.export(value, self.item)


class Incoming:
    """A message body that arrived.

    Args:
        borders: What entries of the other side mean here.
        table: The entries.
        known: For a reply, the objects of its request.

    Attributes:
        objects: The request's objects followed by one for each entry.
        own: This side's objects that the message names, as often as it does; the other side may have given them back with
            the same message.

    Raises:
        ProtocolViolation: The table is not what it should be.
    """

    def __init__(self, borders: Borders, table: Any, known: Sequence[Any] = ()) -> None:
        if type(table) is not list or len(table) > MAX_ENTRIES:
            raise ProtocolViolation("a table that is too long or none")
        self._borders = borders
        self._table = table
        self._first = len(known)
        self._nested = 0
        self._named: list[tuple[int, Any]] = []
        self.objects = [*known, *([_PENDING] * len(table))]
        self._mutable: list[tuple[int, Any]] = []
        for index, entry in enumerate(table, self._first):
            if type(entry) is not list or not entry or type(entry[0]) is not int:
                raise ProtocolViolation("a table entry without a tag")
            if entry[0] in EMPTY:
                self.objects[index] = EMPTY[entry[0]](entry)
                self._mutable.append((index, entry))
        if len(table) > 1:
            check_unfolded(table, self._first)  # before anything is hashed or compared
        for index, _entry in enumerate(table, self._first):
            if self.objects[index] is _PENDING:
                self._at(index)
        for index, entry in self._mutable:
            refill(self.objects[index], entry, self.items, self.item)

    @property
    def own(self) -> list[Any]:
        return [value for _number, value in self._named]

    def item(self, item: Any) -> Any:
        if type(item) is list:
            if len(item) != 1 or type(item[0]) is not int or item[0] >= len(self.objects):
                raise ProtocolViolation("a reference to nothing")
            if item[0] >= 0:
                return self._at(item[0])
            value = self._borders.own(-item[0])
            self._named.append((-item[0], value))
            return value
        if type(item) not in SCALARS:
            raise ProtocolViolation(f"an item of type {type(item).__name__}")
        return item

    def items(self, items: Any) -> list[Any]:
        if type(items) is not list:
            raise ProtocolViolation("items that are no list")
        if SCALARS.issuperset(map(type, items)):
            return items
        return [self.item(item) for item in items]

    def handles(self, items: list[Any]) -> Handles:
        """What the message names of this side, as a request with these items.

        Its target is told by the first item as it was sent, undecoded: a value that arrived is never one, whatever it holds.
        """
        target = self._handle(items)
        passed = list(self._named)
        if target is not None and target[0] == tags.MINE:
            del passed[next(place for place, (number, _value) in enumerate(passed) if number == target[1])]
        return Handles(target, [value for _number, value in passed])

    def _handle(self, items: list[Any]) -> tuple[int, int] | None:
        first = items[0] if items else None
        if type(first) is not list or len(first) != 1 or type(first[0]) is not int:
            return None
        index = first[0]
        if index < 0:
            return tags.MINE, -index
        entry: list[Any] = self._table[index] if index < len(self._table) else []
        is_class = len(entry) == 2 and entry[0] == tags.YOUR_CLASS and type(entry[1]) is int
        return (tags.MY_CLASS, entry[1]) if is_class else None

    def update(self, updates: Any) -> None:
        """Put what the other side changed back into the objects of the request."""
        if type(updates) is not list:
            raise ProtocolViolation("updates that are no list")
        check_unfolded([*self._table, *(entry for _index, entry in updates)], self._first)
        for update in updates:
            index, entry = update
            if type(index) is not int or not 0 <= index < self._first or type(entry) is not list or not entry:
                raise ProtocolViolation("an update of nothing")
            own = self.objects[index]
            if type(own) in MUTABLE_TYPES:
                refill(own, entry, self.items, self.item)
            elif is_array_type(type(own)) and entry[0] == tags.ARRAY:
                own[...] = self._same_shape(own, read_array(sys.modules.get("numpy"), entry))
            else:
                raise ProtocolViolation(f"an update of a {type(own).__name__}")

    @staticmethod
    def _same_shape(own: Any, array: Any) -> Any:
        if array.shape != own.shape:  # would be stretched over the whole array of this side
            raise ProtocolViolation("an update of an array by one of another shape")
        return array

    def watch(self) -> list[tuple[int, Any, Any]]:
        """Remember what the mutable objects of this message hold now."""
        watched = [(index, self.objects[index], snapshot(self.objects[index])) for index, _entry in self._mutable]
        for index, entry in enumerate(self._table, self._first):
            if entry[0] == tags.ARRAY:
                watched.append((index, self.objects[index], self.objects[index].copy()))
        return watched

    @staticmethod
    def changed(watched: list[tuple[int, Any, Any]]) -> list[int]:
        """The indices of the objects that hold something else than when they were watched."""
        return [
            index
            for index, value, before in watched
            if (has_changed(value, before) if type(value) in MUTABLE_TYPES else value.tobytes() != before.tobytes())
        ]

    def _at(self, index: int) -> Any:
        value = self.objects[index]
        if value is _PENDING:
            value = self._build(self._table[index - self._first])
            self.objects[index] = value
        return value

    def _build(self, entry: list[Any]) -> Any:
        self._nested += 1
        if self._nested > _MAX_NESTED:
            raise ProtocolViolation("tuples nested too deep, or a tuple that holds itself")
        try:
            if entry[0] in IMMUTABLE:
                return IMMUTABLE[entry[0]](self.items(entry[1]))
            if entry[0] in LEAF_READERS:
                return LEAF_READERS[entry[0]](*entry[1:])
            if entry[0] in ARRAY_TAGS:
                return self._borders.array(entry, len(self._table) == 1)
            return self._borders.admit(entry, self.item)
        finally:
            self._nested -= 1
