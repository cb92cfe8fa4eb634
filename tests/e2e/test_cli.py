"""The program as its users run it: exit statuses, messages, formats."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

ROOT = Path(__file__).parents[2]
BANK = ROOT / "assignments" / "bank-account"
ROMAN = ROOT / "assignments" / "roman-numerals"


def grader(*arguments, env=None, cwd=ROOT):
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=environment, timeout=300)


class TestGrade:
    def test_one_submission_is_shown_in_full(self):
        done = grader("grade", ROMAN, ROMAN / "solutions" / "trusts-its-input")
        assert done.returncode == 0
        assert "Roman numerals: trusts-its-input" in done.stdout
        assert "✗ test_refuses_malformed_numerals[IIII] 0/3 points" in done.stdout
        assert "hint: Is to_roman(from_roman(text)) always the text you began with?" in done.stdout
        assert "\x1b[" not in done.stdout
        assert done.stderr == ""

    def test_many_are_a_table(self):
        done = grader("grade", ROMAN, *sorted((ROMAN / "solutions").iterdir()), ROMAN / "starter")
        assert done.returncode == 0
        assert [line.split()[0] for line in done.stdout.splitlines()[2:]] == [
            "endless-loop", "no-subtraction", "reference", "trusts-its-input", "starter",
        ]  # fmt: skip
        assert "timed out" in done.stdout

    def test_json_is_one_report_a_line_in_the_order_given(self, tmp_path):
        (tmp_path / "bad").mkdir()
        schema = json.loads(grader("schema", "report").stdout)
        done = grader(
            "grade", ROMAN, ROMAN / "starter", tmp_path / "bad", ROMAN / "solutions" / "reference", "--json", "--jobs", 3
        )
        assert done.returncode == 2
        reports = [json.loads(line) for line in done.stdout.splitlines()]
        for report in reports:
            jsonschema.validate(report, schema)
        assert [(one["submission"]["name"], one["status"], one["score"]) for one in reports] == [
            ("starter", "graded", 0.0), ("bad", "rejected", None), ("reference", "graded", 100.0),
        ]  # fmt: skip
        graded = reports[2]
        assert graded["environment"]["python"].startswith("3.")
        assert graded["environment"]["image"].startswith("sha256:")
        assert {test["visibility"] for test in graded["tests"]} == {"public", "hidden"}

    def test_learners_see_what_they_may(self):
        submission = BANK / "solutions" / "half-a-transfer"
        full = grader("grade", BANK, submission, "--json").stdout
        seen = grader("grade", BANK, submission, "--json", "--view", "learner").stdout
        assert "DID NOT RAISE" in full or "assert" in full
        hidden = [test for test in json.loads(seen)["tests"] if test["visibility"] == "hidden"]
        assert hidden
        assert all(test["message"] is None and test["feedback"] is None and test["stdout"] == "" for test in hidden)

    def test_junit_is_written(self, tmp_path):
        path = tmp_path / "out.xml"
        assert grader("grade", ROMAN, ROMAN / "starter", "--junit", path).returncode == 0
        assert ET.parse(path).getroot().find("testsuite").get("failures") == "27"
        done = grader("grade", ROMAN, ROMAN / "starter", "--junit", tmp_path / "no" / "out.xml")
        assert (done.returncode, "can't be written" in done.stderr) == (2, True)

    def test_archives_and_files_are_taken(self, tmp_path):
        source = ROMAN / "solutions" / "reference" / "roman.py"
        with zipfile.ZipFile(tmp_path / "alice.zip", "w") as archive:
            archive.write(source, "alice/roman.py")
        shutil.make_archive(str(tmp_path / "bob"), "gztar", source.parent)
        done = grader("grade", ROMAN, tmp_path / "alice.zip", tmp_path / "bob.tar.gz", source, "--json")
        reports = [json.loads(line) for line in done.stdout.splitlines()]
        assert [report["score"] for report in reports] == [100.0] * 3
        assert len({report["submission"]["digest"] for report in reports}) == 1


class TestWrongInput:
    """Exit status 2, a message that names the thing, no traceback."""

    @pytest.fixture
    def assignment(self, tmp_path):
        return Path(shutil.copytree(ROMAN, tmp_path / "roman"))

    def refused(self, *arguments):
        done = grader(*arguments)
        assert done.returncode == 2, done
        assert "Traceback" not in done.stderr + done.stdout
        return done.stderr + done.stdout

    def test_no_such_folder(self):
        assert "nowhere: no such folder" in self.refused("grade", "nowhere", "nothing")
        assert "nothing: no such file or folder" in self.refused("grade", ROMAN, "nothing")

    @pytest.mark.parametrize(
        ("file", "content", "message"),
        [
            ("assignment.toml", None, "has no assignment.toml; 'grader new' makes a folder"),
            ("assignment.toml", "id = ", "assignment.toml: is not valid TOML"),
            ("assignment.toml", 'id = "x"\ntitel = "y"\n', "assignment.toml:2: unknown key 'titel'. Did you mean 'title'?"),
            ("assignment.toml", 'id = "x"\ntitle = 5\n', "assignment.toml:2: title: input should be a valid string"),
            ("tests/hidden/test_roman.py", None, "has no tests"),
            ("tests/hidden/test_roman.py", "def test(:\n", "test_roman.py:1: is not valid Python"),
            ("tests/hidden/test_roman.py", "import nosuchmodule\ndef test(): pass\n", "No module named 'nosuchmodule'"),
            ("tests/hidden/test_roman.py", "import pytest\n@pytest.mark.points(-1)\ndef test(): pass\n", "worth -1 points"),
            ("requirements.txt", "no-such-package-of-any-name==1\n", "packages could not be resolved"),
        ],
    )
    def test_assignments(self, assignment, file, content, message):
        if content is None:
            (assignment / file).unlink()
        else:
            (assignment / file).write_text(content)
        done = grader("grade", assignment, assignment / "starter")
        assert done.returncode == (3 if file == "requirements.txt" else 2), done
        assert message in done.stderr
        assert "Traceback" not in done.stderr

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("a.zip", b"", "the archive is empty (0 bytes)"),
            ("a.zip", b"PK\x03\x04 cut off", "damaged or cut off"),
            ("a.tar.gz", b"\x1f\x8b\x08\x00", "damaged or cut off"),
            ("other.py", b"x = 1\n", "the required file roman.py is missing"),
            ("roman.py", b"", "roman.py is empty"),
        ],
    )
    def test_submissions(self, tmp_path, name, content, message):
        (tmp_path / name).write_bytes(content)
        assert message in self.refused("grade", ROMAN, tmp_path / name)

    def test_a_folder_where_a_file_is_due(self, tmp_path):
        (tmp_path / "roman.py").mkdir()
        (tmp_path / "roman.py" / "x.py").write_text("x = 1")
        assert "roman.py is a folder, a file is expected" in self.refused("grade", ROMAN, tmp_path)

    def test_options(self):
        assert "No such option" in self.refused("grade", ROMAN, "x", "--jsno")
        assert "No such command 'grad'" in self.refused("grad")
        assert "Missing argument" in self.refused("grade", ROMAN)


def test_without_an_engine_the_grader_says_so():
    done = grader("grade", ROMAN, ROMAN / "starter", env={"DOCKER_HOST": "unix:///nowhere/docker.sock"})
    assert done.returncode == 3
    assert "no Docker Engine answers" in done.stderr
    assert "grader doctor" in done.stderr
    assert "Traceback" not in done.stderr
    done = grader("doctor", env={"DOCKER_HOST": "unix:///nowhere/docker.sock"})
    assert done.returncode == 3
    assert "✗ Docker Engine" in done.stdout


def test_doctor_finds_this_machine_fit():
    done = grader("doctor", "--json")
    assert done.returncode == 0, done
    points = {one["point"]: one["level"] for one in map(json.loads, done.stdout.splitlines())}
    assert points["images"] == points["sandbox over stream"] == points["system call filter"] == "good"


def test_new_then_check_then_grade(tmp_path):
    assert grader("new", "first", "--title", 'Say "hi"', cwd=tmp_path).returncode == 0
    done = grader("check", "first", cwd=tmp_path)
    assert done.returncode == 0, done
    assert "first is in order" in done.stdout
    assert grader("new", "first", cwd=tmp_path).returncode == 2
    (tmp_path / "first" / "starter" / "solution.py").write_bytes(
        (tmp_path / "first/solutions/reference/solution.py").read_bytes()
    )
    done = grader("check", "first", "--json", cwd=tmp_path)
    assert done.returncode == 1
    assert [one["title"] for one in map(json.loads, done.stdout.splitlines()) if not one["good"]] == ["starter does not"]


def test_faulty_programs_are_made_from_the_right_one(tmp_path):
    assert grader("new", "mean", "--kind", "test-writing", cwd=tmp_path).returncode == 0
    shutil.rmtree(tmp_path / "mean" / "mutants")
    settings = tmp_path / "mean/assignment.toml"
    settings.write_text(settings.read_text().partition("[[mutant]]")[0])
    refused = grader("check", "mean", cwd=tmp_path)
    assert refused.returncode == 2
    assert "'grader mutants' makes some" in refused.stderr
    done = grader("mutants", "mean", "--most", "2", cwd=tmp_path)
    assert done.returncode == 0, done
    assert "2 kept in mean/mutants" in done.stdout
    assert len(list((tmp_path / "mean" / "mutants").glob("*/solution.py"))) == 2
    graded = grader("grade", "mean", "mean/solutions/reference", "--json", cwd=tmp_path)
    assert json.loads(graded.stdout)["score"] == 100
    (tmp_path / "mean/solutions/reference/test_solution.py").write_text("def test_it():\n    assert False\n")
    refused = grader("mutants", "mean", cwd=tmp_path)
    assert refused.returncode == 2
    assert "its tests do not pass on program/: test_solution.py::test_it" in refused.stderr
    assert grader("mutants", str(ROMAN)).returncode == 2


def test_schemas_are_valid(tmp_path):
    import tomllib

    for what in ("report", "assignment"):
        schema = json.loads(grader("schema", what).stdout)
        jsonschema.Draft202012Validator.check_schema(schema)
    settings = tomllib.loads((ROMAN / "assignment.toml").read_text())
    settings["policy"]["due"] = settings["policy"]["due"].isoformat()
    jsonschema.validate(settings, schema)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_program(shell):
    done = grader("completion", shell)
    assert done.returncode == 0
    assert "_GRADER_COMPLETE" in done.stdout


def test_every_command_has_help():
    text = grader("--help").stdout
    for name in ("check", "completion", "doctor", "grade", "images", "import", "new", "schema"):
        assert name in text
        assert "Usage: grader " + name in grader(name, "--help").stdout
