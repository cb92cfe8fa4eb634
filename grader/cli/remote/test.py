"""``grader test``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

from ...errors import InputError
from ..main import PROBLEMS

__all__ = ["command"]

_FAILED_TESTS = 1


@click.command(name="test", context_settings={"ignore_unknown_options": True})
@click.option("--folder", "-C", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Where the work is.")
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def command(folder: Path, pytest_arguments: tuple[str, ...]) -> int:
    """Run the public tests on your work, here and with plain pytest; or your own, where you write the tests.

    Exit status 1 when some fail.
    """
    public = folder / "tests" / "public"
    if not public.is_dir() and not any(folder.glob("test_*.py")) and not any(folder.glob("*_test.py")):
        raise InputError(f"{folder.absolute()} has no tests: work in a folder that 'grader start' made")
    settings = [
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        "--rootdir",
        ".",
        "-W",
        "ignore::pytest.PytestUnknownMarkWarning",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *settings, "tests/public" if public.is_dir() else ".", *pytest_arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder.absolute()), "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    return PROBLEMS if done.returncode == _FAILED_TESTS else done.returncode
