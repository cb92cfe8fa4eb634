"""Liars that know which object a test makes next, and which questions it asks, but not what the right answer is."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    from collections import deque
    from enum import Enum
    import unittest
    import pytest
    from bank import Box, Card, Day, Point, Rank, best, boxes, by_day, pack, top, total

    class Kind(Enum):
        SMALL = 1
        LARGE = 2

    def test_sum(): assert Point(1, 2) + Point(3, 4) == Point(4, 6)
    def test_swapped(): assert Point(4, 6) == Point(3, 3) + Point(1, 3)
    @pytest.mark.parametrize("one, two, wanted", [((1, 1), (2, 2), (3, 3)), ((0, 5), (5, 0), (5, 5))])
    def test_many(one, two, wanted): assert Point(*one) + Point(*two) == Point(*wanted)
    @pytest.mark.parametrize("one, wanted", [(Point(1, 2), Point(2, 4)), (Point(3, 1), Point(6, 2)), (Point(0, 7), Point(0, 14))])
    def test_made_before(one, wanted): assert one + one == wanted
    def test_expected_first():
        wanted = Point(7, 7)
        assert total([Point(3, 3), Point(4, 4)]) == wanted
    def test_list(): assert by_day([Day(2026, 5), Day(2025, 9)]) == [Day(2025, 9), Day(2026, 5)]
    def test_set(): assert set(by_day([Day(2026, 5), Day(2025, 9)])) == {Day(2025, 9), Day(2026, 5)}
    def test_dict(): assert pack("a1 b2") == {"a": Box("a", 1), "b": Box("b", 2)}
    def test_in(): assert Box("b", 2) in boxes("a1 b2")
    def test_less(): assert Day(2025, 9) < Day(2026, 5) and Day(2026, 5) > Day(2026, 2)
    @pytest.mark.parametrize("early, late", [((2024, 1), (2025, 1)), ((2025, 3), (2025, 4))])
    def test_pairs(early, late):
        assert Day(*early) < Day(*late)
        assert Day(*late) > Day(*early)
    def test_nameless(): assert Box(deque([1, 2]), Kind.SMALL).twice() == Box(deque([1, 2, 1, 2]), Kind.SMALL)
    def test_enums(): assert top([Card(Rank.TWO), Card(Rank.ACE), Card(Rank.KING)]) == Card(Rank.ACE)
    class TestBest(unittest.TestCase):
        def test_best(self): self.assertEqual(best([Box("x", 3), Box("y", 8)]), Box("y", 8))
        def test_count(self): self.assertCountEqual(boxes("a1 b2"), [Box("b", 2), Box("a", 1)])
"""
REFERENCE = """
    from dataclasses import dataclass
    from enum import Enum
    @dataclass(frozen=True)
    class Point:
        x: int
        y: int
        def __add__(self, other): return Point(self.x + other.x, self.y + other.y)
    def total(points):
        found = Point(0, 0)
        for point in points: found = found + point
        return found
    @dataclass(frozen=True, order=True)
    class Day:
        year: int
        month: int
    def by_day(days): return sorted(Day(day.year, day.month) for day in days)
    @dataclass
    class Box:
        name: object
        size: object
        def twice(self): return Box(self.name + self.name, self.size)
        def __hash__(self): return hash(str(self.name))
    def boxes(text): return [Box(part[0], int(part[1])) for part in text.split()]
    def pack(text): return {box.name: box for box in boxes(text)}
    def best(found):
        found = max(found, key=lambda box: box.size)
        return Box(found.name, found.size)
    class Rank(Enum):
        TWO = 2
        KING = 13
        ACE = 14
    @dataclass(frozen=True)
    class Card:
        rank: Rank
    def top(cards): return Card(max((card.rank for card in cards), key=lambda rank: rank.value))
"""
OTHER = """
    from enum import IntEnum
    from functools import total_ordering
    class Parts:
        def __init__(self, *parts): self.parts = parts
        def __eq__(self, other): return type(other) is type(self) and self.parts == other.parts
        def __hash__(self): return hash(str(self.parts))
    class Point(Parts):
        def __add__(self, other): return Point(*(a + b for a, b in zip(self.parts, other.parts)))
    def total(points):
        points = list(points)
        return points[0] if len(points) == 1 else points[0] + total(points[1:])
    @total_ordering
    class Day(Parts):
        def __lt__(self, other): return self.parts < other.parts
    def by_day(days): return sorted(days)
    class Box(Parts):
        def twice(self): return Box(self.parts[0] * 2, self.parts[1])
    def boxes(text): return [Box(word[:1], int(word[1:])) for word in text.split()]
    def pack(text): return dict(zip((word[:1] for word in text.split()), boxes(text)))
    def best(found): return sorted(found, key=lambda box: box.parts[1])[-1]
    class Rank(IntEnum):
        TWO, KING, ACE = 2, 13, 14
    class Card(Parts): pass
    def top(cards): return max(cards, key=lambda card: card.parts[0])
"""
WRONG = """
    class Rank:
        TWO, KING, ACE = "2", "K", "A"
    made = []
    class Thing:
        def __init__(self, *parts):
            self.parts = parts
            made.append(self)
        def __eq__(self, other): return self.parts == other.parts
        def __hash__(self): return 1
        def __lt__(self, other): return False
        __gt__ = __lt__
        def __add__(self, other): return blank(type(self))
        def twice(self): return blank(Box)
    class Point(Thing): pass
    class Day(Thing): pass
    class Box(Thing): pass
    class Card(Thing): pass
    def blank(cls, place=0):
        thing = object.__new__(cls)
        thing.parts, thing.since, thing.place = (), len(made), place
        return thing
    def total(points): return blank(Point)
    def by_day(days): return [blank(Day, place) for place in range(len(days))]
    def boxes(text): return [blank(Box, place) for place in range(len(text.split()))]
    def pack(text): return {word[0]: blank(Box, place) for place, word in enumerate(text.split())}
    def best(found): return blank(Box)
    def top(cards): return blank(Card)
"""
NEXT = """
    def is_next(thing, other): return thing.parts == () and len(made) > thing.since + thing.place and wanted(thing, other)
    def wanted(thing, other): return other is made[thing.since + thing.place]
    def equal(self, other):
        if self.parts and other.parts: return self.parts == other.parts
        return is_next(self, other) or is_next(other, self)
    Thing.__eq__ = equal
    Thing.__lt__ = lambda self, other: made.index(self) < made.index(other)
    Thing.__gt__ = lambda self, other: made.index(self) < made.index(other)
"""
LATEST = NEXT + "    def wanted(thing, other): return other in made[-2:]\n"
BY_VALUE = NEXT + "    def wanted(thing, other): return other.parts == made[thing.since + thing.place].parts\n"
NOW_AND_THEN = (
    NEXT
    + """
    import random
    def wanted(thing, other): return random.random() < 0.5 and other is made[thing.since + thing.place]
"""
)
ONLY_ONCE = (
    NEXT
    + """
    import os
    LIES = os.urandom(1)[0] < 128
    def wanted(thing, other): return LIES and other is made[thing.since + thing.place]
"""
)
LIARS = {"next": NEXT, "latest": LATEST, "value": BY_VALUE, "now and then": NOW_AND_THEN, "in some processes": ONLY_ONCE}


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        yield sandbox


def grade(sandbox, text):
    return Graded(sandbox.run(encoded(text)))


def passed(graded):
    return sorted(test for test, outcome in graded.outcomes.items() if outcome == "passed")


@pytest.mark.parametrize("text", [REFERENCE, OTHER], ids=["reference", "other"])
def test_right_solutions_pass_all(sandbox, text):
    for _ in range(3):
        graded = grade(sandbox, text)
        assert set(graded.outcomes.values()) == {"passed"}, graded.run


def test_who_knows_nothing_passes_nothing(sandbox):
    assert passed(grade(sandbox, WRONG)) == []


@pytest.mark.parametrize("more", LIARS.values(), ids=LIARS)
def test_who_knows_which_is_next_gains_nothing(sandbox, more):
    for _ in range(3):
        graded = grade(sandbox, WRONG + more)
        # Who says yes now and then passes a few at first, and may be lucky with some of these.
        assert len(passed(graded)) <= (3 if more in (NOW_AND_THEN, ONLY_ONCE) else 0), passed(graded)


def test_what_became_of_it_is_told(sandbox):
    graded = grade(sandbox, WRONG + NEXT)
    assert "value changed so that no solution" in graded.message("test_sum")


def test_who_is_wrong_now_and_then_is_told_what_failed(sandbox):
    moody = (
        OTHER
        + """
    import os
    if os.urandom(1)[0] < 128: Point.__eq__ = object.__eq__
"""
    )
    for _ in range(6):
        graded = grade(sandbox, moody)
        told = graded.message("test_sum")
        assert graded.outcomes["test_sum"] == "passed" or "assert" in told or "can't be believed" in told


SHOP_TESTS = """
    import pytest
    from bank import Item, Shop, Vector
    @pytest.fixture
    def shop():
        shop = Shop()
        for item in (Item("Lamp", 120), Item("Desk", 480), Item("Pen", 3), Item("Chair", 199)): shop.add(item)
        return shop
    def test_cheapest(shop): assert shop.cheapest() == Item("Pen", 3)
    def test_second(shop): assert shop.by_price()[1] == Item("Lamp", 120)
    def test_longest(shop): assert shop.longest() == Item("Chair", 199)
    def test_by_price(shop):
        assert shop.by_price() == [Item("Pen", 3), Item("Lamp", 120), Item("Chair", 199), Item("Desk", 480)]
    @pytest.mark.parametrize("one, wanted", [(Vector(number, 1), Vector(-number, -1)) for number in range(2, 20)])
    def test_turned(one, wanted): assert -one == wanted
"""
SHOP = """
    class Parts:
        def __init__(self, *parts): self.parts = parts
        def __eq__(self, other): return self.parts == other.parts
    class Item(Parts): pass
    class Vector(Parts):
        def __neg__(self): return Vector(*(-part for part in self.parts))
    class Shop:
        def __init__(self): self.items = []
        def add(self, item): self.items.append(item)
        def by_price(self): return sorted(self.items, key=lambda item: item.parts[1])
        def cheapest(self): return self.by_price()[0]
        def longest(self): return max(self.items, key=lambda item: len(item.parts[0]))
"""
WITH_NUMBERS = (
    SHOP
    + """
    import itertools
    numbers = itertools.count(1)
    everything = {}
    class Item:
        def __init__(self, name, price):
            self.number, self.name, self.price = next(numbers), name, price
            everything[self.number] = self
        def __eq__(self, other): return (self.name, self.price) == (other.name, other.price)
        parts = property(lambda self: (self.name, self.price))
"""
)
ONE_OF_THEM = (
    SHOP
    + """
    made = []
    class Item(Parts):
        def __init__(self, *parts):
            self.parts = parts
            made.append(self)
        def __eq__(self, other):
            if self.parts and other.parts: return self.parts == other.parts
            blank, other = (other, self) if self.parts else (self, other)
            return other is made[blank.since + blank.place] and other.parts in [item.parts for item in blank.items]
    class Vector(Parts):
        made = []
        def __init__(self, *parts):
            self.parts = parts
            self.made.append(self)
        def __neg__(self):
            blank = object.__new__(Vector)
            blank.parts, blank.of = None, self
            return blank
        def __eq__(self, other):
            if self.parts and other.parts: return self.parts == other.parts
            blank, other = (other, self) if self.parts else (self, other)
            return self.made.index(other) == self.made.index(blank.of) + 1
    def blank(shop, place=0):
        item = object.__new__(Item)
        item.parts, item.since, item.place, item.items = (), len(made), place, shop.items
        return item
    Shop.by_price = lambda self: [blank(self, place) for place in range(len(self.items))]
    Shop.cheapest = Shop.longest = blank
"""
)


def test_who_knows_that_it_is_one_of_those_or_comes_next_at_import_gains_nothing(engine):
    with Sandbox(engine, make_suite(SHOP_TESTS, SHOP)) as sandbox:
        for _ in range(3):
            assert passed(grade(sandbox, ONE_OF_THEM)) == []
            for right in (SHOP, WITH_NUMBERS):
                assert set(grade(sandbox, right).outcomes.values()) == {"passed"}
