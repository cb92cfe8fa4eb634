"""What is known of the reference: to what its objects say yes, and which of those that tests made are equal to which."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import partial
from typing import Any

from .answers import answer_of, is_yes
from .contract import Contract
from .remembering import known_of, name_of

__all__ = ["STRANGE", "UNNAMED", "Fact", "are_enough", "asked_of", "is_known", "note_alike", "note_parts"]

Fact = tuple[str, ...]
"""What is true of the reference: one word, or two names of what is equal."""
UNNAMED = "?"
"""The name of what has none."""
STRANGE = "strange"
"""The name of a text by chance, and with a number of other values, which have nothing to do with what is asked."""


def is_known(contract: Contract, question: str, fact: Fact) -> bool:
    """Whether something is true of the reference; while that runs, it is from now on.

    What is made with a number by chance, or with the time, is made with another one each time. Of that it is enough that
    the same calls gave what was equal.
    """
    known = contract.may_be_alike(question, _text(fact))
    if len(fact) == 1:
        return known
    by_origin = contract.may_be_alike(question, _text(map(_origin, fact)))
    return known or (by_origin and not any(name != UNNAMED and contract.has_made(name) for name in fact))


def _origin(name: str) -> str:
    """The call, without its arguments, by which something is known."""
    call, arguments, _rest = name.partition("tuple(")
    return f"{call}{arguments}"


def are_enough(contract: Contract, question: str, asked: str, lies: Iterable[Fact]) -> bool:
    """Whether answers that are none of the reference's show that an object can't be believed.

    Nobody knows to which of the objects that tests made one without a name is equal: the reference keeps what a submission
    makes anew, or has it inside of something else, or has other ones there by chance (the cards that were drawn). So it has
    to say yes to two of them that differ. The same holds where no object of its class was asked in this test.

    Args:
        contract: Knows the reference.
        question: Name of the operator.
        asked: See ``asked_of``.
        lies: What would have to be true of the reference.
    """
    facts = list(lies)
    strange = [fact for fact in facts if len(fact) == 1 and fact[0].startswith(STRANGE)]
    if facts == strange and (STRANGE,) not in facts:
        return False  # what takes "" for nothing, or () for zero, is lenient; who says yes to any text is not
    named = not all(UNNAMED in fact for fact in facts)
    if (named and contract.may_be_alike(question, asked)) or any(len(fact) == 1 for fact in facts):
        return True
    unnamed = {name for fact in facts if UNNAMED in fact for name in fact if name != UNNAMED}
    pairs = [fact for fact in facts if UNNAMED not in fact] + list(itertools.combinations(unnamed, 2))
    return any(all(map(contract.has_made, pair)) and not contract.are_alike(_text(pair)) for pair in pairs)


def note_alike(contract: Contract) -> None:
    """At the end of a test of the reference: note which of the objects that tests made since the last are equal to which."""
    for known in contract.known.values():
        new, known.new = known.new, []
        for how in new:
            one = known.before[how]
            for name, other in list(known.before.items()):
                if name != how and is_yes(answer_of(partial(one._grader_home.request, "special", ["__eq__"], one, other))):
                    contract.are_alike(_text((how, name)))


def _text(fact: Iterable[str]) -> str:
    """How a fact is noted."""
    return " = ".join(sorted(fact))


def asked_of(cls: Any, names: set[str]) -> str:
    """The fact that objects of a class are asked in a test, with a name by which they are known, or without."""
    return f"asked {name_of(cls)}{'' if names else ' unnamed'}"


def note_parts(cls: Any, seen: set[Any]) -> None:
    """What an object that is compared was made of is compared as well: by its class, or by the test if that is a tuple."""
    for part in known_of(cls).parts - seen if hasattr(cls, "_grader_generation") else ():
        seen.add(part)
        if name := name_of(part):
            part._grader_home.contract.may_ask(name, "eq", name, True)
        note_parts(part, seen)
