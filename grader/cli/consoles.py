"""Where output goes: results to standard output, progress to standard error; no colours off a terminal."""

from __future__ import annotations

import sys

from rich.console import Console

from .text import PlainHook

__all__ = ["err", "out"]

_WIDTH_OF_FILES = 120


def _console(stderr: bool) -> Console:
    is_terminal = (sys.stderr if stderr else sys.stdout).isatty()
    made = Console(stderr=stderr, highlight=False, width=None if is_terminal else _WIDTH_OF_FILES)
    made.push_render_hook(PlainHook())
    return made


out = _console(stderr=False)
err = _console(stderr=True)
