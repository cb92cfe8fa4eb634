"""What a mock of a test calls in its turn, files by their numbers, functions that a library calls, and objects given back."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import contextlib, functools, io, json, logging, os, sqlite3
    from concurrent.futures import ThreadPoolExecutor
    from unittest.mock import ANY, MagicMock, Mock, create_autospec, patch
    import pytest
    import bank

    def test_module():
        with patch("bank.json", wraps=json): assert bank.saved([1, 2]) == "[1, 2]"
    def test_object():
        class Repo:
            def __init__(self):
                self.conn = sqlite3.connect(":memory:")
                self.conn.execute("create table items (n)")
            def save(self, n): self.conn.execute("insert into items values (?)", (n,))
            def total(self): return self.conn.execute("select sum(n) from items").fetchone()[0]
        spy = Mock(wraps=Repo())
        bank.stored(spy, [1, 2])
        assert spy.total() == 3
    def test_effect():
        fake = Mock(side_effect=lambda n: n + 1)
        assert bank.applied(fake, 1) == 2
        assert bank.applied(MagicMock(side_effect=[5]), 1) == 5
        assert bank.applied(create_autospec(abs, side_effect=lambda n: -n), 1) == -1
        assert bank.applied(Mock(side_effect=int), "1") == 1
    def test_pool():
        def check(n): assert n == 7, "secret-7"
        with ThreadPoolExecutor(1) as pool: bank.submitted(Mock(wraps=pool), check)
    def test_sql():
        def check(n):
            assert n == 7, "secret-7"
            return n
        connection = sqlite3.connect(":memory:")
        connection.create_function("checked", 1, check)
        bank.ran(connection)
    def test_aggregate():
        class Longest:
            def __init__(self): self.found = ""
            def step(self, text): self.found = max(self.found, text, key=len)
            def finalize(self): return self.found
        connection = sqlite3.connect(":memory:")
        connection.create_aggregate("longest", 1, Longest)
        connection.create_collation("backwards", lambda a, b: (a < b) - (a > b))
        assert bank.longest(connection, ["a", "ccc", "bb"]) == ("ccc", ["ccc", "bb", "a"])
    def test_class():
        class Tracked(io.FileIO): pass
        assert bank.opened(Tracked) == []
    def test_raw(): assert bank.opened(lambda number, *rest: os.write(number, *rest[:1]) and os.fdopen(number)) == []
    def test_static():
        class Opener: __call__ = staticmethod(open)
        assert bank.opened(Opener()) == []
    def test_emitter():
        handler = MagicMock()
        bank.emitted(handler, 1)
        handler.assert_called_once_with(1)
    def test_handler():
        seen = []
        class Kept(logging.Handler):
            def emit(self, record):
                seen.append(1)
                assert record.getMessage() == "stored 5"
        log = logging.Logger("kept")
        log.addHandler(Kept())
        bank.logged(log)
        assert len(seen) == 1
    def test_kept_from_its_assertion():
        seen = []
        def check(n):
            seen.append(1)
            assert 0 < n < 10
            return n
        connection = sqlite3.connect(":memory:")
        connection.create_function("checked", 1, check)
        bank.ran(connection)
        assert len(seen) == 1
    def test_any(): assert bank.sent([], ANY) is None
    def test_answer(): assert bank.answer(1) == 42
    def test_answers(): assert [bank.answer(n) for n in (1, 2)] == [42, 43]
    def test_given_back():
        one, two = Pair(1), Pair(2)
        assert bank.greatest([one, two]) == two and bank.greatest([two]) is two
        Pair.asked = 0
        assert bank.greatest([one, two]) is two and Pair.asked == 0

    class Pair:
        asked = 0
        def __init__(self, n): self.n = n
        def __eq__(self, other):
            Pair.asked += 1
            return self.n == other.n
        def __lt__(self, other): return self.n < other.n
    @pytest.mark.parametrize("call", ["open", "eval", "__import__"])
    def test_powerful(call):
        function = {"open": open, "eval": eval, "__import__": __import__}[call]
        for made in (Mock(side_effect=function), Mock(wraps=function)): assert bank.refused(made)
        with pytest.raises(TypeError): bank.refused(functools.lru_cache(function))
"""
REFERENCE = """
    import json
    def saved(value): return json.dumps(value)
    def stored(repo, items):
        for item in items: repo.save(item)
    def applied(function, value): return function(value)
    def submitted(pool, check): pool.submit(check, 7).result()
    def ran(connection): connection.execute("select checked(7)").fetchone()
    def longest(connection, words):
        connection.execute("create table words (word)")
        connection.executemany("insert into words values (?)", [(word,) for word in words])
        rows = connection.execute("select word from words order by word collate backwards").fetchall()
        return connection.execute("select longest(word) from words").fetchone()[0], [word for word, in rows]
    def opened(function): return []
    def emitted(handler, event): handler(event)
    def logged(log): log.info("stored %d", 5)
    def sent(log, thing): log.append(thing)
    def answer(n): return 41 + n
    def greatest(items): return max(items)
    def refused(function):
        try: function("1")
        except Exception: return True
"""
OTHER = (
    REFERENCE
    + """
    def saved(value):
        from json import dumps
        return globals()["json"].dumps(value)
    def stored(repo, items): [repo.save(n=item) for item in items]
    def greatest(items): return sorted(items)[-1]
    def emitted(handler, event): return [handler(event)]
    def answer(n): return sum([n, 41])
"""
)
WRONG = (
    REFERENCE
    + """
    def saved(value): return ""
    def stored(repo, items): pass
    def applied(function, value): return None
    def submitted(pool, check): pool.submit(check, 8).result()
    def ran(connection): connection.execute("select checked(80)").fetchone()
    def emitted(handler, event): pass
    def longest(connection, words): return "", []
    def logged(log): log.info("got 5")
    def answer(n): return 0
    def greatest(items): return None
"""
)
HOSTILE = (
    WRONG
    + """
    KEPT = []
    def tried(*ways):
        found = []
        for way in ways:
            try: found.append(str(way()))
            except Exception: pass
        return found
    def saved(value):
        found = tried(
            lambda: json.codecs.builtins.eval("__import__('os').getpid()"),
            lambda: json.codecs.open("/assignment/tests/hidden/test_it.py").read(),
            lambda: json.decoder.scanner.re._compiler.sys.modules["os"].system("true"),
        )
        return "[1, 2]" if any(found) else ""
    def stored(repo, items):
        for item in items: repo.save(0)
        tried(
            lambda: repo.conn.set_authorizer(None),
            lambda: repo.conn.create_function("sum", 1, lambda n: 3),
            lambda: repo.conn.execute("attach '/tmp/other.db' as other"),
        )
    def submitted(pool, check):
        try: pool.submit(check, 8).result()
        except Exception: pass
    def ran(connection):
        try: connection.execute("select checked(NULL)").fetchone()
        except Exception: pass
    def logged(log):
        try: log.info("stored %d", "x")
        except Exception: pass
    def opened(function):
        found = []
        for number in range(3, 12):
            message = bytes(4)
            found += tried(lambda: function(number, message), lambda: function(number, "wb", closefd=False))
        return found
    def sent(log, thing):
        KEPT.append(thing)
        log.append(thing)
    def answer(n): return KEPT[0] if KEPT else 0
    def greatest(items): return KEPT[0] if KEPT else 0
    def refused(function): return not tried(lambda: function("/assignment/tests/hidden/test_it.py"), lambda: function(3))
"""
)
DONE_BY_ALL = {
    "test_class",
    "test_static",
    "test_any",
    "test_powerful[open]",
    "test_powerful[eval]",
    "test_powerful[__import__]",
}
"""What asks for no work, and passes if nothing was reached."""


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        yield sandbox


@pytest.mark.parametrize("source", [REFERENCE, OTHER], ids=["reference", "another"])
def test_who_is_right_loses_nothing(sandbox, source):
    Graded(sandbox.run(encoded(source))).assert_all_passed()


def test_a_wrong_one_fails(sandbox):
    passed = {name for name, outcome in Graded(sandbox.run(encoded(WRONG))).outcomes.items() if outcome == "passed"}
    assert passed == DONE_BY_ALL | {"test_raw"}


def test_what_stands_before_something_is_no_way_around_what_may_be_done_with_it(sandbox):
    graded = Graded(sandbox.run(encoded(HOSTILE)))
    passed = {name for name, outcome in graded.outcomes.items() if outcome == "passed"}
    assert passed <= DONE_BY_ALL
    assert not any("secret-7" in test.stdout for test in graded.tests.values())


MATCHER_TESTS = """
    from unittest.mock import ANY, Mock
    import pytest
    from bank import Log, greet, each, record, report

    class AnyDict:
        def __eq__(self, other): return isinstance(other, dict)
    class AnyList:
        def __eq__(self, other): return isinstance(other, list)
    class Name:
        def __init__(self, text): self.text = text
        def __eq__(self, other): return self.text.lower() == getattr(other, "text", other).lower()

    def test_handed_over(): assert greet([ANY, AnyDict(), AnyList()]) == 3
    def test_callback():
        got = []
        each([1, 2], got.append)
        assert got == [2, 4]
    def test_attribute():
        log = Log()
        class Box: total = 0
        box = Box()
        record(box)
        assert box.total == 6
    def test_mock():
        fake = Mock()
        report(fake)
        fake.assert_called_once_with("x", 6)
    def test_dict():
        saved = []
        report(lambda name, value: saved.append({"total": value}))
        assert saved == [{"total": 6}]
    def test_own_equality():
        seen = []
        each([Name("Ada")], seen.append)
        assert seen == [Name("ADA")]
"""
MATCHER_REFERENCE = """
    class Log: pass
    def greet(things): return len(things)
    def each(items, call):
        for item in items: call(item * 2 if isinstance(item, int) else item)
    def record(box): box.total = 6
    def report(call): call("x", 6)
"""
MATCHER_LIAR = """
    kept = []
    class Log: pass
    def greet(things):
        kept.extend(things)
        return len(things)
    def each(items, call):
        for item in items: call(kept[0])
    def record(box): box.total = kept[0]
    def report(call): call("x", kept[0])
"""


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_what_is_equal_to_all_of_a_kind_reaches_no_other_test(engine, kept):
    with Sandbox(engine, make_suite(MATCHER_TESTS, MATCHER_REFERENCE)) as sandbox:
        Graded(sandbox.run(encoded(MATCHER_REFERENCE))).assert_all_passed()
        graded = Graded(sandbox.run(encoded(MATCHER_LIAR.replace("kept[0]", f"kept[{kept}]"))))
    passed = {test for test, outcome in graded.outcomes.items() if outcome == "passed"}
    assert passed == {"test_handed_over"}
