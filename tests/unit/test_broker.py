"""The broker: how its URL becomes a connection, and how nobody waits for it."""

import ssl
import threading

import pytest

from grader.broker import Waker, make_celery
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


class Mute:
    """Tickets to a broker that takes nothing and says nothing."""

    def __init__(self):
        self.free, self.sent = threading.Event(), []

    def grade(self, name, count):
        self.sent.append((name, count))
        return self.free.wait(60)

    def wake(self, task):
        self.sent.append(task)
        return False


class Known:
    """Stands for a breaker."""

    answers = True

    def __init__(self):
        self.failures = []

    def failed(self, reason):
        self.answers = False
        self.failures.append(reason)


def test_who_sends_tickets_does_not_wait_for_the_broker():
    tickets, breaker = Mute(), Known()
    waker = Waker(tickets, breaker)
    waker.grade("learners")
    waker.grade("bulk", 3)
    assert not tickets.free.is_set()
    tickets.free.set()
    waker.close()
    assert tickets.sent == [("learners", 1), ("bulk", 3)]


def test_while_the_broker_does_not_answer_no_ticket_is_sent():
    tickets, breaker = Mute(), Known()
    waker = Waker(tickets, breaker)
    waker.wake("deliver")
    waker.wake("deliver")
    waker.close()
    assert tickets.sent == ["deliver"]
    waker.wake("deliver")
    assert (tickets.sent, len(breaker.failures)) == (["deliver"], 1)
