"""Import an exercise of an Exercism Python track.

``.meta/config.json`` names the files: ``solution`` (the stub), ``test``, and ``example`` or ``exemplar`` (the reference).
The statement is put together from ``.docs/``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ..errors import InputError

__all__ = ["import_exercism"]

_CONFIG = Path(".meta", "config.json")
_STATEMENT = ("introduction.md", "instructions.md", "instructions.append.md")


def import_exercism(source: Path, target: Path) -> Path:
    """Make an assignment folder from an exercise folder; returns ``target``.

    Raises:
        InputError: The source is no exercise, or the target exists.
    """
    config = _read_config(source)
    if target.exists():
        raise InputError(f"{target} exists already: name a folder that does not")
    stubs = _names(source, config, "solution")
    tests = _names(source, config, "test")
    examples = _names(source, config, "example") or _names(source, config, "exemplar")
    if not stubs or not tests or not examples:
        raise InputError(f"{source / _CONFIG}: needs 'solution', 'test', and 'example' or 'exemplar' under 'files'")
    if len(examples) > len(stubs):
        raise InputError(f"{source / _CONFIG}: names {len(examples)} examples for {len(stubs)} solution files")
    files: dict[str, bytes] = {"README.md": _statement(source, config).encode()}
    for stub, example in zip(stubs, examples, strict=False):
        files[f"solutions/reference/{stub}"] = _read(source, example)
    for stub in stubs:
        files[f"starter/{stub}"] = _read(source, stub)
    for test in tests:
        files[f"tests/hidden/{test}"] = _read(source, test)
    for support in _support_files(source, {*stubs, *tests}):
        files[f"tests/hidden/{support}"] = _read(source, support)
        if any(_imports(data, support) for path, data in files.items() if path.startswith(("starter/", "solutions/"))):
            for folder in ("starter", "solutions/reference"):
                files[f"{folder}/{support}"] = _read(source, support)
    files["assignment.toml"] = _settings(source.name, _title(source, config), stubs[: len(examples)]).encode()
    for path, data in files.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(data)
    return target


def _read_config(source: Path) -> dict[str, Any]:
    if not source.is_dir():
        raise InputError(f"{source}: no such folder")
    path = source / _CONFIG
    if not path.is_file():
        raise InputError(f"{path} is missing: {source} is no exercise of an Exercism track")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path} is not valid JSON: {error}") from None
    if not isinstance(config, dict) or not isinstance(config.get("files"), dict):
        raise InputError(f"{path}: has no table 'files'")
    return config


def _names(source: Path, config: dict[str, Any], key: str) -> list[str]:
    names = config["files"].get(key, [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InputError(f"{source / _CONFIG}: 'files.{key}' is not a list of names")
    for name in names:
        if name.startswith("/") or ".." in name.split("/"):
            raise InputError(f"{source / _CONFIG}: {name!r} leads outside the exercise")
    return names


def _support_files(source: Path, known: set[str]) -> list[str]:
    """Python files that the tests import, beside the listed ones."""
    return sorted(path.name for path in source.glob("*.py") if path.name not in known)


def _imports(text: bytes, name: str) -> bool:
    module = re.escape(name.removesuffix(".py")).encode()
    return re.search(rb"^\s*(from|import)\s+" + module + rb"\b", text, re.MULTILINE) is not None


def _read(source: Path, name: str) -> bytes:
    path = source / name
    if not path.is_file():
        raise InputError(f"{path} is missing, though {_CONFIG} names it")
    return path.read_bytes()


def _title(source: Path, config: dict[str, Any]) -> str:
    return str(config.get("title") or source.name.replace("-", " ").capitalize())


def _statement(source: Path, config: dict[str, Any]) -> str:
    parts = [f"# {_title(source, config)}"]
    for name in _STATEMENT:
        path = source / ".docs" / name
        if path.is_file():
            parts.append(path.read_text(encoding="utf-8").strip())
    if len(parts) == 1 and config.get("blurb"):
        parts.append(str(config["blurb"]))
    return "\n\n".join(parts) + "\n"


def _settings(name: str, title: str, required: list[str]) -> str:
    identifier = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._") or "exercise"
    return (
        f"id = {json.dumps(identifier)}\n"
        f"title = {json.dumps(title, ensure_ascii=False)}\n"
        'language = "python"\n\n'
        "[submission]\n"
        f"required = {json.dumps(required)}\n"
        'allowed = ["*.py"]\n\n'
        "# Exercism measures no time: some examples compute for seconds.\n"
        "[limits]\n"
        "cpu_time = 10.0\n"
    )
