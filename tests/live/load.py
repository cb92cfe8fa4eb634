"""A thousand submissions at once: no error, flat memory, true positions, and nobody kept behind another's fifty.

Run by hand: ``python -m tests.live.load --submissions 1000``.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from sqlalchemy import select

from grader.store import tables
from grader.submission.pack import pack
from tests.live.chaos import ASSIGNMENT, without_policy
from tests.live.running import Running, running

LEARNERS = 40
WATCHERS = 20
MANY = 50


@dataclass
class Findings:
    """What a run found.

    Attributes:
        accepted: Seconds until all were received.
        graded: Seconds until all were graded.
        single: How many were graded before the one of the learner who has one only, after it was handed in.
        memory: For each process, MiB after a fifth of the gradings and at the end.
        watched: How many positions were told to watchers.
    """

    accepted: float = 0.0
    graded: float = 0.0
    single: int = 0
    memory: dict[str, tuple[float, float]] = field(default_factory=dict)
    watched: int = 0


def memory(service: Running) -> dict[str, float]:
    """MiB by process."""
    found: dict[str, float] = {}
    for name, processes in service.processes().items():
        for process in processes:
            try:
                found[f"{name} {process.pid}"] = process.memory_info().rss / 2**20
            except psutil.Error:
                continue
    return found


def run(folder: Path, submissions: int) -> Findings:
    """One run; fails with what is wrong."""
    found = Findings()
    limits = {"rate_limit": "1000000/minute", "submit_rate_limit": "1000000/minute"}
    with running(folder, **limits) as service:
        service.run("course", "add", "py")
        service.run("publish", str(without_policy(folder)), "--course", "py")
        eager, patient = "eager", "patient"
        learners = [f"l{number}" for number in range(LEARNERS)]
        service.add_learners("py", eager, patient, *learners)
        data = pack({"roman.py": (ASSIGNMENT / "solutions" / "reference" / "roman.py").read_bytes()})

        def hand_in(who: str) -> str:
            with service.client(who) as client:
                path = "/courses/py/assignments/roman-numerals/submissions"
                return str(client.post(path, str(uuid.uuid4()), files={"files": ("s.tar.gz", data)})["id"])

        everybody = [eager] * MANY + [learners[number % LEARNERS] for number in range(submissions - MANY - 1)]
        started = time.monotonic()
        with ThreadPoolExecutor(32) as pool:
            names = list(pool.map(hand_in, everybody))
        single = hand_in(patient)
        handed_in_at = _finished(service)
        found.accepted = time.monotonic() - started
        watching = [_watch(service, eager, name, found) for name in names[:WATCHERS]]
        _until(service, submissions // 5)
        early = memory(service)
        service.wait_until_graded(600 + submissions)
        found.graded = time.monotonic() - started
        for thread in watching:
            thread.join(30)
            assert not thread.is_alive(), "a watcher never heard of the end"
        late = memory(service)
        found.memory = {name: (early[name], late[name]) for name in early if name in late}
        with service.reading() as session:
            rows = session.execute(
                select(
                    tables.Grading.submission_id, tables.Grading.score, tables.Grading.failures, tables.Grading.losses
                ).order_by(tables.Grading.finished)
            ).all()
        assert len(rows) == submissions
        odd = [row for row in rows if tuple(row)[1:] != (100.0, 0, 0)]
        assert not odd, f"{odd[:5]}: {service.logs()}"
        found.single = [row[0] for row in rows].index(single) - handed_in_at
    return found


def _finished(service: Running) -> int:
    with service.reading() as session:
        return len(session.scalars(select(tables.Grading.id).where(tables.Grading.state == "graded")).all())


def _until(service: Running, count: int) -> None:
    while _finished(service) < count:
        time.sleep(0.5)


def _watch(service: Running, who: str, name: str, found: Findings) -> threading.Thread:
    def watch() -> None:
        with service.client(who) as client:
            for kind, data in client.events(name):
                if kind == "queued":
                    assert data["position"] >= 1
                    found.watched += 1

    target: Callable[[], None] = watch
    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    return thread


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="load-") as place:
        result = run(Path(place), given.submissions)
    print(f"{given.submissions} submissions received in {result.accepted:.1f} s, graded in {result.graded:.1f} s")
    print(f"the single submission waited for {result.single} others; {result.watched} positions were told")
    for name, (first, last) in result.memory.items():
        print(f"  {name}: {first:.0f} MiB after a fifth, {last:.0f} MiB at the end")
