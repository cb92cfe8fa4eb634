import pytest
from hypothesis import given
from hypothesis import strategies as st
from roman import from_roman, to_roman

NAMED = {1: "I", 5: "V", 10: "X", 50: "L", 100: "C", 500: "D", 1000: "M"}


@pytest.mark.parametrize("number, numeral", NAMED.items())
def test_to_roman_knows_the_letters(number, numeral):
    assert to_roman(number) == numeral


@pytest.mark.points(2)
@pytest.mark.hint("A smaller letter before a larger one is subtracted.")
def test_to_roman_subtracts():
    pairs = {4: "IV", 9: "IX", 40: "XL", 90: "XC", 400: "CD", 900: "CM"}
    assert {number: to_roman(number) for number in pairs} == pairs


@pytest.mark.points(2)
@pytest.mark.parametrize("number, numeral", [(1994, "MCMXCIV"), (2026, "MMXXVI"), (3888, "MMMDCCCLXXXVIII"), (3999, "MMMCMXCIX")])
def test_to_roman_long_numbers(number, numeral):
    assert to_roman(number) == numeral


@pytest.mark.points(2)
def test_from_roman():
    assert [from_roman(numeral) for numeral in ("III", "XIV", "MCMXCIV", "MMMCMXCIX")] == [3, 14, 1994, 3999]


@pytest.mark.points(3)
@given(st.integers(1, 3999))
def test_there_and_back(number):
    assert from_roman(to_roman(number)) == number


@pytest.mark.points(3)
@pytest.mark.hint("The Romans had no zero, and no way to write 4000.")
@pytest.mark.parametrize("number", [0, -1, 4000])
def test_refuses_numbers_out_of_range(number):
    with pytest.raises(ValueError):
        to_roman(number)


@pytest.mark.points(3)
@pytest.mark.hint("Is to_roman(from_roman(text)) always the text you began with?")
@pytest.mark.parametrize("numeral", ["IIII", "VX", "IC", "", "xiv", "MMMM", "IXI", "ABC"])
def test_refuses_malformed_numerals(numeral):
    with pytest.raises(ValueError):
        from_roman(numeral)
