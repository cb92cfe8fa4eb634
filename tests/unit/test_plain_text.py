"""One place makes text safe, and every face uses it."""

import ast
import csv
import io
import json
import logging
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from grader.cli import consoles
from grader.cli.main import _run
from grader.cli.text import PlainFormatter, PlainHook
from grader.lms.gradebook_files import write
from grader.plain_text import plain, plain_cell, plain_json
from grader.service.gradebook import Column, Gradebook, Row

ROOT = Path(__file__).parents[2]
STEERING = [
    chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in ("Cc", "Cf", "Zl", "Zp", "Cs")
]
INVISIBLE = list("\u034f\u115f\u1160\u17b4\u17b5\u180b\u3164\uffa0\u2065")
INVISIBLE += map(chr, (*range(0xFFF0, 0xFFFC), *range(0xE0000, 0xE1000), *range(0x180B, 0x1810)))
EVIL = "\x1b]0;owned\x07\x9b2J\u202eevil\u2066x\u2069\u200b\u2028\U000e0041\r"


def test_all_that_unicode_calls_control_or_format_is_replaced():
    for char in (*STEERING, *INVISIBLE):
        assert plain(f"a{char}b") == (f"a{char}b" if char in "\t\n" else "a\ufffdb"), hex(ord(char))


@given(st.text())
def test_the_rest_is_kept(text):
    kept = "".join(char for char in text if char in "\t\n" or char not in {*STEERING, *INVISIBLE})
    assert [char for char in plain(text) if char != "\ufffd"] == [char for char in kept if char != "\ufffd"]


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_means_the_same_without_them(value):
    safe = plain_json(json.dumps(value, ensure_ascii=False))
    assert json.loads(safe) == value
    assert plain(safe) == safe


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u200b=1",
        "a;=1",
        "a\t=1",
        "a, @x",
        "\uff1d1",
        "\tx",
        "a\n=1",
        "a|=1",
    ],
)
def test_no_cell_is_a_formula_whatever_separates_cells(text):
    for separator in ",;\t|\n":
        for cell in plain_cell(text).split(separator):
            assert not cell.lstrip().startswith(tuple("=+-@\uff1d")), cell
    assert not plain_cell(text).startswith(("\t", "\n", "\r"))


def test_ordinary_cells_are_left_alone():
    for text in ("Ada Lovelace", "a+b@example.org", "Zo\u00eb-Jane", "x = 1", "", "Loops, and more", "\u6f22\u5b57"):
        assert plain_cell(text) == text
    assert plain_cell(None) == ""


@pytest.mark.parametrize("form", ["csv", "canvas", "moodle", "json"])
def test_gradebooks_are_plain(form):
    book = Gradebook(
        "py", EVIL, (Column("a", EVIL, 1.0),), (Row(EVIL, EVIL, f"{EVIL}@x", "=cmd|' /C calc'!A0", {"a": 1.0}, {"a": 0}),)
    )
    text = write(book, form)
    assert plain(text.replace("\r\n", "\n")) == text.replace("\r\n", "\n")
    if form != "json":
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def shown(*things, **options):
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=80, color_system=None, **options)
    console.push_render_hook(PlainHook())
    console.print(*things, markup=False)
    return stream.getvalue()


def test_a_console_prints_no_steering_text_whatever_it_is_given():
    table = Table(EVIL, title=EVIL)
    table.add_row(EVIL)
    for thing in (EVIL, table):
        text = shown(thing)
        assert plain(text) == text
        assert "evil" in text


def test_both_consoles_are_of_this_kind_and_there_are_no_others():
    for console in (consoles.out, consoles.err):
        assert any(isinstance(hook, PlainHook) for hook in console._render_hooks)
    for path in (ROOT / "grader").rglob("*.py"):
        assert "Console(" not in path.read_text().replace("class _Console(", "") or path.name == "consoles.py", path


def test_what_is_printed_past_the_consoles_is_json_or_made_plain():
    safe = {"json.dumps", "plain", "plain_json"}
    known = {
        "text",
        "secret",
        "endpoint.secret",
        "source.secret",
        "'interrupted'",
        "completion(cli, {}, 'grader', '_GRADER_COMPLETE').source()",
    }
    for path in (ROOT / "grader" / "cli").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("click.echo", "print", "sys.stdout.write"):
                given = node.args[0]
                name = ast.unparse(given.func) if isinstance(given, ast.Call) else ""
                assert name in safe or ast.unparse(given) in known, f"{path}:{node.lineno}"


def test_errors_of_commands_are_plain(capsys, tmp_path):
    assert _run(["grade", str(tmp_path / EVIL.replace("/", "")), "x"]) == 2
    assert _run(["grade", "--junit", EVIL]) == 2
    assert _run([EVIL]) == 2
    text = capsys.readouterr().err
    assert "evil" in text
    assert plain(text) == text


def test_log_entries_are_plain_and_none_looks_like_two(caplog):
    record = logging.LogRecord("x", logging.WARNING, "", 1, "refused %s", (f"/{EVIL}\n2027-01-01 ERROR forged",), None)
    lines = PlainFormatter().format(record).split("\n")
    assert lines[1].startswith("    ")
    assert [plain(line) for line in lines] == lines
