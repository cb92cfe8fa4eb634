"""What an LMS hands in: signed, once, and only what is acceptable."""

import base64
import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from celery import Celery
from sqlalchemy import select
from standardwebhooks import Webhook

from grader.assignment import load_assignment
from grader.service import endpoints, people, publishing
from grader.store import tables
from grader.submission.pack import pack
from workers.context import Context
from workers.handed_in import take_in

from .receiver import receiving
from .test_api import Api, broker  # noqa: F401

GOOD = {"roman.py": "def to_roman(n): return ''\n"}


class Lms:
    """Signs and posts."""

    def __init__(self, api, source):
        self.api, self.source, self.secret = api, source, source.secret

    def post(self, data=None, status=202, message_id="m1", at=None, body=None, signature=None):
        data = {"assignment": self.api.world.slug, "learner": {"login": "eve", "name": "Eve"}, **(data or {"files": GOOD})}
        body = body if body is not None else json.dumps({"type": "submission.created", "data": data})
        at = at or datetime.now(UTC)
        headers = {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature or Webhook(self.secret).sign(message_id, at, body),
            "content-type": "application/json",
        }
        return self.api.call("POST", f"/lms/{self.source.id}", status=status, content=body, headers=headers).json()


@pytest.fixture
def lms(world, broker, tmp_path):  # noqa: F811
    with receiving() as receiver:
        api = Api(world, broker, tmp_path, webhook_networks="127.0.0.0/8", archive_hosts="127.0.0.1", webhook_timeout=3)
        api.app.state.service.rates._shared.storage.reset()
        with world.database.writing() as session:
            source = endpoints.add_source(session, "moodle", "py", world.now)
        with api.client:
            made = Lms(api, source)
            made.receiver = receiver
            made.context = Context(api.settings, Celery(broker="memory://"))
            made.context.now = lambda: world.now
            yield made


def messages(world):
    with world.database.reading() as session:
        return [(row.state, row.problem) for row in session.scalars(select(tables.InboundMessage))]


def test_files_become_a_submission_of_a_learner_who_is_enrolled_by_it(lms, world):
    assert lms.post()["state"] == "waiting"
    take_in(lms.context)
    answer = lms.post()  # the same again: a replay tells what became of it
    assert answer["state"] == "accepted"
    with world.database.reading() as session:
        (submission,) = session.scalars(select(tables.Submission)).all()
        eve = session.get_one(tables.User, submission.user_id)
        assert (submission.id, eve.login, submission.received) == (answer["submission"], "eve", world.now)
        assert session.get_one(tables.Enrolment, ("py", eve.id)).role == "learner"
        assert session.scalars(select(tables.InboundMessage)).one().payload is None
    world.grade()


@pytest.mark.parametrize("login", ["root", "zoe", "gone", "closed"])
def test_an_lms_hands_in_for_nobody_outside_its_course(lms, world, login):
    with world.database.writing() as session:
        people.add_course(session, "other", "Other", world.now)
        zoe = people.add_user(session, "zoe", "Zoe", world.now)
        people.enrol(session, "other", zoe, "learner", world.now)
        for name in ("gone", "closed"):
            people.enrol(session, "py", people.add_user(session, name, "", world.now), "learner", world.now)
        people.withdraw(session, "py", people.find_user(session, "gone"))
        people.find_user(session, "closed").active = False
    lms.post({"files": GOOD, "learner": {"login": login}})
    take_in(lms.context)
    ((state, why),) = messages(world)
    assert (state, f"'{login}' is not in the course 'py'" in why) == ("rejected", True)
    with world.database.reading() as session:
        assert session.scalars(select(tables.Submission)).all() == []
        assert (session.get(tables.Enrolment, ("py", people.find_user(session, login).id)) is None) == (login != "closed")


def test_an_lms_hands_in_for_all_of_its_course_and_for_those_that_nobody_knew(lms, world):
    for number, login in enumerate(["ada", "eve", "eve", "tess"]):
        lms.post(
            {"files": {"roman.py": f"x = {number}\n"}, "learner": {"login": login, "name": "other"}}, message_id=f"m{number}"
        )
        take_in(lms.context)
    assert messages(world) == [("accepted", None)] * 4
    with world.database.reading() as session:
        assert people.find_user(session, "ada").name == "Ada", "an LMS makes accounts, and changes none"
        assert session.get(tables.Enrolment, ("py", people.find_user(session, "tess").id)).role == "instructor"


def test_a_learner_of_one_lms_is_out_of_reach_of_another(lms, world):
    lms.post()
    take_in(lms.context)
    with world.database.writing() as session:
        people.add_course(session, "other", "Other", world.now)
        source = endpoints.add_source(session, "other", "other", world.now)
        publishing.publish(session, world.blobs, "other", load_assignment(world.folder), world.teacher, world.now)
    other = Lms(lms.api, source)
    other.post(message_id="m2")
    take_in(lms.context)
    assert sorted(state for state, _why in messages(world)) == ["accepted", "rejected"]


def test_replays_make_no_second_submission(lms, world):
    for _ in range(3):
        lms.post()
        take_in(lms.context)
    with world.database.reading() as session:
        assert len(session.scalars(select(tables.Submission)).all()) == 1
    assert "another message" in lms.post({"files": {"roman.py": "other = 1\n"}}, status=409)["detail"]


def test_unsigned_altered_old_and_foreign_messages_are_refused_and_logged(lms, world, caplog):
    now = datetime.now(UTC)
    good = json.dumps({"type": "submission.created", "data": {}})
    with caplog.at_level(logging.WARNING):
        lms.post(status=401, signature="v1,AAAA")
        lms.post(status=401, signature="nonsense")
        lms.post(status=401, signature=Webhook(endpoints.new_secret()).sign("m1", now, good))
        lms.post(status=401, signature=Webhook(lms.secret).sign("m1", now, good), body=good + " ", at=now)
        lms.post(status=401, signature=Webhook(lms.secret).sign("m2", now, good), body=good, at=now)
        assert "too old" in lms.post(status=401, at=now - timedelta(minutes=6))["detail"]
        assert "too new" in lms.post(status=401, at=now + timedelta(minutes=6))["detail"]
        lms.api.call("POST", f"/lms/{lms.source.id}", status=401, content=good)
        lms.api.call("POST", "/lms/src_unknown", status=401, content=good)
    assert caplog.text.count("refused a message") == 9
    assert messages(world) == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"files": None}, "give one of"),
        ({"files": GOOD, "archive_url": "https://x/"}, "give one of"),
        ({"archive_url": "http://evil.example.org/a.zip"}, "archives are not fetched from evil.example.org"),
        ({"archive_url": "file:///etc/passwd"}, "no URL such as"),
        ({"files": {"a.py": 3}}, "valid string"),
        ({"files": GOOD, "learner": {}}, "learner.login"),
    ],
)
def test_messages_that_make_no_sense_are_refused_at_once(lms, world, data, message):
    assert message in lms.post(data, status=422)["detail"]
    assert messages(world) == []


@pytest.mark.parametrize("body", ["", "[]", "{}", "null", '{"type": "other", "data": {}}', "\u0000"])
def test_bodies_that_are_none(lms, body):
    lms.post(status=422, body=body)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"files": {"wrong.py": "x"}}, "roman.py is missing"),
        ({"files": GOOD, "assignment": "none"}, "there is no assignment 'none'"),
        ({"files_base64": {"roman.py": "!"}}, "not all of it is base 64"),
        ({"files": GOOD, "learner": {"login": "a b"}}, "can't be a login"),
    ],
)
def test_what_is_not_acceptable_is_told_by_an_event(lms, world, data, problem):
    with world.database.writing() as session:
        endpoints.add_endpoint(session, "https://lms.example.org/", ["submission.rejected"], None, world.now)
    lms.post(data)
    take_in(lms.context)
    ((state, why),) = messages(world)
    assert (state, problem in why) == ("rejected", True)
    with world.database.reading() as session:
        payload = session.scalars(select(tables.Event.payload).where(tables.Event.type == "submission.rejected")).one()
    assert problem in payload["data"]["reason"]
    assert payload["data"]["message"] == "m1"


@pytest.mark.parametrize("data", [{"assignment": "no\0ne"}, {"learner": {"login": "a\0b"}}])
def test_what_can_not_be_kept_is_rejected_at_once(lms, world, data):
    lms.post({"files": GOOD, **data})
    take_in(lms.context)
    ((state, why),) = messages(world)
    assert (state, "\0" in why) == ("rejected", False)


def test_base_64_and_archives_are_taken(lms, world):
    lms.post({"files_base64": {"roman.py": base64.b64encode(b"x = 1\n").decode()}})
    lms.receiver.answer = lambda count: (200, {}, pack({"roman.py": b"y = 1\n"}))
    lms.post({"archive_url": lms.receiver.url}, message_id="m2")
    take_in(lms.context)
    assert messages(world) == [("accepted", None)] * 2


@pytest.mark.parametrize(
    ("status", "body", "problem"), [(404, b"", "status 404"), (302, b"", "status 302"), (200, b"x", "damaged")]
)
def test_archives_that_are_none_are_rejected(lms, world, status, body, problem):
    lms.receiver.answer = lambda count: (status, {}, body)
    lms.post({"archive_url": lms.receiver.url})
    take_in(lms.context)
    ((state, why),) = messages(world)
    assert (state, problem in why) == ("rejected", True)


def test_an_archive_larger_than_any_is_not_read_to_its_end(lms, world):
    lms.receiver.answer = lambda count: (200, {}, b"\x1f\x8b" + bytes(20_000_000))
    lms.post({"archive_url": lms.receiver.url})
    take_in(lms.context)
    assert messages(world)[0][0] == "rejected"


def test_a_host_that_is_down_is_asked_again(lms, world):
    lms.receiver.answer = lambda count: (503, {}, b"")
    lms.post({"archive_url": lms.receiver.url})
    take_in(lms.context)
    assert messages(world)[0][0] == "waiting"
    lms.receiver.answer = lambda count: (200, {}, pack({"roman.py": b"y = 1\n"}))
    take_in(lms.context)
    assert messages(world)[0][0] == "waiting"  # not yet
    world.later(seconds=11)
    take_in(lms.context)
    assert messages(world)[0][0] == "accepted"


def test_lateness_is_judged_by_when_it_came(lms, world):
    world.settings(due="2027-01-10T12:30:00+00:00")
    lms.post()
    world.later(hours=2)
    take_in(lms.context)
    assert messages(world) == [("accepted", None)]


def test_while_a_secret_is_rotated_both_are_believed_and_disabled_ones_not(lms, world):
    with world.database.writing() as session:
        new = endpoints.rotate(session.get_one(tables.Source, lms.source.id), world.now)
    lms.post()
    lms.secret = new
    lms.post(message_id="m2")
    with world.database.writing() as session:
        session.get_one(tables.Source, lms.source.id).disabled = world.now
    lms.post(message_id="m3", status=401)
