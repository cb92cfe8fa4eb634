"""The report: everything that grading one submission found. Documented in docs/report.md."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from .model import Model

__all__ = [
    "SCHEMA",
    "AssignmentName",
    "CompetencyResult",
    "CriterionResult",
    "Environment",
    "Outcome",
    "Report",
    "Status",
    "SubmissionName",
    "TestResult",
    "Timing",
    "Visibility",
]

SCHEMA: Literal["grader/report/1"] = "grader/report/1"

Outcome = Literal["passed", "failed", "error", "timed_out", "out_of_memory", "crashed", "skipped"]
Status = Literal["graded", "rejected", "failed"]
Visibility = Literal["public", "hidden"]


class AssignmentName(Model):
    """Which assignment, and which version of it."""

    id: str
    version: str = Field(description="Digest of the assignment folder's files.")


class SubmissionName(Model):
    """Which submission."""

    name: str = Field(description="Name of the file or folder handed in.")
    digest: str | None = Field(description="Digest of the submission's files; null when it could not be read.")


class CriterionResult(Model):
    """One line of the score."""

    kind: str
    weight: float
    score: float
    max_score: float
    detail: str = Field(description="How the score came about, in a few words.")


class CompetencyResult(Model):
    """How much of a competency the submission shows."""

    id: str
    name: str | None = None
    score: float = Field(ge=0, le=1, description="Earned share of the points of the tests mapped to it.")


class TestResult(Model):
    """What became of one test."""

    id: str
    visibility: Visibility
    outcome: Outcome
    points: float
    max_points: float
    message: str | None = Field(default=None, description="What went wrong.")
    feedback: str | None = Field(default=None, description="The learner's traceback and the test's account in full.")
    hint: str | None = Field(default=None, description="The instructor's advice to those who fail the test.")
    cpu_time: float = Field(default=0.0, description="Seconds of CPU that the submission used.")
    wall_time: float = Field(default=0.0, description="Seconds from start to end.")
    peak_memory: int = Field(default=0, description="Bytes, the most that the submission's container held.")
    stdout: str = ""
    competencies: tuple[str, ...] = Field(default=(), description="Ids of the competencies that the test shows.")


class Environment(Model):
    """Where the submission ran."""

    grader: str
    image: str | None
    python: str | None


class Timing(Model):
    """When the grading ran."""

    started: AwareDatetime
    finished: AwareDatetime
    wall_time: float = Field(description="Seconds in the sandbox.")


class Report(Model):
    """Everything that grading one submission found. The score is a pure function of it and the assignment's policy."""

    schema_: Literal["grader/report/1"] = Field(default=SCHEMA, alias="schema")
    assignment: AssignmentName
    submission: SubmissionName
    status: Status
    reason: str | None = Field(default=None, description="Why it was rejected or could not be graded.")
    score: float | None = Field(default=None, description="Null unless graded.")
    max_score: float | None = None
    criteria: tuple[CriterionResult, ...] = ()
    competencies: tuple[CompetencyResult, ...] = ()
    tests: tuple[TestResult, ...] = ()
    environment: Environment
    timing: Timing

    def to_json(self) -> str:
        """The report as one line of JSON."""
        return self.model_dump_json(by_alias=True)


def now() -> datetime:
    """The present, with a time zone."""
    return datetime.now().astimezone()
