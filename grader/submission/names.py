"""Names of files in a submission: which are acceptable, which are ignored."""

from __future__ import annotations

from ..errors import SubmissionRejected

__all__ = ["check_name", "is_ignored", "strip_common_folder"]

_MAX_NAME = 400
_IGNORED_PARTS = frozenset(
    {"__pycache__", "__MACOSX", ".git", ".DS_Store", "Thumbs.db", ".pytest_cache", ".mypy_cache", ".ruff_cache"}
    | {".hypothesis", ".idea", ".vscode", ".venv", ".grader"}
)


def check_name(name: str) -> str:
    """The path in a submission that an entry's name stands for, with forward slashes.

    Raises:
        SubmissionRejected: It is absolute, leads outside, or can't be a file name everywhere.
    """
    shown = ascii(name[:100])
    if any("\ud800" <= char <= "\udfff" for char in name):
        raise SubmissionRejected(f"the file name {shown} is not UTF-8: rename the file")
    if any(ord(char) < 32 or ord(char) == 127 for char in name):
        raise SubmissionRejected(f"the file name {shown} has a line break or control character in it: rename the file")
    if "\\" in name or (len(name) > 1 and name[1] == ":"):
        raise SubmissionRejected(f"the file name {shown} has a backslash or drive letter: use relative names with slashes")
    if name.startswith("/"):
        raise SubmissionRejected(f"the file name {shown} is absolute: pack the files with relative names")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise SubmissionRejected(
            f"the file name {shown} leads outside the archive ('..'): pack the files from inside their folder"
        )
    path = "/".join(parts)
    if len(path.encode()) > _MAX_NAME or any(len(part.encode()) > 255 for part in parts):
        raise SubmissionRejected(f"the file name {shown} is too long")
    return path


def is_ignored(path: str) -> bool:
    """Whether a file is one that tools leave about and nobody means to hand in."""
    parts = path.split("/")
    return not _IGNORED_PARTS.isdisjoint(parts) or parts[-1].endswith((".pyc", ".swp", "~"))


def strip_common_folder(files: dict[str, bytes], wanted: tuple[str, ...]) -> dict[str, bytes]:
    """The files without the one folder they all stand in, if the wanted ones are found that way only."""
    if not files or any(path in files for path in wanted):
        return files
    folder = next(iter(files)).partition("/")[0] + "/"
    if not all(path.startswith(folder) for path in files):
        return files
    inner = {path.removeprefix(folder): data for path, data in files.items()}
    return inner if any(path in inner for path in wanted) else files
