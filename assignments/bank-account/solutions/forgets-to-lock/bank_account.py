import time


class Overdrawn(Exception):
    def __init__(self, balance, amount):
        super().__init__(f"{amount} asked for, {balance} there")
        self.balance = balance
        self.amount = amount


class Account:
    def __init__(self, owner):
        self.owner = owner
        self._balance = 0

    @property
    def balance(self):
        return self._balance

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError(amount)
        balance = self._balance
        time.sleep(0.001)  # "ask the central bank"
        self._balance = balance + amount

    def withdraw(self, amount):
        if amount <= 0:
            raise ValueError(amount)
        if amount > self._balance:
            raise Overdrawn(self._balance, amount)
        balance = self._balance
        time.sleep(0.001)
        self._balance = balance - amount

    def transfer(self, other, amount):
        self.withdraw(amount)
        other.deposit(amount)
