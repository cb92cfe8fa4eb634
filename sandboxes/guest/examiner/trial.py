"""One trial: a learner's tests, which run in the candidate, against one program, which runs here."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from ..candidate.streams import Streams
from ..tree import Tree
from ..wire.control import Control
from ..wire.errors import CandidateGone, ProtocolViolation
from .clock import Clock
from .connection import Connection
from .program_requests import ProgramRequestHandler
from .program_source import ProgramSource
from .results import EXPLANATION_LIMIT, MESSAGE_LIMIT

__all__ = ["MAX_TESTS", "try_tests"]

MAX_TESTS = 500
"""Tests that a learner may hand in."""
_ID_LIMIT = 300
_MAX_ERRORS = 100
_OUTPUT_LIMIT = 64 * 1024
_OUTCOMES = frozenset({"passed", "failed", "error", "skipped"})


def try_tests(control: Control, wire: int, setup: dict[str, Any], order: dict[str, Any], scratch: str) -> None:
    """Let a candidate run its tests against a program (in a process of its own).

    Args:
        control: Connection to the worker for this trial.
        wire: Connected socket of the candidate.
        setup: The message that set the examiner up.
        order: The message that asked for this trial, with the program's files.
        scratch: Folder for temporary files.
    """
    program = ProgramSource(order["program"], f"{scratch}/program")
    os.chdir(f"{scratch}/program")
    shared = f"{scratch}/files"
    Path(shared).mkdir()
    os.environ["TMPDIR"] = shared
    account = _Account(control)
    clock = Clock(setup["cpu_time"], setup["patience"], account.give_up)
    account.clock = clock
    requests = ProgramRequestHandler(program, clock, account)
    connection = Connection(wire, setup["patience"], lambda: control.send({"do": "waiting"}), requests, contract=None)
    streams = Streams()
    _Surroundings(connection, streams, shared)
    streams.install(connection)
    sys.dont_write_bytecode = True
    sys.meta_path.insert(0, program)
    try:
        connection.request("run", {"provided": setup["provided"], "root": shared, "output": setup["output"]})
    except CandidateGone:
        pass
    account.close(connection.gone)


class _Account:
    """What the tests say of themselves, checked, and passed on to the worker."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._waiting: set[str] | None = None
        self._running: str | None = None
        self.clock: Clock

    def collected(self, detail: Any) -> bool:
        if self._waiting is not None or type(detail) is not dict:
            raise ProtocolViolation("tests collected twice")
        tests, errors = _names(detail["tests"]), _accounts(detail["errors"])
        if len(tests) > MAX_TESTS:
            errors = {"": f"there are {len(tests)} tests; {MAX_TESTS} are the most"}
            tests = []
        self._waiting = set(tests)
        self._control.send({"do": "collected", "tests": tests, "errors": errors})
        return bool(self._waiting)

    def started(self, detail: Any) -> bool:
        if not self._waiting or self._running is not None or detail not in self._waiting:
            raise ProtocolViolation("a test that is not to be run now")
        self._waiting.discard(detail)
        self._running = detail
        self._control.send({"do": "started", "id": detail, "gone": False})
        message, _descriptors = self._control.receive()
        return bool(message["do"] == "go")

    def finished(self, detail: Any) -> bool:
        if self._running is None or type(detail) is not dict or detail["outcome"] not in _OUTCOMES:
            raise ProtocolViolation("the end of a test that is not running")
        overdue = self.clock.overdue
        self._finish(
            "timed_out" if overdue else detail["outcome"],
            overdue or (None if detail["message"] is None else _text(detail["message"], MESSAGE_LIMIT)),
            explanation=_text(detail["explanation"], EXPLANATION_LIMIT),
            stdout=_text(detail["stdout"], _OUTPUT_LIMIT),
        )
        # A program that was interrupted may be in any state, and will be slow again.
        return overdue is None

    def give_up(self, text: str) -> None:
        """End all when the program can't be interrupted."""
        if self._running is not None:
            self._finish("timed_out", text)
        self._control.send({"do": "done"})
        os._exit(0)

    def close(self, gone: CandidateGone | None) -> None:
        """Tell the worker that the trial is over."""
        cause = {"cause": gone.cause, "detail": gone.detail} if gone else {"cause": "", "detail": ""}
        if self._running is not None:
            self._finish("error", "the test did not end", gone=True, **cause)
        elif self._waiting is None:
            self._control.send({"do": "unheard", **cause})
        self._control.send({"do": "done"})

    def _finish(
        self,
        outcome: str,
        message: str | None,
        *,
        explanation: str = "",
        stdout: str = "",
        gone: bool = False,
        cause: str = "",
        detail: str = "",
    ) -> None:
        name, self._running = self._running, None
        said: dict[str, Any] = {
            "outcome": outcome,
            "message": message,
            "explanation": explanation,
            "stdout": stdout,
            "awards": [],
            "strayed": False,
            "change": None,
        }
        self._control.send({"do": "finished", "id": name, **said, "gone": gone, "cause": cause, "detail": detail})


def _names(value: Any) -> list[str]:
    """Names of tests, each of which there is once."""
    if type(value) is not list or any(type(name) is not str or len(name) > _ID_LIMIT for name in value):
        raise ProtocolViolation("something that is no name of a test")
    if len(set(value)) != len(value):
        raise ProtocolViolation("two tests of one name")
    return value


def _accounts(value: Any) -> dict[str, str]:
    """Accounts of what could not be loaded, by path."""
    if type(value) is not dict or len(value) > _MAX_ERRORS:
        raise ProtocolViolation("something that is no account of what could not be loaded")
    return {_text(path, _ID_LIMIT): _text(account, EXPLANATION_LIMIT) for path, account in value.items()}


def _text(value: Any, limit: int) -> str:
    if type(value) is not str:
        raise ProtocolViolation("something that is no text")
    return value[:limit]


class _Surroundings:
    """What travels along with messages: the program's output, the tests' temporary files."""

    def __init__(self, connection: Connection, streams: Streams, shared: str) -> None:
        self._streams = streams
        self._tree = Tree(shared)
        connection.after_message = self._arrive
        connection.before_request = connection.before_reply = self._leave

    def _arrive(self, extras: dict[str, Any]) -> None:
        if "files" in extras:
            root, changes = extras["files"]
            if root != self._tree.root:
                raise ProtocolViolation("files in another folder")
            self._tree.apply(changes)

    def _leave(self) -> dict[str, Any] | None:
        extras: dict[str, Any] = {}
        if output := self._streams.take():
            extras["output"] = output
        if changes := self._tree.changes():
            extras["files"] = changes
        return extras or None
