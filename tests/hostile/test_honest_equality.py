"""Right programs whose equality is none of identity or of all that they hold: nothing that is asked beside costs them a point."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import random, pytest, datetime
    from decimal import Decimal
    import bank
    def test_version(): assert bank.Version("1.0") == bank.Version("1.0.0") and bank.Version("1.0") != bank.Version("1.1")
    def test_version_parse(): assert bank.Version.parse("1.0") == bank.Version.parse("1.0.0") == bank.Version.parse("1")
    def test_version_sorted(): assert sorted([bank.Version("1.10"), bank.Version("1.9")]) == [bank.Version("1.9"), bank.Version("1.10")]
    def test_frac(): assert bank.Frac(1, 2) == bank.Frac(2, 4) and bank.Frac(1, 2) + bank.Frac(1, 2) == bank.Frac(3, 3) == 1
    def test_frac_many():
        for n in range(1, 300): assert bank.Frac(n, 2 * n) == bank.Frac(1, 2)
    def test_angle(): assert bank.Angle(370) == bank.Angle(10) == bank.Angle(-350) and bank.Angle(0) + bank.Angle(360) == bank.Angle(720)
    def test_angle_num(): assert bank.Angle(370) == 10 and bank.Angle(370) == 370
    def test_near(): assert bank.Temp(20.0) == bank.Temp(20.0000000001) and bank.Temp(20.0) != bank.Temp(21)
    def test_near_num(): assert bank.Temp(20.0) == 20.0 and bank.Temp(20) == 20
    def test_pair(): assert bank.Pair(1, 2) == bank.Pair(2, 1)
    def test_case(): assert bank.Name("Ada") == bank.Name("ADA") == "ada" and bank.Name("x") != "y"
    def test_case_set(): assert len({bank.Name("Ada"), bank.Name("ADA"), bank.Name("b")}) == 2
    def test_flyweight(): assert bank.of("red") is bank.of("red") and bank.of("red") == bank.of("red") and bank.of("red") is not bank.of("blue")
    def test_flyweight2(): assert bank.of("red") == bank.of("RED") == bank.of(" red ")
    def test_single(): assert bank.Config() == bank.Config() and bank.Config("a") == bank.Config()
    def test_zero(): assert bank.Vec.ZERO == bank.Vec.ORIGIN and bank.Vec(0, 0) == bank.Vec.ZERO
    def test_alias(): assert bank.Sh.SQUARE is bank.Sh.ALIAS and bank.Sh.SQUARE == bank.Sh.ALIAS and bank.Sh(2) == bank.Sh.SQUARE
    def test_flag(): assert bank.Perm.R | bank.Perm.W == bank.Perm.RW and bank.Perm.R in bank.Perm.RW
    def test_random():
        random.seed(3)
        cards = [bank.Card(random.choice("23456789"), random.choice("hs")) for _ in range(30)]
        assert cards.count(cards[0]) >= 1 and cards[0] in cards
    def test_draw():
        a, b = bank.draw(1), bank.draw(1)
        assert a == a and isinstance(a, bank.Card)
    def test_rank(): assert bank.Card("A", "h").same_rank(bank.Card("A", "s")) and bank.Hand("AhKs") == bank.Hand("AsKh")
    def test_universe(): assert 5 in bank.Universe() and "x" in bank.Universe() and None in bank.Universe()
    def test_glob(): assert bank.Glob("*.py") == "a.py" and bank.Glob("*") == "anything" and bank.Glob("*.py") != "a.txt"
    def test_bag(): assert bank.Bag([1, 2, 2]) == bank.Bag([2, 1, 2]) and bank.Bag([1]) != bank.Bag([1, 1])
    def test_poly(): assert bank.Poly(1, 2) + bank.Poly(0, 1) == bank.Poly(1, 3) and bank.Poly(1, 0) == bank.Poly(1)
    def test_mod(): assert bank.Mod(3, 7) + bank.Mod(6, 7) == bank.Mod(2, 7) == bank.Mod(9, 7) and bank.Mod(3, 7) == 10
    def test_time(): assert bank.Clock(25, 0) == bank.Clock(1, 0) and bank.Clock(0, 60) == bank.Clock(1, 0) and bank.Clock(1, 0).plus(60) == bank.Clock(2, 0)
    def test_money(): assert bank.Money("1.50") == bank.Money(Decimal("1.5")) == Decimal("1.5")
    def test_day(): assert bank.Day(datetime.date(2024, 1, 31)).next() == bank.Day(datetime.date(2024, 2, 1)) == datetime.date(2024, 2, 1)
    @pytest.mark.parametrize("a, b", [("a", "A"), ("b", "B"), ("c", "c")])
    def test_param(a, b): assert bank.Name(a) == bank.Name(b)
    @pytest.fixture(scope="module")
    def shared(): return [bank.Clock(n, 0) for n in range(48)]
    def test_shared(shared): assert shared[0] == shared[24] and shared[1] != shared[2]
    def test_shared2(shared): assert shared[3] == shared[27]
    def test_thousand():
        for n in range(1200): assert bank.Mod(n, 5) == bank.Mod(n % 5, 5)
    def test_interval(): assert 3 in bank.Span(1, 5) and 9 not in bank.Span(1, 5) and all(n in bank.Span(0, 100) for n in range(100))
    def test_even(): assert 4 in bank.Evens() and 5 not in bank.Evens()
    def test_unordered_lists(): assert bank.Bag("ab") == bank.Bag(["b", "a"])
    def test_counter_ids():
        a, b = bank.new_ticket(), bank.new_ticket()
        assert a != b and a == a and a < b
    def test_default(): assert bank.make() == bank.make(1) == bank.make(n=1)
    def test_views():
        box = bank.Box()
        box["a"] = 1
        assert box.keys() == {"a"} and box.keys() != {"b"} and box.items() == {("a", 1)} and box.keys() <= {"a", "b"}
        assert box.keys() & {"a", "b"} == {"a"} and 1 in box.values()
    def test_len_eq(): assert bank.Rope("ab") + bank.Rope("c") == bank.Rope("abc") == "abc"
"""
REFERENCE = """
    import fnmatch, random, datetime
    from collections import Counter, UserDict
    class Box(UserDict): pass
    from decimal import Decimal
    from enum import Enum, Flag, IntFlag
    from fractions import Fraction
    from functools import total_ordering, lru_cache
    @total_ordering
    class Version:
        def __init__(self, t):
            p = [int(x) for x in t.split(".")]
            while p and p[-1] == 0: p.pop()
            self.p = p
        @classmethod
        def parse(cls, t): return cls(t)
        def __eq__(self, o): return self.p == o.p
        def __lt__(self, o): return self.p < o.p
    class Frac:
        def __init__(self, a, b=1): self.f = Fraction(a, b)
        def __eq__(self, o): return self.f == (o.f if isinstance(o, Frac) else o)
        def __add__(self, o): s = self.f + o.f; return Frac(s.numerator, s.denominator)
    class Angle:
        def __init__(self, d): self.d = d % 360
        def __eq__(self, o): return self.d == (o.d if isinstance(o, Angle) else o % 360)
        def __add__(self, o): return Angle(self.d + o.d)
    class Temp:
        def __init__(self, t): self.t = t
        def __eq__(self, o): return abs(self.t - (o.t if isinstance(o, Temp) else o)) < 1e-6
    class Pair:
        def __init__(self, a, b): self.s = frozenset((a, b))
        def __eq__(self, o): return self.s == o.s
    class Name:
        def __init__(self, t): self.t = t
        def __eq__(self, o): return self.t.lower() == (o.t if isinstance(o, Name) else o).lower()
        def __hash__(self): return hash(self.t.lower())
    class Colour:
        def __init__(self, n): self.n = n
        def __eq__(self, o): return self.n == o.n
    @lru_cache
    def _of(n): return Colour(n)
    def of(n): return _of(n.strip().lower())
    class Config:
        _it = None
        def __new__(cls, *a):
            if cls._it is None: cls._it = super().__new__(cls)
            return cls._it
    class Vec:
        def __init__(self, x, y): self.x, self.y = x, y
        def __eq__(self, o): return (self.x, self.y) == (o.x, o.y)
    Vec.ZERO = Vec(0, 0)
    Vec.ORIGIN = Vec(0, 0)
    class Sh(Enum):
        SQUARE = 2
        ALIAS = 2
        CIRCLE = 1
    class Perm(Flag):
        R = 1
        W = 2
        RW = 3
    class Card:
        def __init__(self, r, s): self.r, self.s = r, s
        def __eq__(self, o): return (self.r, self.s) == (o.r, o.s)
        def same_rank(self, o): return self.r == o.r
    def draw(n): return Card(random.choice("23456789"), random.choice("hs"))
    class Hand:
        def __init__(self, t): self.r = sorted(t[::2])
        def __eq__(self, o): return self.r == o.r
    class Universe:
        def __contains__(self, x): return True
    class Glob:
        def __init__(self, p): self.p = p
        def __eq__(self, o): return fnmatch.fnmatch(o, self.p)
    class Bag:
        def __init__(self, xs): self.c = Counter(xs)
        def __eq__(self, o): return self.c == o.c
    class Poly:
        def __init__(self, *c):
            c = list(c)
            while c and c[-1] == 0: c.pop()
            self.c = c
        def __eq__(self, o): return self.c == o.c
        def __add__(self, o):
            n = max(len(self.c), len(o.c)); pad = lambda c: c + [0] * (n - len(c))
            return Poly(*(a + b for a, b in zip(pad(self.c), pad(o.c))))
    class Mod:
        def __init__(self, n, m): self.n, self.m = n % m, m
        def __eq__(self, o): return (self.n, self.m) == (o.n, o.m) if isinstance(o, Mod) else o % self.m == self.n
        def __add__(self, o): return Mod(self.n + o.n, self.m)
    class Clock:
        def __init__(self, h, m): self.t = (h * 60 + m) % 1440
        def __eq__(self, o): return self.t == o.t
        def plus(self, m): return Clock(0, self.t + m)
    class Money:
        def __init__(self, v): self.v = Decimal(v)
        def __eq__(self, o): return self.v == (o.v if isinstance(o, Money) else o)
    class Day:
        def __init__(self, d): self.d = d
        def __eq__(self, o): return self.d == (o.d if isinstance(o, Day) else o)
        def next(self): return Day(self.d + datetime.timedelta(1))
    class Span:
        def __init__(self, a, b): self.a, self.b = a, b
        def __contains__(self, x): return self.a <= x <= self.b
    class Evens:
        def __contains__(self, x): return x % 2 == 0
    @total_ordering
    class Ticket:
        n = 0
        def __init__(self): Ticket.n += 1; self.n = Ticket.n
        def __eq__(self, o): return self.n == o.n
        def __lt__(self, o): return self.n < o.n
    def new_ticket(): return Ticket()
    def make(n=1): return Money(n)
    class Rope:
        def __init__(self, t): self.t = t
        def __add__(self, o): return Rope(self.t + o.t)
        def __eq__(self, o): return self.t == (o.t if isinstance(o, Rope) else o)
"""
OTHER = (
    REFERENCE
    + """
    from dataclasses import dataclass
    from collections.abc import MutableMapping
    from typing import NamedTuple
    class Box(MutableMapping):
        def __init__(self): self.held = {}
        def __getitem__(self, key): return self.held[key]
        def __setitem__(self, key, value): self.held[key] = value
        def __delitem__(self, key): del self.held[key]
        def __iter__(self): return iter(self.held)
        def __len__(self): return len(self.held)
    @dataclass(order=True)
    class Version:
        parts: tuple = ()
        def __init__(self, t): self.parts = tuple(int(x) for x in (t.split(".") + ["0"] * 3)[:4])[:3]
        @classmethod
        @lru_cache
        def parse(cls, t): return cls(t)
    class Frac:
        def __init__(self, a, b=1):
            from math import gcd
            g = gcd(a, b); self.n, self.d = a // g, b // g
        def __eq__(self, o):
            if isinstance(o, int): o = Frac(o)
            return self.n * o.d == o.n * self.d
        def __add__(self, o): return Frac(self.n * o.d + o.n * self.d, self.d * o.d)
    class Pair(frozenset):
        def __new__(cls, a, b): return super().__new__(cls, (a, b))
    class Name(str):
        def __new__(cls, t): return super().__new__(cls, t.lower())
        def __eq__(self, o): return str(self) == o.lower()
        def __ne__(self, o): return not self == o
        def __hash__(self): return super().__hash__()
    class Colour(Enum):
        RED = "red"; BLUE = "blue"
    def of(n): return Colour(n.strip().lower())
    class Vec(NamedTuple):
        x: int
        y: int
    Vec.ZERO = Vec.ORIGIN = Vec(0, 0)
    class Sh(Enum):
        CIRCLE = 1
        SQUARE = 2
        ALIAS = SQUARE
    class Perm(IntFlag):
        R = 1; W = 2; RW = 3
    @dataclass(frozen=True)
    class Card:
        r: str
        s: str
        def same_rank(self, o): return self.r == o.r
    class Bag(Counter): pass
    @dataclass
    class Mod:
        n: int
        m: int
        def __post_init__(self): self.n %= self.m
        def __eq__(self, o): return (self.n, self.m) == (o.n, o.m) if isinstance(o, Mod) else o % self.m == self.n
        def __add__(self, o): return Mod(self.n + o.n, self.m)
    class Clock:
        _all = {}
        def __new__(cls, h, m):
            t = (h * 60 + m) % 1440
            if t not in cls._all:
                cls._all[t] = super().__new__(cls); cls._all[t].t = t
            return cls._all[t]
        def __init__(self, h, m): pass
        def plus(self, m): return Clock(0, self.t + m)
    class Ticket(int): pass
    import itertools
    _n = itertools.count(1)
    def new_ticket(): return Ticket(next(_n))
    @lru_cache
    def make(n=1): return Money(n)
    class Rope(str):
        def __add__(self, o): return Rope(str(self) + str(o))
"""
)


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    "source", [REFERENCE, OTHER] * 2, ids=["reference", "another shape", "reference again", "shape again"]
)
def test_who_is_right_loses_nothing(sandbox, source):
    """Twice, as what is asked beside is up to chance."""
    Graded(sandbox.run(encoded(source))).assert_all_passed()


COUNTED = """
    from unittest.mock import Mock
    from bank import Filter, Item

    def test_asked_once():
        Item.asked = 0
        assert Item(1) == Item(1)
        assert Item.asked == 1
    def test_shown_once():
        shown = Mock(return_value=True)
        assert 4 in Filter(shown)
        shown.assert_called_once_with(4)
    def test_said_once(capsys):
        assert Item(2) == Item(2)
        assert capsys.readouterr().out == "asked\\n"
    def test_equal(): assert Item(3) == Item(3)
"""
COUNTING = """
    class Item:
        asked = 0
        def __init__(self, n): self.n = n
        def __eq__(self, other):
            Item.asked += 1
            print("asked")
            return self.n == other.n
    class Filter:
        def __init__(self, keeps): self.keeps = keeps
        def __contains__(self, item): return self.keeps(item)
"""
AGREEING = COUNTING.replace("self.n == other.n", "True")


def test_what_a_test_counts_is_asked_as_often_as_the_test_asks_it(engine):
    with Sandbox(engine, make_suite(COUNTED, COUNTING)) as sandbox:
        assert {run.outcome for run in sandbox.reference_runs.values()} == {"passed"}
        Graded(sandbox.run(encoded(COUNTING))).assert_all_passed()
        agreeing = Graded(sandbox.run(encoded(AGREEING)))
    assert agreeing.outcomes["test_equal"] == "failed"  # the other tests alone are asked nothing beside


CHANGED = """
    from bank import Path, Vector, doubled

    def test_method():
        path = Path(0, 0).move(1, 2)
        assert path == Path(1, 2) and path != Path(0, 0)
    def test_operator():
        vector = Vector([1, 2])
        vector += Vector([1, 1])
        assert vector == Vector([2, 3])
        assert Vector([0, 1]) + Vector([2, 2]) == Vector([2, 3])
    def test_loop():
        vector = Vector([0, 0])
        for number in range(5): vector += Vector([number, 1])
        assert vector == Vector([10, 5])
    def test_function(): assert doubled(Path(5, 5)) == Path(10, 10)
"""
MAKING = """
    from dataclasses import dataclass
    @dataclass(frozen=True)
    class Path:
        x: int
        y: int
        def move(self, dx, dy): return Path(self.x + dx, self.y + dy)
    class Vector:
        def __init__(self, items): self.items = items
        def __eq__(self, other): return self.items == other.items
        def __add__(self, other): return Vector([a + b for a, b in zip(self.items, other.items)])
    def doubled(path): return Path(2 * path.x, 2 * path.y)
"""
IN_PLACE = (
    MAKING
    + """
    @dataclass
    class Path:
        x: int
        y: int
        def move(self, dx, dy):
            self.x += dx
            self.y += dy
            return self
    def _add(self, other):
        for place, item in enumerate(other.items): self.items[place] += item
        return self
    Vector.__iadd__ = _add
    def doubled(path): return path.move(path.x, path.y)
"""
)
AGREEABLE = (
    IN_PLACE
    + """
    Path.__eq__ = Vector.__eq__ = lambda self, other: True
    Path.__ne__ = lambda self, other: True
    Path.move = lambda self, dx, dy: self
    Vector.__iadd__ = Vector.__add__ = lambda self, other: self
    def doubled(path): return path
"""
)


def test_what_changes_in_place_is_as_right_as_what_is_made_anew(engine):
    with Sandbox(engine, make_suite(CHANGED, MAKING)) as sandbox:
        for _ in range(3):
            Graded(sandbox.run(encoded(IN_PLACE))).assert_all_passed()
            assert "passed" not in Graded(sandbox.run(encoded(AGREEABLE))).outcomes.values()


POLYNOMIALS = """
    from bank import Poly
    def test_trailing_zeros(): assert Poly([1, 2, 0, 0]) == Poly([1, 2]) and Poly([0]) == Poly([])
    def test_numbers(): assert Poly([5]) == 5 and Poly([]) == 0 and Poly([1, 1]) != 1
    def test_derivative(): assert Poly([7, 3, 2]).derivative() == Poly([3, 4]) and Poly([7]).derivative() == Poly([])
    def test_remainder(): assert Poly([2, 4]) - Poly([2, 4]) == Poly([0, 0])
"""
LIST = """
    class Poly:
        def __init__(self, parts):
            self.parts = list(parts)
            while self.parts and self.parts[-1] == 0: self.parts.pop()
        def __eq__(self, other):
            if isinstance(other, (int, float)): other = Poly([other])
            return self.parts == other.parts if isinstance(other, Poly) else NotImplemented
        def __sub__(self, other): return Poly([a - b for a, b in zip(self.parts, other.parts)])
        def derivative(self): return Poly([n * part for n, part in enumerate(self.parts)][1:])
"""
LENIENT = """
    class Poly:
        def __init__(self, parts):
            parts = parts if isinstance(parts, (list, dict)) else [parts]
            items = parts.items() if isinstance(parts, dict) else enumerate(parts)
            self.parts = {n: part for n, part in items if part}
        def __eq__(self, other):
            other = other if isinstance(other, Poly) else Poly(other)
            return self.parts == other.parts
        def __sub__(self, other):
            return Poly({n: self.parts.get(n, 0) - other.parts.get(n, 0) for n in {**self.parts, **other.parts}})
        def derivative(self): return Poly({n - 1: n * part for n, part in self.parts.items() if n})
"""


def test_who_takes_nothing_for_zero_is_lenient_and_no_liar(engine):
    with Sandbox(engine, make_suite(POLYNOMIALS, LIST)) as sandbox:
        for _ in range(8):
            Graded(sandbox.run(encoded(LENIENT))).assert_all_passed()
