"""A candidate: one container for one submission, used once."""

from __future__ import annotations

import itertools
import secrets
import signal
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .engine import Container, ContainerSpec, Engine
from .errors import SandboxFailure
from .guest.wire.errors import ProtocolViolation, WireClosed
from .guest.wire.frames import FrameStream, pack, unpack
from .links import Linker
from .meters import Meter
from .suite import Limits, Outcome

__all__ = ["Candidate", "Verdict", "candidate_spec"]

_FIRST_USER, _USERS = 20_000, 40_000
"""Within what an engine maps where it maps users."""
_SCRATCH = 64 * 1024 * 1024
_SUBMISSION = 32 * 1024 * 1024
_DEATH_PATIENCE = 5
_numbers = itertools.count(secrets.randbelow(_USERS))
_SIGNALS: dict[int, str] = {
    signal.SIGSEGV: "a segmentation fault",
    signal.SIGABRT: "an abort",
    signal.SIGFPE: "an arithmetic fault",
    signal.SIGBUS: "a bus error",
    signal.SIGXFSZ: "writing a file that is too large",
}


@dataclass(frozen=True)
class Verdict:
    """Why a candidate ended.

    Attributes:
        outcome: What becomes of the test.
        message: A sentence for the learner.
        doubtful: Whether something outside may have ended it: a program that kills itself looks the same.
    """

    outcome: Outcome
    message: str
    doubtful: bool = False


def candidate_spec(image: str, limits: Limits, program: str = "candidate") -> ContainerSpec:
    """The container that holds a submission.

    Args:
        image: Its image.
        limits: What it may use.
        program: What runs in it: ``candidate``, or ``testwriter`` for submissions that are tests.
    """
    return ContainerSpec(
        image=image,
        role="candidate",
        command=["-m", f"sandboxes.guest.{program}.main"],
        user=_FIRST_USER,
        memory=limits.memory,
        # Its first process and the interpreter itself count as well.
        processes=limits.processes + 2,
        tmpfs={"/tmp": min(_SCRATCH, limits.memory), "/submission": _SUBMISSION},
        reaps=True,
    )


class Candidate:
    """A started candidate, waiting for a submission.

    Args:
        engine: Where it runs.
        linker: Starts it.
        spec: What to start.
        limits: For its verdicts.

    Attributes:
        place: Where it may meet an examiner, if it may.
        meter: What it has used.

    Raises:
        SandboxFailure: It does not start.
    """

    def __init__(self, engine: Engine, linker: Linker, spec: ContainerSpec, limits: Limits) -> None:
        self._engine = engine
        self._limits = limits
        self._linker = linker
        # The kernel counts pipes, watches of files and more by user, and bounds them: each has a user of its own.
        self._container, self._socket = linker.start(replace(spec, user=_FIRST_USER + next(_numbers) % _USERS))
        self._met: str | None = None
        try:
            self._greet()
            self.meter: Meter = linker.meter(self._container, spec.image)
        except (SandboxFailure, WireClosed, ProtocolViolation) as error:
            self.destroy()
            raise SandboxFailure(f"a candidate did not start: {error}") from None

    def _greet(self) -> None:
        self._ask(None, "hello")

    @property
    def place(self) -> Container | None:
        return self._container.place

    @property
    def wire(self) -> socket.socket | str:
        """How the examiner reaches it once the files are in: a connection to pass, or the name under which they have met."""
        return self._met or self._socket

    def load(self, files: Mapping[str, bytes], meet: str | None = None) -> str:
        """Put the submission's files in; returns the version of its interpreter.

        Args:
            files: Contents by path.
            meet: The name under which an examiner expects it.

        Raises:
            SandboxFailure: It does not take them.
        """
        try:
            answer = self._ask({"files": dict(files), "meet": meet}, "loaded")
            if meet is not None:
                self._linker.tell_meeting(bool(answer["met"]))
                self._met = meet if answer["met"] else None
            return str(answer["python"])
        except (WireClosed, ProtocolViolation) as error:
            raise SandboxFailure(f"a candidate did not take its files: {error}") from None

    def _ask(self, message: dict[str, Any] | None, answer: str) -> dict[str, Any]:
        descriptor = self._socket.fileno()
        stream = FrameStream(descriptor, descriptor, patience=30.0, on_silence=_give_up)
        if message is not None:
            stream.send(pack(message))
        reply = unpack(stream.receive())
        if not isinstance(reply, dict) or answer not in reply:
            raise ProtocolViolation("not the answer of a candidate")
        return reply

    def verdict(self, oom_kills_before: int, cause: str, detail: str) -> Verdict:
        """Why it ended, when nobody here ended it.

        Args:
            oom_kills_before: The meter's count when the test began.
            cause: What the examiner saw: ``closed``, ``output`` or ``protocol``.
            detail: The examiner's sentence about it.
        """
        reading = self.meter.read()
        if cause in ("output", "protocol"):
            return Verdict("crashed", f"{detail}, and was stopped")
        state = self._engine.exit_state(self._container, _DEATH_PATIENCE)
        if reading.oom_kills > oom_kills_before or (state and state.out_of_memory):
            return Verdict("out_of_memory", f"the program used more than {self._limits.memory // 2**20} MiB of memory")
        if state is None:
            return Verdict("crashed", "the program closed its connection to the grader")
        if state.code > 128:
            number = state.code - 128
            name = _SIGNALS.get(number, f"signal {number}")
            return Verdict("crashed", f"the program was ended by {name}", doubtful=number == signal.SIGKILL)
        return Verdict("crashed", f"the program ended itself with exit status {state.code} (os._exit?) while it was tested")

    def destroy(self) -> None:
        """Remove its container."""
        self._socket.close()
        self._engine.remove(self._container)


def _give_up() -> None:
    raise WireClosed("no answer in 30 seconds")
