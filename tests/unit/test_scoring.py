"""Scores are a pure function of what was found and the assignment's settings."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from grader.assignment.model import AssignmentFile, Competency, SubmissionRules
from grader.patterns import file_matches
from grader.patterns import test_matches as matches_test
from grader.report import Cost, Finding, Growth, Measurements, Quality, TestResult
from grader.scoring import score_evidence
from grader.scoring.criteria import (
    EfficiencyCriterion,
    Gate,
    GrowthCriterion,
    MemoryCriterion,
    MutantsCriterion,
    StyleCriterion,
    TestsCriterion,
)
from grader.scoring.ratios import points_for, ratio_of
from grader.scoring.rules import Bands, ScoreRules
from grader.scoring.score import competencies_of


def score_tests(tests, criteria, competencies=(), measurements=None, **more):
    settings = AssignmentFile(
        id="a",
        title="A",
        submission=SubmissionRules(required=("a.py",)),
        criterion=tuple(criteria),
        competency=tuple(competencies),
        **more,
    )
    return score_evidence(tests, measurements or Measurements(), settings)


def result(name="test_a", outcome="passed", points=1.0, visibility="hidden", competencies=(), **more):
    return TestResult(
        id=f"tests/{visibility}/test_x.py::{name}",
        visibility=visibility,
        outcome=outcome,
        points=points if outcome == "passed" else 0.0,
        max_points=points,
        competencies=competencies,
        **more,
    )


def test_the_share_of_points_counts():
    tests = [result(points=3), result("test_b", "failed", 1)]
    score = score_tests(tests, [TestsCriterion(weight=80)], [])
    assert (score.score, score.max_score) == (60, 80)
    assert score.criteria[0].detail == "1 of 2 tests, 3 of 4 points"


def test_public_and_hidden_tests_can_count_apart():
    tests = [result(visibility="public"), result("test_b", "crashed")]
    criteria = [TestsCriterion(weight=20, visibility="public"), TestsCriterion(weight=80, visibility="hidden")]
    score = score_tests(tests, criteria, [])
    assert [line.score for line in score.criteria] == [20, 0]
    assert score.criteria[1].detail == "0 of 1 hidden tests"


def test_tests_without_points_count_for_nobody():
    score = score_tests([result(outcome="skipped", points=0), result()], [TestsCriterion(weight=10)], [])
    assert score.score == 10
    assert score_tests([], [TestsCriterion(weight=10)], []).score == 10


def test_competencies_are_shares_of_their_tests():
    tests = [result(competencies=("a",)), result("test_b", "failed", 3, competencies=("a", "b"))]
    shown = score_tests(tests, [TestsCriterion()], [Competency(id="a", name="A"), Competency(id="c")]).competencies
    assert [(one.id, one.name, one.score) for one in shown] == [("a", "A", 0.25), ("b", None, 0.0)]


def test_competencies_come_from_marks_and_patterns():
    declared = [Competency(id="a", tests=("test_dep*",)), Competency(id="b", tests=("*other*",))]
    assert competencies_of("tests/hidden/test_x.py::test_deposit[1]", ["m", "a"], declared) == ("m", "a")


outcomes = st.sampled_from(["passed", "failed", "error", "timed_out", "out_of_memory", "crashed", "skipped"])
results = st.lists(st.builds(result, outcome=outcomes, points=st.floats(0, 100)), max_size=20)


@given(results, st.floats(0.1, 100))
def test_scores_stay_between_nothing_and_the_maximum(tests, weight):
    score = score_tests(tests, [TestsCriterion(weight=weight)], [])
    assert 0 <= score.score <= score.max_score + 0.01
    assert score == score_tests(tests, [TestsCriterion(weight=weight)], [])


@given(results)
def test_passing_one_more_never_costs_anything(tests):
    better = [test.model_copy(update={"outcome": "passed", "points": test.max_points}) for test in tests[:1]] + tests[1:]
    assert score_tests(better, [TestsCriterion()], []).score >= score_tests(tests, [TestsCriterion()], []).score


def test_mutants_count_by_their_points_times_the_share_of_right_tests():
    mutants = [result("m::a", points=2), result("m::b", "failed"), result("m::c", "timed_out")]
    line = MutantsCriterion(weight=80)

    def score(*own):
        return score_tests([*own, *mutants], [line], kind="test-writing").criteria[0]

    right, wrong = result("t1", visibility="public"), result("t2", "failed", visibility="public")
    assert (score(right).score, score(right).detail) == (40, "1 of 3 faulty programs caught")
    assert score(right, wrong).score == 20
    assert score(right, wrong).detail == "1 of 3 faulty programs caught, times 1 of 2 tests that are right"
    assert score(right, wrong).discreet == "1 of 2 tests are right"
    assert score(right, result("t3", "skipped", 0, "public")).score == 40
    assert (score().score, score().detail) == (0, "there are no tests")


def test_a_gate_keeps_a_line_from_counting_and_says_why():
    tests = [result(visibility="public", outcome="failed"), result("test_b")]
    gated = TestsCriterion(weight=10, visibility="hidden", needs=Gate(visibility="public"))
    line = score_tests(tests, [TestsCriterion(weight=90), gated]).criteria[1]
    assert (line.score, line.max_score) == (0, 10)
    assert line.detail == "1 of 1 hidden tests: not counted, it needs all points of the public tests, which have 0 %"
    easier = gated.model_copy(update={"needs": Gate(at_least=50)})
    assert score_tests(tests, [easier]).score == 10


def test_a_bonus_adds_to_the_score_but_not_to_the_maximum():
    tests = [result(), result("test_extra", outcome="passed")]
    lines = [TestsCriterion(weight=80, tests=("test_a",)), TestsCriterion(weight=20, tests=("test_extra",), bonus=True)]
    score = score_tests(tests, lines)
    assert (score.score, score.max_score) == (80, 80), "not above the maximum unless the assignment says so"
    assert score_tests(tests, lines, score=ScoreRules(above_maximum=True)).score == 100
    half = [result(outcome="failed"), result("test_extra")]
    assert score_tests(half, lines).score == 20
    with pytest.raises(ValidationError, match="some criterion has to be no bonus"):
        score_tests(tests, [TestsCriterion(bonus=True)])


@pytest.mark.parametrize(
    ("rules", "total"),
    [
        ({}, 66.67),
        ({"decimals": 0}, 67),
        ({"decimals": 0, "rounding": "down"}, 66),
        ({"decimals": 1, "rounding": "up"}, 66.7),
        ({"decimals": 1, "rounding": "down"}, 66.6),
    ],
)
def test_rounding_is_the_assignments(rules, total):
    tests = [result(), result("test_b"), result("test_c", "failed")]
    assert score_tests(tests, [TestsCriterion(weight=100)], score=ScoreRules(**rules)).score == total


def test_half_is_rounded_up_and_float_dust_is_not():
    assert ScoreRules(decimals=0).total(0.5, 1) == 1
    assert ScoreRules(decimals=1, rounding="up").total(0.1 + 0.2, 1) == 0.3


def test_levels_have_the_assignments_thresholds():
    bands = Bands(developing=30, proficient=60, mastered=100)
    assert [bands.level(share) for share in (0.0, 0.299, 0.3, 0.6, 0.99, 1.0)] == [
        *("emerging", "emerging", "developing", "proficient", "proficient", "mastered")
    ]
    with pytest.raises(ValidationError, match="have to ascend"):
        Bands(developing=80, proficient=60)


def test_a_competency_is_the_mean_of_its_tests_and_criteria():
    tests = [result(competencies=("a",)), result("test_b", "failed")]
    lines = [TestsCriterion(weight=90), TestsCriterion(name="speed", weight=10, tests=("test_b",))]
    (shown,) = score_tests(tests, lines, [Competency(id="a", criteria=("speed",))]).competencies
    assert (shown.score, shown.level) == (0.5, "developing")
    assert shown.parts == ("100% of the points of 1 tests", "0% of speed")
    with pytest.raises(ValidationError, match="names a criterion 'sped'; there are speed, tests"):
        score_tests(tests, lines, [Competency(id="a", criteria=("sped",))])


# Costs


def cost(test, ours, theirs, times=5):
    return Cost(test=test, submission=((ours,),) * times, reference=((theirs,),) * times)


def fast(name="test_a", **more):
    return result(name, measures=("efficiency", "memory"), **more)


ID = "tests/hidden/test_x.py::test_a"


@pytest.mark.parametrize(("ours", "points"), [(0.1, 20), (0.15, 20), (1.0, 0), (5.0, 0), (math.sqrt(0.15), 10)])
def test_efficiency_is_logarithmic_between_full_and_zero(ours, points):
    found = Measurements(cpu_time=(cost(ID, ours, 0.1), cost("", 0.0, 0.0)))
    score = score_tests([fast()], [EfficiencyCriterion(weight=20)], measurements=found)
    assert score.score == points
    assert f"{ours / 0.1:.2f} ×" in score.criteria[0].detail


def test_what_is_done_outside_of_tests_is_paid_for():
    found = Measurements(cpu_time=(cost(ID, 0.001, 0.1), cost("", 5.0, 0.0)))
    assert score_tests([fast()], [EfficiencyCriterion(weight=20)], measurements=found).score == 0


def test_a_measured_test_that_fails_earns_nothing_there():
    tests = [fast(), fast("test_b", outcome="failed", points=3)]
    found = Measurements(cpu_time=(cost(ID, 0.1, 0.1), cost("", 0.0, 0.0)))
    line = score_tests(tests, [EfficiencyCriterion(weight=20)], measurements=found).criteria[0]
    assert line.score == 5
    assert line.detail.endswith("1 of 2 measured tests passed")
    assert score_tests([fast(outcome="failed")], [EfficiencyCriterion(weight=20)]).criteria[0].score == 0
    pointless = [test.model_copy(update={"points": 0, "max_points": 0}) for test in tests]
    assert score_tests(pointless, [EfficiencyCriterion(weight=20)], measurements=found).criteria[0].score == 10


def test_memory_is_the_highest_peak():
    other = "tests/hidden/test_x.py::test_b"
    found = Measurements(memory=(cost(ID, 50e6, 5e6), cost(other, 1e6, 50e6)))
    assert score_tests([fast(), fast("test_b")], [MemoryCriterion(weight=20)], measurements=found).score == 20
    tiny = Measurements(memory=(cost(ID, 1.5e6, 1e3),))
    assert score_tests([fast()], [MemoryCriterion(weight=20)], measurements=tiny).score == 20, "that is noise"


def test_who_needs_little_memory_now_and_then_by_chance_gains_nothing():
    small, large = 1e6, 50e6
    runs = ((large, small, large), (small, large, large), (small, small, large), (large, large, small))
    found = Measurements(memory=(Cost(test=ID, submission=runs, reference=((small,) * 3,) * 4),))
    assert score_tests([fast()], [MemoryCriterion(weight=20)], measurements=found).score == 0
    moody = ((small, small, large), (small, small, small), (small, large, small), (large, large, large))
    late = Measurements(memory=(Cost(test=ID, submission=moody, reference=((small,) * 3,) * 4),))
    assert score_tests([fast()], [MemoryCriterion(weight=20)], measurements=late).score == 20, "garbage, collected late"


def test_growth_counts_the_families_that_keep_to_their_class():
    sizes = tuple(2**power for power in range(10, 16))
    families = {"f": [1e-5 * size for size in sizes], "g": [1e-8 * size**2 for size in sizes]}
    found = Measurements(
        growth=tuple(
            Growth(test=name, at_most="n log n", sizes=sizes, cpu_times=tuple((time,) * 4 for time in times))
            for name, times in families.items()
        )
    )
    tests = [result(f"test_{name}[{size}]", family=name) for name in families for size in sizes]
    line = score_tests(tests, [GrowthCriterion(weight=10)], measurements=found).criteria[0]
    assert line.score == 5
    assert "grows like n^2, and only n log n is allowed" in line.detail
    assert score_tests(tests, [GrowthCriterion(weight=10)]).criteria[0].score == 0, "not measured: it did not pass"


def messy(lines=50, **counts):
    findings = [Finding(rule=rule, path="a.py", line=1, message="") for rule, count in counts.items() for _ in range(count)]
    return Measurements(quality=Quality(tools=("ruff 1",), lines=lines, findings=tuple(findings)))


@pytest.mark.parametrize(
    ("found", "points"),
    [
        (messy(), 20),
        (messy(F401=1), 18),
        (messy(F401=2), 16),
        (messy(F401=4), 14),
        (messy(F401=1, E711=1), 16),
        (messy(400, F401=4), 18),
        (messy(**{f"E{number}": 1 for number in range(100, 120)}), 0),
        (messy(D100=9, layout=3), 20),
        (messy(**{"invalid-syntax": 1}), 0),
    ],
)
def test_style_counts_broken_rules_and_not_the_length_of_programs(found, points):
    assert score_tests([result()], [StyleCriterion(weight=20)], measurements=found).score == points


def test_layout_and_types_count_where_they_are_asked_for():
    criterion = StyleCriterion(weight=20, layout=True, types=True)
    found = messy(layout=1, **{"type-arg-type": 1})
    line = score_tests([result()], [criterion], measurements=found).criteria[0]
    assert (line.score, line.detail) == (16, "2 rules are broken: layout, type-arg-type")


def test_a_ratio_does_not_follow_one_hiccup():
    ratio = ratio_of([[1.0], [1.0], [9.0], [1.0], [1.0]], [[1.0]] * 5, 0.001)
    assert (ratio.value, ratio.low, ratio.high) == (1, 1, 1)


def test_a_ratio_withstands_a_machine_that_is_busy_elsewhere():
    weather = random.Random(7)

    def runs(cost):
        return [[cost * (1 + weather.expovariate(10)) for _ in range(3)] for _ in range(20)]

    ratios = [ratio_of(runs(0.5), runs(0.1), 0.001) for _ in range(100)]
    assert all(4.9 < ratio.value < 5.1 for ratio in ratios)
    assert sum(ratio.low <= 5 <= ratio.high for ratio in ratios) > 80


@pytest.mark.parametrize(
    "runs",
    [
        [[1.0, 0.01, 0.01, 0.01]] * 8,  # remembers
        [[1.0, 1.0, 1.0, 0.01]] * 8,  # at last
        [[1.0, 0.01, 0.01, 1.0]] * 8,  # now and then
        [[4.0], [0.1], [0.1], [0.1]] * 5,  # by chance
    ],
)
def test_who_is_cheap_only_now_and_then_gains_nothing(runs):
    assert ratio_of(runs, [[1.0] * len(runs[0])] * len(runs), 0.001).value >= 0.7


COSTS = st.floats(0.01, 10)


@given(st.lists(st.tuples(*[st.tuples(COSTS, COSTS)] * 2), min_size=1, max_size=20))
def test_a_ratio_lies_in_its_interval(pairs):
    ours, theirs = zip(*pairs, strict=True)
    ratio = ratio_of(ours, theirs, 0.001)
    assert ratio.low <= ratio.value <= ratio.high
    assert ratio_of(ours, ours, 0.001).value == 1


@given(st.floats(0.01, 100), st.floats(0.01, 100))
def test_a_better_ratio_never_costs_anything(one, other):
    better, worse = sorted((one, other))
    assert 0 <= points_for(worse, 1.5, 10) <= points_for(better, 1.5, 10) <= 1


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("test_deposit*", True), ("test_deposit", True), ("test_deposit[1]", True), ("test_deposit[2]", False), ("test_dep", False),
        ("TestX::test_deposit", True), ("tests/hidden/test_x.py::*", True), ("*", True), ("TEST_DEPOSIT", False),
    ],
)  # fmt: skip
def test_patterns_name_tests(pattern, matches):
    assert matches_test("tests/hidden/test_x.py::TestX::test_deposit[1]", [pattern]) is matches


def test_patterns_name_files():
    assert file_matches("a/b.py", ["*.py"])
    assert file_matches("data/x.txt", ["data/*.txt"])
    assert not file_matches("other/x.txt", ["data/*.txt"])
