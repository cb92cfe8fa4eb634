"""Packages for images: what the installer is told, and in what surroundings it runs."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from ..errors import ImageBuildFailed

__all__ = ["install_packages", "requirements_of"]

_ACCOUNT = 2000


def requirements_of(text: str) -> list[str]:
    """The requirements of a text, each as PEP 508 writes it.

    Whoever calls has checked the text; this is where a mistake of theirs would have the installer read files, follow
    addresses or take options, on the host.

    Raises:
        ImageBuildFailed: A line is no name of a package with versions.
    """
    lines = (line.strip() for line in text.splitlines())
    return [_checked(line) for line in lines if line and not line.startswith("#")]


def _checked(line: str) -> str:
    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        requirement = None
    # A dollar sign in a marker would be a variable, where the installer reads it from a file.
    if requirement is None or requirement.url is not None or "$" in line:
        raise ImageBuildFailed(f"{line[:80]!a} is no package with its versions")
    return str(requirement)


def install_packages(target: Path, requirements: Sequence[str], python: str, platforms: Sequence[str]) -> None:
    """Unpack the wheels of packages, and of what they need, into a folder.

    Args:
        target: The folder.
        requirements: See ``requirements_of``.
        python: Version of the interpreter that will import them, as ``3.11``.
        platforms: Tags of platforms they may be for, the most wanted first.

    Raises:
        ImageBuildFailed: They can't be had.
    """
    command = [
        # Neither a module in the working directory nor an archive there that bears a package's name is ever taken for the
        # real one. What comes after '--' is no option.
        *(sys.executable, "-P", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"),
        *("--no-compile", "--only-binary=:all:", "--implementation=cp", f"--python-version={python}"),
        *(f"--platform={platform}" for platform in platforms),
        *("--target", str(target.absolute()), "--", *requirements),
    ]
    with tempfile.TemporaryDirectory(prefix="grader-pip-") as empty:
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd=empty, check=False)
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise ImageBuildFailed("packages could not be resolved:\n" + "\n".join(errors or [done.stderr[-_ACCOUNT:]]))
