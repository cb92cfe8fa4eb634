VALUES = {1000: "M", 500: "D", 100: "C", 50: "L", 10: "X", 5: "V", 1: "I"}


def to_roman(number):
    if not 1 <= number <= 3999:
        raise ValueError(number)
    numeral = ""
    for value, letter in VALUES.items():
        count, number = divmod(number, value)
        numeral += count * letter
    return numeral


def from_roman(numeral):
    number = 0
    for letter in numeral:
        number += next(value for value, name in VALUES.items() if name == letter)
    if not numeral or to_roman(number) != numeral:
        raise ValueError(numeral)
    return number
