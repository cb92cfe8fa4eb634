"""Every submission of the catalogue that deceives what measures it.

What costs something is measured alone; text is read eight at once, and alone with ``make hostile``.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.grading import Grader
from grader.submission import submission_of

from ...measured import line, make
from .machine import unchanged
from .measuring import COSTS, HONEST, STYLES

EIGHT = 8
STEP = 1 if os.environ.get("HOSTILE") == "all" else EIGHT
STYLE_TESTS = "from work import solve\n\ndef test_solve(): assert solve(6) == 42\n"
COST_TESTS = """
import pytest
import work

@pytest.mark.memory
def test_hold():
    assert work.hold(2 << 20) == 2 << 20

@pytest.mark.points(0)
@pytest.mark.scaling(sizes=[500, 1000, 2000, 4000, 8000], at_most="n")
def test_grow(size):
    assert work.grow(size) == size
"""
FRUGAL = """
def hold(n): return len(bytearray(b"x") * n)

def grow(n):
    for number in range(n * 40): number & 1
    return n
"""


class Judge:
    """Grades files for one criterion of ten points."""

    def __init__(self, engine, folder, tests, honest, criteria, extra=""):
        path = folder / "work"
        path.mkdir()
        assignment = make(path, tests, honest, ['kind = "tests"\nweight = 1', *criteria], extra)
        text = (path / "assignment.toml").read_text().replace("[submission]\n", '[submission]\nallowed = ["*"]\n')
        (path / "assignment.toml").write_text(text)
        self.rules = type(assignment.settings.submission)(required=("work.py",), allowed=("*",))
        self.grader = Grader(assignment, engine, parallel=EIGHT)

    def points(self, kind, files):
        """What a criterion gave; a text where there is none."""
        report = self.grader.grade(submission_of("it", files, self.rules))
        return line(report, kind).score if report.status == "graded" else f"{report.status}: {report.reason}"


@pytest.fixture(scope="module")
def style(engine, tmp_path_factory):
    criteria = ['kind = "style"\nweight = 10\nlayout = true\ntypes = true']
    with unchanged(engine):
        judge = Judge(engine, tmp_path_factory.mktemp("style"), STYLE_TESTS, HONEST, criteria)
        yield judge
        judge.grader.close()


@pytest.fixture(scope="module")
def costs(engine, tmp_path_factory):
    criteria = [f'kind = "{kind}"\nweight = 10' for kind in ("memory", "growth")]
    with unchanged(engine):
        limits = '[limits]\ncpu_time = 20.0\nmemory = "512 MiB"\n'
        judge = Judge(engine, tmp_path_factory.mktemp("costs"), COST_TESTS, FRUGAL, criteria, limits)
        yield judge
        judge.grader.close()


def styled(attack):
    return {"work.py": attack.work.encode(), **attack.others}


@pytest.mark.parametrize("attack", STYLES[::STEP], ids=lambda attack: attack.name)
def test_style_is_read_alone(style, attack):
    points = style.points("style", styled(attack))
    assert isinstance(points, float), points
    assert points <= attack.most


def test_style_is_read_eight_at_once(style):
    with ThreadPoolExecutor(EIGHT) as pool:
        futures = [(attack, pool.submit(style.points, "style", styled(attack))) for attack in STYLES]
        honest = [pool.submit(style.points, "style", {"work.py": HONEST.encode()}) for _ in range(4)]
        earned = {attack.name: future.result() for attack, future in futures}
    assert {name: points for name, points in earned.items() if isinstance(points, str)} == {}
    assert {attack.name: earned[attack.name] for attack in STYLES if earned[attack.name] > attack.most} == {}
    assert {future.result() for future in honest} == {10.0}


@pytest.mark.measured
@pytest.mark.parametrize("attack", COSTS, ids=lambda attack: attack.name)
def test_costs_are_found_wherever_they_are(costs, attack):
    other = FRUGAL.replace("def hold", "def _") if attack.kind == "memory" else FRUGAL.replace("def grow", "def _")
    points = costs.points(attack.kind, {"work.py": (other + "\n" + attack.work).encode()})
    assert isinstance(points, float), points
    assert points <= attack.most
