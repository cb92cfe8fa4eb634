"""Gradebooks as files that learning platforms and spreadsheets read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Literal

from ..plain_text import plain_cell, plain_json
from ..service.gradebook import Gradebook, Row

__all__ = ["FORMATS", "MEDIA_TYPES", "Format", "write"]

Format = Literal["csv", "json", "canvas", "moodle"]
FORMATS: tuple[Format, ...] = ("csv", "json", "canvas", "moodle")
MEDIA_TYPES = {"json": "application/json", "csv": "text/csv", "canvas": "text/csv", "moodle": "text/csv"}


def write(book: Gradebook, form: Format) -> str:
    """A gradebook in one of ``FORMATS``.

    ``canvas``: Student, ID, SIS User ID, SIS Login ID, Section, one column for each assignment, and a line of points
    possible, as Canvas exports and imports it. ``moodle``: username, email and id number, one column for each assignment,
    for Moodle's grade import. Empty cells are assignments without a grade.
    """
    if form == "json":
        return plain_json(json.dumps(asdict(book), indent=2, ensure_ascii=False)) + "\n"
    lines = {"csv": _plain, "canvas": _canvas, "moodle": _moodle}[form](book)
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue()


def _plain(book: Gradebook) -> Iterable[list[str]]:
    yield ["login", "name", "email", "id", *(plain_cell(column.id) for column in book.columns)]
    for row in book.rows:
        yield [
            plain_cell(row.login),
            plain_cell(row.name),
            plain_cell(row.email),
            plain_cell(row.external_id),
            *_scores(book, row),
        ]


def _canvas(book: Gradebook) -> Iterable[list[str]]:
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(plain_cell(column.title) for column in book.columns)]
    most = ["" if column.max_score is None else f"{column.max_score:g}" for column in book.columns]
    yield ["    Points Possible", "", "", "", "", *most]
    for row in book.rows:
        yield [
            plain_cell(row.name),
            "",
            plain_cell(row.external_id),
            plain_cell(row.login),
            plain_cell(book.course),
            *_scores(book, row),
        ]


def _moodle(book: Gradebook) -> Iterable[list[str]]:
    yield ["username", "email", "idnumber", *(plain_cell(column.title) for column in book.columns)]
    for row in book.rows:
        yield [plain_cell(row.login), plain_cell(row.email), plain_cell(row.external_id), *_scores(book, row)]


def _scores(book: Gradebook, row: Row) -> list[str]:
    return [f"{row.scores[column.id]:.2f}" if column.id in row.scores else "" for column in book.columns]
