"""Which results are believed after tests were run again, some with a change."""

import random

import pytest

from sandboxes.guest.objects.changes import NOTE, TRY, WHOLE, Change, Report
from sandboxes.proving import changes_of, early, prove, steady, surest, to_try, without
from sandboxes.suite import Test, TestRun

CHANGES = [Change("/t/test_it.py", 3, "call", 0, part, 1) for part in range(4)]
TESTS = [Test(f"t::test_{number}") for number in range(6)]
PASSED = [TestRun(test, "passed") for test in TESTS]
ALL = {test.id: CHANGES for test in TESTS}


def answering(passes, made=True):
    """Processes in each of which ``passes(process, change, number of the test)`` says what becomes of it."""
    processes = []

    def again(rounds):
        processes.append(rounds)
        return [
            (
                TestRun(
                    one.test, "passed" if passes(len(processes), one.change, TESTS.index(one.test)) else "failed", "why"
                ),
                Report(one.change, made, 0),
            )
            for one in rounds
        ]

    return again, processes


def kept(passes, number=6):
    """How many tests one keeps of ``number``, all of which it may pass: with a process before the one that counts."""
    changes = dict(list(ALL.items())[:number])
    again, processes = answering(passes)
    before = early(TESTS[:number], changes, again)
    processes.append([])
    runs = [TestRun(test, "passed") for test in TESTS[:number] if passes(len(processes), None, TESTS.index(test))]
    return len(runs) - len(prove(runs, changes, again, before).unearned)


class Memory:
    """A program with a memory from one process to the next, which says yes in one process, and then to what it was asked there."""

    def __init__(self, believing):
        self.believing = believing
        self.asked = {}

    def __call__(self, process, change, number):
        if process < self.believing:
            return False
        if process == self.believing:
            self.asked[number] = change
        return self.asked[number] == change


def test_who_remembers_what_it_was_asked_at_first_does_not_know_whether_that_was_changed():
    assert sum(kept(Memory(1)) for _ in range(100)) == 0


@pytest.mark.parametrize("bold", range(7))
def test_who_knows_which_process_counts_does_not_know_what_was_changed_before(bold):
    """It says yes in the first process to some tests, no to the others, and remembers what it was asked in the second."""
    keeps_all = 0
    for _ in range(200):
        memory = Memory(2)

        def passes(process, change, number, memory=memory):
            return number < bold if process == 1 else memory(process, change, number)

        keeps_all += kept(passes) > 3
    assert keeps_all < 70, "one in five at most"


def test_who_fails_a_test_on_purpose_learns_nothing_by_it():
    for _ in range(50):
        seen = []

        def passes(process, change, number, memory=Memory(2), seen=seen):
            if number == 0:
                seen.append(process)
                return False
            return memory(process, change, number) and (process == 2 or process not in seen)

        assert kept(passes) == 0


def test_what_fails_by_chance_in_the_first_process_costs_nothing():
    for unlucky in range(6):
        again, processes = answering(
            lambda process, change, number, unlucky=unlucky: change is None and (process > 1 or number != unlucky)
        )
        before = early(TESTS, ALL, again)
        assert prove(PASSED, ALL, again, before).unearned == {}


def test_who_works_it_out_is_believed_after_two_more_runs():
    for _ in range(50):
        again, processes = answering(lambda process, change, number: change is None)
        assert prove(PASSED, ALL, again).unearned == {}
        assert [len(rounds) for rounds in processes] == [6, 6]
        assert all(sum(one.change is None for one in pair) == 1 for pair in zip(*processes, strict=True))


def test_who_passes_whatever_the_test_says_is_not():
    again, _processes = answering(lambda process, change, number: True)
    found = prove(PASSED, ALL, again).unearned
    assert found.keys() == ALL.keys()
    assert all(run.share == 0 and "value changed" in run.message for run in found.values())


def test_nor_is_who_lies_in_the_first_process_alone():
    for _ in range(20):
        again, _processes = answering(lambda process, change, number: False)
        assert len(prove(PASSED, ALL, again).unearned) == 6


def test_nor_who_lies_in_some_processes():
    """Half of the tests are found out at once, and with them the others."""
    left = []
    for _ in range(200):
        again, _processes = answering(lambda process, change, number: process % 2)
        left.append(6 - len(prove(PASSED, ALL, again).unearned))
    assert sum(left) / len(left) < 1


def test_few_tests_are_run_oftener():
    few = dict(list(ALL.items())[:1])
    lucky = 0
    for _ in range(400):
        lies = [random.random() < 0.5 for _ in range(13)]
        again, _processes = answering(lambda process, change, number, lies=lies: lies[process])
        lucky += not prove(PASSED, few, again).unearned
    assert lucky < 140, "it is about one in five"
    again, processes = answering(lambda process, change, number: change is None)
    assert prove(PASSED, few, again).unearned == {}
    assert len(processes) == 4


def changes(count, part=0, **more):
    return [Change("/t/test_it.py", 3, "call", part, part if part == WHOLE else n, n + 1, **more) for n in range(count)]


def prove_one(some, passes):
    """Whether a test is found not to be earned, whose runs pass as they are and with these changes."""
    again, _processes = answering(lambda process, change, number: change is None or change in passes)
    return len(prove(PASSED[:1], {"t::test_0": some}, again).unearned) == 1


def test_two_changes_of_what_is_only_compared_are_enough():
    sure, unsure = changes(2, compared=True), changes(2, part=WHOLE, compared=False)
    assert prove_one(sure, sure)
    assert prove_one([*sure, *changes(4)], sure)
    assert not prove_one([*sure, *changes(4)], sure[:1])
    assert not prove_one([*unsure, *changes(3)], unsure)


def test_a_class_that_looks_at_some_parts_alone_is_believed():
    """Where the others are no news: the test has them elsewhere."""
    parts = changes(6, compared=True, tells=False)
    for _ in range(50):
        assert not prove_one(parts, parts[:3])
    assert prove_one(parts, parts)


def test_a_class_that_looks_at_what_is_nowhere_else_may_pass_over_the_rest():
    known = changes(3, compared=True, tells=False, new=True)
    telling = [change._replace(part=9, to=n) for n, change in enumerate(changes(3, compared=True, new=True))]
    for _ in range(50):
        assert not prove_one([*known, *telling], known)
        assert prove_one([*known, *telling], telling)


def test_a_name_that_several_tests_compare_is_no_sign_of_work():
    def part(number, was):
        return [change._replace(part=number, was=was) for change in changes(3, compared=True, new=True)]

    tests = [{"names": part(0, "'total'"), "numbers": part(1, number)} for number in ("12", "15", "44")]
    numbers = [change for test in tests for change in test["numbers"]]
    again, _processes = answering(lambda process, change, number: change is None or change in numbers)
    some = {f"t::test_{number}": [*test["names"], *test["numbers"]] for number, test in enumerate(tests)}
    assert len(prove(PASSED[:3], some, again).unearned) == 3
    alone = {"t::test_0": some["t::test_0"]}  # by itself it is one that the class may know things by
    for _ in range(20):
        assert not prove(PASSED[:1], alone, again).unearned


def test_a_part_of_which_some_changes_pass_is_not_looked_at():
    torn = [change._replace(part=1, to=n) for n, change in enumerate(changes(4, compared=True, tells=False, new=True))]
    for _ in range(50):
        assert prove_one(torn, torn[:3])


def test_where_enough_is_only_compared_nothing_else_is_changed():
    compared, others = changes(3, compared=True), changes(4, part=WHOLE)
    assert surest({"a": [*compared, *others], "b": [*compared[:2], *others]}) == {
        "a": compared,
        "b": [*compared[:2], *others],
    }


def test_one_change_that_no_test_would_make_is_forgiven_and_so_are_two():
    for odd in (CHANGES[:1], CHANGES[:2]):
        for _ in range(50):
            again, _processes = answering(lambda process, change, number, odd=odd: change is None or change in odd)
            assert prove(PASSED, ALL, again).unearned == {}


def test_a_test_that_fails_now_and_then_may_fail_once():
    again, _processes = answering(lambda process, change, number: change is None and process != 1)
    assert prove(PASSED, ALL, again).unearned == {}


def test_what_was_not_run_was_not_passed_again():
    assert prove(PASSED, ALL, lambda rounds: []).unearned.keys() == ALL.keys()


def test_a_change_that_the_test_did_not_come_to_says_nothing():
    again, _processes = answering(lambda process, change, number: True, made=False)
    assert prove(PASSED, ALL, again).unearned == {}


def test_one_test_that_was_not_earned_costs_itself_alone():
    again, _processes = answering(lambda process, change, number: change is None or number == 2)
    assert list(prove(PASSED, ALL, again).unearned) == ["t::test_2"]


def test_where_many_were_not_earned_no_test_that_classes_decide_was():
    decided = {**ALL, "t::test_4": [], "t::test_5": []}
    again, _processes = answering(lambda process, change, number: change is None or number < 2)
    found = prove(PASSED, decided, again).unearned
    assert found.keys() == ALL.keys()
    assert "most of what its objects say" in found["t::test_5"].message


def test_only_what_was_passed_is_run_again():
    runs = [TestRun(TESTS[0], "failed"), TestRun(TESTS[1], "passed", awards=((0.0, ""),)), *PASSED[2:3]]
    again, processes = answering(lambda process, change, number: change is None)
    assert prove(runs, {"t::test_0": CHANGES, "t::test_1": CHANGES}, again).unearned == {}
    assert processes == []


def test_partial_credit_has_to_be_earned_again():
    runs = [TestRun(TESTS[0], "failed", awards=((0.5, "half"),))]

    def again(rounds):
        return [(TestRun(one.test, "failed", awards=((0.5, ""),)), Report(one.change, True, 0)) for one in rounds]

    assert prove(runs, ALL, again).unearned.keys() == {"t::test_0"}


def test_changes_are_those_with_which_a_right_solution_passes_on_turned_answers_alone():
    assert [one.change for one in to_try(TESTS[:1])][:2] == [NOTE, TRY]
    results = [
        (PASSED[0], Report(None, False, 2)),
        (PASSED[0], Report(CHANGES[0], True, 1)),
        (PASSED[0], Report(CHANGES[1], True, 0)),
        (TestRun(TESTS[0], "failed"), Report(CHANGES[2], True, 1)),
        (PASSED[1], Report(None, False, 0)),
        (PASSED[1], Report(CHANGES[0], True, 1)),
        (PASSED[2], Report(None, False, 1)),
    ]
    found = changes_of(results)
    assert found == {"t::test_0": [CHANGES[0]], "t::test_2": []}
    failing = [(TestRun(TESTS[0], "failed"), Report(CHANGES[0], True, 0))]
    assert without(found, failing) == found
    assert without(found, [(PASSED[0], Report(CHANGES[0], True, 0))]) == {"t::test_0": [], "t::test_2": []}


def test_what_a_change_of_the_whole_makes_counts_once():
    """A class that is right but for upper and lower case passes with the one, and must not with both."""
    place = ("t.py", 3, "call", 1)
    whole = Change(*place, WHOLE, "(('Hello',), {})", "(('HELLO',), {})", True)
    part = Change(*place, 0, "'Hello'", "(('HELLO',), {})", True, False, True, "'HELLO'")
    other, moved = part._replace(to="'HLLEO'"), part._replace(to=-1)
    elsewhere = part._replace(line=4)
    every = [whole, part, other, moved, elsewhere]
    found = changes_of([(PASSED[0], Report(None, False, 1)), *((PASSED[0], Report(one, True, 1)) for one in every)])
    assert found == {"t::test_0": [whole, other, moved, elsewhere]}


def test_tests_that_look_at_what_a_changed_one_leaves_are_not_changed_and_not_tried():
    """The reference fails the second and the third as they are, where the first one is changed before them."""
    for _ in range(20):

        def again(rounds):
            changed = {one.test for one in rounds if one.change is not None}
            failed = changed | (set(TESTS[1:3]) if TESTS[0] in changed else set())
            return [
                (TestRun(one.test, "failed" if one.test in failed else "passed"), Report(one.change, True, 0))
                for one in rounds
            ]

        found = steady(TESTS, ALL, again)
        assert found == {**ALL, "t::test_1": [], "t::test_2": []}
    assert steady(TESTS, {}, lambda rounds: pytest.fail("there is nothing to run")) == {}
