"""Whether an object of a submission can be believed when it says that something is equal to it, or in it.

A class that says yes to everything is right about whatever a test expects. It is found out by what else it says yes to: a
strange value, an object that the tests made with other arguments, another constant, a number beside the expected one. These
*probes* come before or after the real question, as chance has it, so that nothing tells them apart. While the reference runs
it is asked the same, and what it says yes to is noted: there a right solution may do so as well.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["believable", "made_by_call", "note_yes", "remember"]

_MOST_KEPT = 12
"""Objects of a class that are kept to ask about; the latest ones."""
_LONGEST_CALL = 300
_ALWAYS = 8
"""So many questions to objects of a class, in one test, are tried with all probes."""
_SOMETIMES = 1 / 8
"""After those, which share is tried with some."""
_MOST_NOTED = 1000
"""So many answers of the reference are noted in one test: after them only what no answer depends on is tried."""
_STRANGE, _BESIDE, _CHANGED, _OBJECT = "strange", "beside", "changed", "object"
_chance = random.SystemRandom()  # tests seed the other one

Probe = tuple[str, Callable[[], Any]]
"""A question to which the answer has to be no, and what it is called in facts."""


class _Known:
    """What the tests made of a class, or found as its constants.

    Args:
        generation: Which candidate they are in.

    Attributes:
        made: Objects by the call or name that they came from.
        scope: The test that ``asked`` is for.
        asked: How many questions were asked in the running test.
    """

    def __init__(self, generation: int) -> None:
        self.generation = generation
        self.made: dict[str, Any] = {}
        self.scope = ""
        self.asked = 0

    def asked_before(self, scope: str) -> int:
        """How many questions the running test had asked before this one, which is counted."""
        if scope != self.scope:
            self.scope, self.asked = scope, 0
        self.asked += 1
        return self.asked - 1

    def keep(self, how: str, thing: Any) -> None:
        self.made.pop(how, None)
        self.made[how] = thing
        if len(self.made) > _MOST_KEPT:
            del self.made[next(iter(self.made))]

    def names(self, thing: Any) -> set[str]:
        """What an object is known as; several, if calls that differ gave the same one."""
        return {how for how, made in list(self.made.items()) if made is thing}


def remember(cls: Any, thing: Any, how: str | None) -> None:
    """Keep an object of a class that a test made, or found as a constant of the class, if any are ever compared.

    Args:
        cls: The class.
        thing: The object.
        how: Tells it from those that have to be different; None if nothing does.
    """
    if how is not None and cls._grader_home.contract.compares(cls._grader_path):
        _known(cls).keep(how, thing)


def made_by_call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
    """What tells a call of a class from others: its arguments, if they are plain values or were made of such themselves."""
    try:
        text = _text((args, kwargs), 4)
    except ValueError:
        return None
    return text if len(text) <= _LONGEST_CALL else None


def _text(value: Any, depth: int) -> str:
    kind = type(value)
    if kind in (bool, int, float, complex, str, bytes, type(None)):
        return repr(value)[: _LONGEST_CALL + 1]
    if kind in (tuple, list, dict, set) and depth and len(value) <= 50:
        parts = [part for item in value.items() for part in item] if kind is dict else value
        texts = [_text(part, depth - 1) for part in parts]
        return f"{kind.__name__}({', '.join(sorted(texts) if kind is set else texts)})"
    names = _known(kind).names(value) if _is_remote(value) else set()
    if len(names) != 1:
        raise ValueError("nothing tells it from others")
    return f"{kind.__name__}{names.pop()}"


def believable(self: Any, other: Any, question: str, ask: Callable[[Any, Any], Any]) -> Any:
    """What an object answers; an assertion fails if it answers the same about what is different.

    Args:
        self: The object.
        other: What it is asked about: a plain value, or an object of the submission.
        question: Name of the operator.
        ask: Asks its first argument about the second one.

    Raises:
        AssertionError: It can't be believed.
    """
    __tracebackhide__ = True
    contract = self._grader_home.contract
    before = _known(type(self)).asked_before(contract.scope)
    late = before >= _MOST_NOTED
    if contract.recording:
        answer = ask(self, other)
        if late:
            return answer
        if _is_remote(answer):  # an expression, say, which stands for an answer that comes later
            contract.may_be_alike(question, _OBJECT)
        elif _is_yes(answer):
            note_yes(self, other, question, ask)
        return answer
    probes = list(_probes(self, other, question, ask))
    if late:
        probes = [probe for probe in probes if probe[0].startswith((_STRANGE, _BESIDE))]
    if before >= _ALWAYS:
        probes = _chance.sample(probes, min(2, len(probes))) if _chance.random() < _SOMETIMES else []
    place = _chance.randrange(len(probes) + 1)
    wrong = [name for name, probe in probes[:place] if _says_yes(probe)]
    answer = ask(self, other)
    if _is_remote(answer):
        if contract.may_be_alike(question, _OBJECT):
            return answer
        answer = bool(answer)  # asked once, as the next time it may say something else
    if not _is_yes(answer):
        return answer
    wrong += [name for name, probe in probes[place:] if _says_yes(probe)]
    if probes and not _says_yes(lambda: ask(self, other)):
        wrong.append(_CHANGED)
    same = _names(self, other)
    if question == "eq" and len(same) > 1 and not late:  # one object for all that there is
        wrong += same
    if [name for name in wrong if not contract.may_be_alike(question, name)]:
        failure = AssertionError(f"an object of {type(self).__qualname__} says the same of what is different ({question})")
        self._grader_home.note(failure)
        raise failure
    return answer


def note_yes(self: Any, other: Any, question: str, ask: Callable[[Any, Any], Any]) -> None:
    """An object of the reference says yes: note what else it says yes to, and what is made differently and the same."""
    contract = self._grader_home.contract
    same = _names(self, other)
    alike = [name for name, probe in _probes(self, other, question, ask) if _says_yes(probe)]
    if not _says_yes(lambda: ask(self, other)):
        alike.append(_CHANGED)
    for name in (*alike, *(same if len(same) > 1 else ())):
        contract.may_be_alike(question, name)


def _probes(self: Any, other: Any, question: str, ask: Callable[[Any, Any], Any]) -> Iterator[Probe]:
    if question in ("lt", "le"):
        yield "reversed", lambda: ask(other, self)
        return
    if question == "ne":
        yield "equal", lambda: not ask(self, other)
        return
    others = _beside(other) if not _is_remote(other) else _made_otherwise(self, other)
    strange = [(_STRANGE, secrets.token_hex(_chance.randrange(3, 9))) for _ in range(2)]
    things = [*strange, *others]
    for name, thing in _chance.sample(things, len(things)):
        yield name, lambda thing=thing: ask(self, thing)  # type: ignore[misc]


def _made_otherwise(self: Any, other: Any) -> Iterator[tuple[str, Any]]:
    seen = _names(self, other)
    for cls in dict.fromkeys((type(other), type(self))):
        for how, thing in list(_known(cls).made.items()):
            if how not in seen and thing is not self and thing is not other:
                seen.add(how)
                yield how, thing


def _beside(value: Any) -> Iterator[tuple[str, Any]]:
    """Plain values that differ from ``value`` a little."""
    kind = type(value)
    if kind is int:
        others: list[Any] = [value + 1, value - 1, 2 * value + 3]
    elif kind is float:
        others = [value + 1.0, 2.0 * value + 3.0]
    elif kind is str:
        others = [value + "s", value[1:] if value else "a", value[::-1] + "o"]
    elif kind in (list, tuple):
        others = [kind((*value, 0)), kind(value[1:]) if value else kind((1,))]
    elif kind is dict:
        others = [{**value, secrets.token_hex(4): 0}, {} if value else {"a": 1}]
    elif kind in (set, frozenset):
        others = [value | {secrets.token_hex(4)}, kind() if value else kind((1,))]
    else:
        return
    for number, thing in enumerate(others):
        yield f"{_BESIDE} {number}", thing


def _says_yes(probe: Callable[[], Any]) -> bool:
    try:
        return _is_yes(probe())
    except Exception:  # it does not know what to say of such a thing
        return False


def _is_yes(answer: Any) -> bool:
    """Whether an ``assert`` takes an answer for a yes; an array of many answers is none, whatever they are."""
    if answer is NotImplemented:
        return False
    try:
        return bool(answer)
    except ValueError:  # an array of several elements
        return False


def _names(self: Any, other: Any) -> set[str]:
    names = _known(type(self)).names(self)
    return names | _known(type(other)).names(other) if _is_remote(other) else names


def _is_remote(value: Any) -> bool:
    """Whether a value is an object of the submission."""
    return hasattr(type(value), "_grader_generation")


def _known(cls: Any) -> _Known:
    known = cls.__dict__.get("_grader_known")
    if known is None or known.generation != cls._grader_generation:  # in a fresh candidate there is none of them
        known = _Known(cls._grader_generation)
        type.__setattr__(cls, "_grader_known", known)
    return known
