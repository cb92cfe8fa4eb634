import shutil
from pathlib import Path

import pytest

ASSIGNMENTS = Path(__file__).parents[2] / "assignments"


@pytest.fixture
def folder(tmp_path):
    """A copy of a sample assignment, to be spoiled."""
    return Path(shutil.copytree(ASSIGNMENTS / "roman-numerals", tmp_path / "roman-numerals"))
