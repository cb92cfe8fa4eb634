"""What the reference let a learner's classes decide, and so what a submission's classes may decide.

A comparison, an operator, ``in`` or ``with`` that asks an object of the submission shows it what the test expects, and
believes the answer. While the tests run on the reference, each such question is noted as a *fact*: which class was asked,
which operator, about which kind of operand. A submission is asked only where the facts say that the reference was; all else
behaves as between objects that have nothing to do with each other. So a submission can't add a way to be equal.
"""

from __future__ import annotations

import datetime
import numbers
from collections.abc import Iterable
from typing import Any

__all__ = ["Contract", "Facts", "kind_of", "operator_name"]

Facts = list[list[str]]
"""Facts as they cross between processes: ``["class", module, name]``, ``["name", module, name]`` or
``["asked", scope, class, operator, operand]``."""

_MIRRORED = {"gt": "lt", "ge": "le", "ne": "eq"}
_KINDS = {"number": (numbers.Number,), "time": (datetime.date, datetime.time, datetime.timedelta)}
_MOST_FACTS = 100_000


def operator_name(special: str) -> str:
    """The operator behind a special method: ``__radd__`` and ``__iadd__`` are ``add``, ``__gt__`` is ``lt`` mirrored."""
    name = special.strip("_")
    name = _MIRRORED.get(name, name)
    return name[1:] if name[0] in "ri" and f"__{name[1:]}__" in _PLAIN_OPERATORS else name


_OPERATORS = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and or xor"
_PLAIN_OPERATORS = frozenset(f"__{name}__" for name in _OPERATORS.split())


def kind_of(operand: Any) -> str:
    """The kind of a plain operand. Numbers are of one kind, since ``5`` and ``5.0`` say the same of what is asked."""
    return next((name for name, classes in _KINDS.items() if isinstance(operand, classes)), type(operand).__name__)


class Contract:
    """What may be asked of the objects of one submission.

    Args:
        facts: What was noted with the reference; ``None`` while the reference itself runs, which notes facts.

    Attributes:
        scope: Id of the test that runs (of its family, if it is run at several sizes).
    """

    def __init__(self, facts: Facts | None = None) -> None:
        self._recording = facts is None
        self._facts: set[tuple[str, ...]] = {tuple(fact) for fact in facts or ()}
        self.scope = ""

    def is_class(self, path: tuple[str, str]) -> bool:
        """Whether the name ``path`` (module, dotted name), which a test uses, is to be a class."""
        return self._holds(("class", *path))

    def wants_class(self, path: tuple[str, str]) -> bool:
        """Whether the reference has a class of its own under a name; nothing is noted."""
        return ("class", *path) in self._facts

    def may_stop(self, operation: str) -> bool:
        """Whether ``StopIteration`` from anything but a step of an iterator may end loops of the running test."""
        return self._holds(("asked", self.scope, "", "stop", operation))

    def has_name(self, module: str, name: str) -> bool:
        """Whether ``from module import *`` brings a name: the ``len`` or ``pytest`` of a test is nobody's to replace."""
        return self._holds(("name", module, name))

    def may_ask(self, asked: str, operator: str, operand: str, operand_is_object: bool) -> bool:
        """Whether an object may be asked by an operator.

        Args:
            asked: Name of its class if a test named it, else ``""``.
            operator: See ``operator_name``.
            operand: Kind of the other operand; of an object of the submission the name of its class, as ``asked``.
            operand_is_object: Whether the other operand is an object of the submission, too.
        """
        unnamed = not asked or (operand_is_object and not operand)
        if unnamed and not operand_is_object:
            return False  # about plain values only classes that the test named are asked
        # Classes without a name can't be told apart, and a class that is asked about plain values in one test would be
        # believed about any in all others: so what the reference did with these counts in the same test only.
        scope = self.scope if unnamed or not operand_is_object else ""
        return self._holds(("asked", scope, asked, operator, f"object {operand}" if operand_is_object else operand))

    def may_swallow(self, error: BaseException) -> bool:
        """Whether an ``__exit__`` of the submission may end an exception in the running test: if the reference's did.

        What fails or ends a test never is.
        """
        if isinstance(error, AssertionError) or not isinstance(error, Exception):
            return False
        return self._holds(("asked", self.scope, "", "exit", type(error).__name__))

    def may_be_empty(self) -> bool:
        """Whether an empty array may be compared in the running test with values that it has none to compare with."""
        return self._holds(("asked", self.scope, "", "compare", "empty array"))

    def may_be_uneven(self) -> bool:
        """Whether an object may give more or fewer items than it says to have, in the running test."""
        return self._holds(("asked", self.scope, "", "iter", "uneven"))

    def facts(self) -> Facts:
        """All facts, sorted."""
        return [list(fact) for fact in sorted(self._facts)]

    def _holds(self, fact: tuple[str, ...]) -> bool:
        if self._recording and len(self._facts) < _MOST_FACTS:
            self._facts.add(fact)
        return fact in self._facts

    @staticmethod
    def joined(many: Iterable[Facts]) -> Facts:
        """The facts of several right solutions together."""
        return [list(fact) for fact in sorted({tuple(fact) for facts in many for fact in facts})]
