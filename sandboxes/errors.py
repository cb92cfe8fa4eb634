"""What keeps the grader from doing its work. Never the learner's fault."""

from __future__ import annotations

__all__ = [
    "OUTSIDE",
    "EngineRefused",
    "EngineUnavailable",
    "ImageBuildFailed",
    "JudgeEnded",
    "SandboxFailure",
    "SuiteBroken",
]


class SandboxFailure(Exception):
    """A sandbox could not be run; the grading may be tried again."""


class EngineUnavailable(SandboxFailure):
    """There is no Docker Engine to talk to."""


class EngineRefused(SandboxFailure):
    """The engine would not do something, and its words name what a container could do without.

    Attributes:
        things: What that is (see ``Engine.concessions``). A passing failure may name the same.
    """

    def __init__(self, reason: str, things: frozenset[str]) -> None:
        super().__init__(reason)
        self.things = things


class ImageBuildFailed(SandboxFailure):
    """A sandbox image could not be built."""


class JudgeEnded(SandboxFailure):
    """The examiner's process for one submission ended before it had judged all tests.

    Attributes:
        place: Id of the test that ran, or ``OUTSIDE``.
    """

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"the examiner ended in the middle of a grading: {reason}")
        self.place = place


OUTSIDE = "outside of tests"
"""Where something happened while no test ran: while the submission was imported, for instance."""


class SuiteBroken(Exception):
    """The tests of an assignment can't be collected even with its reference solution.

    Attributes:
        errors: Message by path of the test file.
    """

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{path}: {text}" for path, text in errors.items()) or "no tests were found")
        self.errors = errors
