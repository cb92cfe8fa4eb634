"""Add up expenses. See README.md."""

import sys


def main(arguments):
    """Run the program; return its exit status."""
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
