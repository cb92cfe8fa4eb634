"""The base image: Python and nothing else. From a registry where one answers, else made from Debian's packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import docker.errors
import requests

from ..engine import ContainerSpec, Engine
from ..errors import ImageBuildFailed

__all__ = ["BASE", "Base", "ensure_base", "image_details", "image_id"]

BASE = "grader/python-base:3.11"
_UPSTREAM = "python:3.11-slim-bookworm"
_SUITE = "bookworm"
_PACKAGES = "python3,libpython3-stdlib,tzdata"
_PATIENCE = 10
_OLDEST = 11
_LEFT_OUT = ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale", "var/log")

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Base:
    """A base image.

    Attributes:
        id: Its digest.
        python: Version of its ``python3``, as ``3.11``.
    """

    id: str
    python: str


def ensure_base(engine: Engine, on_progress: Progress) -> Base:
    """The base image, made if there is none yet.

    ``GRADER_BASE_IMAGE`` names another image to start from; it must have Python 3.11 or later as ``python3``.

    Raises:
        ImageBuildFailed: It can't be had.
    """
    own = os.environ.get("GRADER_BASE_IMAGE")
    if own:
        return _own_base(engine, own)
    return Base(image_id(engine, BASE) or _new_base(engine, on_progress), BASE.rpartition(":")[2])


def _own_base(engine: Engine, name: str) -> Base:
    found = image_id(engine, name)
    if found is None:
        raise ImageBuildFailed(f"the base image {name} (GRADER_BASE_IMAGE) is not on this Docker Engine: pull it first")
    # The exit status is all that a container without logs can say, and it is enough for a version.
    spec = ContainerSpec(found, "probe", ["-c", "import sys; sys.exit(sys.version_info.minor)"], 65534, 64 << 20, 8, {})
    container = engine.create(spec)
    try:
        engine.start(container)
        state = engine.exit_state(container, _PATIENCE)
    finally:
        engine.remove(container)
    if state is None or not _OLDEST <= state.code < 100:
        raise ImageBuildFailed(f"the base image {name} (GRADER_BASE_IMAGE) has no Python 3.{_OLDEST} or later as python3")
    return Base(found, f"3.{state.code}")


def _new_base(engine: Engine, on_progress: Progress) -> str:
    if not _pull(engine, on_progress):
        _make(engine, on_progress)
    made = image_id(engine, BASE)
    if made is None:
        raise ImageBuildFailed("the base image was made, but is not there")
    return made


def image_id(engine: Engine, reference: str) -> str | None:
    """The id of an image, or ``None`` if the engine has none of that name."""
    details = image_details(engine, reference)
    return str(details["Id"]) if details else None


def image_details(engine: Engine, reference: str) -> dict[str, Any] | None:
    """What the engine tells of an image, or ``None`` if it has none of that name."""
    try:
        return engine.api.inspect_image(reference)  # type: ignore[no-untyped-call]
    except docker.errors.ImageNotFound:
        return None


def _pull(engine: Engine, on_progress: Progress) -> bool:
    on_progress(f"asking the registry for {_UPSTREAM}")
    client = docker.from_env(timeout=_PATIENCE).api
    try:
        for event in client.pull(_UPSTREAM, stream=True, decode=True):
            if "error" in event:
                on_progress("no registry answers")
                return False
            if event.get("status", "").startswith(("Pulling from", "Digest", "Status")):
                on_progress(event["status"])
        repository, tag = BASE.split(":")
        engine.api.tag(_UPSTREAM, repository, tag)
    except (docker.errors.DockerException, requests.RequestException):
        on_progress("no registry answers")
        return False
    return True


def _make(engine: Engine, on_progress: Progress) -> None:
    if shutil.which("debootstrap") is None or os.geteuid() != 0:
        raise ImageBuildFailed(
            f"no registry answers, and a base image can be made here only as root with 'debootstrap': "
            f"pull {_UPSTREAM} and tag it {BASE}, or install debootstrap and run as root"
        )
    with tempfile.TemporaryDirectory(prefix="grader-base-") as folder:
        root = Path(folder, "root")
        on_progress("making a Debian base image with debootstrap (about a minute, once)")
        command = ["debootstrap", "--variant=minbase", f"--include={_PACKAGES}", _SUITE, str(root)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert process.stdout is not None
        tail = ""
        for line in process.stdout:
            tail = (tail + line)[-2000:]
            if line.startswith("I: ") and "Validating" not in line:
                on_progress(line[3:].strip())
        if process.wait() != 0:
            raise ImageBuildFailed(f"debootstrap failed:\n{tail}")
        archive = Path(folder, "root.tar")
        with tarfile.open(archive, "w") as tar:
            tar.add(root, ".", filter=_keep)
        repository, tag = BASE.split(":")
        on_progress("importing the base image")
        engine.api.import_image_from_file(str(archive), repository=repository, tag=tag)


def _keep(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    path = entry.name.removeprefix("./")
    return None if path.startswith(_LEFT_OUT) and entry.isfile() else entry
