"""Grade all exercises of an Exercism Python track: references, stubs, and how many tests plain pytest finds."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from grader.assignment import Assignment, load_assignment
from grader.grading import Grader
from grader.importers.exercism import import_exercism
from grader.report import Report
from grader.submission import read_submission
from sandboxes.engine import Engine


def graded(assignment: Assignment, grader: Grader, folder: str) -> Report:
    return grader.grade(read_submission(assignment.root / folder, assignment.settings.submission))


def tests_on_the_host(assignment: Assignment) -> int:
    """How many tests plain pytest runs, with the reference beside them."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("tests/hidden", "solutions/reference"):
            shutil.copytree(assignment.root / part, folder, dirs_exist_ok=True)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", folder]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=120, check=False)
    return sum(int(count) for count in re.findall(r"(\d+) (?:passed|failed|skipped|error)", done.stdout.splitlines()[-1]))


def main(track: Path) -> None:
    engine = Engine()
    kinds = ("concept", "practice")
    exercises = sorted(path for kind in kinds for path in (track / "exercises" / kind).iterdir() if path.is_dir())
    full, easy = 0, []
    with tempfile.TemporaryDirectory() as folder:
        for exercise in exercises:
            assignment = load_assignment(import_exercism(exercise, Path(folder, exercise.name)))
            with Grader(assignment, engine) as grader:
                reference, stub = (graded(assignment, grader, part) for part in ("solutions/reference", "starter"))
            if reference.status == "graded" and reference.score == reference.max_score:
                full += 1
            else:
                wrong = [
                    f"{test.id.rpartition('::')[2]} {test.outcome}" for test in reference.tests if test.outcome != "passed"
                ]
                print(f"{exercise.name}: {reference.status} {reference.score} {reference.reason or ''} {', '.join(wrong)}")
            expected = tests_on_the_host(assignment)
            if expected != len(reference.tests):
                print(f"{exercise.name}: {len(reference.tests)} tests, {expected} on the host")
            if stub.status == "graded" and stub.score == stub.max_score:
                easy.append(exercise.name)
    print(f"{full} of {len(exercises)} references get full marks; so do the stubs of {', '.join(easy) or 'none'}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
