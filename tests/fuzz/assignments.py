"""Target: the reader of ``assignment.toml``.

Oracle: the file is read to settings, or refused with an error that begins with its path; no other exception. Nothing is opened
or imported. Settings that were read can be written as JSON and read again to the same.
"""

from __future__ import annotations

from pathlib import Path

from grader.assignment.load import FILE_NAME, assignment_of
from grader.assignment.model import AssignmentFile
from grader.errors import AssignmentError

from .oracle import watched

__all__ = ["check"]

_OTHERS = {
    "tests/hidden/test_a.py": b"def test_it(): pass\n",
    "solutions/reference/a.py": b"",
    "program/a.py": b"",
    "mutants/m/a.py": b"x\n",
}
_ROOT = Path("it")


def check(data: bytes) -> None:
    """Read ``data`` as the settings of an assignment about code, or about tests if they say so."""
    about_tests = b"test-writing" in data
    others = {name: text for name, text in _OTHERS.items() if not (about_tests and name.startswith("tests/"))}
    try:
        with watched(lambda event, args: event == "compile"):  # the tests' own text is parsed, not run
            assignment = assignment_of({**others, FILE_NAME: data}, _ROOT)
            assert assignment.suite.startswith("sha256:")
    except AssignmentError as error:
        _judge(str(error), len(data))
        return
    settings = assignment.settings
    assert AssignmentFile.model_validate_json(settings.model_dump_json()) == settings


def _judge(message: str, size: int) -> None:
    assert message.startswith(str(_ROOT)), message
    assert len(message) < size * 8 + 4000, "a message that grows"
