"""Functions of a test that look at how they are called: what they find can't be swallowed, nor they be kept from it."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import functools, unittest
    from unittest.mock import Mock
    from bank import apply, apply_item, assign, compare, fill, grouped, key_of, total_of

    def verify(value): assert value == 55
    def through(value): verify(value + 0)
    class Checker:
        seen = 0
        def __call__(self, value): self.check(value + 0)
        def check(self, value):
            self.seen += 1
            assert value == 55
    class Slots:
        def __setitem__(self, key, value):
            assert key + 0 == 1
            assert value == 55
    class Guarded:
        @property
        def value(self): return 1
        @value.setter
        def value(self, new): self._check(new + 0)
        def _check(self, new): assert new == 55
    class Same:
        def __eq__(self, other):
            assert other.n + 0 == 5
            return True
    class Made:
        def __init__(self, value): verify(value + 0)

    def test_helper(): apply(through)
    def test_lambda(): apply(lambda value: through(value))
    def test_default(): apply(lambda value, check=through: check(value))
    def test_partial(): apply(functools.partial(through))
    def test_object(): apply(Checker())
    def test_class(): apply(Made)
    def test_mock(): apply(Mock(side_effect=through))
    def test_closure():
        expected = through
        def check(value): return expected(value)
        apply(check)
    def test_item():
        def check(item): assert item.value == 55
        apply_item(check)
    def test_setitem(): fill(Slots())
    def test_property(): assign(Guarded())
    def test_equal(): assert compare(Same())
    def test_group():
        def check(value):
            try: assert value == 55
            except AssertionError as error: raise ExceptionGroup("checks", [error])
        apply(check)
    class TestMethods(unittest.TestCase):
        def check(self, value): self.look(value + 0)
        def look(self, value): self.assertEqual(value, 55)
        def test_method(self): apply(self.check)

    # What fails nothing may be called in any way.
    def test_key(): assert total_of([1, 2], key=lambda n: n + 1) == 5
    def test_errors(): assert key_of({"a": 1}.__getitem__) is None
"""
REFERENCE = """
    class Item:
        value = 55
        n = 5
    def apply(f): f(55)
    grouped = apply
    def apply_item(f): f(Item())
    def fill(slots): slots[1] = 55
    def assign(thing): thing.value = 55
    def compare(thing): return thing == Item()
    def total_of(values, key): return sum(map(key, values))
    def key_of(f):
        try: return f("b")
        except KeyError: return None
"""
SWALLOWING = """
    class Item:
        @property
        def value(self): raise {error}
        @property
        def n(self): raise {error}
        def __add__(self, other): raise {error}
    class Own(BaseException): pass
    def quietly(do, *args):
        try: return do(*args)
        except BaseException: pass
    def apply(f): quietly(f, {wrong})
    grouped = apply
    def apply_item(f): quietly(f, Item())
    def fill(slots): quietly(slots.__setitem__, {wrong}, 55)
    def assign(thing): quietly(setattr, thing, "value", {wrong})
    def compare(thing):
        quietly(lambda: thing == Item())
        return True
    def total_of(values, key):
        try: key(None)
        except TypeError: pass
        return sum(map(key, values))
    def key_of(f): return quietly(f, "c")
"""
FREE = {"test_key", "test_errors"}


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        yield sandbox


def test_honest_work_calls_them_as_agreed(sandbox):
    Graded(sandbox.run(encoded(REFERENCE))).assert_all_passed()


@pytest.mark.parametrize("error", ["ValueError", "Own", "SystemExit", "KeyboardInterrupt", "GeneratorExit"])
@pytest.mark.parametrize("wrong", ["54", "None", "Item()"])
def test_what_they_find_is_not_swallowed(sandbox, error, wrong):
    graded = Graded(sandbox.run(encoded(SWALLOWING.format(error=error, wrong=wrong))))
    passed = {name for name, outcome in graded.outcomes.items() if outcome == "passed"}
    assert passed == FREE, {name: graded.message(name) for name in passed - FREE}
