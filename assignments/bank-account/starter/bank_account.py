class Overdrawn(Exception):
    """There is less in the account than was asked for."""


class Account:
    """A bank account that many threads may use at once."""

    def __init__(self, owner):
        self.owner = owner

    def deposit(self, amount):
        """Put money in."""

    def withdraw(self, amount):
        """Take money out."""

    def transfer(self, other, amount):
        """Move money to another account."""
