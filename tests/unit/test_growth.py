"""Classes of growth, told apart in noise."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.scoring.growth import CLASSES, judge_growth, named_class

WIDE = [2**power for power in range(10, 17)]
SMALL = list(range(8, 23, 2))
SECONDS = {"1": 0.02, "log n": 0.002, "n": 1e-6, "n log n": 1e-7, "n^2": 1e-9, "n^3": 1e-13}


def times(function, sizes, seed, noise=0.02, offset=0.001):
    chance = random.Random(seed)
    return [[offset + function(size) * (1 + abs(chance.gauss(0, noise))) for _ in range(4)] for size in sizes]


@pytest.mark.parametrize("name", ["1", "n", "n log n", "n^2", "n^3"])
def test_each_class_is_found_in_noise(name):
    for seed in range(50):
        found = judge_growth(WIDE, times(lambda size: SECONDS[name] * CLASSES[name](size), WIDE, seed), name)
        assert found.found == name
        assert not found.exceeds


def test_exponential_growth_is_found():
    for seed in range(50):
        found = judge_growth(SMALL, times(lambda size: 1e-7 * 2**size, SMALL, seed), "n^3")
        assert (found.found, found.exceeds) == ("2^n", True)


@pytest.mark.parametrize(
    ("name", "bound"), [("n^2", "n log n"), ("n^2", "n"), ("n^3", "n^2"), ("n log n", "log n"), ("n", "1")]
)
def test_what_grows_faster_than_allowed_exceeds(name, bound):
    for seed in range(50):
        assert judge_growth(WIDE, times(lambda size: SECONDS[name] * CLASSES[name](size), WIDE, seed), bound).exceeds


def test_who_cannot_tell_says_so():
    assert judge_growth(WIDE, [[1e-6] * 4 for _ in WIDE], "1").found is None, "too quick"
    chance = random.Random(1)
    wild = judge_growth(WIDE, [[chance.uniform(0.01, 1)] * 4 for _ in WIDE], "1")
    assert (wild.found, wild.exceeds) == (None, False)
    between = judge_growth([100, 110, 120, 130], [[0.1], [0.111], [0.122], [0.133]], "n")
    assert len(between.plausible) > 1
    assert not between.exceeds


def test_what_is_remembered_from_other_sizes_does_not_help():
    """Descending, all but the largest size cost nothing; ascending, each costs what is new."""
    ascending = [1e-9 * size**2 for size in WIDE]
    descending = [0.0001] * (len(WIDE) - 1) + [1e-9 * WIDE[-1] ** 2]
    rows = [[up, down, up, down] for up, down in zip(ascending, descending, strict=True)]
    assert judge_growth(WIDE, rows, "n log n").exceeds


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("O(n log n)", "n log n"),
        ("n**2", "n^2"),
        ("n²", "n^2"),
        (" N  LOG N", "n log n"),
        ("n*log n", "n log n"),
        ("linear", "n"),
    ],
)
def test_classes_have_many_names(text, name):
    assert named_class(text) == name


def test_an_unknown_class_is_refused():
    with pytest.raises(ValueError, match="'n!' is no class of growth; there are 1, log n"):
        named_class("n!")


@settings(max_examples=200)
@given(
    st.lists(st.lists(st.just(0.0) | st.floats(1e-6, 1e3), min_size=4, max_size=4), min_size=4, max_size=8),
    st.sampled_from(sorted(CLASSES)),
    st.none() | st.sampled_from(sorted(CLASSES)),
)
def test_no_times_break_it(rows, bound, known):
    sizes = [2**power for power in range(4, 4 + len(rows))]
    verdict = judge_growth(sizes, rows, bound, (known, rows[::-1]) if known else None)
    assert not (verdict.exceeds and verdict.found is None)
    assert verdict.found is None or verdict.found in verdict.plausible
    assert all(error >= 0 or math.isinf(error) for error in verdict.errors.values())
    assert not judge_growth([2**power for power in range(4, 4 + len(rows))], rows, "2^n").exceeds


def calibrated(function, at_most="n log n", reference="n", noise=0.0, seed=1):
    """A verdict where caches make everything dearer the larger it is, and passing arguments costs as much as little work."""
    chance = random.Random(seed)
    sizes = [2000 * 2**step for step in range(6)]

    def times(work):
        overhead = [2e-4 + 4e-8 * size for size in sizes]
        slower = [1 + 0.25 * step / 5 for step in range(6)]
        return [
            [(extra + work(size) * 1e-7) * factor * (1 + noise * chance.random()) for _ in range(8)]
            for size, extra, factor in zip(sizes, overhead, slower, strict=True)
        ]

    return judge_growth(sizes, times(function), at_most, (reference, times(CLASSES[reference])))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("name", ["n", "n log n", "n^2"])
def test_a_known_reference_takes_out_what_both_pay(name, seed):
    verdict = calibrated(CLASSES[name], noise=0.15, seed=seed)
    assert verdict.found == name
    assert verdict.exceeds == (name == "n^2")


def test_without_a_known_reference_linear_growth_in_slower_and_slower_memory_looks_like_more():
    sizes = [2000 * 2**step for step in range(6)]
    times = [[(2e-4 + 1.4e-7 * size) * (1 + 0.25 * step / 5)] * 2 for step, size in enumerate(sizes)]
    verdict = judge_growth(sizes, times, "n")
    assert "n log n" in verdict.plausible
    assert not verdict.exceeds


def against_linear(rise, seed=1, at_most="n"):
    """A verdict where the ratio to a linear reference rises by that factor from the first to the last size."""
    chance = random.Random(seed)
    sizes = [2000 * 2**step for step in range(6)]
    theirs = [[2e-7 * size * (1 + abs(chance.gauss(0, 0.05))) for _ in range(8)] for size in sizes]
    ours = [
        [3e-7 * size * rise ** (step / 5) * (1 + abs(chance.gauss(0, 0.05))) for _ in range(8)]
        for step, size in enumerate(sizes)
    ]
    return judge_growth(sizes, ours, at_most, ("n", theirs))


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(
    ("rise", "text", "exceeds"),
    [
        (0.7, "grows like n", False),
        (1.0, "grows like n, possibly n log n", False),
        # As n log n rises, and as a radix sort rises against a counting sort, by caches alone.
        (1.45, "grows like n log n, possibly n", False),
        (2.0, "grows like n log n", True),
    ],
)
def test_a_logarithm_is_named_by_the_slope_and_punished_beyond_doubt(rise, text, exceeds, seed):
    verdict = against_linear(rise, seed)
    assert (str(verdict), verdict.exceeds) == (text, exceeds)


def test_without_a_known_reference_a_logarithm_is_never_punished():
    rows = [[5e-8 * size * math.log2(size)] * 8 for size in WIDE]
    assert (judge_growth(WIDE, rows, "n").found, judge_growth(WIDE, rows, "n").exceeds) == ("n log n", False)
    assert judge_growth(WIDE, rows, "log n").exceeds


def test_a_reference_that_is_too_quick_is_no_measure():
    sizes = [100, 200, 400, 800]
    times = [[1e-6 * size**2] * 8 for size in sizes]
    assert judge_growth(sizes, times, "n", ("n", [[2e-4] * 8] * 4)) == judge_growth(sizes, times, "n")


def test_what_is_remembered_from_other_sizes_gains_nothing_against_a_reference_either():
    sizes = [2000 * 2**step for step in range(6)]
    # Ascending, each size pays for what is new alone; descending, the first one pays for all.
    ours = [[1e-10 * size**2 * (0.75 if way % 2 == 0 else 1.0) for way in range(8)] for size in sizes]
    for row in ours[:-1]:
        row[1::2] = [1e-4] * 4
    theirs = [[1e-7 * size] * 8 for size in sizes]
    assert judge_growth(sizes, ours, "n log n", ("n", theirs)).exceeds


SIZES = [500 * 2**step for step in range(5)]
QUADRATIC = [1e-7 * size**2 for size in SIZES]
QUICK = [[1e-3 + 1e-6 * size] * 8 for size in SIZES]


def judged(rows, outside, at_most="n log n"):
    return judge_growth(SIZES, rows, at_most, outside=outside)


def test_who_computes_before_anybody_asks_does_not_show_how_it_grows():
    verdict = judged(QUICK, [(sum(QUADRATIC), 0.01)] * 8)
    assert verdict.exceeds
    assert verdict.elsewhere == pytest.approx(sum(QUADRATIC) - 0.015)


@pytest.mark.parametrize("outside", [(0.1, 0.0), (0.3, 0.2), (1.4, 1.0), (0.0, 0.5)])
def test_imports_and_what_the_reference_computes_outside_as_well_are_free(outside):
    linear = [[1e-5 * size] * 8 for size in SIZES]
    assert judged(linear, [outside] * 8) == judged(linear, [(0.0, 0.0)] * 8)
    assert not judged(linear, [outside] * 8, "n").exceeds


def test_a_disturbance_in_a_few_repetitions_is_no_crime():
    rows = [[1e-5 * size * (3 if number in (0, 3) else 1) for number in range(8)] for size in SIZES]
    verdict = judged(rows, [(0.9 if number in (0, 3) else 0.01, 0.01) for number in range(8)])
    assert (verdict.found, verdict.exceeds) == ("n", False)


@pytest.mark.parametrize("seed", range(20))
def test_leaving_it_to_chance_where_to_compute_gains_nothing(seed):
    chance = random.Random(seed)
    lucky = [chance.random() < 0.5 for _ in range(8)]
    rows = [[1e-4 if luck else time for luck in lucky] for time in QUADRATIC]
    assert judged(rows, [(sum(QUADRATIC) if luck else 0.01, 0.01) for luck in lucky]).exceeds


def test_who_computes_at_the_first_call_for_all_sizes_does_not_show_how_it_grows():
    total = sum(QUADRATIC)
    rows = [[1e-4] * 8 for _ in SIZES]
    rows[0][::2] = [total] * 4
    rows[-1][1::2] = [total] * 4
    assert judged(rows, [(0.01, 0.01)] * 8).exceeds


@pytest.mark.parametrize(("before", "ahead", "exceeds"), [(0.07, 0.1, True), (0.02, 0.09, False), (0.11, 0.0, False)])
def test_what_is_computed_before_the_test_and_ahead_in_it_has_one_allowance(before, ahead, exceeds):
    rows = [[1e-4] * 8 for _ in SIZES]
    rows[0][::2] = rows[-1][1::2] = [ahead or 1e-4] * 4
    assert judged(rows, [(before, 0.0)] * 8).exceeds == exceeds


@pytest.mark.parametrize("seed", range(20))
def test_computing_ahead_at_a_call_that_chance_picks_gains_nothing(seed):
    chance = random.Random(seed)
    columns = []
    for number in range(8):
        order = list(range(5)) if number % 2 == 0 else list(range(5))[::-1]
        when = chance.randrange(5)
        cost = dict.fromkeys(order, 1e-4)
        for step, index in enumerate(order):
            if step < when:
                cost[index] = QUADRATIC[index]
            elif step == when:
                cost[index] = sum(QUADRATIC[other] for other in order[step:])
        columns.append(cost)
    rows = [[column[index] for column in columns] for index in range(5)]
    assert judged(rows, [(0.01, 0.01)] * 8).exceeds


def test_wild_times_that_are_alike_in_both_directions_are_no_sign_of_computing_ahead():
    chance = random.Random(1)
    rows = [[chance.uniform(0.01, 1)] * 8 for _ in SIZES]
    assert not judged(rows, [(0.01, 0.01)] * 8, "n^2").exceeds
