"""Start `grader up`, talk to it, look into it, stop it."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from sqlalchemy import select

from grader.client import Client
from grader.store import Database, tables
from sandboxes.engine import Engine

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-m", "grader"]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Running:
    """A service that runs."""

    def __init__(self, data: Path, **settings: object) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "GRADER_DATA": str(data),
            "GRADER_PORT": str(self.port),
            "XDG_CONFIG_HOME": str(data / "config"),
            **{f"GRADER_{name.upper()}": str(value) for name, value in settings.items()},
        }
        self.tokens: dict[str, str] = {}
        self.process: subprocess.Popen[str] | None = None
        self._children: set[psutil.Process] = set()

    def start(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*PROGRAM, "up", *arguments],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=(self.data.parent / "up.err").open("a"),
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(r"grader_\S+", line):
                self.tokens["admin"] = found[0]
            if "log in with" in line or (line.startswith("grader runs at") and "admin" in self.tokens):
                return
        raise AssertionError(f"it does not start: {(self.data.parent / 'up.err').read_text()}")

    def stop(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(90)
        finally:
            if self.process.stdout:
                self.process.stdout.close()

    def processes(self) -> dict[str, list[psutil.Process]]:
        """All processes of the service by name: those that were started, and their children."""
        assert self.process is not None
        found: dict[str, list[psutil.Process]] = {}
        for one in self._look_for_children():
            try:
                line = " ".join(one.cmdline())
            except psutil.Error:
                continue
            for name, mark in (
                ("broker", "valkey-server"),
                ("background", "--queues background"),
                ("worker", "worker --queues learners"),
                ("beat", "grader beat"),
                ("api", "grader serve"),
            ):
                if mark in line:
                    found.setdefault(name, []).append(one)
                    break
        return found

    def _look_for_children(self) -> list[psutil.Process]:
        assert self.process is not None
        children = psutil.Process(self.process.pid).children(recursive=True) if self.process.poll() is None else []
        self._children |= set(children)
        return children

    def containers(self) -> list[str]:
        """Ids of the sandbox containers of its processes, also of those that are gone by now. The engine is shared."""
        self._look_for_children()
        numbers = {str(child.pid) for child in self._children}
        return [owned.container.id for owned in Engine().owned() if owned.owner.partition("-")[0] in numbers]

    def folders(self) -> list[Path]:
        """Temporary folders of its processes."""
        return [path for child in self._children for path in Path(tempfile.gettempdir()).glob(f"grader-{child.pid}-*")]

    def run(self, *arguments: str, who: str = "admin", cwd: Path | None = None, status: int = 0) -> str:
        """A command of the program, by one user."""
        environment = {**self.environment, "GRADER_URL": self.url, "GRADER_TOKEN": self.tokens.get(who, "")}
        environment.pop("GRADER_PORT")
        done = subprocess.run(
            [*PROGRAM, *arguments],
            env=environment,
            cwd=cwd or ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout if status == 0 else done.stdout + done.stderr

    def add_learners(self, course: str, *logins: str) -> None:
        folder = Path(tempfile.mkdtemp(dir=self.data.parent))
        roster, tokens = folder / "roster.csv", folder / "tokens.csv"
        roster.write_text("\n".join(("login", *logins)))
        self.run("course", "roster", course, str(roster), "--tokens", str(tokens))
        with tokens.open(newline="") as file:
            self.tokens.update((row["login"], row["token"]) for row in csv.DictReader(file))

    def client(self, who: str = "admin") -> Client:
        return Client(self.url, self.tokens[who])

    @contextmanager
    def reading(self) -> Iterator[object]:
        database = Database(f"sqlite:///{self.data}/grader.db")
        try:
            with database.reading() as session:
                yield session
        finally:
            database.close()

    def wait_until_graded(self, seconds: float) -> None:
        """Until nothing waits and nothing is to be delivered."""
        until = time.monotonic() + seconds
        left = None
        while time.monotonic() < until:
            with self.reading() as session:
                gradings = session.scalars(select(tables.Grading.state).where(tables.Grading.state != "graded")).all()
                deliveries = session.scalars(select(tables.Delivery.state).where(tables.Delivery.state != "delivered")).all()
            left = (len(gradings), len(deliveries), set(gradings) | set(deliveries))
            if not left[0] and not left[1]:
                return
            time.sleep(0.3)
        raise AssertionError(f"after {seconds} s there are still {left}: {self.logs()}")

    def logs(self) -> str:
        return "\n".join(
            f"== {path.name}\n{path.read_text()[-3000:]}" for path in sorted((self.data / "logs").glob("*.log"))
        )


@contextmanager
def running(folder: Path, *arguments: str, **settings: object) -> Iterator[Running]:
    service = Running(folder / "data", **settings)
    service.start(*arguments)
    try:
        yield service
    finally:
        service.stop()


def as_json(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]
