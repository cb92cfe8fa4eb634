"""How a test learns that the submission can't answer."""

from __future__ import annotations

__all__ = ["BrokenModule", "MissingName"]


class BrokenModule(ImportError):
    """A module of the submission could not be imported.

    Attributes:
        outcome: The outcome of every test that needs it.
    """

    def __init__(self, message: str, outcome: str = "error", trace: str | None = None) -> None:
        super().__init__(message)
        self.outcome = outcome
        self._grader_trace = trace


class MissingName(NameError):
    """The test needs a name that the submission does not define."""


# As people read them in messages.
BrokenModule.__module__ = MissingName.__module__ = "grader"
