"""Small assignments whose submissions are measured."""

import textwrap
from contextlib import contextmanager

from grader.assignment import load_assignment
from grader.grading import Grader
from grader.submission import submission_of


def make(folder, tests, reference, criteria, extra=""):
    """An assignment folder with one module ``work``."""
    lines = "".join(f"[[criterion]]\n{lines}\n" for lines in criteria)
    files = {
        "assignment.toml": f'id = "measured"\ntitle = "Measured"\n[submission]\nrequired = ["work.py"]\n{lines}{extra}',
        "README.md": "Work.",
        "starter/work.py": "",
        "tests/public/test_examples.py": "import work\n\ndef test_it_is_there():\n    assert work\n",
        "tests/hidden/test_work.py": textwrap.dedent(tests),
        "solutions/reference/work.py": textwrap.dedent(reference),
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return load_assignment(folder)


@contextmanager
def grading(engine, assignment):
    """Grades texts of ``work.py``."""
    with Grader(assignment, engine) as grader:
        rules = assignment.settings.submission

        def grade(text):
            report = grader.grade(submission_of("it", {"work.py": textwrap.dedent(text).encode()}, rules))
            assert report.status == "graded", report.reason
            return report

        yield grade


def line(report, kind):
    return next(one for one in report.criteria if one.kind == kind)


def ratio(assignment, report):
    """Times the reference."""
    (criterion,) = (one for one in assignment.settings.criterion if one.kind == "efficiency")
    return criterion.ratio(report.measurements.cpu_time).value
