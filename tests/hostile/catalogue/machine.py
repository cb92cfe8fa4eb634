"""What of this machine must be as it was once the attacks are over.

The machine is shared: other programs start and stop meanwhile, other graders among them. So only what is ours is looked at:
containers that this process made, its children, what runs as a sandbox's user outside of any container, mounts and files that
bear our names, and what was written as a sandbox's user.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from sandboxes.engine import Engine
from sandboxes.owner import HOST, owner

__all__ = ["unchanged"]

_USERS = {*range(10_001, 10_004), *range(20_000, 60_000)}
_FOLDERS = ("/tmp", "/dev/shm", "/var/tmp", "/run", "/dev/mqueue")
_NAMES = ("left-by-an-attack", "grader-upload-", f"grader-{owner()}")
_PATIENCE = 30.0


@contextmanager
def unchanged(engine: Engine) -> Iterator[None]:
    """See that what happens inside leaves nothing behind.

    Raises:
        AssertionError: Something is there that was not, half a minute later still.
    """
    before = _snapshot(engine)
    yield
    end = time.monotonic() + _PATIENCE
    while (left := _snapshot(engine) - before) and time.monotonic() < end:
        time.sleep(0.2)
    assert not left, sorted(left)


def _snapshot(engine: Engine) -> set[tuple[str, str]]:
    found = {("container", str(one.container)) for one in engine.owned() if (one.host, one.owner) == (HOST, owner())}
    found |= {("child", " ".join(child.cmdline())) for child in _children()}
    found |= {("escaped process", name) for name in _escaped()}
    found |= {
        ("mount", line) for line in Path("/proc/self/mounts").read_text().splitlines() if any(n in line for n in _NAMES)
    }
    return found | {("file", str(path)) for path in _files()}


def _children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]


def _escaped() -> Iterator[str]:
    """Processes of a sandbox's user whose control group is no container's."""
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if path.stat().st_uid in _USERS and "docker" not in (path / "cgroup").read_text():
                yield (path / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue


def _files() -> Iterator[Path]:
    """Files of ours, or of a sandbox's user, in the folders that anybody may write to."""
    for folder in {*_FOLDERS, tempfile.gettempdir()}:
        for path in Path(folder).glob("*"):
            try:
                if path.name.startswith(_NAMES) or os.lstat(path).st_uid in _USERS:
                    yield path
            except OSError:
                continue
