import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def run(request):
    """Run the program: in the grader's sandbox, or, on your machine, next to this folder."""
    try:
        program = request.getfixturevalue("program")
    except pytest.FixtureLookupError:
        path = next(folder / "report.py" for folder in Path(__file__).parents if (folder / "report.py").exists())
        return lambda stdin: subprocess.run([sys.executable, path], input=stdin, capture_output=True, text=True).stdout
    return lambda stdin: program.run(stdin=stdin).stdout


def test_adds_up_one_category(run):
    assert run("food,1.25\nfood,2.50\n") == "food: 3.75\ntotal: 3.75\n"
