"""What the candidate may ask of the examiner: to use what a test handed over, and to read its standard input.

Everything here is asked by hostile code. A request names its target by a handle that this side gave out and that is still
held; a value that came with the request is never a target. What may be done with the target was decided when it was handed
over (``capabilities``). Number and types of all parts of a request are checked before anything runs.
"""

from __future__ import annotations

import builtins
import inspect
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from types import FunctionType, MethodType
from typing import Any

from ..objects.borders import Border
from ..objects.classes import plain_value
from ..objects.contract import Contract
from ..objects.exceptions import PLACE, holds
from ..objects.exports import Export
from ..objects.specials import bind, call
from ..wire.errors import CandidateGone, CannotCross, ProtocolViolation, WireClosed
from ..wire.messages import Handles
from .arguments import check_arguments, harmless
from .attributes import OneWayAttributes
from .callbacks import asserts, overridden, raised_on_purpose
from .capabilities import SECRET, Capabilities
from .kinds import Kind
from .operations import MEMBERS, OPERATIONS, TEXTS, Operation
from .passing import check_given_back, check_passed, is_of_program, note_passed
from .undisturbed import Undisturbed

__all__ = ["RequestHandler"]

_NOTHING = object()
_MOMENT = 1.0
"""Seconds."""
_ENDS = (StopIteration, StopAsyncIteration, LookupError, AttributeError)
"""How special methods and attributes say that there is nothing, or no more."""
_AT_THE_END = (RecursionError, MemoryError)
_COMPARING = frozenset({"__eq__", "__ne__", "__contains__"})
"""Special methods that make no text of what they are given, and keep nothing."""


class RequestHandler:
    """Carries out the candidate's requests.

    Args:
        capabilities: Decides what may be done with what is handed over.

    Attributes:
        border: Knows what was handed over; set by the connection.
        contract: Knows what the reference did; likewise.
        attributes: What the program sees as set, and the test does not.
        undisturbed: Sees that nothing is changed in the middle of work on it.
        failures: What failed or ended the running test, in a callback or before it was replaced, and did not reach the test.
    """

    operations = OPERATIONS

    def __init__(self, capabilities: Capabilities | None = None) -> None:
        self.capabilities = capabilities or Capabilities()
        self.border: Border
        self.contract: Contract | None = None
        self.failures: list[BaseException] = []
        self.attributes = OneWayAttributes()
        self._raised = threading.local()
        self._running: dict[object, Any] = {}
        self.undisturbed = Undisturbed()
        self._carry_out: dict[str, Callable[..., Any]] = {
            "call": self._call,
            "special": self._special,
            "getattr": self._getattr,
            "setattr": self._setattr,
            "dir": lambda kind, detail, target: [n for n in dir(target) if self.capabilities.may_read(kind, target, n)],
            "plain": lambda kind, detail, target: plain_value(target),
            "class": self._members,
            "input": lambda kind, detail, prompt: builtins.input(prompt if type(prompt) is str else ""),
            "stdin": self._stdin,
            "output": lambda kind, detail: None,
        }

    def serve(self, operation: Any, detail: Any, values: list[Any], handles: Handles) -> Any:
        """Carry out one request.

        Raises:
            CannotCross: Such a thing can't be asked of the target, or not with what is passed on to it.
            ProtocolViolation: It is no request.
        """
        known = self.operations.get(operation) if type(operation) is str else None
        if known is None:
            raise CannotCross("there is no such operation")
        if not known.detail(detail) or not known.values[0] <= len(values) <= known.values[1]:
            raise CannotCross(f"a request {operation!r} with the wrong parts")
        kind = self._target(operation, known, detail, values, handles).capability if known.target else None
        target = values[0] if known.target else None
        self._look_at_passed(values, handles, operation == "special" and detail[0] in _COMPARING)
        self._raised.depth = self.depth + 1
        try:
            with self.undisturbed.use(target):
                answer = self._carry_out[operation](kind, detail, *values)
            if self.contract is not None and self.contract.altering is not None:
                self.contract.altering.used("answer", detail, [answer])
            # What makes a text of what was passed on could tell where it was defined.
            return PLACE.sub("", answer) if handles.passed and type(answer) is str else answer
        except BaseException as failure:
            # The program may do as if nothing had happened; the test fails all the same. So it does where the stack or the
            # memory came to its end before it was known what went wrong.
            if isinstance(failure, _AT_THE_END) and (self.contract is None or not self.contract.may_call("exhausted")):
                self.failures.append(failure)
            elif holds(failure, SECRET):
                self.failures.append(failure)
                self.raised.append(failure)
            raise
        finally:
            self._raised.depth -= 1
            if not self.depth:
                self.raised_by_program.clear()

    @property
    def depth(self) -> int:
        """How many requests are under way in this thread."""
        return getattr(self._raised, "depth", 0)

    @property
    def raised_by_program(self) -> list[BaseException]:
        """Exceptions of the program in this thread, during the requests that are under way in it."""
        if not hasattr(self._raised, "by_program"):
            self._raised.by_program = []
        return self._raised.by_program

    @property
    def raised(self) -> list[BaseException]:
        """Failures of callbacks in this thread, during the requests that are under way in it."""
        if not hasattr(self._raised, "failures"):
            self._raised.failures = []
        return self._raised.failures

    def hear(self, function: Any, failure: BaseException) -> None:
        """A function of a test failed, which a library called, and goes on as if it had raised something else."""
        if self.depth and isinstance(failure, SECRET):
            self.failures.append(failure)
        elif self.depth:
            self._see_whether_kept(function, failure, ())

    def forgive(self, failure: BaseException) -> None:
        """A failure went through the program and reached the test, which deals with it now."""
        self.failures = [known for known in self.failures if known is not failure]

    def _target(self, operation: str, known: Operation, detail: Any, values: list[Any], handles: Handles) -> Export:
        if handles.target is None:
            raise CannotCross("only what was handed over can be used, and by its handle alone")
        export = self.border.exports.held(*handles.target)
        assert export.value is values[0]
        if not known.allowed(export.capability, detail):
            what = detail[0] if operation == "special" else operation
            raise CannotCross(
                f"of this {type(export.value).__name__} of the tests, {what} can't be used here: "
                "the test can pass a lambda or an object of its own instead"
            )
        return export

    def _look_at_passed(self, values: list[Any], handles: Handles, compared: bool) -> None:
        if handles.passed:
            exports = [(self.capabilities.grant(value).name, value) for value in handles.passed]
            check_passed(values, exports, None if compared else self.contract, self.capabilities.runs_own)
            if self.contract is not None and not compared:
                check_given_back(handles.passed, self.contract)
        if handles.target is not None and self.contract is not None and self.contract.recording:
            note_passed(values, self.contract, self.capabilities.runs_own)

    def _call(self, kind: Kind, names: list[str], target: Any, *values: Any) -> Any:
        runs = self.capabilities.runs(target)
        for one in (one for one in runs if not self.capabilities.runs_own(one)):
            called, values, names = harmless(one, values, names)
            check_arguments(one, values, self.capabilities.grant)
            target = called if one is target else target
        if self.capabilities.runs_own(target) and overridden(target, values, names):
            self._expect("defaults", AssertionError("the program passed what the function of the test has set already"))
        watched = self._watched(runs, values)
        return self._to_its_end(target, lambda: call(target, watched, names))

    def _to_its_end(self, function: Any, run: Callable[[], Any], ending: tuple[type[BaseException], ...] = ()) -> Any:
        """Run a function of the test; one that may fail the test fails it too if it is kept from its assertion.

        That takes an argument with which it fails before, or one that raises, when it is looked at, what nobody catches.

        Args:
            function: What is run.
            run: Runs it.
            ending: Exceptions that are an answer like any other.
        """
        key = object()
        self._running[key] = function
        try:
            return run()
        except (CandidateGone, WireClosed, ProtocolViolation):
            raise
        except BaseException as error:
            self._see_whether_kept(function, error, ending)
            raise
        finally:
            self._running.pop(key, None)

    def _see_whether_kept(self, function: Any, error: BaseException, ending: tuple[type[BaseException], ...]) -> None:
        """Fail the test if a function that may fail it was kept from that by an exception."""
        foreign = any(error is one for one in self.raised_by_program)
        answers = not foreign and (isinstance(error, ending) or raised_on_purpose(error))
        if not answers and not isinstance(error, SECRET) and asserts(function):
            self._expect(f"raises {type(error).__name__}", error)

    def begin(self) -> None:
        """A test begins: what failed before, or still runs, is none of its own."""
        self.failures.clear()
        self._running.clear()

    def see_all_ended(self) -> None:
        """Fail the running test if a function that may fail it has not come to its end: what it is given may keep it.

        One that needs a moment more gets it.
        """
        end = time.monotonic() + _MOMENT
        while running := [function for function in list(self._running.values()) if asserts(function)]:
            if time.monotonic() > end:
                name = getattr(running[0], "__name__", type(running[0]).__name__)
                self._expect("unfinished", AssertionError(f"{name} of the test, which the program called, has not ended"))
                return
            time.sleep(_MOMENT / 100)

    def _expect(self, how: str, failure: BaseException) -> None:
        """Fail the test unless the reference calls functions of this test in such a way, too."""
        if self.contract is not None and not self.contract.may_call(how):
            self.failures.append(failure)
            self.raised.append(failure)

    def _watched(self, runs: tuple[Any, ...], values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments of a call; what an executor runs for the program fails the test as if the program ran it."""
        if not any(isinstance(getattr(one, "__self__", None), Executor | Future) for one in runs):
            return values
        called, *rest = values or (None,)
        watched = callable(called) and not is_of_program(called)
        return (self._watching(called), *rest) if watched else values

    def _watching(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any, **named: Any) -> Any:
            try:
                return self._to_its_end(function, lambda: function(*arguments, **named))
            except SECRET as failure:
                self.failures.append(failure)
                raise

        return watched

    def _special(self, kind: Kind, detail: list[str], target: Any, *values: Any) -> Any:
        name, *names = detail
        if name not in kind.specials:
            return f"<{type(target).__name__} object>"
        if not self.capabilities.lets(target, name):
            raise AttributeError(f"what a mock of the tests wraps has no {name} that could be used")
        if all(name not in vars(cls) for cls in type(target).__mro__[:-1]):
            # What every object has by itself works on the other side, too; here it would tell where the class is defined.
            raise AttributeError(f"{type(target).__name__!r} object has no {name}")
        if name == "__call__":
            return self._call(kind, names, target, *values)
        if kind.name in ("library", "iterator"):
            check_arguments(target, values, self.capabilities.grant)
        if name == "__setitem__" and isinstance(target, list) and isinstance(values[0], slice):
            # Asked for its items in the middle of the work, an object could shorten the list meanwhile.
            values = (values[0], list(values[1]), *values[2:])
        method = bind(target, name)
        answer = self._to_its_end(method, lambda: call(method, values, names), _ENDS)
        return PLACE.sub("", answer) if name in TEXTS and type(answer) is str else answer

    def _members(self, kind: Kind, name: str, target: Any, *values: Any) -> Any:
        if 1 + len(values) != MEMBERS[name]:
            raise CannotCross(f"a request {name!r} with the wrong parts")
        return list(target) if name == "iter" else len(target) if name == "len" else target[values[0]]

    def _getattr(self, kind: Kind, name: str, target: Any) -> Any:
        if not self.capabilities.may_read(kind, target, name):
            raise AttributeError(f"{type(target).__name__!r} object of the tests has no attribute {name!r} here")
        read = _accessor(target, name, "get")
        # Where a function is defined (__qualname__) would name the test.
        return self._to_its_end(read, lambda: getattr(target, "__name__" if name == "__qualname__" else name), _ENDS)

    def _setattr(self, kind: Kind, name: str, target: Any, value: Any) -> None:
        # In place of what a mock would give, an object of the program could say that it was called as expected.
        replaces_mock = kind.name == "mock" and is_of_program(value)
        if replaces_mock or not self.capabilities.may_write(kind, target, name):
            raise AttributeError(f"attribute {name!r} of a {type(target).__name__!r} object of the tests can't be set")
        # What was not there before, no test looks at, unless its class makes attributes up.
        known = inspect.getattr_static(target, name, inspect.getattr_static(type(target), "__getattr__", _NOTHING))
        is_new = known is _NOTHING
        if self.contract is None or is_new or self.contract.lets_change(f"attribute {name}"):
            self._to_its_end(_accessor(target, name, "set"), lambda: setattr(target, name, value))
        else:
            self.attributes.set(target, name, value)

    def _stdin(self, kind: Kind, method: str, size: Any = -1) -> str:
        if type(size) is not int:
            raise ProtocolViolation("a size that is no number")
        return getattr(sys.stdin, method)(size)


def _accessor(target: Any, name: str, way: str) -> Any:
    """The function that runs when an attribute is read (``get``) or set, bound to its object, if there is one."""
    descriptor = inspect.getattr_static(target, name, None)
    cls = type(target)
    ways = [
        (target, getattr(descriptor, f"f{way}", None)),
        (descriptor, inspect.getattr_static(type(descriptor), f"__{way}__", None)),
        *((target, inspect.getattr_static(cls, f"__{way}{kind}__", None)) for kind in ("attr", "attribute")),
    ]
    return next((MethodType(function, receiver) for receiver, function in ways if isinstance(function, FunctionType)), None)
