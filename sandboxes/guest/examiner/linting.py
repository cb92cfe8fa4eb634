"""Ruff: rules that text breaks, and whether its layout is the usual one."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from .bounded import Budget
from .findings import MESSAGE_LIMIT, Finding

__all__ = ["Ruff"]

_TARGET = f"--target-version=py{sys.version_info.major}{sys.version_info.minor}"
_ALONE = ("--isolated", "--no-cache", "--no-respect-gitignore", "--config=exclude=[]", "--config=extend-exclude=[]")
_SYNTAX_ONLY = "E902"
"""A rule that text in a file which can be opened never breaks; syntax errors are told whatever the rules."""
_PLAIN = "plain.py"


class Ruff:
    """Ruff on some texts.

    Args:
        order: See ``inspect``.
        budget: What it may use.
        folder: A new folder for the texts.
        texts: By path.

    Attributes:
        version: Name and version.
    """

    def __init__(self, order: Mapping[str, Any], budget: Budget, folder: Path, texts: Mapping[str, str]) -> None:
        self.version = f"ruff {metadata.version('ruff')}"
        self._order = order
        self._budget = budget
        self._plain = folder.parent / _PLAIN
        self._plain.write_text("pass\n")
        self._root = folder
        for path, text in texts.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())

    def lint(self, paths: Sequence[str]) -> list[Finding]:
        """The rules that these files break; without any file, that it works.

        Raises:
            ToolFailed: It can't cope with them.
        """
        ignored = tuple(self._order["ignore"])
        return [
            Finding(
                one["code"] or "unreadable",
                self._path(one["filename"]),
                one["location"]["row"],
                one["message"][:MESSAGE_LIMIT],
                one["url"],
            )
            for one in self._run(
                paths,
                *("check", *_ALONE, "--ignore-noqa", "--exit-zero", "--output-format=json", _TARGET),
                f"--select={','.join(self._order['rules']) or _SYNTAX_ONLY}",
                f"--line-length={self._order['line_length']}",
                f"--config=lint.mccabe.max-complexity={self._order['complexity']}",
            )
            if not (one["code"] or "").startswith(ignored or ("\0",))
        ]

    def layout(self, paths: Sequence[str]) -> list[Finding]:
        """The files that ``ruff format`` would lay out otherwise, and where that begins.

        Raises:
            ToolFailed: It can't cope with them.
        """
        # 2 says that a file could not be parsed, which the linter tells better.
        good = (0, 1, 2) if paths else (0,)
        output = self._run(
            paths,
            *("format", *_ALONE, "--check", "--output-format=json", _TARGET, f"--line-length={self._order['line_length']}"),
            good=good,
        )
        return [
            Finding(
                "layout",
                self._path(one["filename"]),
                one["location"]["row"],
                "from here on, its layout is not what 'ruff format' makes of it",
                "https://docs.astral.sh/ruff/formatter/",
            )
            for one in output
            if one["code"] == "unformatted"
        ]

    def _run(self, paths: Sequence[str], *arguments: str, good: tuple[int, ...] = (0,)) -> list[dict[str, Any]]:
        """What it says of these files. They are named, each, so that no name keeps it from reading one."""
        files = [str(self._root / path) for path in paths] or [str(self._plain)]
        # Where no assignment asks for style, its images have no tools.
        from ruff import find_ruff_bin

        environment = {"RAYON_NUM_THREADS": "1", "LANG": "C.UTF-8"}
        output = self._budget.run([str(find_ruff_bin()), *arguments, "--", *files], environment, good)
        found: list[dict[str, Any]] = json.loads(output)
        return found if paths else []

    def _path(self, filename: str) -> str:
        return os.path.relpath(filename, self._root)
