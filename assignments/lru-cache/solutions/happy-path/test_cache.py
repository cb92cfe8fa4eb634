from cache import Cache


def test_put_and_get():
    cache = Cache(3)
    cache.put("a", 1)
    assert cache.get("a") == 1


def test_len():
    cache = Cache(3)
    cache.put("a", 1)
    cache.put("b", 2)
    assert len(cache) == 2


def test_forgets_something():
    cache = Cache(1)
    cache.put("a", 1)
    cache.put("b", 2)
    assert "b" in cache
    assert "a" not in cache
