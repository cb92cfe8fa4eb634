"""What a program passes on, of what the tests handed over, to what else they handed over.

Whoever makes a text of it, or of anything that holds it, would tell what it knows: a ``partial`` its arguments, a method its
object, a failed assertion what was expected. So it is passed on as right solutions do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..objects.borders import Export
from ..objects.contract import Contract
from ..objects.proxies import Proxy, ProxyClass, RemoteError
from ..wire.errors import CannotCross

__all__ = ["TELLING", "check_passed", "is_of_program", "note_passed"]

TELLING = frozenset({"function", "opaque"})
"""Kinds whose text tells what is nobody's business."""


def check_passed(
    values: list[Any], passed: Iterable[Export], contract: Contract | None, runs_own: Callable[[Any], bool]
) -> None:
    """See that what a request passes on is passed on so by right solutions.

    Args:
        values: Of the request, the target first.
        passed: What of them, or inside of them, was handed over.
        contract: What right solutions did in the running test; None if anything may be done.
        runs_own: Whether a call of something runs code of the tests (see ``Capabilities``).

    Raises:
        CannotCross: It is not.
    """
    for export in passed:
        kind, value = export.capability.name, export.value
        lasts = not isinstance(value, memoryview) or value.obj is not None
        told = (
            contract is not None and kind in TELLING and not contract.may_pass(f"{kind} {_place(values, value, runs_own)}")
        )
        if told or not lasts:
            raise CannotCross(
                f"{type(value).__name__} of the tests that the program passes on to them: no solution that is known to be "
                "right does so in this test"
            )


def note_passed(values: list[Any], contract: Contract, runs_own: Callable[[Any], bool]) -> None:
    """Where a right solution passes a function of its own, another may pass on the one that it was given."""
    for value in values[1:]:
        if is_of_program(value) and callable(value):
            contract.may_pass(f"function {_place(values, value, runs_own)}")


def _place(values: list[Any], value: Any, runs_own: Callable[[Any], bool]) -> str:
    """Where something is among the values of a request, as far as it matters: libraries call what comes first."""
    place = next((place for place, other in enumerate(values[1:]) if other is value), None)
    if place is None:
        return "inside"
    return "later" if place > 0 and not runs_own(values[0]) else "first"


def is_of_program(value: Any) -> bool:
    """Whether a value is an object, a class or an exception of the program."""
    return isinstance(value, Proxy | RemoteError | ProxyClass)
