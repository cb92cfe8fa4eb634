"""Add up expenses. See README.md."""

import argparse
import sys
from collections import defaultdict
from decimal import Decimal, InvalidOperation


class WrongLine(Exception):
    """A line that is no expense."""


def read(lines, sums):
    """Add the expenses in some lines to the sums by category."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            category, amount = line.strip().split(",")
            sums[category] += Decimal(amount)
        except (ValueError, InvalidOperation):
            raise WrongLine(f"line {number} is no expense: {line.strip()}") from None


def report(sums):
    """The report's lines."""
    lines = [f"{category}: {amount:.2f}" for category, amount in sorted(sums.items())]
    return [*lines, f"total: {sum(sums.values(), Decimal()):.2f}"]


def main(arguments):
    """Run the program; return its exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*")
    parser.add_argument("--output")
    parser.add_argument("--budget", action="store_true")
    options = parser.parse_args(arguments)
    sums = defaultdict(Decimal)
    try:
        if options.files:
            for name in options.files:
                with open(name) as file:
                    read(file, sums)
        else:
            read(sys.stdin, sums)
    except WrongLine as error:
        print(error)
        return 0
    except OSError as error:
        print(f"{error.filename}: {error.strerror}")
        return 0
    lines = []
    if options.budget:
        left = Decimal(input("Budget: ")) - sum(sums.values(), Decimal())
        lines = [f"left: {left:.2f}" if left >= 0 else f"over: {-left:.2f}"]
    text = "".join(f"{line}\n" for line in [*report(sums), *lines])
    if options.output:
        with open(options.output, "w") as file:
            file.write(text)
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
