"""How pytest is run."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import py_compile
from pathlib import Path

import pytest
from _pytest.assertion.rewrite import PYC_TAIL, _rewrite_test, _write_pyc, assertstate_key, get_cache_dir

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
_PATTERNS = ("test_*.py", "*_test.py")
FILE_PATTERNS = ["-o", f"python_files={' '.join(_PATTERNS)}"]
WITHOUT_HYPOTHESIS = ["-p", "no:hypothesispytest"]
"""Its plugin imports all of it."""


class _Compiling:
    """Compiles test files and their helpers: who runs them can't write what they are compiled to, and would do so each time.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def pytest_configure(self, config: pytest.Config) -> None:
        for path in sorted(Path(self._folder).rglob("*.py")):
            if path.name != "conftest.py" and not any(map(path.match, _PATTERNS)):
                py_compile.compile(str(path), quiet=2)
                continue
            try:
                stamp, code = _rewrite_test(path, config)
            except Exception:  # pytest says what is wrong with the file when it loads it
                continue
            cache = get_cache_dir(path)
            cache.mkdir(exist_ok=True)
            _write_pyc(config.stash[assertstate_key], code, stamp, cache / f"{path.stem}{PYC_TAIL}")


def prepare(nothing: str, *options: str, tests: str | None = None) -> None:
    """Import what every run needs, before anybody waits: the quickest way is to let pytest run on nothing.

    Args:
        nothing: A new folder, which is removed again.
        options: More options for pytest.
        tests: Folder of tests that are compiled.
    """
    importlib.import_module("unittest.mock")
    Path(nothing).mkdir()
    with contextlib.redirect_stdout(io.StringIO()):
        plugins = [_Compiling(tests)] if tests else []
        pytest.main([*options, *OPTIONS, nothing, "-c", os.devnull, nothing], plugins)
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
