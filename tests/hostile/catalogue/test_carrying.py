"""Every archive of the catalogue, alone and eight at once: read to its files, or rejected with the reason."""

import os
import re
import tempfile
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.assignment.model import SubmissionRules
from grader.errors import SubmissionRejected
from grader.submission import read_submission

from ...fuzz.oracle import watched
from .carrying import ATTACKS, GOOD, Archive
from .machine import unchanged

RULES = SubmissionRules(required=("work.py",), allowed=("*.py",), max_size=1 << 20, max_files=50)
HONEST = next(archive for archive in ATTACKS if archive.holds == (GOOD,))
EIGHT = 8
MEMORY = 24 * RULES.max_size
"""Bytes that reading may take at most."""


@pytest.fixture(scope="module", autouse=True)
def _nothing_left(engine):
    with unchanged(engine):
        yield


def read(folder: Path, archive: Archive) -> str:
    """What went wrong with an archive; empty if all is well."""
    path = Path(tempfile.mkdtemp(dir=folder), f"it{archive.suffix}")
    path.write_bytes(archive.data)
    try:
        with watched(lambda event, args: event in ("open", "import") and _is_own(event, args, path)):
            files = read_submission(path, RULES).files
    except SubmissionRejected as rejection:
        told = str(rejection)
        if not archive.told or not re.search(archive.told, told):
            return f"rejected, but said {told!r}"
        return "" if told.isprintable() and len(told) < 600 else f"said {told!r}"
    return "" if not archive.told and tuple(files.items()) == archive.holds else f"taken for {sorted(files)}"


def _is_own(event, args, path):
    return event == "import" or os.fspath(args[0]) in (str(path), "")


@pytest.mark.parametrize("archive", ATTACKS, ids=lambda archive: archive.name)
def test_alone(tmp_path, archive):
    size = len(archive.data)  # what making it takes is not what reading it takes
    tracemalloc.start()
    problem = read(tmp_path, archive)
    taken = tracemalloc.get_traced_memory()[1] - 2 * size
    tracemalloc.stop()
    assert problem == ""
    assert taken < MEMORY
    assert read(tmp_path, HONEST) == ""


def test_eight_at_once(tmp_path):
    with ThreadPoolExecutor(EIGHT) as pool:
        futures = {archive.name: pool.submit(read, tmp_path, archive) for archive in ATTACKS}
        honest = [pool.submit(read, tmp_path, HONEST) for _ in ATTACKS]
        problems = {name: problem for name, future in futures.items() if (problem := future.result())}
    assert problems == {}
    assert {future.result() for future in honest} == {""}
