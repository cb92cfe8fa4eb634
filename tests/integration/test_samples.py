"""The sample assignments and the template are in order: their references, starters and declared solutions."""

from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.check import check_assignment
from grader.cli.new import command as new
from grader.grading import Grader

ASSIGNMENTS = Path(__file__).parents[2] / "assignments"


def findings(engine, folder):
    assignment = load_assignment(folder)
    with Grader(assignment, engine, parallel=2) as grader:
        return list(check_assignment(assignment, grader, 2))


@pytest.mark.measured
@pytest.mark.parametrize("name", sorted(path.name for path in ASSIGNMENTS.iterdir() if path.is_dir()))
def test_samples_are_in_order(engine, name):
    assert [finding for finding in findings(engine, ASSIGNMENTS / name) if not finding.good] == []


@pytest.mark.parametrize("kind", ["code", "test-writing"])
def test_a_new_assignment_is_in_order(engine, tmp_path, kind):
    new.main([str(tmp_path / "fresh start"), "--kind", kind], standalone_mode=False)
    assert [finding for finding in findings(engine, tmp_path / "fresh start") if not finding.good] == []


def test_an_assignment_that_is_not_in_order_is_found_out(engine, tmp_path):
    new.main([str(tmp_path / "a")], standalone_mode=False)
    root = tmp_path / "a"
    (root / "starter" / "solution.py").write_text((root / "solutions/reference/solution.py").read_text())
    (root / "tests/hidden/test_copy.py").write_text((root / "tests/public/test_examples.py").read_text())
    (root / "solutions/ignores-negatives/solution.py").write_text((root / "solutions/reference/solution.py").read_text())
    text = (root / "assignment.toml").read_text()
    (root / "assignment.toml").write_text(text.replace('["test_mean*"]', '["test_mean*", "test_nothing"]'))
    bad = {finding.title: finding.detail for finding in findings(engine, root) if not finding.good}
    assert set(bad) == {
        "hidden tests differ from public ones", "competency arithmetic", "starter does not", "solution ignores-negatives",
    }  # fmt: skip
    assert "test_mean_of_three_numbers" in bad["hidden tests differ from public ones"]
    assert "gets 100 %, should get below 80 %" in bad["solution ignores-negatives"]
    assert "test_mean_of_negative_numbers passed, should not pass" in bad["solution ignores-negatives"]
