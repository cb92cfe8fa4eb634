"""When work is accepted, how late it is, what counts."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from grader.assignment.model import LateRule, Policy
from grader.policy import Attempt, Extension, admit, mark, terms_for

DUE = datetime(2027, 1, 31, 23, 59, tzinfo=timezone(timedelta(hours=1)))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def terms(extension=None, **policy):
    return terms_for(Policy(**policy), extension)


def refusal(now, earlier=(), extension=None, **policy):
    return admit(terms(extension, **policy), now, earlier).refusal


def test_without_a_policy_everything_is_accepted_and_nothing_late():
    assert refusal(DUE, [DUE] * 100) is None
    assert terms().days_late(DUE) == 0


def test_it_opens_and_closes():
    policy = {"opens": DUE - DAY, "due": DUE}
    assert refusal(DUE - DAY - HOUR, **policy) == "not-open"
    assert admit(terms(**policy), DUE - 2 * DAY, []).until == DUE - DAY
    assert refusal(DUE - DAY, **policy) is None
    assert refusal(DUE, **policy) is None
    assert refusal(DUE + timedelta(seconds=1), **policy) == "closed"


@pytest.mark.parametrize(
    ("policy", "closing"),
    [
        ({"due": DUE}, DUE),
        ({"due": DUE, "late": LateRule(per_day=10, until=3)}, DUE + 3 * DAY),
        ({"due": DUE, "late": LateRule(per_day=10, until=3), "closes": DUE + DAY}, DUE + DAY),
        ({"due": DUE, "closes": DUE + 9 * DAY}, DUE + 9 * DAY),
        ({"closes": DUE}, DUE),
        ({"due": DUE, "grace": HOUR}, DUE + HOUR),
    ],
)
def test_closing(policy, closing):
    assert refusal(closing, **policy) is None
    assert refusal(closing + timedelta(seconds=1), **policy) == "closed"


def test_times_of_other_zones_are_the_same_times():
    assert refusal(DUE.astimezone(UTC), due=DUE) is None
    assert refusal((DUE + HOUR).astimezone(UTC), due=DUE) == "closed"


@pytest.mark.parametrize(
    ("after", "days"), [(-DAY, 0), (0 * DAY, 0), (HOUR, 0), (HOUR + timedelta(seconds=1), 1), (DAY, 1), (DAY + HOUR, 2)]
)
def test_days_begun_are_late_but_not_within_the_grace(after, days):
    assert terms(due=DUE, grace=HOUR).days_late(DUE + after) == days


def test_attempts_run_out_and_extensions_add_some():
    assert refusal(DUE, [DUE - DAY] * 2, attempts=2) == "no-attempts-left"
    assert refusal(DUE, [DUE - DAY] * 2, Extension(attempts=1), attempts=2) is None
    assert admit(terms(attempts=3), DUE, [DUE - DAY]).attempts_left == 2


def test_the_cooldown_counts_from_the_newest_attempt():
    earlier = [DUE - HOUR, DUE - 3 * HOUR]
    assert refusal(DUE, earlier, cooldown=2 * HOUR) == "cooling-down"
    assert admit(terms(cooldown=2 * HOUR), DUE, earlier).until == DUE + HOUR
    assert refusal(DUE, earlier, cooldown=HOUR) is None


def test_an_extension_moves_the_closing_along():
    later = terms(Extension(due=DUE + 2 * DAY), due=DUE, late=LateRule(per_day=10, until=3))
    assert (later.due, later.closes) == (DUE + 2 * DAY, DUE + 5 * DAY)
    assert terms(Extension(closes=DUE + DAY), due=DUE).closes == DUE + DAY
    assert terms(Extension(due=DUE), closes=DUE - DAY).closes == DUE


def attempt(name, score, received=DUE, most=100.0):
    return Attempt(name, received, score, most)


def test_the_best_counts_after_the_late_rule():
    policy = {"due": DUE, "late": LateRule(per_day=10, until=5)}
    early, late = attempt("early", 70.0), attempt("late", 85.0, DUE + 2 * DAY)
    found = mark(terms(**policy), [late, early])
    assert (found.attempt.id, found.score, found.days_late) == ("early", 70.0, 0)
    better = attempt("better", 95.0, DUE + 2 * DAY)
    found = mark(terms(**policy), [early, better])
    assert (found.attempt.id, found.score, found.days_late) == ("better", 76.0, 2)


def test_the_last_counts_if_the_policy_says_so():
    found = mark(terms(counts="last"), [attempt("b", 10.0, DUE + HOUR), attempt("a", 90.0)])
    assert found.attempt.id == "b"


def test_of_equals_the_earliest_counts_and_of_none_none():
    assert mark(terms(), [attempt("b", 90.0, DUE), attempt("a", 90.0, DUE - HOUR)]).attempt.id == "a"
    assert mark(terms(), []) is None


def test_shares_are_compared_when_versions_have_other_maxima():
    assert mark(terms(), [attempt("a", 50.0, most=100.0), attempt("b", 40.0, most=40.0)]).attempt.id == "b"


@given(st.floats(0, 100), st.floats(0, 100), st.integers(0, 400))
def test_being_late_never_helps_and_never_goes_below_nothing(score, per_day, hours):
    policy = terms(due=DUE, late=LateRule(per_day=per_day, until=100))
    found = mark(policy, [attempt("a", score, DUE + hours * HOUR)])
    assert 0 <= found.score <= round(score, 2)


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(-50, 50)), min_size=1))
def test_one_more_attempt_never_lowers_the_best(scores):
    attempts = [attempt(str(number), score, DUE + hours * HOUR) for number, (score, hours) in enumerate(scores)]
    policy = terms(due=DUE, late=LateRule(per_day=20, until=30))
    marks = [mark(policy, attempts[: count + 1]).score for count in range(len(attempts))]
    assert marks == sorted(marks)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ({"opens": DUE, "due": DUE - DAY}, "'opens' is after 'due'"),
        ({"due": DUE, "closes": DUE - DAY}, "'due' is after 'closes'"),
        ({"late": LateRule(per_day=1, until=1)}, "'late' needs a 'due'"),
        ({"due": datetime(2027, 1, 1)}, "timezone"),
        ({"cooldown": "soon"}, 'such as "15 min"'),
        ({"grace": "-5 min"}, 'such as "15 min"'),
        ({"attempts": 0}, "greater than 0"),
    ],
)
def test_policies_that_make_no_sense_are_refused(policy, message):
    with pytest.raises(ValidationError, match=message):
        Policy(**policy)


@pytest.mark.parametrize(("text", "seconds"), [("15 min", 900), ("2h", 7200), ("1.5 d", 129600), ("30s", 30), (45, 45)])
def test_durations(text, seconds):
    policy = Policy(grace=text)
    assert policy.grace.total_seconds() == seconds
    assert Policy.model_validate_json(policy.model_dump_json()) == policy
