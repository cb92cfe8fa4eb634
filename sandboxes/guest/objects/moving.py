"""How a value is turned into others of the same shape, all of whose parts differ from it by the same number of steps.

No code of the tests or of the submission runs for it.
"""

from __future__ import annotations

import array
import enum
import itertools
import sys
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from .steps import MOVES, STRANGERS, Manner, estranged, move_text

__all__ = ["CONTAINERS", "MAPPINGS", "MOST_PARTS", "inside", "is_moved", "leaves", "moved", "same"]

MAPPINGS = (dict, OrderedDict, Counter, defaultdict)
CONTAINERS = (list, tuple, deque, set, frozenset, *MAPPINGS)
MOST_PARTS = 2000
"""Parts of a container; larger ones stay as they are."""
_EXTENDED = (int, float, str, bytes, tuple)
"""Built-in values that classes of the tests extend."""


def moved(value: Any, steps: int, manner: Manner, depth: int, others: Mapping[int, Any] = MappingProxyType({})) -> Any:
    """The value with all of its parts moved by so many steps, down to a depth; what can't be moved stays.

    What is one object in several places of the value is one in the result, too, and what holds itself does so there.

    Args:
        value: Any.
        steps: How far.
        manner: In which way.
        depth: Levels that are moved.
        others: What takes the place of objects, by their ``id``.

    Raises:
        ArithmeticError: There is no such value: past the end of the calendar, say, or of a signalling NaN.
        ValueError, TypeError: Likewise.
    """
    return _Mover(steps, manner, others).of(value, depth)


class _Mover:
    """Moves one value."""

    def __init__(self, steps: int, manner: Manner, others: Mapping[int, Any]) -> None:
        self._steps = steps
        self._manner = manner
        self._others = others
        self._made: dict[int, tuple[Any, Any]] = {}
        self._parts = itertools.count()

    def of(self, value: Any, depth: int) -> Any:
        """The value, moved."""
        kind, steps = type(value), self._steps
        if id(value) in self._others:
            return self._others[id(value)]
        if kind in MOVES:
            if self._manner.part not in (None, next(self._parts)):
                return value
            if self._manner.instead:
                return self._manner.instead[0]
            other = MOVES[kind](value, steps, self._manner)
            return estranged(value, steps) if self._manner.strange and steps and same(other, value) else other
        if self._manner.strange and kind in _NOTHING:
            return STRANGERS[steps % len(STRANGERS)] if steps else value
        if _is_of_numpy(value):
            here = self._manner.part in (None, next(self._parts))
            return _of_numpy(value, steps, self._manner) if here else value
        if id(value) in self._made:
            return self._made[id(value)][1]
        made = self._with_parts(value, depth) if depth else value
        return self._keep(value, made)

    def _keep(self, value: Any, made: Any) -> Any:
        self._made[id(value)] = value, made  # kept, so that nothing else gets its id
        return made

    def _with_parts(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind in _LIKE:
            like, back = _LIKE[kind]
            return back(value, self.of(like(value), depth - 1))
        if kind not in CONTAINERS:
            return self._inside(value, depth)
        if len(value) > MOST_PARTS and not self._manner.large:
            return value
        filling = {self._steps: self._steps} if self._manner.strange and self._steps and not value else {}
        if kind in (list, deque):
            made = self._keep(value, [] if kind is list else deque(maxlen=value.maxlen))
            made.extend([self.of(item, depth - 1) for item in value] or filling)
            return made
        if kind is tuple:
            return tuple([self.of(item, depth - 1) for item in value] or filling)
        if not all(map(_is_plain, value)):
            return value  # an object of the submission among them would be asked for its hash
        if kind not in MAPPINGS:
            return kind([self.of(item, depth - 1) for item in value] or filling)
        made = self._keep(value, defaultdict(value.default_factory) if kind is defaultdict else kind())
        items: Any = {key: self.of(item, depth - 1) for key, item in value.items()} or filling
        if same(items, dict(value)):  # of nothing that can be moved: by its keys
            items = {self.of(key, depth - 1): item for key, item in value.items()}
        made.update(items)
        return made

    def _inside(self, value: Any, depth: int) -> Any:
        """An object of the tests that is made of values: the same of moved ones."""
        kind = type(value)
        parts = inside(value)
        if isinstance(value, enum.Enum):
            members = list(type(value))
            return members[(members.index(value) + self._steps) % len(members)] if value in members else value
        if parts is None:
            return value
        if isinstance(value, BaseException):
            return kind(*self.of(parts, depth - 1))
        base = _base_of(kind)
        made = base.__new__(kind, self.of(parts, depth - 1)) if base else self._keep(value, object.__new__(kind))
        others = {} if base else self.of(parts, depth - 1)
        for name, part in _attributes(value).items():
            object.__setattr__(made, name, others.get(name, part))
        return made


def leaves(value: Any, depth: int, large: bool = False) -> Iterator[Any]:
    """The parts of a value that have no parts, down to a depth; large containers stay whole, or don't."""
    if depth and type(value) in CONTAINERS and (large or len(value) <= MOST_PARTS):
        for item in value.values() if type(value) in MAPPINGS else value:
            yield from leaves(item, depth - 1, large)
    elif depth and (parts := inside(value)) is not None:
        yield from leaves(parts, depth - 1, large)
    else:
        yield value


def is_moved(leaf: Any) -> bool:
    """Whether a part without parts can be moved."""
    return type(leaf) in MOVES or _is_of_numpy(leaf)


def inside(value: Any) -> Any:
    """The values that an object of the tests is made of: as a value, a tuple or a dict; None if nobody knows."""
    kind = type(value)
    if hasattr(kind, "_grader_generation") or _is_of_numpy(value):  # of the submission, or moved as a whole
        return None
    base = _base_of(kind)
    if base is not None:
        return base(value)
    if isinstance(value, BaseException):
        return value.args if kind.__module__ == "builtins" else None
    if kind.__module__.startswith("_pytest.") and kind.__name__.startswith("Approx"):  # its tolerance stays
        return {"expected": getattr(value, "expected", None)}
    plain: Any = object.__new__
    if callable(value) or kind.__new__ is not plain:
        return None
    return _attributes(value) or None


def _attributes(value: Any) -> dict[str, Any]:
    """The attributes that an object has of its own, in its dictionary or in slots."""
    slots = {name for cls in type(value).__mro__ for name in _listed(vars(cls).get("__slots__", ()))}
    held = {}
    for name in sorted(slots - {"__dict__", "__weakref__"}):
        try:
            held[name] = object.__getattribute__(value, name)
        except AttributeError:  # not set
            continue
    return held | getattr(value, "__dict__", {})


def _listed(slots: Any) -> tuple[str, ...]:
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _is_of_numpy(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray | numpy.generic)


def _of_numpy(value: Any, steps: int, manner: Manner) -> Any:
    """An array or a number of NumPy, of the same type."""
    kind = value.dtype.kind
    if value.size > MOST_PARTS and not manner.large:
        return value
    if kind in "iufc":
        numpy = sys.modules["numpy"]
        with numpy.errstate(over="ignore"):  # unsigned ones go round
            return (value + numpy.array(steps * manner.unit).astype(value.dtype)).astype(value.dtype) if steps else value
    if kind == "b":
        return value ^ bool(steps)
    return type(value)(move_text(str(value), steps, manner)) if isinstance(value, str) else value


def _base_of(kind: type) -> Any:
    return next((base for base in kind.__mro__[1:] if base in _EXTENDED), None)


def _is_plain(item: Any) -> bool:
    return item is None or type(item) in MOVES or (type(item) in (tuple, frozenset) and all(map(_is_plain, item)))


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same, without a question to an object of the submission inside of them."""
    return _same(one, other, set())


def _same(one: Any, other: Any, seen: set[tuple[int, int]]) -> bool:
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if type(one) in (list, tuple, deque, *MAPPINGS):
        if (id(one), id(other)) in seen:  # it holds itself
            return True
        seen.add((id(one), id(other)))
    if type(one) in (list, tuple, deque):
        return len(one) == len(other) and all(_same(*pair, seen) for pair in zip(one, other, strict=True))
    if type(one) in MAPPINGS:
        pairs = zip(one.values(), other.values(), strict=False)
        return list(one) == list(other) and all(_same(*pair, seen) for pair in pairs)
    if type(one) in (set, frozenset) or type(one) in MOVES:
        return bool(one == other)
    if type(one) in _LIKE:
        like = _LIKE[type(one)][0]
        return _same(like(one), like(other), seen)
    if _is_of_numpy(one):
        return bool(one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes())
    if isinstance(one, enum.Enum):
        return False
    parts = inside(one)
    return parts is not None and _same(parts, inside(other), seen)


_LIKE: dict[type, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]] = {
    type({}.keys()): (list, lambda value, items: dict.fromkeys(items).keys()),
    type({}.items()): (dict, lambda value, items: items.items()),
    array.array: (list, lambda value, items: array.array(value.typecode, items)),
    types.SimpleNamespace: (lambda value: dict(vars(value)), lambda value, items: types.SimpleNamespace(**items)),
    types.MappingProxyType: (dict, lambda value, items: types.MappingProxyType(items)),
}
"""What is moved as something else is: how it is made of the value, and the value of it."""
_NOTHING = frozenset({type(None), types.EllipsisType, types.NotImplementedType, type})
