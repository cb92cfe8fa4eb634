"""Of hidden tests, every face shows learners what the feedback level allows, and nothing else: a walk over all of them."""

import io
import json
from types import SimpleNamespace

import pytest
from rich.console import Console
from sqlalchemy import select

from grader.assignment.model import AssignmentFile
from grader.broker import ProgressWriter
from grader.cli.show import show_report, show_table
from grader.feedback import for_learner
from grader.junit import to_junit
from grader.page import report_page
from grader.report import Award, Cost, Growth, Measurements, Report, TestResult
from grader.scoring import score_evidence
from grader.scoring.advice import advice_for
from grader.service import endpoints, queue
from grader.store import tables
from workers.grading import _Telling

from .conftest import report
from .test_api import Api, broker  # noqa: F401

LEVELS = ("nothing", "count", "name", "message", "full")
MARKERS = {
    "hiddenname": ("name", "message", "full"),
    "hiddenhint": ("name", "message", "full"),
    "hiddenmessage": ("message", "full"),
    "hiddenaward": ("message", "full"),
    "hiddenfeedback": ("full",),
    "hiddenoutput": ("full",),
}
NUMBER = "17"
"""As many hidden tests as this: a number that stands for nothing else."""

GATE = {"tests": ("test_hiddenname*",)}
SETTINGS = AssignmentFile.model_validate(
    {
        "id": "roman-numerals",
        "title": "Roman numerals",
        "language": "python",
        "submission": {"required": ("roman.py",), "allowed": ("*.py",)},
        "criterion": (
            {"kind": "tests", "weight": 40.0, "needs": GATE},
            {"kind": "tests", "name": "gated", "weight": 20.0, "visibility": "public", "needs": GATE},
            {"kind": "efficiency", "weight": 10.0, "needs": GATE},
            {"kind": "memory", "weight": 10.0, "tests": ("test_hiddenname*",), "needs": GATE},
            {"kind": "growth", "weight": 10.0, "needs": GATE},
            {"kind": "style", "weight": 10.0, "needs": GATE},
        ),
        "competency": ({"id": "c", "name": "Counts", "tests": ("test_hiddenname*", "test_open*")},),
    },
    strict=False,
)


def hidden(number):
    return TestResult(
        id=f"tests/hidden/test_hiddenname.py::test_hiddenname[{number}]", visibility="hidden",
        outcome=("failed", "passed", "timed_out")[number % 3], points=0.0, max_points=1.0, message="hiddenmessage",
        feedback="hiddenfeedback", hint="hiddenhint", stdout="hiddenoutput", competencies=("c",), measures=("efficiency",),
        family="tests/hidden/test_hiddenname.py::test_hiddenname", awards=(Award(share=0.5, reason="hiddenaward"),),
    )  # fmt: skip


def graded():
    ours = ((0.2, 0.2, 0.2),) * 3
    public = TestResult(id="tests/public/t.py::test_open", visibility="public", outcome="passed", points=1.0, max_points=1.0)
    tests = (public, *map(hidden, range(int(NUMBER))))
    name = tests[1].id
    growth = Growth(test=tests[1].family, at_most="n", sizes=(1, 10, 100), cpu_times=((0.1,) * 3, (1.0,) * 3, (10.0,) * 3))
    costs = (Cost(test=name, submission=ours, reference=ours), Cost(test="", submission=ours, reference=ours))
    found = Measurements(cpu_time=costs, memory=costs, growth=(growth,))
    score = score_evidence(tests, found, SETTINGS)
    changes = {"tests": tests, "measurements": found, "criteria": score.criteria, "competencies": score.competencies}
    return report(score.score, **{**changes, "max_score": score.max_score})


def faces(shown):
    """What becomes of a report as one reader may see it."""
    stream = io.StringIO()
    console = Console(file=stream, width=200)
    show_report(console, shown, "title")
    show_table(console, [shown, shown], "title")
    yield "terminal", stream.getvalue()
    yield "json", shown.to_json()
    yield "junit", to_junit([shown])
    yield "page", report_page(shown, "title")
    yield "advice", "\n".join(f"{one.what}: {one.how}" for one in advice_for(shown))


def check(level, face, text):
    for marker, levels in MARKERS.items():
        assert level in levels or marker not in text, f"{face} at level {level} shows {marker}"
    if level == "nothing":
        assert f" of {NUMBER}" not in text, f"{face} counts hidden tests"


@pytest.mark.parametrize("level", LEVELS)
def test_faces_of_a_report(level):
    for face, text in faces(for_learner(graded(), level)):
        check(level, face, text)


def test_the_walk_would_see_what_is_shown_to_instructors():
    seen = "".join(text for _face, text in faces(graded()))
    assert all(marker in seen for marker in MARKERS)
    assert f" of {NUMBER}" in seen or f" of {int(NUMBER) + 1}" in seen


@pytest.mark.parametrize("level", LEVELS)
def test_a_count_says_how_many_and_a_name_says_which(level):
    details = " ".join(line.detail for line in for_learner(graded(), level).criteria)
    assert ("of 18 tests" in details) == (level != "nothing")
    assert ("of 1 tests grow" in details) == (level == "count")
    assert ("not counted, it needs all points of certain tests" in details) == (level == "count")
    assert ("test_hiddenname" in details) == (level in MARKERS["hiddenname"])


@pytest.mark.parametrize("level", LEVELS)
def test_a_report_of_an_older_version_shows_less_and_not_more(level):
    old = graded()
    lines = tuple(line.model_copy(update={"counts": None}) for line in old.criteria)
    for face, text in faces(for_learner(old.model_copy(update={"criteria": lines}), level)):
        check(level, face, text)


def test_a_failure_of_ours_is_not_told_to_learners():
    failed = graded().model_copy(update={"status": "failed", "reason": "Traceback hiddenmessage", "tests": ()})
    for level in LEVELS:
        assert "hiddenmessage" not in for_learner(failed, level).to_json()
    rejected = failed.model_copy(update={"status": "rejected", "reason": "roman.py is missing"})
    assert for_learner(rejected, "nothing").reason == "roman.py is missing"


@pytest.mark.parametrize("level", LEVELS)
def test_faces_of_the_service(level, world, broker, tmp_path):  # noqa: F811
    path = world.folder / "assignment.toml"
    text = path.read_text()
    path.write_text(text.replace(text[text.index("[feedback]") :].split("\n\n")[0], f'[feedback]\nhidden = "{level}"'))
    world.publish()
    with world.database.writing() as session:
        endpoints.add_endpoint(session, "https://lms.example.org/", [], None, world.now)
    api = Api(world, broker, tmp_path)
    mine = api.submit()["id"]
    one, done = world.claim(), graded()
    _tell(api.settings, one, done, level)
    with world.database.writing() as session:
        assert queue.finish(session, one, done, world.now)
    paths = [
        f"/api/v1/submissions/{mine}",
        f"/api/v1/submissions/{mine}/events",
        "/api/v1/assignments",
        f"/api/v1/courses/py/assignments/{world.slug}",
        f"/api/v1/courses/py/assignments/{world.slug}/submissions",
        "/api/v1/courses/py/competencies",
    ]
    with api.client:
        for address in paths:
            check(level, address, api.call("GET", address, world.ada).text)
        detail = api.call("GET", paths[0], world.ada).json()
        everything = api.call("GET", paths[0], world.teacher).text
    for face, text in faces(Report.model_validate(detail["report"], strict=False)):
        check(level, face, text)
    assert all(marker in everything for marker in MARKERS)
    with world.database.reading() as session:
        # An LMS hears of scores alone, whatever learners may see.
        for payload in session.scalars(select(tables.Event.payload)):
            check("nothing", "webhook", json.dumps(payload))


def _tell(settings, one, done, level):
    """As a worker does, test by test."""
    feedback = SimpleNamespace(hidden=level)
    assignment = SimpleNamespace(settings=SimpleNamespace(feedback=feedback))
    grader = SimpleNamespace(assignment=assignment, test_ids=[test.id for test in done.tests])
    telling = _Telling(SimpleNamespace(progress=ProgressWriter(settings)), one, grader)
    for test in done.tests:
        telling.test(test)
