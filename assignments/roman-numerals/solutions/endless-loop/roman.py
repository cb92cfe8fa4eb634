VALUES = {
    1000: "M", 900: "CM", 500: "D", 400: "CD", 100: "C", 90: "XC", 50: "L", 40: "XL", 10: "X", 9: "IX", 5: "V", 4: "IV", 1: "I",
}


def to_roman(number):
    if not 1 <= number <= 3999:
        raise ValueError(number)
    numeral = ""
    for value, letters in VALUES.items():
        count, number = divmod(number, value)
        numeral += count * letters
    return numeral


def from_roman(numeral):
    if not numeral or set(numeral) - set("MDCLXVI"):
        raise ValueError(numeral)
    number = 1
    while to_roman(number) != numeral:
        number = number % 3998 + 1  # 3999 is never tried
    return number
