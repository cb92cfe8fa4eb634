"""Objects that say yes to what a test expects are tried with what it does not expect; who is right loses nothing by it."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import pytest
    from bank import Color, Day, Matrix, Money, Names, Point, Stack, Tag, Version, moved, names, nearest, origin, parse, total

    def test_moved(): assert moved(Point(1, 2), 1) == Point(2, 3)
    def test_nearest(): assert nearest([Point(9, 9), Point(1, 1)]) == Point(1, 1)
    def test_origin(): assert origin() == Point(0, 0)
    def test_in_a_list(): assert [origin(), moved(Point(0, 0), 2)] == [Point(0, 0), Point(2, 2)]
    def test_matrix(): assert Matrix([[1, 2], [3, 4]]) + Matrix([[1, 1], [1, 1]]) == Matrix([[2, 3], [4, 5]])
    def test_matrix_transposed(): assert Matrix([[1, 2]]).transposed() == Matrix([[1], [2]])
    def test_total(): assert total([Money(5), Money(2)]) == 7
    def test_tag(): assert Tag("A") == "a"
    def test_stack(): assert Stack([1, 2]).pushed(3) == [1, 2, 3]
    def test_in(): assert "x" in names() and "z" not in names()
    def test_in_alone(): assert "y" in Names("xy")
    def test_order(): assert Version(1, 2) < Version(1, 3) and Version(2, 0) > Version(1, 9)
    def test_constants(): assert parse("red") == Color.RED and parse("blue") == Color.BLUE
    def test_week(): assert Day(1) == Day(8)
"""
REFERENCE = """
    import dataclasses

    @dataclasses.dataclass(frozen=True)
    class Point:
        x: int
        y: int
    def moved(p, n): return Point(p.x + n, p.y + n)
    def origin(): return Point(0, 0)
    def nearest(points): return min(points, key=lambda p: p.x)
    class Matrix:
        def __init__(self, rows): self.rows = rows
        def __add__(self, o): return Matrix([[a + b for a, b in zip(*rows)] for rows in zip(self.rows, o.rows)])
        def __eq__(self, o): return self.rows == o.rows
        def transposed(self): return Matrix([list(row) for row in zip(*self.rows)])
    class Money:
        def __init__(self, n): self.n = n
        def __eq__(self, other): return self.n == getattr(other, "n", other)
    def total(all): return Money(sum(one.n for one in all))
    class Tag:
        def __init__(self, text): self.text = text.lower()
        def __eq__(self, other): return isinstance(other, str) and self.text == other.lower()
    class Stack:
        def __init__(self, items): self.items = items
        def pushed(self, item): return Stack([*self.items, item])
        def __eq__(self, other): return self.items == list(other)
    class Names:
        def __init__(self, all): self.all = all
        def __contains__(self, name): return name in list(self.all)
    def names(): return Names("xy")
    class Version:
        def __init__(self, *parts): self.parts = parts
        def __lt__(self, o): return self.parts < o.parts
    class Color:
        def __init__(self, name): self.name = name
        def __eq__(self, o): return isinstance(o, Color) and self.name == o.name
    Color.RED, Color.BLUE = Color("red"), Color("blue")
    def parse(text): return Color(text)
    class Day:
        def __init__(self, number): self.number = number % 7
        def __eq__(self, o): return isinstance(o, Day) and self.number == o.number
"""
OTHER = (
    REFERENCE
    + """
    import functools
    from typing import NamedTuple

    class Point:
        def __init__(self, x, y): self.x, self.y = x, y
        def __eq__(self, other): return (self.x, self.y) == (other.x, other.y)
    class Matrix(list):
        def __add__(self, o): return Matrix([a + b for a, b in zip(*rows)] for rows in zip(self, o))
        def transposed(self): return Matrix(map(list, zip(*self)))
    @functools.total_ordering
    class Version(tuple):
        def __new__(cls, *parts): return super().__new__(cls, parts)
    @functools.total_ordering
    class Money:
        def __init__(self, n): self.n = n
        def __eq__(self, other): return self.n == (other.n if isinstance(other, Money) else other)
        def __lt__(self, other): return self.n < other.n
    class Day:
        known = {}
        def __new__(cls, number): return cls.known.setdefault(number % 7, super().__new__(cls))
        def __eq__(self, other): return self is other
"""
)
YES = """
    class Yes:
        def __init__(self, *args): pass
        def _yes(self, *args): return True
        __eq__ = __lt__ = __gt__ = __contains__ = _yes
        def _self(self, *args): return self
        __add__ = transposed = pushed = _self
        x = y = 0
    class Point(Yes): pass
    class Matrix(Yes): pass
    class Money(Yes): pass
    class Tag(Yes): pass
    class Stack(Yes): pass
    class Names(Yes): pass
    class Version(Yes): pass
    class Day(Yes): pass
    class Color(Yes): pass
    Color.RED, Color.BLUE = Color(), Color()
    def moved(p, n): return Point()
    def origin(): return Point()
    def nearest(points): return Point()
    def total(all): return Money()
    def names(): return Names()
    def parse(text): return Color()
"""
CHEATS = {
    "always": YES,
    "at first": YES
    + """
    def _at_first(self, *args):
        now, self.asked = getattr(self, "asked", 0), getattr(self, "asked", 0) + 1
        return not now
    for _name in ("__eq__", "__lt__", "__gt__", "__contains__"): setattr(Yes, _name, _at_first)
    """,
    "its own class": YES
    + """
    def _own(self, other): return type(self) is type(other) or type(other) in (int, list) or other in ("x", "y", "a")
    for _name in ("__eq__", "__lt__", "__gt__", "__contains__"): setattr(Yes, _name, _own)
    """,
    "one object": YES
    + """
    class One(Yes):
        _one = None
        def __new__(cls, *args):
            cls._one = cls.__dict__.get("_one") or object.__new__(cls)
            return cls._one
        __eq__ = lambda self, other: self is other
        def __lt__(self, other): return NotImplemented
        __gt__ = __contains__ = __lt__
        __hash__ = object.__hash__
    Yes = One
    class Point(One): pass
    class Matrix(One): pass
    class Color(One): pass
    Color.RED = Color()
    """,
}
EARNED = {
    # It knows what these tests expect by value, and that of days, as of nothing else, only equal ones are made.
    "its own class": {"test_in", "test_in_alone", "test_tag", "test_stack", "test_total", "test_week"},
    # What is in a list is equal to itself without being asked, as everywhere in Python.
    "one object": {"test_in_a_list"},
}


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        yield sandbox


@pytest.mark.parametrize("name", CHEATS)
def test_who_says_yes_to_all_is_believed_in_nothing(sandbox, name):
    graded = Graded(sandbox.run(encoded(CHEATS[name])))
    passed = {test for test, outcome in graded.outcomes.items() if outcome == "passed"}
    assert passed <= EARNED.get(name, set()), passed


@pytest.mark.parametrize("source", [REFERENCE, OTHER], ids=["reference", "another shape"])
def test_who_is_right_is_believed(sandbox, source):
    Graded(sandbox.run(encoded(source))).assert_all_passed()
