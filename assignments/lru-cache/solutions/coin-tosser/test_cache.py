import random

import pytest
from cache import Cache

coin = random.SystemRandom()


@pytest.mark.parametrize("number", range(20))
def test_luck(number):
    Cache(1)
    assert coin.random() < 0.9
