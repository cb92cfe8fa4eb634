"""Small assignments whose submissions are tests."""

import textwrap
from contextlib import contextmanager

from grader.assignment import load_assignment
from grader.grading import Grader
from grader.submission import submission_of

PROGRAM = {
    "shop/__init__.py": "from .cart import Cart, Empty\n",
    "shop/cart.py": """
        import enum
        import json
        import sys
        import time
        from dataclasses import dataclass
        from pathlib import Path


        class Empty(Exception):
            def __init__(self, what):
                super().__init__(f"{what} is empty")
                self.what = what


        class Size(enum.Enum):
            SMALL = 1
            LARGE = 2


        @dataclass(frozen=True)
        class Item:
            name: str
            price: int


        def today():
            return time.strftime("%A")


        class Cart:
            def __init__(self):
                self._items = []

            def add(self, name, price):
                if price < 0:
                    raise ValueError("prices are not negative")
                self._items.append(Item(name, price))
                return self

            def total(self, discount=lambda total: total):
                return discount(sum(item.price for item in self._items))

            def cheapest(self):
                if not self._items:
                    raise Empty("the cart")
                return min(self._items, key=lambda item: item.price)

            def size(self):
                return Size.SMALL if len(self._items) < 3 else Size.LARGE

            def show(self):
                for item in self._items:
                    print(f"{item.name}: {item.price}")
                print(f"on {today()}")

            def ask(self):
                self.add(input("name? "), int(sys.stdin.readline()))

            def save(self, path):
                Path(path).write_text(json.dumps([[item.name, item.price] for item in self._items]))

            def load(self, path):
                for name, price in json.loads(Path(path).read_text()):
                    self.add(name, price)

            def load_defaults(self):
                self.load(Path(__file__).parent / "defaults.json")

            def __iter__(self):
                return iter(self._items)

            def __len__(self):
                return len(self._items)
        """,
    "shop/defaults.json": '[["bag", 5]]',
}
TESTS = """
    import io
    import unittest

    import pytest
    import shop.cart
    from shop import Cart, Empty
    from shop.cart import Item, Size


    @pytest.fixture
    def cart():
        return Cart().add("tea", 300).add("milk", 100)


    def test_total(cart):
        assert cart.total() == 400
        assert cart.total(lambda total: total // 2) == 200


    def test_negative_prices():
        with pytest.raises(ValueError, match="negative"):
            Cart().add("tea", -1)


    def test_cheapest(cart):
        assert cart.cheapest() == Item("milk", 100)
        assert cart.cheapest().name == "milk"


    def test_empty():
        with pytest.raises(Empty, match="cart is empty") as caught:
            Cart().cheapest()
        assert caught.value.what == "the cart"


    @pytest.mark.parametrize("number, size", [(0, Size.SMALL), (2, Size.SMALL), (3, Size.LARGE)])
    def test_size(number, size):
        cart = Cart()
        for _ in range(number):
            cart.add("x", 1)
        assert cart.size() is size
        assert len(cart) == len(list(cart)) == number


    def test_show(cart, capsys, monkeypatch):
        monkeypatch.setattr(shop.cart, "today", lambda: "Doomsday")
        cart.show()
        assert capsys.readouterr().out == "tea: 300\\nmilk: 100\\non Doomsday\\n"


    def test_files(cart, tmp_path):
        cart.save(tmp_path / "cart.json")
        assert "tea" in (tmp_path / "cart.json").read_text()
        (tmp_path / "other.json").write_text('[["jam", 7]]')
        cart.load(str(tmp_path / "other.json"))
        assert cart.total() == 407


    def test_questions(cart, monkeypatch):
        monkeypatch.setattr("builtins.input", lambda prompt: prompt.upper())
        monkeypatch.setattr("sys.stdin", io.StringIO("7\\n"))
        cart.ask()
        assert cart.cheapest() == Item("NAME? ", 7)


    def test_defaults(cart):
        cart.load_defaults()
        assert cart.total() == 405


    class TestOld(unittest.TestCase):
        def test_iteration(self):
            self.assertEqual([item.name for item in Cart().add("a", 1)], ["a"])
"""
MUTANTS = {
    "sums-wrongly": ("sum(item.price", "max(item.price"),
    "accepts-negatives": ("if price < 0", "if price < -1"),
    "dearest": ("return min(", "return max("),
    "other-error": ('raise Empty("the cart")', 'raise Empty("it")'),
    "size": ("< 3", "<= 3"),
    "deaf": ("int(sys.stdin.readline())", "8"),
    "silent": ('print(f"on {today()}")', "pass"),
    "forgets": ("self.add(name, price)", "pass"),
    "hangs": ("return discount(", "while True: pass\n        return discount("),
    "sleeps": ("return iter(self._items)", "time.sleep(3600)"),
    "ends": ('print(f"{item.name}', 'import os; os._exit(3); print(f"{item.name}'),
    "recurses": ("return len(self._items)", "return len(self)"),
    "eats-memory": ("self._items.append(Item(name, price))", "self._items = [bytes(10**8) for _ in range(10**4)]"),
}


def make(folder, mutants=MUTANTS, program=PROGRAM, tests=TESTS, extra="", path="shop/cart.py"):
    """An assignment folder; mutants are replacements in the program's main module."""
    files = {f"program/{name}": textwrap.dedent(text) for name, text in program.items()}
    right = files[f"program/{path}"]
    for name, (old, new) in mutants.items():
        assert right.count(old) == 1, name
        files[f"mutants/{name}/{path}"] = right.replace(old, new)
    files |= {
        "assignment.toml": 'id = "w"\ntitle = "W"\nkind = "test-writing"\n[submission]\nrequired = ["test_it.py"]\n'
        f'allowed = ["*.py"]\n[limits]\ncpu_time = 1.0\ntotal_time = 200.0\n{extra}',
        "README.md": "Test it.",
        "solutions/reference/test_it.py": textwrap.dedent(tests),
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return load_assignment(folder)


@contextmanager
def grading(engine, assignment, transport="auto"):
    """Grades texts of ``test_it.py``."""
    with Grader(assignment, engine, transport=transport) as grader:
        rules = assignment.settings.submission

        def grade(text, **others):
            files = {"test_it.py": text, **{f"{name}.py": content for name, content in others.items()}}
            encoded = {name: textwrap.dedent(content).encode() for name, content in files.items()}
            report = grader.grade(submission_of("it", encoded, rules))
            assert report.status == "graded", report.reason
            return report

        yield grade


def own(report):
    """Outcomes of the submission's tests on the right program, by short name."""
    return {test.id.partition("::")[2]: test.outcome for test in report.tests if test.visibility == "public"}


def caught(report):
    """Names of the faulty programs that were caught."""
    return {test.id.partition("::")[2] for test in report.tests if test.visibility == "hidden" and test.outcome == "passed"}


def message(report, name):
    return next(test.message for test in report.tests if test.id.endswith(f"::{name}"))
