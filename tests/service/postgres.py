"""A real PostgreSQL of the tests' own: a new cluster in a temporary folder, reached by a Unix socket."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def _programs() -> Path:
    on_path = shutil.which("pg_ctl")
    folders = [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists():
            return folder
    raise RuntimeError("PostgreSQL's server programs are not installed: run 'make services'")


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster; gives the folder of its socket."""
    programs = _programs()
    # PostgreSQL refuses to run as root.
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    folder = tempfile.mkdtemp(prefix="grader-pg-", dir="/tmp")
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    become = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}

    def run(*command: str) -> None:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **become)
        if done.returncode:
            log = Path(folder, "log")
            raise RuntimeError(f"{command}: {done.stderr} {log.read_text() if log.exists() else ''}")

    data = f"{folder}/data"
    run(str(programs / "initdb"), "-D", data, "-U", "grader", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=200"
    run(str(programs / "pg_ctl"), "-D", data, "-l", f"{folder}/log", "-o", options, "-w", "start")
    try:
        yield folder
    finally:
        run(str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def url(folder: str, name: str) -> str:
    return f"postgresql+psycopg://grader@/{name}?host={folder}"


def create(folder: str, name: str, template: str = "template0") -> None:
    _maintain(folder, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def drop(folder: str, name: str) -> None:
    _maintain(folder, f'DROP DATABASE "{name}" WITH (FORCE)')


def _maintain(folder: str, statement: str) -> None:
    for left in range(50, -1, -1):
        try:
            with psycopg.connect(host=folder, user="grader", dbname="postgres", autocommit=True) as connection:
                connection.execute(statement)
            return
        except psycopg.errors.ObjectInUse:  # a connection to the template is still being closed
            if not left:
                raise
            time.sleep(0.05)
