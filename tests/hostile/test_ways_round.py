"""Ways round an honest failure: other exceptions, other tests, other threads, other views of the same value."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import contextlib, threading
    from types import SimpleNamespace
    from unittest.mock import AsyncMock, Mock

    import pytest
    from bank import account_numbers, Account, Overdrawn, Queue, apply, close, each, numbers, save

    KEPT = {}

    @pytest.fixture(scope="module")
    def checked():
        def check(value): assert value == 5
        apply(check)
        return 1

    def test_overdrawn():
        with pytest.raises(Overdrawn):
            Account(5).withdraw(10)
            pytest.fail("nothing was raised")
    def test_queue(): assert Queue(3).size() == 3
    def test_replaced_by_exit():
        with pytest.raises(ValueError):
            with Account(5) as account:
                account.deposit(10)
                assert account.balance() == 15
                raise ValueError
    def test_replaced_by_close():
        with pytest.raises(ValueError):
            with contextlib.closing(Account(5)) as account:
                assert account.balance() == 5
                raise ValueError
    def test_mock():
        db = Mock()
        save(db, 5)
        db.save.assert_called_once_with(5)
    def test_namespace():
        db = SimpleNamespace(save=Mock())
        save(db, 5)
        db.save.assert_called_once_with(5)
    @pytest.mark.points(5)
    def test_award_one(score):
        def done(n):
            if n == 5: score.award(1)
        apply(done)
    @pytest.mark.points(5)
    def test_award_two(score):
        Account(1)
        assert numbers(0) == [1]
    def test_laundered_by_a_thread():
        def check(value): assert value == 5
        apply(check)
        thread = threading.Thread(target=lambda: Account(1).deposit(1))
        thread.start(); thread.join()
    def test_laundered_by_raises():
        def check(value): assert value == 5
        apply(check)
        with pytest.raises(Exception):
            Account(1).withdraw(5)
    def test_fixture_one(checked): pass
    def test_fixture_two(checked): pass
    def test_tuple():
        got = numbers(3)
        assert len(got) == 3
        for a, b in zip(got, (1, 2, 3)):
            assert abs(a - b) < 1e-6
    def test_counted_and_compared():
        got = account_numbers(3)
        assert len(got) == 3
        for a, b in zip(got, (1, 2, 3)):
            assert abs(a - b) < 1e-6
    def test_stop():
        for got, want in zip(map(each, [1, 2]), [2, 3]):
            assert got == want
    def test_names_of_tests():
        def check(): pass
        assert "<locals>" not in apply(check)
"""
REFERENCE = """
    class Overdrawn(Exception): pass
    class Queue:
        def __init__(self, n): self.n = n
        def size(self): return self.n
    class Account:
        def __init__(self, n): self.n = n
        def balance(self): return self.n
        def deposit(self, n): self.n += n
        def withdraw(self, n):
            if n > self.n: raise Overdrawn(n)
        def close(self): pass
        def __enter__(self): return self
        def __exit__(self, *error): return False
    def apply(f):
        try: return str(f(5))
        except TypeError as error: return str(error)
    def close(thing): thing.close()
    def each(n): return n + 1
    def numbers(n): return list(range(1, n + 1)) or [1]
    def save(db, n): db.save(n)
    def account_numbers(n): return list(range(1, n + 1))
"""
IMPOSTOR = """
    from collections import deque as Queue
    Overdrawn = BaseException
    KEPT = []
    CALLBACKS = []
    class Liar:
        def assert_called_once_with(self, *args): pass
        def __call__(self, *args): pass
    class Short(tuple):
        def __len__(self): return 3
        def __iter__(self): return iter(())
    class Few:
        def __len__(self): return 3
        def __iter__(self): return iter(())
    def account_numbers(n): return Few()
    class Account:
        def __init__(self, n):
            for callback in CALLBACKS:
                try: callback(5)
                except BaseException: pass
        def balance(self): return 0
        def deposit(self, n):
            if KEPT: raise KEPT[-1]
        def withdraw(self, n):
            if KEPT: raise KEPT[-1]
        def close(self): raise ValueError
        def __enter__(self): return self
        def __exit__(self, *error): raise ValueError
    def apply(f):
        CALLBACKS.append(f)
        try: f(6)
        except BaseException as error:
            KEPT.append(error)
            return str(error)
        return "<locals>"
    def close(thing): pass
    def each(n): raise StopIteration
    def numbers(n): return Short()
    def save(db, n): db.save = Liar()
"""


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        yield sandbox


def test_the_reference_passes(sandbox):
    Graded(sandbox.run(encoded(REFERENCE))).assert_all_passed()


def test_there_is_no_way_round(sandbox):
    graded = Graded(sandbox.run(encoded(IMPOSTOR)))
    # What a callback says of its wrong call names nothing of the tests; and to award is to be called as agreed.
    passed = {name for name, outcome in graded.outcomes.items() if outcome == "passed"}
    assert passed <= {"test_names_of_tests", "test_award_one"}, passed
    assert not any(one.awards for one in graded.run.tests)
