"""Names of files in a submission: which are acceptable, which are ignored."""

from __future__ import annotations

import unicodedata

from ..errors import SubmissionRejected

__all__ = ["check_name", "is_ignored", "look_of", "strip_common_folder"]

_MAX_NAME = 400
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change in which order, or on which line, the others are shown."""
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{kind}{number}" for kind in ("com", "lpt") for number in range(1, 10))}
)
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
    if not _DIRECTIONS.isdisjoint(name):
        raise SubmissionRejected(
            f"the file name {shown} has a character in it that turns the order of others: rename the file"
        )
    if "\\" in name or (len(name) > 1 and name[1] == ":"):
        raise SubmissionRejected(f"the file name {shown} has a backslash or drive letter: use relative names with slashes")
    if name.startswith("/"):
        raise SubmissionRejected(f"the file name {shown} is absolute: pack the files with relative names")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise SubmissionRejected(
            f"the file name {shown} leads outside the archive ('..'): pack the files from inside their folder"
        )
    for part in parts:
        if part.partition(".")[0].rstrip().lower() in _DEVICES or part[-1] in ". ":
            raise SubmissionRejected(f"the file name {shown} is none on Windows: rename the file")
    path = "/".join(parts)
    if len(path.encode()) > _MAX_NAME or any(len(part.encode()) > 255 for part in parts):
        raise SubmissionRejected(f"the file name {shown} is too long")
    return path


def look_of(path: str) -> str:
    """The same for paths that some machine takes for one: in another case, or composed of other characters.

    Whoever unpacks what was graded, in order to read it, must not get another file in its place.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", path).casefold())


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
