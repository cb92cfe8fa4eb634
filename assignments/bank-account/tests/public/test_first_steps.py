import pytest
from bank_account import Account


def test_a_new_account_is_empty():
    assert Account("Ada").balance == 0


def test_refuses_a_negative_deposit():
    with pytest.raises(ValueError):
        Account("Ada").deposit(-1)
