"""Bodies come last: who sends, how much and how often is judged before the first byte of content. A real server."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx2 as httpx
import psutil
import pytest
from standardwebhooks import Webhook

from grader.api import create_app
from grader.api.problems import Busy, TooMany
from grader.api.routes import account, assignments, health, lms, submissions, teaching
from grader.api.uploads import SMALL, Uploads
from grader.service import endpoints
from grader.settings import Settings

from .test_api import broker  # noqa: F401

MIB = 2**20
PLACES = 8


class Server:
    """`grader serve`, in a process of its own."""

    def __init__(self, process, port, world, source):
        self.process, self.port, self.world, self.source = process, port, world, source
        self.url = f"http://127.0.0.1:{port}"
        self.path = f"/api/v1/courses/py/assignments/{world.slug}/submissions"

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def head(self, path, length, who=None, method="POST", **headers):
        lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Content-Length: {length}"]
        lines += ["Content-Type: multipart/form-data; boundary=x"]
        lines += [f"Authorization: Bearer {who.secret}"] if who else []
        return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode()

    def status(self, sent, path, length, who=None, **headers):
        """The status that is answered to a head and so many bytes of its body."""
        with self.connect() as connection:
            connection.sendall(self.head(path, length, who, **headers) + bytes(sent))
            return int(connection.makefile("rb").readline().split()[1])

    def submit(self, who, text="def to_roman(n): return ''\n"):
        files = {"files": ("roman.py", text.encode())}
        with httpx.Client(headers={"Authorization": f"Bearer {who.secret}"}, timeout=30) as client:
            return client.post(self.url + self.path, files=files).status_code

    def memory(self):
        return psutil.Process(self.process.pid).memory_info().rss


@pytest.fixture
def database(sqlite_template, tmp_path):
    import shutil

    from grader.store import Database

    shutil.copyfile(sqlite_template, tmp_path / "grader.db")
    made = Database(f"sqlite:///{tmp_path / 'grader.db'}")
    yield made
    made.close()


@pytest.fixture
def server(world, broker, tmp_path):  # noqa: F811
    with world.database.writing() as session:
        source = endpoints.add_source(session, "moodle", "py", world.now)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "DATA": tmp_path, "BROKER_URL": broker, "PORT": port, "HEADER_TIMEOUT": 1, "BODY_TIMEOUT": 2, "MAX_UPLOADS": PLACES,
        "ANONYMOUS_RATE_LIMIT": "100000/minute",
    }  # fmt: skip
    environment = {**os.environ, **{f"GRADER_{name}": str(value) for name, value in settings.items()}}
    log = (tmp_path / "serve.log").open("wb")
    process = subprocess.Popen([sys.executable, "-m", "grader", "serve"], env=environment, stderr=log, stdout=log)
    made = Server(process, port, world, source)
    try:
        _wait_for(made)
        yield made
    finally:
        process.terminate()
        process.wait()
        log.close()


def _wait_for(server):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert server.process.poll() is None
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"{server.url}/health")
            return
        time.sleep(0.05)
    raise AssertionError("it does not start")


def closed(connection):
    """Read until the other side ends the connection; what it said before."""
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            said += piece
    return said


def test_bodies_of_strangers_are_not_kept_and_honest_work_comes_in_meanwhile(server):
    assert server.submit(server.world.ada) == 201
    before, peak = server.memory(), 0
    watching = threading.Event()

    def pour(number):
        path = server.path if number % 2 else "/lms/src_unknown"
        headers = {} if number % 3 else {"webhook-id": "m", "webhook-timestamp": int(time.time())}
        with server.connect() as connection:
            try:
                connection.sendall(server.head(path, 70 * MIB, **headers))
                piece = bytes(MIB)
                for _ in range(70):
                    connection.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                pass
            return closed(connection)

    def watch():
        nonlocal peak
        while not watching.wait(0.01):
            peak = max(peak, server.memory())

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(24) as pool:
        strangers = [pool.submit(pour, number) for number in range(24)]
        honest = [server.submit(server.world.ada, f"x = {number}\n") for number in range(3)]
        answers = [one.result() for one in strangers]
    watching.set()
    watcher.join()
    assert honest == [201] * 3
    assert {answer[:12] for answer in answers if answer} <= {b"HTTP/1.1 401"}
    assert peak - before < 48 * MIB


def test_a_stranger_is_answered_before_any_content(server):
    assert server.status(0, server.path, 70 * MIB) == 401
    assert server.status(0, "/api/v1/courses/py/assignments", 70 * MIB) == 401
    assert server.status(0, f"/api/v1/courses/py/assignments/{server.world.slug}/extensions/ada", 100, method="PUT") == 401


def test_who_may_not_is_answered_before_any_content(server):
    world = server.world
    assert server.status(0, "/api/v1/courses/py/assignments", 60 * MIB, world.ada) == 403
    assert server.status(0, "/api/v1/courses/other/assignments/x/submissions", 1000, world.ada) == 404
    assert server.status(0, server.path, 60 * MIB, world.ada) == 413
    assert server.status(0, server.path, 71 * MIB, world.ada) == 413


def test_an_lms_is_judged_by_its_headers_before_any_content(server):
    now = int(time.time())
    good = {"webhook-id": "m1", "webhook-timestamp": now, "webhook-signature": f"v1,{'A' * 43}="}
    mine = f"/lms/{server.source.id}"
    bad = [
        ("/lms/src_unknown", good),
        (mine, {}),
        (mine, {**good, "webhook-timestamp": now - 400}),
        (mine, {**good, "webhook-timestamp": now + 400}),
        (mine, {**good, "webhook-timestamp": "nan"}),
        (mine, {**good, "webhook-signature": "v1,AAAA"}),
        (mine, {**good, "webhook-signature": f"v2,{'A' * 43}="}),
        (mine, {**good, "webhook-id": "m" * 300}),
    ]
    assert [server.status(0, path, 60 * MIB, **headers) for path, headers in bad] == [401] * len(bad)
    # The body of a good head is waited for, and not for ever.
    assert server.status(0, mine, 60 * MIB, **good) == 408


def test_heads_that_do_not_come_are_not_waited_for(server):
    heads = [b"", b"GET /health HT", b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: "]
    with contextlib.ExitStack() as stack:
        silent = [stack.enter_context(server.connect()) for _ in heads]
        for connection, head in zip(silent, heads, strict=True):
            connection.sendall(head)
        assert server.submit(server.world.ada) == 201
        assert [closed(connection) for connection in silent] == [b""] * 3


def test_a_head_that_drips_is_cut(server):
    with server.connect() as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\n")
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            for number in range(300):
                connection.sendall(f"X-{number}: x\r\n".encode())
                time.sleep(0.1)


def test_a_second_head_on_a_connection_has_the_same_time(server):
    with server.connect() as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET /health HTTP/1.1\r\n")
        closed(connection)


def test_a_body_that_does_not_come_is_told_so_and_cut(server):
    with server.connect() as connection:
        connection.sendall(server.head(server.path, 1000, server.world.ada) + b"--x\r\n")
        assert server.submit(server.world.bob) == 201
        assert closed(connection).startswith(b"HTTP/1.1 408")


def test_a_body_without_a_length_is_bounded_while_it_comes(server):
    head = server.head(server.path, 0, server.world.ada).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    part = b'--x\r\nContent-Disposition: form-data; name="files"; filename="roman.py"\r\n\r\n'
    with server.connect() as connection:
        connection.sendall(head + b"%x\r\n%s\r\n" % (len(part), part))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(30):
                connection.sendall(b"%x\r\n%s\r\n" % (MIB, bytes(MIB)))
        assert closed(connection).startswith(b"HTTP/1.1 413")


def test_who_keeps_places_busy_keeps_nobody_else_out(server):
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(server.connect()) for _ in range(PLACES // 4 + 1)]
        for connection in slow:
            connection.sendall(server.head(server.path, 2 * SMALL, server.world.ada) + b"--x\r\n")
        assert server.submit(server.world.bob, "#" * 2 * SMALL) == 201
        assert sorted(closed(connection)[:12] for connection in slow) == [b"HTTP/1.1 408"] * 2 + [b"HTTP/1.1 429"]


def test_connections_are_used_again_after_bodies_that_were_read(server):
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {server.world.ada.secret}"}) as client:
        for number in range(3):
            answer = client.post(server.path, files={"files": ("roman.py", f"x = {number}\n".encode())})
            assert (answer.status_code, answer.headers.get("connection")) == (201, None)


NO_JSON = [
    b"[" * 30_000 + b"]" * 30_000,
    b'{"attempts":1,"attempts":2}',
    b'{"attempts":NaN}',
    b"9" * 30_000,
    b'"\\ud800"',
    b"[" * 9,
]


def test_signed_json_without_bounds_or_meaning_is_refused(server):
    at = datetime.now(UTC)
    for body in (b"[" * 2_000_000 + b"]" * 2_000_000, *NO_JSON):
        headers = {
            "webhook-id": "m1",
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(server.source.secret).sign("m1", at, body.decode()),
        }
        answer = httpx.post(f"{server.url}/lms/{server.source.id}", content=body, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:grader:problem:invalid")


def test_json_of_instructors_is_read_in_the_same_way(server):
    path = f"/api/v1/courses/py/assignments/{server.world.slug}/extensions/ada"
    headers = {"Authorization": f"Bearer {server.world.teacher.secret}", "Content-Type": "application/json"}
    for body in (*NO_JSON, b"\xff"):
        assert httpx.put(server.url + path, content=body, headers=headers).status_code == 422
    assert httpx.put(server.url + path, content=json.dumps({"attempts": 1}), headers=headers).status_code == 204


def test_no_body_is_read_before_its_sender_is_known(tmp_path):
    # Where a route declares a body, FastAPI reads it before anything else.
    document = create_app(Settings(data=tmp_path)).openapi()
    with_bodies = [item for path in document["paths"].values() for item in path.values() if "requestBody" in item]
    assert len(with_bodies) == 4
    for module in (account, assignments, health, lms, submissions, teaching):
        for route in module.router.routes:
            assert route.body_field is None, route.path


def test_places_and_bytes_are_shared_and_given_back():
    uploads = Uploads(8, 100 * MIB)
    with contextlib.ExitStack() as stack:
        for sender in "abcd":
            for _ in range(2):
                stack.enter_context(uploads.place(sender, 2 * MIB))
            with pytest.raises(TooMany), uploads.place(sender, 2 * MIB):
                pass
        with uploads.place("e", SMALL):
            pass
        with pytest.raises(Busy), uploads.place("e", SMALL + 1):
            pass
    with uploads.place("a", 70 * MIB):
        with pytest.raises(TooMany), uploads.place("a", 1):
            pass
        with pytest.raises(Busy), uploads.place("b", 31 * MIB):
            pass
        with uploads.place("b", 30 * MIB):
            pass
    assert not uploads._bytes
    assert not uploads._taken
