"""An examiner: the long-lived container that holds the tests of one assignment version."""

from __future__ import annotations

import itertools
import secrets
import select
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from .candidate import Candidate
from .engine import ContainerSpec, Engine
from .errors import SandboxFailure
from .guest.isolation.protection import Protection
from .guest.objects.contract import Facts
from .guest.wire.control import Control
from .guest.wire.errors import ProtocolViolation, WireClosed
from .links import Linker
from .places import EXAMINER
from .suite import Found, Inspected, Inspection, Suite

__all__ = ["Examiner"]

_MEBIBYTE = 1024 * 1024
_CHILD_MEMORY = 1024 * _MEBIBYTE
"""Address space of one grading's process: room for the largest message and for what a test does with it."""
_TESTS = 256 * _MEBIBYTE
_DISK = 64 * _MEBIBYTE
_ENTRIES = 20_000
"""Files and folders of one grading, as many as the candidate may have."""
_PROCESSES = 96
"""Processes and threads of one grading."""
_LAST = 0.3
"""Seconds from the end of one process of a killed container to that of all."""
_START = 120.0
"""Seconds until it is ready: it loads pytest and what the tests need, on a machine that may be busy."""
_INSPECTION = 480.0
"""Seconds of wall clock for all tools together, many times what they may compute."""


class Examiner:
    """A started examiner.

    Args:
        engine: Where it runs.
        linker: Starts it.
        image: Its image.
        suite: The tests to put in.
        parallel: Gradings at once.

    Attributes:
        protection: What keeps its gradings apart.

    Raises:
        SandboxFailure: It does not start.
    """

    def __init__(self, engine: Engine, linker: Linker, image: str, suite: Suite, parallel: int) -> None:
        self._lost = False
        self._engine = engine
        self._linker = linker
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        spec = ContainerSpec(
            image=image,
            role="examiner",
            command=["-m", "sandboxes.guest.examiner.main"],
            user=EXAMINER,
            memory=(parallel + 1) * _CHILD_MEMORY,
            # Measuring takes two gradings at a time; a keeper stands beside each.
            processes=64 + (2 * parallel + 1) * (_PROCESSES + 1),
            tmpfs={"/tmp": _TESTS, "/assignment": _TESTS},
            cpus=float(parallel),
            nests=True,
        )
        setup = {
            "files": dict(suite.tests),
            "provided": sorted(suite.provided),
            "program": suite.program,
            "output": suite.limits.output,
            "patience": suite.limits.stall_time,
            "cpu_time": suite.limits.cpu_time,
            "memory": _CHILD_MEMORY,
            "disk": _DISK,
            "entries": _ENTRIES,
            "processes": _PROCESSES,
        }
        self._open(spec, setup)
        if engine.nests and not self.protection.namespaces:
            self.destroy()
            self._open(spec, setup)  # a machine that is short of something refuses now and then
        if engine.nests and not self.protection.namespaces:
            # Then nothing is gained by a container that would allow them, and sees more of /proc for it.
            engine.concessions.add("nesting")
            self.destroy()
            self._open(spec, setup)

    def _open(self, spec: ContainerSpec, setup: dict[str, Any]) -> None:
        self._container, connection = self._linker.start(spec, passes=True)
        self._control = Control(connection)
        self._control.socket.settimeout(_START)
        try:
            self._control.send(setup)
            ready, _descriptors = self._control.receive()
            self._control.socket.settimeout(None)
            self.protection = Protection(**ready["protection"])
        except (WireClosed, ProtocolViolation) as error:
            self.destroy()
            raise SandboxFailure(f"the examiner did not start: {error}") from None

    def begin(
        self,
        wire: socket.socket | str,
        files: Mapping[str, bytes],
        facts: Facts | None,
        collect_only: bool,
        tests: Sequence[str] | None = None,
        seed: str = "",
        one_way: bool = False,
        once: Sequence[str] = (),
        changes: Sequence[Any] | None = None,
        proven: Sequence[str] = (),
    ) -> tuple[int, Control]:
        """Begin a grading; returns its number and the connection to its process.

        Args:
            wire: How the candidate is reached; see ``Candidate.wire``.
            files: The submission, for the ``submission`` fixture.
            facts: What was noted with right solutions (see ``Contract``); ``None`` to note what this one does.
            collect_only: Only find out which tests there are.
            tests: Ids of the tests to run, in their order; all if there are none.
            seed: What sizes that vary follow from; without one, they don't.
            one_way: Whether changes that no right solution makes to what tests hand over stay with the program.
            once: Tests (their families, if they are run at several sizes) in which objects are asked only what they ask.
            changes: What is changed in each of ``tests``; see ``guest.objects.changes``.
            proven: Tests that are run again with a change.

        Raises:
            SandboxFailure: The examiner is gone.
        """
        selection = {"order": None if tests is None else list(tests), "seed": seed}
        order: dict[str, Any] = {
            "do": "grade",
            "files": dict(files),
            "facts": facts,
            "collect_only": collect_only,
            "tests": selection,
        }
        order |= {"one_way": one_way, "once": list(once), "proven": list(proven)}
        order["changes"] = None if changes is None else list(changes)
        return self._start(order, wire)

    def begin_trial(self, wire: socket.socket | str, program: Mapping[str, bytes]) -> tuple[int, Control]:
        """Begin a trial of a learner's tests, which are in the candidate, on a program.

        Raises:
            SandboxFailure: The examiner is gone.
        """
        return self._start({"do": "try", "program": dict(program)}, wire)

    def expect(self, candidate: Candidate) -> str | None:
        """Have a candidate expected; returns the name under which it is, or ``None`` if the two can't meet.

        Raises:
            SandboxFailure: The examiner is gone.
        """
        if candidate.place is None or candidate.place != self._container.place:
            return None
        name = secrets.token_hex(16)
        with self._lock:
            self._send({"do": "expect", "name": name})
        return name

    def _start(self, order: dict[str, Any], wire: socket.socket | str | None = None) -> tuple[int, Control]:
        ours, theirs = socket.socketpair()
        number = next(self._numbers)
        met = wire if isinstance(wire, str) else None
        descriptors = [theirs.fileno(), *([wire.fileno()] if isinstance(wire, socket.socket) else [])]
        with theirs, self._lock:
            self._send({"do": "begin", "number": number, "met": met}, *descriptors)
        control = Control(ours)
        control.expected = secrets.token_bytes(16)
        try:
            # Straight to the process that judges: its siblings inherit the memory of their parent.
            control.send({**order, "key": control.expected})
        except WireClosed as error:
            control.close()
            raise SandboxFailure(f"the examiner could not begin: {error}") from None
        return number, control

    def inspect(self, files: Mapping[str, bytes], inspection: Inspection) -> Inspected:
        """Let static tools read a submission.

        Raises:
            SandboxFailure: The examiner is gone, or a tool failed.
        """
        order = {"do": "inspect", "files": dict(files), **asdict(inspection)}
        order |= {"rules": list(inspection.rules), "ignore": list(inspection.ignore)}
        number, control = self._start(order)
        control.socket.settimeout(_INSPECTION)
        try:
            answer, _descriptors = control.receive()
        except (WireClosed, ProtocolViolation, TimeoutError) as error:
            raise SandboxFailure(f"the tools that read submissions gave no answer: {error}") from None
        finally:
            control.close()
            self.end(number)
        if "failure" in answer:
            raise SandboxFailure(f"a tool that reads submissions failed: {answer['failure']}")
        return Inspected(tuple(answer["tools"]), tuple(Found(*one) for one in answer["findings"]), tuple(answer["read"]))

    @property
    def lost(self) -> bool:
        """Whether it is gone: its process ended, hung up, or does not answer."""
        return self._lost or self._hung_up() or not self.alive()

    def _hung_up(self) -> bool:
        """Whether its connection is closed; of a container that was killed, the processes end one after the other."""
        try:
            readable, _, _ = select.select([self._control], [], [], _LAST)
            return bool(readable) and self._control.socket.recv(1, socket.MSG_PEEK) == b""
        except (OSError, ValueError):  # a grading beside this one has given it up, and closed the connection
            return True

    def alive(self) -> bool:
        """Whether its process still runs."""
        return self._engine.process_id(self._container) != 0

    def declare_lost(self) -> None:
        """It does not do what it is told to; nothing more is asked of it."""
        self._lost = True

    def end(self, number: int) -> None:
        """End a grading's process, if it still runs."""
        with self._lock:
            self._send({"do": "end", "number": number})

    def _send(self, message: dict[str, object], *descriptors: int) -> None:
        try:
            self._control.send(message, descriptors)
        except WireClosed as error:
            self._lost = True
            raise SandboxFailure(f"the examiner is gone: {error}") from None

    def destroy(self) -> None:
        """Remove its container."""
        self._control.close()
        self._engine.remove(self._container)
