"""Kill and freeze parts of the service at random moments, under load and with a bad receiver; see that nothing is lost.

Run by hand: ``python -m tests.live.chaos --submissions 500``. Every submission has to end with exactly one grading, equal to the
one computed without faults, every event has to arrive, and nothing may be left behind.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import docker
import httpx2 as httpx
import psutil
import redis
from sqlalchemy import func, select

from grader.assignment import load_assignment
from grader.client import Client
from grader.errors import Unavailable
from grader.grading import Grader
from grader.store import tables
from grader.submission import read_submission
from grader.submission.pack import pack
from sandboxes.engine import Engine
from tests.live.running import ROOT, Running, running
from tests.service.receiver import receiving

ASSIGNMENT = ROOT / "assignments" / "roman-numerals"
LEARNERS = 12
_LEASE = 5
"""Seconds."""


@dataclass
class Findings:
    """What a run found.

    Attributes:
        submissions: How many were handed in.
        kills: How often what was killed.
        seconds: How long it took.
        deliveries: Webhooks that arrived, repetitions included.
        health: Seconds that answers of /health took, the slowest last.
    """

    submissions: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    deliveries: int = 0
    health: list[float] = field(default_factory=list)


def expected_scores() -> dict[str, float]:
    """The score of each solution, without faults."""
    assignment = load_assignment(ASSIGNMENT)
    with Grader(assignment, Engine()) as grader:
        found = {}
        for name in ("reference", "no-subtraction", "trusts-its-input"):
            report = grader.grade(read_submission(ASSIGNMENT / "solutions" / name, assignment.settings.submission))
            assert report.score is not None
            found[name] = report.score
        return found


def without_policy(folder: Path) -> Path:
    """A copy of the assignment that may be submitted as often as one likes."""
    copy = Path(shutil.copytree(ASSIGNMENT, folder / "roman-numerals"))
    settings = copy / "assignment.toml"
    settings.write_text(re.sub(r"^attempts = .*$", "", settings.read_text(), flags=re.MULTILINE))
    return copy


def answer_badly(chooser: random.Random, done: threading.Event) -> Callable[[int], tuple[int, dict[str, str], bytes]]:
    """How a bad receiver answers until it is done: one in twenty times not at all well, one in fifty late."""

    def answer(count: int) -> tuple[int, dict[str, str], bytes]:
        chance = 1.0 if done.is_set() else chooser.random()
        if chance < 0.02:
            done.wait(3)
        return (503 if 0.02 <= chance < 0.07 else 204), {}, b""

    return answer


class Health(threading.Thread):
    """Asks the API for its health all the time. Only answers count: while it is killed there are none."""

    def __init__(self, service: Running) -> None:
        super().__init__(daemon=True)
        self._url = f"{service.url}/health"
        self.done = threading.Event()
        self.seconds: list[float] = []

    def run(self) -> None:
        with httpx.Client(trust_env=False, timeout=10) as client:
            while not self.done.wait(0.2):
                started = time.monotonic()
                try:
                    client.get(self._url).raise_for_status()
                except (httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadError):
                    continue
                self.seconds.append(time.monotonic() - started)


class Killer(threading.Thread):
    """Kills something every now and then."""

    def __init__(self, service: Running, seed: int, pause: tuple[float, float]) -> None:
        super().__init__(daemon=True)
        self._service, self._random, self._pause = service, random.Random(seed), pause
        self.done = threading.Event()
        self.kills: Counter[str] = Counter()

    def run(self) -> None:
        acts: list[Callable[[], str | None]] = [
            lambda: self._kill("worker"),
            lambda: self._kill("worker"),
            lambda: self._kill("api"),
            lambda: self._kill("background"),
            lambda: self._kill("beat"),
            lambda: self._kill("broker"),
            self._flush,
            self._container,
            self._container,
            lambda: self._freeze("broker"),
            lambda: self._freeze("worker"),
            lambda: self._freeze("background"),
            lambda: self._freeze("beat"),
        ]
        while not self.done.wait(self._random.uniform(*self._pause)):
            killed = self._random.choice(acts)()
            if killed:
                self.kills[killed] += 1

    def _kill(self, name: str) -> str | None:
        found = self._service.processes().get(name)
        if not found:
            return None
        try:
            self._random.choice(found).kill()
        except psutil.NoSuchProcess:
            return None
        return name

    def _freeze(self, name: str) -> str | None:
        """Stop it for a while, longer than a lease at times: whoever has its work by then must not be disturbed."""
        found = self._service.processes().get(name)
        if not found:
            return None
        frozen = self._random.choice(found)
        try:
            frozen.suspend()
            self.done.wait(self._random.uniform(1, 2 * _LEASE))
            frozen.resume()
        except psutil.NoSuchProcess:
            return None
        return f"{name} frozen"

    def _flush(self) -> str | None:
        try:
            with redis.Redis(unix_socket_path=f"{self._service.data}/broker.sock") as client:
                client.flushall()
        except redis.RedisError:
            return None
        return "flush of the broker"

    def _container(self) -> str | None:
        containers = self._service.containers()
        if not containers:
            return None
        client = docker.from_env()
        try:
            client.api.kill(self._random.choice(containers))
        except docker.errors.APIError:
            return None
        finally:
            client.close()
        return "container"


def hand_in(service: Running, who: str, names: list[str], handed_in: dict[str, str]) -> None:
    """Hand in solutions one after the other, as a patient learner would."""
    for name in names:
        files = {"roman.py": (ASSIGNMENT / "solutions" / name / "roman.py").read_bytes()}
        key = str(uuid.uuid4())
        while True:
            try:
                with Client(service.url, service.tokens[who]) as client:
                    sent = client.post(
                        "/courses/py/assignments/roman-numerals/submissions",
                        key,
                        files={"files": ("s.tar.gz", pack(files))},
                    )
                handed_in[sent["id"]] = name
                break
            except Unavailable:
                continue


def run(folder: Path, submissions: int, seed: int = 1, pause: tuple[float, float] = (1.0, 4.0)) -> Findings:
    """One run; fails with what is wrong."""
    right = expected_scores()
    settings = {
        "lease": _LEASE,
        "max_failures": 50,
        "retry_after": 0.2,
        "webhook_networks": "127.0.0.0/8",
        "webhook_first_retry": 0.2,
        "rate_limit": "100000/minute",
        "submit_rate_limit": "100000/minute",
    }
    found = Findings()
    started = time.monotonic()
    with receiving() as receiver, running(folder, **settings) as service:
        service.run("course", "add", "py")
        service.run("publish", str(without_policy(folder)), "--course", "py")
        service.run("webhook", "add", receiver.url)
        learners = [f"l{number}" for number in range(LEARNERS)]
        service.add_learners("py", *learners)
        killer = Killer(service, seed, pause)
        killer.start()
        health = Health(service)
        health.start()
        chooser = random.Random(seed)
        receiver.answer = answer_badly(random.Random(seed), killer.done)
        handed_in: dict[str, str] = {}
        shares = [chooser.choices(sorted(right), k=submissions // LEARNERS + 1) for _ in learners]
        threads = [
            threading.Thread(target=hand_in, args=(service, who, share, handed_in), daemon=True)
            for who, share in zip(learners, shares, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # Go on killing while they are graded, then let it come to rest.
        _wait_for(service, len(handed_in) * 0.8, 180 + submissions)
        killer.done.set()
        killer.join()
        health.done.set()
        health.join()
        service.wait_until_graded(120 + submissions)
        _check(service, handed_in, right, receiver.messages)
        found.submissions, found.kills, found.deliveries = len(handed_in), killer.kills, len(receiver.messages)
        found.health = sorted(health.seconds)
    found.seconds = time.monotonic() - started
    assert not service.containers(), "containers are left"
    assert not service.folders(), "temporary folders are left"
    return found


def _wait_for(service: Running, count: float, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with service.reading() as session:
            graded = session.scalar(select(func.count()).select_from(tables.Grading).where(tables.Grading.state == "graded"))
        if graded >= count:
            return
        time.sleep(0.5)
    raise AssertionError(f"only {graded} of {count} are graded: {service.logs()}")


def _check(service: Running, handed_in: dict[str, str], right: dict[str, float], messages: list) -> None:
    with service.reading() as session:
        gradings = session.scalars(select(tables.Grading)).all()
        assert Counter(one.submission_id for one in gradings) == Counter(dict.fromkeys(handed_in, 1))
        for one in gradings:
            told = (one.submission_id, one.error, one.report and [test for test in one.report["tests"] if test["message"]])
            assert (one.state, one.score) == ("graded", right[handed_in[one.submission_id]]), told
        users = {one.id: one.login for one in session.scalars(select(tables.User))}
        best: dict[str, float] = {}
        for one in gradings:
            best[users[one.user_id]] = max(one.score, best.get(users[one.user_id], 0.0))
        assert {users[mark.user_id]: mark.score for mark in session.scalars(select(tables.Mark))} == best
        events = {event.id: event for event in session.scalars(select(tables.Event))}
    graded = Counter(
        event.payload["data"]["submission"]["id"] for event in events.values() if event.type == "submission.graded"
    )
    assert graded == Counter(dict.fromkeys(handed_in, 1))
    arrived = {headers["webhook-id"]: json.loads(body) for headers, body in messages}
    assert set(arrived) == set(events), "events are missing, or arrived that never happened"
    assert all(arrived[name] == event.payload for name, event in events.items())
    order: dict[str, list[int]] = {}
    seen: set[str] = set()
    for headers, _body in messages:
        event = events[headers["webhook-id"]]
        if event.id not in seen:
            seen.add(event.id)
            order.setdefault(event.key, []).append(event.seq)
    assert all(numbers == sorted(numbers) for numbers in order.values()), "events of a learner are out of order"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=500)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="chaos-") as place:
        result = run(Path(place), given.submissions, given.seed)
    print(f"{result.submissions} submissions, each graded once and rightly, in {result.seconds:.0f} s")
    print(f"killed: {', '.join(f'{name} {count}' for name, count in result.kills.most_common())}")
    median, most = result.health[len(result.health) // 2], result.health[-1]
    print(f"/health answered {len(result.health)} times within {median * 1000:.0f} ms (median), {most * 1000:.0f} ms (all)")
    print(f"{result.deliveries} webhooks arrived, each event at least once and in order")
