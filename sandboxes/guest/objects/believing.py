"""Whether a class that the reference did not have decide what is equal can be believed when it does.

Where the reference has a named tuple or an Enum, equality is Python's own; a right submission may have a class there, which
has to be asked. One that says yes to everything is found out by what else it is equal to: a strange value, an object that
the test made with other arguments, another constant of the class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["believable", "note_alike", "remember"]

_MOST = 8
_STRANGE = "nothing is equal to this"


def remember(cls: Any, made: Any, how: str | None) -> None:
    """Keep an object of a class that the running test made, or found as a constant of the class.

    Args:
        cls: The class.
        made: The object.
        how: Tells it from those that have to be different; None if nothing does.
    """
    scope, known = cls.__dict__.get("_grader_known", (None, {}))
    if scope != _scope(cls):
        scope, known = _scope(cls), {}
        type.__setattr__(cls, "_grader_known", (scope, known))
    if how is not None and len(known) < _MOST:
        known[how] = made


def believable(self: Any, other: Any, ask: Callable[[Any], Any]) -> Any:
    """What an object says of its equality with another one; an assertion fails if it says the same of what is different.

    Args:
        self: The object.
        other: The other operand, an object of the submission.
        ask: Asks the object whether it is equal to something.
    """
    answer = ask(other)
    if answer is NotImplemented or not answer:
        return answer
    known = _known(self)
    same = _names(other, known) or _names(self, known)
    if self._grader_home.contract.may_be_alike():
        known, same = {}, set()
    different = [made for how, made in known.items() if how not in same] if same else []
    if len(same) > 1 or ask(_STRANGE) is True or any(ask(made) is True for made in different):
        raise AssertionError(f"objects of {type(self).__qualname__} that have to be different are equal")
    return answer


def note_alike(self: Any, other: Any) -> None:
    """Two objects of the reference are equal: note it if the test made them differently, or found them under two names."""
    known = _known(self)
    if len(_names(self, known) | _names(other, known)) > 1:
        self._grader_home.contract.may_be_alike()


def _known(self: Any) -> dict[str, Any]:
    return type(self).__dict__.get("_grader_known", (None, {}))[1]


def _names(thing: Any, known: dict[str, Any]) -> set[str]:
    return {how for how, made in known.items() if made is thing}


def _scope(cls: Any) -> Any:
    return cls._grader_home.contract.scope, cls._grader_generation
