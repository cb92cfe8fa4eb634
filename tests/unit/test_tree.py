"""Temporary files are kept alike on both sides, and lead nowhere else."""

import os

import pytest

from sandboxes.guest.tree import Tree
from sandboxes.guest.wire.errors import ProtocolViolation


@pytest.fixture
def sides(tmp_path):
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    return Tree(str(tmp_path / "here")), Tree(str(tmp_path / "there")), tmp_path


def test_files_and_folders_follow(sides):
    here, there, root = sides
    assert here.changes() == []
    (root / "here" / "a").mkdir()
    (root / "here" / "a" / "x.txt").write_text("one")
    (root / "here" / "empty").mkdir()
    there.apply(here.changes())
    assert (root / "there" / "a" / "x.txt").read_text() == "one"
    assert (root / "there" / "empty").is_dir()
    assert there.changes() == []
    (root / "there" / "a" / "x.txt").write_text("two!")
    (root / "there" / "y").write_bytes(b"\0")
    here.apply(there.changes())
    assert (root / "here" / "a" / "x.txt").read_text() == "two!"
    os.unlink(root / "here" / "y")
    there.apply(here.changes())
    assert not (root / "there" / "y").exists()


def test_links_and_pipes_do_not_cross(sides):
    here, _there, root = sides
    (root / "here" / "link").symlink_to("/etc/passwd")
    os.mkfifo(root / "here" / "pipe")
    assert here.changes() == []


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "", "a//b", ".", "a\0b", None, 5])
def test_paths_that_lead_elsewhere_are_violations(sides, path):
    with pytest.raises(ProtocolViolation):
        sides[1].apply([[path, b"x"]])


def test_links_are_not_followed_when_writing(sides):
    _here, there, root = sides
    (root / "secret").mkdir()
    (root / "there" / "way").symlink_to(root / "secret")
    (root / "there" / "file").symlink_to(root / "secret" / "target")
    with pytest.raises(ProtocolViolation):
        there.apply([["way/x", b"x"]])
    with pytest.raises(OSError, match="symbolic"):
        there.apply([["file", b"x"]])
    assert list((root / "secret").iterdir()) == []


def rewrite(path, content):
    """Change a file in place within one step of a coarse clock: its time and size stay as they were."""
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_files_rewritten_within_a_tick_of_the_clock_cross(sides):
    here, there, root = sides
    ours, theirs = root / "here" / "x", root / "there" / "x"
    ours.write_bytes(b"one")
    there.apply(here.changes())
    for content in (b"two", b"six"):
        rewrite(ours, content)
        there.apply(here.changes())
        assert theirs.read_bytes() == content
    rewrite(theirs, b"ten")  # what has just arrived, too
    here.apply(there.changes())
    assert ours.read_bytes() == b"ten"
    assert here.changes() == there.changes() == []


def test_what_changes_while_it_is_sent_crosses_the_next_time(sides, monkeypatch):
    here, there, root = sides
    ours = root / "here" / "x"
    ours.write_bytes(b"one")
    read = Tree._read

    def late(self, path):
        content = read(self, path)
        rewrite(ours, b"two")
        return content

    monkeypatch.setattr(Tree, "_read", late)
    there.apply(here.changes())
    monkeypatch.undo()
    there.apply(here.changes())
    assert (root / "there" / "x").read_bytes() == b"two"
