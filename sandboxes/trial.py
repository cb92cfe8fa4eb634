"""One trial: a learner's tests against one program. The worker's part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .dialogue import Dialogue
from .errors import JudgeEnded
from .suite import Test, TestRun

__all__ = ["Trial"]


class Trial(Dialogue):
    """Runs a learner's tests on a program, once: the examiner runs the program, the pool gives containers for the tests."""

    def on(self, program: Mapping[str, bytes]) -> dict[str, TestRun]:
        """Run the tests on a program; returns results by test id, of those that began.

        Raises:
            SandboxFailure: The grader could not do its work.
        """
        try:
            for _run in self.follow((), lambda: self.examiner.begin_trial(self.watch.candidate.wire, program)):
                pass
        except JudgeEnded as ended:
            # The process that the program ran in: if the examiner is still there, then by what the program did, or by what
            # the tests had it do. Something else may have ended it as well, so that is tried again.
            if self.examiner.lost:
                raise
            self.doubtful.add(ended.place)
            test = self._roster.get(self._running or "")
            if test is None:
                self.errors[""] = "the program ended while no test ran: does it use up its memory, or leave by os._exit?"
            else:
                self.runs[test.id] = TestRun(test, "crashed", "the program ended while it was tested")
        return self.runs

    def hear(self, message: dict[str, Any]) -> None:
        if message["do"] == "unheard":
            self.errors[""] = self.conclude(message).message
        else:
            super().hear(message)

    def hear_of_tests(self, message: dict[str, Any]) -> None:
        self.collected = [Test(name) for name in message["tests"]]
        self._roster = {test.id: test for test in self.collected}
        self.errors = dict(message["errors"])

    def begin_test(self, message: dict[str, Any]) -> None:
        if self.watch.verdict is not None and self.watch.overtime <= 0:
            self._control.send({"do": "halt"})  # what the tests ran in is gone: a fresh one would not know them
        else:
            super().begin_test(message)
