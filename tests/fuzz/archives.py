"""Target: the archive reader.

Oracle: an archive is read to the files in it, or rejected; no other exception, whatever the bytes. Nothing is opened but the
archive. What is accepted is within the bounds, and its names are relative, stay inside, and each stands for one file.
"""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path
from typing import Any

from grader.assignment.model import SubmissionRules
from grader.errors import SubmissionRejected
from grader.submission import read_submission

from .oracle import watched

__all__ = ["check"]

RULES = SubmissionRules(required=("a.py",), allowed=("*",), max_size=64 * 1024, max_files=20)
_OWN = threading.local()


def check(data: bytes) -> None:
    """Read ``data`` as the archive that it most looks like."""
    path = _place(_suffix(data))
    path.write_bytes(data)

    def allowed(event: str, args: tuple[Any, ...]) -> bool:
        return event == "open" and os.fspath(args[0]) == str(path)

    try:
        with watched(allowed):
            files = read_submission(path, RULES).files
    except SubmissionRejected:
        return
    assert len(files) <= RULES.max_files
    assert sum(map(len, files.values())) <= RULES.max_size
    for name in files:
        assert not name.startswith("/")
        assert not {"", ".", ".."} & set(name.split("/"))
        assert name.isprintable() or not any(ord(char) < 32 for char in name)
        assert not any(other.startswith(f"{name}/") for other in files)


def _suffix(data: bytes) -> str:
    if b"PK\5\6" in data:
        return ".zip"
    return ".tar.gz" if data.startswith(b"\x1f\x8b") else ".tar"


def _place(suffix: str) -> Path:
    if not hasattr(_OWN, "folder"):
        _OWN.folder = tempfile.TemporaryDirectory(prefix="fuzz-")
    return Path(_OWN.folder.name, f"it{suffix}")
