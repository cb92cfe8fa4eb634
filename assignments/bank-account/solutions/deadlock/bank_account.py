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

    def __init__(self, owner):
        self.owner = owner
        self._balance = 0
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
        with self._lock:
            time.sleep(0.001)
            with other._lock:
                self.withdraw(amount)
                other.deposit(amount)

    @staticmethod
    def _check(amount):
        if amount <= 0:
            raise ValueError(f"{amount} is no amount of money")
