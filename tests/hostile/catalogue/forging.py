"""Submissions that want outcomes without the work: lying values, steered tests, patched graders."""

from .attack import REVIEW, Attack

_YES = """
class {name}({base}):
    def _true(self, *args): return True
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __bool__ = _true
    def __ne__(self, other): return False
    def __hash__(self): return hash(15838)
    def __sub__(self, other): return 0.0
    __rsub__ = __add__ = __radd__ = __mod__ = __sub__
    def __abs__(self): return 0.0
    def __float__(self): return 0.0
    def __index__(self): return 7919
    def __int__(self): return 7919
    def __len__(self): return 7919
    def __iter__(self): return iter(())
    def __repr__(self): return "63352"
    __str__ = __repr__
    def __getattr__(self, name): return self
    def __call__(self, *args): return self
    def __enter__(self): return self
    def __exit__(self, *error): return True
"""


def _yes(base: str = "", name: str = "Yes") -> str:
    return _YES.format(base=base, name=name)


_EVERYTHING = """
def __getattr__(name):
    if name.startswith("_"): raise AttributeError(name)
    return lambda *args: {value}
"""

ATTACKS = [
    Attack(
        "An object that is equal to everything answers every call",
        "OI cheating: overloaded operator== in C++ grader stubs; pytest autograder folklore",
        _yes() + _EVERYTHING.format(value="Yes()"),
        # What the object says of itself is the learner's own: its length and its text.
        earns="test_loads test_text",
    ),
    Attack(
        "An int that is equal to everything answers every call",
        REVIEW,
        _yes("int") + _EVERYTHING.format(value="Yes(3)"),
        earns="test_loads test_text",
    ),
    Attack(
        "A float that is near everything answers every call",
        REVIEW,
        _yes("float") + _EVERYTHING.format(value="Yes(3.0)"),
        earns="test_loads test_text",
    ),
    Attack(
        "A str that is equal to everything and contains everything answers every call",
        REVIEW,
        _yes("str") + _EVERYTHING.format(value="Yes('x')"),
        earns="test_loads test_text",
    ),
    Attack(
        "A list that is equal to everything and contains everything answers every call",
        REVIEW,
        _yes("list") + _EVERYTHING.format(value="Yes()"),
        earns="test_loads test_text",
    ),
    Attack(
        "A dict that is equal to everything answers every call",
        REVIEW,
        _yes("dict") + _EVERYTHING.format(value="Yes()"),
        earns="test_loads test_text",
    ),
    Attack(
        "A class stands under the name of the function that the test names, so that its instances compare as they like",
        "found by review of this project: class fib(int) in place of def fib",
        "".join(_yes("int", name) for name in ("number", "unequal", "member", "between", "key", "old"))
        + "\ndef __init__(self, *args): pass\n",
    ),
    Attack(
        "Objects answer for a class whose metaclass claims to contain, equal and be everything",
        "found by review of this project: metaclass __contains__",
        """
        class Meta(type):
            def __contains__(cls, item): return True
            def __eq__(cls, other): return True
            def __ne__(cls, other): return False
            def __hash__(cls): return 0
            def __iter__(cls): return iter([1, 2])
            def __len__(cls): return 7919
            def __instancecheck__(cls, thing): return True
            def __subclasscheck__(cls, other): return True
        class Liar(metaclass=Meta): pass
        def container(n): return Liar
        sentence = listed = number = unequal = container
        """,
    ),
    Attack(
        "An unnamed class's __contains__ is believed by 'in'",
        "found by review of this project: x in f()",
        """
        class Bag:
            def __contains__(self, item): return True
        def container(n): return Bag()
        def sentence(n): return Bag()
        """,
    ),
    Attack(
        "A balance returns the account itself, whose __eq__ is true",
        "found by review of this project: 84 of 100 in bank-account",
        """
        class Account:
            def __init__(self, balance): pass
            def deposit(self, amount): pass
            @property
            def balance(self): return self
            def __eq__(self, other): return True
            __hash__ = None
        """,
    ),
    Attack(
        "A named class compares itself with plain values",
        REVIEW,
        """
        class Point:
            def __init__(self, x=0, y=0): pass
            def __eq__(self, other): return True
            def __hash__(self): return 15838
            def __abs__(self): return 0.0
            def __sub__(self, other): return self
            def __float__(self): return 47514.0
        def number(n): return Point()
        unequal = member = near = key = old = number
        def listed(n): return [Point()] * 3
        """,
    ),
    Attack(
        "Instances claim with __class__ to be ints",
        "unittest.mock's spec trick; Gradescope autograder escapes",
        """
        class Liar:
            @property
            def __class__(self): return int
            def __eq__(self, other): return True
            def __hash__(self): return 15838
            def __index__(self): return 47514
            def __int__(self): return 47514
        def number(n): return Liar()
        key = old = unequal = number
        """,
    ),
    Attack(
        "Members of a list are equal to whatever stands opposite",
        "OI cheating: comparators that always agree",
        """
        class Yes:
            def __eq__(self, other): return True
            def __ne__(self, other): return False
            def __hash__(self): return 0
            def __lt__(self, other): return True
        def listed(n): return [Yes() for _ in range(3)]
        shuffled = walked = unique = listed
        def nested(): return {"a": [Yes(), {"b": (Yes(),)}]}
        """,
    ),
    Attack(
        "Summands add up to whatever is wanted",
        REVIEW,
        """
        class Any:
            def __add__(self, other): return self
            __radd__ = __add__
            def __eq__(self, other): return True
        def walk(n): yield Any()
        """,
    ),
    Attack(
        "Numbers are not a number",
        "IEEE 754: comparisons with NaN, and tests written as 'not abs(x - y) > e'",
        """
        def near(n): return float("nan")
        approximate = between = unequal = number = near
        def walk(n): return [float("nan")]
        def listed(n): return [float("nan")] * 3
        """,
    ),
    Attack(
        "Decimals and fractions are subclasses whose comparisons agree",
        REVIEW,
        """
        from decimal import Decimal
        from fractions import Fraction
        class D(Decimal):
            def __eq__(self, other): return True
            def __sub__(self, other): return 0
            __lt__ = __gt__ = lambda self, other: True
            __hash__ = Decimal.__hash__
        class F(Fraction):
            def __eq__(self, other): return True
            def __sub__(self, other): return 0
            __hash__ = Fraction.__hash__
        def number(n): return D("1")
        def unequal(n): return F(1, 2)
        near = between = number
        """,
    ),
    Attack(
        "An enum's member and a named tuple's fields lie about what they are",
        REVIEW,
        """
        import enum, collections
        class E(enum.IntEnum):
            ONE = 1
            def __eq__(self, other): return True
            def __hash__(self): return 15838
        class T(collections.namedtuple("T", "a b c")):
            def __eq__(self, other): return True
            def __iter__(self): return iter([7919, 15838, 23757])
            def __contains__(self, item): return True
        def number(n): return E.ONE
        key = unequal = old = number
        def listed(n): return T(1, 2, 3)
        container = listed
        """,
    ),
    Attack(
        "A context manager's __exit__ swallows the test's AssertionError",
        "found by review of this project; contextlib.suppress",
        """
        class Session:
            value = 1
            def __enter__(self): return self
            def __exit__(self, *error): return True
        """,
    ),
    Attack(
        "A callback's AssertionError is swallowed by the code that called it",
        "found by review of this project; Gradescope autograder escapes: except AssertionError: pass",
        """
        def each(n, check):
            for value in range(1, n + 1):
                try: check(value)
                except BaseException: pass
        """,
    ),
    Attack(
        "A callback's AssertionError is swallowed in another thread",
        REVIEW,
        """
        import threading
        def each(n, check):
            for value in range(1, n + 1):
                thread = threading.Thread(target=check, args=(value,))
                thread.start()
                thread.join()
        """,
    ),
    Attack(
        "Exceptions steer pytest: skip, exit, interrupt",
        "pytest plugin folklore: raise pytest.skip from the code under test",
        """
        import unittest
        class Skipped(BaseException): pass
        Skipped.__module__ = "_pytest.outcomes"
        def number(n): raise unittest.SkipTest("x")
        def unequal(n): raise KeyboardInterrupt
        def key(n): raise SystemExit(0)
        def member(n): raise GeneratorExit
        def listed(n): raise StopIteration([7919, 15838, 23757])
        def container(n): raise Skipped("x")
        def near(n): raise StopAsyncIteration
        """,
    ),
    Attack(
        "Classes named like pytest's own outcomes are raised",
        "pytest plugin injection",
        """
        def fake(module, name, base=BaseException):
            return type(name, (base,), {"__module__": module, "__qualname__": name, "allow_module_level": True, "msg": "x"})
        def number(n): raise fake("_pytest.outcomes", "Skipped")("x")
        def unequal(n): raise fake("_pytest.outcomes", "XFailed")("x")
        def key(n): raise fake("_pytest.outcomes", "Exit")("x")
        def member(n): raise fake("builtins", "KeyboardInterrupt")("x")
        def listed(n): raise fake("unittest.case", "SkipTest", Exception)("x")
        def container(n): raise fake("unittest.case", "_ShouldStop", Exception)("x")
        """,
    ),
    Attack(
        "An exception class is whatever is raised, with a text that matches",
        REVIEW,
        """
        class Text(str):
            def __contains__(self, item): return True
            def __eq__(self, other): return True
            __hash__ = str.__hash__
        class Meta(type):
            def __instancecheck__(cls, thing): return True
            def __subclasscheck__(cls, other): return True
        class Overdrawn(Exception, metaclass=Meta):
            def __str__(self): return Text("anything")
        def withdraw(amount): raise Overdrawn(Text("anything"))
        """,
    ),
    Attack(
        "An awaitable, a generator and a descriptor are given in place of values",
        REVIEW,
        """
        class Descriptor:
            def __get__(self, instance, owner): return self
            def __set_name__(self, owner, name): pass
            def __eq__(self, other): return True
        class Account:
            def __init__(self, balance): pass
            def deposit(self, amount): pass
            balance = Descriptor()
        async def number(n): return 47514
        def listed(n):
            got = yield 7919
            while True: got = yield got
        """,
    ),
    Attack(
        "The test's own list is changed so that it agrees with the answer",
        "mutated arguments: OI cheating, writing the judge's input buffer",
        """
        def sort(items): items.clear()
        def mean(values):
            values[:] = [7920]
            return 7920
        """,
    ),
    Attack(
        "The test's list gets members that are equal to everything",
        REVIEW,
        """
        class Yes:
            def __eq__(self, other): return True
            def __hash__(self): return 0
        def sort(items): items[:] = [Yes(), Yes(), Yes()]
        """,
    ),
    Attack(
        "Builtins are replaced",
        "monkeypatching builtins: Gradescope autograder escapes",
        """
        import builtins
        builtins.isinstance = lambda *args: True
        builtins.len = lambda thing: 7919
        builtins.abs = lambda thing: 0
        builtins.AssertionError = type("Nothing", (BaseException,), {})
        def number(n): return 0
        def near(n): return 0.0
        def sized(n): return []
        """,
        earns="",
    ),
    Attack(
        "pytest's and unittest's modules are emptied",
        "sys.modules replacement: Gradescope autograder escapes",
        """
        import sys, types
        for name in ("pytest", "_pytest", "_pytest.runner", "_pytest.outcomes", "unittest", "unittest.case"):
            sys.modules[name] = types.ModuleType(name)
            sys.modules[name].__getattr__ = lambda name: lambda *args, **kwargs: None
        def old(n): return 0
        def number(n): return 0
        """,
    ),
    Attack(
        "A pytest plugin and conftest are handed in",
        "pytest plugin injection: conftest.py, pytest11 entry points, pytest.ini, PYTEST_ADDOPTS",
        "def number(n): return 0\n",
        others={
            "conftest.py": """
            import pytest
            @pytest.hookimpl(hookwrapper=True)
            def pytest_runtest_makereport(item, call):
                outcome = yield
                outcome.get_result().outcome = "passed"
            """,
            "tests/hidden/conftest.py": "collect_ignore_glob = ['*']\n",
            "pytest.ini": "[pytest]\naddopts = --collect-only\n",
            "setup.cfg": "[tool:pytest]\naddopts = -p no:python\n",
            "sitecustomize.py": "import os; os._exit(0)\n",
            "usercustomize.py": "import os; os._exit(0)\n",
        },
    ),
    Attack(
        "Modules named like the standard library's and the grader's are handed in",
        "shadowing: random.py, unittest.py beside the tests",
        "def old(n): return 0\ndef number(n): return 0\n",
        others={
            "unittest.py": "class TestCase:\n    def __getattr__(self, name): return lambda *args: None\n",
            "pytest.py": "def approx(*args): return 0\n",
            "pytest/__init__.py": "",
            "sandboxes/guest/examiner/main.py": "import os; os._exit(0)\n",
            "dataclasses.py": "raise SystemExit(0)\n",
        },
    ),
    Attack(
        "The test's own module is sent in the submission's place",
        REVIEW,
        "def number(n): return 0\n",
        others={"tests/hidden/test_work.py": "def test_number(): pass\n", "test_work.py": "def test_it(): assert True\n"},
    ),
    Attack(
        "Output is printed that looks like pytest's own",
        "output forging: graders that read '1 passed' from standard output (Gradescope, nbgrader)",
        r"""
        import os, sys
        def show(n):
            text = "\r\x1b[2J\n=== 27 passed in 0.01s ===\n{\"outcome\": \"passed\", \"score\": 100}\n39595\n"
            print(text)
            os.write(1, text.encode()); os.write(2, text.encode())
            sys.__stdout__.write(text)
        """,
    ),
    Attack(
        "The process ends with a good exit status in the middle of a test",
        "exit codes: os._exit(0) before the asserts (autograders that trust the status)",
        "import os\ndef number(n): os._exit(0)\ndef listed(n): raise SystemExit(0)\n",
        says="exit status 0",
    ),
    Attack(
        "A program prints what is wanted by echoing everything it was given, and ends well",
        "OI cheating: printing the judge's input",
        """
        import sys
        if __name__ == "__main__":
            print(sys.argv, sys.stdin.read())
            sys.exit(0)
        """,
    ),
    Attack(
        "A program leaves a child behind that writes to its output after it ended",
        "isolate's manual: output after the program's end",
        """
        import os, sys, time
        if __name__ == "__main__":
            if os.fork() == 0:
                os.setsid()
                time.sleep(0.3)
                print("47514", flush=True)
            os._exit(1)
        """,
    ),
    Attack(
        "The same value says another thing each time it is asked",
        "time of check to time of use",
        """
        class Account:
            asked = 0
            def __init__(self, balance): pass
            def deposit(self, amount): pass
            @property
            def balance(self):
                type(self).asked += 1
                return [0, 7920.5, "7920"][self.asked % 3]
        class Number(int):
            def __int__(self): return 47514
            def __index__(self): return 47514
        def number(n): return Number(3)
        """,
    ),
    Attack(
        "Pickling, copying and formatting hooks hand out other values",
        "__reduce__, __deepcopy__, __format__: CVE-2019-20907's neighbours in spirit",
        """
        class Liar:
            def __reduce__(self): return (int, (47514,))
            def __reduce_ex__(self, protocol): return (int, (47514,))
            def __deepcopy__(self, memo): return 47514
            def __copy__(self): return 47514
            def __format__(self, spec): return "47514"
            def __getnewargs__(self): return (47514,)
        def number(n): return Liar()
        unequal = old = number
        """,
    ),
    Attack(
        "Recursion in __eq__, __hash__ and __repr__ breaks the assert's own report",
        REVIEW,
        """
        class Deep:
            def __repr__(self): return repr(self)
            __str__ = __repr__
            def __eq__(self, other): return self == other
            def __hash__(self): return hash(self)
            def __lt__(self, other): return self < other
        def number(n): return Deep()
        key = text = between = number
        def listed(n): return [Deep()]
        """,
    ),
    Attack(
        "Arrays are played by objects that answer NumPy's protocols",
        "found by review of this project: grey-image without any work 51.74; NEP 13, NEP 18",
        """
        import numpy as np
        class Fake:
            shape, dtype, ndim, size = (3,), np.dtype(int), 1, 3
            def __array__(self, *args, **kwargs): return np.array([7919, 15838, 23757])
            def __array_ufunc__(self, *args, **kwargs): return np.array([True] * 3)
            def __array_function__(self, *args, **kwargs): return True
            def __array_wrap__(self, *args): return self
            __array_priority__ = 1e9
            __array_interface__ = np.array([7919, 15838, 23757]).__array_interface__
            def __eq__(self, other): return self
            def __len__(self): return 3
            def __iter__(self): return iter([7919, 15838, 23757])
            def __getattr__(self, name): return lambda *args, **kwargs: True
        def close(n): return Fake()
        closer = equal = filled = counted = approximate = summed = close
        """,
        arena="arrays",
    ),
    Attack(
        "A subclass of ndarray compares as it likes",
        REVIEW,
        """
        import numpy as np
        class Fake(np.ndarray):
            def __array_ufunc__(self, *args, **kwargs): return np.array(True)
            def __eq__(self, other): return np.array([True])
            def all(self): return True
        def close(n): return np.zeros(3).view(Fake)
        closer = equal = filled = counted = approximate = summed = close
        """,
        arena="arrays",
    ),
    Attack(
        "Empty arrays are close to everything and equal in all their elements",
        "found by review of this project: (a == b).all() of nothing",
        """
        import numpy as np
        def close(n): return np.empty((0, 3))
        def filled(n): return np.empty(0)
        closer = equal = counted = close
        def approximate(n): return np.empty(0)
        """,
        arena="arrays",
    ),
    Attack(
        "Arrays of objects bring their own comparisons",
        REVIEW,
        """
        import numpy as np
        class Yes:
            def __eq__(self, other): return True
            def __sub__(self, other): return 0
            def __float__(self): return 7919.0
        def close(n): return np.array([Yes()] * 3, dtype=object)
        closer = equal = filled = counted = approximate = summed = close
        """,
        arena="arrays",
    ),
    Attack(
        "Masked, structured and NaN arrays hide that they differ",
        "numpy.ma: comparisons of masked elements are true",
        """
        import numpy as np
        def close(n): return np.ma.masked_all(3)
        equal = filled = counted = approximate = close
        def closer(n): return np.full(3, np.nan)
        def summed(n): return np.zeros(3, dtype=[("a", int)])
        """,
        arena="arrays",
    ),
    Attack(
        "The test's array is replaced by one of another shape and type",
        REVIEW,
        """
        import numpy as np
        class Yes(np.ndarray):
            def tolist(self): return [7919] * 3
        def paint(image):
            image.resize((0,), refcheck=False)
            image.__class__ = Yes
        """,
        arena="arrays",
    ),
]
