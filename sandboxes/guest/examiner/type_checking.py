"""Mypy: whether types are annotated and right."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

from .bounded import Budget, ToolFailed
from .findings import MESSAGE_LIMIT, Finding
from .packages import importable
from .suppressions import NEUTRAL_NAMES

__all__ = ["Mypy"]

_ADDRESS = "https://mypy.readthedocs.io/en/stable/_refs.html#code-"
# Safe path (-P): mypy's process must not import anything of a submission, whatever folder it starts in.
_COMMAND = (sys.executable, "-P", "-s", "-B", "-m", "mypy")
_OPTIONS = (
    *("--config-file=", "--no-incremental", "--cache-dir=/dev/null", "--strict", "--ignore-missing-imports"),
    *("--namespace-packages", "--explicit-package-bases", "--no-error-summary", "--output=json", "--show-error-codes"),
)
_PLAIN = "plain_text.py"


class Mypy:
    """Mypy on some texts.

    Args:
        budget: What it may use.
        folder: A new folder for the texts.
        texts: By path.

    Attributes:
        version: Name and version.
    """

    def __init__(self, budget: Budget, folder: Path, texts: Mapping[str, str]) -> None:
        self.version = f"mypy {metadata.version('mypy')}"
        self._budget = budget
        self._root = folder
        folder.mkdir()
        self._plain = folder.parent / _PLAIN
        self._plain.write_text("pass\n")
        self._texts = texts
        self._paths = importable(texts)
        self._modules = {path: module for module, path in self._paths.items()}

    def check(self, paths: Sequence[str]) -> list[Finding]:
        """What is wrong with the types in these files, which may import each other and no other file.

        Raises:
            ToolFailed: It can't cope with them.
        """
        return self._check(paths)

    def check_apart(self, paths: Sequence[str]) -> list[Finding]:
        """The same, where only these files are looked at."""
        return self._check(paths, "--follow-imports=skip")

    def _check(self, paths: Sequence[str], *options: str) -> list[Finding]:
        self._place(paths)
        environment = {
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "LANG": "C.UTF-8",
            "MYPYPATH": str(self._root),
        }
        files = [str(self._root / self._modules[path]) for path in paths] or [str(self._plain)]
        output = self._budget.run([*_COMMAND, *_OPTIONS, *options, "--", *files], environment, (0, 1))
        return [finding for line in output.splitlines() if (finding := self._finding(line)) is not None]

    def _place(self, paths: Sequence[str]) -> None:
        """Have exactly these files in the folder: mypy reads what they import."""
        wanted = set(paths)
        for path, module in self._modules.items():
            target = self._root / module
            if path in wanted:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(self._texts[path].encode())
            else:
                target.unlink(missing_ok=True)

    def _finding(self, line: bytes) -> Finding | None:
        try:
            told = json.loads(line)
        except ValueError:
            raise ToolFailed(line.decode(errors="replace")[:MESSAGE_LIMIT]) from None
        if told["severity"] != "error" or any(f'"{name}"' in told["message"] for name in NEUTRAL_NAMES):
            return None
        path = self._paths.get(os.path.relpath(os.path.join(self._root, told["file"]), self._root))
        if path is None:
            return None
        code = told["code"]
        return Finding(
            f"type-{code or 'error'}",
            path,
            max(1, told["line"]),
            told["message"][:MESSAGE_LIMIT],
            f"{_ADDRESS}{code or 'misc'}",
        )
