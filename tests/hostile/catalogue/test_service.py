"""Every request and message of the catalogue against the real application, alone and eight at once; an honest one after each."""

import csv
import io
import itertools
import json
import shutil
import tarfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from celery import Celery
from sqlalchemy import func, select
from standardwebhooks import Webhook

from grader.lms.addresses import is_allowed
from grader.service import endpoints, people
from grader.store import FolderBlobs, tables
from workers.context import Context
from workers.handed_in import take_in

from ...service.conftest import ASSIGNMENTS, Database, World, sqlite_template  # noqa: F401
from ...service.test_api import Api, broker  # noqa: F401
from .service import ADDRESSES, FORMULAS, MESSAGES, REQUESTS, REQUIREMENTS, signed_body

EIGHT = 8
NUMBERS = itertools.count()
HONEST = b"def to_roman(n): return 'I' * n\n"


class Town(Api):
    """The API, a second course with people of its own, an LMS, and a submission of Ada's."""

    def __init__(self, world, broker, folder):  # noqa: F811
        limits = {"anonymous_rate_limit": "10000/minute", "rate_limit": "10000/minute", "submit_rate_limit": "10000/minute"}
        super().__init__(world, broker, folder, archive_hosts="127.0.0.2", webhook_http=True, webhook_timeout=2, **limits)
        self.app.state.service.rates._shared.storage.reset()
        with world.database.writing() as session:
            people.add_course(session, "go", "Go", world.now)
            self.people = {"tess": world.teacher}
            for login in ("ada", "bob"):
                self.people[login] = self._learner(session, login)
            for login, role in (("mal", "instructor"), ("zoe", "learner")):
                self.people[login] = world.person(session, login, None)
                people.enrol(session, "go", people.find_user(session, login), role, world.now)
            source = endpoints.add_source(session, "moodle", "py", world.now)
            self.source, self.secret = source.id, source.secret
            token = session.scalars(select(tables.Token.id).where(tables.Token.user_id == world.ada.user_id)).first()
        self.names = {"slug": world.slug, "ada": world.submit(text="# rival_text\n"), "token": token}
        self.context = Context(self.settings, Celery(broker="memory://"))
        self.context.now = lambda: world.now

    def _learner(self, session, login):
        """Somebody with the token that learners have, which is good for less."""
        user = people.find_user(session, login)
        _token, secret = people.issue_token(session, user, "laptop", ["read", "submit"], self.world.now, None)
        principal = people.authenticate(session, secret, self.world.now)
        object.__setattr__(principal, "secret", secret)
        return principal

    def make(self, request):
        """Make a request; returns what went wrong, nothing if all is well."""
        path = request.path
        for name, value in self.names.items():
            path = path.replace(f"{{{name}}}", str(value))
        send = {**request.send, "headers": dict(request.send.get("headers", {}))}
        if request.who:
            send["headers"]["Authorization"] = f"Bearer {self.people[request.who].secret}"
        headers = {name: value.encode("latin-1") for name, value in send.pop("headers").items()}
        answer = self.client.request(request.method, path, headers=headers, **send)
        return self._judge(answer, request.statuses)

    def tell(self, message, name):
        """Post a message; returns what went wrong."""
        body, at = signed_body(message, self.world.slug), datetime.now(UTC) - timedelta(seconds=message.age)
        headers = {
            "webhook-id": name,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": message.signature or Webhook(self.secret).sign(name, at, body),
            **message.headers,
        }
        return self._judge(self.client.post(f"/lms/{self.source}", content=body, headers=headers), message.statuses)

    def be_honest(self, key):
        """Hand in as Bob; returns what went wrong."""
        path = f"/api/v1/courses/py/assignments/{self.world.slug}/submissions"
        headers = {"Authorization": f"Bearer {self.people['bob'].secret}", "Idempotency-Key": key}
        answer = self.client.post(path, headers=headers, files=[("files", ("roman.py", HONEST))])
        return [] if answer.status_code == 201 else [f"honest work got {answer.status_code}: {answer.text[:200]}"]

    def submissions(self, but="bob"):
        """How many there are, beside Bob's."""
        with self.world.database.reading() as session:
            other = tables.Submission.user_id != self.people[but].user_id
            return session.scalar(select(func.count()).select_from(tables.Submission).where(other))

    def _judge(self, answer, statuses):
        problems = [] if answer.status_code in statuses else [f"answered {answer.status_code}: {answer.text[:200]}"]
        problems += ["a header of theirs"] if "x-injected" in answer.headers else []
        told = answer.text
        problems += [f"showed {word}" for word in ("rival_text", "Traceback", "root:x:", "SELECT ") if word in told]
        return problems


@pytest.fixture(scope="module")
def town(sqlite_template, broker, tmp_path_factory):  # noqa: F811
    folder = tmp_path_factory.mktemp("town")
    (folder / "grader.db").write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{folder}/grader.db")
    assignment = Path(shutil.copytree(ASSIGNMENTS / "roman-numerals", folder / "roman-numerals"))
    made = Town(World(database, FolderBlobs(folder / "blobs"), assignment), broker, folder)
    made.world.settings(counts='"best"')
    made.client = type(made.client)(made.app, raise_server_exceptions=False)
    with made.client:
        yield made
    database.close()


@pytest.fixture
def key():
    return f"k{next(NUMBERS)}"


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda one: one.name)
def test_a_request_alone(town, key, request_):
    before = town.submissions()
    assert town.make(request_) == []
    assert town.submissions() == before
    assert town.be_honest(key) == []


@pytest.mark.parametrize("message", MESSAGES, ids=lambda one: one.name)
def test_a_message_alone(town, key, message):
    before = town.submissions()
    assert town.tell(message, key) == []
    take_in(town.context)
    assert town.submissions() == before
    assert town.be_honest(key) == []


def test_eight_at_once(town):
    before = town.submissions()
    with ThreadPoolExecutor(EIGHT) as pool:
        futures = [(one.name, pool.submit(town.make, one)) for one in REQUESTS]
        futures += [(one.name, pool.submit(town.tell, one, f"k{next(NUMBERS)}")) for one in MESSAGES]
        futures += [("honest work", pool.submit(town.be_honest, f"k{next(NUMBERS)}")) for _ in range(EIGHT)]
        problems = {name: found for name, future in futures if (found := future.result())}
    take_in(town.context)
    assert problems == {}
    assert town.submissions() == before


def test_a_good_message_is_taken_once_however_often_it_is_replayed(town):
    """Replays: Standard Webhooks, idempotency. And the LMS's work is done, among all that is refused."""
    before = town.submissions()
    at, body = (
        datetime.now(UTC),
        json.dumps(
            {
                "type": "submission.created",
                "data": {"assignment": town.world.slug, "learner": {"login": "eve"}, "files": {"roman.py": "x = 1"}},
            }
        ),
    )
    headers = {
        "webhook-id": "m",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(town.secret).sign("m", at, body),
    }
    for _ in range(3):
        assert town.client.post(f"/lms/{town.source}", content=body, headers=headers).status_code == 202
        take_in(town.context)
    assert town.submissions() == before + 1


def test_one_key_for_two_contents_and_two_people(town):
    """Idempotency keys abused: to read another's submission, or to change one's own after the deadline."""
    path = f"/api/v1/courses/py/assignments/{town.world.slug}/submissions"

    def hand_in(who, content):
        headers = {"Authorization": f"Bearer {town.people[who].secret}", "Idempotency-Key": "k"}
        return town.client.post(path, headers=headers, files=[("files", ("roman.py", content))])

    first = hand_in("ada", HONEST)
    assert (first.status_code, hand_in("ada", b"other = 1").status_code) == (201, 409)
    assert hand_in("bob", HONEST).json()["id"] != first.json()["id"]


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda one: f"{one} {ADDRESSES[one]}")
def test_no_url_of_strangers_leads_to(address):
    assert not is_allowed(ip_address(address), [])


@pytest.mark.parametrize("line", REQUIREMENTS)
def test_requirements_that_are_no_names_with_versions_are_refused(town, line):
    files = {
        path.relative_to(town.world.folder).as_posix(): path.read_bytes()
        for path in town.world.folder.rglob("*")
        if path.is_file()
    }
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path, data in {**files, "requirements.txt": line.encode() + b"\n"}.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    headers = {"Authorization": f"Bearer {town.people['tess'].secret}"}
    archive_ = {"archive": ("a.tar.gz", packed.getvalue())}
    answer = town.client.post("/api/v1/courses/py/assignments", headers=headers, files=archive_)
    assert answer.status_code == 422
    assert "requirements.txt" in answer.text
    assert "root:x:" not in answer.text


@pytest.mark.parametrize("name", FORMULAS)
def test_spreadsheets_run_no_learner_s_name(town, name):
    """CSV injection (OWASP)."""
    with town.world.database.writing() as session:
        people.find_user(session, "ada").name = name
    for form in ("csv", "canvas", "moodle"):
        headers = {"Authorization": f"Bearer {town.people['tess'].secret}"}
        text = town.client.get(f"/api/v1/courses/py/gradebook?format={form}", headers=headers).text
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\uff1d"))] == []


def test_logins_can_t_be_probed(town):
    """What an instructor is told of a login of another course is what is told of none (CWE-203)."""
    path = f"/api/v1/courses/py/assignments/{town.world.slug}/extensions"
    headers = {"Authorization": f"Bearer {town.people['tess'].secret}"}
    known, unknown = (town.client.put(f"{path}/{login}", headers=headers, json={}) for login in ("zoe", "zox"))
    assert known.status_code == unknown.status_code
    assert known.text.replace("zoe", "") == unknown.text.replace("zox", "")


def test_guessing_is_slowed_down(town, broker, tmp_path):  # noqa: F811
    """Credential stuffing: OWASP API4."""
    api = Api(town.world, broker, tmp_path, anonymous_rate_limit="5/hour")
    api.app.state.service.rates._shared.storage.reset()
    with api.client:
        answers = [api.client.get("/api/v1/me", headers={"Authorization": f"Bearer x{n}"}).status_code for n in range(8)]
    assert answers == [401] * 5 + [429] * 3
