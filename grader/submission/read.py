"""Read what a learner handed in: a folder, a file, a ZIP or a TAR archive."""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..assignment.model import SubmissionRules
from ..digest import digest_files
from ..errors import InputError, SubmissionRejected
from .archive import read_tar, read_zip
from .bounds import Bounds
from .names import check_name, is_ignored, strip_common_folder

__all__ = ["Submission", "read_submission", "submission_of"]

_TAR_GZ = (".tar.gz", ".tgz")


@dataclass(frozen=True)
class Submission:
    """What one learner handed in once.

    Attributes:
        name: Name of the file or folder it came as.
        files: Content by relative path.
        digest: Its name for ever.
    """

    name: str
    files: Mapping[str, bytes]
    digest: str


def read_submission(path: Path, rules: SubmissionRules) -> Submission:
    """Read and check a submission.

    Raises:
        SubmissionRejected: It is not acceptable for this assignment.
        InputError: There is nothing of that name.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    bounds = Bounds(rules.max_size, rules.max_files)
    files = strip_common_folder(_read(path, bounds), rules.required)
    _check(files, rules)
    return Submission(path.name, files, digest_files(files))


def submission_of(name: str, files: Mapping[str, bytes], rules: SubmissionRules) -> Submission:
    """Check a submission whose files came one by one.

    Raises:
        SubmissionRejected: It is not acceptable for this assignment.
    """
    collected = Bounds(rules.max_size, rules.max_files).start()
    for given, data in files.items():
        path = check_name(given)
        if is_ignored(path):
            collected.ignored()
            continue
        collected.announce(path, len(data))
        collected.add(path, data)
    accepted = strip_common_folder(collected.files, rules.required)
    _check(accepted, rules)
    return Submission(name, accepted, digest_files(accepted))


def _read(path: Path, bounds: Bounds) -> dict[str, bytes]:
    if path.is_dir():
        return _read_folder(path, bounds)
    if not path.is_file():
        raise SubmissionRejected("neither a file nor a folder")
    name = path.name.lower()
    if name.endswith((".zip", ".tar", *_TAR_GZ)):
        size = path.stat().st_size
        if size == 0:
            raise SubmissionRejected("the archive is empty (0 bytes)")
        if size > bounds.archive_size:
            raise SubmissionRejected(
                f"the archive has {size:,} bytes; an archive for this assignment has {bounds.archive_size:,} at most"
            )
        return read_zip(path, bounds) if name.endswith(".zip") else read_tar(path, bounds, name.endswith(_TAR_GZ))
    collected = bounds.start()
    file_name = check_name(path.name)
    collected.announce(file_name, path.stat().st_size)
    with path.open("rb") as file:
        collected.add(file_name, collected.read(file_name, file))
    return collected.files


def _read_folder(root: Path, bounds: Bounds) -> dict[str, bytes]:
    collected = bounds.start()
    for path in _walk(root):
        name = check_name(path.relative_to(root).as_posix())
        if is_ignored(name):
            collected.ignored()
            continue
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            raise SubmissionRejected(f"{name} is a link: put the file itself there")
        if not stat.S_ISREG(status.st_mode):
            raise SubmissionRejected(f"{name} is not a plain file")
        collected.announce(name, status.st_size)
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            collected.add(name, collected.read(name, file))
    return collected.files


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            if not is_ignored(path.name):
                yield from _walk(path)
        else:
            yield path


def _check(files: Mapping[str, bytes], rules: SubmissionRules) -> None:
    if not files:
        raise SubmissionRejected(f"empty: the assignment asks for {', '.join(rules.required)}")
    for wanted in rules.required:
        if wanted not in files:
            raise SubmissionRejected(_missing(wanted, files))
        if not files[wanted].strip():
            raise SubmissionRejected(f"{wanted} is empty")
    for path in files:
        if not rules.accepts(path):
            raise SubmissionRejected(
                f"{path} is not among the files this assignment accepts ({', '.join(rules.allowed)}): leave it out"
            )


def _missing(wanted: str, files: Mapping[str, bytes]) -> str:
    if any(path.startswith(f"{wanted}/") for path in files):
        return f"{wanted} is a folder, a file is expected"
    close = difflib.get_close_matches(wanted, files, n=1, cutoff=0.6)
    there = ", ".join(sorted(files)[:5])
    hint = f"is {close[0]} meant? Then rename it" if close else f"there is only {there}"
    return f"the required file {wanted} is missing ({hint})"
