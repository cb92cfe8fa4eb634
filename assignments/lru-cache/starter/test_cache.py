"""Tests of a cache."""

from cache import Cache


def test_a_value_can_be_read():
    cache = Cache(2)
    cache.put("a", 1)
    assert cache.get("a") == 1


# What should happen when there is no room left?
