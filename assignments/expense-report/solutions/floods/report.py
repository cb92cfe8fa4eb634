"""Prints the report over and over, and never asks."""

import sys


def main(arguments):
    lines = sys.stdin.read().splitlines() if not arguments else []
    while True:
        print("food: 15.55")
        print("travel: 99.00")
        print(f"total: {len(lines)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
