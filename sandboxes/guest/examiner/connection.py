"""The examiner's end of the wire, and the candidates that come and go at the other."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from _pytest.outcomes import Failed

from ..objects.contract import Contract
from ..objects.exceptions import holds
from ..objects.peer import Peer
from ..tree import Tree
from ..wire.errors import CandidateGone, ProtocolViolation, WireClosed
from ..wire.frames import FrameStream
from ..wire.twins import reachable, twins
from .audit import hear
from .capabilities import SECRET
from .empty_arrays import guard_empty
from .narrow_floats import widened
from .passing import check_given_back, check_returned
from .paths import Paths
from .reading_limit import limited
from .requests import RequestHandler

__all__ = ["EXTRAS", "Connection", "Link", "Surroundings"]


EXTRAS = {
    "classes": "describes classes of the submission: a local class is made for each, with methods of this project's alone",
    "released": "gives handles back",
    "threads": "has a thread read what threads of the submission ask between requests",
    "ended": "ends threads that answered threads of the submission which have ended",
    "output": "goes to the test's `sys.stdout` and `sys.stderr`, as far as the limit goes",
    "files": "writes, replaces and removes regular files and folders under the temporary folder of the tests",
}
"""All that can come along with a message of the candidate, and what it does."""


_STEPS = (["__next__"], ["__anext__"])
"""Special methods whose ``StopIteration`` ends a loop as it should."""


class Link(Peer):
    """A peer that can be given up."""

    def end(self, cause: str, detail: str) -> NoReturn:
        """Give the other side up; ``cause`` and ``detail`` say why (see ``CandidateGone``)."""
        raise CandidateGone(cause, detail)


class Connection(Link):
    """Requests to the candidate; a candidate that is gone raises ``CandidateGone`` until another takes its place.

    Args:
        descriptor: Connected socket of the first candidate.
        patience: Seconds without an answer after which ``on_silence`` is called.
        on_silence: Tells the worker that the examiner is waiting.
        requests: Carries out the candidate's requests.
        contract: What the candidate's objects may be asked about; ``None`` if they are not what is judged.
        paths: Knows the files that no path of the candidate may lead to, if there are any.

    Attributes:
        requests: See above.
        gone: How the current candidate ended, or ``None``.
        descriptors: Numbers of the files that it reads and writes.
    """

    def __init__(
        self,
        descriptor: int,
        patience: float,
        on_silence: Callable[[], None],
        requests: RequestHandler,
        contract: Contract | None,
        paths: Paths | None = None,
    ) -> None:
        self._paths = paths
        self.descriptors: set[int] = set()
        self._patience = patience
        self._on_silence = on_silence
        self.gone: CandidateGone | None = None
        self.requests = requests
        super().__init__(
            self._open(descriptor),
            requests,
            first_thread=0,
            contract=contract,
            grant=requests.capabilities.grant,
            secret=SECRET,
            disguised=True,
            library=sys.modules.get,  # nothing is imported because of a message
            received_array=lambda array, alone: (
                array if contract is None else guard_empty(widened(array, contract), contract, alone)
            ),
        )
        requests.border, requests.contract = self.border, contract

    def adopt(self, descriptor: int) -> None:
        """Talk to a fresh candidate from now on."""
        self._stream.close()
        self.border.renew()
        self.gone = None
        self.connect(self._open(descriptor))

    def end(self, cause: str, detail: str) -> NoReturn:
        """Give the candidate up, for good.

        Raises:
            CandidateGone: Always.
        """
        if self.gone is None:
            self.gone = CandidateGone(cause, detail)
        raise CandidateGone(self.gone.cause, self.gone.detail)

    def request(self, operation: str, detail: Any, *values: Any) -> Any:
        __tracebackhide__ = True
        if self.gone is not None:
            self.end("", "")
        if self.contract is not None and self.contract.altering is not None:
            self.contract.altering.used(operation, detail, values)
        handled = sys.exc_info()[1]
        since = len(self.requests.raised)
        self.requests.attributes.show()
        try:
            if operation == "special":
                with self.requests.undisturbed.asking(detail[0]):
                    return super().request(operation, detail, *values)
            return super().request(operation, detail, *values)
        except SECRET as failure:
            if not self._reached(failure, since) and self.requests.depth:
                # Nothing of the test's that the program called takes it for an exception like any other, and notes its text.
                raise Failed("a function of the test failed") from None
            raise
        except (StopIteration, StopAsyncIteration) as error:
            if detail in _STEPS or self.contract is None or self.contract.may_stop(operation):
                raise
            self._keep(handled)
            raise RuntimeError(f"the program raised {type(error).__name__}") from error
        except WireClosed:
            self.end("closed", "")
        except ProtocolViolation as violation:
            self.end("protocol", f"the program interfered with the grader's connection ({violation})")
        except CandidateGone:
            raise
        except (SystemExit, KeyboardInterrupt) as error:
            self._keep(handled)
            if self.contract is not None and not self.contract.scope and operation != "import":
                # While tests are collected, it would end pytest, and with it the tests of all files.
                raise RuntimeError(f"the program ended itself: {error!r}") from error
            raise
        except BaseException as error:
            if self.requests.depth:
                self.requests.raised_by_program.append(error)
            self._reached(error, since)
            self._keep(handled)
            raise
        finally:
            # What the program kept of them is no way out later.
            del self.requests.raised[since:]
            self.requests.attributes.hide()

    def changed(self, objects: list[Any], updates: Any, values: Sequence[Any]) -> list[Any]:
        if self.contract is None or type(updates) is not list:
            return objects
        indices = {update[0] for update in updates if type(update) is list and update and type(update[0]) is int}
        changed = {id(objects[index]) for index in indices if 0 <= index < len(objects)}
        # Which of an argument's parts a program changes is its own affair; so is whether another argument shares them.
        reached = [reachable(value) for value in values]
        lets = [self.contract.lets_change(f"argument {number}") for number, ids in enumerate(reached) if changed & ids]
        if changed - set().union(*reached):  # inside of a named tuple, an exception or another object of the test
            lets.append(self.contract.lets_change("inside of an argument"))
        # What comes back has the changes; the test's own objects have not.
        return objects if all(lets) else twins(objects)

    def returned(self, own: Sequence[Any], raised: Any) -> None:
        # To the test itself it may be given back as it came; what the program called makes a text of it.
        told = [value for value in own if self.requests.depth or isinstance(value, BaseException)]
        passed = [(self.requests.capabilities.grant(value).name, value) for value in told if value is not raised]
        if own and self.contract is not None:
            check_returned(passed, self.contract)
            check_given_back([value for value in own if value is not raised], self.contract)

    def _reached(self, failure: BaseException, since: int) -> bool:
        """What failed in a callback, and went through the program, is the test's to deal with, where it deals with any.

        Else it may be caught on its way: in a thread, by a function of the test that the program had call it, by a probe.
        """
        if failure not in self.requests.raised[since:]:
            return True
        forgiven = self.contract is None or self.contract.may_forgive()
        if forgiven:
            self.requests.forgive(failure)
        return forgiven

    def is_doubtful(self, payload: bytes) -> bool:
        return self._paths is not None and self._paths.may_name_files(payload)

    def check(self, body: list[Any]) -> None:
        if self._paths is not None and self.contract is not None:
            self._paths.check(body, self.contract)

    def give(self, payload: bytes, body: list[Any]) -> None:
        if self._paths is not None and self._paths.may_name_files(payload):
            self._paths.give(body)

    def note(self, failure: BaseException) -> None:
        """Have the running test fail, also if it expects some failure, or the program catches this one."""
        self.requests.failures.append(failure)

    def _keep(self, handled: BaseException | None) -> None:
        """Asked while a failure of the test is on its way (__exit__, close), the program puts another in its place."""
        if holds(handled, SECRET) and handled is not None and handled not in self.requests.failures:
            self.requests.failures.append(handled)

    def _guard(self, function: Callable[..., Any], *args: Any) -> Any:
        return limited(super()._guard, function, *args)

    def _open(self, descriptor: int) -> FrameStream:
        self.descriptors = {descriptor}
        return FrameStream(descriptor, descriptor, patience=self._patience, on_silence=self._on_silence)


class Surroundings:
    """What travels along with messages: output of the learner's code, temporary files, folder and environment.

    Args:
        connection: The wire.
        root: Folder of temporary files, the same path on both sides.
        output_limit: Bytes that one test may print.
    """

    def __init__(self, connection: Link, root: str, output_limit: int) -> None:
        self._connection = connection
        self._tree = Tree(root)
        self._limit = output_limit
        self._printed = 0
        self._environment: dict[str, str | None] = {}
        self._pending: dict[str, str | None] = {}
        self._folder: str | None = None
        connection.before_request = self._leave
        connection.before_reply = self._leave
        connection.after_message = self._arrive
        hear(["os.putenv", "os.unsetenv", "os.chdir"], self._audit)

    def start_test(self) -> None:
        """Count output from zero."""
        self._printed = 0

    def start_candidate(self) -> None:
        """Bring a fresh candidate up to date."""
        self._tree = Tree(self._tree.root)
        self._pending = dict(self._environment)

    def _admitted(self, changes: Any) -> Any:
        """The file changes that are carried out: only such as a right solution makes."""
        contract = self._connection.contract
        if contract is None or type(changes) is not list:
            return changes
        # Each right solution may call its new files as it likes.
        return [
            change
            for change in changes
            if contract.lets_change(f"file {change[0]}" if self._tree.is_own(change) else "a new file")
        ]

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "os.putenv":
            self._note(os.fsdecode(args[0]), os.fsdecode(args[1]))
        elif event == "os.unsetenv":
            self._note(os.fsdecode(args[0]), None)
        elif event == "os.chdir":
            self._folder = ""

    def _note(self, name: str, value: str | None) -> None:
        if not name.startswith("PYTEST_"):  # would tell the candidate which test runs
            self._environment[name] = self._pending[name] = value

    def _leave(self) -> dict[str, Any] | None:
        extras: dict[str, Any] = {}
        if changes := self._tree.changes():
            extras["files"] = [self._tree.root, changes]
        if self._pending:
            extras["environment"], self._pending = self._pending, {}
        if self._folder == "":
            self._folder = os.getcwd()
            if self._folder.startswith(self._tree.root):
                extras["folder"] = self._folder
        return extras or None

    def _arrive(self, extras: dict[str, Any]) -> None:
        if not extras.keys() <= EXTRAS.keys():
            raise ProtocolViolation("extras of an unknown kind")
        if "files" in extras:
            self._tree.apply(self._admitted(extras["files"]))
        for number, data in extras.get("output", ()):
            if type(data) is not bytes:
                raise ProtocolViolation("output that is no bytes")
            self._printed += len(data)
            if self._printed > self._limit:
                self._connection.end("output", f"the program printed more than {self._limit:,} bytes")
            (sys.stderr if number == 2 else sys.stdout).write(data.decode("utf-8", "replace"))
