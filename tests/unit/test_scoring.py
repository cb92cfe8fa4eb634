"""Scores are a pure function of results and criteria."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.assignment.model import Competency
from grader.patterns import file_matches
from grader.patterns import test_matches as matches_test
from grader.report import TestResult
from grader.scoring import score_tests
from grader.scoring.criteria import TestsCriterion
from grader.scoring.score import competencies_of


def result(name="test_a", outcome="passed", points=1.0, visibility="hidden", competencies=()):
    return TestResult(
        id=f"tests/{visibility}/test_x.py::{name}",
        visibility=visibility,
        outcome=outcome,
        points=points if outcome == "passed" else 0.0,
        max_points=points,
        competencies=competencies,
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
