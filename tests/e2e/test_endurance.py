"""Workers that come and go, many submissions at once, and parts that are killed. Longer: `make chaos`, `make load`."""

import itertools
import signal
import subprocess
import time

import psutil
import pytest
from sqlalchemy import func, select

from grader.store import tables
from grader.submission.pack import pack
from tests.live import chaos, load
from tests.live.running import PROGRAM, ROOT, running

SUBMISSIONS = 30


def until(condition, service, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, service.logs()
        time.sleep(0.1)


def graded_by(service):
    with service.reading() as session:
        grouped = select(tables.Grading.worker, func.count()).where(tables.Grading.state == "graded")
        return dict(session.execute(grouped.group_by(tables.Grading.worker)).all())


@pytest.fixture
def service(tmp_path):
    settings = {"rate_limit": "100000/minute", "submit_rate_limit": "100000/minute"}
    with running(tmp_path, "--concurrency", "1", **settings) as made:
        made.run("course", "add", "py")
        made.run("publish", str(chaos.without_policy(tmp_path)), "--course", "py")
        made.add_learners("py", "ada", "bob")
        yield made


def test_two_workers_share_the_load_and_one_that_is_told_to_stop_loses_nothing(service):
    command = [*PROGRAM, "worker", "--queues", "learners", "--concurrency", "1"]
    with (service.data / "logs" / "second.log").open("w") as log:
        second = subprocess.Popen(command, env=service.environment, cwd=ROOT, stdout=log, stderr=log)
    try:
        data = pack({"roman.py": (ROOT / "assignments/roman-numerals/solutions/reference/roman.py").read_bytes()})
        numbers = itertools.count()

        def hand_in():
            number = next(numbers)
            with service.client(("ada", "bob")[number % 2]) as client:
                path = "/courses/py/assignments/roman-numerals/submissions"
                client.post(path, str(number), files={"files": ("s.tar.gz", data)})

        def both_have_graded():
            hand_in()  # so that there is always more to do
            return len(graded_by(service)) == 2

        until(both_have_graded, service)
        second.send_signal(signal.SIGTERM)
        for _ in range(SUBMISSIONS):
            hand_in()
        assert second.wait(30) == 0
        with service.reading() as session:
            running_now = session.scalars(select(tables.Grading.worker).where(tables.Grading.state == "running")).all()
        assert len(running_now) <= 1, "the stopped worker keeps a grading"
        service.wait_until_graded(60)
    finally:
        if second.poll() is None:
            second.kill()
            second.wait()
    with service.reading() as session:
        rows = session.execute(select(tables.Grading.score, tables.Grading.failures, tables.Grading.losses)).all()
    assert [tuple(row) for row in rows] == [(100.0, 0, 0)] * next(numbers)


def test_workers_come_back_when_the_broker_does(service):
    """Killed while something is graded: the ticket that can't be acknowledged must not hold up the worker."""
    data = pack({"roman.py": (ROOT / "assignments/roman-numerals/solutions/reference/roman.py").read_bytes()})

    def running_one():
        with service.reading() as session:
            return session.scalar(select(tables.Grading.worker).where(tables.Grading.state == "running"))

    for number in range(SUBMISSIONS):
        with service.client(("ada", "bob")[number % 2]) as client:
            path = "/courses/py/assignments/roman-numerals/submissions"
            client.post(path, str(number), files={"files": ("s.tar.gz", data)})
    (worker,) = {one.pid for one in service.processes()["worker"] if one.children()}
    for _ in range(3):
        until(running_one, service)
        (killed,) = service.processes()["broker"]
        killed.kill()
        until(lambda killed=killed: set(service.processes().get("broker", [])) - {killed}, service)
    service.wait_until_graded(90)
    assert psutil.pid_exists(worker), "the worker was started anew: this shows nothing"
    assert graded_by(service).keys() == {worker_name(service)}


def worker_name(service):
    with service.reading() as session:
        return session.scalars(select(tables.Grading.worker).order_by(tables.Grading.started)).first()


def test_many_at_once(tmp_path):
    found = load.run(tmp_path, 100)
    assert found.single <= load.LEARNERS + 10, "the learner with one submission waited for another's fifty"
    assert found.watched > 0
    for name, (early, late) in found.memory.items():
        assert late < early + 30, f"{name} grows from {early:.0f} to {late:.0f} MiB"


def test_killed_parts_cost_nobody_a_grade(tmp_path):
    found = chaos.run(tmp_path, 36, pause=(0.3, 1.5))
    assert found.submissions >= 36
    assert sum(found.kills.values()) >= 5
