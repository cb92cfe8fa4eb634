"""Tests of a cache."""

import pytest
from cache import Cache


@pytest.fixture
def full():
    """A cache without room, in which "a" was not used for the longest time."""
    cache = Cache(3)
    for number, key in enumerate("abc", 1):
        cache.put(key, number)
    return cache


def test_values_can_be_read(full):
    assert [full.get(key) for key in "abc"] == [1, 2, 3]


def test_a_missing_key_is_an_error(full):
    with pytest.raises(KeyError):
        full.get("d")


@pytest.mark.parametrize("capacity", [0, -1])
def test_a_cache_has_room(capacity):
    with pytest.raises(ValueError, match="room"):
        Cache(capacity)


def test_the_key_not_used_for_the_longest_time_is_forgotten(full):
    full.put("d", 4)
    assert sorted(full) == ["b", "c", "d"]


def test_everything_fits_until_there_is_no_room(full):
    assert len(full) == 3
    full.put("d", 4)
    assert len(full) == 3


def test_reading_uses_a_key(full):
    full.get("a")
    full.put("d", 4)
    assert "a" in full
    assert "b" not in full


def test_replacing_uses_a_key(full):
    full.put("a", 10)
    full.put("d", 4)
    assert "a" in full


def test_asking_uses_a_key(full):
    assert "a" in full
    full.put("d", 4)
    assert "a" in full


def test_keys_come_from_the_last_used_one_on(full):
    full.get("b")
    assert list(full) == ["b", "c", "a"]


@pytest.mark.parametrize("value", [1, 0, None, ""])
def test_discarding_says_whether_the_key_was_there(value):
    cache = Cache(1)
    cache.put("a", value)
    assert cache.discard("a") is True
    assert cache.discard("a") is False
    assert "a" not in cache
