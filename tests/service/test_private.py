"""What the service keeps is for its own user alone, whatever the folder was before."""

import logging
import os
import stat
import subprocess
import sys

import pytest

from grader.operations.supervisor import Program, Supervisor
from grader.store import Database, FolderBlobs
from grader.store.private import open_to_others, warn_of_open_folder


@pytest.fixture
def lax(tmp_path):
    """A folder that is open to others, under a umask that is, too."""
    before = os.umask(0o000)
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    yield folder
    os.umask(before)


def modes(folder):
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def test_the_database_is_closed_to_others_in_a_folder_that_is_open(lax):
    database = Database(f"sqlite:///{lax}/grader.db")
    database.upgrade()
    with database.writing() as session:
        session.connection().exec_driver_sql("SELECT 1")
        assert set(modes(lax)) >= {"grader.db", "grader.db-wal", "grader.db-shm"}
        assert set(modes(lax).values()) == {0o600}
    database.close()


def test_a_database_that_was_open_is_closed_and_it_is_said(lax, caplog):
    for name in ("grader.db", "grader.db-wal"):
        (lax / name).touch(mode=0o644)
    with caplog.at_level(logging.WARNING):
        Database(f"sqlite:///{lax}/grader.db").close()
    assert set(modes(lax).values()) == {0o600}
    assert "grader.db was open to other users (mode 644) and is closed to them now" in caplog.text


def test_a_database_in_a_place_that_is_none_is_explained(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Exception, match="database_url") as caught:
        Database(f"sqlite:///{tmp_path}/file/grader.db")
    assert type(caught.value).__name__ == "DatabaseUnavailable"


def test_blobs_and_logs_are_closed_to_others(lax):
    (lax / "blobs").mkdir(mode=0o755)
    blobs = FolderBlobs(lax / "blobs")
    blobs.put(b"work of a learner")
    (lax / "logs").mkdir(mode=0o755)
    supervisor = Supervisor(lax / "logs", os.environ)
    supervisor.add(Program("one", [sys.executable, "-c", "print('secret')"]))
    supervisor.stop()
    assert modes(lax) == {"blobs": 0o700, "logs": 0o700}
    kept = list((lax / "blobs").rglob("*"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o700, 0o600}


@pytest.mark.parametrize(
    ("mode", "harm"), [(0o755, "see the names in"), (0o777, "replace what is in"), (0o1777, "see the names")]
)
def test_a_folder_that_is_open_is_told_of_and_left_to_its_owner(lax, mode, harm, caplog):
    lax.chmod(mode)
    with caplog.at_level(logging.WARNING):
        warn_of_open_folder(lax)
    assert harm in caplog.text
    assert f"chmod 700 {lax}" in caplog.text
    assert stat.S_IMODE(lax.stat().st_mode) == mode
    (lax / "blobs").mkdir(mode=0o750)
    assert list(open_to_others(lax)) == [lax, lax / "blobs"]


def test_a_folder_that_is_closed_is_no_news(lax, caplog):
    lax.chmod(0o700)
    warn_of_open_folder(lax)
    warn_of_open_folder(lax / "none")
    assert not caplog.text
    assert list(open_to_others(lax)) == []


@pytest.mark.parametrize("command", [["db", "upgrade"], ["user", "add", "ada"], ["course", "add", "py"]])
def test_programs_of_the_service_make_files_for_their_user_alone(lax, command):
    environment = {**os.environ, "GRADER_DATA": str(lax)}
    for arguments in (["db", "upgrade"], command):
        subprocess.run([sys.executable, "-m", "grader", *arguments], env=environment, check=True, capture_output=True)
    assert set(modes(lax).values()) <= {0o600, 0o700}


def test_the_umask_of_operators_commands_reaches_what_they_start(lax, monkeypatch):
    from click.testing import CliRunner

    from grader.cli.serving import data_option

    seen = []

    import click

    @click.command()
    @data_option
    def command(data):
        seen.append(subprocess.run(["sh", "-c", "umask"], capture_output=True, text=True, check=True).stdout.strip())

    CliRunner().invoke(command, [], catch_exceptions=False)
    assert seen == ["0077"]
