"""What is measured beyond outcomes: which tests, how often, and how it goes into the report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sandboxes.measure import Pair, Plan, Repetition
from sandboxes.sandbox import Sandbox
from sandboxes.suite import Run, Scaling, Test, TestRun

from .assignment import Assignment
from .errors import AssignmentError
from .quality import quality_of
from .report import Cost, Growth, Measurements
from .scoring.criteria import EfficiencyCriterion, GrowthCriterion, MemoryCriterion
from .scoring.growth import named_class

__all__ = ["Measuring"]

_IDLE = 0.1
"""Seconds of waiting that are nobody's."""
_FEWEST, _MOST = 6, 20
_FOR_SIZES = 8
_PRECISE = 1.02
"""A ratio is known well enough when its confidence interval ends this many times above and below it."""
_WORTHWHILE = 1.0
"""Seconds that either program may take in one repetition: short tests are run several times in it."""
_MOST_ROUNDS = 12


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

    @property
    def runs(self) -> int:
        """How many times a suite's time measuring may take at most."""
        # Both programs are run in turns.
        return 2 * (_MOST * bool(self._both) + _FOR_SIZES * len(self._families))

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
        rounds = self._rounds([one for one in run.tests if one.test in both])
        course = _Course(
            both * rounds, list(families.values()), lambda done: self._is_precise(_compared(done), both, rounds)
        )
        done = self._sandbox.measure(files, course.next, run.told)
        compared = _compared(done)
        lasting = _lasting(compared, both, rounds)
        return Measurements(
            cpu_time=_cpu_times(compared, [name for name in lasting if name in self._measured["efficiency"]]),
            memory=_peaks(compared, [name for name in lasting if name in self._measured["memory"]]),
            growth=self._growths(done[:_FOR_SIZES], families, files),
            quality=quality,
        )

    def _rounds(self, runs: Sequence[TestRun]) -> int:
        """How often a repetition runs each test: a peak of memory is known at once."""
        if not self._measured["efficiency"].intersection(one.test.id for one in runs):
            return 1
        reference = self._sandbox.reference_runs
        took = sum(max(one.wall_time, reference.get(one.test.id, one).wall_time) for one in runs)
        return max(1, min(_MOST_ROUNDS, round(_WORTHWHILE / max(took, 0.001))))

    def _growths(
        self, done: Sequence[Repetition], families: Mapping[str, Sequence[Test]], files: Mapping[str, bytes]
    ) -> tuple[Growth, ...]:
        measured = ((members, [one.families[name] for one in done]) for name, members in families.items())
        return tuple(
            _growth(members, pairs, [self._sandbox.size(_scaling(test), files) for test in members])
            for members, pairs in measured
            if len(_lasting(pairs, members, 1, of_both=False)) == len(members)
        )

    def _is_precise(self, done: Sequence[Pair], both: Sequence[Test], rounds: int) -> bool:
        """Whether the costs are known well enough, or as well as they will be."""
        if len(done) < _FEWEST:
            return False
        timed = [name for name in _lasting(done, both, rounds) if name in self._measured["efficiency"]]
        if len(done) >= _MOST or not timed:
            return True
        costs = _cpu_times(done, timed)
        ratios = [(one, one.ratio(costs)) for one in self._efficiency]
        return all(ratio.high / ratio.value <= _PRECISE or one.is_settled(ratio) for one, ratio in ratios)


class _Course:
    """What is run on one submission, repetition by repetition.

    Args:
        both: The tests whose costs are compared with the reference's, in each repetition until they are known precisely.
        families: Those of growth, in a fixed number of repetitions.
        is_precise: Whether the costs are known well enough.
    """

    def __init__(
        self,
        both: Sequence[Test],
        families: Sequence[Sequence[Test]],
        is_precise: Callable[[Sequence[Repetition]], bool],
    ) -> None:
        self._both = both
        self._families = families
        self._is_precise = is_precise

    def next(self, done: Sequence[Repetition]) -> Plan | None:
        compare = bool(self._both) and all(one.both is not None for one in done) and not self._is_precise(done)
        plan = Plan(self._both if compare else (), self._families if len(done) < _FOR_SIZES else ())
        return plan if plan.both or plan.families else None


def _compared(done: Sequence[Repetition]) -> list[Pair]:
    """What the tests cost that are compared with the reference's; these repetitions are the first."""
    return [one.both for one in done if one.both is not None]


def _scaling(test: Test) -> Scaling:
    assert test.scaling is not None
    return test.scaling


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


def _peaks(done: Sequence[Pair], lasting: Sequence[str]) -> tuple[Cost, ...]:
    return tuple(
        Cost(
            test=name,
            submission=tuple(tuple(map(float, one.submission.memory[name])) for one in done),
            reference=tuple(tuple(map(float, one.reference.memory[name])) for one in done),
        )
        for name in lasting
    )


def _growth(members: Sequence[Test], pairs: Sequence[Pair], sizes: Sequence[int]) -> Growth:
    scaling = _scaling(members[0])
    compared = scaling.reference is not None and all(test.id in one.reference.cpu_time for one in pairs for test in members)
    return Growth(
        test=scaling.family,
        at_most=named_class(scaling.at_most),
        sizes=tuple(sizes),
        reference=named_class(scaling.reference) if scaling.reference else None,
        cpu_times=tuple(_rounded(one.submission.cpu_time[test.id][0] for one in pairs) for test in members),
        reference_times=tuple(_rounded(one.reference.cpu_time[test.id][0] for one in pairs) for test in members)
        if compared
        else (),
        outside=_rounded(one.submission.outside for one in pairs),
        reference_outside=_rounded(one.reference.outside for one in pairs),
    )


def _lasting(done: Sequence[Pair], tests: Sequence[Test], rounds: int, of_both: bool = True) -> list[str]:
    """The tests that were run each time, and passed."""
    failed = {
        name
        for one in done
        for side in ((one.submission, one.reference) if of_both else (one.submission,))
        for name in side.failed
    }
    runs = {test.id: sum(len(one.submission.cpu_time.get(test.id, ())) for one in done) for test in tests}
    return [test.id for test in tests if test.id not in failed and runs[test.id] == rounds * len(done)]


def _cpu_times(done: Sequence[Pair], lasting: Sequence[str]) -> tuple[Cost, ...]:
    """CPU times by test, and outside of tests."""
    if not lasting:
        return ()
    costs = []
    for name in lasting:
        slept = _slept(done, name)
        ours = tuple(_rounded(time + slept for time in one.submission.cpu_time[name]) for one in done)
        theirs = tuple(_rounded(one.reference.cpu_time[name]) for one in done)
        costs.append(Cost(test=name, submission=ours, reference=theirs))
    rounds = len(costs[0].submission[0])
    outside = Cost(
        test="",
        submission=tuple(_rounded([one.submission.outside] * rounds) for one in done),
        reference=tuple(_rounded([one.reference.outside] * rounds) for one in done),
    )
    return (*costs, outside)


def _rounded(seconds: Iterable[float]) -> tuple[float, ...]:
    return tuple(round(one, 6) for one in seconds)


def _slept(done: Sequence[Pair], name: str) -> float:
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
