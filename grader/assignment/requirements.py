"""Files of requirements: names of packages with versions, and nothing that would steer the installer."""

from __future__ import annotations

import re
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from ..errors import AssignmentError

__all__ = ["read_requirements"]

_COMMENT = re.compile(r"(^|\s)#.*$")
_MOST, _LONGEST = 200, 500
_ADVICE = "write a package's name and its versions, such as 'numpy>=2.1,<3', on a line of its own"


def read_requirements(text: str, path: Path) -> str:
    """The requirements of a file, one a line, as PEP 508 writes them; comments and blank lines are left out.

    Args:
        text: The file's.
        path: The file, for messages.

    Raises:
        AssignmentError: A line is something else: an option, another file, a URL, a path, a variable.
    """
    found = [
        _requirement(bare, path, number)
        for number, line in enumerate(text.splitlines(), 1)
        if (bare := _COMMENT.sub("", line).strip())
    ]
    if len(found) > _MOST:
        raise AssignmentError(path, f"names more than {_MOST} packages")
    return "".join(f"{one}\n" for one in found)


def _requirement(line: str, path: Path, number: int) -> str:
    shown = ascii(line[:80])
    if line.startswith("-"):
        raise AssignmentError(path, f"{shown} is an option of an installer, and none is accepted: {_ADVICE}", number)
    if line.endswith("\\"):
        raise AssignmentError(path, f"{shown} goes on in the next line, which is not accepted: {_ADVICE}", number)
    try:
        requirement = Requirement(line) if len(line) <= _LONGEST and line.isascii() else None
    except InvalidRequirement:
        requirement = None
    if requirement is None or "$" in line:
        raise AssignmentError(path, f"{shown} is no package with its versions: {_ADVICE}", number)
    if requirement.url is not None:
        raise AssignmentError(path, f"{shown} names an address, which is not accepted: {_ADVICE}", number)
    return str(requirement)
