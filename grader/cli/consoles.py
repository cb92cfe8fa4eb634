"""Where output goes: results to standard output, progress to standard error; no colours off a terminal."""

from __future__ import annotations

import sys

from rich.console import Console

__all__ = ["err", "out"]

_WIDTH_OF_FILES = 120

out = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH_OF_FILES)
err = Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else _WIDTH_OF_FILES)
