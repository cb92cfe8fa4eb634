"""Functions of a test that look at how they are called: what they find can't be swallowed, nor they be kept from it."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import functools, unittest
    from unittest.mock import Mock
    from bank import apply, apply_item, assign, compare, fill, grouped, key_of, total_of

    def verify(value): assert value == 55
    def through(value): verify(value + 0)
    class Checker:
        seen = 0
        def __call__(self, value): self.check(value + 0)
        def check(self, value):
            self.seen += 1
            assert value == 55
    class Slots:
        def __setitem__(self, key, value):
            assert key + 0 == 1
            assert value == 55
    class Guarded:
        @property
        def value(self): return 1
        @value.setter
        def value(self, new): self._check(new + 0)
        def _check(self, new): assert new == 55
    class Same:
        def __eq__(self, other):
            assert other.n + 0 == 5
            return True
    class Made:
        def __init__(self, value): verify(value + 0)

    def test_helper(): apply(through)
    def test_lambda(): apply(lambda value: through(value))
    def test_default(): apply(lambda value, check=through: check(value))
    def test_partial(): apply(functools.partial(through))
    def test_object(): apply(Checker())
    def test_class(): apply(Made)
    def test_mock(): apply(Mock(side_effect=through))
    def test_closure():
        expected = through
        def check(value): return expected(value)
        apply(check)
    def test_item():
        def check(item): assert item.value == 55
        apply_item(check)
    def test_setitem(): fill(Slots())
    def test_property(): assign(Guarded())
    def test_equal(): assert compare(Same())
    def test_group():
        def check(value):
            try: assert value == 55
            except AssertionError as error: raise ExceptionGroup("checks", [error])
        apply(check)
    class TestMethods(unittest.TestCase):
        def check(self, value): self.look(value + 0)
        def look(self, value): self.assertEqual(value, 55)
        def test_method(self): apply(self.check)

    # What fails nothing may be called in any way.
    def test_key(): assert total_of([1, 2], key=lambda n: n + 1) == 5
    def test_errors(): assert key_of({"a": 1}.__getitem__) is None
"""
REFERENCE = """
    class Item:
        value = 55
        n = 5
    def apply(f): f(55)
    grouped = apply
    def apply_item(f): f(Item())
    def fill(slots): slots[1] = 55
    def assign(thing): thing.value = 55
    def compare(thing): return thing == Item()
    def total_of(values, key): return sum(map(key, values))
    def key_of(f):
        try: return f("b")
        except KeyError: return None
"""
SWALLOWING = """
    class Item:
        @property
        def value(self): raise {error}
        @property
        def n(self): raise {error}
        def __add__(self, other): raise {error}
    class Own(BaseException): pass
    def quietly(do, *args):
        try: return do(*args)
        except BaseException: pass
    def apply(f): quietly(f, {wrong})
    grouped = apply
    def apply_item(f): quietly(f, Item())
    def fill(slots): quietly(slots.__setitem__, {wrong}, 55)
    def assign(thing): quietly(setattr, thing, "value", {wrong})
    def compare(thing):
        quietly(lambda: thing == Item())
        return True
    def total_of(values, key):
        try: key(None)
        except TypeError: pass
        return sum(map(key, values))
    def key_of(f): return quietly(f, "c")
"""
FREE = {"test_key", "test_errors"}


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        yield sandbox


def test_honest_work_calls_them_as_agreed(sandbox):
    Graded(sandbox.run(encoded(REFERENCE))).assert_all_passed()


@pytest.mark.parametrize("error", ["ValueError", "Own", "SystemExit", "KeyboardInterrupt", "GeneratorExit"])
@pytest.mark.parametrize("wrong", ["54", "None", "Item()"])
def test_what_they_find_is_not_swallowed(sandbox, error, wrong):
    graded = Graded(sandbox.run(encoded(SWALLOWING.format(error=error, wrong=wrong))))
    passed = {name for name, outcome in graded.outcomes.items() if outcome == "passed"}
    assert passed == FREE, {name: graded.message(name) for name in passed - FREE}


CAUGHT = """
    import asyncio, threading, unittest
    from concurrent.futures import ThreadPoolExecutor
    import pytest
    from bank import Account, begin, checked, feed, listen, records, retried, squared

    class Checker:
        def verify(self, record): assert record["total"] == 42
    CHECKER = Checker()
    def is_total(record): assert record["total"] == 42
    CHECKS, TABLE = [is_total], {"total": is_total}

    @pytest.fixture
    def check():
        seen = []
        def check(value):
            seen.append(value)
            assert value == 49
        yield check
        assert len(seen) == 1
    # What a test itself catches on the way
    def test_pool(check):
        with ThreadPoolExecutor(2) as pool: squared(7, check, pool)
    def test_attempt(check):
        def attempt(task):
            try: task()
            except Exception: return False
        retried(7, check, attempt)
    def test_bus(check):
        class Bus:
            def __init__(self): self.handlers, self.errors = [], []
            def on(self, handler): self.handlers.append(handler)
            def emit(self, *args):
                for handler in self.handlers:
                    try: handler(*args)
                    except Exception as error: self.errors.append(error)
        bus = Bus()
        listen(bus, check)
        bus.emit(7)
    def test_gather(check):
        async def main(): return await asyncio.gather(feed(7, check), return_exceptions=True)
        asyncio.run(main())
    def test_thread(check):
        thread = threading.Thread(target=begin, args=(7, check))
        thread.start()
        thread.join()
    def test_probe():
        seen = []
        def look(value):
            seen.append(value)
            assert value == 5
        account = Account(look)
        account.deposit(5)
        assert account == Account(look, 5)
    def test_expected():
        with pytest.raises(AssertionError): checked(lambda value: is_total({"total": value}), 41)
    # How a function that may fail hides it
    def test_object():
        ids, checker = [], Checker()
        def look(record):
            ids.append(record["id"])
            checker.verify(record)
        records(look)
        assert len(ids) == 3
    def test_global():
        ids = []
        def look(record):
            ids.append(record["id"])
            CHECKER.verify(record)
        records(look)
        assert len(ids) == 3
    def test_list():
        ids = []
        def look(record):
            ids.append(record["id"])
            for one in CHECKS: one(record)
        records(look)
        assert len(ids) == 3
    def test_table():
        ids = []
        def look(record):
            ids.append(record["id"])
            for name in ("total",): TABLE[name](record)
        records(look)
        assert len(ids) == 3
    class TestNested(unittest.TestCase):
        def check(self, record): self.assertEqual(record["total"], 42)
        def test_nested(self):
            ids = []
            def look(record):
                ids.append(record["id"])
                self.check(record)
            records(look)
            self.assertEqual(len(ids), 3)
        def test_lambda(self):
            ids = []
            records(lambda record: (ids.append(record["id"]), self.check(record)))
            self.assertEqual(len(ids), 3)
"""
CALLING = """
    def squared(n, check, pool): pool.submit(lambda: check(n * n)).result()
    def retried(n, check, attempt): attempt(lambda: check(n * n))
    def listen(bus, check): bus.on(lambda n: check(n * n))
    def begin(n, check): check(n * n)
    async def feed(n, check): check(n * n)
    def checked(check, value): check(value)
    def records(look):
        for number in range(3): look({"id": number, "total": 42})
    class Account:
        def __init__(self, look, balance=0): self.look, self.balance = look, balance
        def deposit(self, amount):
            self.balance += amount
            self.look(self.balance)
        def __eq__(self, other): return self.balance == other.balance
"""
OTHER_CALLING = CALLING.replace("pool.submit(lambda: check(n * n)).result()", "pool.submit(check, n * n).result()")
LOSING = (
    CALLING
    + """
    def squared(n, check, pool): pool.submit(lambda: check(0))
    def retried(n, check, attempt): attempt(lambda: check(0))
    def listen(bus, check): bus.on(lambda n: check(0))
    def begin(n, check): check(0)
    async def feed(n, check): check(0)
    def checked(check, value): pass
    def records(look):
        for number in range(3):
            try: look({"id": number})
            except BaseException: pass
    class Account:
        def __init__(self, look, balance=5): self.look, self.balance = look, balance
        def deposit(self, amount): pass
        def __eq__(self, other):
            self.look(0)
            return True
"""
)


@pytest.fixture(scope="module")
def catching(engine):
    with Sandbox(engine, make_suite(CAUGHT, CALLING)) as sandbox:
        yield sandbox


@pytest.mark.parametrize("source", [CALLING, OTHER_CALLING], ids=["reference", "another shape"])
def test_who_calls_them_as_agreed_loses_nothing_where_tests_catch(catching, source):
    Graded(catching.run(encoded(source))).assert_all_passed()


def test_what_they_find_is_not_lost_where_tests_catch(catching):
    graded = Graded(catching.run(encoded(LOSING)))
    assert set(graded.outcomes.values()) == {"failed"}, graded.outcomes
