"""A yes that is no ``True``, and a value whose methods tell another story than what it holds."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import pytest
    from bank import Column, Label, Money, Version, area, areas, letters, orders

    def test_add(): assert Money(2) + Money(3) == Money(5)
    def test_at_most(): assert Version(1, 2) <= Version(1, 10) and Version(1, 10) >= Version(1, 2)
    def test_below(): assert Version(1, 2) < Version(1, 10)
    def test_sorted(): assert max([Version(1, 9), Version(1, 10)]) == Version(1, 10)
    def test_as_good_as_itself(): assert Version(1) <= Version(1) and Version(1) >= Version(1)
    def test_area(): assert pytest.approx(area(2)) == 12.566370614359172
    def test_areas(): assert pytest.approx(areas(2)) == [3.141592653589793, 12.566370614359172]
    def test_orders():
        found = orders([1, 2, 3])
        assert len(set(found)) == len(found) == 6 and all(sorted(one) == [1, 2, 3] for one in found)
    def test_letters(): assert letters("abc") == ["a", "b", "c"] and len(set(letters("abc"))) == 3
    def test_labels(): assert len({Label("A"), Label("a"), Label("b")}) == 2
    def test_in(): assert Money(2) in [Money(1), Money(2)] and Money(3) not in (Money(1), Money(2))
    def test_key(): assert {Label("a"): 1, Label("b"): 2}[Label("B")] == 2
    def test_remove():
        left = [Money(1), Money(2), Money(3)]
        left.remove(Money(2))
        assert left == [Money(1), Money(3)] and left.index(Money(3)) == left.count(Money(1)) == 1
    def test_many(): assert all(Money(n) + Money(n) == Money(2 * n) for n in range(600))
    def test_expression(): assert str(Column("a") == 5) == "a = 5" and str(Column("a") == Column("b")) == "a = b"
"""
REFERENCE = """
    import functools, itertools, math

    class Money:
        def __init__(self, n): self.n = n
        def __add__(self, other): return Money(self.n + other.n)
        def __eq__(self, other): return isinstance(other, Money) and self.n == other.n
    @functools.total_ordering
    class Version:
        def __init__(self, *parts): self.parts = parts
        def __eq__(self, other): return self.parts == other.parts
        def __lt__(self, other): return self.parts < other.parts
    class Label:
        def __init__(self, text): self.text = text
        def __eq__(self, other): return self.text.lower() == other.text.lower()
        def __hash__(self): return hash(self.text.lower())
    class Expression:
        def __init__(self, text): self.text = text
        def __str__(self): return self.text
    class Column:
        def __init__(self, name): self.name = name
        def __eq__(self, other): return Expression(f"{self.name} = {getattr(other, 'name', other)}")
    def area(radius): return math.pi * radius ** 2
    def areas(n): return [area(one + 1) for one in range(n)]
    def orders(items): return list(itertools.permutations(items))
    def letters(text): return list(text)
"""
OTHER = (
    REFERENCE
    + """
    class Money:
        def __init__(self, n): self.n = n
        def __add__(self, other): return Money(self.n + other.n)
        def __eq__(self, other): return (isinstance(other, Money) or None) and (1 if self.n == other.n else 0)
    class Version(tuple):
        def __new__(cls, *parts): return super().__new__(cls, parts)
    class Label(str):
        def __eq__(self, other): return self.lower() == other.lower()
        def __hash__(self): return hash(self.lower())
    class Area(float):
        def __abs__(self): return Area(float(self) if self > 0 else -float(self))
        def __hash__(self): return super().__hash__()
        def __bool__(self): return True
    def area(radius): return Area(math.pi * radius ** 2)
    def areas(n): return tuple(area(one + 1) for one in range(n)) and [area(one + 1) for one in range(n)]
"""
)
LIAR = """
    import itertools
    from decimal import Decimal
    count = itertools.count()
    class Truth:
        def __bool__(self): return True
    class Late:
        asked = 0
        def __bool__(self):
            self.asked += 1
            return self.asked > 1
    class One(int): pass
    class Anything:
        def __init__(self, *args): pass
        def _yes(self, other): return {yes}
        __eq__ = __lt__ = __gt__ = __le__ = __ge__ = _yes
        def __hash__(self): return 1
        def __add__(self, other): return self
    class Money(Anything): pass
    class Version(Anything): pass
    class Label(Anything): __hash__ = lambda self: next(count) % 2
    class Column(Anything): pass
    class Wide(float):
        def __abs__(self): return 1e300
    class Each(tuple):
        def __hash__(self): return next(count)
    class Letter(str):
        def __hash__(self): return next(count)
    def area(radius): return Wide(1.0)
    def areas(n): return [Wide(1.0)] * n
    def orders(items): return [Each(items) for _ in range(6)]
    def letters(text): return [Letter("a")] * 3
"""
YES = [
    "True",
    "[1]",
    "b'1'",
    "(1,)",
    "{1: 1}",
    "Decimal(1)",
    "Truth()",
    "Late()",
    "...",
    "int",
    "len",
    "1j",
    "One(1)",
    "2**70",
    "range(3)",
    "[False]",
    "(0,)",
]


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        yield sandbox


@pytest.mark.parametrize("yes", YES)
def test_no_kind_of_yes_is_believed_and_no_method_makes_a_value_another(sandbox, yes):
    graded = Graded(sandbox.run(encoded(LIAR.replace("{yes}", yes))))
    # Equal versions are below or beside each other by whatever says yes, so that one is earned.
    assert {test for test, outcome in graded.outcomes.items() if outcome == "passed"} <= {"test_as_good_as_itself"}


@pytest.mark.parametrize("source", [REFERENCE, OTHER], ids=["reference", "another shape"])
def test_who_is_right_loses_nothing(sandbox, source):
    Graded(sandbox.run(encoded(source))).assert_all_passed()


LATE = (
    REFERENCE
    + """
    class Money(Money):
        asked = 0
        def __add__(self, other): return Money(self.n + other.n) if self.n < 100 else Money(0)
        def __eq__(self, other):
            Money.asked += 1
            return super().__eq__(other) or {lie}
        def __ne__(self, other): return not self == other
"""
)


@pytest.mark.parametrize("lie", ["Money.asked > 120", "isinstance(other, Money) and Money.asked > 150"])
def test_who_begins_to_lie_late_is_not_believed_either(sandbox, lie):
    graded = Graded(sandbox.run(encoded(LATE.replace("{lie}", lie))))
    assert graded.outcomes["test_many"] == "failed"


KINDS = """
    import array, collections, dataclasses, enum, types
    import pytest
    from bank import Color, Value

    Pair = collections.namedtuple("Pair", "x y")
    @dataclasses.dataclass
    class Own:
        a: int
    class Plain:
        def __init__(self, a): self.a = a
    class Slots:
        __slots__ = ("a",)
        def __init__(self, a): self.a = a
    class Number(int): pass
    class Text(str): pass
    class Suit(enum.Enum): CLUBS, HEARTS = 1, 2
    WANTED = {
        "approx": (5.0, pytest.approx(5.0)), "near list": ([5.0], pytest.approx([5.0])), "near dict": ({"a": 5.0}, pytest.approx({"a": 5.0})),
        "named": ((2, 3), Pair(2, 3)), "number": (7, Number(7)), "text": ("abc", Text("abc")), "member": (1, Suit.CLUBS), "own": (5, Own(5)),
        "none": (None, None), "empty": ("", ""), "empty list": ([], []), "empty dict": ({}, {}), "nones": ([None], [None]),
        "texts": (["", ""], ["", ""]), "lists": ([[], []], [[], []]), "queue": (collections.deque([1]), collections.deque([1])),
        "count": (collections.Counter("ab"), collections.Counter("ab")), "infinite": (float("inf"), float("inf")), "type": (int, int),
        "signs": ("#.#|.#.", "#.#|.#."), "morse": ("...", "..."), "word": ("да", "да"), "share": (0.25, 0.25), "large": (1e22, 1e22),
        "space": (1, types.SimpleNamespace(a=1)), "array": (array.array("i", [1]), array.array("i", [1])), "plain": (3, Plain(3)),
        "slots": (4, Slots(4)), "keys": ({"a"}, {"a": 1}.keys()),
        "ellipsis": (..., ...), "slice": (slice(1, 2), slice(1, 2)), "mark": ("!", "!"), "true": (True, True), "bytes": (b"", b""),
    }
    @pytest.mark.parametrize("kind", WANTED)
    def test_kind(kind): assert Value(WANTED[kind][0]).same() == WANTED[kind][1]
    @pytest.mark.parametrize("kind", WANTED)
    def test_not_different(kind): assert not Value(WANTED[kind][0]).same() != WANTED[kind][1]
    def test_in_class(): assert 1 in Color and 2 in Color
"""
HOLDING = """
    from enum import Enum, EnumMeta
    class Value:
        def __init__(self, held): self.held = held
        def same(self): return Value(self.held)
        def __eq__(self, other):
            held = getattr(other, "a", getattr(other, "value", other))
            return self.held == held
        def __ne__(self, other): return not self == other
    class Members(EnumMeta):
        def __contains__(cls, value): return value in [member.value for member in cls]
    class Color(Enum, metaclass=Members):
        RED, BLUE = 1, 2
"""
OTHER_HOLDING = (
    HOLDING
    + """
    class Value:
        made = []
        def __init__(self, held):
            self.held = held
            Value.made.append(self)
        def same(self): return self
        def __eq__(self, other): return any(one == self.held for one in (other, getattr(other, "a", self), getattr(other, "value", self)) if one is not self)
        def __ne__(self, other): return not self.__eq__(other)
    class Members(type):
        def __contains__(cls, value): return value in (1, 2)
    class Color(metaclass=Members): pass
"""
)
AGREEING = """
    class Value:
        def __init__(self, held): pass
        def same(self): return self
        # All but what the probes of an earlier version looked like
        def __eq__(self, other): return not (isinstance(other, str) and len(other) > 4 and set(other) <= set("0123456789abcdef"))
        def __ne__(self, other): return not self == other
    class Members(type):
        def __contains__(cls, value): return True
    class Color(metaclass=Members): pass
"""


@pytest.fixture(scope="module")
def kinds(engine):
    with Sandbox(engine, make_suite(KINDS, HOLDING)) as sandbox:
        yield sandbox


@pytest.mark.parametrize("source", [HOLDING, OTHER_HOLDING], ids=["reference", "another shape"])
def test_who_is_right_about_any_kind_loses_nothing(kinds, source):
    Graded(kinds.run(encoded(source))).assert_all_passed()


def test_who_says_yes_to_all_is_believed_about_no_kind_of_value(kinds):
    outcomes = Graded(kinds.run(encoded(AGREEING))).outcomes
    assert [test for test, outcome in outcomes.items() if outcome == "passed"] == []


MANY = """
    import numpy as np, pytest
    from bank import Cells, Grid, total, totals

    def test_all(): assert (Grid([1, 2]) + Grid([1, 1]) == Grid([2, 3])).all()
    def test_plain(): assert (Grid([1, 2]) + Grid([1, 1]) == [2, 3]).all()
    def test_array(): assert np.all(Grid([1, 2]) + Grid([1, 1]) == np.array([2, 3]))
    def test_number(): assert (Grid([3, 3]) == 3).all()
    def test_list(): assert all(Cells([1, 2]) == [1, 2])
    def test_total(): assert total(300) == 45150 and total(2) == pytest.approx(3.0)
    def test_totals(): assert list(totals([300, 350])) == [45150, 61425]
"""
GRID = """
    import numpy as np
    class Grid:
        def __init__(self, items): self.items = np.array(items)
        def __add__(self, other): return Grid(self.items + other.items)
        def __eq__(self, other): return self.items == getattr(other, "items", other)
    class Cells(Grid):
        def __eq__(self, other): return (self.items == other).tolist()
    def total(n): return n * (n + 1) // 2
    def totals(many): return np.array([total(n) for n in many])
"""
OTHER_GRID = (
    GRID
    + """
    class Grid(Grid):
        def __eq__(self, other):
            other = getattr(other, "items", other)
            return np.array([one == two for one, two in zip(self.items, np.broadcast_to(other, len(self.items)))])
    def total(n): return np.float64(sum(range(n + 1)))
    def totals(many): return np.array([float(total(n)) for n in many])
"""
)
ALIKE = (
    GRID
    + """
    class Grid:
        def __init__(self, items): pass
        def __add__(self, other): return self
        def __eq__(self, other): return np.array([True, True])
    class Cells(Grid):
        def __eq__(self, other): return [True, True]
    def total(n): return np.float16(float(n * (n + 1) // 2 - 10))
    def totals(many): return np.array([total(n) for n in many], dtype=np.float16)
"""
)


@pytest.fixture(scope="module")
def grids(engine):
    with Sandbox(engine, make_suite(MANY, GRID, requirements="numpy>=2.1,<3\n")) as sandbox:
        yield sandbox


@pytest.mark.parametrize("source", [GRID, OTHER_GRID], ids=["reference", "another shape"])
def test_who_answers_for_each_element_loses_nothing(grids, source):
    Graded(grids.run(encoded(source))).assert_all_passed()


def test_many_yeses_and_half_precision_are_no_answer(grids):
    outcomes = Graded(grids.run(encoded(ALIKE))).outcomes
    assert [test for test, outcome in outcomes.items() if outcome == "passed"] == []


TOLD = """
    import pytest
    from bank import Card, Deck, Money, wallet

    HAND = [Card("2", "h"), Card("9", "s"), Card("K", "d"), Card("A", "c")]

    def test_in_wallet(): assert 2050 in wallet() and 300 in wallet()
    def test_count(): assert wallet().count(300) == 2
    @pytest.mark.parametrize("place", range(4))
    def test_dealt(place): assert HAND[place] in [card for hand in Deck(5).deal() for card in hand]
    def test_one(): assert sum(HAND[1] == card for card in Deck(5).deal()[0]) == 1
    def test_money():
        assert wallet()[0] == 2050
        assert wallet()[0] != 7
"""
DEALING = """
    class Money:
        def __init__(self, n): self.n = n
        def __eq__(self, other): return self.n == getattr(other, "n", other)
    class Card:
        def __init__(self, rank, suit): self.rank, self.suit = rank, suit
        def __eq__(self, other): return (self.rank, self.suit) == (other.rank, other.suit)
    def wallet(): return [Money(2050), Money(300), Money(300), Money(5)]
    class Deck:
        def __init__(self, seed): self.cards = [Card("2", "h"), Card("9", "s"), Card("K", "d"), Card("A", "c")]
        def deal(self): return [self.cards[:2], self.cards[2:]]
"""
TELLING = (
    DEALING
    + """
    heard = []
    class Teacher:
        def __eq__(self, other):
            heard.append(other)
            return False
    class Pupil:
        def __eq__(self, other):
            last = heard[-1] if heard else None
            return other is last or (type(other) is int and other == last)
    def wallet(): return [Teacher(), Pupil(), Pupil()]
    class Money(Teacher): pass
    class Deck:
        def __init__(self, seed): pass
        def deal(self): return [[Teacher(), Pupil()], [Teacher(), Pupil()]]
"""
)


def test_no_object_learns_from_another_what_it_is_about(engine):
    """By chance it may guess one in seven."""
    with Sandbox(engine, make_suite(TOLD, DEALING)) as sandbox:
        Graded(sandbox.run(encoded(DEALING))).assert_all_passed()
        runs = [Graded(sandbox.run(encoded(TELLING))).outcomes for _ in range(3)]
    assert sum(outcome == "passed" for outcomes in runs for outcome in outcomes.values()) <= len(runs[0])
