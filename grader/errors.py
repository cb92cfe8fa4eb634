"""What can be wrong with what the grader is given."""

from __future__ import annotations

from pathlib import Path

__all__ = ["AssignmentError", "InputError", "SubmissionRejected", "Unavailable"]


class InputError(Exception):
    """The input is wrong; the message names it and what to do."""


class AssignmentError(InputError):
    """An assignment folder can't be used.

    Args:
        path: The file or folder at fault.
        message: What is wrong with it and what to do.
        line: Line in the file, counted from 1, if there is one.
    """

    def __init__(self, path: Path, message: str, line: int | None = None) -> None:
        super().__init__(f"{path}{f':{line}' if line else ''}: {message}")
        self.path = path
        self.line = line


class SubmissionRejected(InputError):
    """A submission is not acceptable; the message says why. No attempt is used."""


class Unavailable(Exception):
    """Something that the program needs does not answer; the message says what, and what to do."""
