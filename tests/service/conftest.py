"""Stores of both kinds, and a small course in them."""

from __future__ import annotations

import itertools
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.assignment import load_assignment
from grader.report import AssignmentName, Environment, Report, SubmissionName, Timing
from grader.service import people, publishing
from grader.service.intake import hand_in
from grader.service.lookup import assignment_for
from grader.service.queue import claim, finish
from grader.store import Database, FolderBlobs
from grader.submission import submission_of

from . import postgres

ASSIGNMENTS = Path(__file__).parents[2] / "assignments"
START = datetime(2027, 1, 10, 12, 0, tzinfo=UTC)
_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres_cluster():
    with postgres.cluster() as folder:
        postgres.create(folder, "ready")
        database = Database(postgres.url(folder, "ready"))
        database.upgrade()
        database.close()
        yield folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("sqlite") / "ready.db"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    database.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """An empty database with all tables, of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "grader.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        made = Database(f"sqlite:///{path}")
        yield made
        made.close()
        return
    folder, name = request.getfixturevalue("postgres_cluster"), f"test{next(_numbers)}"
    postgres.create(folder, name, "ready")
    made = Database(postgres.url(folder, name))
    yield made
    made.close()
    postgres.drop(folder, name)


@pytest.fixture
def blobs(tmp_path):
    return FolderBlobs(tmp_path / "blobs")


class World:
    """A course ``py`` with an assignment, an instructor and learners; and short words for what happens in it."""

    def __init__(self, database, blobs, folder):
        self.database, self.blobs, self.folder = database, blobs, folder
        self.now = START
        with database.writing() as session:
            people.add_course(session, "py", "Python", self.now)
            self.admin = self.person(session, "root", None, admin=True)
            self.teacher = self.person(session, "tess", "instructor")
            self.ada = self.person(session, "ada", "learner")
            self.bob = self.person(session, "bob", "learner")
        self.publish()

    def person(self, session, login, role, admin=False):
        user = people.add_user(session, login, login.title(), self.now, email=f"{login}@example.org", admin=admin)
        if role:
            people.enrol(session, "py", user, role, self.now)
        _token, secret = people.issue_token(session, user, "test", people.SCOPES, self.now, timedelta(days=9000))
        principal = people.authenticate(session, secret, self.now)
        object.__setattr__(principal, "secret", secret)
        return principal

    def settings(self, **changes):
        """Publish the assignment with other lines in its policy or other tables."""
        path = self.folder / "assignment.toml"
        text = path.read_text()
        head, _, rest = text.partition("[policy]\n")
        _old, _, tail = rest.partition("\n[")
        lines = "".join(f"{name} = {value}\n" for name, value in changes.items())
        path.write_text(f"{head}[policy]\n{lines}\n[{tail}")
        return self.publish()

    def publish(self):
        assignment = load_assignment(self.folder)
        with self.database.writing() as session:
            version, _new = publishing.publish(session, self.blobs, "py", assignment, self.teacher, self.now)
            self.slug = assignment.settings.id
            self.rules = assignment.settings.submission
            return version

    def assignment(self, session, principal=None):
        return assignment_for(session, principal or self.teacher, "py", self.slug)

    def submit(self, who=None, text="def to_roman(n): return ''\n", key=None):
        files = submission_of("it", {self.rules.required[0]: text.encode()}, self.rules)
        who = who or self.ada
        with self.database.writing() as session:
            row = self.assignment(session)
            return hand_in(session, self.blobs, row, who.user_id, files, "cli", key, self.now).submission.id

    def claim(self, queue="learners", worker="w1", lease=60.0):
        with self.database.writing() as session:
            return claim(session, queue, worker, self.now, lease)

    def finish(self, one, score=80.0):
        with self.database.writing() as session:
            return finish(session, one, report(score), self.now)

    def grade(self, score=80.0, queue="learners"):
        """Take the next and give it a score; returns the submission's id."""
        one = self.claim(queue)
        assert self.finish(one, score)
        return one.submission_id

    def worker(self, blobs):
        """What a worker's process has, as far as it comes where it can't read files."""
        return SimpleNamespace(
            database=self.database,
            blobs=blobs,
            settings=SimpleNamespace(lease=60.0),
            now=lambda: self.now,
            worker=lambda: "w1",
        )

    def later(self, **amount):
        self.now += timedelta(**amount)


def report(score, **changes):
    known = {
        "assignment": AssignmentName(id="roman-numerals", version="sha256:0"),
        "submission": SubmissionName(name="it", digest="sha256:1"),
        "status": "graded",
        "score": score,
        "max_score": 100.0,
        "environment": Environment(grader="0", image="sha256:2", python="3.11.2"),
        "timing": Timing(started=START, finished=START, wall_time=0.1),
    }
    return Report(**{**known, **changes})


@pytest.fixture
def world(database, blobs, tmp_path):
    folder = Path(shutil.copytree(ASSIGNMENTS / "roman-numerals", tmp_path / "roman-numerals"))
    made = World(database, blobs, folder)
    made.settings(counts='"best"')
    return made
