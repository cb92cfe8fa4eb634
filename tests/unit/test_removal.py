"""Folders made to be hard to remove."""

import os

import pytest

from sandboxes.guest.isolation.removal import empty, remove


def deep(folder, depth):
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def test_a_folder_however_deep_is_removed(tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    deep(target, 5000)
    remove(str(target))
    assert not target.exists()


def test_links_are_removed_and_not_followed(tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    target = tmp_path / "target"
    target.mkdir()
    (target / "link").symlink_to(kept)
    os.mkfifo(target / "pipe")
    remove(str(target))
    assert not target.exists()
    assert (kept / "file").read_text() == "x"
    (tmp_path / "link").symlink_to(kept)
    remove(str(tmp_path / "link"))
    assert (kept / "file").exists()


def test_closed_folders_are_removed(tmp_path):
    target = tmp_path / "target"
    (target / "a" / "b").mkdir(parents=True)
    (target / "a" / "b" / "file").write_text("x")
    for path in (target / "a" / "b", target / "a"):
        path.chmod(0)
    if os.geteuid() == 0:  # for whom modes mean nothing
        child = os.fork()
        if child == 0:
            os.chown(target, 12345, 12345)
            for path in (target / "a", target / "a" / "b"):
                os.chown(path, 12345, 12345)
            tmp_path.chmod(0o777)
            for parent in list(tmp_path.parents)[:3]:
                parent.chmod(0o755)
            os.setresgid(12345, 12345, 12345)
            os.setresuid(12345, 12345, 12345)
            try:
                remove(str(target))
            finally:
                os._exit(int(target.exists()))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    else:
        remove(str(target))
    assert not target.exists()


def test_what_is_not_there_need_not_be_removed(tmp_path):
    remove(str(tmp_path / "nothing"))
    empty(str(tmp_path))
    assert tmp_path.is_dir()


@pytest.mark.parametrize("names", [["1.x", "2.x"], ["a", "1"]])
def test_names_that_look_like_its_own_do_no_harm(tmp_path, names):
    for name in names:
        (tmp_path / "target" / name / name / name).mkdir(parents=True)
    remove(str(tmp_path / "target"))
    assert not (tmp_path / "target").exists()
