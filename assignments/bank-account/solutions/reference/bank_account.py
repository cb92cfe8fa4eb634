import itertools
import threading
import time


class Overdrawn(Exception):
    """There is less in the account than was asked for."""

    def __init__(self, balance, amount):
        super().__init__(f"{amount} asked for, {balance} there")
        self.balance = balance
        self.amount = amount


class Account:
    """A bank account that many threads may use at once."""

    _numbers = itertools.count()

    def __init__(self, owner):
        self.owner = owner
        self._balance = 0
        self._number = next(self._numbers)
        self._lock = threading.RLock()

    @property
    def balance(self):
        """What is in the account."""
        with self._lock:
            return self._balance

    def deposit(self, amount):
        """Put money in."""
        self._check(amount)
        with self._lock:
            balance = self._balance
            time.sleep(0)  # let others have their turn: the lock must hold
            self._balance = balance + amount

    def withdraw(self, amount):
        """Take money out."""
        self._check(amount)
        with self._lock:
            if amount > self._balance:
                raise Overdrawn(self._balance, amount)
            self._balance -= amount

    def transfer(self, other, amount):
        """Move money to another account."""
        # Locks are always taken in the same order, so that two transfers can't wait for each other.
        first, second = sorted((self, other), key=lambda account: account._number)
        with first._lock, second._lock:
            self.withdraw(amount)
            other.deposit(amount)

    @staticmethod
    def _check(amount):
        if amount <= 0:
            raise ValueError(f"{amount} is no amount of money")
