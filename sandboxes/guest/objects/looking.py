"""How a test looks at what an object of the submission holds: its length, its items, its keys.

A hostile object may say that it has three items and give none, or give others each time, so that a loop that compares finds
nothing to compare. So where the reference gives a built-in container, an object is read once, as the container would have
been when it crossed; and where the reference's objects were asked as well, the answers must go together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["LOOKS", "VIEWS", "look", "members", "view"]

LOOKS = frozenset({"__len__", "__iter__", "__getitem__", "__reversed__"})
"""Special methods by which items are looked at."""
VIEWS = frozenset({"items", "keys", "values", "get", "count", "index"})
"""Methods by which what a container holds is looked at."""
_NOTHING = object()


def look(name: str, forward: Callable[..., Any]) -> Callable[..., Any]:
    """A special method of ``LOOKS``, which asks the object by ``forward`` or answers by what was read."""
    answer = {"__len__": _length, "__iter__": _items}.get(name)

    def method(self: Any, *args: Any) -> Any:
        __tracebackhide__ = True
        by_key = name == "__getitem__" and not isinstance(args[0], int | slice)
        if not by_key and _reads_once(self, "items"):
            return getattr(_read(self), name)(*args)
        return forward(self, *args) if answer is None else answer(self, forward)

    method.__name__ = name
    return method


def view(self: Any, name: str) -> Any:
    """What a method of ``VIEWS`` is for an object that is read once; ``NotImplemented`` for all others."""
    if not _reads_once(self, name):
        return NotImplemented
    items = _read(self)
    if name in ("count", "index"):
        return getattr(items, name)
    if "__getitem__" not in type(self)._grader_specials:
        raise TypeError(f"a {type(self).__qualname__!r} of the submission is no mapping")
    return getattr({key: self[key] for key in items}, name)


def members(cls: Any) -> list[Any]:
    """The members of a class, read once, since classes do not change."""
    generation, found = cls.__dict__.get("_grader_members", (None, []))
    if generation != cls._grader_generation:
        found = list(cls._grader_home.request("class", "iter", cls))
        type.__setattr__(cls, "_grader_members", (cls._grader_generation, found))
    return found


def _reads_once(self: Any, name: str) -> bool:
    """Whether the reference gives a container here: none of its objects was looked at so in the running test."""
    return not self._grader_home.contract.may_look(name)


def _read(self: Any) -> list[Any]:
    found = _own(self, "_grader_read")
    if found is _NOTHING:
        specials = type(self)._grader_specials
        if "__iter__" in specials:
            found = list(_steps(self, self._grader_home.request("special", ["__iter__"], self)))
        elif "__getitem__" in specials:
            found = list(_by_number(self))
        else:
            raise TypeError(f"a {type(self).__qualname__!r} of the submission has no items that could be counted")
        object.__setattr__(self, "_grader_read", found)
    return found


def _length(self: Any, forward: Callable[..., Any]) -> int:
    length = forward(self)
    said, steps = _own(self, "_grader_said", (length, -1))
    home = self._grader_home
    if steps == home.steps and said != length and not home.contract.may_be_uneven():
        raise AssertionError(f"{object.__repr__(self)} says that it has {said} items, and at once that it has {length}")
    object.__setattr__(self, "_grader_said", (length, home.steps))
    return length


def _items(self: Any, forward: Callable[..., Any]) -> Iterator[Any]:
    """The items, as many as the object says to have: else what is compared one by one could be fewer than were counted."""
    specials = type(self)._grader_specials
    if "__len__" not in specials:
        return iter(_by_number(self)) if "__iter__" not in specials else forward(self)
    return _counted(self, forward, len(self))


def _counted(self: Any, forward: Callable[..., Any], length: int) -> Iterator[Any]:
    count = 0
    items = _steps(self, forward(self)) if "__iter__" in type(self)._grader_specials else _by_number(self)
    for item in items:
        count += 1
        yield item
    if count != length and not self._grader_home.contract.may_be_uneven():
        raise AssertionError(
            f"a {type(self).__qualname__} of the submission says that it has {length} items, and gives {count}"
        )


def _steps(self: Any, items: Any) -> Iterator[Any]:
    """What an iterator gives; often it is the object itself, whose ``__iter__`` is this module's."""
    if items is not self:
        yield from items
        return
    while True:
        try:
            item = next(items)
        except StopIteration:
            return
        yield item


def _by_number(self: Any) -> Iterator[Any]:
    number = 0
    while True:
        try:
            item = self._grader_home.request("special", ["__getitem__"], self, number)
        except (IndexError, StopIteration):
            return
        yield item
        number += 1


def _own(self: Any, name: str, default: Any = _NOTHING) -> Any:
    try:
        return object.__getattribute__(self, name)
    except AttributeError:
        return default
