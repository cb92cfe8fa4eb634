"""Settings: by environment and file, checked before anything starts."""

import pytest

from grader.errors import InputError
from grader.settings import load_settings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_arguments_win_over_the_environment_and_that_over_the_file(tmp_path, monkeypatch):
    (tmp_path / "grader.toml").write_text('port = 1\nhost = "file"\npublic_url = "file"\n')
    monkeypatch.setenv("GRADER_PORT", "2")
    monkeypatch.setenv("GRADER_HOST", "environment")
    settings = load_settings(port=3, host=None)
    assert (settings.port, settings.host, settings.public_url) == (3, "environment", "file")


def test_lists_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("GRADER_ARCHIVE_HOSTS", "a.example.org, b.example.org")
    assert load_settings().archive_hosts == ["a.example.org", "b.example.org"]


def test_the_data_folder_holds_what_is_not_elsewhere(tmp_path):
    settings = load_settings(data=tmp_path)
    assert settings.database == f"sqlite:///{tmp_path}/grader.db"
    assert settings.broker == f"unix://{tmp_path}/broker.sock"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("GRADER_PORT", "http", r"setting port \(GRADER_PORT\)"),
        ("GRADER_PROT", "1", "GRADER_PROT: no such setting, is GRADER_PORT meant"),
        ("GRADER_RATE_LIMIT", "5 a chicken", "setting rate_limit"),
        ("GRADER_WEBHOOK_NETWORKS", "1.2.3.4/8", "setting webhook_networks"),
        ("GRADER_CONFIG", "/no/such/file", "which is no file"),
    ],
)
def test_wrong_ones_are_named(monkeypatch, name, value, message):
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=message):
        load_settings()


def test_a_file_that_is_none_is_named(tmp_path):
    (tmp_path / "grader.toml").write_text("port = ")
    with pytest.raises(InputError, match=r"grader.toml"):
        load_settings()
    (tmp_path / "grader.toml").write_text("prot = 1")
    with pytest.raises(InputError, match=r"^grader.toml: there is no setting 'prot', is port meant\?$"):
        load_settings()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_by_the_driver_that_is_installed(scheme):
    assert load_settings(database_url=f"{scheme}://u:p@h/d").database == "postgresql+psycopg://u:p@h/d"
