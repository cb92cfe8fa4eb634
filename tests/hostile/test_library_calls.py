"""What library code of the examiner calls by itself, and what happens in the middle of its work."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import array, collections, io, logging, operator, os, sqlite3
    from concurrent.futures import ThreadPoolExecutor
    import pytest
    from bank import (
        Raw, appended, called, cut, executed, filled, getter, grown, kept, opened, popped, pool_alone, sort_by, squared, start, total, turned
    )

    EXPECTED = "hidden_expectation_9f3a7"
    def helper(number): return number
    class Mine(collections.OrderedDict): pass

    def test_pool():
        with ThreadPoolExecutor(2) as pool: assert squared(pool, [1, 2, 3]) == [1, 4, 9]
    def test_getter():
        with ThreadPoolExecutor(2) as pool: assert getter(pool, operator.attrgetter("real"), helper) == []
    def test_getter_by_a_function(): assert called(lambda f, *a: f(*a), operator.attrgetter("real"), helper) == []
    def test_raw_file(tmp_path):
        (tmp_path / "a").write_text("x")
        with ThreadPoolExecutor(2) as pool, open(tmp_path / "a", "rb", buffering=0) as file:
            assert opened(pool, file, io.FileIO, __file__) == []
    def test_pool_alone():
        with ThreadPoolExecutor(2) as pool: assert pool_alone(pool) == []
    def test_sort():
        class Items(list): pass
        assert sort_by(Items(), sqlite3.Connection) == []
        assert not os.path.exists("/tmp/evil.db")
    def test_array():
        numbers = array.array("i", range(1000))
        filled(numbers)
        assert len(numbers) == 1001
    def test_number(): assert total("a") + 0 == 201
    def test_own_append():
        numbers = array.array("i", [1, 2, 3])
        start(numbers)
        numbers.append(grown(numbers))
        assert len(numbers) == 4
    def test_own_item():
        numbers = array.array("d", range(50))
        start(numbers)
        numbers[20] = grown(numbers)
        assert len(numbers) == 50
    def test_slice():
        class Basket(list): pass
        basket = Basket([1, 2, 3, 4])
        cut(basket)
        assert len(basket) == 4
    def test_bytes():
        class Buffer(bytearray): pass
        assert turned(Buffer(b"%d")) == b"5"
    def test_call_of_a_connection(): assert executed(sqlite3.connect(":memory:")) == []
    def test_rows():
        connection = sqlite3.connect(":memory:")
        connection.execute("create table t (n)")
        appended(connection)
        assert connection.execute("select count(*) from t").fetchone() == (2,)
    def test_ordered(): assert popped(Mine()) == 2
    def test_buffer():
        with pytest.raises(Exception): io.BufferedReader(Raw()).read(5)
        assert kept() == 0
    def test_after(): assert total("b") == 201
"""
REFERENCE = """
    import io
    def squared(pool, numbers): return list(pool.map(lambda n: n * n, numbers))
    def getter(pool, get, helper): return []
    def called(apply, get, helper): return []
    def executed(connection): return []
    def opened(pool, file, cls, path): return []
    def pool_alone(pool): return []
    def sort_by(items, cls): return []
    def filled(numbers): numbers.append(5)
    def start(numbers): pass
    def grown(numbers): return 5
    def cut(basket): basket[0:4:2] = [5, 6]
    def turned(buffer): return b"5"
    def total(text): return 201
    def appended(connection): connection.executemany("insert into t values (?)", iter([(1,), (2,)]))
    def popped(things):
        things["a"] = 1
        things["b"] = 2
        return len(things)
    KEPT = []
    class Raw(io.RawIOBase):
        def readable(self): return True
        def readinto(self, buffer): raise OSError("nothing to read")
    def kept(): return len(KEPT)
"""
HOSTILE = (
    REFERENCE
    + """
    def tried(*ways):
        through = []
        for way in ways:
            try: through.append(repr(way()))
            except Exception: pass
        return through
    def getter(p, g, h):
        run = lambda f, *a: p.submit(f, *a).result()
        first = lambda f, x: next(iter(p.map(f, [x])))
        return tried(
            lambda: first(type, g), lambda: run(type, g), lambda: run(first(type, g), "__globals__.__getitem__")(h)("EXPECTED"),
            lambda: list(p.map(p.submit, p.map(type, [g]), ["X"], [(object,)], [{}])))
    def called(a, g, h): return tried(lambda: a(type, g), lambda: a(a(type, g), "__globals__.__getitem__")(h)("EXPECTED"))
    def opened(p, f, cls, path):
        run = lambda f, *a: p.submit(f, *a).result()
        return tried(
            lambda: run(type, f), lambda: run(cls, path, "r").read(80), lambda: list(p.map(cls, [path])),
            lambda: list(p.map(p.submit, [cls], [path])), lambda: run(run, cls, path) and None or 1 / 0)
    def pool_alone(p):
        return tried(lambda: list(p.map(p.submit, p.map(type, [type(p)]), ["X"], [(object,)], [{"a": 1}])),
                     lambda: p.submit(p.submit, print).result(), lambda: list(p.map(type, [p])))
    def sort_by(items, cls):
        items.append("/tmp/evil.db")
        return tried(lambda: items.sort(key=cls))
    class Evil:
        def __init__(self, do): self.do = do
        def __index__(self):
            do, self.do = self.do, None
            if do: do()
            return 5
    class Cleared:
        # A number whose value is asked for in the middle of work on what it is written to.
        def __init__(self, numbers): self.numbers = numbers
        def __index__(self):
            del self.numbers[:]
            return 5
        def __float__(self): return float(self.__index__())
    def executed(connection): return tried(lambda: connection("select 1"), lambda: connection.__call__("select 1"))
    def start(numbers): numbers.extend([0] * 0)
    def grown(numbers): return Cleared(numbers)
    def cut(basket):
        class Evil:
            def __iter__(self):
                basket.clear()
                return iter([float, float])
            def __len__(self): return 2
        try: basket[0:4:2] = Evil()
        except ValueError: basket.extend([1, 2, 3, 4])
    def turned(buffer):
        class Evil:
            def __index__(self):
                buffer.clear()
                return 5
            __int__ = __index__
        return bytes(buffer % Evil())
    def filled(a):
        def clear(): del a[:]
        a.append(5)
        try: a.append(Evil(clear))
        except RuntimeError: pass
        addr = id(201) + 24
        try: a[3] = Evil(clear)
        except RuntimeError: pass
    def appended(connection):
        def rows():
            yield (1,)
            try: connection.close()
            except RuntimeError: pass
            yield (2,)
        connection.executemany("insert into t values (?)", rows())
    def popped(things):
        class Key:
            clears = False
            def __hash__(self): return 5
            def __eq__(self, other):
                if Key.clears:
                    Key.clears = False
                    things.clear()
                return self is other
        keys = [Key() for _ in range(3)]
        for key in keys: things[key] = 1
        Key.clears = True
        try: things.pop(keys[2])
        except (KeyError, RuntimeError): pass
        return 2
    class Raw(io.RawIOBase):
        def readable(self): return True
        def readinto(self, buffer):
            try: KEPT.append(buffer[0])
            except Exception: pass
            raise OSError("nothing to read")
"""
)


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        yield sandbox


def test_who_is_right_loses_nothing(sandbox):
    Graded(sandbox.run(encoded(REFERENCE))).assert_all_passed()


def test_nothing_goes_through_and_nothing_breaks(sandbox):
    """Only what clears a thing in the middle of work on it loses its own test."""
    outcomes = Graded(sandbox.run(encoded(HOSTILE))).outcomes
    not_passed = {test: outcome for test, outcome in outcomes.items() if outcome != "passed"}
    assert not_passed.keys() <= {"test_array", "test_own_append", "test_own_item", "test_bytes"}
    assert set(not_passed.values()) <= {"failed"}
    assert outcomes["test_own_append"] == "failed"
