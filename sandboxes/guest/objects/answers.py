"""What an object of a submission answers, as an ``assert`` takes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["YES", "Yes", "answer_of", "is_yes"]


def answer_of(ask: Callable[[], Any]) -> Any:
    """The answer to a question; no, if it fails."""
    try:
        return ask()
    except Exception:  # it does not know what to say of such a thing
        return False


def is_yes(answer: Any) -> bool:
    """Whether an ``assert`` takes an answer for a yes."""
    if answer is NotImplemented:
        return False
    try:
        return bool(answer)
    except Exception:  # an array of several elements, or an object of the submission that fails
        return False


def _is_each_yes(answer: Any) -> bool:
    """Whether all of many answers in one are yes."""
    if type(answer) in (list, tuple):
        return len(answer) > 0 and all(map(is_yes, answer))
    return getattr(answer, "ndim", 0) > 0 and answer.size > 0 and bool(answer.all())


class Yes(NamedTuple):
    """A way to say yes: a list of answers is one for ``assert``, whatever they are, and another if each of them is."""

    name: str
    says: Callable[[Any], bool]


YES = (Yes("", is_yes), Yes(" each", _is_each_yes))
"""All ways."""
