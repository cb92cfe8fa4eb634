"""What the reference let its classes decide is what a submission's classes may decide."""

import fractions

import numpy as np
import pytest

from sandboxes.guest.objects.contract import Contract, kind_of, operator_name


@pytest.mark.parametrize(
    ("special", "operator"),
    [
        ("__eq__", "eq"), ("__ne__", "ne"), ("__gt__", "lt"), ("__ge__", "le"), ("__radd__", "add"), ("__iadd__", "add"),
        ("__ror__", "or"), ("__rshift__", "rshift"), ("__rrshift__", "rshift"), ("__imod__", "mod"), ("__contains__", "contains"),
    ],
)  # fmt: skip
def test_mirrored_and_in_place_methods_are_the_same_operator(special, operator):
    assert operator_name(special) == operator


def test_numbers_are_of_one_kind():
    assert {kind_of(value) for value in (5, 5.0, True, 5j, fractions.Fraction(5), np.int64(5))} == {"number"}
    assert kind_of("5") == "str"


def test_what_the_reference_did_a_submission_may_do():
    reference = Contract()
    reference.scope = "test_money"
    assert reference.is_class(("bank", "Money"))
    assert reference.may_ask("bank.Money", "eq", "bank.Money", True)
    submission = Contract(reference.facts())
    submission.scope = "another test"
    assert submission.may_ask("bank.Money", "eq", "bank.Money", True)


@pytest.mark.parametrize(
    "question",
    [
        ("bank.Money", "lt", "bank.Money", True),
        ("bank.Money", "eq", "number", False),
        ("bank.Money", "eq", "", True),
        ("bank.Account", "eq", "bank.Account", True),
        ("", "eq", "", True),
        ("", "eq", "number", False),
    ],
)
def test_and_nothing_else(question):
    reference = Contract()
    reference.may_ask("bank.Money", "eq", "bank.Money", True)
    assert not Contract(reference.facts()).may_ask(*question)


def test_a_name_that_is_a_function_of_the_reference_is_no_class():
    assert not Contract([["class", "bank", "Money"]]).is_class(("bank", "fib"))


def test_objects_of_classes_without_a_name_are_compared_in_the_same_test_only():
    reference = Contract()
    reference.scope = "test_one"
    assert reference.may_ask("", "eq", "", True)
    submission = Contract(reference.facts())
    submission.scope = "test_one"
    assert submission.may_ask("", "eq", "", True)
    submission.scope = "test_two"
    assert not submission.may_ask("", "eq", "", True)


def test_even_the_reference_is_not_asked_about_plain_values_without_a_name():
    assert not Contract().may_ask("", "eq", "number", False)


def test_exceptions_are_swallowed_where_the_reference_swallowed_them():
    reference = Contract()
    reference.scope = "test_suppress"
    assert reference.may_swallow(KeyError())
    submission = Contract(reference.facts())
    submission.scope = "test_suppress"
    assert submission.may_swallow(KeyError())
    assert not submission.may_swallow(ValueError())
    submission.scope = "another test"
    assert not submission.may_swallow(KeyError())


@pytest.mark.parametrize("error", [AssertionError(), KeyboardInterrupt(), SystemExit(), pytest.fail.Exception("x")])
def test_what_fails_a_test_is_never_swallowed(error):
    assert not Contract().may_swallow(error)


def test_facts_of_right_solutions_add_up():
    first, second = [["class", "a", "B"]], [["class", "a", "C"], ["class", "a", "B"]]
    assert Contract.joined([first, second]) == [["class", "a", "B"], ["class", "a", "C"]]


def test_a_star_import_brings_the_names_that_the_reference_has():
    reference = Contract()
    assert reference.has_name("bank", "add")
    submission = Contract(reference.facts())
    assert submission.has_name("bank", "add")
    assert not submission.has_name("bank", "len")


def test_classes_that_are_compared_with_each_other_are_one_family():
    facts = [["asked", "", cls, "lt", f"object {other}"] for cls, other in (("A", "B"), ("C", "D"), ("B", "C"))]
    contract = Contract([*facts, ["asked", "", "X", "lt", "object Y"], ["asked", "", "A", "eq", "object X"]])
    contract.scope = "test"
    for cls in "ABCD":
        for other in "ABCD":
            assert contract.may_ask(cls, "lt", other, True)
    assert not contract.may_ask("A", "lt", "X", True)
    assert not contract.may_ask("A", "eq", "B", True)
    assert not contract.may_ask("A", "lt", "", True)
    assert not contract.may_ask("A", "lt", "number", False)


def test_where_plain_values_are_shown_objects_of_the_submission_may_be():
    contract = Contract([["asked", "test", "Board", "contains", "sequence"]])
    contract.scope = "test"
    assert contract.may_ask("Board", "contains", "", True)
    contract.scope = "another"
    assert not contract.may_ask("Board", "contains", "", True)


def test_what_a_right_solution_passes_only_unasked_is_asked_once():
    facts = Contract(once=["a", "b"]).facts()
    submission = Contract(Contract.without_once(facts, ["b"]))
    tried = []
    for submission.scope in ("a", "b", "c"):
        tried.append(submission.may_try())
    assert tried == [False, True, True]
