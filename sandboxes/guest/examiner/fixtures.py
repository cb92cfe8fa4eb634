"""Fixtures for hidden tests beyond calling the learner's functions: ``submission``, ``program`` and ``score``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .awards import Awards, Score
from .program import Program
from .submission import Submission

__all__ = ["Fixtures"]


class Fixtures:
    """A pytest plugin with the grader's fixtures.

    Args:
        submission: The learner's files as text.
        program: The learner's program.
        awards: Partial credit of the test that runs.
    """

    def __init__(self, submission: Submission, program: Program, awards: Awards) -> None:
        self._submission = submission
        self._program = program
        self._awards = awards

    @pytest.fixture
    def submission(self) -> Submission:
        """The text and syntax trees of the learner's files."""
        return self._submission

    @pytest.fixture
    def tmp_path(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """A new folder for this test. pytest would name it after the test, and the submission may read the name."""
        return tmp_path_factory.mktemp("folder")

    @pytest.fixture
    def program(self) -> Any:
        """The learner's program, run as a process."""
        yield self._program
        self._program.end_sessions()

    @pytest.fixture
    def score(self) -> Score:
        """Partial credit for this test."""
        return self._awards.score
