"""What the command line makes of what people type, before it asks the service."""

from datetime import datetime

import pytest
from click.testing import CliRunner

from grader.cli.remote import extend, login


class Asked:
    """Stands for the connection to a service; remembers what was sent there."""

    def __init__(self, url="", token=""):
        self.url = url
        self.sent = []

    def __enter__(self):
        return self

    def __exit__(self, *ending):
        pass

    def get(self, path):
        return {"admin": True, "name": "Ada", "courses": []}

    def put(self, path, body):
        self.sent.append(body)


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("127.0.0.1:8510", "http://127.0.0.1:8510"),
        ("localhost:8510", "http://localhost:8510"),
        ("[::1]:8510", "http://[::1]:8510"),
        ("grader.example.org", "https://grader.example.org"),
        ("https://localhost", "https://localhost"),
    ],
)
def test_an_address_without_scheme_is_encrypted_unless_it_is_this_machine(monkeypatch, address, url):
    kept = []
    monkeypatch.setattr(login, "Client", Asked)
    monkeypatch.setattr(login, "keep_login", lambda url, secret: kept.append(url))
    CliRunner().invoke(login.command, [address, "--token", "secret"], catch_exceptions=False)
    assert kept == [url]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2027-02-03", datetime(2027, 2, 3, 23, 59, 59).astimezone()),
        ("2027-02-03T00:00", datetime(2027, 2, 3).astimezone()),
        ("2027-02-03T23:59+01:00", datetime.fromisoformat("2027-02-03T23:59+01:00")),
    ],
)
def test_a_day_that_is_granted_lasts_until_its_end(monkeypatch, text, due):
    service = Asked()
    monkeypatch.setattr(extend, "connect", lambda: service)
    monkeypatch.setattr(extend, "find_assignment", lambda client, name: {"course": "py", "id": name})
    CliRunner().invoke(extend.command, ["roman", "ada", "--due", text], catch_exceptions=False)
    assert datetime.fromisoformat(service.sent[0]["due"]) == due
