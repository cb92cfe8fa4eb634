"""Gradebooks as files: in the layouts that platforms import, and safe to open."""

import csv
import io
import json

import pytest

from grader.lms.gradebook_files import write
from grader.service.gradebook import Column, Gradebook, Row

BOOK = Gradebook(
    "py",
    "Python",
    (Column("a", "Loops, and more", 100.0), Column("b", "=Later", None)),
    (
        Row("ada", 'Ada "Countess" Lovelace', "ada@example.org", "4711", {"a": 87.5}, {"a": 0}),
        Row("bob", '=HYPERLINK("http://evil")', None, "+1", {}, {}),
    ),
)


def rows(form):
    return list(csv.reader(io.StringIO(write(BOOK, form))))


def test_canvas_layout():
    header, possible, ada, _bob = rows("canvas")
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Loops, and more", "'=Later"]
    assert possible == ["    Points Possible", "", "", "", "", "100", ""]
    assert ada == ['Ada "Countess" Lovelace', "", "4711", "ada", "py", "87.50", ""]


def test_moodle_layout():
    header, ada, _bob = rows("moodle")
    assert header == ["username", "email", "idnumber", "Loops, and more", "'=Later"]
    assert ada == ["ada", "ada@example.org", "4711", "87.50", ""]


def test_plain_and_json():
    assert rows("csv")[1] == ["ada", 'Ada "Countess" Lovelace', "ada@example.org", "4711", "87.50", ""]
    assert json.loads(write(BOOK, "json"))["rows"][0]["scores"] == {"a": 87.5}


@pytest.mark.parametrize("form", ["csv", "canvas", "moodle"])
def test_no_cell_is_a_formula(form):
    assert not [cell for row in rows(form) for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
