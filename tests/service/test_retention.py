"""What is outdated is deleted, and nothing else."""

import os
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from grader.operations.prune import prune
from grader.service import deliveries, endpoints
from grader.service.deliveries import Result
from grader.settings import Settings
from grader.store import BlobMissing
from grader.store.tables import Delivery, DeliveryTry, Endpoint, Event, Grading, InboundMessage, Mark, Source, Submission

DAY = timedelta(days=1)


@pytest.fixture
def pruned(world, tmp_path):
    settings = Settings(data=tmp_path, keep_events=90, keep_keys=30, keep_messages=60)

    def pruned(dry_run=False):
        found = prune(world.database, world.blobs, settings, world.now, dry_run)
        return {kind: count for kind, count in found.items() if count}

    return pruned


def count(world, table):
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def deliver_all(world, status=200):
    with world.database.writing() as session:
        for due in deliveries.claim_due(session, world.now, 100):
            deliveries.settle(session, due, Result(status, None, 0.1), world.now, 5.0, 99 * DAY)


def endpoint(world):
    with world.database.writing() as session:
        return endpoints.add_endpoint(
            session, "https://lms.example/hook", ["submission.graded", "grade.updated"], "py", world.now
        ).id


def test_events_that_everybody_was_told_of_go_with_the_log_of_that(world, pruned):
    endpoint(world)
    world.submit(key="k1")
    world.grade()
    while count_pending(world):
        deliver_all(world)
    before = {table: count(world, table) for table in (Event, Delivery, DeliveryTry)}
    assert all(before.values())
    world.later(days=29)
    assert pruned() == {}
    world.later(days=2)
    assert pruned() == {"idempotency keys": 1}
    world.later(days=60)
    expected = {"deliveries": before[Delivery], "events": before[Event]}
    assert pruned(dry_run=True) == expected
    assert {table: count(world, table) for table in before} == before
    assert pruned() == expected
    assert [count(world, table) for table in before] == [0, 0, 0]
    assert [count(world, table) for table in (Submission, Grading, Mark)] == [1, 1, 1]
    assert pruned() == {}


def count_pending(world):
    with world.database.reading() as session:
        return deliveries.pending(session)


def test_what_is_still_to_be_delivered_stays_unless_its_endpoint_is_disabled(world, pruned):
    name = endpoint(world)
    world.submit()
    world.grade()
    world.later(days=400)
    waiting = count_pending(world)
    assert waiting
    assert pruned() == {}
    with world.database.writing() as session:
        session.get_one(Endpoint, name).disabled = world.now
    assert pruned()["deliveries"] == waiting


def test_messages_that_were_dealt_with_go(world, pruned):
    with world.database.writing() as session:
        session.add(Source(id="src_1", course_id="py", name="lms", secret="x", created=world.now))
        session.flush()
        for name, state in (("m1", "done"), ("m2", "waiting"), ("m3", "refused")):
            message = {"source_id": "src_1", "message_id": name, "digest": "d", "state": state}
            session.add(InboundMessage(**message, received=world.now, next_try=world.now))
    world.later(days=59)
    assert pruned() == {}
    world.later(days=2)
    assert pruned(dry_run=True) == pruned() == {"messages": 2}
    with world.database.reading() as session:
        assert session.scalars(select(InboundMessage.message_id)).all() == ["m2"]


def test_more_than_one_transaction_s_worth_is_deleted(world, pruned, monkeypatch):
    monkeypatch.setattr("grader.service.retention._MOST", 2)
    for number in range(5):
        world.submit(text=f"x = {number}\n", key=f"k{number}")
    world.later(days=31)
    assert pruned() == {"idempotency keys": 5}


def all_age(world, **amount):
    then = (world.now - timedelta(**amount)).timestamp()
    for path in world.blobs._root.glob("??/*"):
        os.utime(path, (then, then))


def age(world, name, **amount):
    """Let a content be that old, by the clock of the test."""
    path = next(path for path in world.blobs._root.glob("??/*") if path.name.startswith(name.removeprefix("sha256:")[2:]))
    then = (world.now - timedelta(**amount)).timestamp()
    os.utime(path, (then, then))


def test_contents_that_nothing_refers_to_go_in_two_steps(world, pruned):
    submission = world.submit()
    orphan = world.blobs.put(b"whose submission was refused after all")
    all_age(world, hours=23)
    assert pruned() == {}
    all_age(world, days=2)
    assert pruned(dry_run=True) == pruned() == {"contents set aside": 1}
    age(world, orphan, hours=23)
    assert pruned() == {}
    age(world, orphan, days=2)
    assert pruned(dry_run=True) == pruned() == {"contents deleted": 1}
    with pytest.raises(BlobMissing):
        world.blobs.get(orphan)
    with world.database.reading() as session:
        assert world.blobs.get(session.get_one(Submission, submission).blob)


@pytest.mark.parametrize("again", ["get", "put"])
def test_what_was_set_aside_is_there_when_it_is_needed_again(world, pruned, again):
    """Somebody saw it just before it was set aside, and refers to it just after."""
    data = b"the same work, handed in again"
    orphan = world.blobs.put(data)
    age(world, orphan, days=2)
    assert pruned() == {"contents set aside": 1}
    if again == "get":
        assert world.blobs.get(orphan) == data
    else:
        world.blobs.put(data)
    name = world.submit()
    with world.database.writing() as session:
        session.get_one(Submission, name).blob = orphan
    all_age(world)
    age(world, orphan, days=2)
    assert pruned() == {}
    assert world.blobs.get(orphan) == data


def test_what_a_killed_writer_left_goes(world, pruned):
    folder = world.blobs._root / "ab"
    folder.mkdir(exist_ok=True)
    (folder / ".new-xyz").write_bytes(b"half")
    all_age(world)
    assert pruned() == {}
    os.utime(folder / ".new-xyz", (0, 0))
    assert pruned() == {"contents deleted": 1}
