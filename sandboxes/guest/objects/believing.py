"""Whether an object of a submission can be believed when it says that something is equal to it, or in it.

A class that says yes to everything is right about whatever a test expects. It is found out by what else it says yes to:
an object that the tests made with other arguments, another constant, a relative of the expected value. These *probes* come
before or after the real question, as chance has it, so that nothing tells them apart. While the reference runs it is asked
the same, and what it says yes to is noted: there a right solution may do so as well.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from .answers import YES, Yes, answer_of, is_yes
from .contract import Contract
from .knowledge import UNNAMED, are_enough, asked_of, is_known, note_parts
from .probing import SORTING, Probe, beside, chance, found_to_be_one, names_of, probes_of
from .remembering import is_remote, known_of

__all__ = ["believable", "believable_class", "identical", "note_yes", "see_that_it_is_one"]

_ALWAYS = 50
"""So many questions to objects of a class, in one test, are tried with all probes."""
_OFTEN, _DECOYS = 1000, 3
"""Until so many, the next ones are tried with a few, and all after those with one: who is asked more decides how often."""
_SOMETIMES = 1 / 8
"""Which share of questions that sort, which are many, is tried after the first."""
_MOST_NOTED = 1000
"""So many times that the reference says yes are noted in one test."""
_ENUM, _CHANGED, _OBJECT, _UNCOUNTED = "enum", "changed", "object", "uncounted"


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
    altering = self._grader_home.contract.altering
    if altering is None:
        return _believable(self, other, question, ask)
    one, about = altering.operands(self, other)
    return altering.answered(question, _believable(one, about, question, ask))


def _believable(self: Any, other: Any, question: str, ask: Callable[[Any, Any], Any]) -> Any:
    __tracebackhide__ = True
    contract = self._grader_home.contract
    if not contract.may_try():
        return ask(self, other)
    known = known_of(type(self))
    before = known.asked_before(contract.scope)
    uncounted = before.yes >= _MOST_NOTED
    if contract.recording:
        answer = ask(self, other)
        if is_remote(answer):  # an expression, say, which stands for an answer that comes later
            contract.may_be_alike(question, _OBJECT)
        elif uncounted:
            contract.may_be_alike(question, _UNCOUNTED)
        else:
            note_yes(self, other, question, ask, answer)
        known.count(contract.scope, not is_remote(answer) and is_yes(answer))
        return answer
    if uncounted and contract.may_be_alike(question, _UNCOUNTED):
        return ask(self, other)
    probes = _chosen(self, other, question, ask, before.times)
    place = chance.randrange(len(probes) + 1)
    asked = [(probe, answer_of(probe.ask)) for probe in probes[:place]]
    answer = ask(self, other)
    if is_remote(answer):
        if contract.may_be_alike(question, _OBJECT):
            return answer
        answer = bool(answer)  # asked once, as the next time it may say something else
    kinds = [kind for kind in YES if kind.says(answer)]
    known.count(contract.scope, bool(kinds))
    # Also after a no: the last question of all would be known for the real one, and could be told to the next object.
    asked += [(probe, answer_of(probe.ask)) for probe in probes[place:]]
    again = answer_of(lambda: ask(self, other)) if kinds and probes else answer
    for kind in kinds:
        wrong = [probe for probe, got in asked if probe.facts and kind.says(got)]
        if not kind.says(again):
            wrong.append(Probe([(_CHANGED,)], lambda: True))
        if question == "eq":
            wrong += found_to_be_one(self, other, ask)
        lies = [probe for probe in wrong if _is_a_lie(contract, question, probe, kind)]
        if contract.are_too_many(len(lies), len(probes)) and _are_enough(self, other, question, lies):
            _disbelieve(self, question)
    return answer


def _chosen(self: Any, other: Any, question: str, ask: Callable[[Any, Any], Any], before: int) -> list[Probe]:
    """The probes of one question, in an order by chance."""
    # What is asked about itself gains nothing by a yes, and may be as something else is by chance (a card that was drawn).
    probes = list(probes_of(self, other, question, ask)) if self is not other else []
    chance.shuffle(probes)
    if before < _ALWAYS:
        return probes
    if question in SORTING:
        return probes if chance.random() < _SOMETIMES else []
    return [probe for probe in probes if probe.facts][: _DECOYS if before < _OFTEN else 1]


def _is_a_lie(contract: Contract, question: str, probe: Probe, kind: Yes) -> bool:
    known = any(is_known(contract, f"{question}{kind.name}", fact) for fact in probe.facts)
    return not known and (probe.confirm is None or kind.says(answer_of(probe.confirm)))


def _are_enough(self: Any, other: Any, question: str, lies: list[Probe]) -> bool:
    asked = asked_of(type(self), names_of(self, other))
    return are_enough(self._grader_home.contract, question, asked, [fact for probe in lies for fact in probe.facts])


def note_yes(self: Any, other: Any, question: str, ask: Callable[[Any, Any], Any], answer: Any = True) -> None:
    """An object of the reference answers: of a yes is noted what else it says yes to, and what is made differently."""
    contract = self._grader_home.contract
    contract.may_be_alike(question, asked_of(type(self), names_of(self, other)))
    if question == "eq":
        note_parts(type(self), set())
        note_parts(type(other), set())
    for kind in YES:
        if not kind.says(answer):
            continue
        alike = [probe.facts for probe in probes_of(self, other, question, ask) if kind.says(answer_of(probe.ask))]
        if not kind.says(answer_of(lambda: ask(self, other))):
            alike.append([(_CHANGED,)])
        # What has no name here may have one in another right solution, and what has one may have none there.
        alike += [[(UNNAMED, name)] for name in names_of(self, other)]
        alike += [probe.facts for probe in found_to_be_one(self, other, ask)]
        for fact in (fact for facts in alike for fact in facts):
            is_known(contract, f"{question}{kind.name}", fact)


def believable_class(cls: Any, value: Any, ask: Callable[[Any], Any]) -> Any:
    """What a class answers when it is asked whether a value is ``in`` it, as ``believable``.

    Raises:
        AssertionError: It can't be believed.
    """
    __tracebackhide__ = True
    altering = cls._grader_home.contract.altering
    if altering is None:
        return _believable_class(cls, value, ask)
    return altering.answered("class contains", _believable_class(cls, altering.operands(cls, value)[1], ask))


def _believable_class(cls: Any, value: Any, ask: Callable[[Any], Any]) -> Any:
    __tracebackhide__ = True
    contract = cls._grader_home.contract
    if not contract.may_try():
        return ask(value)
    things = list(beside(value, contract))
    chance.shuffle(things)
    place = 0 if contract.recording else chance.randrange(len(things) + 1)
    answers = [(name, is_yes(answer_of(partial(ask, thing)))) for name, thing in things[:place]]
    answer = ask(value)
    answers += [(name, is_yes(answer_of(partial(ask, thing)))) for name, thing in things[place:]]
    if is_yes(answer):
        said = [name for name, says_yes in answers if says_yes and name is not None]
        if [name for name in said if not contract.may_be_alike("class contains", name)]:
            _disbelieve(cls, "class contains", cls.__qualname__)
    return answer


def identical(self: Any, other: Any) -> None:
    """Two names of one object are found equal: so they have to be with the reference.

    Raises:
        AssertionError: There they are not.
    """
    __tracebackhide__ = True
    contract = self._grader_home.contract
    found = found_to_be_one(self, other, lambda one, two: one is two)
    lies = [probe for probe in found if _is_a_lie(contract, "eq", probe, YES[0])]
    if lies and _are_enough(self, other, "eq", lies):
        _disbelieve(self, "eq")


def see_that_it_is_one(cls: Any, member: Any) -> None:
    """A member of an Enum that a test names has one name, or those that the reference's has; ``is`` would ask nobody.

    Raises:
        AssertionError: It has more.
    """
    __tracebackhide__ = True
    contract = cls._grader_home.contract
    if not contract.may_be_alike("is", _ENUM):  # the reference has a plain class, where equal constants may be one
        return
    names = {name for name in known_of(cls).names(member) if name.startswith(".")}
    if len(names) > 1 and [name for name in sorted(names) if not contract.may_be_alike("is", name)]:
        failure = AssertionError(f"{' and '.join(sorted(names))} are one member of {cls.__qualname__}")
        cls._grader_home.note(failure)
        raise failure


def _disbelieve(self: Any, question: str, name: str | None = None) -> None:
    __tracebackhide__ = True
    altering = self._grader_home.contract.altering
    if altering is not None and altering.changes:  # that nobody passes the test is what is wanted there
        return
    failure = AssertionError(
        f"{name or type(self).__qualname__} can't be believed: it also answers yes ({question}) about what differs, as no "
        "solution does that is known to be right"
    )
    self._grader_home.note(failure)
    raise failure
