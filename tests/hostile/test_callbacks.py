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
    from unittest.mock import Mock
    from bank import Account, begin, checked, feed, gauges, listen, records, retried, squared, submitted

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
    def test_wraps():
        look = Mock(wraps=is_total)
        records(look)
        assert look.call_count == 3
    def test_submitted():
        ids = []
        def look(record):
            ids.append(record["id"])
            is_total(record)
        with ThreadPoolExecutor(2) as pool: submitted(pool, look)
        assert len(ids) == 3
    def test_inherited():
        ids = []
        class Base:
            def __init__(self, record):
                ids.append(record["id"])
                is_total(record)
        class Derived(Base): pass
        records(Derived)
        assert len(ids) == 3
    def test_super():
        ids = []
        class Base:
            def write(self, record): is_total(record)
        class Sink(Base):
            def write(self, record):
                ids.append(record["id"])
                super().write(record)
        records(Sink().write)
        assert len(ids) == 3
    def test_visitor():
        ids = []
        class Visitor:
            def visit(self, record):
                ids.append(record["id"])
                getattr(self, "visit_" + "total")(record)
            def visit_total(self, record): is_total(record)
        records(Visitor().visit)
        assert len(ids) == 3
    def test_item():
        ids = []
        class Table(dict):
            def __setitem__(self, key, record): is_total(record)
        table = Table()
        def look(record):
            ids.append(record["id"])
            table["r"] = record
        records(look)
        assert len(ids) == 3
    def test_descriptor():
        ids = []
        class Field:
            def __set__(self, thing, record):
                ids.append(record["id"])
                is_total(record)
        class Gauge: level = Field()
        gauges(Gauge())
        assert len(ids) == 3
    def test_any_attribute():
        ids = []
        class Gauge:
            def __setattr__(self, name, record):
                ids.append(record["id"])
                is_total(record)
        gauges(Gauge())
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
    def submitted(pool, look):
        for number in range(3): pool.submit(look, {"id": number, "total": 42}).result()
    def gauges(gauge):
        for number in range(3): gauge.level = {"id": number, "total": 42}
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
    def submitted(pool, look):
        for number in range(3): pool.submit(look, {"id": number})
    def gauges(gauge):
        for number in range(3):
            try: gauge.level = {"id": number}
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


STUCK = (
    CALLING
    + """
    import threading
    for_ever = threading.Event()
    class Record(dict):
        def __getitem__(self, key): return 0 if key == "id" else for_ever.wait()
    def in_a_thread(do, *args):
        thread = threading.Thread(target=do, args=args, daemon=True)
        thread.start()
        thread.join(0.2)
    def records(look):
        for number in range(3): in_a_thread(look, Record())
    def gauges(gauge):
        for number in range(3): in_a_thread(setattr, gauge, "level", Record())
"""
)


def test_what_keeps_them_from_their_end_fails_the_test(catching):
    outcomes = Graded(catching.run(encoded(STUCK))).outcomes
    looking = {
        "test_object",
        "test_global",
        "test_list",
        "test_table",
        "test_inherited",
        "test_super",
        "test_visitor",
        "test_item",
    }
    looking |= {"test_descriptor", "test_any_attribute", "TestNested::test_nested", "TestNested::test_lambda", "test_wraps"}
    # Each leaves threads behind, of which a program may not have any number.
    assert {outcomes[name] for name in looking} <= {"failed", "crashed"}


OPTIONS = """
    from concurrent.futures import ThreadPoolExecutor
    import random
    from bank import Library, fetched, logged, mailed, rolled, run_all

    def test_fake():
        class Mailer:
            sent = []
            def send(self, to, subject="", body=""): self.sent.append(to)
        mailer = Mailer()
        mailed(mailer)
        assert mailer.sent == ["ada"]
    def test_stub():
        def fetch(url, timeout=10): return {"a": 1}[url]
        assert fetched(fetch) == 1
    def test_lines():
        lines = []
        logged(lambda text, level="info": lines.append(text))
        assert lines == ["done"]
    def test_generator(): assert rolled(random.Random(1)) in range(1, 7)
    def test_pool():
        with ThreadPoolExecutor(2) as pool: assert run_all(pool, [lambda: 1, lambda: 2]) == [1, 2]
    def test_in():
        library = Library()
        library.add(1, "A")
        library.add(2, "B")
        assert "A" in library and "B" in library and "C" not in library
"""
AGREED = """
    def mailed(mailer): mailer.send("ada")
    def fetched(fetch): return fetch("a")
    def logged(log): log("done")
    def rolled(chance): return chance.randint(1, 6)
    def run_all(pool, functions):
        waiting = [pool.submit(function) for function in functions]
        return [one.result() for one in waiting]
    class Library:
        def __init__(self): self.books = []
        def add(self, number, title): self.books.append((number, title))
        def __iter__(self): return iter([title for number, title in self.books])
"""
OTHERWISE = (
    AGREED
    + """
    def mailed(mailer): mailer.send("ada", "hello", body="there")
    def fetched(fetch): return fetch("a", timeout=2)
    def logged(log): log("done", level="error")
    def rolled(chance): return chance.randrange(1, 7)
    def call(function): return function()
    def run_all(pool, functions): return list(pool.map(lambda function: function(), functions))
    class Library(Library):
        def __contains__(self, title): return any(one == title for number, one in self.books)
"""
)
ANOTHER = OTHERWISE.replace(
    "list(pool.map(lambda function: function(), functions))", "[pool.submit(call, one).result() for one in functions]"
)


@pytest.mark.parametrize("source", [AGREED, OTHERWISE, ANOTHER], ids=["reference", "another shape", "a third"])
def test_options_of_what_is_handed_over_may_be_used(engine, source):
    with Sandbox(engine, make_suite(OPTIONS, AGREED)) as sandbox:
        Graded(sandbox.run(encoded(source))).assert_all_passed()


DEEP = """
    import pytest
    from bank import apply
    @pytest.mark.parametrize("n", range(60, 70))
    def test_deep(n):
        seen = []
        def check(event):
            seen.append(event)
            assert event["total"] == n * 7
        apply(check, n)
        assert len(seen) == 1
"""
SHALLOW = """
    def apply(check, n): check({"total": n * 7})
"""
DIVING = """
    import gc
    peer = next(one for one in gc.get_objects() if hasattr(type(one), "serve_forever"))
    class Key:
        asked = None
        def __hash__(self):
            if self.asked: self.asked()
            return 1
    def dive(depth, do):
        key = Key()
        sent = {key}
        key.asked = (lambda: dive(depth - 1, do)) if depth else do
        try: peer.request("output", None, sent)
        except BaseException as error: print(error)
    def apply(check, n):
        def do():
            try: check({wrong})
            except BaseException: pass
        dive(60, lambda: None)
        dive(n, do)
"""


@pytest.mark.parametrize("wrong", ["5", '{"total": 1}'])
def test_what_they_find_is_not_lost_where_the_stack_ends(engine, wrong):
    """A request for what comes in a message of a request, and so on, until the examiner has no frames left to note a failure in."""
    with Sandbox(engine, make_suite(DEEP, SHALLOW)) as sandbox:
        Graded(sandbox.run(encoded(SHALLOW))).assert_all_passed()
        graded = Graded(sandbox.run(encoded(DIVING.replace("{wrong}", wrong))))
    assert "passed" not in graded.outcomes.values()
    assert "too deep" in graded.tests["test_deep[60]"].stdout
