"""What is measured is tried with a change beside, in each repetition."""

from types import SimpleNamespace

import pytest

from sandboxes.guest.objects.changes import Change, Report
from sandboxes.measure import Plan, measure
from sandboxes.meters import Reading
from sandboxes.suite import Test, TestRun

TESTS = [Test("t::test_one"), Test("t::test_two")]
CHANGE = Change("/t/test_it.py", 3, "call", 0, 0, 1)


class Session:
    """Passes all tests as they are, and ``passes(which run, test)`` says what becomes of one with a change."""

    def __init__(self, begun, passes):
        self._begun, self._passes = begun, passes
        self.reports, self.doubtful, self.outside, self.peak_outside, self.base = [], set(), 0.0, 0, Reading()
        self.examiner = SimpleNamespace(lost=False)

    def each(self, tests, changes):
        self._begun.append(dict(changes))
        number = sum(map(bool, self._begun))
        for test in tests:
            change = changes.get(test.id)
            outcome = "failed" if change and not self._passes(number, test) else "passed"
            run = TestRun(test, outcome, cpu_time=0.1)
            if changes:
                self.reports.append((run, Report(change, change is not None, 0)))
            yield run


def measured(passes, changes, repetitions=4):
    begun = []
    done = measure(
        lambda: Session(begun, passes),
        lambda: Session([], lambda number, test: False),
        lambda done: Plan(TESTS) if len(done) < repetitions else None,
        changes=changes,
    )
    return [repetition.both.submission.failed for repetition in done], begun


ALL = {test.id: [CHANGE] for test in TESTS}


def test_who_passes_with_a_change_earns_nothing_by_that_test():
    failed, _begun = measured(lambda number, test: test is TESTS[0], ALL)
    assert failed == [{"t::test_one"}] * 4


@pytest.mark.parametrize("lies", range(1, 5))
def test_in_whichever_repetition_it_does(lies):
    failed, _begun = measured(lambda number, test: number == lies, ALL)
    assert failed == [{"t::test_one", "t::test_two"}] * 4


def test_who_does_not_loses_nothing():
    failed, begun = measured(lambda number, test: False, ALL)
    assert failed == [frozenset()] * 4
    assert sum(map(bool, begun)) == 4


def test_the_changed_run_comes_first_or_second():
    orders = set()
    for _ in range(60):
        _failed, begun = measured(lambda number, test: False, ALL, repetitions=1)
        orders.add(tuple(map(bool, begun)))
    assert orders == {(True, False), (False, True)}


def test_what_no_class_decides_is_measured_alone():
    failed, begun = measured(lambda number, test: True, {"t::test_one": [], "t::test_three": [CHANGE]})
    assert failed == [frozenset()] * 4
    assert begun == [{}] * 4
