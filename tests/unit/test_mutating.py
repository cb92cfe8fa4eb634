"""Faulty programs made from right ones."""

import pytest

from grader.mutating import spread, variants_of

PROGRAM = """
def first(items, most):
    found = []
    for item in items:
        if len(found) < most and item > 0:
            found.append(item)
    return found


def label(n):
    return "many" if n >= 2 else "one"
"""


@pytest.fixture(scope="module")
def variants():
    return list(variants_of({"tools/lists.py": PROGRAM.encode(), "data.txt": b"1 < 2"}))


def test_each_variant_differs_in_one_place(variants):
    right = PROGRAM.splitlines()
    for variant in variants:
        changed = variant.text.splitlines()
        compile(variant.text, "variant", "exec")
        assert variant.path == "tools/lists.py"
        assert sum(line not in right for line in changed) <= 1
        assert variant.before == right[variant.line - 1].strip()
        assert variant.before != variant.after


def test_they_are_faults_that_people_make(variants):
    changes = {(one.line, one.after) for one in variants}
    assert (5, "if len(found) <= most and item > 0:") in changes
    assert (5, "if len(found) < most or item > 0:") in changes
    assert (5, "if len(found) < most and item >= 0:") in changes
    assert (11, 'return "many" if n > 2 else "one"') in changes


def test_names_are_unique_and_say_what_was_changed(variants):
    names = [one.name for one in variants]
    assert len(set(names)) == len(names)
    assert "tools-lists-5-lt-lt-e" in names
    assert "tools-lists-5-and-with-or" in names


def test_variants_differ_from_one_another(variants):
    assert len({one.text for one in variants}) == len(variants)


def test_few_are_taken_from_all_over(variants):
    lines = sorted({one.line for one in variants})
    assert [one.line for one in spread(variants, len(lines))] == lines
    assert len(spread(variants, 2)) == 2
    assert spread(variants, 1000) == sorted(variants, key=lambda one: (one.path, one.line, one.name))
    assert spread([], 3) == []


def test_what_can_not_be_changed_has_no_variants():
    assert list(variants_of({"m.py": b"from other import thing\n"})) == []
