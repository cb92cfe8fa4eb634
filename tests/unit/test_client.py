"""The client of the API against a server of its own: retries that do no harm, and words for what goes wrong."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from grader import client as module
from grader.client import Client, Refused
from grader.errors import Unavailable


class Script:
    """Answers in the order given; the last one again and again. ``None`` breaks the connection."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.seen = []

    def next(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextlib.contextmanager
def serving(*answers):
    script = Script(*answers)

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            script.seen.append((self.command, self.path, dict(self.headers)))
            answer = script.next()
            if answer is None:
                self.connection.close()
                return
            status, headers, body = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = handle_any

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with Client(f"http://127.0.0.1:{server.server_port}/", "t") as client:
            yield client, script.seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    waits = []
    monkeypatch.setattr(module.time, "sleep", waits.append)
    return waits


def ok(value):
    return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()


def problem(status, detail, **headers):
    return (
        status,
        {"Content-Type": "application/problem+json", **headers},
        json.dumps({"detail": detail, "type": "urn:x:full"}).encode(),
    )


def test_reading_is_tried_again_when_the_service_is_busy():
    with serving(problem(503, "starting"), problem(502, "starting"), ok({"a": 1})) as (client, seen):
        assert client.get("/me") == {"a": 1}
    assert len(seen) == 3
    assert seen[0][1] == "/api/v1/me"
    assert seen[0][2]["Authorization"] == "Bearer t"


def test_a_submission_is_sent_again_under_the_same_key():
    with serving(problem(503, "starting"), ok({"id": "sub_1"})) as (client, seen):
        client.post("/submissions", "key-1", json={})
    assert [headers["Idempotency-Key"] for _method, _path, headers in seen] == ["key-1", "key-1"]


def test_what_has_no_key_is_sent_once():
    with serving(problem(503, "starting")) as (client, seen), pytest.raises(Unavailable, match="starting"):
        client.post("/regrade", json={})
    assert len(seen) == 1


def test_it_waits_as_long_as_it_is_told_to_but_not_for_ever(no_waiting):
    with serving(problem(429, "slow down", **{"Retry-After": "7"}), ok(1)) as (client, _seen):
        assert client.get("/me") == 1
    assert no_waiting == [7.0]
    with serving(problem(429, "come back tomorrow", **{"Retry-After": "86400"})) as (client, seen):
        with pytest.raises(Refused, match="come back tomorrow") as caught:
            client.get("/me")
        assert (caught.value.status, caught.value.kind, len(seen)) == (429, "full", 1)


def test_refusals_are_not_tried_again():
    with serving(problem(403, "all 3 attempts are used")) as (client, seen):
        with pytest.raises(Refused, match="all 3 attempts are used"):
            client.post("/submissions", "k", json={})
        assert len(seen) == 1


def test_something_else_at_the_address_is_told_as_such():
    page = 404, {"Content-Type": "text/html"}, b"<html>"
    with serving(page) as (client, _seen), pytest.raises(Unavailable, match="answers, but is no grader service"):
        client.get("/me")


def test_nobody_at_the_address(no_waiting):
    with Client("http://127.0.0.1:9", "t") as client, pytest.raises(Unavailable, match="are you online"):
        client.get("/me")
    assert len(no_waiting) == 3


def test_progress_goes_on_after_the_connection_broke():
    def events(*entries):
        lines = "".join(f"id: {entry}\nevent: {kind}\ndata: {{}}\n\n" for entry, kind in entries)
        return 200, {"Content-Type": "text/event-stream"}, lines.encode()

    with serving(events(("1", "running"), ("2", "test")), None, events(("2", "test"), ("3", "test"), ("4", "graded"))) as (
        client,
        seen,
    ):
        assert [kind for kind, _data in client.events("sub_1")] == ["running", "test", "test", "graded"]
    assert len(seen) == 3
