"""Gradings that wait: fair, each finished once, none lost."""

import re
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, text

from grader.service import queue, waiting
from grader.service.publishing import regrade
from grader.service.queue import Retries
from grader.store import FolderBlobs, tables
from workers.grading import grade_next

OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"
RETRIES = Retries(most=3, after=10)


def state_of(world, submission_id):
    with world.database.reading() as session:
        return session.scalars(select(tables.Grading.state).where(tables.Grading.submission_id == submission_id)).all()


def events(world):
    with world.database.reading() as session:
        return [event.type for event in session.scalars(select(tables.Event).order_by(tables.Event.seq))]


def test_what_came_first_is_graded_first(world):
    first = world.submit(world.ada)
    world.later(seconds=1)
    second = world.submit(world.bob)
    assert [world.grade(), world.grade()] == [first, second]
    assert world.claim() is None


def test_one_who_submits_fifty_times_delays_nobody_else(world):
    many = [world.submit(world.ada) for _ in range(50)]
    for _ in range(20):
        world.grade()
    single = world.submit(world.bob)
    with world.database.reading() as session:
        mine = session.scalars(select(tables.Grading.id).where(tables.Grading.submission_id == single)).one()
        place = waiting.position(session, session.get_one(tables.Grading, mine))
    assert place <= 2
    assert single in [world.grade(), world.grade()]
    assert set(many) >= {world.grade() for _ in range(29)}


def test_positions_are_the_order_of_service(world):
    for who in (world.ada, world.ada, world.bob, world.ada, world.bob):
        world.submit(who)
    with world.database.reading() as session:
        ids = list(session.scalars(select(tables.Grading.id)))
        places = waiting.places(session, ids)
        assert places == waiting.places(session, ids * 200)
    served = [world.claim().grading_id for _ in range(5)]
    assert [places[one] for one in served] == [1, 2, 3, 4, 5]


def test_bulk_regrades_wait_in_a_queue_of_their_own(world):
    world.submit()
    world.grade()
    with world.database.writing() as session:
        assert len(regrade(session, world.assignment(session), None, world.now)) == 1
        assert regrade(session, world.assignment(session), None, world.now) == []  # it waits already
    new = world.submit(world.bob)
    assert world.claim("learners").submission_id == new
    assert world.claim("learners") is None
    assert world.claim("bulk") is not None


def test_a_regrade_adds_a_grading_and_overwrites_none(world):
    submission = world.submit()
    world.grade(50.0)
    with world.database.writing() as session:
        regrade(session, world.assignment(session), world.ada.user_id, world.now)
    world.grade(90.0, "bulk")
    with world.database.reading() as session:
        rows = session.scalars(select(tables.Grading).order_by(tables.Grading.number)).all()
        assert [(row.number, row.score) for row in rows] == [(1, 50.0), (2, 90.0)]
        assert session.get_one(tables.Submission, submission).grading_id == rows[1].id
        assert session.scalars(select(tables.Mark)).one().score == 90.0


def test_a_claim_that_ran_out_is_given_to_another_and_only_one_report_counts(world):
    submission = world.submit()
    slow = world.claim(lease=60)
    world.later(seconds=30)
    with world.database.writing() as session:
        assert queue.renew(session, slow, world.now, 60)
        assert queue.recover(session, world.now) == 0
    world.later(seconds=61)
    with world.database.writing() as session:
        assert queue.recover(session, world.now) == 1
    fast = world.claim(worker="w2")
    assert world.finish(fast, 70.0)
    assert not world.finish(slow, 10.0)
    with world.database.writing() as session:
        assert not queue.renew(session, slow, world.now, 60)
        assert not queue.fail(session, slow, "late", world.now, RETRIES)
    assert state_of(world, submission) == ["graded"]
    assert events(world) == ["submission.graded", "grade.updated"]


def test_a_worker_known_to_be_gone_is_not_waited_for(world):
    world.submit()
    world.claim(worker="dead")
    with world.database.writing() as session:
        assert queue.running_workers(session) == ["dead"]
        assert queue.recover(session, world.now, ["dead"]) == 1
    assert world.claim() is not None


def test_what_is_given_back_is_there_at_once(world):
    submission = world.submit()
    one = world.claim()
    with world.database.writing() as session:
        queue.give_back(session, one, world.now, "no engine")
    assert world.claim().submission_id == submission


def test_a_submission_that_loses_workers_again_and_again_is_parked(world):
    submission = world.submit()
    for _ in range(4):
        world.later(minutes=2)
        assert world.claim() is not None
        world.later(minutes=2)
        lose(world)
    assert state_of(world, submission) == ["failed"]
    assert events(world) == ["submission.failed"]


def lose(world):
    with world.database.writing() as session:
        return queue.recover(session, world.now)


def test_what_lost_two_workers_lets_others_go_first(world):
    poison = world.submit(world.ada)
    for _ in range(2):
        assert world.claim().submission_id == poison
        world.later(minutes=2)
        lose(world)
    other = world.submit(world.bob)
    assert world.claim().submission_id == other
    assert world.claim() is None
    world.later(seconds=10)
    assert world.claim().submission_id == poison


def test_what_has_to_wait_does_not_hold_the_present_turn(world):
    with world.database.writing() as session:
        cyd = world.person(session, "cyd", "learner")
    late = world.submit(world.ada)
    waiting = world.claim()
    with world.database.writing() as session:
        queue.give_back(session, waiting, world.now + timedelta(hours=1), "no engine")
    many = [world.submit(world.bob) for _ in range(5)]
    for _ in range(3):
        world.grade()
    world.later(seconds=1)
    newcomer = world.submit(cyd)
    # Its turn is that of the one who is next, not that of the one who has to wait.
    assert world.grade() == many[3]
    assert [world.grade(), world.grade()] == [newcomer, many[4]]
    world.later(hours=2)
    assert world.claim().submission_id == late


def test_failures_of_ours_are_retried_later_and_later_then_parked(world):
    submission = world.submit()
    waited = []
    for _ in range(3):
        started = world.now
        while (one := world.claim()) is None:
            world.later(seconds=1)
        waited.append((world.now - started).total_seconds())
        with world.database.writing() as session:
            assert queue.fail(session, one, "Traceback: no engine", world.now, RETRIES)
    assert waited == [0, 10, 20]
    assert state_of(world, submission) == ["failed"]
    with world.database.writing() as session:
        assert session.scalars(select(tables.Grading.error)).one() == "Traceback: no engine"
        assert queue.retry_parked(session, None, world.now) == 1
    assert world.grade() == submission
    with world.database.reading() as session:
        assert session.scalars(select(tables.Grading.error)).one() is None


def test_workers_at_the_same_time_never_take_the_same(world):
    for _ in range(30):
        world.submit(world.ada)
        world.submit(world.bob)
    taken = []

    def work(name):
        while (one := world.claim(worker=name)) is not None:
            taken.append(one.submission_id)
            assert world.finish(one)

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 60
    assert max(Counter(taken).values()) == 1
    assert Counter(events(world))["submission.graded"] == 60


def test_the_query_that_operators_scale_by_counts_what_is_to_be_done(world):
    (query,) = re.findall(r'query: "(.*)"', OPERATING.read_text())
    world.submit(), world.submit(), world.submit(world.bob)
    world.grade()
    world.claim()
    with world.database.reading() as session:
        assert session.scalar(text(query)) == 2


def test_files_that_are_missing_park_nothing_and_cost_no_failure(world, tmp_path):
    """A worker whose data folder belongs to another service, or was not restored with the database."""
    name = world.submit()
    context = world.worker(FolderBlobs(tmp_path / "another"))
    for _ in range(10):
        assert grade_next(context, "learners")
        world.later(minutes=2)
    assert state_of(world, name) == ["queued"]
    with world.database.reading() as session:
        (grading,) = session.scalars(select(tables.Grading)).all()
        assert (grading.failures, grading.losses) == (0, 0)
        assert "do this worker's GRADER_DATA and GRADER_BLOBS_URL belong to its database?" in grading.error
    assert world.grade() == name
