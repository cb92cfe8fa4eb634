"""Which class of growth a program's CPU times belong to. Pure: from sizes and times to a verdict."""

from __future__ import annotations

import itertools
import math
import re
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["CLASSES", "Verdict", "judge_growth", "named_class"]

CLASSES: dict[str, Callable[[float], float]] = {
    "1": lambda n: 1.0,
    "log n": lambda n: math.log2(n + 1),
    "n": lambda n: n,
    "n log n": lambda n: n * math.log2(n + 1),
    "n^2": lambda n: n**2,
    "n^3": lambda n: n**3,
    # Relative to a size that floats can hold; a factor changes nothing.
    "2^n": lambda n: 2.0 ** (n - 512) if n < 1500 else math.inf,
}
"""Classes from slow to fast growth, each with a function of that class."""

_ORDER = list(CLASSES)
_TOO_SHORT = 0.004
"""Seconds at the largest size below which nothing can be told."""
_WORST_FIT = 0.25
_NOISE = 0.06
_CALIBRATED_NOISE = 0.03
_REMEMBERS = 2.5
_NO_TIME = 1e-6
"""Seconds that count as none."""
_LEAST_SHARE = 0.2
"""Share of the time at the largest size that has to grow."""
_BY_A_LOGARITHM = (("1", "log n"), ("n", "n log n"))
_FOR_IMPORTS = 0.12
"""Seconds of CPU that a program may use outside of the test and ahead of its sizes together, beyond what the reference does,
in each repetition. Importing NumPy takes 0.08, asyncio 0.05, and a program may do so when it is called first."""
_AS_REFERENCE = 1.5
"""Times what the reference uses outside of the test that any program may use there."""
_SURELY_STEEPER = 3.0
"""Times the rise that is allowed from the smallest to the largest size, where two sizes are all there is to go by."""
_SURE = 1.0
"""How far from the middle between two classes that differ by a logarithm, in steps from one to the other, the growth must
be to be surely one of them. Linear programs that use memory otherwise than the reference were seen 0.8 steps from it."""


@dataclass(frozen=True)
class Verdict:
    """What the times say.

    Its text says what is found and what it may be as well, where something is found.

    Attributes:
        found: The class that is nearest; None if none is near.
        plausible: All classes that can't be ruled out.
        exceeds: Whether the growth is surely faster than allowed.
        times: The time for each size that the verdict rests on, in seconds.
        errors: Relative error of each class's fit.
        elsewhere: Seconds that are computed outside of the test, or at a size for others, beyond what is allowed; then
            nothing can be told of growth, and it counts as too fast.
    """

    found: str | None
    plausible: tuple[str, ...]
    exceeds: bool
    times: tuple[float, ...]
    errors: dict[str, float]
    elsewhere: float = 0.0

    def __str__(self) -> str:
        others = [name for name in self.plausible if name != self.found]
        return f"grows like {self.found}" + (f", possibly {' or '.join(others)}" if others else "")


def named_class(text: str) -> str:
    """The class that somebody means: ``O(n log n)``, ``n²``, ``n**2``.

    Raises:
        ValueError: There is no such class.
    """
    wanted = text.strip().lower()
    wanted = re.sub(r"^o\((.*)\)$", r"\1", wanted).replace("**", "^").replace("²", "^2").replace("³", "^3")
    wanted = re.sub(r"\s*\*\s*|\s+", " ", wanted)
    wanted = {"constant": "1", "linear": "n", "quadratic": "n^2", "cubic": "n^3", "exponential": "2^n"}.get(wanted, wanted)
    if wanted not in CLASSES:
        raise ValueError(f"{text!r} is no class of growth; there are {', '.join(CLASSES)}")
    return wanted


def judge_growth(
    sizes: Sequence[int],
    cpu_times: Sequence[Sequence[float]],
    at_most: str,
    calibration: tuple[str, Sequence[Sequence[float]]] | None = None,
    outside: Sequence[tuple[float, float]] = (),
) -> Verdict:
    """Find the class of growth.

    For each class, times are fitted by a constant and a multiple of the class's function, neither negative, so that the
    relative errors are least. Classes whose fit is hardly worse than the best one's are plausible too. Classes that differ
    by a logarithm differ by no more than what caches do to a program, so there both stay plausible unless a calibration
    shows that the growth is beyond either. Only when all plausible ones grow faster than allowed is the growth too fast:
    who can't be sure says so, and it costs nothing.

    Args:
        sizes: Ascending.
        cpu_times: Seconds, by size and repetition; repetitions run in ascending and descending order of sizes by turns.
        at_most: The class allowed.
        calibration: A program whose class is known, and its times in the same repetitions. Times are then taken in
            proportion to its, without a constant: what calls, caches and the passing of arguments add, they add to both.
        outside: Seconds by repetition that the program and the reference used outside of the test. A repetition in which
            the program used much more shows nothing: answers may have been computed before anybody asked.
    """
    bound = named_class(at_most)
    shown = _shown(range(len(cpu_times[0])), outside)
    if not shown:
        before = _beyond_imports(outside, range(len(outside)))
        return Verdict(None, (), True, tuple(_time(row) for row in cpu_times), {}, before)
    cpu_times = _of(cpu_times, shown)
    calibration = calibration and (calibration[0], _of(calibration[1], shown))
    times = tuple(_time(row) for row in cpu_times)
    # Old reports don't say what was computed outside, and are judged as they were.
    elsewhere = _computed_ahead(cpu_times) + _beyond_imports(outside, shown) if outside else 0.0
    if elsewhere > _FOR_IMPORTS:
        return Verdict(None, (), True, times, {}, elsewhere)
    if times[-1] < _TOO_SHORT:
        return Verdict(None, (), False, times, {})
    if calibration is not None and _measures(sizes, *calibration):
        in_proportion = _calibrated(sizes, cpu_times, *calibration)
        errors = {name: _error(sizes, in_proportion, function, False) for name, function in CLASSES.items()}
        nearest = _nearest(errors, _CALIBRATED_NOISE)
        if nearest is not None:
            found, plausible = _by_steepness(sizes, in_proportion, *nearest)
            return Verdict(found, plausible, _beyond(bound, plausible), in_proportion, errors)
    errors = {name: _error(sizes, times, function, True) for name, function in CLASSES.items()}
    nearest = _nearest(errors, _NOISE)
    if nearest is None:
        return _by_first_calls(sizes, cpu_times, times, bound) if outside else Verdict(None, (), False, times, errors)
    found, plausible = nearest
    return Verdict(found, plausible, _beyond(bound, plausible), times, errors)


def _shown(repetitions: range, outside: Sequence[tuple[float, float]]) -> list[int]:
    """The repetitions that show how a program grows, by turns ascending and descending; none if most do not.

    A program may leave it to chance whether it computes beforehand: it must not gain by the repetitions in which it did.
    """
    if not outside:
        return list(repetitions)
    honest = [number for number in repetitions if _beyond_imports(outside, [number]) <= _FOR_IMPORTS]
    ascending = [number for number in honest if number % 2 == 0]
    descending = [number for number in honest if number % 2 == 1]
    if 2 * len(ascending) < len(repetitions[::2]) or 2 * len(descending) < len(repetitions[1::2]):
        return []
    if len(repetitions) < 2:
        return ascending
    return [number for pair in zip(ascending, descending, strict=False) for number in pair]


def _beyond_imports(outside: Sequence[tuple[float, float]], repetitions: Sequence[int]) -> float:
    """Seconds that the program used outside of the test, beyond what the reference does."""
    rows = [outside[number] for number in repetitions]
    return statistics.median(max(0.0, ours - _AS_REFERENCE * theirs) for ours, theirs in rows)


def _of(cpu_times: Sequence[Sequence[float]], repetitions: Sequence[int]) -> list[list[float]]:
    return [[row[number] for number in repetitions] for row in cpu_times]


def _computed_ahead(cpu_times: Sequence[Sequence[float]]) -> float:
    """Seconds by which some size takes longer than a larger one, in the one direction alone in which it comes early.

    Who computes at the first size what the next ones ask for is dear at the first size of either direction, and at none
    between. What takes long at a size in both directions is no sign of that.
    """
    ways = [(min(row[::2]), min(row[1::2], default=math.inf)) for row in cpu_times]
    return max(
        (
            max(earlier) - max(later)
            for earlier, later in itertools.combinations(ways, 2)
            if max(earlier) > _REMEMBERS * max(*later, min(earlier)) and math.isfinite(max(earlier))
        ),
        default=0.0,
    )


def _by_first_calls(
    sizes: Sequence[int], cpu_times: Sequence[Sequence[float]], times: tuple[float, ...], bound: str
) -> Verdict:
    """What the first calls in new containers say, where all of them together fit no class.

    The smallest size comes first in one direction and the largest in the other; there a program can't have remembered
    anything. Whatever it computes ahead makes the smallest size dearer, and its growth slower.
    """
    unknown = Verdict(None, (), False, times, {})
    if len(cpu_times[0]) < 2:
        return unknown
    rise = max(min(cpu_times[-1][1::2]), _NO_TIME) / max(min(cpu_times[0][::2]), _NO_TIME)
    rises = {name: function(sizes[-1]) / function(sizes[0]) for name, function in CLASSES.items() if function(sizes[0])}
    if bound not in rises or rise <= _SURELY_STEEPER * rises[bound]:
        return unknown
    found = min(
        rises, key=lambda name: abs(math.log(rise) - math.log(rises[name])) if math.isfinite(rises[name]) else math.inf
    )
    return Verdict(found, (found,), _beyond(bound, (found,)), times, {})


def _nearest(errors: dict[str, float], noise: float) -> tuple[str, tuple[str, ...]] | None:
    """The class that fits best and all that can't be ruled out; None if none fits."""
    found = min(errors, key=lambda name: errors[name])
    if errors[found] > _WORST_FIT:
        return None
    most = max(2.0 * errors[found], errors[found] + noise)
    plausible = {name for name in _ORDER if errors[name] <= most}
    plausible.update(*(pair for pair in _BY_A_LOGARITHM if found in pair))
    return found, tuple(name for name in _ORDER if name in plausible)


def _by_steepness(
    sizes: Sequence[int], times: Sequence[float], found: str, plausible: tuple[str, ...]
) -> tuple[str, tuple[str, ...]]:
    """Classes that differ by a logarithm, told apart by the slope of the times in a plot of logarithms."""
    for pair in _BY_A_LOGARITHM:
        if found in pair:
            slower, faster = (_slope(sizes, [CLASSES[name](size) for size in sizes]) for name in pair)
            steps = (_slope(sizes, times) - slower) / (faster - slower)
            found, other = pair if steps < 0.5 else pair[::-1]
            if abs(steps - 0.5) >= _SURE:
                plausible = tuple(name for name in plausible if name != other)
    return found, plausible


def _beyond(bound: str, plausible: tuple[str, ...]) -> bool:
    return all(_ORDER.index(name) > _ORDER.index(bound) for name in plausible)


def _slope(sizes: Sequence[int], values: Sequence[float]) -> float:
    return statistics.linear_regression([math.log(size) for size in sizes], [math.log(value) for value in values]).slope


def _measures(sizes: Sequence[int], name: str, known: Sequence[Sequence[float]]) -> bool:
    """Whether the known program took long enough, and its class is one of numbers at these sizes."""
    return _time(known[-1]) >= _TOO_SHORT and math.isfinite(CLASSES[named_class(name)](sizes[-1]))


def _calibrated(
    sizes: Sequence[int], cpu_times: Sequence[Sequence[float]], name: str, known: Sequence[Sequence[float]]
) -> tuple[float, ...]:
    """The times as they would be if the known program's grew like its class exactly; the last one stays."""
    function = CLASSES[named_class(name)]
    expected = []
    for size, ours, theirs in zip(sizes, cpu_times, known, strict=True):
        ratios = [max(our, _NO_TIME) / max(their, _NO_TIME) for our, their in zip(ours, theirs, strict=True)]
        ways = [statistics.median(way) for way in (ratios[::2], ratios[1::2]) if way]
        # What a program remembers from other sizes shortens one direction; short of that, they are alike.
        share = max(ways) if max(ways) > _REMEMBERS * min(ways) else _share(ours, theirs, ratios)
        expected.append(share * function(size))
    return tuple(max(_time(cpu_times[-1]) * value / expected[-1], _NO_TIME) for value in expected)


def _share(ours: Sequence[float], theirs: Sequence[float], ratios: Sequence[float]) -> float:
    """Ours in proportion to theirs: between the ratio of the cheapest runs and the median one of neighbours in time.

    The first doesn't mind a machine that is busy now and then, the second one whose speed drifts; their errors differ, so
    the geometric mean varies less than either.
    """
    cheapest = max(1, len(ours) // 4)
    least = max(sum(sorted(ours)[:cheapest]), _NO_TIME) / max(sum(sorted(theirs)[:cheapest]), _NO_TIME)
    return math.sqrt(least * statistics.median(ratios))


def _time(repetitions: Sequence[float]) -> float:
    """The time at one size: the least of each direction, and of these the larger.

    What disturbs only adds. What a program remembers from other sizes shortens one direction.
    """
    ascending, descending = repetitions[::2], repetitions[1::2]
    return max(min(ascending), min(descending, default=0.0), _NO_TIME)


def _error(sizes: Sequence[int], times: Sequence[float], function: Callable[[float], float], constant: bool) -> float:
    """Root of the mean square of the best fit's relative errors, with or without a constant."""
    values = [function(size) for size in sizes]
    top = max(values)
    if not math.isfinite(top):
        return math.inf
    # Divided by the measured time each equation weighs the same: 1 = a / t + b f / t.
    ones = [1 / time for time in times]
    slopes = [value / top / time for value, time in zip(values, times, strict=True)]
    if values[0] == top:
        return _rest(ones, slopes, sum(ones) / sum(one * one for one in ones), 0.0)
    # Where the constant is nearly all, any function fits: that is no growth.
    solutions = _solutions(ones, slopes) if constant else [_solutions(ones, slopes)[1]]
    fits = [(a, b) for a, b in solutions if a >= 0 and b > _LEAST_SHARE * (a + b)]
    return min((_rest(ones, slopes, a, b) for a, b in fits), default=math.inf)


def _solutions(xs: Sequence[float], ys: Sequence[float]) -> list[tuple[float, float]]:
    """Least squares of ``a x + b y = 1``: the free optimum, and those with either left out."""
    xx, yy = sum(x * x for x in xs), sum(y * y for y in ys)
    xy = sum(x * y for x, y in zip(xs, ys, strict=True))
    x1, y1 = sum(xs), sum(ys)
    found = [(x1 / xx, 0.0), (0.0, y1 / yy)]
    determinant = xx * yy - xy * xy
    if determinant > 1e-12 * xx * yy:
        found.append(((x1 * yy - y1 * xy) / determinant, (y1 * xx - x1 * xy) / determinant))
    return found


def _rest(xs: Sequence[float], ys: Sequence[float], a: float, b: float) -> float:
    return math.sqrt(statistics.fmean((a * x + b * y - 1) ** 2 for x, y in zip(xs, ys, strict=True)))
