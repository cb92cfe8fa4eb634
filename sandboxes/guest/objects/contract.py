"""What the reference let a learner's classes decide, and so what a submission's classes may decide.

A comparison, an operator, ``in`` or ``with`` that asks an object of the submission shows it what the test expects, and
believes the answer. While the tests run on the reference, each such question is noted as a *fact*: which class was asked,
which operator, about which kind of operand. A submission is asked only where the facts say that the reference was; all else
behaves as between objects that have nothing to do with each other. So a submission can't add a way to be equal.
"""

from __future__ import annotations

import datetime
import numbers
from collections import deque
from collections.abc import Iterable
from typing import Any

from .altering import QUESTIONS, Altering
from .exceptions import holds

__all__ = ["Contract", "Facts", "kind_of", "operator_name"]

Facts = list[list[str]]
"""Facts as they cross between processes: ``["class" | "name" | "attribute", module, name]``, or
``["asked", scope, class, operator, operand]``."""

_MIRRORED = {"gt": "lt", "ge": "le"}
_KINDS: dict[str, tuple[type, ...]] = {
    "number": (numbers.Number,),
    "time": (datetime.date, datetime.time, datetime.timedelta),
    "sequence": (list, tuple, deque),
    "set": (set, frozenset),
    "mapping": (dict,),
    "bytes": (bytes, bytearray),
}
_MOST_FACTS, _MOST_MADE = 100_000, 2_000
_MOST_REFUSED = 5
_OBJECT = "object "
_COMPARING = frozenset({"eq", "ne", "same", "contains"})
_TOO_GENERAL = frozenset({"Exception", "BaseException", "RemoteError", "object"})


def operator_name(special: str) -> str:
    """The operator behind a special method: ``__radd__`` and ``__iadd__`` are ``add``, ``__gt__`` is ``lt`` mirrored."""
    name = special.strip("_")
    name = _MIRRORED.get(name, name)
    return name[1:] if name[0] in "ri" and f"__{name[1:]}__" in _PLAIN_OPERATORS else name


_OPERATORS = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and or xor"
_PLAIN_OPERATORS = frozenset(f"__{name}__" for name in _OPERATORS.split())


def kind_of(operand: Any) -> str:
    """The kind of a plain operand: ``5`` and ``5.0`` say the same of what is asked, and so do ``(1, 2)`` and ``[1, 2]``."""
    return next((name for name, classes in _KINDS.items() if isinstance(operand, classes)), type(operand).__name__)


class Contract:
    """What may be asked of the objects of one submission.

    Args:
        facts: What was noted with the reference; ``None`` while the reference itself runs, which notes facts.
        one_way: Whether changes that no right solution makes to what a test hands over stay with the program.
        once: Tests (as in ``scope``) in which objects are asked only what the tests ask, which is noted.
        proven: Tests that are run again, with a change that no right solution passes; see ``altering``.

    Attributes:
        recording: Whether facts are noted.
        scope: Id of the test that runs (of its family, if it is run at several sizes).
        strayed: Whether the program made a change that no right solution makes.
        beside: What objects are asked about beside each value in the running test.
        known: What tests made of the submission's classes, by their names; see ``remembering``.
        refused: What the running test would have asked of classes that define it, in words, in its order.
        altering: Changes values in the running test, if any may be changed.
    """

    def __init__(
        self, facts: Facts | None = None, one_way: bool = False, once: Iterable[str] = (), proven: Iterable[str] = ()
    ) -> None:
        self.recording = facts is None
        self._facts: set[tuple[str, ...]] = {tuple(fact) for fact in facts or ()} | {_once(scope) for scope in once}
        asked = [fact[1:] for fact in self._facts if fact[0] == "asked"]
        self._families = _families(asked)
        self._about_values = {(scope, cls, how) for scope, cls, how, operand in asked if not operand.startswith(_OBJECT)}
        compared = [(cls, operand) for _scope, cls, how, operand in asked if how in _COMPARING]
        self._compared = {name.removeprefix(_OBJECT) for pair in compared for name in pair}
        self._one_way = one_way
        self._proven = frozenset(proven)
        self.strayed = False
        self.scope = ""
        self.refused: dict[str, None] = {}
        self._made = 0
        self.known: dict[str, Any] = {}
        self.altering: Altering | None = None
        self.beside: dict[Any, tuple[Any, list[tuple[str | None, Any]]]] = {}

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

    def has_attribute(self, module: str, name: str) -> bool:
        """Whether tests find a name in a module of the reference: then a submission without it lacks something."""
        return self._holds(("attribute", module, name))

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
        if self._holds(("asked", scope, asked, operator, f"{_OBJECT}{operand}" if operand_is_object else operand)):
            return True
        if not asked or not operand_is_object:
            return False
        # Who compares circles with squares compares circles with circles, and who gives an object where the reference
        # gives a number shows nobody anything.
        family = self._families.get((operator, asked))
        compared = family is not None and self._families.get((operator, operand)) == family
        return compared or (self.scope, asked, operator) in self._about_values

    def may_look(self, what: str) -> bool:
        """Whether the running test may ask objects for their ``items``, or by the name of a container's method.

        Where the reference gives a built-in container instead, such an object is read once, as the container would be.
        """
        return self._holds(("asked", self.scope, "", "look", what))

    def may_measure(self, asked: str, special: str) -> bool:
        """Whether an object that extends a built-in value decides in the running test what its ``special`` method gives.

        Args:
            asked: Name of its class if a test named it, else ``""``.
            special: A method without an operand, as ``__abs__``.
        """
        return self._holds(("asked", self.scope, asked, "measure", special))

    def may_call(self, how: str) -> bool:
        """Whether the program may call a function of the running test in an unusual way.

        Args:
            how: ``defaults`` if it passes what the function or the test has set already, ``raises X`` if the call fails.
        """
        return self._holds(("asked", self.scope, "", "call", how))

    def may_forgive(self) -> bool:
        """Whether the running test deals itself with a failure of a callback that comes back through the program."""
        return self._holds(("asked", self.scope, "", "call", "forgiven"))

    def may_pass(self, what: str) -> bool:
        """Whether what the running test handed over is passed on by the program to what else it handed over.

        Args:
            what: The kind of what is passed on (see ``capabilities``), and its place.
        """
        return self._holds(("asked", self.scope, "", "pass", what))

    def may_name(self, path: str) -> bool:
        """Whether the program may give the running test a path into the files of the tests, or of the system."""
        return self._holds(("asked", self.scope, "", "give", f"path {path}"))

    def may_open(self, path: str, times: str, helper: str | None) -> bool:
        """Whether tests may open a file of their own, or of the system, as they do for a right solution.

        Args:
            path: Of the file.
            times: For which time the running test does; ``before`` if it is opened before or between tests.
            helper: The function of the tests that opens it, if it is none of the tests: it may keep what it read for others.
        """
        facts = [("asked", "" if times == "before" else self.scope, "", f"open {times}", path)]
        facts += [("asked", "", "", f"open in {helper}", path)] if helper else []
        return any([self._holds(fact) for fact in facts])  # noqa: C419 (each of them is noted)

    def lets_change(self, what: str) -> bool:
        """Whether a change to what the running test handed over is carried out: of an argument, an attribute or a file.

        ``assert my_sort(data) == sorted(data)`` is true of a program that empties ``data``, and gives nothing. A right one
        may sort in place where the reference does not; so the test is not failed for it, but has to pass without the
        change, too.
        """
        if self._holds(("asked", self.scope, "", "change", what)):
            return True
        self.strayed = True
        return not self._one_way

    def may_be_alike(self, question: str, what: str) -> bool:
        """Whether an object may say yes in the running test to what nothing else that it says yes to is; see ``believing``.

        Args:
            question: Name of the operator.
            what: Tells what it is asked about.
        """
        return self._holds(("asked", self.scope, "", f"{question} probe", what))

    def are_alike(self, how: str) -> bool:
        """Whether what is known by two names is equal, in any test of the reference."""
        return self._holds(("asked", "", "", "alike", how))

    def makes(self, how: str) -> None:
        """Note by which call something of the reference was made."""
        if self.recording and self._made < _MOST_MADE:
            self._made += 1
            self._holds(("asked", "", "", "make", how))

    def has_made(self, how: str) -> bool:
        """Whether the reference had something made by a call, too."""
        return ("asked", "", "", "make", how) in self._facts

    def may_try(self) -> bool:
        """Whether objects may be asked more in the running test than it asks: no right solution passes it only without."""
        return _once(self.scope) not in self._facts

    def are_too_many(self, lies: int, asked: int) -> bool:
        """Whether objects that said yes to some of what they were asked beside can't be believed in the running test.

        Where it is run again with a change, a class that is more lenient than the reference's is believed until then.
        """
        return lies > 0 and (self.scope not in self._proven or 2 * lies >= asked)

    def compares(self, name: str) -> bool:
        """Whether any test compares objects of the class with a name, or looks them up; of none, if it has no name."""
        return self.recording or name in self._compared

    def may_nest_empty(self) -> bool:
        """Whether there may be empty arrays inside of what the program gives in the running test."""
        return self._holds(("asked", self.scope, "", "give", "empty array"))

    def refuse(self, cls: str, special: str) -> None:
        """Note that an object was not asked, though its class defines what to answer."""
        if len(self.refused) < _MOST_REFUSED:
            self.refused[f"{cls}.{special}"] = None

    def may_swallow(self, error: BaseException) -> bool:
        """Whether an ``__exit__`` of the submission may end an exception in the running test: if the reference's did.

        What fails or ends a test never is.
        """
        if holds(error, (AssertionError,)) or not isinstance(error, Exception):
            return False
        # With whatever it derives from: another right solution may raise something more, or less, special.
        names = [cls.__name__ for cls in type(error).__mro__ if cls.__name__ not in _TOO_GENERAL]
        return bool([name for name in names if self._holds(("asked", self.scope, "", "exit", name))])

    def may_be_empty(self) -> bool:
        """Whether an empty array may be compared in the running test with values that it has none to compare with."""
        return self._holds(("asked", self.scope, "", "compare", "empty array"))

    def may_be_narrow(self) -> bool:
        """Whether narrow numbers of NumPy are given in the running test which came to the ends of their range."""
        return self._holds(("asked", self.scope, "", "give", "narrow"))

    def may_be_uneven(self) -> bool:
        """Whether an object may give more or fewer items than it says to have, in the running test."""
        return self._holds(("asked", self.scope, "", "iter", "uneven"))

    def facts(self) -> Facts:
        """All facts, sorted."""
        return [list(fact) for fact in sorted(self._facts)]

    def _holds(self, fact: tuple[str, ...]) -> bool:
        if self.recording and len(self._facts) < _MOST_FACTS:
            self._facts.add(fact)
        return fact in self._facts

    @staticmethod
    def decides(facts: Facts) -> bool:
        """Whether classes of right solutions say what is equal, less or in them, in any test."""
        return any(fact[0] == "asked" and fact[3] in QUESTIONS for fact in facts)

    @staticmethod
    def without_once(facts: Facts, scopes: Iterable[str]) -> Facts:
        """The facts without those that objects are asked only once in these tests."""
        unneeded = {_once(scope) for scope in scopes}
        return [fact for fact in facts if tuple(fact) not in unneeded]

    @staticmethod
    def joined(many: Iterable[Facts]) -> Facts:
        """The facts of several right solutions together."""
        return [list(fact) for fact in sorted({tuple(fact) for facts in many for fact in facts})]


def _once(scope: str) -> tuple[str, ...]:
    """The fact that objects are asked once in a test: it counts their answers, or they give no second one."""
    return ("asked", scope, "", "ask", "once")


def _families(asked: Iterable[tuple[str, ...]]) -> dict[tuple[str, str], str]:
    """The family of each operator and class: classes that were compared with each other by it, directly or through others.

    Args:
        asked: Scope, class, operator and operand of what was asked.
    """
    families: dict[tuple[str, str], str] = {}
    for _scope, cls, operator, operand in asked:
        other = operand.removeprefix(_OBJECT)
        if not cls or not other or other == operand:
            continue
        family, joining = families.setdefault((operator, cls), cls), families.get((operator, other), other)
        families.update({key: family for key, known in families.items() if known == joining and key[0] == operator})
        families[operator, other] = family
    return families
