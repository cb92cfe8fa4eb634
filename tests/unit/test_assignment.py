"""Assignment folders: what is read, and what is said about those that are wrong."""

import os
import re
import shutil
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.assignment.toml_errors import line_of
from grader.errors import AssignmentError

from .conftest import ASSIGNMENTS


@pytest.mark.parametrize("name", sorted(path.name for path in ASSIGNMENTS.iterdir() if path.is_dir()))
def test_samples_load(name):
    assignment = load_assignment(ASSIGNMENTS / name)
    assert assignment.settings.id == name
    assert assignment.version.startswith("sha256:")


def test_the_version_depends_on_every_file_and_nothing_else(folder):
    before = load_assignment(folder).version
    (folder / "tests" / "hidden" / "__pycache__").mkdir()
    (folder / "tests" / "hidden" / "__pycache__" / "x.pyc").write_bytes(b"x")
    os.utime(folder / "README.md", (1, 1))
    assert load_assignment(folder).version == before
    (folder / "README.md").write_text("# Something else\n")
    assert load_assignment(folder).version != before


def test_modules_of_the_submission_are_those_of_required_files_starter_and_reference(folder):
    (folder / "solutions" / "reference" / "tools").mkdir()
    (folder / "solutions" / "reference" / "tools" / "cart.py").write_text("")
    assert load_assignment(folder).provided_modules == {"roman", "tools"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("cpu_time = 2.0", "cpu_tme = 2.0", r"toml:10: unknown key 'limits.cpu_tme'. Did you mean 'cpu_time'\?"),
        ("cpu_time = 2.0", 'cpu_time = "2"', r"toml:10: limits.cpu_time: input should be a valid number.*\(it is '2'\)"),
        ("cpu_time = 2.0", "cpu_time = -1", r"toml:10: limits.cpu_time: input should be greater than 0 \(it is -1\)"),
        ('memory = "128 MiB"', 'memory = "128 Mb"', r"toml:11: limits.memory: a size is a number and a unit"),
        ("weight = 10\n", "wieght = 10\n", r"toml:20: unknown key 'criterion\[1\].wieght'. Did you mean 'weight'\?"),
        (
            'kind = "tests"\nweight = 10',
            'kind = "tets"\nweight = 10',
            r"toml:19: criterion\[1\].kind: there is no 'tets'. Did you mean 'tests'\?",
        ),
        ("until = 3", "until = 99999999999999", r"policy.late.until: input should be less than or equal to 3650"),
        ('memory = "128 MiB"', f'memory = "{"9" * 400} MiB"', r"toml:11: limits.memory: that is too large"),
        ('counts = "best"', 'grace = "99999999999999999999 d"', r"policy.grace: that is too long"),
        ("+01:00", "", r"policy.due: a time with its zone is expected, such as .*\(it is 2027-01-31T23:59:00\)"),
        ("T23:59:00+01:00", "", r"toml:24: policy.due: a time with its zone is expected, such as .*\(it is 2027-01-31\)"),
        ("until = 3", "untl = 3", r"toml:25: unknown key 'policy.late.untl'. Did you mean 'until'\?"),
        ('title = "Roman numerals"', "", r"key 'title' is missing"),
        ("[limits]", "[limit]", r"toml:9: unknown key 'limit'. Did you mean 'limits'\?"),
        ('id = "roman-numerals"', 'id = "Roman Numerals"', r"toml:1: id: string should match pattern"),
        (
            'required = ["roman.py"]',
            'required = ["../roman.py"]',
            r"toml:6: submission.required: '../roman.py' is not a relative path",
        ),
        ('required = ["roman.py"]', "required = []", r"toml:6: submission.required: .*at least 1"),
        ('hidden = "message"', 'hidden = "everything"', r"feedback.hidden: input should be 'nothing', 'count'"),
        ("score = { at_least = 40, below = 60 }", "score = {}", r"solution\[1\].score: say 'below', 'at_least' or both"),
        ('path = "endless-loop"', 'path = "no-subtraction"', r"solution 'no-subtraction' is declared twice"),
        ('path = "endless-loop"', 'path = "endless"', r"solution 'endless' has no folder under solutions/"),
        ('title = "Roman numerals"', 'title = "Roman', r"is not valid TOML: .*line 2"),
    ],
)
def test_errors_name_file_line_key_and_the_way_out(folder, old, new, message):
    path = folder / "assignment.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(AssignmentError) as caught:
        load_assignment(folder)
    assert str(path) in str(caught.value)
    assert re.search(message, str(caught.value), re.DOTALL), str(caught.value)


def remove(path):
    path.unlink() if path.is_file() else __import__("shutil").rmtree(path)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda root: remove(root / "assignment.toml"), "has no assignment.toml"),
        (lambda root: remove(root / "tests" / "hidden"), "has no tests"),
        (lambda root: (root / "tests/hidden/test_roman.py").rename(root / "tests/hidden/roman.py"), "has no tests"),
        (
            lambda root: (root / "tests/hidden/test_more.py").write_text("def test(:\n"),
            r"test_more.py:1: is not valid Python",
        ),
        (lambda root: remove(root / "solutions" / "reference"), "is missing: a solution that gets full marks"),
        (lambda root: (root / "link").symlink_to("/etc/passwd"), "is a link"),
        (lambda root: os.mkfifo(root / "pipe"), "is not a regular file"),
        (lambda root: (root / "assignment.toml").write_bytes(b"\xff\xfe"), "is not UTF-8"),
        (lambda root: (root / "tests/hidden/test_more.py").write_bytes(b"\0"), "is not valid Python"),
    ],
)
def test_folders_that_can_not_be_used_say_why(folder, spoil, message):
    spoil(folder)
    with pytest.raises(AssignmentError, match=message):
        load_assignment(folder)


@pytest.fixture
def writing(tmp_path):
    """A copy of a sample assignment whose submissions are tests."""
    return Path(shutil.copytree(ASSIGNMENTS / "lru-cache", tmp_path / "lru-cache"))


def change(path, old, new):
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda root: shutil.rmtree(root / "program"), "program: has no Python files"),
        (lambda root: shutil.rmtree(root / "mutants"), "mutants: has no faulty programs.*'grader mutants' makes some"),
        (lambda root: shutil.rmtree(root / "mutants/one-too-few"), None),
        (lambda root: shutil.rmtree(root / "mutants/reading-is-no-use"), "mutant 'reading-is-no-use' has no folder"),
        (
            lambda root: shutil.copy(root / "program/cache.py", root / "mutants/one-too-few/cache.py"),
            "one-too-few: does not differ from program/",
        ),
        (lambda root: shutil.copytree(root / "solutions", root / "tests"), "tests: is for assignments about code"),
        (lambda root: change(root / "assignment.toml", 'kind = "mutants" ', 'kind = "growth" '), "'growth' is for code"),
        (lambda root: change(root / "assignment.toml", 'kind = "test-writing"', ""), "'mutants' is for assignments of kind"),
        (
            lambda root: change(
                root / "assignment.toml", 'path = "asking-counts-as-use"', 'path = "discards-without-saying"'
            ),
            "mutant 'discards-without-saying' is declared twice",
        ),
    ],
)
def test_test_writing_assignments_that_can_not_be_used_say_why(writing, spoil, message):
    spoil(writing)
    if message is None:
        assert "one-too-few" not in load_assignment(writing).mutants
    else:
        with pytest.raises(AssignmentError, match=message):
            load_assignment(writing)


def test_mutants_are_the_program_with_other_files(writing):
    (writing / "program" / "helper.py").write_text("x = 1\n")
    assignment = load_assignment(writing)
    assert set(assignment.mutants["one-too-few"]) == {"cache.py", "helper.py"}
    assert assignment.mutants["one-too-few"]["cache.py"] != assignment.folder("program")["cache.py"]
    assert assignment.provided_modules == {"cache", "helper"}


def test_what_tests_are_tried_on_is_part_of_the_suite(writing):
    before = load_assignment(writing).suite
    (writing / "mutants/one-too-few/cache.py").write_text("x = 1\n")
    assert load_assignment(writing).suite != before


def test_the_default_line_of_an_assignment_fits_its_kind(writing):
    path = writing / "assignment.toml"
    path.write_text(re.sub(r"\[\[criterion\]\].*?(?=\[feedback\])", "", path.read_text(), flags=re.DOTALL))
    (line,) = load_assignment(writing).settings.criterion
    assert (line.kind, line.weight) == ("mutants", 100)


def test_there_is_no_such_folder(tmp_path):
    with pytest.raises(AssignmentError, match="no such folder"):
        load_assignment(tmp_path / "nothing")
    (tmp_path / "file").write_text("")
    with pytest.raises(AssignmentError, match="is not a folder"):
        load_assignment(tmp_path / "file")


def test_lines_are_found_in_tables_and_arrays_of_tables():
    text = 'a = 1\n[t]\nb = 2\n[[l]]\nc = 3\n[[l]]\n  "c" = 4 # x\n[t.u]\nd.e = 5\n'
    assert line_of(text, ("a",)) == 1
    assert line_of(text, ("t", "b")) == 3
    assert line_of(text, ("l", 0, "c")) == 5
    assert line_of(text, ("l", 1, "c")) == 7
    assert line_of(text, ("t", "u", "d", "e")) == 9
    assert line_of(text, ("l", 1, "x")) == 6
    assert line_of(text, ("z",)) is None
