def to_roman(number):
    """Return the Roman numeral for a whole number from 1 to 3999."""


def from_roman(numeral):
    """Return the number that a Roman numeral stands for."""
