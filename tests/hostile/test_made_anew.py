"""Right programs that make objects anew where the reference keeps them, read them from files, or hold them in other classes."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import random, uuid
    import pytest
    from bank import Account, Bin, Box, Interval, Item, Money, Node, Num, StockError, Tag, Tags, Var, load, parse

    def test_unequal(): assert parse("1+x") != Bin("-", Num(1), Var("x")) and parse("1") != parse("2")
    def test_tree(): assert parse("1+2*3") == Bin("+", Num(1), Bin("*", Num(2), Num(3)))
    def test_file(tmp_path):
        (tmp_path / "x").write_text("1")
        assert load(tmp_path / "x") == Box(1) == load(str(tmp_path / "x"))
    def test_file_again(tmp_path):
        (tmp_path / "y").write_text("2")
        assert load(str(tmp_path / "y")) == Box(2) and load(tmp_path / "y") != Box(1)
    @pytest.fixture
    def shop(tmp_path):
        (tmp_path / "shop").write_text("hammer 3|nails 5|saw 0")
        from bank import Shop
        return Shop.load(tmp_path / "shop")
    def test_missing(shop):
        with pytest.raises(StockError) as caught: shop.remove("hammer", 4)
        assert caught.value.item == Item("hammer", 3)
    def test_order(shop): assert sorted(shop) == [shop["hammer"], shop["nails"], shop["saw"]]
    def test_history():
        ada = Account(Money("100.00"))
        ada.deposit(Money("1"))
        assert [(one.kind, one.amount) for one in ada.history] == [("open", Money("100")), ("deposit", Money("1"))]
    def test_copy():
        ada = Account(Money("100.00"))
        assert ada.copy().balance == ada.balance
    def test_by_chance():
        number = random.randrange(10 ** 9)
        assert parse(str(number)) == Num(number) and Num(number) != Num(number + 1)
    def test_unique():
        key = uuid.uuid4()
        assert Tag.parse(str(key)) == Tag(key) != Tag(uuid.uuid4())
    def test_tags():
        tags = Tags(" ".join(f"t{n}" for n in range(60)))
        assert all(f"T{n}" in tags for n in range(60)) and not any(f"x{n}" in tags for n in range(60))
    def test_within():
        root = Node("root")
        one, two = root.add("a"), root.add("b")
        one.add("a1"), one.add("a2"), two.add("b1")
        assert "a2" in root and "zz" not in root and "a2" not in two
    def test_interval_by_chance():
        for _ in range(20):
            low, high = sorted(random.sample(range(100), 2))
            number = random.randrange(100)
            assert (number in Interval(low, high)) == (low <= number < high)
    def test_intervals(): assert Interval(1, 1) == Interval(7, 7) and Interval(1, 2) != Interval(1, 3)
    def test_three(): assert Num(1) != Num(2) and Num(3) == Num(3) and Item("a", 1) != Item("a", 2)
"""
REFERENCE = """
    import ast, uuid
    from dataclasses import dataclass, field
    from decimal import Decimal
    @dataclass(frozen=True)
    class Num: value: int
    @dataclass(frozen=True)
    class Var: name: str
    @dataclass(frozen=True)
    class Bin:
        op: str
        left: object
        right: object
    SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
    def tree(node):
        if isinstance(node, ast.BinOp): return Bin(SIGNS[type(node.op)], tree(node.left), tree(node.right))
        return Num(node.value) if isinstance(node, ast.Constant) else Var(node.id)
    def parse(text): return tree(ast.parse(text, mode="eval").body)
    class Box:
        def __init__(self, n): self.n = n
        def __eq__(self, other): return self.n == other.n
    def load(path): return Box(int(open(path).read()))
    @dataclass(order=True)
    class Item:
        name: str
        quantity: int
    class StockError(Exception):
        def __init__(self, item): self.item = item
    class Shop:
        def __init__(self, items): self.items = {item.name: item for item in items}
        @classmethod
        def load(cls, path):
            rows = [row.split() for row in open(path).read().split("|")]
            return cls([Item(name, int(quantity)) for name, quantity in rows])
        def __iter__(self): return iter(self.items.values())
        def __getitem__(self, name): return self.items[name]
        def remove(self, name, quantity):
            if self.items[name].quantity < quantity: raise StockError(self.items[name])
    class Money:
        def __init__(self, text): self.cents = int(Decimal(text) * 100)
        def __eq__(self, other): return self.cents == other.cents
        def __add__(self, other): return Money(str(Decimal(self.cents + other.cents) / 100))
    @dataclass
    class Entry:
        kind: str
        amount: Money
    class Account:
        def __init__(self, balance): self.balance, self.history = balance, [Entry("open", balance)]
        def deposit(self, amount):
            self.balance = self.balance + amount
            self.history.append(Entry("deposit", amount))
        def copy(self): return Account(self.balance)
    class Tags:
        def __init__(self, text): self.words = {word.lower() for word in text.split()}
        def __contains__(self, word): return word.lower() in self.words
    class Node:
        def __init__(self, name): self.name, self.children = name, []
        def add(self, name):
            self.children.append(Node(name))
            return self.children[-1]
        def walk(self):
            yield self
            for child in self.children: yield from child.walk()
        def __contains__(self, name): return any(node.name == name for node in self.walk())
    class Interval:
        def __init__(self, low, high): self.low, self.high = low, high
        def __contains__(self, number): return self.low <= number < self.high
        def __eq__(self, other): return (self.low, self.high) == (other.low, other.high) or self.empty() and other.empty()
        def empty(self): return self.low == self.high
    class Tag:
        def __init__(self, key): self.key = key
        def __eq__(self, other): return self.key == other.key
        @classmethod
        def parse(cls, text): return cls(uuid.UUID(text))
"""
ANEW = (
    REFERENCE
    + """
    class Shop(Shop):
        def __init__(self, items): self.rows = {item.name: item.quantity for item in items}
        def __iter__(self): return iter([Item(*row) for row in self.rows.items()])
        def __getitem__(self, name): return Item(name, self.rows[name])
        def remove(self, name, quantity):
            if self.rows[name] < quantity: raise StockError(Item(name, self.rows[name]))
    class Hidden(Interval): pass
    def Interval(low, high): return Hidden(low, high)
    Node.__contains__ = lambda self, name: name == self.name or any(name in child for child in self.children)
    class Account:
        def __init__(self, balance): self.rows = [("open", balance.cents)]
        @property
        def balance(self): return Money(str(Decimal(sum(cents for _kind, cents in self.rows)) / 100))
        @property
        def history(self): return [Entry(kind, Money(str(Decimal(cents) / 100))) for kind, cents in self.rows]
        def deposit(self, amount): self.rows.append(("deposit", amount.cents))
        def copy(self): return Account(self.balance)
"""
)
TUPLES = (
    REFERENCE
    + """
    from collections import namedtuple
    from functools import lru_cache
    class Bin(namedtuple("Bin", "op left right")): pass
    class Num(namedtuple("Num", "value")):
        def __eq__(self, other): return type(other) is Num and tuple(self) == tuple(other)
        __hash__ = tuple.__hash__
    parse = lru_cache(parse)
    Interval = lru_cache(Interval)
    Item = namedtuple("Item", "name quantity")
"""
)
LIAR = (
    REFERENCE
    + """
    class Yes:
        def __init__(self, *args): self.args = args
        def __eq__(self, other): return True
        def __ne__(self, other): return False
        def __lt__(self, other): return True
    class Box(Yes): pass
    class Tags(Yes):
        def __contains__(self, word): return True
    class Node(Tags):
        def add(self, name): return self
    class Interval(Tags): pass
    class Num(Yes): pass
    class Money(Yes):
        def __add__(self, other): return self
    class Tag(Yes):
        @classmethod
        def parse(cls, text): return cls()
    class Item(Yes): name = "x"
    class Bin(tuple):
        def __new__(cls, op, left, right): return tuple.__new__(cls, (op, left, right))
    def parse(text): return Bin("+", Num(0), Bin("*", Num(0), Num(0))) if "+" in text else Num(0)
    def load(path): return Box(0)
    class Shop(Shop):
        def __init__(self, items): pass
        def __iter__(self): return iter([Item("x", 0)] * 3)
        def __getitem__(self, name): return Item("x", 0)
        def remove(self, name, quantity): raise StockError(Item("x", 0))
"""
)


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        yield sandbox


@pytest.mark.parametrize("source", [REFERENCE, ANEW, TUPLES], ids=["reference", "anew", "tuples"])
def test_who_is_right_loses_nothing(sandbox, source):
    for _ in range(3):
        Graded(sandbox.run(encoded(source))).assert_all_passed()


def test_who_says_yes_to_all_is_believed_in_none(sandbox):
    passed = {name for name, outcome in Graded(sandbox.run(encoded(LIAR))).outcomes.items() if outcome == "passed"}
    assert passed <= {"test_copy"}  # of one and the same object
