"""One trial: a learner's tests against one program. The worker's part."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from .errors import SandboxFailure
from .guest.wire.control import Control
from .session import Session
from .suite import Test, TestRun

__all__ = ["Trial"]


class Trial(Session):
    """Runs a learner's tests on a program, once.

    Arguments are those of ``Session``: the examiner runs the program, the pool gives containers for the tests, the files are
    the tests.

    Attributes:
        errors: What could not even be loaded, by path, with pytest's account.
    """

    def on(self, program: Mapping[str, bytes]) -> dict[str, TestRun]:
        """Run the tests on a program; returns results by test id, of those that began.

        Raises:
            SandboxFailure: The grader could not do its work.
        """

        def begin() -> tuple[int, Control]:
            assert self._candidate is not None
            return self.examiner.begin_trial(self._candidate.socket, program)

        try:
            for _run in self._each((), begin):
                pass
        except SandboxFailure:
            # The process that the program ran in has ended: if the examiner is still there, through the program.
            if self._running is None or not self.examiner.alive():
                raise
            name = self._running
            self.runs[name] = TestRun(self._roster[name], "crashed", "the program ended while it was tested")
        return self.runs

    def _collected(self, message: dict[str, Any]) -> None:
        self.collected = [Test(name) for name in message["tests"]]
        self._roster = {test.id: test for test in self.collected}
        self.errors = dict(message["errors"])

    def _begin_test(self, message: dict[str, Any]) -> None:
        if time.monotonic() > self._deadline:
            self.out_of_time = True
        if self.out_of_time or self._verdict is not None:
            self._control.send({"do": "halt"})
            return
        super()._begin_test(message)

    def _take(self, message: dict[str, Any]) -> None:
        if message["do"] == "unheard":
            self.errors[""] = self._conclude(message).message
        else:
            super()._take(message)
