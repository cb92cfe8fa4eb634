"""Every submission of the catalogue: eight at once among honest work, and alone with an honest one after it.

All are made eight at once over sockets, every third over streams, and every eighth alone over both; ``make hostile`` makes all
in all ways.
"""

import os
import random
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.feedback import for_learner
from grader.grading import Grader
from grader.submission import submission_of

from . import forging, getting_out, reading, speaking, staying, using_up
from .arenas import ARENAS, make
from .machine import unchanged
from .prelude import SPY

FAMILIES = {
    module.__name__.rpartition(".")[2]: module.ATTACKS
    for module in (forging, reading, using_up, getting_out, staying, speaking)
}
EIGHT = 8
ALL = os.environ.get("HOSTILE") == "all"
STEP = 1 if ALL else EIGHT
STREAM_STEP = 1 if ALL else 3
EACH = [pytest.param(attack, id=f"{family}: {attack.name}") for family, attacks in FAMILIES.items() for attack in attacks]
BROKEN = re.compile(r"\b(NameError|SyntaxError|IndentationError|UnboundLocalError)\b.*")
"""What an attack must not fail with: it would be none."""


class Ring:
    """The arenas over one transport, each with one sandbox that all attacks share."""

    def __init__(self, engine, folder, transport):
        self.transport = transport
        self.secrets = set()
        self.honest, self.graders, self._rules = {}, {}, {}
        for name in ARENAS:
            assignment, self.honest[name], secrets = make(folder / name, name)
            self.secrets |= secrets
            self._rules[name] = assignment.settings.submission
            self.graders[name] = Grader(assignment, engine, parallel=EIGHT, transport=transport)

    def grade(self, arena, files):
        return self.graders[arena].grade(submission_of("it", files, self._rules[arena]))

    def attack(self, attack):
        """Make an attack; returns what went wrong with it, nothing if all is well."""
        report = self.grade(attack.arena, {**attack.files(), "spy.py": SPY.encode()})
        problems = self._judge(report, set(attack.earns.split()), attack.says)
        if attack.then is not None:
            after = self.grade(attack.arena, {**attack.after(), "spy.py": SPY.encode()})
            problems += [f"then: {problem}" for problem in self._judge(after, {"test_loads"}, "")]
        return problems

    def be_honest(self, arena):
        """Hand in the honest submission; returns what went wrong with it."""
        report = self.grade(arena, self.honest[arena])
        if (report.status, report.score) == ("graded", 100.0):
            return []
        lost = {
            test.id.partition("::")[2]: (test.outcome, test.message) for test in report.tests if test.outcome != "passed"
        }
        return [f"an honest submission got {report.score} ({report.status}, {report.reason}): {lost}"]

    def _judge(self, report, earns, says):
        if report.status != "graded":
            return [f"{report.status}: {report.reason}"]
        passed = {test.id.rpartition("::")[2] for test in report.tests if test.outcome == "passed" and test.max_points}
        problems = [] if passed == earns else [f"earned {sorted(passed - earns)}, did not earn {sorted(earns - passed)}"]
        told = "\n".join(f"{test.message}\n{test.stdout}" for test in report.tests)
        shown = told + for_learner(report, "count").to_json()
        problems += [f"showed {secret}" for secret in self.secrets if secret in shown]
        problems += [line for line in told.splitlines() if "escaped:" in line]
        if "all tests together took more than" in told:
            problems.append("kept the examiner waiting until the time of all tests was over")
        if earns and (broken := BROKEN.search("\n".join(test.message or "" for test in report.tests))):
            problems.append(f"no attack: {broken[0]}")
        if says not in told:
            problems.append(f"nobody said {says!r}")
        return problems

    def close(self):
        for grader in self.graders.values():
            grader.close()


@pytest.fixture(scope="module", params=["socket", "stream"])
def ring(request, engine, tmp_path_factory):
    with unchanged(engine):
        made = Ring(engine, tmp_path_factory.mktemp(request.param), request.param)
        yield made
        made.close()


@pytest.mark.parametrize("attack", EACH[::STEP])
def test_alone(ring, attack):
    assert ring.attack(attack) == []
    assert ring.be_honest(attack.arena) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_eight_at_once(ring, family):
    """A family in a random order, eight at a time, every fourth of them honest work that must not notice."""
    attacks = list(FAMILIES[family][:: STREAM_STEP if ring.transport == "stream" else 1])
    random.shuffle(attacks)
    with ThreadPoolExecutor(EIGHT) as pool:
        dishonest = [(attack.name, pool.submit(ring.attack, attack)) for attack in attacks]
        honest = [("honest work", pool.submit(ring.be_honest, attack.arena)) for attack in attacks[::4]]
        troubles = {name: problems for name, future in [*dishonest, *honest] if (problems := future.result())}
    assert troubles == {}
