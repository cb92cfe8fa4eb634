"""Tests call the submission across the wire, over both transports, as if it were beside them."""

import pytest

SUBMISSION = """
    import functools, sys, os, threading, subprocess

    class Overdrawn(ValueError):
        def __init__(self, missing):
            super().__init__(f"{missing} missing")
            self.missing = missing

    class Account:
        def __init__(self): self.balance = 0
        def deposit(self, amount): self.balance += amount
        def withdraw(self, amount):
            if amount > self.balance: raise Overdrawn(amount - self.balance)
            self.balance -= amount

    def sort(items): items.sort()
    def shout(): print("loud"); print("clear", file=sys.stderr); os.system("echo from a shell")
    def ask(): return input("Name? ") + sys.stdin.readline()
    def read(path): return open(path).read()
    def write(path, text): open(path, "w").write(text)
    def read_here(): return open("here.txt").read()
    def environment(name): return os.environ.get(name)
    def call(f): return f(20) + 1
    def thread_count(): return threading.active_count()
    def big(n): return list(range(n))
    def children():
        from concurrent.futures import ProcessPoolExecutor
        with ProcessPoolExecutor(2) as pool: return list(pool.map(abs, [-1, -2]))
    def counted(function):
        @functools.wraps(function)
        def counting(*args, **named):
            counting.calls += 1
            return function(*args, **named)
        counting.calls = 0
        return counting
    def cwd_file(name):
        with open(name, "w") as f: f.write("x")
        return sorted(os.listdir("."))
"""

TESTS = """
    import io, os, sys, threading, unittest
    import bank
    import pytest
    from bank import Account, Overdrawn

    def test_objects():
        account = Account()
        account.deposit(5)
        assert account.balance == 5
        assert isinstance(account, Account)

    def test_exceptions():
        with pytest.raises(Overdrawn, match="3 missing") as caught:
            Account().withdraw(3)
        assert caught.value.missing == 3

    def test_changes_in_place():
        items = [3, 1, 2]
        bank.sort(items)
        assert items == [1, 2, 3]

    def test_output(capsys):
        bank.shout()
        out, err = capsys.readouterr()
        assert out.splitlines() == ["loud", "from a shell"]
        assert err == "clear\\n"

    def test_input(monkeypatch, capsys):
        monkeypatch.setattr("sys.stdin", io.StringIO("Ada\\nLovelace\\n"))
        assert bank.ask() == "AdaLovelace\\n"
        assert capsys.readouterr().out == "Name? "

    def test_input_replaced(monkeypatch):
        monkeypatch.setattr("sys.stdin", io.StringIO("rest"))
        monkeypatch.setattr("builtins.input", lambda prompt: prompt.upper())
        assert bank.ask() == "NAME? rest"

    def test_files(tmp_path):
        (tmp_path / "a.txt").write_text("given")
        assert bank.read(tmp_path / "a.txt") == "given"
        bank.write(str(tmp_path / "b.txt"), "made")
        assert (tmp_path / "b.txt").read_text() == "made"

    def test_folder(tmp_path, monkeypatch):
        (tmp_path / "here.txt").write_text("relative")
        monkeypatch.chdir(tmp_path)
        assert bank.read_here() == "relative"

    def test_environment(monkeypatch):
        monkeypatch.setenv("GREETING", "hello")
        assert bank.environment("GREETING") == "hello"
        monkeypatch.delenv("GREETING")
        assert bank.environment("GREETING") is None
        assert bank.environment("PYTEST_CURRENT_TEST") is None

    def test_callbacks():
        assert bank.call(lambda x: x * 2) == 41

    def test_patching(monkeypatch):
        monkeypatch.setattr(bank, "read_here", lambda: "patched")
        assert bank.read_here() == "patched"
        monkeypatch.setattr("bank.os.getcwd", lambda: "/nowhere")
        assert bank.os.getcwd() == "/nowhere"

    def test_patches_are_undone():
        assert callable(bank.read_here)
        assert bank.read_here is not None and "patched" not in repr(bank.read_here)
        assert bank.os.getcwd() != "/nowhere"

    def test_threads():
        account = Account()
        threads = [threading.Thread(target=account.deposit, args=(1,)) for _ in range(8)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        assert account.balance == 8

    def test_large_values():
        items = bank.big(200_000)
        assert len(items) == 200_000
        bank.sort(items)

    def test_processes_of_the_learner():
        assert bank.children() == [1, 2]
    def test_decorated_method():
        class Cart:
            items = 2
            @bank.counted
            def total(self, price): return self.items * price
        cart = Cart()
        assert cart.total(3) == 6 and cart.total(price=5) == 10 and Cart.total.calls == 2 and Cart.total(cart, 1) == 2
"""


@pytest.mark.parametrize("transport", ["socket", "stream"])
def test_everything_crosses(grade, transport):
    grade(TESTS, SUBMISSION, transport=transport).assert_all_passed()


def test_submissions_may_be_packages(grade):
    files = {
        "shop/__init__.py": "from .cart import Cart\nVERSION = 1\n",
        "shop/cart.py": "from shop.prices import price\nclass Cart:\n    def total(self): return price()\n",
        "shop/prices.py": "def price(): return 7\n",
        "main.py": "import shop\n",
    }
    tests = """
        import main, shop.prices
        import shop.cart as cart_module
        from shop import VERSION, Cart, prices
        from shop.cart import Cart as Same

        def test_package():
            assert Cart is Same is cart_module.Cart
            assert (VERSION, Cart().total(), shop.prices.price(), prices.price(), main.shop.VERSION) == (1, 7, 7, 7, 1)
    """
    grade(tests, files).assert_all_passed()


def test_star_imports_bring_the_public_names(grade):
    grade(
        "from bank import *\ndef test(): assert (add(1, 2), LIMIT) == (3, 9)\n",
        "LIMIT = 9\n_hidden = 1\ndef add(a, b): return a + b\n",
    ).assert_all_passed()


def test_missing_names_fail_the_tests_that_use_them_and_no_others(grade):
    reference = "class Account: pass\nclass Broke(Exception): pass\ndef add(a, b): return a + b\n"
    tests = """
        import pytest
        import bank
        from bank import Account, Broke, add
        def test_class(): assert Account()
        def test_exception():
            with pytest.raises(Broke):
                raise ValueError
        def test_attribute(): assert bank.Account()
        def test_add(): assert add(1, 2) == 3
    """
    graded = grade(tests, reference, "class Acount: pass\ndef add(a, b): return a + b\n")
    assert graded.outcomes == {
        "test_class": "failed",
        "test_exception": "failed",
        "test_attribute": "failed",
        "test_add": "passed",
    }
    for name in ("test_class", "test_attribute"):
        assert "bank does not define 'Account'" in graded.message(name)
        assert "Acount" in graded.message(name)


def test_a_missing_module_fails_the_tests_that_use_it(grade):
    tests = """
        from one import f
        from two.inner import g
        def test_one(): assert f() == 1
        def test_two(): assert g() == 2
    """
    reference = {"one.py": "def f(): return 1\n", "two/__init__.py": "", "two/inner.py": "def g(): return 2\n"}
    graded = grade(tests, reference, {"one.py": "def f(): return 1\n", "two/__init__.py": ""})
    assert graded.outcomes == {"test_one": "passed", "test_two": "error"}
    assert "there is no module two.inner in the submission" in graded.message("test_two")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def add(a, b)\n    return a + b\n", "SyntaxError: expected ':' (bank.py, line 1)"),
        ("import numpy_\n", "ModuleNotFoundError: No module named 'numpy_'"),
        ("1 / 0\n", "ZeroDivisionError"),
        ("import sys\nsys.exit()\n", "ended the program while it was imported (sys.exit)"),
        ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
    ],
)
def test_a_module_that_can_not_be_imported_says_why(grade, source, message):
    graded = grade(
        "from bank import add\ndef test_a(): assert add(1, 2) == 3\ndef test_b(): add()\n",
        "def add(a, b): return a + b",
        source,
    )
    assert set(graded.outcomes.values()) == {"error"}
    assert message in graded.message("test_a")


def test_learners_cannot_slip_modules_under_the_tests(grade):
    """A submission's file named like a module of the tests' is not what the tests import."""
    tests = {
        "tests/hidden/helper.py": "def check(value): return value == 3\n",
        "tests/hidden/test_it.py": "import json, random\nfrom helper import check\nfrom bank import add\n"
        "def test(): assert check(add(1, 1)) and json.dumps(1) == '1' and random.random() < 1\n",
    }
    evil = "def check(value): return True\ndef dumps(x): return '1'\ndef random(): return 0\n"
    graded = grade(
        tests,
        "def add(a, b): return 3\n",
        {"bank.py": "def add(a, b): return 2\n", "helper.py": evil, "json.py": evil, "random.py": evil, "pytest.py": evil},
    )
    assert graded.outcomes == {"test": "failed"}


def test_a_failure_shows_the_learner_s_own_line(grade):
    source = "def add(a, b):\n    return inner(a)\n\ndef inner(a):\n    return a / 0\n"
    graded = grade("from bank import add\ndef test(): add(1, 2)\n", "def add(a, b): return 0", source)
    assert "ZeroDivisionError: division by zero" in graded.message("test")
    assert "bank.py, line 5, in inner" in graded.message("test")
    assert "/opt/grader" not in (graded.tests["test"].explanation or "").split("ZeroDivisionError")[0]


def test_threads_of_tests_do_not_pile_up_in_the_program(grade):
    tests = """
        import threading
        from bank import add
        def test_one_after_the_other():
            sums = []
            for n in range(100):
                thread = threading.Thread(target=lambda: sums.append(add(n, 1)))
                thread.start()
                thread.join()
            assert sums == list(range(1, 101))
        def test_again():
            for _ in range(10):
                threads = [threading.Thread(target=add, args=(1, 2)) for _ in range(4)]
                for thread in threads: thread.start()
                for thread in threads: thread.join()
    """
    grade(tests, "def add(a, b): return a + b\n", limits={"processes": 32}).assert_all_passed()
