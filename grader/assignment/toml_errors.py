"""Errors in ``assignment.toml``, told with line, expectation and the nearest known key."""

from __future__ import annotations

import datetime
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
_TIME = "2027-01-31T23:59:00+01:00"
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')\s*(?:\.|=)")


def explain(path: Path, text: str, error: ValidationError, model: type[BaseModel]) -> AssignmentError:
    """The first thing that is wrong, as an error that says where and what to do."""
    errors = error.errors(include_url=False)
    # A misspelled key is often the reason why another is missing.
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    location, table = _resolve(model, first["loc"])
    if first["type"] in ("union_tag_invalid", "union_tag_not_found"):
        location = (*location, "kind")
    key = _dotted(location)
    line = line_of(text, location)
    match first["type"]:
        case "extra_forbidden":
            message = f"unknown key {key!r}.{_nearest(str(location[-1]), table)}"
            return AssignmentError(path, message, line)
        case "missing" | "union_tag_not_found":
            return AssignmentError(path, f"key {key!r} is missing", line_of(text, location[:-1]))
        case "union_tag_invalid":
            given, kinds = first["ctx"]["tag"], first["ctx"]["expected_tags"].replace("'", "").split(", ")
            return AssignmentError(path, f"{key}: there is no {given!r}.{_nearest(given, kinds)}", line)
    message = first["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    if first["type"].startswith(("datetime_", "timezone_")):
        message = f"a time with its zone is expected, such as {_TIME}"
    given = "" if isinstance(first["input"], dict | list) else f" (it is {_as_written(first['input'])})"
    return AssignmentError(path, f"{key or 'the file'}: {message}{given}", line)


def _as_written(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else repr(value)


def _nearest(name: str, known: Iterable[str]) -> str:
    known = sorted(known)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f" Did you mean {close[0]!r}?" if close else f" Known here: {', '.join(known)}."


def _resolve(model: type[BaseModel], location: Sequence[str | int]) -> tuple[tuple[str | int, ...], list[str]]:
    """Where in the file an error is, and the keys of the table it is in.

    A location says which of several models a table was read as; the file has no such key.
    """
    found: list[str | int] = []
    tables: list[type[BaseModel]] = [model]
    parent = tables
    for part in location:
        if isinstance(part, str) and len(tables) > 1:
            tables = [one for one in tables if one.model_fields["kind"].default == part]
            continue
        if isinstance(part, str) and tables:
            parent = tables
            field = tables[0].model_fields.get(part)
            tables = _tables(field.annotation) if field else []
        found.append(part)
    return tuple(found), list(parent[0].model_fields)


def _tables(annotation: Any) -> list[type[BaseModel]]:
    """The models inside ``Model | None``, ``tuple[Model, ...]`` or a union of several."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if typing.get_origin(annotation) in (tuple, typing.Union, types.UnionType, typing.Annotated):
        return [one for inner in typing.get_args(annotation) for one in _tables(inner)]
    return []


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
