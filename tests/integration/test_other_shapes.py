"""Right solutions of another shape than the reference get the same, though hostile ones are asked no more than it was."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import pytest
    from bank import (Board, Bus, Celsius, Circle, Color, ConfigError, Deck, Card, Drawing, Level, Missing, Node, Playlist, Point,
                      Queue, Square, Store, Suit, Tri, conf, load, logged, nums, parse, tags)

    # The reference extends built-in values, the other has classes of its own.
    def test_point_equal(): assert Point(1, 2) == Point(1, 2)
    def test_point_unequal(): assert Point(1, 2) != Point(1, 3)
    def test_point_order(): assert Point(1, 2) < Point(1, 3)
    def test_point_set(): assert len({Point(1, 2), Point(1, 2)}) == 1
    def test_point_sorted(): assert sorted([Point(2, 0), Point(1, 0)]) == [Point(1, 0), Point(2, 0)]
    def test_celsius_sum(): assert Celsius(20.0) + Celsius(1.5) == Celsius(21.5)
    def test_level(): assert Level.HIGH > Level.LOW and max(Level.LOW, Level.HIGH) == Level.HIGH

    # The reference compares by itself, the other lets the test do so.
    def test_card_in_deck(): assert Card("A", "h") in Deck()
    def test_card_not_in_deck(): assert Card("9", "h") not in Deck()

    def test_sorted_family():
        drawing = Drawing()
        for shape in (Circle(1), Square(3), Tri(4, 1), Square(5), Circle(2)): drawing.add(shape)
        assert [shape.area() for shape in sorted(drawing.shapes())] == [2, 3, 9, 12, 25]

    # The other gives named tuples, counters and objects where the reference gives plain ones.
    def test_cells():
        board = Board(2, 2)
        assert all(cell in board for cell in board.cells())
    def test_half(): assert Node(4) - Node(4).half() == Node(2)

    def test_rollback():
        store = Store()
        store.set("a", 1)
        with store:
            store.set("a", 2)
            store.set("b", -1)
        assert store.data == {"a": 1}

    # The reference has one object for each value.
    def test_suit(): assert Suit("h") == Suit("h") and Suit("h") != Suit("s")
    def test_color(): assert parse("red") == Color.RED

    # Views and subclasses of containers.
    def test_tags(): assert tags() == {"a", "b"}
    def test_tags_meet(): assert tags() & {"a"} == {"a"}
    def test_tags_count(): assert len(tags()) == 2 and sorted(tags()) == ["a", "b"]
    def test_nums(): assert nums() + [4] == [1, 2, 3, 4] and [0] + nums() == [0, 1, 2, 3]
    def test_nums_looked_at(): assert (len(nums()), nums()[0], nums()[1:], list(reversed(nums()))) == (3, 1, [2, 3], [3, 2, 1])
    def test_nums_order(): assert nums() < [2] and nums() * 2 == [1, 2, 3, 1, 2, 3]
    def test_conf(): assert conf() | {"b": 2} == {"a": 1, "b": 2} and dict(conf().items()) == {"a": 1} and conf()["a"] == 1

    def test_queue():
        queue = Queue()
        queue.push(2)
        queue.push(1)
        assert list(queue) == [1, 2]

    @logged
    def add(a, b):
        "Add two numbers."
        return a + b
    def test_documentation(): assert (add.__doc__, add.__name__, add(1, 2)) == ("Add two numbers.", "add", 3)
    def test_documentation_of_classes(): assert Point.__doc__ is not None and "point" in Board.__doc__

    def test_song(): assert [song for song in Playlist("ab")] == ["a", "b"]
    def test_song_in(): assert "a" in Playlist("ab")
    def test_songs_counted():
        playlist = Playlist("ab")
        assert len(playlist) == 2
        assert [a for a, b in zip(playlist, "ab", strict=True)] == ["a", "b"] and len(playlist) == 2

    def test_two_bases():
        with pytest.raises(FileNotFoundError):
            load("x")
        with pytest.raises(ConfigError):
            load("x")

    def test_events():
        bus, heard = Bus(), []
        bus.on(lambda event, times=1: heard.append((event, times)))
        bus.emit("x")
        assert heard == [("x", 1)]
"""
REFERENCE = """
    import functools
    from collections import namedtuple
    from enum import Enum, IntEnum

    Point = namedtuple("Point", "x y")
    Point.__doc__ = "A point."
    class Celsius(float):
        def __add__(self, other): return Celsius(float(self) + float(other))
    class Level(IntEnum):
        LOW = 1
        HIGH = 2
    class Card:
        def __init__(self, rank, suit): self.rank, self.suit = rank, suit
        def __eq__(self, o): return isinstance(o, Card) and (self.rank, self.suit) == (o.rank, o.suit)
    class Deck:
        def __init__(self): self.cards = [Card(r, s) for r in "AK" for s in "hs"]
        def __contains__(self, card): return card in self.cards
        def __iter__(self): return iter(self.cards)
    class Shape:
        def __lt__(self, other): return self.area() < other.area()
    class Circle(Shape):
        def __init__(self, r): self.r = r
        def area(self): return 3 * self.r ** 2
    class Square(Shape):
        def __init__(self, s): self.s = s
        def area(self): return self.s ** 2
    class Tri(Shape):
        def __init__(self, b, h): self.b, self.h = b, h
        def area(self): return self.b * self.h / 2
    class Drawing:
        def __init__(self): self._s = []
        def add(self, s): self._s.append(s)
        def shapes(self): return list(self._s)
    class Board:
        "Knows each point."
        def __init__(self, w, h): self.w, self.h = w, h
        def __contains__(self, pos):
            x, y = pos
            return 0 <= x < self.w and 0 <= y < self.h
        def cells(self): return [(x, y) for x in range(self.w) for y in range(self.h)]
    class Node:
        def __init__(self, n): self.n = n
        def half(self): return self.n / 2
        def __sub__(self, other): return Node(self.n - getattr(other, "n", other))
        def __eq__(self, other): return isinstance(other, Node) and self.n == other.n
    class Store:
        def __init__(self): self.data = {}
        def set(self, key, value):
            if value < 0: raise ValueError("negative")
            self.data[key] = value
        def __enter__(self): self.old = dict(self.data); return self
        def __exit__(self, kind, error, trace):
            if kind: self.data = self.old
            return kind is not None and issubclass(kind, ValueError)
    class Suit:
        _known = {}
        def __new__(cls, name):
            if name not in cls._known: cls._known[name] = super().__new__(cls)
            return cls._known[name]
        def __init__(self, name): self.name = name
    class Color(Enum):
        RED = "red"
        BLUE = "blue"
    def parse(s): return Color(s)
    def tags(): return {"a", "b"}
    def nums(): return [1, 2, 3]
    def conf(): return {"a": 1}
    class Queue:
        def __init__(self): self.h = []
        def push(self, x): self.h.append(x)
        def __iter__(self):
            self.h.sort()
            while self.h: yield self.h.pop(0)
    def logged(f):
        @functools.wraps(f)
        def wrapper(*args, **kwargs): return f(*args, **kwargs)
        return wrapper
    class Playlist:
        def __init__(self, songs): self.songs = list(songs)
        def __len__(self): return len(self.songs)
        def __iter__(self): return iter(self.songs)
    class ConfigError(Exception): pass
    class Missing(ConfigError, FileNotFoundError): pass
    def load(path): raise Missing(path)
    class Bus:
        def __init__(self): self.all = []
        def on(self, f): self.all.append(f)
        def emit(self, event):
            for f in self.all: f(event)
"""
OTHER = (
    REFERENCE
    + """
    from collections import Counter, OrderedDict
    from dataclasses import dataclass
    from typing import NamedTuple

    @dataclass(frozen=True, order=True)
    class Point:
        "A point."
        x: int
        y: int
    @dataclass(frozen=True)
    class Celsius:
        degrees: float
        def __add__(self, other): return Celsius(self.degrees + other.degrees)
        def __eq__(self, other): return self.degrees == getattr(other, "degrees", other)
        def __hash__(self): return hash(self.degrees)
    @functools.total_ordering
    class Level(Enum):
        LOW = 1
        HIGH = 2
        def __lt__(self, other): return self.value < other.value
    class Deck:
        def __init__(self): self.cards = [Card(r, s) for r in "AK" for s in "hs"]
        def __getitem__(self, n): return self.cards[n]
        def __len__(self): return len(self.cards)
    class Drawing:
        def __init__(self): self._s = {}
        def add(self, s): self._s.setdefault(type(s).__name__, []).append(s)
        def shapes(self): return [s for k in sorted(self._s) for s in self._s[k]]
    class Pos(NamedTuple):
        x: int
        y: int
    class Board(Board):
        "Knows each point."
        def cells(self): return [Pos(x, y) for x in range(self.w) for y in range(self.h)]
    class Node(Node):
        def half(self): return Node(self.n / 2)
    class NegativeValue(ValueError): pass
    class Store(Store):
        def set(self, key, value):
            if value < 0: raise NegativeValue("negative")
            self.data[key] = value
    @dataclass(frozen=True)
    class Suit:
        name: str
    class Color:
        def __init__(self, v): self.value = v
        def __eq__(self, o): return isinstance(o, Color) and self.value == o.value
        def __hash__(self): return hash(self.value)
    Color.RED = Color("red")
    Color.BLUE = Color("blue")
    def tags(): return {"a": 1, "b": 2}.keys()
    class L(list): pass
    class D(dict): pass
    def nums(): return L([1, 2, 3])
    def conf(): return D(a=1)
    class Queue:
        def __init__(self): self.h = []
        def push(self, x): self.h.append(x); self.h.sort()
        def __len__(self): return len(self.h)
        def __iter__(self):
            while self.h: yield self.h.pop(0)
    class logged:
        def __init__(self, f): functools.update_wrapper(self, f); self.f = f
        def __call__(self, *args, **kwargs): return self.f(*args, **kwargs)
    class Playlist:
        def __init__(self, songs): self.songs = list(songs)
        def __len__(self): return len(self.songs)
        def __iter__(self):
            self.i = 0
            return self
        def __next__(self):
            if self.i >= len(self.songs): raise StopIteration
            self.i += 1
            return self.songs[self.i - 1]
    class ConfigError(RuntimeError): pass
    class Missing(ConfigError, FileNotFoundError): pass
"""
)


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        yield sandbox


@pytest.mark.parametrize(("name", "source"), [("the reference", REFERENCE), ("another shape", OTHER)])
def test_honest_work_of_any_shape_gets_full_marks(sandbox, name, source):
    Graded(sandbox.run(encoded(source))).assert_all_passed()


def test_who_is_not_asked_is_told_so(engine):
    tests = """
        from bank import Money, owed
        def test_owed(): assert owed() == 5
    """
    reference = """
        class Money(int): pass
        def owed(): return 5
    """
    submission = """
        class Cash:
            def __eq__(self, other): return other == 5
        Money = Cash
        def owed(): return type("Other", (Cash,), {})()
    """
    suite = make_suite(tests, reference)
    with Sandbox(engine, suite) as sandbox:
        graded = Graded(sandbox.run(encoded(submission)))
    assert graded.outcomes == {"test_owed": "failed"}
    assert "not asked here: Other.__eq__" in graded.message("test_owed")


VALUES = """
    import datetime
    from decimal import Decimal
    from bank import Day, Loud, count, day, euro, moment, span

    def test_number(): assert (str(count()), repr(count()), f"{count():02}") == ("3", "3", "03")
    def test_euro(): assert euro() == Decimal("3.75") and euro() - 1 == Decimal("2.75") and euro() < 4
    def test_euro_as_key(): assert {Decimal("3.75"): 1}[euro()] == 1 and euro() in (Decimal("3.75"), None)
    def test_euro_looks(): assert str(euro()) == "3.75" and euro().quantize(Decimal("1")) == 4
    def test_day(): assert day() == datetime.date(2024, 1, 2) and day().year == 2024 and f"{day():%d.%m.}" == "02.01."
    def test_later(): assert day() + datetime.timedelta(1) == datetime.date(2024, 1, 3) and isinstance(day(), datetime.date)
    def test_moment(): assert moment() == datetime.datetime(2024, 1, 2, 3, 4, tzinfo=datetime.timezone.utc)
    def test_span(): assert span() == datetime.timedelta(1, 2) and span().total_seconds() == 86402.0

    # What a class that tests know has in place of a method of its built-in base.
    def test_loud(): assert Loud("a").upper() == "A!" and Loud("a").lower() == "a" and Loud.maketrans("a", "b") == {97: 98}
    def test_own_day(): assert Day(2024, 1, 2).isoformat() == "day 2" and Day.fromisoformat("2024-01-05").day == 5
"""
PLAIN_VALUES = """
    import datetime
    from decimal import Decimal
    class Loud(str):
        def upper(self): return super().upper() + "!"
    class Day(datetime.date):
        def isoformat(self): return f"day {self.day}"
    def count(): return 3
    def euro(): return Decimal("3.75")
    def day(): return datetime.date(2024, 1, 2)
    def moment(): return datetime.datetime(2024, 1, 2, 3, 4, tzinfo=datetime.timezone.utc)
    def span(): return datetime.timedelta(1, 2)
"""
EXTENDED_VALUES = (
    PLAIN_VALUES
    + """
    class Count(int): pass
    class Euro(Decimal): pass
    class Birthday(datetime.date): pass
    class Moment(datetime.datetime): pass
    class Span(datetime.timedelta): pass
    def count(): return Count(3)
    def euro(): return Euro("3.75")
    def day(): return Birthday(2024, 1, 2)
    def moment(): return Moment(2024, 1, 2, 3, 4, tzinfo=datetime.timezone.utc)
    def span(): return Span(1, 2)
"""
)


@pytest.mark.parametrize("source", [PLAIN_VALUES, EXTENDED_VALUES], ids=["plain", "extended"])
def test_what_extends_a_value_is_that_value(engine, source):
    with Sandbox(engine, make_suite(VALUES, PLAIN_VALUES)) as sandbox:
        Graded(sandbox.run(encoded(source))).assert_all_passed()
