"""What can go wrong on the wire."""

from __future__ import annotations

__all__ = ["CandidateGone", "CannotCross", "ProtocolViolation", "WireClosed"]


class WireClosed(EOFError):
    """The other side closed the connection."""


class ProtocolViolation(Exception):
    """The other side sent something that is not a message of this protocol."""


class CannotCross(TypeError):
    """A value of this type has no representation on the wire."""


class CandidateGone(BaseException):
    """The candidate ended while the examiner was waiting for it.

    Derives from ``BaseException`` so that ``pytest.raises(Exception)`` in a test does not take a crash for an answer.

    Attributes:
        cause: ``"closed"``, ``"output"`` or ``"protocol"``.
        detail: A sentence for the learner, or an empty string.
    """

    def __init__(self, cause: str, detail: str = "") -> None:
        super().__init__(detail or "the program ended before it answered")
        self.cause = cause
        self.detail = detail


# As people read them in messages.
CannotCross.__module__ = CandidateGone.__module__ = "grader"
