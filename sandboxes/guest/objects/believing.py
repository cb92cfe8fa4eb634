"""Whether an object of a submission can be believed when it says that something is equal to it, or in it.

A class that says yes to everything is right about whatever a test expects. It is found out by what else it says yes to:
an object that the tests made with other arguments, another constant, a relative of the expected value. These *probes* come
before or after the real question, as chance has it, so that nothing tells them apart. While the reference runs it is asked
the same, and what it says yes to is noted: there a right solution may do so as well.
"""

from __future__ import annotations

import itertools
import random
import secrets
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple, NoReturn

from .contract import Contract
from .exchanging import exchanged
from .moving import STRANGERS
from .relatives import all_relatives, some_relatives
from .remembering import Made, is_remote, known_of, made_by_call, name_of

__all__ = ["believable", "believable_class", "identical", "note_alike", "note_yes", "see_that_it_is_one"]

_ALWAYS = 50
"""So many questions to objects of a class, in one test, are tried with all probes."""
_OFTEN, _DECOYS = 1000, 3
"""Until so many, the next ones are tried with a few, and all after those with one: who is asked more decides how often."""
_SOMETIMES = 1 / 8
"""Which share of questions that sort, which are many, is tried after the first."""
_MOST_NOTED = 1000
"""So many times that the reference says yes are noted in one test."""
_MOST_RELATIVES = 6
"""Relatives of a plain value that are asked about beside it."""
_MOST_STRANGERS = 3
_MOST_EXCHANGED = 4
_UNNAMED, _ENUM = "?", "enum"
_STRANGE, _CHANGED, _OBJECT, _UNCOUNTED = "strange", "changed", "object", "uncounted"
_SORTING = ("lt", "le")
_Fact = tuple[str, ...]
"""What is true of the reference: one word, or two names of what is equal."""
_chance = random.SystemRandom()  # tests seed the other one


class _Probe(NamedTuple):
    """A question to which the answer has to be no, unless one of some facts is known of the reference.

    Attributes:
        facts: These; none if any answer will do.
        ask: Asks it.
        confirm: Asks the same of objects made anew: one that was made differently may have been changed since.
    """

    facts: list[_Fact]
    ask: Callable[[], Any]
    confirm: Callable[[], Any] | None = None


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
        known.count(contract.scope, not is_remote(answer) and _is_yes(answer))
        return answer
    if uncounted and contract.may_be_alike(question, _UNCOUNTED):
        return ask(self, other)
    probes = _chosen(self, other, question, ask, before.times)
    place = _chance.randrange(len(probes) + 1)
    asked = [(probe, _answer(probe.ask)) for probe in probes[:place]]
    answer = ask(self, other)
    if is_remote(answer):
        if contract.may_be_alike(question, _OBJECT):
            return answer
        answer = bool(answer)  # asked once, as the next time it may say something else
    kinds = [kind for kind in _YES if kind.says(answer)]
    known.count(contract.scope, bool(kinds))
    # Also after a no: the last question of all would be known for the real one, and could be told to the next object.
    asked += [(probe, _answer(probe.ask)) for probe in probes[place:]]
    again = _answer(lambda: ask(self, other)) if kinds and probes else answer
    for kind in kinds:
        wrong = [probe for probe, got in asked if probe.facts and kind.says(got)]
        if not kind.says(again):
            wrong.append(_Probe([(_CHANGED,)], lambda: True))
        if question == "eq":
            wrong += _found_to_be_one(self, other, ask)
        lies = [probe for probe in wrong if _is_a_lie(contract, question, probe, kind)]
        if lies and _are_enough(self, other, question, lies):
            _disbelieve(self, question)
    return answer


def _chosen(self: Any, other: Any, question: str, ask: Callable[[Any, Any], Any], before: int) -> list[_Probe]:
    """The probes of one question, in an order by chance."""
    # What is asked about itself gains nothing by a yes, and may be as something else is by chance (a card that was drawn).
    probes = list(_probes(self, other, question, ask)) if self is not other else []
    _chance.shuffle(probes)
    if before < _ALWAYS:
        return probes
    if question in _SORTING:
        return probes if _chance.random() < _SOMETIMES else []
    return [probe for probe in probes if probe.facts][: _DECOYS if before < _OFTEN else 1]


def _is_a_lie(contract: Contract, question: str, probe: _Probe, kind: _Yes) -> bool:
    known = any(_is_known(contract, f"{question}{kind.name}", fact) for fact in probe.facts)
    return not known and (probe.confirm is None or kind.says(_answer(probe.confirm)))


def _is_known(contract: Contract, question: str, fact: _Fact) -> bool:
    """Whether something is true of the reference; while that runs, it is from now on.

    What is made with a number by chance, or with the time, is made with another one each time. Of that it is enough that
    the same calls gave what was equal.
    """
    known = contract.may_be_alike(question, _text(fact))
    if len(fact) == 1:
        return known
    by_origin = contract.may_be_alike(question, _text(map(_origin, fact)))
    return known or (by_origin and not any(name != _UNNAMED and contract.has_made(name) for name in fact))


def _origin(name: str) -> str:
    """The call, without its arguments, by which something is known."""
    call, arguments, _rest = name.partition("tuple(")
    return f"{call}{arguments}"


def _are_enough(self: Any, other: Any, question: str, lies: list[_Probe]) -> bool:
    """Whether answers that are none of the reference's show that an object can't be believed.

    Where no object of its class was asked in this test, as the reference keeps what a submission makes anew, or has it
    inside of something else, nobody knows to which of the objects that tests made one without a name is equal. Then it has
    to say yes to two of them that differ.
    """
    contract = self._grader_home.contract
    if contract.may_be_alike(question, _asked_of(type(self), _names(self, other))):
        return True
    facts = [fact for probe in lies for fact in probe.facts]
    if any(len(fact) == 1 for fact in facts):
        return True
    unnamed = {name for fact in facts if _UNNAMED in fact for name in fact if name != _UNNAMED}
    pairs = [fact for fact in facts if _UNNAMED not in fact] + list(itertools.combinations(unnamed, 2))
    return any(all(map(contract.has_made, pair)) and not contract.are_alike(_text(pair)) for pair in pairs)


def note_alike(contract: Contract) -> None:
    """At the end of a test of the reference: note which of the objects that tests made since the last are equal to which."""
    for known in contract.known.values():
        new, known.new = known.new, []
        for how in new:
            one = known.before[how]
            for name, other in list(known.before.items()):
                if name != how and _is_yes(_answer(partial(one._grader_home.request, "special", ["__eq__"], one, other))):
                    contract.are_alike(_text((how, name)))


def _text(fact: Iterable[str]) -> str:
    """How a fact is noted."""
    return " = ".join(sorted(fact))


def _asked_of(cls: Any, names: set[str]) -> str:
    """The fact that objects of a class are asked in a test, with a name by which they are known, or without."""
    return f"asked {name_of(cls)}{'' if names else ' unnamed'}"


def note_yes(self: Any, other: Any, question: str, ask: Callable[[Any, Any], Any], answer: Any = True) -> None:
    """An object of the reference answers: of a yes is noted what else it says yes to, and what is made differently."""
    contract = self._grader_home.contract
    contract.may_be_alike(question, _asked_of(type(self), _names(self, other)))
    if question == "eq":
        _note_parts(type(self), set())
        _note_parts(type(other), set())
    for kind in _YES:
        if not kind.says(answer):
            continue
        alike = [probe.facts for probe in _probes(self, other, question, ask) if kind.says(_answer(probe.ask))]
        if not kind.says(_answer(lambda: ask(self, other))):
            alike.append([(_CHANGED,)])
        # What has no name here may have one in another right solution, and what has one may have none there.
        alike += [[(_UNNAMED, name)] for name in _names(self, other)]
        alike += [probe.facts for probe in _found_to_be_one(self, other, ask)]
        for fact in (fact for facts in alike for fact in facts):
            _is_known(contract, f"{question}{kind.name}", fact)


def _note_parts(cls: Any, seen: set[Any]) -> None:
    """What an object that is compared was made of is compared as well: by its class, or by the test if that is a tuple."""
    for part in known_of(cls).parts - seen if hasattr(cls, "_grader_generation") else ():
        seen.add(part)
        if name := name_of(part):
            part._grader_home.contract.may_ask(name, "eq", name, True)
        _note_parts(part, seen)


def _probes(self: Any, other: Any, question: str, ask: Callable[[Any, Any], Any]) -> Iterator[_Probe]:
    if question in _SORTING:
        yield _Probe([("reversed",)], lambda: ask(other, self))
        return
    if question == "ne":
        yield _Probe([("equal",)], lambda: not ask(self, other))
        return
    contract = self._grader_home.contract
    if is_remote(other):
        others = list(_made_otherwise(self, other))
        if question == "eq" and not contract.recording:
            yield from _between([made.thing for _facts, made in others], ask)
        for facts, made in others:
            yield _Probe(facts, partial(ask, self, made.thing), lambda made=made: ask(self, made.again()))  # type: ignore[misc]
            if question == "eq":  # either of them may be the one that is equal to all
                yield _Probe(facts, partial(ask, made.thing, other), lambda made=made: ask(made.again(), other))  # type: ignore[misc]
    for name, thing in _things(other, contract):
        yield _Probe([(name,)] if name else [], partial(ask, self, thing))


def _between(things: list[Any], ask: Callable[[Any, Any], Any]) -> Iterator[_Probe]:
    """Questions to objects about each other, as each is asked about the real one, too, and would be about that one alone."""
    _chance.shuffle(things)
    for one, two in zip(things, [*things[1:], *things[:1]], strict=True):
        if one is not two:
            yield _Probe([], partial(ask, one, two))


def _things(value: Any, contract: Contract) -> Iterable[tuple[str | None, Any]]:
    """What something is asked about besides a value, by name; what has none may be in it by chance.

    For the same value it is the same throughout a test: what several objects are asked about would be known for the value.
    """
    others = [] if is_remote(value) else list(exchanged(value, _differ))
    if contract.recording:
        return [*(list(all_relatives(value)) or _strangers(all_of_them=True)), *others]
    key = made_by_call((value,), {}) or id(value)
    if key not in contract.beside:
        found = list(some_relatives(value, _MOST_RELATIVES, _chance)) or list(_strangers(all_of_them=False))
        contract.beside[key] = value, [*found, *_chance.sample(others, min(_MOST_EXCHANGED, len(others)))]
    return contract.beside[key][1]


def _differ(one: Any, two: Any) -> bool:
    """Whether two objects are different: calls made them that gave different ones of the reference, or they say so."""
    home = one._grader_home
    names = known_of(type(one)).names(one), known_of(type(two)).names(two)
    facts = list(itertools.product(names[0] or {_UNNAMED}, names[1] or {_UNNAMED}))
    if home.contract.recording or not all(names):
        alike = _is_yes(_answer(lambda: home.request("special", ["__eq__"], one, two)))
        for fact in facts if alike and home.contract.recording else ():
            _is_known(home.contract, "eq", fact)
        return not alike
    return names[0].isdisjoint(names[1]) and not any(_is_known(home.contract, "eq", fact) for fact in facts)


def believable_class(cls: Any, value: Any, ask: Callable[[Any], Any]) -> Any:
    """What a class answers when it is asked whether a value is ``in`` it, as ``believable``.

    Raises:
        AssertionError: It can't be believed.
    """
    __tracebackhide__ = True
    contract = cls._grader_home.contract
    if not contract.may_try():
        return ask(value)
    things = list(_things(value, contract))
    _chance.shuffle(things)
    place = 0 if contract.recording else _chance.randrange(len(things) + 1)
    answers = [(name, _is_yes(_answer(partial(ask, thing)))) for name, thing in things[:place]]
    answer = ask(value)
    answers += [(name, _is_yes(_answer(partial(ask, thing)))) for name, thing in things[place:]]
    if _is_yes(answer):
        said = [name for name, says_yes in answers if says_yes and name is not None]
        if [name for name in said if not contract.may_be_alike("class contains", name)]:
            _disbelieve(cls, "class contains", cls.__qualname__)
    return answer


def _strangers(all_of_them: bool) -> Iterator[tuple[str, Any]]:
    """Values that have nothing to do with what has no relatives."""
    places = range(len(STRANGERS)) if all_of_them else _chance.sample(range(len(STRANGERS)), _MOST_STRANGERS)
    yield from ((f"{_STRANGE} {place}", STRANGERS[place]) for place in places)
    yield _STRANGE, secrets.token_hex(_chance.randrange(3, 9))


def _made_otherwise(self: Any, other: Any) -> Iterator[tuple[list[_Fact], Made]]:
    names = _names(self, other)
    seen = set(names)
    # What has a name here may have none in another right solution.
    unnamed = {_UNNAMED} if not names or self._grader_home.contract.recording else set()
    for cls in dict.fromkeys((type(other), type(self))):
        for how, made in list(known_of(cls).made.items()):
            if how not in seen and made.thing is not self and made.thing is not other:
                seen.add(how)
                yield [(name, how) for name in names | unnamed], made


def _answer(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Exception:  # it does not know what to say of such a thing
        return False


def _is_yes(answer: Any) -> bool:
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
        return len(answer) > 0 and all(map(_is_yes, answer))
    return getattr(answer, "ndim", 0) > 0 and answer.size > 0 and bool(answer.all())


class _Yes(NamedTuple):
    """A way to say yes: a list of answers is one for ``assert``, whatever they are, and another if each of them is."""

    name: str
    says: Callable[[Any], bool]


_YES = (_Yes("", _is_yes), _Yes(" each", _is_each_yes))


def _found_to_be_one(self: Any, other: Any, ask: Callable[[Any, Any], Any]) -> list[_Probe]:
    """Each two names of what was found equal: one object may stand for all that there is."""
    made = {name: one for cls in (type(self), type(other)) for name, one in _named(cls).items()}
    return [
        _Probe([(one, two)], lambda: True, lambda one=one, two=two: ask(made[one].again(), made[two].again()))  # type: ignore[misc]
        for one, two in itertools.combinations(_names(self, other), 2)
    ]


def _named(cls: Any) -> dict[str, Made]:
    return dict(known_of(cls).made) if hasattr(cls, "_grader_generation") else {}


def identical(self: Any, other: Any) -> None:
    """Two names of one object are found equal: so they have to be with the reference.

    Raises:
        AssertionError: There they are not.
    """
    __tracebackhide__ = True
    contract = self._grader_home.contract
    found = _found_to_be_one(self, other, lambda one, two: one is two)
    lies = [probe for probe in found if _is_a_lie(contract, "eq", probe, _YES[0])]
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


def _disbelieve(self: Any, question: str, name: str | None = None) -> NoReturn:
    __tracebackhide__ = True
    failure = AssertionError(
        f"{name or type(self).__qualname__} can't be believed: it also answers yes ({question}) about what differs, as no "
        "solution does that is known to be right"
    )
    self._grader_home.note(failure)
    raise failure


def _names(self: Any, other: Any) -> set[str]:
    names = known_of(type(self)).names(self)
    return names | known_of(type(other)).names(other) if is_remote(other) else names
