"""A submission can't add a way to be equal, to contain, to swallow or to be close; honest ones of another shape lose nothing."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import pytest
    from bank import Account, Money, apply, fib, opened

    def test_function(): assert fib(10) == 55
    def test_inside_a_list(): assert [fib(3)] == [2]
    def test_among_values(): assert fib(10) in (55, 89)
    def test_close(): assert fib(10) == pytest.approx(55)
    def test_method(): assert Account(5).balance() == 5
    def test_class(): assert Money(5) == Money(5) and Money(5) != Money(6)
    def test_object_of_a_class(): assert opened(3).money() == Money(3)
    def test_two_answers(): assert Account(2).balance() + 1 == Account(3).balance()
    def test_contains(): assert "x" in opened(3).names()
    def test_with():
        with Account(5) as account:
            assert account.balance() == 4 + 1
            account.fail_if_poor()
            assert account.balance() == 5
    def test_with_that_suppresses():
        with Account(5):
            raise KeyError("x")
    def test_callback():
        seen = []
        def check(value):
            seen.append(value)
            assert value == 55
        apply(check)
        assert seen
    def test_callback_that_is_to_fail():
        def check(value):
            assert value == 0
        with pytest.raises(AssertionError, match="55 == 0"):
            apply(check)
"""
REFERENCE = """
    def fib(n):
        a, b = 0, 1
        for _ in range(n): a, b = b, a + b
        return a
    class Money:
        def __init__(self, n): self.n = n
        def __eq__(self, other): return isinstance(other, Money) and other.n == self.n
        def __hash__(self): return 1
    class Account:
        def __init__(self, n): self.n = n
        def balance(self): return self.n
        def money(self): return Money(self.n)
        def names(self): return ["x"]
        def fail_if_poor(self): pass
        def __enter__(self): return self
        def __exit__(self, kind, error, trace): return kind is KeyError
    def opened(n): return Account(n)
    def apply(f): f(55)
"""
ANOTHER_SHAPE = """
    import dataclasses
    def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
    @dataclasses.dataclass(frozen=True)
    class Money:
        n: int
    class Purse(Money): pass
    class Account:
        def __init__(self, n): self._money = Purse(n) if False else Money(n)
        def balance(self): return self._money.n
        def money(self): return self._money
        def names(self): return {"x": 1}.keys() and ("x",)
        def fail_if_poor(self): return self
        def __enter__(self): return self
        def __exit__(self, kind, error, trace): return kind is not None and issubclass(kind, KeyError)
    opened = Account
    def apply(f): return f(55)
"""
YES = """
    class Yes:
        def _yes(self, *args): return True
        __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __bool__ = _yes
        def __ne__(self, other): return False
        def __sub__(self, other): return 0
        __rsub__ = __add__ = __radd__ = __sub__
        def __hash__(self): return 0
    class Meta(type):
        def __contains__(cls, value): return True
        def __eq__(cls, other): return True
        def __hash__(cls): return 0
        def __instancecheck__(cls, other): return True
"""
CHEATS = {
    "a class in place of a function": """
        class fib(int):
            def __new__(cls, *args): return int.__new__(cls, 0)
            def __eq__(self, other): return True
            def __ne__(self, other): return False
            def __hash__(self): return 0
            def __sub__(self, other): return 0
            __rsub__ = __sub__
    """,
    "methods that return the object itself": """
        class Account(Yes):
            def __init__(self, n=0): pass
            def balance(self): return self
            money = names = balance
            def __enter__(self): return self
            def __exit__(self, kind, error, trace): return True
            def fail_if_poor(self): raise KeyError("skip the rest")
        Money = Account
        def opened(n): return Account()
        def fib(n): return Account()
    """,
    "a class for an answer": """
        class Everything(metaclass=Meta): pass
        def fib(n): return Everything
        class Account:
            def __init__(self, n): pass
            def balance(self): return Everything
            money = names = balance
        def opened(n): return Account(n)
    """,
    "an object that says it is a number": """
        class Number(Yes):
            @property
            def __class__(self): return int
            def __index__(self): return 0
        Number.__module__ = Number.__qualname__ = "builtins"
        Number.__name__ = "int"
        def fib(n): return Number()
    """,
    "callbacks whose failures are swallowed": """
        def apply(f):
            try: f(54)
            except BaseException: pass
    """,
    "failures that are said to be dealt with": """
        class Account:
            def __init__(self, n): pass
            def balance(self): return 0
            def fail_if_poor(self): raise KeyError("skip the rest")
            def __enter__(self): return self
            def __exit__(self, kind, error, trace): return True
    """,
}
REST = """
def fib(n): return Yes()
def opened(n): return Yes()
def apply(f): return None
class Money(Yes):
    def __init__(self, n): pass
class Account(Yes):
    def __init__(self, n): pass
"""


def cheat(name):
    text = encoded({"bank.py": YES})["bank.py"].decode() + encoded({"bank.py": REST})["bank.py"].decode()
    return {"bank.py": text + encoded({"bank.py": CHEATS[name]})["bank.py"].decode()}


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        yield sandbox


@pytest.mark.parametrize("name", CHEATS)
def test_nobody_becomes_equal_by_saying_so(sandbox, name):
    graded = Graded(sandbox.run(encoded(cheat(name))))
    passed = {test for test, outcome in graded.outcomes.items() if outcome == "passed"}
    # Suppressing a KeyError of the test's own is what that test asks for.
    assert passed <= {"test_with_that_suppresses"}, passed


@pytest.mark.parametrize("source", [REFERENCE, ANOTHER_SHAPE], ids=["reference", "another shape"])
def test_honest_work_is_equal(sandbox, source):
    Graded(sandbox.run(encoded(source))).assert_all_passed()


def test_a_right_solution_of_another_shape_widens_what_may_be_asked(engine):
    tests = "from bank import box\ndef test(): assert box(1) == box(1)\n"
    plain = "def box(n): return (n,)\n"
    boxed = "class Box:\n    def __init__(self, n): self.n = n\n    def __eq__(self, other): return self.n == other.n\ndef box(n): return Box(n)\n"
    suite = make_suite(tests, plain)
    with Sandbox(engine, suite) as sandbox:
        assert Graded(sandbox.run(encoded(boxed))).outcomes == {"test": "failed"}
    with Sandbox(engine, make_suite(tests, plain, alternatives=(encoded(boxed),))) as sandbox:
        assert Graded(sandbox.run(encoded(boxed))).outcomes == {"test": "passed"}


def test_star_imports_replace_nothing_of_the_test(engine):
    tests = """
        import pytest
        from bank import *
        def test_size(): assert len(make(3)) == 3
        def test_all(): assert all(n == 3 for n in make(3))
        def test_raises():
            with pytest.raises(ValueError):
                make(-1)
    """
    reference = """
        def make(n):
            if n < 0: raise ValueError(n)
            return [n] * n
    """
    impostor = """
        def make(n): return [0]
        def len(thing): return 3
        def all(things): return True
        class pytest:
            class raises:
                def __init__(self, *kinds): pass
                def __enter__(self): return self
                def __exit__(self, *error): return True
    """
    with Sandbox(engine, make_suite(tests, reference)) as sandbox:
        Graded(sandbox.run(encoded(reference))).assert_all_passed()
        assert set(Graded(sandbox.run(encoded(impostor))).outcomes.values()) == {"failed"}


def test_answers_about_a_program_are_what_they_claim_to_be(grade):
    tests = """
        import bank
        def test_output(program): assert program.run().stdout == "hello"
        def test_expect(program): program.run().expect("hello")
        def test_plain(): assert bank.size() == 1
    """
    honest = "def size(): return 1\nif __name__ == '__main__': print('hello', end='')\n"
    impostor = """
        def size(): return 1
        class Text(str):
            def _self(self, *args, **kwargs): return self
            decode = rstrip = _self
            def splitlines(self, *args): return ["hello"]
            def __eq__(self, other): return True
            def __ne__(self, other): return False
            __hash__ = None
        from sandboxes.guest.candidate.program import Programs
        Programs.serve = lambda self, operation, *values: [0, Text(), Text(), {}, False]
    """
    graded = grade(tests.replace("import bank", "import bank; bank.size()"), honest, impostor)
    assert graded.outcomes == {"test_output": "crashed", "test_expect": "crashed", "test_plain": "passed"}


ARRAY_TESTS = """
    import numpy as np
    import pytest
    from image import mean, none, scale

    def test_allclose(): assert np.allclose(scale(np.arange(3.0)), np.arange(3.0) * 2)
    def test_assert_allclose(): np.testing.assert_allclose(scale(np.arange(3.0)), np.arange(3.0) * 2)
    def test_equal(): assert (scale(np.arange(3)) == np.arange(3) * 2).all()
    def test_array_equal(): assert np.array_equal(scale(np.arange(3)), np.arange(3) * 2)
    def test_broadcast(): assert (scale(np.array([4])) == np.array([8])).all()
    def test_approx(): assert mean(np.arange(3.0)) == pytest.approx(1.0)
    def test_allclose_scalar(): assert np.allclose(mean(np.arange(3.0)), 1.0)
    def test_isclose(): assert np.isclose(mean(np.arange(3.0)), 1.0).all()
    def test_shape(): assert scale(np.zeros((2, 3))).shape == (2, 3)
    def test_maximum(): assert np.max(np.abs(scale(np.arange(3)) - np.arange(3) * 2)) == 0
    def test_empty_on_purpose():
        assert none().size == 0
        assert (none() > 0).all()
"""
ARRAYS = {
    "reference": """
        import numpy as np
        def scale(a): return a * 2
        def mean(a): return a.sum() / len(a)
        def none(): return np.array([])
    """,
    "empty arrays": """
        import numpy as np
        def scale(a): return np.array([])
        mean = scale
        def none(): return np.array([1])
    """,
    "arrays of objects": """
        import numpy as np
        class Yes(float):
            def __eq__(self, other): return True
        def scale(a): return np.array([Yes(0)] * 3, dtype=object)
        mean = scale
        def none(): return [0]
    """,
    "array protocols": """
        class Array:
            shape, size, ndim, dtype = (3,), 3, 1, float
            def __array__(self, *args, **kwargs): return self
            def __array_ufunc__(self, ufunc, method, *inputs, **options): return True
            def __array_function__(self, function, types, args, options): return True
            __array_interface__ = {"shape": (3,), "typestr": "<f8", "version": 3, "data": (0, True)}
            __array_priority__ = 1000
            def __eq__(self, other): return self
            def all(self): return True
            def __sub__(self, other): return self
            __rsub__ = __abs__ = __mul__ = __rmul__ = __sub__
            def __le__(self, other): return self
            def __len__(self): return 3
            def __bool__(self): return True
        def scale(a): return Array()
        mean = scale
        none = Array
    """,
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_are_what_they_hold(engine, name):
    suite = make_suite(
        {"tests/hidden/test_it.py": ARRAY_TESTS}, {"image.py": ARRAYS["reference"]}, requirements="numpy>=2.1,<3\n"
    )
    with Sandbox(engine, suite) as sandbox:
        graded = Graded(sandbox.run(encoded({"image.py": ARRAYS[name]})))
    if name == "reference":
        graded.assert_all_passed()
    else:
        assert {test for test, outcome in graded.outcomes.items() if outcome == "passed"} == set()
