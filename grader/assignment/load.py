"""Read an assignment folder."""

from __future__ import annotations

import ast
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ..digest import digest_files
from ..errors import AssignmentError
from ..patterns import file_matches
from .model import AssignmentFile
from .requirements import read_requirements
from .toml_errors import explain

__all__ = ["FILE_NAME", "Assignment", "assignment_of", "load_assignment"]

FILE_NAME = "assignment.toml"
IGNORED_FOLDERS = frozenset(
    {"__pycache__", ".git", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".idea", ".vscode"}
)
IGNORED_FILES = ("*.pyc", ".DS_Store", "Thumbs.db", "*~", "*.swp")
_MAX_SIZE = 64 * 2**20
_GRADED = ("tests/", "solutions/reference/", "requirements.txt", "program/", "mutants/")
_FULL_MARKS = 100
_TEST_FILES = ("test_*.py", "*_test.py")


@dataclass(frozen=True)
class Assignment:
    """An assignment folder, read.

    Attributes:
        root: Where it was read from.
        settings: ``assignment.toml``.
        files: All its files by relative path.
        version: Digest of the files.
    """

    root: Path
    settings: AssignmentFile
    files: Mapping[str, bytes]
    version: str

    def folder(self, name: str) -> dict[str, bytes]:
        """The files under one of its folders, by path relative to that folder."""
        prefix = f"{name}/"
        return {path.removeprefix(prefix): data for path, data in self.files.items() if path.startswith(prefix)}

    @property
    def solutions(self) -> list[str]:
        """Names of the folders under ``solutions/``, the reference first."""
        names = {path.split("/")[1] for path in self.files if path.startswith("solutions/") and path.count("/") > 1}
        return sorted(names, key=lambda name: (name != "reference", name))

    @property
    def right_solutions(self) -> list[str]:
        """Folders of the solutions, beside the reference, that are declared to get full marks."""
        declared = (item for item in self.settings.solution if item.score and item.score.at_least == _FULL_MARKS)
        return [f"solutions/{solution.path}" for solution in declared]

    @property
    def tests(self) -> dict[str, bytes]:
        """All files under ``tests/``, by path relative to the assignment."""
        return {path: data for path, data in self.files.items() if path.startswith("tests/")}

    @property
    def mutants(self) -> dict[str, dict[str, bytes]]:
        """Of assignments whose submissions are tests: the files of each faulty program, by name.

        A mutant's folder holds the files that differ from the right program's.
        """
        right = self.folder("program")
        names = sorted({path.split("/")[1] for path in self.files if path.startswith("mutants/") and path.count("/") > 1})
        return {name: {**right, **self.folder(f"mutants/{name}")} for name in names}

    @property
    def suite(self) -> str:
        """Digest of what running a submission depends on: tests, right solutions, requirements, limits, what is measured.

        Two versions that differ only in their statement, policy, feedback, or in how scores are made from what was found
        (weights, gates, thresholds, competencies) have the same.
        """
        settings = self.settings.model_dump(mode="json", include={"language", "kind", "submission", "limits"})
        settings["measured"] = [found for line in self.settings.criterion if (found := line.depends_on())]
        folders = (*_GRADED, *(f"{folder}/" for folder in self.right_solutions))
        graded = {name: data for name, data in self.files.items() if name.startswith(folders)}
        return digest_files({**graded, FILE_NAME: json.dumps(settings, sort_keys=True).encode()})

    @property
    def provided_modules(self) -> frozenset[str]:
        """Top-level names of the modules that the tests find on the other side.

        In assignments about code, those are the submission's: of required files, starter and reference. A module that the
        tests bring themselves is theirs: the submission's copy of it is for the submission alone. Where submissions are
        tests, they are the program's.
        """
        if self.settings.kind == "test-writing":
            return _top_level_modules(self.folder("program"))
        submitted = [*self.settings.submission.required, *self.folder("starter"), *self.folder("solutions/reference")]
        own = [*self.folder("tests/hidden"), *self.folder("tests/public")]
        return _top_level_modules(submitted) - _top_level_modules(own)

    def text(self, path: str) -> str:
        """The text of one of its files; empty if it is not there."""
        try:
            return self.files.get(path, b"").decode("utf-8-sig")
        except UnicodeDecodeError:
            raise AssignmentError(self.root / path, "is not UTF-8 text") from None

    @property
    def requirements(self) -> str:
        """The packages that learners' code may import, one a line; see ``read_requirements``."""
        return self._requirements("requirements.txt")

    @property
    def test_requirements(self) -> str:
        """The packages that only the tests need, one a line."""
        return self._requirements("tests/requirements.txt")

    def _requirements(self, path: str) -> str:
        return read_requirements(self.text(path), self.root / path)


def _top_level_modules(paths: Iterable[str]) -> frozenset[str]:
    return frozenset(path.partition("/")[0].removesuffix(".py") for path in paths if path.endswith(".py"))


def load_assignment(root: Path, mutants_needed: bool = True) -> Assignment:
    """Read the assignment in a folder.

    Args:
        root: The folder.
        mutants_needed: Whether one whose submissions are tests must have faulty programs already.

    Raises:
        AssignmentError: It can't be used; the message names file, line and what to do.
    """
    if not root.exists():
        raise AssignmentError(root, "no such folder")
    if not root.is_dir():
        raise AssignmentError(root, "is not a folder; an assignment is a folder with an assignment.toml in it")
    return assignment_of(_read_files(root), root, mutants_needed)


def assignment_of(files: Mapping[str, bytes], root: Path, mutants_needed: bool = True) -> Assignment:
    """The assignment that a folder's files make up.

    Args:
        files: Content by path relative to the folder.
        root: The folder's name, for messages.
        mutants_needed: See ``load_assignment``.

    Raises:
        AssignmentError: It can't be used; the message names file, line and what to do.
    """
    if FILE_NAME not in files:
        raise AssignmentError(root, "has no assignment.toml; 'grader new' makes a folder to start from")
    settings = _read_settings(root / FILE_NAME, files[FILE_NAME])
    assignment = Assignment(root, settings, files, digest_files(files))
    if settings.kind == "test-writing":
        _check_programs(assignment, mutants_needed)
    else:
        _check_tests(assignment)
    _check_solutions(assignment)
    _check_requirements(assignment)
    return assignment


def _read_settings(path: Path, data: bytes) -> AssignmentFile:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AssignmentError(path, "is not UTF-8 text") from None
    try:
        return AssignmentFile.model_validate(tomllib.loads(text))
    except ValidationError as error:
        raise explain(path, text, error, AssignmentFile) from None
    except RecursionError:
        raise AssignmentError(path, "is nested too deep") from None
    except ValueError as error:  # among them what the parser lets through: numbers of thousands of digits
        raise AssignmentError(path, f"is not valid TOML: {error}") from None


def _read_files(root: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    size = 0
    for path in _walk(root):
        size += path.stat().st_size
        if size > _MAX_SIZE:
            raise AssignmentError(root, f"is larger than {_MAX_SIZE // 2**20} MiB")
        files[path.relative_to(root).as_posix()] = path.read_bytes()
    return files


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            raise AssignmentError(path, "is a link; an assignment holds its files itself")
        if path.is_dir():
            if path.name not in IGNORED_FOLDERS:
                yield from _walk(path)
        elif not path.is_file():
            raise AssignmentError(path, "is not a regular file")
        elif not file_matches(path.name, IGNORED_FILES):
            yield path


def _check_tests(assignment: Assignment) -> None:
    hidden = assignment.root / "tests" / "hidden"
    if not any(file_matches(path, _TEST_FILES) for path in assignment.folder("tests/hidden")):
        raise AssignmentError(hidden, "has no tests (test_*.py or *_test.py)")
    for path, data in assignment.tests.items():
        if path.endswith(".py"):
            try:
                ast.parse(data)
            except (SyntaxError, ValueError) as error:
                line = getattr(error, "lineno", None)
                raise AssignmentError(assignment.root / path, f"is not valid Python: {error}", line) from None
            except (RecursionError, MemoryError):
                raise AssignmentError(assignment.root / path, "is nested too deep for Python to read") from None


def _check_programs(assignment: Assignment, mutants_needed: bool) -> None:
    if assignment.tests:
        raise AssignmentError(
            assignment.root / "tests",
            'is for assignments about code; in one of kind "test-writing" learners write the tests, for program/',
        )
    right = assignment.folder("program")
    if not any(path.endswith(".py") for path in right):
        raise AssignmentError(assignment.root / "program", "has no Python files: the right program belongs there")
    if mutants_needed and not assignment.mutants:
        raise AssignmentError(
            assignment.root / "mutants",
            "has no faulty programs: a folder for each, with the files that differ from program/; "
            "'grader mutants' makes some",
        )
    for name, files in assignment.mutants.items():
        if files == right:
            raise AssignmentError(assignment.root / "mutants" / name, "does not differ from program/")
    for declared in assignment.settings.mutant if assignment.mutants else ():
        if declared.path not in assignment.mutants:
            raise AssignmentError(
                assignment.root / FILE_NAME,
                f"mutant {declared.path!r} has no folder under mutants/ (there: {', '.join(assignment.mutants)})",
            )


def _check_requirements(assignment: Assignment) -> None:
    # Reading them is the check.
    _ = assignment.requirements, assignment.test_requirements


def _check_solutions(assignment: Assignment) -> None:
    if "reference" not in assignment.solutions:
        raise AssignmentError(
            assignment.root / "solutions" / "reference",
            "is missing: a solution that gets full marks is part of an assignment",
        )
    for declared in assignment.settings.solution:
        if declared.path not in assignment.solutions:
            raise AssignmentError(
                assignment.root / FILE_NAME,
                f"solution {declared.path!r} has no folder under solutions/ (there: {', '.join(assignment.solutions)})",
            )
