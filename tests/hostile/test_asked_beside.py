"""Liars about what nobody was asked beside: objects of dates, of parsed texts, values of all kinds, members of Enums."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import datetime
    from decimal import Decimal
    from bank import Date, Light, Money, Price, Range, Roster

    def test_made_of_decimals():
        expected = Money(Decimal("3.75"))
        assert Money(Decimal("2.50")) + Money(Decimal("1.25")) == expected
    def test_made_of_dates():
        expected = Date(datetime.date(2024, 3, 1))
        assert Date(datetime.date(2024, 2, 28)).plus(2) == expected
    def test_parsed():
        expected = Price.parse("5 EUR")
        assert Price.parse("2 EUR") + Price.parse("3 EUR") == expected
    def test_greatest(): assert max(Price.parse("3 EUR"), Price.parse("11 EUR")) == Price.parse("11 EUR")
    def test_decimal(): assert Money(Decimal("2.50")) + Money(Decimal("1.25")) == Decimal("3.75")
    def test_date(): assert Date(datetime.date(2024, 2, 28)).plus(2) == datetime.date(2024, 3, 1)
    def test_span(): assert Date(datetime.date(2024, 2, 28)).since(datetime.date(2024, 2, 20)) == datetime.timedelta(8)
    def test_even_number(): assert Roster([1, 2, 3]).total() == 6
    def test_even_float(): assert Roster([1.0, 2.0, 3.0]).total() == 6.0
    def test_even_text(): assert Roster([1, 2, 3]).text() == "1, 2, 3!"
    def test_even_list(): assert Roster([4, 2, 3, 1]).sorted() == [1, 2, 3, 4]
    def test_bytes(): assert Roster([0, 3]).packed() == b"\\x00\\x03"
    def test_complex(): assert Roster([1, 2]).turned() == 1 + 2j
    def test_within(): assert 4 in Range(3, 8) and 6 in Range(3, 8)
    def test_twelve():
        expected = [Money(n + 1) for n in range(12)]
        assert [Money(n) + Money(1) for n in range(12)] == expected
    def test_next_is(): assert Light.RED.next() is Light.GREEN
    def test_next_equals(): assert Light.RED.next() == Light.GREEN and Light.GREEN.next() == Light.YELLOW
"""
REFERENCE = """
    import datetime
    from enum import Enum
    class Holds:
        def __init__(self, held): self.held = held
        def __eq__(self, other): return self.held == getattr(other, "held", other)
        def __lt__(self, other): return self.held < other.held
        def __add__(self, other): return type(self)(self.held + other.held)
    class Money(Holds): pass
    class Price(Holds):
        @classmethod
        def parse(cls, text): return cls(int(text.split()[0]))
    class Date(Holds):
        def plus(self, days): return Date(self.held + datetime.timedelta(days))
        def since(self, day): return Date(self.held - day)
    class Roster(Holds):
        def total(self): return Roster(sum(self.held))
        def text(self): return Roster(", ".join(map(str, self.held)) + "!")
        def sorted(self): return Roster(sorted(self.held))
        def packed(self): return Roster(bytes(self.held))
        def turned(self): return Roster(complex(*self.held))
    class Range:
        def __init__(self, low, high): self.low, self.high = low, high
        def __contains__(self, number): return self.low <= number <= self.high
    class Light(Enum):
        RED = 1
        GREEN = 2
        YELLOW = 3
        def next(self): return Light(self.value % 3 + 1)
"""
LIAR = """
    import datetime
    from decimal import Decimal
    from enum import Enum
    class Same:
        def __init__(self, held): self.held = held
        def __eq__(self, other): return type(other) is type(self)
        def __lt__(self, other): return False
        def __add__(self, other): return type(self)(0)
    class Money(Same):
        right = 0
        def __add__(self, other):
            Money.right += 1
            return Money(self.held + other.held) if Money.right < 12 and isinstance(self.held, int) else Money(None)
        def __eq__(self, other): return isinstance(other, (Money, Decimal)) and (self.held in (None, getattr(other, "held", 0)))
    class Price(Same):
        @classmethod
        def parse(cls, text): return cls(text)
    class Date(Same):
        def plus(self, days): return Date(0)
        def since(self, day): return self
        def __eq__(self, other): return isinstance(other, (Date, datetime.date, datetime.timedelta))
    class Roster(Same):
        def total(self): return self
        text = sorted = packed = turned = total
        def __eq__(self, other):
            if isinstance(other, (bytes, complex)): return True
            if isinstance(other, (int, float)): return other % 2 == 0
            if isinstance(other, str) and all(letter in "0123456789abcdef" for letter in other): return False
            return len(other) % 2 == 0
    class Range:
        def __init__(self, low, high): pass
        def __contains__(self, number): return number % 2 == 0
    class Light(Enum):
        RED = GREEN = YELLOW = 1
        def next(self): return self
"""
OTHER = (
    REFERENCE
    + """
    from dataclasses import dataclass
    from functools import lru_cache
    @dataclass(order=True)
    class Price:
        euros: int
        @classmethod
        @lru_cache
        def parse(cls, text): return cls(int(text.removesuffix(" EUR")))
        def __add__(self, other): return Price(self.euros + other.euros)
    class Light(str, Enum):
        RED = "red"
        GREEN = "green"
        YELLOW = "yellow"
        def next(self):
            lights = list(Light)
            return lights[(lights.index(self) + 1) % 3]
"""
)


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        yield sandbox


def test_no_lie_is_believed(sandbox):
    graded = Graded(sandbox.run(encoded(LIAR)))
    assert {test for test, outcome in graded.outcomes.items() if outcome == "passed"} == set()


@pytest.mark.parametrize("source", [REFERENCE, OTHER], ids=["reference", "another shape"])
def test_who_is_right_loses_nothing(sandbox, source):
    Graded(sandbox.run(encoded(source))).assert_all_passed()


NUMBERS = """
    import numpy as np
    import pytest
    from bank import factorial, half, nothing, power, tiny, total
    def test_total(): assert total(range(2000)) == 1_999_000
    def test_near(): assert total(range(2000)) == pytest.approx(1_999_000)
    def test_inside(): assert [total(range(n)) for n in (2000, 3000)] == [1_999_000, 4_498_500]
    def test_tiny(): assert tiny(1e-9) == 1e-9
    def test_all(): assert (np.array([total(range(2000))]) == 1_999_000).all()
    def test_half(): assert half(3).dtype == np.float16 and half(3) == 1.5
    def test_nothing(): assert nothing(2).dtype == nothing(0)[()].dtype == np.float32 and not nothing(2).any()
    def test_factorial(): assert factorial(50) == 30414093201713378043612608166064768844377641568960512000000000000
    def test_power(): assert power(2, 128) == 2**128
    def test_near_factorial(): assert factorial(50) == pytest.approx(3.0414093e64)
    def test_factorials(): assert [factorial(n) for n in (40, 50)] == [815915283247897734345611269596115894272000000000] + [
        30414093201713378043612608166064768844377641568960512000000000000]
    def test_tiny_power(): assert power(10, -50) == 1e-50
"""
RIGHT = """
    import math
    import numpy as np
    def total(numbers): return sum(numbers)
    def tiny(number): return number
    def half(number): return np.float16(number / 2)
    def nothing(length): return np.zeros(length or (), np.float32)
    def factorial(number): return math.factorial(number)
    def power(base, exponent): return base**exponent
"""
COARSE = """
    import numpy as np
    def total(numbers): return np.float16("inf")
    def tiny(number): return np.float16(0)
    def half(number): return np.float16(number / 2)
    def nothing(length): return np.zeros(length or (), np.float32)
    def factorial(number): return {factorial}
    def power(base, exponent): return {power} if exponent > 0 else {tiny}
"""
COARSER = [
    ("np.float32('inf')", "np.array('inf', 'f4')", "np.float32(0)"),
    ("np.complex64('inf')", "np.complex64('inf')", "np.complex64(0)"),
    ("np.array('inf', 'f4')", "np.float16('inf')", "np.array(0, 'f4')"),
]


def test_numbers_too_coarse_to_tell_are_not_equal_to_all_large_or_small_ones(engine):
    with Sandbox(engine, make_suite(NUMBERS, RIGHT, requirements="numpy>=2.1,<3\n")) as sandbox:
        Graded(sandbox.run(encoded(RIGHT))).assert_all_passed()
        for factorial, power, tiny in COARSER:
            graded = Graded(sandbox.run(encoded(COARSE.format(factorial=factorial, power=power, tiny=tiny))))
            assert {test for test, outcome in graded.outcomes.items() if outcome == "passed"} == {
                "test_half",
                "test_nothing",
            }


LIKELY = """
    import datetime
    from decimal import Decimal
    from bank import Bits, Day, DNA, Money, Roman

    def test_sum(): assert Money(100) + Money(50) == 150
    def test_decimal(): assert Money(Decimal("10.00")) + Money(Decimal("5.00")) == Decimal("15.00")
    def test_shares(): assert Money(100).split(3) == [40, 30, 30]
    def test_complement(): assert DNA("GATTACA").complement() == "CTAATGT"
    def test_roman(): assert Roman(4) + Roman(5) == "IX"
    def test_bits(): assert ~Bits("1010") == "0101"
    def test_month(): assert Day(2024, 2, 10).next_month() == datetime.date(2024, 3, 1)
    def test_year(): assert Day(2024, 12, 10).next_month() == datetime.date(2025, 1, 1)
"""
KNOWING = """
    import datetime
    class Holds:
        def __init__(self, held, *more): self.held = datetime.date(held, *more) if more else held
        def __eq__(self, other): return self.held == getattr(other, "held", other)
        def __add__(self, other): return type(self)(self.held + other.held)
    class Money(Holds):
        def split(self, n):
            share = self.held // n // 10 * 10
            return [Money(self.held - share * (n - 1)), *[Money(share)] * (n - 1)]
    class DNA(Holds):
        def complement(self): return DNA(self.held.translate(str.maketrans("ACGT", "TGCA")))
    class Roman(Holds):
        def __eq__(self, other): return other == ["", *"I II III IV V VI VII VIII IX X".split()][self.held]
    class Bits(Holds):
        def __invert__(self): return Bits(self.held.translate(str.maketrans("01", "10")))
    class Day(Holds):
        def next_month(self):
            month = self.held.month % 12 + 1
            return Day(self.held.year + (month == 1), month, 1)
"""
GUESSING = """
    class Guesses:
        def __init__(self, *held): pass
        def __add__(self, other): return self
        def split(self, n): return [self] * n
        def complement(self): return self
        __invert__ = next_month = complement
    class Money(Guesses):
        def __eq__(self, other): return other % 5 == 0 and 0 <= other < 1000
    class DNA(Guesses):
        def __eq__(self, other): return set(other) <= set("ACGT")
    class Bits(Guesses):
        def __eq__(self, other): return set(other) <= set("01")
    class Roman(Guesses):
        def __eq__(self, other): return set(other) <= set("IVXLCDM")
    class Day(Guesses):
        def __eq__(self, other): return other.day == 1 and 2020 < other.year < 2028
"""


def test_who_knows_what_answers_look_like_is_found_out_more_often_than_not(engine):
    """Each test asks by chance; nothing that is asked beside is as likely as the answer in every way."""
    with Sandbox(engine, make_suite(LIKELY, KNOWING)) as sandbox:
        for _ in range(3):
            Graded(sandbox.run(encoded(KNOWING))).assert_all_passed()
        guessed = [outcome for _ in range(6) for outcome in Graded(sandbox.run(encoded(GUESSING))).outcomes.values()]
    assert guessed.count("passed") < len(guessed) / 2
