"""Errors in ``assignment.toml``, told with line, expectation and the nearest known key."""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from ..errors import AssignmentError

__all__ = ["explain", "line_of"]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')\s*(?:\.|=)")


def explain(path: Path, text: str, error: ValidationError, model: type[BaseModel]) -> AssignmentError:
    """The first thing that is wrong, as an error that says where and what to do."""
    errors = error.errors(include_url=False)
    # A misspelled key is often the reason why another is missing.
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    location = first["loc"]
    key = _dotted(location)
    line = line_of(text, location)
    if first["type"] == "extra_forbidden":
        return AssignmentError(path, f"unknown key {key!r}.{_nearest(str(location[-1]), _keys(model, location[:-1]))}", line)
    if first["type"] == "missing":
        return AssignmentError(path, f"key {key!r} is missing", line_of(text, location[:-1]))
    message = first["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    given = "" if isinstance(first["input"], dict | list) else f" (it is {first['input']!r})"
    return AssignmentError(path, f"{key or 'the file'}: {message}{given}", line)


def _nearest(name: str, known: Iterable[str]) -> str:
    known = sorted(known)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f" Did you mean {close[0]!r}?" if close else f" Known keys here: {', '.join(known)}."


def _keys(model: Any, location: Sequence[str | int]) -> list[str]:
    """The keys that a table of the file may have."""
    for part in location:
        if isinstance(part, str):
            model = model.model_fields[part].annotation
        model = _table(model)
    return list(model.model_fields)


def _table(annotation: Any) -> Any:
    """The model inside ``Model | None`` or ``tuple[Model, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) in (tuple, typing.Union, types.UnionType, typing.Annotated):
        for inner in typing.get_args(annotation):
            found = _table(inner)
            if found is not None:
                return found
    return None


def _dotted(location: Sequence[str | int]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def line_of(text: str, location: Sequence[str | int]) -> int | None:
    """The line, counted from 1, on which a key stands, or its table if the key is not found; ``None`` for neither.

    TOML parsers do not tell; this reads headers and keys line by line, which is right for files written by people.
    """
    best: int | None = None
    table: tuple[str | int, ...] = ()
    counts: dict[str, int] = {}
    deepest = 0
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            name = header[2].strip("\"'")
            table = tuple(name.split("."))
            if header[1] == "[[":
                counts[name] = counts.get(name, -1) + 1
                table += (counts[name],)
            here = table
        elif key := _KEY.match(line):
            here = (*table, key[1].strip("\"'"))
        else:
            continue
        if len(here) > deepest and tuple(location[: len(here)]) == here:
            best, deepest = number, len(here)
    return best
