"""How the broker's URL becomes a connection."""

import ssl

import pytest

from grader.broker import make_celery
from grader.broker.transport import Transport
from grader.settings import Settings


def connection(tmp_path, url):
    return make_celery(Settings(data=tmp_path, broker_url=url)).connection_for_write()


@pytest.mark.parametrize("scheme", ["redis", "valkey"])
def test_a_server(tmp_path, scheme):
    made = connection(tmp_path, f"{scheme}://me:secret@broker.example:6380/3")
    assert isinstance(made.transport, Transport)
    assert (made.hostname, made.port, made.userid, made.password) == ("broker.example", 6380, "me", "secret")
    assert (made.virtual_host, made.ssl) == ("3", False)
    assert "secret" not in made.as_uri()


@pytest.mark.parametrize("scheme", ["rediss", "valkeys"])
def test_a_server_behind_tls_has_to_prove_who_it_is(tmp_path, scheme):
    made = connection(tmp_path, f"{scheme}://broker.example")
    assert made.ssl == {"ssl_cert_reqs": ssl.CERT_REQUIRED}


def test_a_socket(tmp_path):
    made = connection(tmp_path, "")
    assert isinstance(made.transport, Transport)
    assert made.hostname == f"socket://{tmp_path}/broker.sock"
