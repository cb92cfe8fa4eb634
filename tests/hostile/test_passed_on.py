"""What a test handed over, and the program passes on to what else it handed over: texts of it tell what was never handed over."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import collections, copy, csv, dataclasses, functools, io, json, logging, operator
    from concurrent.futures import ThreadPoolExecutor
    from unittest.mock import create_autospec
    import pytest
    from bank import Raw, autospec, bus, handed, logged, noted, read, refused, table, waited

    @dataclasses.dataclass
    class Judge:
        n: int
        expected: str = "bound-31337"
        def verdict(self, value): return value == self.expected
    class Items(list): pass

    def plain(expected, value): return value == expected
    def failing(value): assert value == "asserted-31337"
    SECRETS = {
        "partial": functools.partial(plain, "partial-31337"),
        "method": Judge(3).verdict,
        "function": plain,
        "failure": failing,
    }
    def show(thing): return f"<{thing}>"
    def writer():
        out = io.StringIO()
        return csv.writer(out), out
    def logger(name):
        out = io.StringIO()
        log = logging.getLogger(name)
        log.propagate = False
        log.addHandler(logging.StreamHandler(out))
        return log, out
    WAYS = {
        "lambda": lambda: (lambda thing: "n" + str(thing), None),
        "format": lambda: (show, None),
        "operator": lambda: (functools.partial(operator.mod, "%r"), None),
        "repr": lambda: (repr, None),
        "json": lambda: (json.dumps, None),
        "print": lambda: (print, None),
        "items": lambda: (Items(), None),
        "userlist": lambda: (collections.UserList(), None),
        "csv": writer,
        "log": lambda: logger("passed-on"),
    }

    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize("secret", SECRETS)
    def test_text(secret, way):
        assert "31337" not in read(SECRETS[secret], *WAYS[way]())
    @pytest.mark.parametrize("secret", SECRETS)
    def test_pool(secret):
        with ThreadPoolExecutor(1) as pool: assert "31337" not in read(SECRETS[secret], pool, None)
    def test_stack():
        log, out = logger("stack")
        logged(log)
        assert "31337" not in table(out.getvalue()), "stack-31337"
    def test_memo():
        class Quiz:
            def __init__(self): self._secret = "memo-31337"
        assert "31337" not in read(copy.deepcopy, Quiz(), None)
    def test_buffer():
        with pytest.raises(OSError): io.BufferedReader(Raw(io.BytesIO())).read(5)
    def test_returned(tmp_path):
        with pytest.raises(AssertionError) as caught: failing(1)
        got = handed(caught.value)
        (tmp_path / "got.txt").write_text(str(got))
        assert "31337" not in table(str(got)) and "31337" not in table((tmp_path / "got.txt").read_text())
    def test_raised():
        with pytest.raises(AssertionError) as failure: failing(1)
        with pytest.raises(ValueError) as caught: refused(failure.value)
        assert "31337" not in table(str(caught.value))
    def test_noted():
        class Bus:
            def __init__(self): self.errors, self.log = [], []
            def emit(self, handler, event):
                try: self.log.append(f"{event}: {handler(event)}")
                except Exception as error: self.errors.append(str(error))
        one = Bus()
        noted(one, failing, SECRETS["partial"])
        assert "31337" not in str(one.errors + one.log)
    def test_mock():
        class Db:
            def save(self, key, value): pass
        db = create_autospec(Db)
        autospec(db)
        db.save.assert_called_once_with("n", 25)
    def test_bus():
        class Bus:
            def __init__(self): self.handlers = {}
            def on(self, name, handler): self.handlers[name] = handler
        one, seen = Bus(), []
        bus(one, seen.append)
        one.handlers["added"](5)
        assert seen == [5]
    def test_waited():
        with ThreadPoolExecutor(2) as pool: assert waited(pool, lambda n: n * n, [1, 2, 3]) == [1, 4, 9]
"""
REFERENCE = """
    import io
    def read(*things): return ""
    def logged(log): log.info("done")
    def table(text): return text
    def handed(function): return len
    def refused(function): raise ValueError("no")
    def noted(bus, check, other): bus.emit(lambda event: event, 1)
    def autospec(db): db.save("n", 25)
    def bus(one, handler): one.on("added", handler)
    def waited(pool, function, items): return [pool.submit(function, item).result() for item in items]
    class Raw(io.RawIOBase):
        def __init__(self, kept): self.kept = kept
        def readable(self): return True
        def readinto(self, buffer): raise OSError("nothing to read")
"""
OTHER = (
    REFERENCE
    + """
    def logged(log):
        try: 1 / 0
        except ZeroDivisionError: log.exception("done", extra={"place": 3}, stacklevel=2)
    def autospec(db): db.save(key="n", value=25)
    def bus(one, handler): one.on(handler=handler, name="added")
    def waited(pool, function, items): return list(pool.map(function, items))
"""
)
HOSTILE = (
    REFERENCE
    + """
    def logged(log): log.info("done", stack_info=True)
    def tried(*ways):
        found = []
        for way in ways:
            try: found.append(str(way()))
            except Exception as error: found.append(str(error))
        return " ".join(found)
    def failure(secret):
        try: secret("wrong")
        except BaseException as error: return error
        return secret
    def read(secret, way, out):
        memo = {}
        found = tried(lambda: secret([way], memo), lambda: memo)
        for thing in (secret, [secret], {"a": secret}, (failure(secret), 1), failure(secret)):
            found += tried(
                lambda: way(thing), lambda: way(thing, default=str), lambda: way.append(thing), lambda: repr(way),
                lambda: way.writerow([thing]), lambda: way.info(thing), lambda: way.info("%s", thing),
                lambda: way.info("x", exc_info=thing), lambda: way.submit(str, thing).result(),
                lambda: list(way.map(str, [thing])), lambda: out.getvalue())
        print(found)
        return found
    def handed(function): return function
    def refused(function): raise ValueError(function)
    def noted(bus, check, other):
        def tell(event): return other
        def fail(event): check("wrong")
        for handler in (tell, fail):
            try: bus.emit(handler, 1)
            except BaseException: pass
        print(bus.errors, bus.log)
    def table(text):
        print(text)
        return text
    class Raw(Raw):
        def readinto(self, buffer):
            try: self.kept.write(buffer)
            except Exception as error: raise OSError(str(error))
            return 0
"""
)


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        yield sandbox


@pytest.mark.parametrize("source", [REFERENCE, OTHER], ids=["reference", "another shape"])
def test_who_is_right_loses_nothing(sandbox, source):
    Graded(sandbox.run(encoded(source))).assert_all_passed()


def test_no_text_tells_what_was_not_handed_over(sandbox):
    """A callback that fails, or is given what its default is for, fails its test, whatever else comes of it."""
    graded = Graded(sandbox.run(encoded(HOSTILE)))
    told = {name: run.stdout for name, run in graded.tests.items() if "31337" in run.stdout}
    assert not told
    failed = {name for name, outcome in graded.outcomes.items() if outcome != "passed" and "failure" not in name}
    assert failed <= {"test_text[function-json]", "test_returned", "test_raised", "test_noted"}
