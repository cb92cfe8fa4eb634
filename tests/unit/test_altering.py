"""One value of a test is another: which, where, and what right solutions are taken to answer then."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from sandboxes.guest.objects.altering import Altering
from sandboxes.guest.objects.changes import Change, Report

HERE = str(Path(__file__).parent)


@pytest.fixture
def altering():
    made = Altering(HERE)
    made.collecting = False
    return made


def calls(altering):
    """What two calls in a test get."""
    return [altering.called(f"call {n}", (n, "ab"), {"more": [1, 2]}) for n in (5, 6)]


def noted(altering, passed=True):
    altering.note()
    calls(altering)
    altering.answered("eq", True)
    assert altering.report() == Report(None, False, 1)
    tried = []
    while altering.may_try("t", passed):
        altering.begin_try()
        calls(altering)
        tried.append(altering.report().change)
    return tried


AS_IS = [((5, "ab"), {"more": [1, 2]}), ((6, "ab"), {"more": [1, 2]})]


def test_nothing_is_changed_where_nothing_is_to_be(altering):
    altering.run()
    assert calls(altering) == AS_IS
    assert altering.report() == Report(None, False, 0)


def test_each_change_is_one_part_of_one_call(altering):
    tried = noted(altering)
    assert len(tried) == len(set(tried)) == 32
    moves, turns = (
        [change for change in tried if type(change.to) is int],
        [change for change in tried if change.to == "'ba'"],
    )
    assert {(change.times, change.part) for change in moves[:8]} == {(n, part) for n in (0, 1) for part in range(4)}
    assert {(change.times, change.part) for change in turns} == {(0, 1), (1, 1)}
    for change in tried:
        altering.run(change)
        got = calls(altering)
        different = [(one, as_is) for one, as_is in zip(got, AS_IS, strict=True) if one != as_is]
        assert len(different) == 1
        assert got[1 - change.times] == AS_IS[1 - change.times]
        assert altering.report() == Report(change, True, 0)


def test_the_changes_of_a_test_are_always_the_same(altering):
    assert noted(altering) == noted(Altering(HERE))


def test_a_place_that_the_test_does_not_come_to_is_told(altering):
    altering.run(Change(__file__, 1, "call", 0, 0, 1))
    assert calls(altering) == AS_IS
    assert altering.report().made is False


def test_a_test_that_was_not_passed_or_hears_no_yes_has_nothing_to_try(altering):
    assert noted(altering, passed=False) == []
    altering.note()
    calls(altering)
    altering.answered("eq", False)
    altering.answered("ne", True)
    assert not altering.may_try("t", True)


def test_after_ten_that_turn_an_answer_no_more_are_tried(altering):
    altering.note()
    calls(altering)
    altering.answered("eq", True)
    number = 0
    while altering.may_try("t", True):
        altering.begin_try()
        calls(altering)
        assert altering.answered("eq", False) is True
        assert altering.report().turned == 1
        number += 1
    assert number == 10


def test_answers_are_turned_as_they_were_and_hashes_are(altering):
    altering.note()
    calls(altering)
    assert [altering.answered("eq", answer) for answer in (True, False, NotImplemented, True)] == [
        True,
        False,
        NotImplemented,
        True,
    ]
    assert [altering.hashed(number) for number in (7, 8)] == [7, 8]
    assert altering.may_try("t", True)
    altering.begin_try()
    assert [altering.answered("eq", False) for _ in range(5)] == [True, False, False, True, False]
    assert [altering.hashed(number) for number in (1, 2, 3)] == [7, 8, 3]
    # Of a submission nothing is turned.
    altering.run(altering.report().change)
    assert altering.answered("eq", False) is False
    assert altering.hashed(1) == 1


def test_what_an_object_is_asked_about_may_be_another_value(altering):
    def asked():
        return altering.operands("thing", 100)

    altering.note()
    asked()
    altering.answered("eq", True)
    assert altering.may_try("t", True)
    altering.begin_try()
    change = altering.report().change
    altering.run(change)
    one, other = asked()
    assert (one, change.what, other != 100) == ("thing", "operand", True)


def test_the_same_object_gives_way_when_another_solution_is_asked_the_other_way_round():
    class Hand:
        _grader_generation = 1

    altering = Altering(HERE)
    one, other, *_more = (altering.collected(lambda *args: Hand(), (number,), {}) for number in (1, 2, 3))
    altering.collecting = False

    def asked(*pair):
        return altering.operands(*pair)

    altering.note()
    asked(one, other)
    altering.answered("lt", True)
    assert altering.may_try("t", True)
    altering.begin_try()
    change = altering.report().change
    kept = set()
    for pair in ((one, other), (other, one)):
        altering.run(change)
        got = asked(*pair)
        assert altering.report().made
        kept.add(next(now for now, before in zip(got, pair, strict=True) if now is before))
    assert kept == {one}


def test_another_constant_of_a_class_may_stand_in_its_place(altering):
    cls = SimpleNamespace(__mro__=())

    def looked_up(*names):
        return tuple((found := altering.constant(cls, name), altering.found(cls, found, found))[0] for name in names)

    altering.note()
    looked_up("ACE")
    altering.note()
    looked_up("TWO", "KING")
    altering.answered("eq", True)
    seen = set()
    while altering.may_try("t", True):
        altering.begin_try()
        seen.add(looked_up("TWO", "KING"))
    assert seen == {("ACE", "KING"), ("TWO", "ACE"), ("TWO", "TWO")}


def changes_tried(altering, run):
    altering.note()
    run()
    altering.answered("eq", True)
    tried = []
    while altering.may_try("t", True):
        altering.begin_try()
        tried.append((run(), altering.report().change))
    return tried


def test_arguments_of_other_calls_of_the_same_and_moves_take_turns(altering):
    def items():
        return [altering.called("Item", ("pen", 300), {}), altering.called("Item", ("cup", 9), {})]

    pen, cup = (("pen", 300), {}), (("cup", 9), {})
    tried = changes_tried(altering, items)
    seen = [got for got, _change in tried]
    assert seen[0] in ([cup, cup], [pen, pen])
    assert [pen, (("cup", 300), {})] in seen[1:16]
    assert [(("pen", 9), {}), cup] in seen[1:16]
    assert type(tried[2][1].to) is int


def test_what_is_only_compared_is_changed_first(altering):
    class Item:
        _grader_generation = 1

    def run(order=(1, 2, 3, 4, 5)):
        made = {n: altering.made("Item", (f"item {n}", 10 * n), {}, lambda *args: Item())[1] for n in order}
        altering.used("getattr", "price", [made[1]])
        altering.used("call", None, [print, [made[3]]])
        altering.used("call", None, [print, {made[4]: {"it": 1}}])
        altering.used("answer", None, [[range(9)] * 3000 + [made[5]]])
        altering.used("special", ["__eq__"], [made[2], made[1]])

    tried = [change for _got, change in changes_tried(altering, run)]
    assert {change.times for change in tried if change.compared} == {1}
    assert {change.times for change in tried if not change.compared} == {0, 2, 3, 4}
    assert [change.compared for change in tried] == sorted((change.compared for change in tried), reverse=True)


def test_a_value_that_the_test_has_elsewhere_tells_less(altering):
    def run():
        for args in (("Ann", 120), ("Bob", 45), ("Ann", 150), ("pay Bob 45",)):
            altering.called("Account", args, {})

    tried = [change for _got, change in changes_tried(altering, run) if change.part >= 0]
    assert {(change.times, change.part) for change in tried if change.tells} == {(0, 1), (2, 1), (3, 0)}


def test_nothing_is_changed_where_another_solution_passes_something_else(altering):
    first = changes_tried(altering, lambda: altering.called("Item", ("pen", 300), {}))[0][1]
    for args in (("pen", 301), ("pen",)):
        altering.run(first)
        assert altering.called("Item", args, {}) == (args, {})
        assert altering.report().made is False


def test_what_cannot_be_written_is_not_exchanged(altering):
    def calls():
        return [altering.called("f", (thing,), {}) for thing in (object, print, [1, {2}], float("nan"))]

    altering.note()
    calls()
    altering.answered("eq", True)
    while altering.may_try("t", True):
        altering.begin_try()
        assert isinstance(altering.report().change.to, int)
        calls()


def test_what_is_made_before_the_tests_has_others_around_it():
    altering, orders = Altering(HERE), set()
    for _ in range(100):
        made = []
        assert altering.collected(lambda *args, made=made: made.append(args) or args, (5, "b"), {}) == (5, "b")
        orders.add(tuple(made))
    assert {call for order in orders for call in order} == {(5, "b"), (6, "c"), (3, "z")}
    assert len(orders) == 6


def test_what_fails_for_those_around_it_is_made_all_the_same():
    def positive(number):
        if number < 5:
            raise ValueError(number)
        return number

    assert [Altering(HERE).collected(positive, (5,), {}) for _ in range(20)] == [5] * 20
    with pytest.raises(ValueError, match=r"^4$"):
        Altering(HERE).collected(positive, (4,), {})
