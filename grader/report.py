"""The report: everything that grading one submission found. Documented in docs/report.md."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from .model import Model

__all__ = [
    "SCHEMA",
    "AssignmentName",
    "Award",
    "CompetencyResult",
    "Cost",
    "CriterionResult",
    "Environment",
    "Finding",
    "Growth",
    "Level",
    "Measurements",
    "Outcome",
    "Quality",
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
Level = Literal["emerging", "developing", "proficient", "mastered"]


class AssignmentName(Model):
    """Which assignment, and which version of it."""

    id: str
    kind: Literal["code", "test-writing"] = Field(default="code", description="What is handed in.")
    version: str = Field(description="Digest of the assignment folder's files.")
    suite: str | None = Field(default=None, description="Digest of those of them that running a submission depends on.")


class SubmissionName(Model):
    """Which submission."""

    name: str = Field(description="Name of the file or folder handed in.")
    digest: str | None = Field(description="Digest of the submission's files; null when it could not be read.")


class CriterionResult(Model):
    """One line of the score."""

    kind: str
    name: str | None = None
    weight: float
    score: float
    max_score: float
    bonus: bool = Field(default=False, description="Whether it adds to the score but not to the maximum.")
    detail: str = Field(description="How the score came about, in a few words.")
    counts: str | None = Field(default=None, description="The same without names of hidden tests.")
    discreet: str | None = Field(default=None, description="The same without names and numbers of hidden tests.")


class CompetencyResult(Model):
    """How much of a competency the submission shows."""

    id: str
    name: str | None = None
    score: float = Field(ge=0, le=1, description="Mean of the earned shares of its tests' points and of its criteria.")
    level: Level | None = None
    parts: tuple[str, ...] = Field(default=(), description="What it is the mean of, in a few words each.")


class Award(Model):
    """A share of a test's points, given by the test itself."""

    share: float = Field(ge=0, le=1)
    reason: str


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
    marked: tuple[str, ...] = Field(default=(), description="Those among them that the test's own marks name.")
    measures: tuple[str, ...] = Field(default=(), description="Its marks efficiency and memory.")
    family: str | None = Field(default=None, description="Of a test marked scaling: its id without the size.")
    awards: tuple[Award, ...] = Field(default=(), description="Partial credit; the highest counts.")


class Cost(Model):
    """What one test cost on the submission and on the reference, taken in turns.

    By repetition, in fresh containers, and by run in it. The test ``""`` stands for what a repetition used outside of tests:
    importing, and threads that go on. Each of its runs bears all of that.
    """

    test: str
    submission: tuple[tuple[float, ...], ...]
    reference: tuple[tuple[float, ...], ...]


class Growth(Model):
    """What a test cost at each of its sizes."""

    test: str = Field(description="Id without the size.")
    at_most: str = Field(description="The class that the test allows.")
    reference: str | None = Field(default=None, description="The class that the reference is known to have.")
    sizes: tuple[int, ...] = Field(description="Ascending; where sizes vary, those that this submission met.")
    cpu_times: tuple[tuple[float, ...], ...] = Field(description="Seconds of CPU, by size and repetition.")
    reference_times: tuple[tuple[float, ...], ...] = Field(
        default=(), description="Those of the reference in the same repetitions, where its class is known."
    )
    outside: tuple[float, ...] = Field(
        default=(), description="Seconds of CPU outside of the test, at import and between sizes, by repetition."
    )
    reference_outside: tuple[float, ...] = Field(default=(), description="Those of the reference.")


class Finding(Model):
    """Something that a tool found in the submission's text."""

    rule: str
    path: str
    line: int
    message: str
    url: str | None = None
    times: int = Field(default=1, description="Places it stands for: this one, and others of the rule that are not listed.")


class Quality(Model):
    """What tools found in the submission's text."""

    tools: tuple[str, ...] = Field(description="With their versions.")
    lines: int = Field(description="Lines of code.")
    findings: tuple[Finding, ...] = ()


class Measurements(Model):
    """What was measured beyond the tests' outcomes."""

    cpu_time: tuple[Cost, ...] = Field(default=(), description="Seconds of CPU.")
    memory: tuple[Cost, ...] = Field(default=(), description="Bytes, the peak above what the container held before.")
    growth: tuple[Growth, ...] = ()
    quality: Quality | None = None


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
    measurements: Measurements = Measurements()
    environment: Environment
    timing: Timing

    def to_json(self) -> str:
        """The report as one line of JSON."""
        return self.model_dump_json(by_alias=True)


def now() -> datetime:
    """The present, with a time zone."""
    return datetime.now().astimezone()
