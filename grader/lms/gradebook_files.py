"""Gradebooks as files that learning platforms and spreadsheets read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Literal

from ..service.gradebook import Gradebook, Row

__all__ = ["FORMATS", "MEDIA_TYPES", "Format", "write"]

Format = Literal["csv", "json", "canvas", "moodle"]
FORMATS: tuple[Format, ...] = ("csv", "json", "canvas", "moodle")
MEDIA_TYPES = {"json": "application/json", "csv": "text/csv", "canvas": "text/csv", "moodle": "text/csv"}
# What a spreadsheet takes for a formula, and what it strips before looking (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write(book: Gradebook, form: Format) -> str:
    """A gradebook in one of ``FORMATS``.

    ``canvas``: Student, ID, SIS User ID, SIS Login ID, Section, one column for each assignment, and a line of points
    possible, as Canvas exports and imports it. ``moodle``: username, email and id number, one column for each assignment,
    for Moodle's grade import. Empty cells are assignments without a grade.
    """
    if form == "json":
        return json.dumps(asdict(book), indent=2, ensure_ascii=False) + "\n"
    lines = {"csv": _plain, "canvas": _canvas, "moodle": _moodle}[form](book)
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue()


def _plain(book: Gradebook) -> Iterable[list[str]]:
    yield ["login", "name", "email", "id", *(_safe(column.id) for column in book.columns)]
    for row in book.rows:
        yield [_safe(row.login), _safe(row.name), _safe(row.email), _safe(row.external_id), *_scores(book, row)]


def _canvas(book: Gradebook) -> Iterable[list[str]]:
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(_safe(column.title) for column in book.columns)]
    most = ["" if column.max_score is None else f"{column.max_score:g}" for column in book.columns]
    yield ["    Points Possible", "", "", "", "", *most]
    for row in book.rows:
        yield [_safe(row.name), "", _safe(row.external_id), _safe(row.login), _safe(book.course), *_scores(book, row)]


def _moodle(book: Gradebook) -> Iterable[list[str]]:
    yield ["username", "email", "idnumber", *(_safe(column.title) for column in book.columns)]
    for row in book.rows:
        yield [_safe(row.login), _safe(row.email), _safe(row.external_id), *_scores(book, row)]


def _scores(book: Gradebook, row: Row) -> list[str]:
    return [f"{row.scores[column.id]:.2f}" if column.id in row.scores else "" for column in book.columns]


def _safe(text: str | None) -> str:
    text = text or ""
    return f"'{text}" if text.startswith(_FORMULA) else text
