"""What is measured beyond outcomes: CPU time and memory against the reference, growth, style, partial credit."""

import pytest

from grader.errors import AssignmentError
from grader.grading import Grader
from grader.report import Report
from grader.scoring import rescore
from grader.scoring.criteria.growth import verdict_on

from ..measured import grading, line, make

pytestmark = pytest.mark.measured

COUNT = """
def count(n):
    total = 0
    for number in range(n):
        total += number % 7
    return total
"""
TESTS = """
import pytest
from work import count

@pytest.mark.efficiency
def test_count():
    assert count(300_000) == sum(number % 7 for number in range(300_000))

def test_nothing():
    assert count(0) == 0
"""
SPEED = ['kind = "tests"\nweight = 50', 'kind = "efficiency"\nweight = 50']


def test_efficiency_follows_the_cpu_time(engine, tmp_path):
    assignment = make(tmp_path, TESTS, COUNT, SPEED)
    slow = COUNT.replace("    total = 0\n", "    for number in range(4 * n):\n        number % 7\n    total = 0\n")
    with grading(engine, assignment) as grade:
        same, slower = grade(COUNT), grade(slow)
        wrong = grade("def count(n): return 0")
    assert same.score == 100
    assert line(same, "efficiency").detail.endswith("full marks up to 1.5 ×, none from 10 × on")
    assert 5 < line(slower, "efficiency").score < 45
    assert line(wrong, "efficiency").score == 0
    assert line(wrong, "efficiency").detail == "none of the 1 tests that are measured passed"


def test_a_solution_at_1_2_times_the_reference_is_not_punished(engine, tmp_path):
    assignment = make(tmp_path, TESTS, COUNT, SPEED)
    with grading(engine, assignment) as grade:
        assert (
            grade(COUNT.replace("range(n)", "range(n * 6 // 5)").replace("total +=", "total += number < n and")).score == 100
        )


def test_memory_is_the_peak_against_the_reference(engine, tmp_path):
    tests = """
    import pytest
    from work import total

    @pytest.mark.memory
    def test_total():
        assert total(300_000) == 45_000_150_000
    """
    lean = "def total(n):\n    numbers = list(range(n + 1))\n    return sum(numbers)\n"
    lavish = "def total(n):\n    rows = [[number, str(number), {number: number}] for number in range(n + 1)]\n"
    lavish += "    return sum(row[0] for row in rows)\n"
    assignment = make(tmp_path, tests, lean, ['kind = "tests"\nweight = 50', 'kind = "memory"\nweight = 50'])
    with grading(engine, assignment) as grade:
        assert grade(lean).score == 100
        wasteful = grade(lavish)
    assert line(wasteful, "memory").score < 25
    assert "the reference's peak of memory" in line(wasteful, "memory").detail


GROWTH_TESTS = """
import pytest
from work import has_twins

@pytest.mark.points(0)
@pytest.mark.scaling(sizes=[250, 500, 1000, 2000, 4000], at_most="n log n")
def test_twins(size):
    assert not has_twins(list(range(size)))
    assert has_twins([*range(size), 0])
"""
SETS = "def has_twins(items):\n    seen = set()\n    for item in items:\n        if item in seen:\n            return True\n"
SETS += "        seen.add(item)\n    return False\n"
PAIRS = "def has_twins(items):\n    return any(items[i] == items[j] for i in range(len(items)) for j in range(i))\n"


def test_growth_is_judged_and_told(engine, tmp_path):
    criteria = ['kind = "tests"\nweight = 50', 'kind = "growth"\nweight = 50']
    assignment = make(tmp_path, GROWTH_TESTS, SETS, criteria, "[limits]\ncpu_time = 20.0\n")
    with grading(engine, assignment) as grade:
        good, bad = grade(SETS), grade(PAIRS)
    assert line(good, "growth").score == 50
    assert (line(bad, "growth").score, verdict_on(bad.measurements.growth[0]).found) == (0, "n^2")
    assert "test_twins grows like n^2, and only n log n is allowed" in line(bad, "growth").detail
    assert [test.max_points for test in bad.tests if test.family] == [0] * 5
    assert bad.measurements.growth[0].sizes == (250, 500, 1000, 2000, 4000)


@pytest.mark.parametrize("transport", ["socket", "stream"])
def test_style_reads_the_text_and_heeds_no_settings_of_the_learner(engine, tmp_path, transport):
    messy = "import os\n\ndef Count( n ):  # noqa\n    l = n\n    if l == None: return 0\n    return l\ncount = Count\n"
    messy += "class Wrong(Exception): pass\n"
    criteria = ['kind = "tests"\nweight = 50', 'kind = "style"\nweight = 50\nlayout = true\ntypes = true']
    assignment = make(tmp_path, "from work import count\ndef test_count():\n    assert count(3) == 3\n", COUNT, criteria)
    from grader.submission import submission_of

    files = {"work.py": messy.encode(), "sub/other.py": b"import sys\n"}
    with Grader(assignment, engine, transport=transport) as grader:
        report = grader.grade(submission_of("it", files, assignment.settings.submission))
    found = {(finding.path, finding.rule) for finding in report.measurements.quality.findings}
    assert {
        ("work.py", "F401"),
        ("work.py", "E741"),
        ("work.py", "E711"),
        ("work.py", "N802"),
        ("work.py", "layout"),
    } <= found
    assert ("sub/other.py", "F401") in found
    assert ("work.py", "N818") not in found, "ignored by default"
    assert any(rule.startswith("type-") for _path, rule in found)
    assert line(report, "style").score < 25
    assert [tool.split()[0] for tool in report.measurements.quality.tools] == ["ruff", "mypy"]
    first = report.measurements.quality.findings[0]
    assert first.url.startswith("https://")
    assert first.line >= 1


def test_rules_that_ruff_does_not_know_are_the_instructors_mistake(engine, tmp_path):
    criteria = ['kind = "tests"\nweight = 50', 'kind = "style"\nrules = ["E", "QQQ"]']
    assignment = make(tmp_path, "from work import count\ndef test_count():\n    assert count(3) == 3\n", COUNT, criteria)
    with pytest.raises(AssignmentError, match=r"assignment.toml: the criterion 'style' names 'QQQ' in 'rules'"):
        Grader(assignment, engine)


def test_text_that_is_no_python_gets_no_points_for_style(engine, tmp_path):
    criteria = ['kind = "tests"\nweight = 50', 'kind = "style"\nweight = 50']
    assignment = make(tmp_path, "from work import count\ndef test_count():\n    assert count(3) == 3\n", COUNT, criteria)
    with grading(engine, assignment) as grade:
        report = grade("def count(:\n")
    assert (line(report, "style").score, line(report, "style").detail) == (0, "work.py is no Python (line 1)")


def test_partial_credit_inside_a_test(engine, tmp_path):
    tests = """
    import pytest
    from work import answer

    @pytest.mark.points(4)
    def test_steps(score):
        assert answer(1) == 1
        score.award(0.25, "knows one")
        assert answer(2) == 4
        score.award(1)

    def test_wrong_share(score):
        with pytest.raises(ValueError, match="from 0 to 1"):
            score.award(1.5)
        assert answer(1) == 1
    """
    reference = "def answer(n):\n    return n * n\n"
    assignment = make(tmp_path, tests, reference, ['kind = "tests"\nweight = 60'])
    with grading(engine, assignment) as grade:
        full, part = grade(reference), grade("def answer(n):\n    return 1\n")
        crashing = grade("import os\ndef answer(n):\n    return 1 if n == 1 else os._exit(3)\n")
    assert full.score == 60
    for report in (part, crashing):
        test = next(test for test in report.tests if "test_steps" in test.id)
        assert test.outcome != "passed"
        assert (test.points, [award.reason for award in test.awards]) == (1, ["knows one"])
    assert line(part, "tests").detail == "2 of 3 tests, 3 of 6 points"


def test_rescoring_gives_what_a_fresh_grading_would(engine, tmp_path):
    criteria = [*SPEED, 'kind = "style"\nweight = 10']
    assignment = make(tmp_path, TESTS, COUNT, criteria)
    submission = COUNT.replace("total = 0", "total = 0; unused = 1").replace("range(n)", "range(n + 1 - 1)")
    with grading(engine, assignment) as grade:
        before = grade(submission)
    changed = make(
        tmp_path,
        TESTS,
        COUNT,
        ['kind = "tests"\nweight = 10\nvisibility = "hidden"', 'kind = "efficiency"\nweight = 80\nfull = 3.0', criteria[2]],
        '[[competency]]\nid = "speed"\ncriteria = ["efficiency"]\ntests = ["test_count"]\n[score]\ndecimals = 0\n',
    )
    assert changed.suite == assignment.suite
    again = rescore(Report.model_validate_json(before.to_json()), changed.settings)
    with grading(engine, changed) as grade:
        fresh = grade(submission)
    parts = [(found.kind, found.score, found.max_score) for found in again.criteria]
    assert parts == [(found.kind, found.score, found.max_score) for found in fresh.criteria]
    assert (again.score, again.max_score) == (fresh.score, fresh.max_score)
    assert [(one.id, one.score, one.level) for one in again.competencies] == [("speed", 1.0, "mastered")]


@pytest.mark.parametrize(
    ("tests", "criteria", "message"),
    [
        (TESTS, ['kind = "tests"', 'kind = "memory"'], "measures no test: mark some @pytest.mark.memory"),
        (TESTS, ['kind = "tests"', 'kind = "growth"'], "needs a test marked @pytest.mark.scaling"),
        (
            GROWTH_TESTS.replace("n log n", "n!").replace("has_twins", "count"),
            ['kind = "tests"', 'kind = "growth"'],
            "'n!' is no class of growth",
        ),
        (
            "import pytest\n@pytest.mark.scaling(sizes=[1, 2], at_most='n')\ndef test_a(size): pass\n",
            ['kind = "tests"'],
            "at least 4 sizes",
        ),
        (
            "import pytest\n@pytest.mark.scaling(sizes=[1, 2, 3, 4], at_most='n')\ndef test_a(): pass\n",
            ['kind = "tests"'],
            "needs an argument 'size'",
        ),
    ],
)
def test_assignments_that_measure_nothing_are_refused(engine, tmp_path, tests, criteria, message):
    assignment = make(tmp_path, tests, COUNT, criteria)
    with pytest.raises(AssignmentError, match=message):
        Grader(assignment, engine).close()
