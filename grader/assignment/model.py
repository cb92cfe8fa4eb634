"""The contents of ``assignment.toml``."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BeforeValidator, Field, PlainSerializer, WithJsonSchema, field_validator, model_validator

from ..model import Model
from ..patterns import file_matches
from ..scoring.criteria import Criterion, MutantsCriterion, StyleCriterion, TestsCriterion
from ..scoring.rules import Bands, ScoreRules

__all__ = [
    "AssignmentFile",
    "Competency",
    "Expectation",
    "Feedback",
    "FeedbackLevel",
    "Kind",
    "LateRule",
    "LimitsTable",
    "Mutant",
    "Policy",
    "Solution",
    "SubmissionRules",
    "Time",
]

FeedbackLevel = Literal["nothing", "count", "name", "message", "full"]
Kind = Literal["code", "test-writing"]
_UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMG]i?B|B)")


def _size(value: object) -> object:
    if isinstance(value, str):
        match = _SIZE.fullmatch(value.strip())
        if match is None:
            raise ValueError('a size is a number and a unit, such as "256 MiB" or "500 KB"')
        try:
            return int(float(match[1]) * _UNITS[match[2]])
        except OverflowError:
            raise ValueError("that is too large") from None
    return value


Size = Annotated[
    int,
    BeforeValidator(_size),
    WithJsonSchema({"type": ["integer", "string"], "description": 'Bytes, or a number and a unit: "1 MiB".'}),
]
Number = Annotated[float, Field(allow_inf_nan=False)]
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|h|d)")


def _duration(value: object) -> object:
    if isinstance(value, str):
        match = _DURATION.fullmatch(value.strip())
        if match is None:
            raise ValueError('a duration is a number and one of s, min, h, d, such as "15 min"')
        value = float(match[1]) * _SECONDS[match[2]]
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return timedelta(seconds=value)
        except OverflowError:
            raise ValueError("that is too long") from None
    return value


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    Field(ge=timedelta(0), le=timedelta(days=365)),
    # As seconds, which can be read again; the ISO form can't be by a strict model.
    PlainSerializer(lambda value: value.total_seconds(), return_type=float),
    WithJsonSchema(
        {"type": ["number", "string"], "description": 'Seconds, or a number and a unit: "15 min", "2 h", "1 d".'}
    ),
]


# Bounded, so that what is reckoned from it never runs out of the calendar.
Time = Annotated[AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(3000, 1, 1, tzinfo=UTC))]


class SubmissionRules(Model):
    """``[submission]``: what learners hand in."""

    required: tuple[str, ...] = Field(
        min_length=1, strict=False, description="Files that must be there; the first is the program."
    )
    allowed: tuple[str, ...] = Field(default=("*.py",), strict=False, description="Patterns of files that may be there.")
    max_size: Size = Field(default=2**20, gt=0, le=16 * 2**20, description="Of all files together.")
    max_files: int = Field(default=50, gt=0, le=1000)

    def accepts(self, path: str) -> bool:
        """Whether a file may be there."""
        return path in self.required or file_matches(path, self.allowed)

    @field_validator("required")
    @classmethod
    def _paths(cls, paths: tuple[str, ...]) -> tuple[str, ...]:
        for path in paths:
            if path.startswith("/") or "\\" in path or any(part in ("", ".", "..") for part in path.split("/")):
                raise ValueError(f"{path!r} is not a relative path with forward slashes")
        return paths


class LimitsTable(Model):
    """``[limits]``: what each test may use."""

    cpu_time: Number = Field(default=2.0, gt=0, le=600, description="Seconds of CPU, counted by the kernel.")
    memory: Size = Field(default=256 * 2**20, ge=32 * 2**20, le=16 * 2**30)
    processes: int = Field(default=64, ge=1, le=4096, description="Processes and threads at once.")
    output: Size = Field(default=2**20, gt=0, le=16 * 2**20)
    total_time: Number = Field(default=60.0, gt=0, le=3600, description="Seconds of wall clock for all tests.")


class LateRule(Model):
    """``late``: what handing in late costs."""

    per_day: Number = Field(ge=0, le=100, description="Percent of the score for each day begun.")
    until: int = Field(ge=0, le=3650, description="Days after which nothing is accepted.")


class Policy(Model):
    """``[policy]``: when and how often. Explained in docs/policy.md."""

    opens: Time | None = Field(default=None, description="Nothing is accepted before. With a time zone offset.")
    due: Time | None = Field(default=None, description="What comes later is late. With a time zone offset.")
    closes: Time | None = Field(default=None, description="Nothing is accepted after. With a time zone offset.")
    grace: Duration = Field(default=timedelta(0), description="How long after due and closes nobody is late yet.")
    late: LateRule | None = None
    attempts: int | None = Field(default=None, gt=0, description="How often a learner may submit.")
    cooldown: Duration = Field(default=timedelta(0), description="Time between two attempts.")
    counts: Literal["best", "last"] = "best"

    @model_validator(mode="after")
    def _in_order(self) -> Policy:
        times = [("opens", self.opens), ("due", self.due), ("closes", self.closes)]
        known = [(name, time) for name, time in times if time is not None]
        for (first, earlier), (second, later) in itertools.pairwise(known):
            if earlier > later:
                raise ValueError(f"{first!r} is after {second!r}")
        if self.late is not None and self.due is None:
            raise ValueError("'late' needs a 'due'")
        return self


class Feedback(Model):
    """``[feedback]``: what learners see of hidden tests."""

    hidden: FeedbackLevel = "name"


class Competency(Model):
    """``[[competency]]``: something that tests show."""

    id: str = Field(min_length=1)
    name: str | None = None
    tests: tuple[str, ...] = Field(default=(), strict=False, description="Patterns of tests that show it.")
    criteria: tuple[str, ...] = Field(
        default=(), strict=False, description="Criteria that show it, by name, or by kind where they have none."
    )


class Expectation(Model):
    """``score`` of a solution: bounds in percent of the maximum."""

    below: Number | None = None
    at_least: Number | None = None

    @model_validator(mode="after")
    def _some(self) -> Expectation:
        if self.below is None and self.at_least is None:
            raise ValueError("say 'below', 'at_least' or both")
        return self


class Solution(Model):
    """``[[solution]]``: a submission the instructor wrote, and what it should get."""

    path: str = Field(pattern=r"^[^/\\]+$", description="Folder under solutions/.")
    score: Expectation | None = None
    fails: tuple[str, ...] = Field(default=(), strict=False, description="Patterns of tests it must not pass.")
    passes: tuple[str, ...] = Field(default=(), strict=False, description="Patterns of tests it must pass.")

    @model_validator(mode="after")
    def _some(self) -> Solution:
        if self.score is None and not self.fails and not self.passes:
            raise ValueError("declare what it should get: 'score', 'fails' or 'passes'")
        return self


class Mutant(Model):
    """``[[mutant]]``: what a faulty program is worth to those whose tests catch it."""

    path: str = Field(pattern=r"^[^/\\]+$", description="Folder under mutants/.")
    points: Number = Field(default=1.0, ge=0)
    hint: str | None = Field(default=None, description="What a learner reads whose tests miss it.")


def _default_lines(data: dict[str, Any]) -> tuple[Criterion, ...]:
    writing = data.get("kind") == "test-writing"
    return (MutantsCriterion(weight=100.0) if writing else TestsCriterion(weight=100.0),)


class AssignmentFile(Model):
    """``assignment.toml``."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=100, description="Lower case, digits, . _ -")
    title: str = Field(min_length=1)
    language: Literal["python"] = "python"
    kind: Kind = Field(default="code", description="What learners hand in: code that is tested, or tests.")
    submission: SubmissionRules
    limits: LimitsTable = LimitsTable()
    criterion: tuple[Criterion, ...] = Field(default_factory=_default_lines, min_length=1, strict=False)
    score: ScoreRules = ScoreRules()
    bands: Bands = Bands()
    policy: Policy = Policy()
    feedback: Feedback = Feedback()
    competency: tuple[Competency, ...] = Field(default=(), strict=False)
    solution: tuple[Solution, ...] = Field(default=(), strict=False)
    mutant: tuple[Mutant, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _distinct(self) -> AssignmentFile:
        for what, names in (
            ("competency", [one.id for one in self.competency]),
            ("solution", [one.path for one in self.solution]),
            ("mutant", [one.path for one in self.mutant]),
        ):
            twice = {name for name in names if names.count(name) > 1}
            if twice:
                raise ValueError(f"{what} {sorted(twice)[0]!r} is declared twice")
        return self

    @model_validator(mode="after")
    def _of_its_kind(self) -> AssignmentFile:
        kinds = {line.kind for line in self.criterion}
        if self.kind == "code" and "mutants" in kinds:
            raise ValueError("a criterion of kind 'mutants' is for assignments of kind = \"test-writing\"")
        if self.kind == "code" and self.mutant:
            raise ValueError('[[mutant]] is for assignments of kind = "test-writing"')
        if self.kind == "test-writing" and (odd := kinds - {"mutants", "tests", "style"}):
            raise ValueError(
                f"a criterion of kind {sorted(odd)[0]!r} is for code; tests are judged by 'mutants', 'tests' and 'style'"
            )
        return self

    @model_validator(mode="after")
    def _lines(self) -> AssignmentFile:
        if all(line.bonus for line in self.criterion):
            raise ValueError("some criterion has to be no bonus: there is no maximum otherwise")
        if sum(isinstance(line, StyleCriterion) for line in self.criterion) > 1:
            raise ValueError("there can be one criterion of kind 'style'")
        known = {line.name or line.kind for line in self.criterion}
        for competency in self.competency:
            for name in competency.criteria:
                if name not in known:
                    raise ValueError(
                        f"competency {competency.id!r} names a criterion {name!r}; there are {', '.join(sorted(known))}"
                    )
        return self
