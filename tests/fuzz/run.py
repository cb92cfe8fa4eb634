"""Fuzz one target, guided by coverage: ``python -m tests.fuzz.run wire 600`` (seconds), or with files to try those alone.

What widens the coverage is kept under ``.fuzz/TARGET``, what breaks the target as ``.fuzz/TARGET-crash-…``. Such a file, made
small (``-minimize_crash=1``), belongs into the corpus when its cause is mended.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import atheris

from .seeds import CORPUS

# What has to be seen from inside; the standard library's readers among it, since many of the branches are theirs.
_PACKAGES = {
    "archives": ["grader", "zipfile", "tarfile", "gzip"],
    "assignments": ["grader", "tomllib"],
    "wire": ["sandboxes", "tests"],
}


_LIMITS = ["-max_len=16384", "-rss_limit_mb=1024", "-timeout=10", "-print_final_stats=1"]


def main(name: str, arguments: list[str]) -> None:
    """Fuzz for some seconds, or try files."""
    packages = _PACKAGES[name]
    for module in [module for module in sys.modules if module.partition(".")[0] in packages and module != __name__]:
        del sys.modules[module]  # imported by this program's own needs, before they could be looked into
    with atheris.instrument_imports(include=packages):
        target = importlib.import_module(f"tests.fuzz.{name}")
    atheris.Setup([sys.argv[0], *_options(name, arguments)], target.check)
    atheris.Fuzz()


def _options(name: str, arguments: list[str]) -> list[str]:
    if not arguments[0].isdigit():
        return arguments
    kept = Path(".fuzz", name)
    kept.mkdir(parents=True, exist_ok=True)
    return [str(kept), str(CORPUS / name), f"-max_total_time={arguments[0]}", f"-artifact_prefix={kept}-", *_LIMITS]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
