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
    "/var/run/../assignment/tests/hidden/test_it.py",
    "/var/run/../proc/self/cwd/tests/hidden/test_it.py",
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


ROUNDABOUT = {
    "tests/hidden/test_it.py": """
    import json, os, re, shutil, sqlite3, subprocess, sys, tarfile, tempfile
    from pathlib import Path
    from urllib.request import urlopen
    import pytest
    from bank import archive, database, encoded, listed, manifest, message, parts, place, printed, program, seen, unused, url
    import helping

    HERE = Path(__file__).parent
    SECRET = "in-the-tests-31337"
    CASES = json.loads((HERE / "data" / "cases.json").read_text())

    def test_printed(tmp_path, capsys):
        printed(tmp_path)
        assert seen(Path(capsys.readouterr().out.strip()).read_text()) == "done"
    def test_message(tmp_path):
        assert seen(Path(re.search("saved to (.*)", message(tmp_path))[1]).read_text()) == "done"
    def test_manifest(tmp_path):
        manifest(tmp_path)
        assert seen(Path(json.loads((tmp_path / "manifest.json").read_text())["result"]).read_text()) == "done"
    def test_database(tmp_path):
        path = database(tmp_path)
        (found,) = sqlite3.connect(path).execute("select path from result").fetchone()
        assert seen(Path(found).read_text()) == "done"
    def test_parts(tmp_path): assert seen(Path(*parts(tmp_path)).read_text()) == "done"
    def test_url(tmp_path): assert seen(urlopen(url(tmp_path)).read().decode()) == "done"
    def test_archive(tmp_path):
        tarfile.open(archive(tmp_path)).extractall(tmp_path / "out")
        shutil.copytree(tmp_path / "out", tmp_path / "kept")
        assert seen((tmp_path / "kept" / "result.txt").read_text()) == "done"
    def test_command(tmp_path):
        code = "import sys; print(open(sys.argv[1]).read())"
        ran = subprocess.run([sys.executable, "-c", code, message(tmp_path).rpartition(" ")[2]], capture_output=True, text=True)
        assert seen(ran.stdout.strip()) == "done"
    def test_moved(tmp_path, monkeypatch):
        printed(tmp_path)
        monkeypatch.chdir(HERE)
        assert seen(Path(unused(tmp_path)).read_text()) == "done"
    def test_number(tmp_path):
        with open(place(tmp_path), "wb") as file: file.write(encoded())
        assert (tmp_path / "picture").read_bytes() == b"picture"
    # What tests do for themselves
    @pytest.mark.parametrize("n, square", CASES)
    def test_cases(n, square): assert helping.double(n) == square
    def test_table(tmp_path):
        assert json.loads((HERE / "data" / "cases.json").read_text()) == CASES and not list((HERE / "data").glob("*.txt"))
        with tempfile.NamedTemporaryFile() as file, os.fdopen(os.dup(file.fileno()), "w") as other: other.write("x")
        assert subprocess.run([sys.executable, "-c", "print(5)"], capture_output=True, text=True).stdout == "5\\n"
        with tempfile.TemporaryFile("w+") as file: assert file.write("x") == 1
    """,
    "tests/hidden/helping.py": """
    def double(n): return n * 2
    """,
    "tests/hidden/data/cases.json": "[[1, 2], [3, 6]]",
}
SAVING = """
    import json, sqlite3, tarfile
    def saved(folder):
        path = folder / "result.txt"
        path.write_text("done")
        return path
    def seen(text):
        print(text)
        return text
    def printed(folder): print(saved(folder))
    def message(folder): return f"saved to {saved(folder)}"
    def manifest(folder): (folder / "manifest.json").write_text(json.dumps({"result": str(saved(folder))}))
    def database(folder):
        with sqlite3.connect(folder / "a.db") as connection:
            connection.execute("create table result (path)")
            connection.execute("insert into result values (?)", [str(saved(folder))])
        return folder / "a.db"
    def parts(folder): return saved(folder).parts
    def url(folder): return saved(folder).as_uri()
    def archive(folder):
        saved(folder)
        with tarfile.open(folder / "a.tar", "w") as tar: tar.add(folder / "result.txt", "result.txt")
        return folder / "a.tar"
    def program(folder): return str(saved(folder))
    def unused(folder): return str(saved(folder))
    def place(folder): return folder / "picture"
    def encoded(): return b"picture"
"""
LEADING_THERE = (
    SAVING
    + """
    from pathlib import Path
    def saved(folder): return Path("/assignment/tests/hidden/test_it.py")
    def message(folder): return f"saved to {saved(folder)}"
    def unused(folder): return "test_it.py"
    class Number(int): pass
    class Index:
        def __index__(self): return 3
    class Named(str):
        def startswith(self, *args): return False
    class Like:
        def __fspath__(self): return str(saved(None))
    def place(folder): return {number}
    def archive(folder):
        with tarfile.open(folder / "a.tar", "w") as tar:
            link = tarfile.TarInfo("result.txt")
            link.type, link.linkname = tarfile.SYMTYPE, str(saved(folder))
            tar.addfile(link)
        return folder / "a.tar"
"""
)


@pytest.fixture(scope="module")
def roundabout(engine):
    with Sandbox(engine, make_suite(ROUNDABOUT, SAVING)) as sandbox:
        yield sandbox


def test_who_saves_what_is_asked_for_loses_nothing(roundabout):
    Graded(roundabout.run(encoded(SAVING))).assert_all_passed()


@pytest.mark.parametrize("number", [3, 4, 5, 6, "Number(3)", "True", "Index()", "Named(saved(folder))", "Like()"])
def test_no_way_round_leads_there(roundabout, number):
    graded = Graded(roundabout.run(encoded(LEADING_THERE.replace("{number}", str(number)))))
    own = {"test_cases[1-2]", "test_cases[3-6]", "test_table"}
    assert {name for name, outcome in graded.outcomes.items() if outcome == "passed"} <= own
    assert not [run.stdout for run in graded.tests.values() if "31337" in run.stdout]
