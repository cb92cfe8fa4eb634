"""Runs static tools on the submission's text. They read it and run none of it, and heed no settings that it brings."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from ..tree import Tree

__all__ = ["inspect"]

_SECONDS = 60
_MOST = 500
_MESSAGE = 500
_MYPY = re.compile(r"^(.+?):(\d+): error: (.*?)(?:  \[([a-z0-9-]+)\])?$")
_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def inspect(order: dict[str, Any], folder: str) -> dict[str, Any]:
    """Findings of the tools, as ``[rule, path, line, message, address]``.

    Args:
        order: ``files``, and what to look for: ``rules`` without those of ``ignore``, ``line_length``, ``complexity``,
            ``layout``, ``types``.
        folder: A new folder for the files.
    """
    os.makedirs(folder)
    Tree(folder).apply([[path, content] for path, content in order["files"].items() if path.endswith(".py")])
    findings = [*_lint(order, folder), *(_layout(order, folder) if order["layout"] else ())]
    tools = [f"ruff {metadata.version('ruff')}"]
    if order["types"]:
        findings += _types(folder)
        tools.append(f"mypy {metadata.version('mypy')}")
    findings.sort(key=lambda finding: (finding[1], finding[2], finding[0]))
    return {"do": "inspected", "findings": findings[:_MOST], "tools": tools}


def _lint(order: dict[str, Any], folder: str) -> list[list[Any]]:
    if not order["rules"]:
        return []
    output = _run(
        folder,
        *(_ruff(), "check", "--isolated", "--no-cache", "--ignore-noqa", "--exit-zero", "--output-format=json"),
        f"--select={','.join(order['rules'])}",
        f"--line-length={order['line_length']}",
        f"--config=lint.mccabe.max-complexity={order['complexity']}",
        f"--target-version=py{_PYTHON.replace('.', '')}",
        ".",
    )
    return [
        [
            one["code"] or "syntax",
            os.path.relpath(one["filename"], folder),
            one["location"]["row"],
            one["message"][:_MESSAGE],
            one["url"],
        ]
        for one in json.loads(output)
        if not (one["code"] or "").startswith(tuple(order["ignore"]))
    ]


def _layout(order: dict[str, Any], folder: str) -> list[list[Any]]:
    # 2 says that a file could not be parsed, which the linter tells better.
    output = _run(
        folder,
        *(_ruff(), "format", "--isolated", "--no-cache", "--check", "--output-format=json"),
        *(f"--line-length={order['line_length']}", "."),
        good=(0, 1, 2),
    )
    return [
        [
            "layout",
            os.path.relpath(one["filename"], folder),
            one["location"]["row"],
            "from here on, its layout is not what 'ruff format' makes of it",
            "https://docs.astral.sh/ruff/formatter/",
        ]
        for one in json.loads(output)
        if one["code"] == "unformatted"
    ]


def _types(folder: str) -> list[list[Any]]:
    output = _run(
        folder,
        *(sys.executable, "-m", "mypy", "--config-file=", "--no-incremental", "--cache-dir=/dev/null", "--strict"),
        *("--no-error-summary", "--show-error-codes", "--ignore-missing-imports", "."),
    )
    found = [match for line in output.splitlines() if (match := _MYPY.match(line))]
    address = "https://mypy.readthedocs.io/en/stable/_refs.html#code-"
    return [
        [f"type-{match[4] or 'error'}", match[1], int(match[2]), match[3][:_MESSAGE], f"{address}{match[4] or 'misc'}"]
        for match in found
    ]


def _ruff() -> str:
    from ruff import find_ruff_bin

    return str(find_ruff_bin())


def _run(folder: str, *command: str, good: tuple[int, ...] = (0, 1)) -> str:
    environment = {"PYTHONPATH": os.environ.get("PYTHONPATH", ""), "RAYON_NUM_THREADS": "1", "LANG": "C.UTF-8"}
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
    )
    # 1 says that something was found.
    if done.returncode not in good:
        text = done.stderr.decode(errors="replace").strip()
        raise RuntimeError(f"{Path(command[0]).name} ended with status {done.returncode}: {text[-_MESSAGE:]}")
    return done.stdout.decode(errors="replace")
