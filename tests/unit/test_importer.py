"""Exercises of an Exercism track become assignment folders."""

import json

import pytest

from grader.assignment import load_assignment
from grader.errors import InputError
from grader.importers.exercism import import_exercism


@pytest.fixture
def exercise(tmp_path):
    source = tmp_path / "two-fer"
    (source / ".meta").mkdir(parents=True)
    (source / ".docs").mkdir()
    names = {"solution": ["two_fer.py"], "test": ["two_fer_test.py"], "example": [".meta/example.py"]}
    (source / ".meta" / "config.json").write_text(json.dumps({"files": names, "blurb": "One for me."}))
    (source / ".meta" / "example.py").write_text("def two_fer(): return 1\n")
    (source / ".docs" / "instructions.md").write_text("# Instructions\n\nSay it.\n")
    (source / "two_fer.py").write_text("def two_fer(): pass\n")
    (source / "two_fer_test.py").write_text("from two_fer import two_fer\ndef test(): assert two_fer() == 1\n")
    (source / "test_utils.py").write_text("X = 1\n")
    return source


def test_an_exercise_becomes_an_assignment(exercise, tmp_path):
    assignment = load_assignment(import_exercism(exercise, tmp_path / "out"))
    assert assignment.settings.id == "two-fer"
    assert assignment.settings.title == "Two fer"
    assert assignment.settings.submission.required == ("two_fer.py",)
    assert assignment.folder("solutions/reference") == {"two_fer.py": b"def two_fer(): return 1\n"}
    assert assignment.folder("starter") == {"two_fer.py": b"def two_fer(): pass\n"}
    assert set(assignment.folder("tests/hidden")) == {"two_fer_test.py", "test_utils.py"}
    assert "Say it." in assignment.text("README.md")
    assert assignment.settings.limits.cpu_time == 10.0


def test_modules_that_the_solution_imports_too_are_given_to_learners(exercise, tmp_path):
    (exercise / "two_fer_data.py").write_text("NAMES = []\n")
    (exercise / "two_fer.py").write_text("from two_fer_data import NAMES\n")
    assignment = load_assignment(import_exercism(exercise, tmp_path / "out"))
    assert "two_fer_data.py" in assignment.folder("starter")
    assert "two_fer_data.py" in assignment.folder("solutions/reference")
    assert assignment.provided_modules == {"two_fer"}  # the tests use their own copy


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("{", "not valid JSON"),
        ("[]", "no table 'files'"),
        ('{"files": {}}', "needs 'solution'"),
        ('{"files": {"solution": "x"}}', "not a list"),
        ('{"files": {"solution": ["../x"]}}', "leads outside"),
        ('{"files": {"solution": ["a.py"], "test": ["t.py"], "example": ["gone.py"]}}', "gone.py is missing"),
    ],
)
def test_a_wrong_configuration_is_explained(exercise, tmp_path, config, message):
    (exercise / ".meta" / "config.json").write_text(config)
    with pytest.raises(InputError, match=message):
        import_exercism(exercise, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_existing_folder_is_left_alone(exercise, tmp_path):
    with pytest.raises(InputError, match="exists already"):
        import_exercism(exercise, exercise)
    with pytest.raises(InputError, match="no such folder"):
        import_exercism(tmp_path / "nothing", tmp_path / "out")
