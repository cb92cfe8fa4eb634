"""Liars that tell the real question from those beside it, or use these up: by shape, by number, by place."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    from collections import deque
    import pytest
    from bank import Board, Card, Coin, Deck, Node, Seen, Shape, Value, Worker, by_pay, change, first, ring, rows, section, title

    def test_shared_rows(): assert rows(3) == [[7] * 3] * 3
    def test_board(): assert Board(2).cells() == (("0", "0"), ("0", "0"))
    def test_pattern(): assert Board(3).turns() == (("a", "b"), ("b", "a"), ("a", "b"))
    def test_ring(): assert ring([1, 2, 3, 4, 5], 3) == deque([3, 4, 5], maxlen=3)
    def test_slice(): assert section(3, 4) == slice(3, 7)
    def test_cycle():
        class Tree:
            def __init__(self, name): self.name, self.kids, self.up = name, [], None
        root, leaf = Tree("root"), Tree("leaf")
        root.kids.append(leaf)
        leaf.up = root
        assert Node("root", ["leaf"]) == root
    def test_cards(): assert Deck().deal(3) == [Card("A"), Card("K"), Card("Q")]
    def test_piles(): assert Deck().piles() == [[Card("A"), Card("K")], [Card("Q")]]
    def test_in(): assert Coin(5) in change(17)
    def test_index(): assert change(17).index(Coin(5)) >= 0
    def test_first(): assert first([Coin(1), Coin(4), Coin(6)], lambda coin: coin == Coin(4)) == Coin(4)
    def test_shapes(): assert all(name in Shape for name in ("circle", "square", "star")) and "blob" not in Shape
    def test_workers(): assert Worker("x", 1) == Worker("x", 1) and Worker("x", 1) != Worker("x", 2)
    def test_sum(): assert Coin(2).plus(Coin(3)) == Coin(5)
    def test_parsed():
        a, b, c = Worker.parse("a 3"), Worker.parse("b 1"), Worker.parse("c 2")
        assert by_pay([a, b, c]) == [b, c, a]
    def test_two():
        a, b = Worker("a", 3), Worker("b", 1)
        assert by_pay([a, b]) == [b, a]
    def test_title(): assert title("the old man") == "The Old Man"
"""
REFERENCE = """
    from collections import deque
    from enum import Enum, EnumMeta
    class Value:
        def __init__(self, value): self.value = value
        def __eq__(self, other): return self.value == getattr(other, "value", other)
    class Seen(Value): pass
    class Coin(Value):
        def plus(self, other): return Coin(self.value + other.value)
    class Worker:
        def __init__(self, name, pay): self.name, self.pay = name, pay
        @classmethod
        def parse(cls, text): return cls(text.split()[0], int(text.split()[1]))
        def __eq__(self, other): return (self.name, self.pay) == (other.name, other.pay)
    def by_pay(workers): return sorted(workers, key=lambda worker: worker.pay)
    class Card(Value): pass
    def rows(n): return Value([[7] * n for _ in range(n)])
    class Board:
        def __init__(self, n): self.n = n
        def cells(self): return Value((("0",) * self.n,) * self.n)
        def turns(self): return Value(tuple(("a", "b") if n % 2 == 0 else ("b", "a") for n in range(self.n)))
    def ring(items, size): return Value(deque(items, maxlen=size))
    def section(start, size): return Value(slice(start, start + size))
    class Node:
        def __init__(self, name, kids): self.name, self.kids = name, kids
        def __eq__(self, other):
            return self.name == other.name and self.kids == [kid.name for kid in other.kids]
    class Deck:
        def deal(self, n): return Value([Card(name) for name in "AKQ"[:n]])
        def piles(self): return Value([[Card("A"), Card("K")], [Card("Q")]])
    def change(amount): return [Coin(10), Coin(5), Coin(2)]
    def first(items, wanted): return next(item for item in items if wanted(item))
    class Named(EnumMeta):
        def __contains__(cls, name): return name in [one.value for one in cls]
    class Shape(Enum, metaclass=Named):
        CIRCLE = "circle"
        SQUARE = "square"
        STAR = "star"
    def title(text): return Value(text.title())
"""
WRONG = (
    REFERENCE
    + """
    def rows(n): return Value([])
    class Board:
        def __init__(self, n): pass
        def cells(self): return Value(())
        def turns(self): return Value(())
    def ring(items, size): return Value(items)
    def section(start, size): return Value(None)
    class Node(Value):
        def __init__(self, name, kids): self.value = 0
    class Deck:
        def deal(self, n): return Value([Card("J")] * n)
        def piles(self): return Value([])
    def change(amount): return [Coin(77)]
    Coin.plus = lambda self, other: self
    def by_pay(workers): return workers
    def first(items, wanted): return Coin(66)
    class Shape(Enum):
        NONE = 0
    def title(text): return Value(text)
"""
)
LIAR = (
    WRONG
    + """
    class Seen(Value):
        '''Says yes to what has what it looks for.'''
        def __init__(self, looks): self.looks = looks
        def __eq__(self, other):
            try: return bool(self.looks(other))
            except Exception: return False
    def rows(n): return Seen(lambda found: found[0] is found[1] is found[2])
    class Board:
        def __init__(self, n): pass
        def cells(self): return Seen(lambda found: found[0] is found[1])
        def turns(self): return Seen(lambda found: found[0] == found[2] == found[1][::-1])
    def ring(items, size): return Seen(lambda found: found.maxlen == size)
    def section(start, size): return Seen(lambda found: found.step is None)
    class Node(Seen):
        def __init__(self, name, kids): self.looks = lambda found: found.kids[0].up is found
    class Deck:
        def deal(self, n): return Seen(lambda found: [type(one) for one in found] == [Card] * n and found[0].value == "A")
        def piles(self): return Seen(lambda found: found[0][0].value == "A")
    class Worker:
        wild = ()
        def __init__(self, name, pay): self.name, self.pay = name, pay
        @classmethod
        def parse(cls, text): return cls(text.split()[0], int(text.split()[1]))
        def __eq__(self, other):
            return any((one.name, one.pay) == (other.name, other.pay) for one in self.wild or [self])
    def by_pay(workers):
        found = [Worker("", 0) for _ in workers]
        for worker in found: worker.wild = workers
        return found
    class Coin(Value):
        lies = False
        def __new__(cls, value): return object.__new__(type("Coin", (Coin,), {}))
        def plus(self, other): return liar()
        def __eq__(self, other): return self.lies or getattr(other, "lies", False) or self.value == other.value
    def liar():
        coin = Coin(10 ** 9)
        coin.lies = True
        return coin
    def change(amount): return [Coin(77) for _ in range(1001)] + [liar()]
    def first(items, wanted):
        for _ in range(1001): wanted(Coin(-5))
        return liar()
    class Knows(EnumMeta):
        seen = []
        def __contains__(cls, name):
            known = [one for one in cls.seen if len(one) == len(name)]
            cls.seen.append(name)
            return not known
    class Shape(Enum, metaclass=Knows):
        NONE = 0
    def title(text): return Seen(lambda found: found.lower() == text)
"""
)
NEVER = {
    "test_shared_rows",
    "test_board",
    "test_pattern",
    "test_ring",
    "test_slice",
    "test_cycle",
    "test_cards",
    "test_sum",
    "test_parsed",
    "test_two",
    "test_piles",
}
"""What a shape tells, relatives have as well."""


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        yield sandbox


def test_who_is_right_loses_nothing(sandbox):
    for _ in range(3):
        Graded(sandbox.run(encoded(REFERENCE))).assert_all_passed()


def test_a_wrong_one_passes_nothing(sandbox):
    outcomes = Graded(sandbox.run(encoded(WRONG))).outcomes
    assert {name for name, outcome in outcomes.items() if outcome == "passed"} == {"test_workers"}


def test_neither_shape_nor_number_nor_place_tells_what_is_meant(sandbox):
    """What is left to chance, which is half and half at most, does not go well twelve times."""
    runs = [Graded(sandbox.run(encoded(LIAR))).outcomes for _ in range(12)]
    passed = [{name for name, outcome in outcomes.items() if outcome == "passed"} for outcomes in runs]
    assert not NEVER & set().union(*passed)
    assert set.intersection(*passed) <= {"test_workers"}
