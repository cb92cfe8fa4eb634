"""Probes: what an object of a submission is asked beside a question, to which it has to say no."""

from __future__ import annotations

import itertools
import random
import secrets
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

from .answers import answer_of, is_yes
from .contract import Contract
from .exchanging import exchanged
from .knowledge import STRANGE, UNNAMED, Fact, is_known
from .relatives import all_relatives, some_relatives
from .remembering import Made, is_remote, known_of, made_by_call
from .steps import STRANGERS

__all__ = ["SORTING", "Probe", "beside", "chance", "found_to_be_one", "names_of", "probes_of"]

_MOST_RELATIVES = 6
"""Relatives of a plain value that are asked about beside it."""
_MOST_STRANGERS, _MOST_EXCHANGED = 3, 4
SORTING = ("lt", "le")
"""Questions that sort."""
chance = random.SystemRandom()  # tests seed the other one


class Probe(NamedTuple):
    """A question to which the answer has to be no, unless one of some facts is known of the reference.

    Attributes:
        facts: These; none if any answer will do.
        ask: Asks it.
        confirm: Asks the same of objects made anew: one that was made differently may have been changed since.
    """

    facts: list[Fact]
    ask: Callable[[], Any]
    confirm: Callable[[], Any] | None = None


def probes_of(self: Any, other: Any, question: str, ask: Callable[[Any, Any], Any]) -> Iterator[Probe]:
    """All probes of a question, as ``believable`` is asked it."""
    if question in SORTING:
        yield Probe([("reversed",)], lambda: ask(other, self))
        return
    if question == "ne":
        yield Probe([("equal",)], lambda: not ask(self, other))
        return
    contract = self._grader_home.contract
    if is_remote(other):
        others = list(_made_otherwise(self, other))
        if question == "eq" and not contract.recording:
            yield from _between([made.thing for _facts, made in others], ask)
        for facts, made in others:
            yield Probe(facts, partial(ask, self, made.thing), lambda made=made: ask(self, made.again()))  # type: ignore[misc]
            if question == "eq":  # either of them may be the one that is equal to all
                yield Probe(facts, partial(ask, made.thing, other), lambda made=made: ask(made.again(), other))  # type: ignore[misc]
    for name, thing in beside(other, contract):
        yield Probe([(name,)] if name else [], partial(ask, self, thing))


def _between(things: list[Any], ask: Callable[[Any, Any], Any]) -> Iterator[Probe]:
    """Questions to objects about each other, as each is asked about the real one, too, and would be about that one alone."""
    chance.shuffle(things)
    for one, two in zip(things, [*things[1:], *things[:1]], strict=True):
        if one is not two:
            yield Probe([], partial(ask, one, two))


def beside(value: Any, contract: Contract) -> Iterable[tuple[str | None, Any]]:
    """What something is asked about besides a value, by name; what has none may be in it by chance.

    For the same value it is the same throughout a test: what several objects are asked about would be known for the value.
    """
    if contract.recording:
        return [*(list(all_relatives(value)) or _strangers(all_of_them=True)), *_exchanged(value)]
    key = made_by_call((value,), {}) or id(value)
    if key not in contract.beside:
        found = list(some_relatives(value, _MOST_RELATIVES, chance)) or list(_strangers(all_of_them=False))
        others = _exchanged(value)
        contract.beside[key] = value, [*found, *chance.sample(others, min(_MOST_EXCHANGED, len(others)))]
    return contract.beside[key][1]


def _exchanged(value: Any) -> list[tuple[str, Any]]:
    return [] if is_remote(value) else list(exchanged(value, _differ))


def _differ(one: Any, two: Any) -> bool:
    """Whether two objects are different: calls made them that gave different ones of the reference, or they say so."""
    home = one._grader_home
    names = known_of(type(one)).names(one), known_of(type(two)).names(two)
    facts = list(itertools.product(names[0] or {UNNAMED}, names[1] or {UNNAMED}))
    if home.contract.recording or not all(names):
        alike = is_yes(answer_of(lambda: home.request("special", ["__eq__"], one, two)))
        for fact in facts if alike and home.contract.recording else ():
            is_known(home.contract, "eq", fact)
        return not alike
    return names[0].isdisjoint(names[1]) and not any(is_known(home.contract, "eq", fact) for fact in facts)


def found_to_be_one(self: Any, other: Any, ask: Callable[[Any, Any], Any]) -> list[Probe]:
    """Each two names of what was found equal: one object may stand for all that there is."""
    made = {name: one for cls in (type(self), type(other)) for name, one in _named(cls).items()}
    return [
        Probe([(one, two)], lambda: True, lambda one=one, two=two: ask(made[one].again(), made[two].again()))  # type: ignore[misc]
        for one, two in itertools.combinations(names_of(self, other), 2)
    ]


def _named(cls: Any) -> dict[str, Made]:
    return dict(known_of(cls).made) if hasattr(cls, "_grader_generation") else {}


def _strangers(all_of_them: bool) -> Iterator[tuple[str, Any]]:
    """Values that have nothing to do with what has no relatives."""
    places = range(len(STRANGERS)) if all_of_them else chance.sample(range(len(STRANGERS)), _MOST_STRANGERS)
    yield from ((f"{STRANGE} {place}", STRANGERS[place]) for place in places)
    yield STRANGE, secrets.token_hex(chance.randrange(3, 9))


def _made_otherwise(self: Any, other: Any) -> Iterator[tuple[list[Fact], Made]]:
    names = names_of(self, other)
    seen = set(names)
    # What has a name here may have none in another right solution.
    unnamed = {UNNAMED} if not names or self._grader_home.contract.recording else set()
    for cls in dict.fromkeys((type(other), type(self))):
        for how, made in list(known_of(cls).made.items()):
            if how not in seen and made.thing is not self and made.thing is not other:
                seen.add(how)
                yield [(name, how) for name in names | unnamed], made


def names_of(self: Any, other: Any) -> set[str]:
    """What two that are compared are known as, one or the other."""
    names = known_of(type(self)).names(self)
    return names | known_of(type(other)).names(other) if is_remote(other) else names
