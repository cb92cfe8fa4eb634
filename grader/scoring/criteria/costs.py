"""Criteria ``efficiency`` and ``memory``: what a submission costs against the reference."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median_high
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from ...patterns import test_matches
from ...report import Cost, Measurements, TestResult
from ..ratios import Ratio, Runs, points_for, ratio_of
from .base import BaseCriterion, Evidence, Judgement

__all__ = ["EfficiencyCriterion", "MemoryCriterion"]

_ROOM = 1.1


class _CostCriterion(BaseCriterion):
    """Full marks up to ``full`` times the reference's cost, none from ``zero`` times on, logarithmic between."""

    of: ClassVar[str]
    least: ClassVar[float]

    tests: tuple[str, ...] = Field(default=(), strict=False, description="Patterns of the tests that are measured.")
    full: float = Field(default=1.5, ge=1, allow_inf_nan=False, description="Times the reference up to which all is well.")
    zero: float = Field(default=10.0, gt=1, allow_inf_nan=False, description="Times the reference that earns nothing.")

    @model_validator(mode="after")
    def _ordered(self) -> _CostCriterion:
        if self.zero <= self.full:
            raise ValueError("'zero' has to be more than 'full'")
        return self

    def depends_on(self) -> dict[str, object]:
        return {"kind": self.kind, "tests": self.tests}

    def measures(self, test_id: str, marks: Iterable[str]) -> bool:
        """Whether a test is measured: one that the criterion names, or, if it names none, one that is marked."""
        return test_matches(test_id, self.tests) if self.tests else self.kind in marks

    def is_settled(self, ratio: Ratio) -> bool:
        """Whether knowing the ratio better would change nothing: it is full marks, or none, with room to spare."""
        return ratio.high * _ROOM <= self.full or ratio.low >= self.zero * _ROOM

    def costs(self, measurements: Measurements) -> Sequence[Cost]:
        """The measurements that count here."""
        raise NotImplementedError

    def together(self, side: Sequence[Runs]) -> Runs:
        """The costs of all tests in one, from those of each test."""
        raise NotImplementedError

    def ratio(self, costs: Sequence[Cost]) -> Ratio:
        """Times the reference."""
        ours = self.together([one.submission for one in costs])
        theirs = self.together([one.reference for one in costs])
        return ratio_of(ours, theirs, self.least)

    def judge(self, evidence: Evidence) -> Judgement:
        wanted = [test for test in evidence.tests if self.measures(test.id, test.measures)]
        known = {cost.test for cost in self.costs(evidence.measurements)}
        measured = [test for test in wanted if test.id in known]
        if not measured:
            discreet = "no test that is measured passed"
            return Judgement(0.0, f"none of the {len(wanted)} tests that are measured passed", discreet)
        names = {test.id for test in measured}
        ratio = self.ratio([cost for cost in self.costs(evidence.measurements) if cost.test in names | {""}])
        share = _weight(measured, wanted) / _weight(wanted, wanted)
        passed = "" if share == 1 else f"; {len(measured)} of {len(wanted)} measured tests passed"
        account = f"{ratio} the reference's {self.of}, full marks up to {self.full:g} ×, none from {self.zero:g} × on"
        return Judgement(share * points_for(ratio.value, self.full, self.zero), account + passed, account)


class EfficiencyCriterion(_CostCriterion):
    """CPU time, by the kernel's accounting: what is done at import, in threads and in child processes included."""

    kind: Literal["efficiency"] = "efficiency"
    of: ClassVar[str] = "CPU time"
    least: ClassVar[float] = 0.001

    def costs(self, measurements: Measurements) -> Sequence[Cost]:
        return measurements.cpu_time

    def together(self, side: Sequence[Runs]) -> Runs:
        return [[sum(run) for run in zip(*repetition, strict=True)] for repetition in zip(*side, strict=True)]


class MemoryCriterion(_CostCriterion):
    """The highest peak of the measured tests, above what the sandbox held before the program was there."""

    kind: Literal["memory"] = "memory"
    of: ClassVar[str] = "peak of memory"
    # An interpreter's own arenas and buffers come and go in pieces of this size.
    least: ClassVar[float] = 2.0 * 2**20

    def costs(self, measurements: Measurements) -> Sequence[Cost]:
        return measurements.memory

    def together(self, side: Sequence[Runs]) -> Runs:
        # Garbage that happens to be collected later adds to a peak; who needs little now and then, by chance, gains nothing.
        usual = median_high(max(map(median_high, repetition)) for repetition in zip(*side, strict=True))
        return [[usual]] * len(side[0])


def _weight(tests: Sequence[TestResult], among: Sequence[TestResult]) -> float:
    """Points of some tests; tests that have none count the same, where none has any."""
    pointless = all(test.max_points == 0 for test in among)
    return float(len(tests)) if pointless else math.fsum(test.max_points for test in tests)
