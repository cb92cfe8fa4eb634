"""A test that reaches a name which the submission lacks fails, though it would pass without using it; all others run."""

from ..conftest import Graded

HELPERS = """
    from bank import hidden
    def reach(): return callable(hidden)
    def plain(): return 1
"""
TESTS = """
    import functools, inspect, unittest
    from dataclasses import dataclass, field
    import helpers
    import pytest
    from hypothesis import given, strategies as st
    from bank import Broken, deposit, hidden

    CASES = [(deposit, 1), (hidden, 2)]
    TABLE = {"hidden": hidden}
    BOUND = functools.partial(isinstance, hidden)
    FINE = {"deposit": deposit}
    class Fake:
        kind = hidden
        def used(self): return 1
    class Helper:
        def call(self): return hidden
    HELPER = Helper()
    @dataclass
    class Plan:
        what: object = field(default_factory=lambda: hidden)
    PLAN = Plan
    def one(): return two()
    def two(): return [hidden for _ in range(0)]
    def by_default(f=hidden): return True
    def decorated(value):
        def decorate(function):
            @functools.wraps(function)
            def inner(*args): return (value is not None) and function(*args)
            return inner
        return decorate
    @functools.cache
    def cached(): return hidden is not None

    # Reached: none of these uses the name.
    def test_named(): assert issubclass(Broken, Exception)
    def test_container(): assert len(CASES) == 2
    def test_dict(): assert "hidden" in TABLE
    def test_partial(): assert callable(BOUND)
    def test_class(): assert Fake().used() == 1
    def test_object(): assert HELPER is not None
    def test_dataclass(): assert inspect.isclass(PLAN)
    def test_helper_of_helper(): assert one() == []
    def test_default(): assert by_default()
    def test_default_of_its_own(f=hidden): assert True
    @decorated(hidden)
    def test_decorated(): pass
    def test_cached(): assert cached() in (True, False)
    def test_module(): assert callable(helpers.reach)
    def test_lambda(): assert callable(lambda: hidden)
    @pytest.mark.parametrize("case", CASES)
    def test_parameter(case): assert len(case) == 2
    @pytest.mark.parametrize("case", [pytest.param({"f": [hidden]}, id="nested")])
    def test_nested_parameter(case): assert case["f"]
    @given(st.integers(0, 3))
    def test_examples(number): assert callable(hidden) and number >= 0
    @pytest.fixture
    def fixture(): return hidden
    @pytest.fixture
    def around(fixture): yield 1
    def test_fixture(around): assert around == 1
    @pytest.mark.xfail(raises=hidden, strict=False)
    def test_mark(): assert deposit(0) == 0
    class TestClass:
        value = {"f": hidden}
        def test_value(self): assert self.value
    class TestMethods:
        def helper(self): return hidden
        def other(self): return self.helper()
        def test_by_method(self): assert callable(self.other)
        def test_alone(self): assert deposit(1) == 1
    class TestCase(unittest.TestCase):
        def setUp(self): self.prepare()
        def prepare(self): self.thing = hidden
        def test_around(self): pass
    class Base(unittest.TestCase):
        def looks(self): return hidden
        def fine(self): return deposit(2)
    class TestDerived(Base):
        def test_derived(self): self.assertEqual(self.fine(), 2)
        def test_derived_reaches(self): self.assertTrue(self.looks)

    # Not reached: these are to run.
    def test_deposit(): assert deposit(5) == 5
    def test_table(): assert FINE["deposit"](1) == 1
    def test_helpers(): assert helpers.plain() == 1
    @pytest.mark.parametrize("f", [deposit])
    def test_parameters(f): assert f(3) == 3
"""
REFERENCE = """
    class Broken(Exception): pass
    def deposit(n): return n
    def hidden(*args): return True
"""
ALONE = {
    *("test_deposit", "test_table", "test_helpers", "test_parameters[deposit]", "test_parameter[case0]"),
    *("TestMethods::test_alone", "TestDerived::test_derived"),
}


def test_what_reaches_a_missing_name_fails_and_nothing_else(grade):
    files = {"tests/hidden/test_it.py": TESTS, "tests/hidden/helpers.py": HELPERS}
    graded: Graded = grade(files, REFERENCE)
    failed = {name: graded.message(name) for name, outcome in graded.outcomes.items() if outcome == "failed"}
    assert not failed
    lacking = grade(files, REFERENCE, "def deposit(n): return n\n")
    passed = {name for name, outcome in lacking.outcomes.items() if outcome == "passed"}
    assert passed == ALONE
    assert "hidden" in lacking.message("test_container")
