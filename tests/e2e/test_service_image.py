"""``Dockerfile``: the image of the service's programs, built without a network on the base that is made here."""

import os
import platform
import subprocess
import sys
import time
import tomllib
from contextlib import contextmanager

import pytest

from grader import __version__
from sandboxes.images.base import BASE, ensure_base
from tests.live.running import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NAME = f"grader/test-service-{os.getpid()}"
# What an official image of Python has: pip, and a registry that answers.
WITH_PIP = f"""\
FROM {BASE}
COPY wheels /wheels
RUN python3 -m zipfile -e /wheels/pip-*.whl /usr/local/lib/python3.11/dist-packages && \\
    printf '#!/bin/sh\\nexec python3 -m pip "$@"\\n' > /usr/local/bin/pip && chmod +x /usr/local/bin/pip
ENV PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore
"""


def build(engine, folder, name, **options):
    """Build an image without a network."""
    events = engine.api.build(path=str(folder), tag=name, network_mode="none", rm=True, forcerm=True, decode=True, **options)
    told = [event.get("stream") or event.get("error") or "" for event in events]
    assert told[-1].startswith("Successfully tagged"), "".join(told)[-3000:]


@pytest.fixture(scope="module")
def image(engine, tmp_path_factory):
    folder = tmp_path_factory.mktemp("image")
    ensure_base(engine, print)
    needed = [
        *PROJECT["build-system"]["requires"], "pip", *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["server"],
    ]  # fmt: skip
    needed.append("async-timeout")  # which redis needs on Debian's Python, 3.11.2; markers are those of this one
    command = [sys.executable, "-m", "pip", "download", "-q", "--dest", str(folder / "wheels"), "--only-binary=:all:"]
    platforms = [f"--platform=manylinux{tag}_{platform.machine()}" for tag in ("_2_34", "_2_28", "_2_17", "2014")]
    subprocess.run(
        [*command, "--implementation=cp", "--python-version=3.11", *platforms, *needed], check=True, capture_output=True
    )
    (folder / "Dockerfile").write_text(WITH_PIP)
    build(engine, folder, f"{NAME}-base")
    build(engine, ROOT, NAME, buildargs={"BASE": f"{NAME}-base"})
    yield NAME
    for name in (NAME, f"{NAME}-base"):
        engine.api.remove_image(name, force=True)


@contextmanager
def started(engine, image, **options):
    """A container as a service has it: without privileges, here without a network as well."""
    host_config = engine.api.create_host_config(network_mode="none", cap_drop=["ALL"])
    container = engine.api.create_container(image, host_config=host_config, **options)["Id"]
    try:
        engine.api.start(container)
        yield container
    finally:
        engine.api.remove_container(container, force=True)


def run(engine, image, *command):
    """Run a command of the image; gives what it printed."""
    with started(engine, image, command=[*command]) as container:
        status = engine.api.wait(container)["StatusCode"]
        told = engine.api.logs(container).decode()
    assert status == 0, told
    return told


def test_its_programs_run(engine, image):
    assert run(engine, image, "--version") == f"grader, version {__version__}\n"
    assert "0.0.0.0" in run(engine, image, "settings")
    assert engine.api.inspect_image(image)["Config"]["User"] == "grader"


ASKING = """
import urllib.request
print(urllib.request.urlopen("http://127.0.0.1:8400/health").read().decode())
"""


def test_the_api_answers(engine, image):
    with started(engine, image, entrypoint=["sh", "-c", "grader db upgrade && exec grader serve"]) as container:
        until = time.monotonic() + 60
        while True:
            asking = engine.api.exec_create(container, ["python3", "-c", ASKING])["Id"]
            told = engine.api.exec_start(asking).decode()
            if '"ok"' in told or time.monotonic() > until:
                break
            time.sleep(0.2)
        assert '"ok"' in told, engine.api.logs(container).decode()
