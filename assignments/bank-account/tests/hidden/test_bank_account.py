import threading

import pytest
from bank_account import Account, Overdrawn


@pytest.fixture
def account():
    account = Account("Ada")
    account.deposit(100)
    return account


def test_deposit(account):
    account.deposit(20)
    assert account.balance == 120
    assert account.owner == "Ada"


def test_withdraw(account):
    account.withdraw(30)
    assert account.balance == 70


def test_withdraw_everything(account):
    account.withdraw(100)
    assert account.balance == 0


@pytest.mark.parametrize("amount", [0, -5])
def test_refuses_amounts_that_are_none(account, amount):
    with pytest.raises(ValueError):
        account.withdraw(amount)
    with pytest.raises(ValueError):
        account.deposit(amount)
    assert account.balance == 100


@pytest.mark.hint("Overdrawn should carry what there was and what was asked for.")
def test_overdrawn_says_by_how_much(account):
    with pytest.raises(Overdrawn) as caught:
        account.withdraw(101)
    assert (caught.value.balance, caught.value.amount) == (100, 101)
    assert account.balance == 100


def test_refuses_to_have_its_balance_set(account):
    with pytest.raises(AttributeError):
        account.balance = 1_000_000
    assert account.balance == 100


def test_transfer(account):
    other = Account("Grace")
    account.transfer(other, 40)
    assert (account.balance, other.balance) == (60, 40)


@pytest.mark.points(2)
@pytest.mark.hint("Take the money out before you put it in; and check before you take.")
def test_transfer_that_fails_changes_nothing(account):
    other = Account("Grace")
    with pytest.raises(Overdrawn):
        account.transfer(other, 500)
    with pytest.raises(ValueError):
        account.transfer(other, -10)
    assert (account.balance, other.balance) == (100, 0)


def in_threads(*jobs):
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.points(3)
@pytest.mark.hint("Between reading the balance and writing it, another thread may have its turn.")
def test_concurrent_deposits(account):
    def job():
        for _ in range(25):
            account.deposit(1)

    in_threads(*[job] * 8)
    assert account.balance == 300


@pytest.mark.points(3)
@pytest.mark.hint("Two accounts, two locks: in which order are they taken?")
def test_concurrent_transfers_in_both_directions(account):
    other = Account("Grace")
    other.deposit(100)

    def job(source, target):
        for _ in range(25):
            source.transfer(target, 1)

    in_threads(*[lambda: job(account, other), lambda: job(other, account)] * 3)
    assert (account.balance, other.balance) == (100, 100)
