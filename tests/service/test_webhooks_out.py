"""Webhooks to others: signed, in order, again and again, and nowhere they must not go."""

import json
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace

import httpcore2 as httpcore
import pytest
from sqlalchemy import select
from standardwebhooks import Webhook

from grader.errors import InputError
from grader.lms.addresses import Blocked, Caller, check_url, is_allowed, see_where_it_leads
from grader.lms.outbound import deliver
from grader.service import deliveries, endpoints
from grader.service.deliveries import Result
from grader.settings import Settings
from grader.store import tables
from workers.delivery import deliver_due

from .receiver import receiving

OPEN = Settings(data=Path("/nowhere"), webhook_networks="127.0.0.0/8", webhook_timeout=5)
CLOSED = Settings(data=Path("/nowhere"), webhook_http=True)
GOOD, BAD = Result(204, None, 0.1), Result(500, "no", 0.1)


@pytest.fixture
def receiver():
    with receiving() as made:
        yield made


def add(world, url, *events):
    with world.database.writing() as session:
        return endpoints.add_endpoint(session, url, events, None, world.now)


def due(world, most=50):
    with world.database.writing() as session:
        return deliveries.claim_due(session, world.now, most)


def settle(world, one, result):
    with world.database.writing() as session:
        deliveries.settle(session, one, result, world.now, 5, timedelta(days=5))


def run(world, settings=OPEN):
    """What a worker does."""
    count = 0
    while taken := due(world):
        for one in taken:
            settle(world, one, deliver(Caller(settings), one, world.now))
            count += 1
    return count


def states(world):
    with world.database.reading() as session:
        return session.scalars(select(tables.Delivery.state).order_by(tables.Delivery.id)).all()


def test_a_grade_arrives_signed_so_that_the_library_believes_it(world, receiver):
    world.now = datetime.now(UTC)
    secret = add(world, receiver.url).secret
    submission = world.submit()
    world.grade(80.0)
    assert run(world) == 2
    read = [Webhook(secret).verify(body, headers) for headers, body in receiver.messages]
    assert [one["type"] for one in read] == ["submission.graded", "grade.updated"]
    assert read[0]["data"]["submission"]["id"] == submission
    assert read[0]["data"]["learner"] == {
        "login": "ada", "name": "Ada", "email": "ada@example.org", "external_id": None,
    }  # fmt: skip
    assert read[1]["data"]["grade"]["score"] == 80.0
    assert states(world) == ["delivered", "delivered"]
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(endpoints.new_secret()).verify(receiver.messages[0][1], receiver.messages[0][0])


def test_while_a_secret_is_rotated_the_old_one_signs_as_well(world, receiver):
    world.now = datetime.now(UTC)
    old = add(world, receiver.url).secret
    with world.database.writing() as session:
        new = endpoints.rotate(session.scalars(select(tables.Endpoint)).one(), world.now)
    world.submit()
    world.grade()
    run(world)
    headers, body = receiver.messages[0]
    assert Webhook(old).verify(body, headers) == Webhook(new).verify(body, headers)
    world.later(hours=25)
    world.submit(world.bob)
    world.grade()
    assert all(len(one.secrets) == 1 for one in due(world))


def test_what_fails_is_tried_again_later_and_later_with_the_same_id(world, receiver):
    receiver.answer = lambda count: (204 if count > 3 else 503, {}, b"busy")
    add(world, receiver.url, "submission.graded")
    world.submit()
    world.grade()
    waits = []
    for _ in range(4):
        started = world.now
        while not run(world):
            world.later(seconds=1)
        waits.append((world.now - started).total_seconds())
    assert waits[0] == 0
    assert 5 <= waits[1] <= 7
    assert 300 <= waits[2] <= 361
    assert 1800 <= waits[3] <= 2161
    assert len({headers["webhook-id"] for headers, _body in receiver.messages}) == 1
    assert states(world) == ["delivered"]
    with world.database.reading() as session:
        log = session.scalars(select(tables.DeliveryTry).order_by(tables.DeliveryTry.id)).all()
        assert [(one.status, one.error) for one in log] == [(503, "busy")] * 3 + [(204, None)]


def test_events_of_a_learner_keep_their_order_and_hold_up_nobody_else(world):
    add(world, "https://lms.example.org/", "submission.graded")
    for who in (world.ada, world.bob, world.ada):
        world.submit(who)
        world.grade()
        world.later(seconds=1)
    first = due(world)
    assert [one.payload["data"]["learner"]["login"] for one in first] == ["ada", "bob"]
    settle(world, first[0], BAD)
    settle(world, first[1], GOOD)
    assert due(world) == []  # Ada's second waits for her first
    world.later(seconds=10)
    (again,) = due(world)
    assert again.message_id == first[0].message_id
    settle(world, again, GOOD)
    (second,) = due(world)
    assert second.payload["data"]["learner"]["login"] == "ada"


def test_a_worker_lost_over_a_delivery_leaves_it_to_another(world):
    add(world, "https://lms.example.org/", "submission.graded")
    world.submit()
    world.grade()
    (lost,) = due(world)
    assert due(world) == []
    world.later(minutes=2)
    (again,) = due(world)
    assert again.message_id == lost.message_id
    settle(world, lost, BAD)  # too late: only logged
    settle(world, again, GOOD)
    assert states(world) == ["delivered"]


def test_a_dead_endpoint_is_disabled_with_notice_and_loses_nothing(world):
    dead = add(world, "https://dead.example.org/", "submission.graded")
    add(world, "https://ops.example.org/", "endpoint.disabled")
    world.submit()
    world.grade()
    for _ in range(6):
        for one in due(world):
            settle(world, one, Result(None, "refused", 0.1))
        world.later(days=1)
    with world.database.reading() as session:
        row = session.get_one(tables.Endpoint, dead.id)
        assert row.disabled is not None
        assert "nothing was delivered since" in row.disabled_because
    (notice,) = due(world)
    assert (notice.url, notice.payload["data"]["endpoint"]) == ("https://ops.example.org/", dead.id)
    settle(world, notice, GOOD)
    with world.database.writing() as session:
        assert endpoints.enable(session, session.get_one(tables.Endpoint, dead.id), world.now) == 1
    (kept,) = due(world)
    settle(world, kept, GOOD)
    assert states(world) == ["delivered", "delivered"]


def test_an_endpoint_that_says_it_is_gone_is_disabled_at_once(world):
    gone = add(world, "https://gone.example.org/")
    world.submit()
    world.grade()
    settle(world, due(world)[0], Result(410, "", 0.1))
    with world.database.reading() as session:
        assert session.get_one(tables.Endpoint, gone.id).disabled_because == "it answered 410 Gone"


def test_what_arose_while_an_endpoint_was_disabled_is_sent_when_it_is_enabled(world):
    endpoint = add(world, "https://gone.example.org/", "submission.graded")
    elsewhere = add(world, "https://other.example.org/", "endpoint.disabled")
    world.submit()
    world.grade()
    settle(world, due(world)[0], Result(410, "", 0.1))
    settle(world, due(world)[0], GOOD)
    world.later(hours=1)
    world.submit()
    world.grade()
    assert due(world) == []
    with world.database.writing() as session:
        assert endpoints.enable(session, session.get_one(tables.Endpoint, endpoint.id), world.now) == 2
        assert endpoints.enable(session, session.get_one(tables.Endpoint, elsewhere.id), world.now) == 0
    types = []
    while ready := due(world):
        types += [one.payload["type"] for one in ready]
        for one in ready:
            settle(world, one, GOOD)
    assert types == ["submission.graded"] * 2
    assert set(states(world)) == {"delivered"}


def test_endpoints_that_fail_leave_most_places_to_the_others(world):
    for number in range(20):
        add(world, f"https://dead{number}.example.org/", "submission.graded")
    world.submit()
    world.grade()
    for one in due(world, 100):
        settle(world, one, Result(None, "refused", 0.1))
    for who in (world.ada, world.bob):
        world.submit(who)
        world.grade()
    add(world, "https://alive.example.org/", "submission.graded")
    world.submit(world.bob)
    world.grade()
    world.later(hours=1)
    taken = due(world, 32)
    assert len([one for one in taken if "dead" in one.url]) == len({one.url for one in taken}) - 1 == 8
    assert [one.url for one in taken if "alive" in one.url] == ["https://alive.example.org/"]
    assert due(world, 32) == []


def test_after_all_tries_it_is_left_until_somebody_replays_it(world):
    endpoint = add(world, "https://slow.example.org/", "submission.graded")
    world.submit()
    world.grade()
    with world.database.writing() as session:
        session.get_one(tables.Endpoint, endpoint.id).failing_since = None
    tries = 0
    while "pending" in states(world):
        for one in due(world):
            settle(world, one, BAD)
            tries += 1
            with world.database.writing() as session:
                session.get_one(tables.Endpoint, endpoint.id).failing_since = None
        world.later(hours=1)
    assert (tries, states(world)) == (10, ["failed"])
    with world.database.writing() as session:
        assert endpoints.replay(session, None, endpoint, world.now) == 1
    settle(world, due(world)[0], GOOD)
    assert states(world) == ["delivered"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::127.0.0.1",
        "2001:0:7f00:1::",
    ],
)
def test_private_addresses_are_not_reached_in_whatever_clothes(address):
    assert not is_allowed(ip_address(address), [])


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_public_addresses_are(address):
    assert is_allowed(ip_address(address), [])


def resolving(monkeypatch, *answers):
    lists = iter(answers)
    usual = socket.getaddrinfo

    def resolve(host, port, *arguments, **kwargs):
        if host[0].isdigit():
            return usual(host, port, *arguments, **kwargs)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in next(lists)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_a_name_with_any_private_address_is_blocked(monkeypatch):
    resolving(monkeypatch, ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(Blocked, match="leads to a private address"):
        Caller(CLOSED).call("POST", "http://rebind.example.org/", {}, b"", 10)


def test_the_address_that_was_judged_is_the_one_that_is_called(monkeypatch, receiver):
    # A second look-up would lead elsewhere: there is none.
    resolving(monkeypatch, ["127.0.0.1"])
    port = receiver.url.split(":")[2].partition("/")[0]
    assert Caller(OPEN).call("POST", f"http://rebind.example.org:{port}/", {}, b"x", 10).status == 204
    assert receiver.messages[0][0]["host"] == f"rebind.example.org:{port}"


def test_redirects_are_not_followed(world, receiver):
    receiver.answer = lambda count: (302, {"location": receiver.url + "/elsewhere"}, b"")
    assert Caller(OPEN).call("POST", receiver.url, {}, b"", 10).status == 302
    assert len(receiver.messages) == 1


def test_answers_are_read_only_so_far_and_so_long(receiver):
    receiver.answer = lambda count: (200, {}, b"x" * 1_000_000)
    assert len(Caller(OPEN).call("POST", receiver.url, {}, b"", 100).body) == 101


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://x/", "no URL such as"),
        ("https://", "no URL such as"),
        ("http://user:pw@x/", "password"),
        ("https://x:99999/", "no URL"),
        ("http://lms.example.org/", "not encrypted"),
        ("javascript:alert(1)", "no URL such as"),
    ],
)
def test_urls_that_are_not_called(url, message):
    with pytest.raises(InputError, match=message):
        check_url(url, Settings(data=Path("/nowhere")))


@pytest.mark.parametrize("host", ["10.0.0.1", "[::1]", "localhost"])
def test_an_address_that_can_never_be_reached_is_refused_when_it_is_added(host):
    with pytest.raises(InputError, match=r"private address, which is not allowed .setting webhook_networks"):
        see_where_it_leads(f"https://{host}/hook", CLOSED)
    assert see_where_it_leads("https://127.0.0.1/hook", OPEN) is None
    assert "is not known" in see_where_it_leads("https://lms.invalid/hook", CLOSED)


def test_a_blocked_endpoint_is_a_failed_try_and_tells_why(world):
    add(world, "http://127.0.0.1:9/", "submission.graded")
    world.submit()
    world.grade()
    run(world, CLOSED)
    with world.database.reading() as session:
        assert "private address" in session.scalars(select(tables.DeliveryTry.error)).one()


def test_a_test_event_is_for_one_endpoint_alone(world):
    one, _other = add(world, "https://a.example.org/"), add(world, "https://b.example.org/")
    with world.database.writing() as session:
        endpoints.send_test(session, one, world.now)
    (sent,) = due(world)
    assert (sent.url, sent.payload["type"]) == ("https://a.example.org/", "endpoint.test")
    assert json.dumps(sent.payload)


def context(world, settings=OPEN):
    world.now = datetime.now(UTC)
    return SimpleNamespace(database=world.database, settings=settings, now=lambda: datetime.now(UTC))


def test_a_slow_receiver_holds_up_nobody_else(world, receiver):
    go_on = threading.Event()
    with receiving() as slow:

        def answer_late(count):
            go_on.wait(60)
            return 204, {}, b""

        slow.answer = answer_late
        here = context(world, Settings(data=Path("/nowhere"), webhook_networks="127.0.0.0/8", webhook_timeout=60))
        add(world, slow.url)
        for who in (world.ada, world.bob):
            for _ in range(3):
                world.submit(who)
                world.grade()
        add(world, receiver.url)
        for _ in range(4):
            world.submit()
            world.grade()
        delivering = threading.Thread(target=deliver_due, args=[here])
        delivering.start()
        arrived = wait_for(lambda: len(receiver.messages) >= 4)
        held = len(slow.messages)
        go_on.set()
        delivering.join(60)
    assert arrived
    assert held <= 3
    assert set(states(world)) == {"delivered"}


def test_a_delivery_that_no_library_can_make_is_one_that_failed(world, receiver, monkeypatch):
    here = context(world)
    add(world, receiver.url)
    world.submit()
    world.grade()

    def stumble(self, *arguments):
        raise UnicodeEncodeError("ascii", "\u00dcbung", 0, 1, "as somebody wrote it")

    with monkeypatch.context() as patch:
        patch.setattr(Caller, "call", stumble)
        assert deliver_due(here) == 1
    with world.database.reading() as session:
        [tried] = session.scalars(select(tables.DeliveryTry)).all()
    assert tried.status is None
    assert "UnicodeEncodeError" in tried.error


def test_an_answer_that_comes_byte_by_byte_ends_in_time():
    settings = Settings(data=Path("/nowhere"), webhook_networks="127.0.0.0/8", webhook_timeout=1)
    ended = threading.Event()

    def trickle(listener):
        connection, _address = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 204 No")
            while not ended.wait(0.2):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=trickle, args=[listener], daemon=True)
        thread.start()
        with pytest.raises(httpcore.ReadTimeout):
            Caller(settings).call("GET", f"http://127.0.0.1:{listener.getsockname()[1]}/", {}, b"", 100)
        ended.set()
        thread.join(10)


def wait_for(condition):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False
