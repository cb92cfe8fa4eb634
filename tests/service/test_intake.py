"""Handing in: once, in time, as often as allowed; and what counts in the end."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from grader.service import people, queue
from grader.service.errors import Conflict, Forbidden, NotFound, Refused, Unauthorized
from grader.service.intake import offers
from grader.service.lookup import assignment_for, assignments_for, submission_for
from grader.service.people import issue_token, revoke_token
from grader.service.queue import Retries
from grader.store import tables

from .conftest import START


def marks(world):
    with world.database.reading() as session:
        return {
            people_name(session, row.user_id): (row.score, row.days_late) for row in session.scalars(select(tables.Mark))
        }


def people_name(session, user_id):
    return session.get_one(tables.User, user_id).login


def left(world):
    with world.database.reading() as session:
        return offers(session, [world.assignment(session)], world.ada.user_id, world.now)[0].admission.attempts_left


def test_the_same_key_again_is_the_same_submission(world):
    world.settings(attempts=2)
    first = world.submit(key="k1")
    assert world.submit(key="k1") == first
    assert left(world) == 1
    assert world.submit(key="k2") != first
    assert world.submit(key="k1") == first  # also when no attempt is left
    assert world.submit(world.bob, key="k1") != first  # another learner's key is another


def test_a_key_is_good_for_one_content(world):
    world.submit(key="k1")
    with pytest.raises(Conflict, match="take a new key"):
        world.submit(text="other = 1\n", key="k1")


def test_attempts_and_times_are_kept(world):
    world.settings(due="2027-01-20T12:00:00+00:00", attempts=2, cooldown='"1 h"')
    world.submit()
    with pytest.raises(Refused, match="too recent") as caught:
        world.submit()
    assert caught.value.until == START + timedelta(hours=1)
    world.later(hours=2)
    world.submit()
    world.later(hours=2)
    with pytest.raises(Refused, match="all 2 attempts are used"):
        world.submit()
    world.later(days=30)
    with pytest.raises(Refused, match="closed"):
        world.submit(world.bob)


def test_what_we_could_not_grade_costs_no_attempt(world):
    world.settings(attempts=1)
    world.submit()
    assert left(world) == 0
    one = world.claim()
    with world.database.writing() as session:
        queue.fail(session, one, "no engine", world.now, Retries(most=1, after=1))
    assert left(world) == 1
    assert marks(world) == {}


def test_a_changed_policy_changes_marks_without_a_grading(world):
    world.settings(due="2027-01-09T12:00:00+00:00", late="{ per_day = 10, until = 5 }")
    world.submit()
    world.grade(80.0)
    assert marks(world) == {"ada": (72.0, 1)}
    version = world.settings(due="2027-01-09T12:00:00+00:00", late="{ per_day = 50, until = 5 }")
    assert marks(world) == {"ada": (40.0, 1)}
    with world.database.writing() as session:
        row = world.assignment(session)
        session.add(
            tables.Extension(
                assignment_id=row.id, user_id=world.ada.user_id, due=START, granted_by=world.teacher.user_id, created=START
            )
        )
    world.publish()
    assert marks(world) == {"ada": (80.0, 0)}
    with world.database.reading() as session:
        assert len(session.scalars(select(tables.Grading)).all()) == 1
        suites = set(session.scalars(select(tables.Version.suite)))
        assert suites == {version.suite}  # none of it concerns the tests


def test_the_best_of_several_counts_and_each_change_is_an_event(world):
    for score in (60.0, 90.0, 70.0):
        world.submit()
        world.grade(score)
    assert marks(world) == {"ada": (90.0, 0)}
    with world.database.reading() as session:
        kinds = [event.type for event in session.scalars(select(tables.Event).order_by(tables.Event.seq))]
    assert kinds == ["submission.graded", "grade.updated", "submission.graded", "grade.updated", "submission.graded"]


def test_learners_find_their_own_and_instructors_their_courses(world):
    submission = world.submit()
    with world.database.writing() as session:
        people.add_course(session, "other", "Other", START)
        stranger = people.add_user(session, "mal", "Mal", START)
        people.enrol(session, "other", stranger, "instructor", START)
        _token, secret = issue_token(session, stranger, "", people.SCOPES, START, None)
        mallory = people.authenticate(session, secret, START)
    with world.database.reading() as session:
        assert submission_for(session, world.ada, submission)[2] == "learner"
        assert submission_for(session, world.teacher, submission)[2] == "instructor"
        assert submission_for(session, world.admin, submission)[2] == "instructor"
        for nosy in (world.bob, mallory):
            with pytest.raises(NotFound):
                submission_for(session, nosy, submission)
        with pytest.raises(NotFound):
            assignment_for(session, mallory, "py", world.slug)
        with pytest.raises(Forbidden):
            assignment_for(session, world.ada, "py", world.slug, "instructor")
        assert assignments_for(session, mallory) == []
        assert [row.slug for row in assignments_for(session, world.ada)] == [world.slug]


def test_tokens_end(world):
    with world.database.writing() as session:
        ada = people.find_user(session, "ada")
        token, secret = issue_token(session, ada, "short", ["read"], START, timedelta(hours=1))
        assert people.authenticate(session, secret, START).scopes == {"read"}
        with pytest.raises(Forbidden, match="scope 'submit'"):
            people.authenticate(session, secret, START).require("submit")
        with pytest.raises(Unauthorized, match="expired"):
            people.authenticate(session, secret, START + timedelta(hours=1))
        revoke_token(session, token.id, START)
        with pytest.raises(Unauthorized, match="revoked"):
            people.authenticate(session, secret, START)
        for wrong in (
            "",
            "x",
            secret[:-1] + ("a" if secret[-1] != "a" else "b"),
            secret + "x",
            "grader_" + "a" * 16 + "_" + "b" * 43,
        ):
            with pytest.raises(Unauthorized, match="not known"):
                people.authenticate(session, wrong, START)
        ada.active = False
        with pytest.raises(Unauthorized, match="closed"):
            people.authenticate(session, world.ada.secret, START)


def test_secrets_are_not_kept(world):
    with world.database.reading() as session:
        kept = [value for token in session.scalars(select(tables.Token)) for value in vars(token).values()]
    assert world.ada.secret not in kept
    assert world.ada.secret[-43:] not in str(kept)
