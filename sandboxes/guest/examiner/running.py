"""How pytest is run."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
from pathlib import Path

import pytest

__all__ = ["FILE_PATTERNS", "OPTIONS", "WITHOUT_HYPOTHESIS", "prepare", "prepare_hypothesis"]

OPTIONS = [
    "-q",
    "--no-header",
    "-p",
    "no:cacheprovider",
    # It would collect garbage again and again at the end, for warnings that nobody sees.
    "-p",
    "no:unraisableexception",
    "--continue-on-collection-errors",
    "--import-mode=importlib",
    "--rootdir",
]
FILE_PATTERNS = ["-o", "python_files=test_*.py *_test.py"]
WITHOUT_HYPOTHESIS = ["-p", "no:hypothesispytest"]
"""Its plugin imports all of it."""


def prepare(nothing: str, *options: str) -> None:
    """Import what every run needs, before anybody waits: the quickest way is to let pytest run on nothing.

    Args:
        nothing: A new folder, which is removed again.
        options: More options for pytest.
    """
    importlib.import_module("unittest.mock")
    Path(nothing).mkdir()
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main([*options, *OPTIONS, nothing, "-c", os.devnull, nothing])
    Path(nothing).rmdir()


def prepare_hypothesis() -> None:
    """Let Hypothesis do the same each time, if it is installed: no chance, no database, no deadline on a busy machine."""
    try:
        from hypothesis import HealthCheck, settings
    except ImportError:
        return
    settings.register_profile(
        "grader", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("grader")
