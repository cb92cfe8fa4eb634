"""Runs static tools on the submission's text. They read all of it, run none of it, and heed nothing that it tells them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from .bounded import Budget, ToolFailed
from .findings import Finding
from .linting import Ruff
from .parsing import Unreadable, source_text, why_unreadable
from .suppressions import without_suppressions
from .type_checking import Mypy

__all__ = ["inspect"]

_SECONDS = 60.0
"""Of CPU, for all tools together. The worker waits longer."""
_FOR_CONTROL = 15.0
_MOST = 500
_SHEBANG = re.compile(rb"#![^\r\n]*python")
_SUFFIXES = (".py", ".pyi", ".pyw")
_Read = Callable[[Sequence[str]], list[Finding]]


def inspect(order: dict[str, Any], folder: str) -> dict[str, Any]:
    """Findings of the tools, as ``[rule, path, line, message, address, times]``, and the files that they stand for.

    What a tool can't read is a finding. A tool that can't read the plainest text either is a failure.

    Args:
        order: ``files``, and what to look for: ``rules`` without those of ``ignore``, ``line_length``, ``complexity``,
            ``layout``, ``types``; ``program`` is Python whatever its name.
        folder: A new folder for the tools.

    Raises:
        RuntimeError: A tool does not work.
        OSError: A tool is not there.
    """
    home = Path(folder)
    (home / "home").mkdir(parents=True)
    files = {path: data for path, data in sorted(order["files"].items()) if _is_python(path, data, order["program"])}
    budget = Budget(_SECONDS, str(home / "home"))
    texts, findings = _texts(files, budget)
    ruff = Ruff(order, budget, home / "text", texts)
    tools = [ruff.version]
    readers: list[tuple[str, _Read, _Read]] = [("ruff", ruff.lint, ruff.lint)]
    if order["layout"]:
        readers.append(("ruff format", ruff.layout, ruff.layout))
    if order["types"]:
        mypy = Mypy(budget, home / "modules", texts)
        tools.append(mypy.version)
        readers.append(("mypy", mypy.check, mypy.check_apart))
    for name, together, apart in readers:
        # Without any text, rules that ruff does not know still have to come to light.
        if texts or together == ruff.lint:
            findings += _read(name, together, apart, list(texts), budget)
    return {"do": "inspected", "findings": _listed(findings), "tools": tools, "read": list(files)}


def _is_python(path: str, data: bytes, program: str) -> bool:
    name = path.rpartition("/")[2]
    return name.lower().endswith(_SUFFIXES) or bool(_SHEBANG.match(data)) or (path == program and "." not in name)


def _texts(files: dict[str, bytes], budget: Budget) -> tuple[dict[str, str], list[Finding]]:
    """What tools read of each file, and what is to be said of files before any tool reads them."""
    texts: dict[str, str] = {}
    findings = []
    for path, data in files.items():
        text = source_text(data)
        try:
            unreadable = text if isinstance(text, Unreadable) else _complaint(text, budget)
        except ToolFailed as failure:
            findings.append(Finding("unreadable", path, 1, f"this file is not read: {failure}", None))
            continue
        if isinstance(text, Unreadable) or unreadable is not None:
            assert unreadable is not None
            findings.append(Finding("invalid-syntax", path, unreadable.line, unreadable.reason, None))
            continue
        texts[path], suppressions = without_suppressions(text)
        for line, comment in suppressions:
            message = f"{comment!r} has no effect here: everything is read, and what is found counts"
            findings.append(Finding("suppression", path, line, message, None))
    return texts, findings


def _complaint(text: str, budget: Budget) -> Unreadable | None:
    return budget.spend(lambda seconds: why_unreadable(text, seconds))


def _read(name: str, together: _Read, apart: _Read, paths: list[str], budget: Budget) -> list[Finding]:
    """What a tool finds in all files; where it can't cope with all, in as many as it can."""
    try:
        return together(paths)
    except ToolFailed as failure:
        if not paths:
            raise RuntimeError(f"{name} does not work: {failure}") from None
        findings, unread = _halves(apart, paths, failure if together == apart else None)
    _control(name, together, budget)
    readable = [path for path in paths if path not in unread]
    if together != apart and readable:
        try:
            findings = together(readable)
        except ToolFailed:
            pass  # then what it finds in files apart has to do
    return findings + [
        Finding("unreadable", path, 1, f"{name} can't read this file: {reason}", None) for path, reason in unread.items()
    ]


def _halves(apart: _Read, paths: list[str], failure: ToolFailed | None) -> tuple[list[Finding], dict[str, str]]:
    """Findings in the files that a tool can read, and of the others why it can't."""
    if failure is None:
        try:
            return apart(paths), {}
        except ToolFailed as failed:
            failure = failed
    if len(paths) == 1:
        return [], {paths[0]: str(failure)}
    findings: list[Finding] = []
    unread: dict[str, str] = {}
    for half in (paths[: len(paths) // 2], paths[len(paths) // 2 :]):
        more, reasons = _halves(apart, half, None)
        findings += more
        unread |= reasons
    return findings, unread


def _control(name: str, read: _Read, budget: Budget) -> None:
    """See that a tool which failed reads the plainest text.

    Raises:
        RuntimeError: It does not: then the tool is to blame, and not what it was given.
    """
    budget.at_least(_FOR_CONTROL)
    try:
        read([])
    except ToolFailed as failure:
        raise RuntimeError(f"{name} does not work: {failure}") from None


def _listed(findings: Iterable[Finding]) -> list[list[Any]]:
    """The findings in order, not too many: of each rule the first ones, the last of which stands for the rest."""
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=lambda one: (one.path, one.line, one.rule)):
        by_rule[finding.rule].append(finding)
    most = max(1, _MOST // max(1, len(by_rule)))
    kept = []
    for ranked in by_rule.values():
        shown = ranked[:most]
        kept += [*shown[:-1], shown[-1]._replace(times=len(ranked) - len(shown) + 1)]
    return [list(finding) for finding in sorted(kept, key=lambda one: (one.path, one.line, one.rule))]
