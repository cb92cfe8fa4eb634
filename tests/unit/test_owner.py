"""Where a process's sockets live."""

import tempfile
from pathlib import Path

from sandboxes import owner


def test_a_long_temporary_folder_is_left_for_a_short_one(tmp_path, monkeypatch):
    long = tmp_path / ("x" * 90)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    folder = Path(owner.runtime_folder())
    try:
        assert len(str(folder / "1000" / "wire")) < 107
        assert folder.stat().st_mode & 0o077 == 0
    finally:
        folder.rmdir()


def test_folders_of_the_living_are_not_stale(tmp_path, monkeypatch):
    monkeypatch.setattr(owner, "_parent", lambda: str(tmp_path))
    mine = owner.runtime_folder()
    dead = tmp_path / f"grader-{owner._NAMESPACE}-999999999-1-abc"
    dead.mkdir()
    assert owner.stale_folders() == [dead]
    assert Path(mine).is_dir()


def test_folders_of_processes_that_are_counted_elsewhere_are_left_to_those(tmp_path, monkeypatch):
    """A worker in a container, say, that shares the folder for temporary files."""
    monkeypatch.setattr(owner, "_parent", lambda: str(tmp_path))
    (tmp_path / "grader-4026539999-999999999-1-abc").mkdir()
    assert owner.stale_folders() == []
