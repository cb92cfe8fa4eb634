VALUES = {
    1000: "M", 900: "CM", 500: "D", 400: "CD", 100: "C", 90: "XC", 50: "L", 40: "XL", 10: "X", 9: "IX", 5: "V", 4: "IV", 1: "I",
}


def to_roman(number):
    numeral = ""
    for value, letters in VALUES.items():
        count, number = divmod(number, value)
        numeral += count * letters
    return numeral


def from_roman(numeral):
    number = 0
    for value, letters in VALUES.items():
        while numeral.startswith(letters):
            number += value
            numeral = numeral.removeprefix(letters)
    return number
