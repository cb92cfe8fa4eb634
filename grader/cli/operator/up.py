"""``grader up``: the whole service on one machine."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click
import httpx2 as httpx
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sandboxes.engine import Engine
from sandboxes.errors import SandboxFailure
from sandboxes.images.build import ImageBuilder
from sandboxes.sweep import sweep
from workers.embedded import broker_command

from ...errors import InputError, Unavailable
from ...operations.supervisor import Program, Supervisor
from ...report import now
from ...service import people
from ...settings import Settings, load_settings
from ...store import Database
from ...store.private import private_file, warn_of_open_folder
from ...store.tables import Token, User
from ..consoles import err, out
from ..main import operator_errors
from ..serving import data_option, see_that_files_are_there, see_that_port_is_free

__all__ = ["command"]

_LOOK_EVERY = 0.5
_START_SECONDS = 60
_WORKER_PATIENCE = 60.0


@click.command(name="up")
@data_option
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
@click.option("--concurrency", "-c", type=click.IntRange(1, 64), help="Gradings at once; default the number of CPUs.")
def command(data: Path | None, host: str | None, port: int | None, concurrency: int | None) -> None:
    """Run the whole service on this machine: API, workers, schedule, broker and database.

    Nothing needs to be configured. It stops on Ctrl-C, after finishing what it has begun.
    """
    settings = load_settings(data=data, host=host, port=port)
    with _alone(settings.data), operator_errors():
        warn_of_open_folder(settings.data)
        see_that_port_is_free(settings)
        _prepare(settings)
        _prepare_images(settings)
        supervisor = Supervisor(settings.data / "logs", _environment(settings))
        try:
            _start(supervisor, settings, concurrency or os.cpu_count() or 1)
            _wait_until_ready(supervisor, settings)
            _greet(settings)
            _keep(supervisor, settings)
        except KeyboardInterrupt:
            pass  # the way to stop it
        finally:
            err.print("stopping")
            supervisor.stop()
            _sweep(settings)


def _keep(supervisor: Supervisor, settings: Settings) -> None:
    while True:
        time.sleep(_LOOK_EVERY)
        for name in supervisor.look():
            err.print(f"{name} ended and is started again: see {settings.data / 'logs' / name}.log", markup=False)


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = private_file(data / "up.lock").open("w")
    except OSError as error:
        raise InputError(f"{data}: can't be used: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"another 'grader up' uses {data}: stop it, or choose another folder with --data") from None
        yield


def _prepare(settings: Settings) -> None:
    """Make the tables, and the first user."""
    database = Database(settings.database)
    try:
        database.upgrade()
        see_that_files_are_there(database, settings)
        with database.writing() as session:
            if not session.scalar(select(func.count()).select_from(User)):
                people.add_user(session, "admin", "Administrator", now(), admin=True)
    finally:
        database.close()


def _prepare_images(settings: Settings) -> None:
    try:
        with err.status("looking at the sandbox images") as status:
            builder = ImageBuilder(Engine(settings.runtime), status.update)
            builder.candidate("")
            builder.examiner("", "")
    except SandboxFailure as error:
        err.print(f"[yellow]submissions will wait:[/] {error}")


def _sweep(settings: Settings) -> None:
    """Remove what workers left that were killed."""
    try:
        sweep(Engine(settings.runtime))
    except SandboxFailure as error:
        err.print(f"[yellow]containers may be left:[/] {error}; 'grader doctor --fix' removes them")


def _environment(settings: Settings) -> dict[str, str]:
    given = {"GRADER_DATA": str(settings.data.absolute()), "GRADER_HOST": settings.host, "GRADER_PORT": str(settings.port)}
    return {**os.environ, **given, "PYTHONUNBUFFERED": "1"}


def _start(supervisor: Supervisor, settings: Settings, concurrency: int) -> None:
    if not settings.broker_url:
        supervisor.add(Program("broker", broker_command(settings), needed=True))
    this = [sys.executable, "-m", "grader"]
    grade = [*this, "worker", "--queues", "learners,bulk", "--concurrency", str(max(1, concurrency - 1))]
    supervisor.add(Program("background", [*this, "worker", "--queues", "background", "--concurrency", "2"]))
    supervisor.add(Program("worker", grade, _WORKER_PATIENCE))
    if concurrency > 1:
        # One that no regrade ever occupies.
        express = [*this, "worker", "--queues", "learners", "--concurrency", "1"]
        supervisor.add(Program("worker-learners", express, _WORKER_PATIENCE))
    supervisor.add(Program("beat", [*this, "beat"]))
    supervisor.add(Program("api", [*this, "serve"]))


def _wait_until_ready(supervisor: Supervisor, settings: Settings) -> None:
    until = time.monotonic() + _START_SECONDS
    with err.status("starting"), httpx.Client(trust_env=False) as client:
        while True:
            supervisor.look()
            try:
                if client.get(f"{_local(settings)}/ready").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            if time.monotonic() > until:
                raise Unavailable(f"the service does not start: see {settings.data / 'logs'}")
            time.sleep(0.2)


def _local(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _places(settings: Settings) -> str:
    return f"{settings.data} and {settings.blobs_url}" if settings.blobs_url else str(settings.data)


def _greet(settings: Settings) -> None:
    address = settings.public_url or _local(settings)
    out.print(f"grader runs at {address} (everything it keeps is in {_places(settings)})", markup=False, soft_wrap=True)
    database = Database(settings.database)
    try:
        with database.writing() as session:  # a token that was not shown is none: it is kept once it has been
            token = _first_token(session)
            if token:
                out.print(f"the first token, for admin, not shown again: {token}", markup=False, soft_wrap=True)
                out.print(f"log in with: grader login {address}", markup=False, soft_wrap=True)
            sys.stdout.flush()
    finally:
        database.close()


def _first_token(session: Session) -> str | None:
    """A token for the user that ``_prepare`` makes, while nobody has any."""
    admin = session.scalar(select(User).where(User.login == "admin", User.admin, User.active))
    if admin is None or session.scalar(select(func.count()).select_from(Token)):
        return None
    return people.issue_token(session, admin, "first", people.SCOPES, now(), timedelta(days=365))[1]
