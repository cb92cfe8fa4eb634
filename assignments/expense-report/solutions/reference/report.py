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


def report(sums, largest_first):
    """The report's lines."""
    by_name = sorted(sums.items())
    order = sorted(by_name, key=lambda entry: -entry[1]) if largest_first else by_name
    lines = [f"{category}: {amount:.2f}" for category, amount in order]
    return [*lines, f"total: {sum(sums.values(), Decimal()):.2f}"]


def main(arguments):
    """Run the program; return its exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*")
    parser.add_argument("--output")
    parser.add_argument("--budget", action="store_true")
    parser.add_argument("--largest-first", action="store_true")
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
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    lines = []
    if options.budget:
        left = Decimal(input("Budget: ")) - sum(sums.values(), Decimal())
        lines = [f"left: {left:.2f}" if left >= 0 else f"over: {-left:.2f}"]
    text = "".join(f"{line}\n" for line in [*report(sums, options.largest_first), *lines])
    if options.output:
        with open(options.output, "w") as file:
            file.write(text)
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
