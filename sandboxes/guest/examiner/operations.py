"""The operations that can be asked for, and the parts that a request for each must have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..objects.specials import SPECIALS
from .kinds import Kind

__all__ = ["MEMBERS", "OPERATIONS", "TEXTS", "Operation"]

_MOST_VALUES = 10_000
_LONGEST_NAME = 1_000
_STDIN = ("read", "readline")
MEMBERS = {"iter": 1, "len": 1, "getitem": 2}
"""What can be asked of the members of a class, and how many values that takes."""
TEXTS = frozenset({"__repr__", "__str__", "__format__"})
"""Special methods that every object has for its text."""


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked.

    Attributes:
        does: For the reader.
        detail: Whether the detail is as it must be.
        values: The fewest and the most values, the target included.
        target: Whether the first value is a target.
        allowed: Whether the kind of the target allows it; names of attributes are judged apart.
    """

    does: str
    detail: Callable[[Any], bool]
    values: tuple[int, int]
    target: bool = True
    allowed: Callable[[Kind, Any], bool] = lambda kind, detail: True


def _is_nothing(detail: Any) -> bool:
    return detail is None


def _is_name(detail: Any) -> bool:
    return type(detail) is str and 0 < len(detail) <= _LONGEST_NAME


def _is_names(detail: Any) -> bool:
    return type(detail) is list and len(detail) <= _MOST_VALUES and all(map(_is_name, detail))


def _is_special(detail: Any) -> bool:
    return _is_names(detail) and len(detail) > 0 and detail[0] in SPECIALS


OPERATIONS = {
    "call": Operation("calls the target", _is_names, (1, _MOST_VALUES), allowed=lambda kind, detail: kind.call),
    "special": Operation(
        "uses a special method of the target; its text, where its kind has none, is the name of its class",
        _is_special,
        (1, _MOST_VALUES),
        allowed=lambda kind, detail: (
            kind.call if detail[0] == "__call__" else detail[0] in kind.specials or detail[0] in TEXTS
        ),
    ),
    "getattr": Operation("reads an attribute of the target", _is_name, (1, 1)),
    "setattr": Operation("sets an attribute of the target", _is_name, (2, 2)),
    "dir": Operation("lists the attributes of the target that can be read", _is_nothing, (1, 1)),
    "plain": Operation(
        "reads the built-in value that the target extends",
        _is_nothing,
        (1, 1),
        allowed=lambda kind, detail: bool(kind.specials),
    ),
    "class": Operation(
        "lists, counts or looks up the members of a class",
        lambda detail: type(detail) is str and detail in MEMBERS,
        (1, 2),
        allowed=lambda kind, detail: kind.enumerate,
    ),
    "input": Operation("calls `input`, as the test has it", _is_nothing, (1, 1), target=False),
    "stdin": Operation(
        "reads from `sys.stdin`, as the test has it",
        lambda detail: type(detail) is str and detail in _STDIN,
        (0, 1),
        target=False,
    ),
    "output": Operation("nothing: carries output along", _is_nothing, (0, 0), target=False),
}
"""All that the candidate can ask for while instructors' tests run."""
