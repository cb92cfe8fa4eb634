"""Weights change, and scores follow without any code being run."""

import re
import threading

from sqlalchemy import select

from grader.report import TestResult
from grader.scoring import score_evidence
from grader.service import queue
from grader.service.queue import finish
from grader.store import tables

from .conftest import report


def graded(world, one):
    """Finish a claim with a report of two tests, one of them failed, as the claimed version scores it."""
    tests = (
        TestResult(id="tests/public/test_a.py::test_a", visibility="public", outcome="passed", points=1, max_points=1),
        TestResult(id="tests/hidden/test_b.py::test_b", visibility="hidden", outcome="failed", points=0, max_points=1),
    )
    with world.database.writing() as session:
        version = session.get_one(tables.Grading, one.grading_id).version_id
        settings = tables_settings(session, version)
        found = report(0.0, tests=tests)
        score = score_evidence(tests, found.measurements, settings)
        changes = {"score": score.score, "max_score": score.max_score, "criteria": score.criteria}
        assert finish(session, one, found.model_copy(update=changes), world.now)
        return score.score


def tables_settings(session, version_id):
    from grader.service.marks import settings_of

    return settings_of(session.get_one(tables.Version, version_id))


def weigh(world, public, hidden):
    path = world.folder / "assignment.toml"
    text = path.read_text()
    head, _, rest = text.partition("[[criterion]]")
    tail = rest[rest.index("[policy]") :]
    lines = "".join(
        f'[[criterion]]\nkind = "tests"\nweight = {weight}\nvisibility = "{visibility}"\n'
        for visibility, weight in (("public", public), ("hidden", hidden))
    )
    path.write_text(f"{head}{lines}\n{tail}")
    return world.publish()


def numbers(world):
    with world.database.reading() as session:
        rows = session.scalars(select(tables.Grading).order_by(tables.Grading.created, tables.Grading.number))
        return [(row.number, row.state, row.score) for row in rows]


def mark(world):
    with world.database.reading() as session:
        return session.scalar(select(tables.Mark.score))


def test_new_weights_score_what_was_graded_and_keep_the_old_grading(world):
    weigh(world, 50, 50)
    world.submit()
    assert graded(world, world.claim()) == 50
    world.later(minutes=1)
    weigh(world, 80, 20)
    assert numbers(world) == [(1, "graded", 50), (2, "graded", 80)]
    assert mark(world) == 80
    with world.database.reading() as session:
        kinds = [event.type for event in session.scalars(select(tables.Event).order_by(tables.Event.seq))]
    assert kinds.count("grade.updated") == 2
    world.publish()
    assert len(numbers(world)) == 2, "nothing changed"


def test_what_is_graded_meanwhile_is_scored_with_the_newest_weights(world):
    weigh(world, 50, 50)
    world.submit()
    one = world.claim()
    weigh(world, 80, 20)
    assert graded(world, one) == 50
    assert numbers(world) == [(1, "graded", 50), (2, "graded", 80)]
    assert mark(world) == 80


def test_a_version_published_while_a_grading_is_finished_scores_it(world, monkeypatch):
    weigh(world, 50, 50)
    world.submit()
    one = world.claim()
    remark, published = queue.remark, threading.Event()

    def publish():
        weigh(world, 80, 20)
        published.set()

    publishing = threading.Thread(target=publish)

    def publish_first(*arguments):
        publishing.start()
        assert not published.wait(1.0)  # it waits for whoever finishes
        remark(*arguments)

    monkeypatch.setattr(queue, "remark", publish_first)
    assert graded(world, one) == 50
    publishing.join(30)
    assert published.is_set()
    assert numbers(world) == [(1, "graded", 50), (2, "graded", 80)]
    assert mark(world) == 80


def test_what_waits_is_graded_with_the_newest_version(world):
    weigh(world, 50, 50)
    world.submit()
    weigh(world, 80, 20)
    assert graded(world, world.claim()) == 80
    assert numbers(world) == [(1, "graded", 80)]


def test_other_tests_are_no_matter_of_weights(world):
    weigh(world, 50, 50)
    world.submit()
    graded(world, world.claim())
    (world.folder / "tests/hidden/test_more.py").write_text("def test_more():\n    pass\n")
    weigh(world, 80, 20)
    assert numbers(world) == [(1, "graded", 50)]


def test_competencies_are_told_across_a_course(world):
    from grader.report import CompetencyResult
    from grader.service.competencies import competencies_across
    from grader.service.lookup import course_for

    shown = {"roman-numerals": {"loops": 0.2, "names": 1.0}, "second": {"loops": 0.9}}
    for slug, shares in shown.items():
        path = world.folder / "assignment.toml"
        path.write_text(re.sub(r'^id = ".*"', f'id = "{slug}"', path.read_text(), count=1, flags=re.MULTILINE))
        world.publish()
        world.submit()
        found = tuple(CompetencyResult(id=one, name=one.title(), score=share) for one, share in shares.items())
        with world.database.writing() as session:
            one = queue.claim(session, "learners", "w", world.now, 60.0)
            assert finish(session, one, report(50.0, competencies=found), world.now)
    with world.database.reading() as session:
        course = course_for(session, world.ada, "py")
        told = competencies_across(session, course, world.ada.user_id)
        assert competencies_across(session, course, world.bob.user_id) == []
    assert [(one.id, one.name, one.score, one.level) for one in told] == [
        ("loops", "Loops", 0.55, "developing"),
        ("names", "Names", 1.0, "mastered"),
    ]
    assert told[0].assignments == {"roman-numerals": 0.2, "second": 0.9}
