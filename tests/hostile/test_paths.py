"""Paths that a program gives: none leads a test into the tests, or to what the system tells of the process that judges."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = {
    "tests/hidden/test_it.py": """
    import json, os, shutil
    from pathlib import Path
    import pytest
    from bank import export, folder, joined, known, opened, parse, shown, word

    HERE = Path(__file__).parent
    SECRET = "in-the-tests-31337"

    def test_round_trip(tmp_path):
        assert parse(export({"a": 1}, tmp_path).read_text()) == {"a": 1}
    def test_as_text(tmp_path):
        with open(str(export({"a": 1}, tmp_path))) as file: assert json.load(file) == {"a": 1}
    def test_expected(tmp_path): assert Path(shown(tmp_path)).read_text() == (HERE / "golden" / "page.html").read_text()
    def test_folder(tmp_path): assert [p.name for p in sorted(folder(tmp_path).iterdir())] == ["a.txt"]
    def test_joined(tmp_path): assert (tmp_path / joined()).exists()
    def test_opened(tmp_path):
        (tmp_path / "a.txt").write_text("5")
        assert opened(lambda path: open(path), tmp_path / "a.txt") == 5
    def test_hidden_file_that_is_handed_over():
        assert opened(lambda path: open(path), HERE / "golden" / "five.txt") == 5
    def test_given_back(): assert known(HERE / "golden" / "five.txt") == HERE / "golden" / "five.txt"
    @pytest.mark.parametrize("text", ["tests", "a/b", ".", "..", "proc", "/tmp", "tests/hidden", "assignment"])
    def test_words(text): assert word(text) == text
    """,
    "tests/hidden/golden/page.html": "<b>page</b>",
    "tests/hidden/golden/five.txt": "5",
}
REFERENCE = """
    import json
    from pathlib import Path
    def export(book, folder):
        path = folder / "book.json"
        path.write_text(json.dumps(book))
        return path
    def parse(text): return json.loads(text)
    def shown(folder):
        path = folder / "page.html"
        path.write_text("<b>page</b>")
        return path
    def folder(where):
        made = where / "made"
        made.mkdir()
        (made / "a.txt").write_text("a")
        return made
    def joined(): return "."
    def opened(how, path): return int(how(path).read())
    def known(path): return path
    def word(text): return text
"""
OTHER = (
    REFERENCE
    + """
    import os
    def export(book, folder):
        path = folder / ".." / folder.name / "book.json"
        path.write_text(json.dumps(book))
        return path
    def shown(folder):
        path = os.path.join(str(folder), "..", folder.name, "other.html")
        with open(path, "w") as file: file.write("<b>page</b>")
        return path
    def opened(how, path):
        with how(str(path)) as file: return int(file.readline())
    def joined(): return ""
"""
)
LEADING = """
    import ast, json, os
    from pathlib import Path
    HOW = {how}
    TARGET = "{target}"
    class Like:
        def __fspath__(self): return TARGET
        def __str__(self): return TARGET
        def read_text(self): return open(TARGET).read()
    def lead(): return HOW(TARGET)
    def seen(text):
        print(text)
        return text
    def export(book, folder): return lead()
    def parse(text): return seen(text)
    def shown(folder): return HOW("/assignment/tests/hidden/golden/page.html")
    def folder(where): return HOW(os.path.dirname(TARGET))
    def joined(): return HOW("../../../../../../../.." + TARGET)
    def opened(how, path): return seen(how(lead()).read())
    def known(path): return path
    def word(text): return text
"""
TARGETS = [
    "/assignment/tests/hidden/test_it.py",
    "//assignment/tests/../tests/hidden/test_it.py",
    "tests/hidden/test_it.py",
    "./tests/hidden/test_it.py",
    "../../../../../../assignment/tests/hidden/test_it.py",
    "../assignment/tests/hidden/test_it.py",
    "/proc/self/cwd/tests/hidden/test_it.py",
    "/proc/self/environ",
    "/usr/../proc/self/maps",
    "/dev/fd/0",
]
HOWS = ["Path", "str", "os.fsencode", "lambda text: Like()"]


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        yield sandbox


@pytest.mark.parametrize("source", [REFERENCE, OTHER], ids=["reference", "another shape"])
def test_who_is_right_loses_nothing(sandbox, source):
    Graded(sandbox.run(encoded(source))).assert_all_passed()


@pytest.mark.parametrize("how", HOWS)
def test_no_path_leads_into_the_tests(sandbox, how):
    for target in TARGETS:
        graded = Graded(sandbox.run(encoded(LEADING.replace("{how}", how).replace("{target}", target))))
        led = {name for name, outcome in graded.outcomes.items() if outcome == "passed" and "words" not in name}
        assert led <= {"test_given_back"}, target
        assert not [run.stdout for run in graded.tests.values() if "31337" in run.stdout], target
        assert not [run.message for run in graded.tests.values() if "31337" in (run.message or "")], target
