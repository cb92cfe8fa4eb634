"""What is measured beyond outcomes: which tests, how often, and how it goes into the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from sandboxes.measure import Plan, Repetition, Side
from sandboxes.sandbox import Sandbox
from sandboxes.suite import Run, Test

from .assignment import Assignment
from .errors import AssignmentError
from .quality import quality_of
from .report import Cost, Growth, Measurements
from .scoring.criteria import EfficiencyCriterion, GrowthCriterion, MemoryCriterion
from .scoring.growth import named_class
from .scoring.ratios import ratio_of

__all__ = ["Measuring"]

_IDLE = 0.1
"""Seconds of waiting that are nobody's."""
_FEWEST, _MOST = 5, 16
_FEWEST_SIZES = 8
_PRECISE = 1.02
"""A ratio is known well enough when its confidence interval ends this many times above and below it."""
_WORTHWHILE = 0.5
"""Seconds that one repetition may take: short tests are run several times in it."""
_MOST_ROUNDS = 5
_REMEMBERS = 1.2
"""A program whose first run costs this many times its later ones, compared with the reference, is measured by the first."""


class Measuring:
    """Measures submissions to one assignment.

    Args:
        sandbox: Where they run.
        assignment: Says which criteria there are.

    Raises:
        AssignmentError: A criterion would have nothing to measure, or a test names no class of growth.
    """

    def __init__(self, sandbox: Sandbox, assignment: Assignment) -> None:
        self._sandbox = sandbox
        criteria = assignment.settings.criterion
        tests = sandbox.tests
        costs = [one for one in criteria if isinstance(one, EfficiencyCriterion | MemoryCriterion)]
        for criterion in costs:
            if not any(criterion.measures(test.id, test.measures) for test in tests):
                raise AssignmentError(
                    assignment.root,
                    f"the criterion {criterion.kind!r} measures no test: mark some @pytest.mark.{criterion.kind}, "
                    "or name them with 'tests'",
                )
        self._efficiency = [one for one in criteria if isinstance(one, EfficiencyCriterion)]
        self._both = [test for test in tests if any(one.measures(test.id, test.measures) for one in costs)]
        self._measured = {
            kind: frozenset(
                test.id for test in tests for one in costs if one.kind == kind and one.measures(test.id, test.measures)
            )
            for kind in ("efficiency", "memory")
        }
        grows = any(isinstance(one, GrowthCriterion) for one in criteria)
        self._families = _families(assignment, tests) if grows else {}
        if grows and not self._families:
            raise AssignmentError(assignment.root, "the criterion 'growth' needs a test marked @pytest.mark.scaling")

    def measure(self, files: Mapping[str, bytes], run: Run) -> Measurements:
        """What a submission costs, of the tests that it passed.

        Args:
            files: The submission.
            run: Its results.

        Raises:
            SandboxFailure: The grader could not do its work.
        """
        passed = {one.test.id for one in run.tests if one.outcome == "passed"}
        both = [test for test in self._both if test.id in passed]
        families = {name: members for name, members in self._families.items() if all(test.id in passed for test in members)}
        quality = quality_of(self._sandbox.inspect(files), files)
        if not both and not families:
            return Measurements(quality=quality)
        took = sum(one.wall_time for one in run.tests if one.test in both)
        rounds = max(1, min(_MOST_ROUNDS, round(_WORTHWHILE / max(took, 0.001))))
        plan = Plan(both * rounds, [test for members in families.values() for test in members])
        done = self._sandbox.measure(files, plan, lambda so_far: self._enough(so_far, both, rounds))
        lasting = _lasting(done, both, rounds)
        return Measurements(
            cpu_time=_cpu_times(done, [name for name in lasting if name in self._measured["efficiency"]], rounds),
            memory=_peaks(done, [name for name in lasting if name in self._measured["memory"]]),
            growth=_growths(done, families),
            quality=quality,
        )

    def _enough(self, done: Sequence[Repetition], both: Sequence[Test], rounds: int) -> bool:
        if not both:
            return len(done) >= _FEWEST_SIZES
        if len(done) < _FEWEST:
            return False
        timed = [name for name in _lasting(done, both, rounds) if name in self._measured["efficiency"]]
        costs = _cpu_times(done, timed, rounds)
        if len(done) >= _MOST or not costs:
            return True
        ours = [sum(times) for times in zip(*(cost.submission for cost in costs), strict=True)]
        theirs = [sum(times) for times in zip(*(cost.reference for cost in costs), strict=True)]
        ratio = ratio_of(ours, theirs, EfficiencyCriterion.least)
        return ratio.high / ratio.value <= _PRECISE or all(one.is_settled(ratio) for one in self._efficiency)


def _families(assignment: Assignment, tests: Sequence[Test]) -> dict[str, list[Test]]:
    families: dict[str, list[Test]] = {}
    for test in tests:
        if test.scaling is None:
            continue
        try:
            named_class(test.scaling.at_most)
            named_class(test.scaling.reference or test.scaling.at_most)
        except ValueError as error:
            raise AssignmentError(assignment.root / test.id.partition("::")[0], f"{test.scaling.family}: {error}") from None
        families.setdefault(test.scaling.family, []).append(test)
    return families


def _peaks(done: Sequence[Repetition], lasting: Sequence[str]) -> tuple[Cost, ...]:
    return tuple(
        Cost(
            test=name,
            submission=tuple(float(min(one.submission.memory[name])) for one in done),
            reference=tuple(float(min(one.reference.memory[name])) for one in done),
        )
        for name in lasting
    )


def _growths(done: Sequence[Repetition], families: Mapping[str, Sequence[Test]]) -> tuple[Growth, ...]:
    failed = {name for one in done for name in one.submission.failed}
    return tuple(
        Growth(
            test=name,
            at_most=named_class(members[0].scaling.at_most) if members[0].scaling else "",
            sizes=tuple(test.scaling.size for test in members if test.scaling),
            reference=named_class(members[0].scaling.reference)
            if members[0].scaling and members[0].scaling.reference
            else None,
            cpu_times=tuple(tuple(round(one.submission.cpu_time[test.id][0], 6) for one in done) for test in members),
            reference_times=tuple(_of_reference(done, test) for test in members) if _is_compared(done, members) else (),
        )
        for name, members in families.items()
        if not any(test.id in failed or _runs(done, test.id) < len(done) for test in members)
    )


def _of_reference(done: Sequence[Repetition], test: Test) -> tuple[float, ...]:
    return tuple(round(one.reference.cpu_time[test.id][0], 6) for one in done)


def _is_compared(done: Sequence[Repetition], members: Sequence[Test]) -> bool:
    """Whether the reference ran at all sizes, each time."""
    return all(test.id in one.reference.cpu_time for one in done for test in members)


def _runs(done: Sequence[Repetition], name: str) -> int:
    return sum(len(one.submission.cpu_time.get(name, ())) for one in done)


def _lasting(done: Sequence[Repetition], both: Sequence[Test], rounds: int) -> list[str]:
    """The tests that were run each time, and passed."""
    failed = {name for one in done for name in (*one.submission.failed, *one.reference.failed)}
    return [test.id for test in both if test.id not in failed and _runs(done, test.id) == rounds * len(done)]


def _cpu_times(done: Sequence[Repetition], lasting: Sequence[str], rounds: int) -> tuple[Cost, ...]:
    """CPU times by test, and outside of tests, for each repetition: the mean of its rounds.

    What containers differ in (where things lie in memory) is the same in all rounds of one: repetitions are the samples.
    """
    if not lasting:
        return ()
    used = slice(0, 1) if _remembers(done, lasting, rounds) else slice(None)
    costs = []
    for name in lasting:
        slept = _slept(done, name)
        costs.append(
            Cost(
                test=name,
                submission=tuple(round(fmean(one.submission.cpu_time[name][used]) + slept, 6) for one in done),
                reference=tuple(round(fmean(one.reference.cpu_time[name][used]), 6) for one in done),
            )
        )
    outside = Cost(
        test="",
        submission=tuple(round(one.submission.outside, 6) for one in done),
        reference=tuple(round(one.reference.outside, 6) for one in done),
    )
    return (*costs, outside)


def _remembers(done: Sequence[Repetition], lasting: Sequence[str], rounds: int) -> bool:
    """Whether the first run in a container costs so much more than the later ones that these must rest on it."""
    if rounds == 1:
        return False

    def total(part: slice, side: Callable[[Repetition], Side]) -> float:
        return max(1e-6, sum(fmean(side(one).cpu_time[name][part]) for one in done for name in lasting))

    first, later = slice(0, 1), slice(1, None)
    ours = total(first, lambda one: one.submission) / total(later, lambda one: one.submission)
    theirs = total(first, lambda one: one.reference) / total(later, lambda one: one.reference)
    return ours / theirs > _REMEMBERS


def _slept(done: Sequence[Repetition], name: str) -> float:
    """Seconds in which the submission neither computed nor answered, in most runs.

    What the reference waits for (the test itself, the machine) is allowed, and on a busy machine as much again as it
    computes.
    """
    idle = sorted(
        wall - 2 * cpu - max(0.0, their_wall - their_cpu)
        for one in done
        for wall, cpu, their_wall, their_cpu in zip(
            one.submission.wall_time[name],
            one.submission.cpu_time[name],
            one.reference.wall_time[name],
            one.reference.cpu_time[name],
            strict=True,
        )
    )
    usual = idle[len(idle) // 2]
    return usual if usual > _IDLE else 0.0
