"""What tests hand over works in honest programs of any shape, as it does in one process."""

TESTS = """
    import random
    import sqlite3
    from unittest.mock import Mock

    import numpy as np
    import pytest
    from bank import *
    import bank


    class Listener:
        def __init__(self): self.heard = []
        def hear(self, what): self.heard.append(what)


    def test_methods_as_keys():
        bus, heard, listener = bank.Bus(), [], Listener()
        for callback in (heard.append, listener.hear, print, len):
            bus.on(callback)
        bus.off(print)
        bus.off(len)
        bus.emit("x")
        assert (heard, listener.heard) == (["x"], ["x"])
        bus.off(listener.hear)
        bus.emit("y")
        assert (heard, listener.heard) == (["x", "y"], ["x"])

    def test_names_given_to_mocks():
        fake = Mock(return_value=3)
        fake.__name__ = "hello"
        assert bank.named(fake)() == ("hello", 3)

    def test_documentation():
        @bank.wrapped
        def greet():
            "Say hello."
            return 1
        assert (greet.__doc__, greet.__name__, greet()) == ("Say hello.", "greet", 1)

    def test_lookups_as_functions(): assert bank.twice(iter([1, 2]).__next__) == [1, 2]

    def test_errors_of_a_library():
        connection = sqlite3.connect(":memory:")
        connection.execute("create table people (name unique)")
        bank.add(connection, "Ada")
        with pytest.raises(sqlite3.IntegrityError):
            bank.add(connection, "Ada")

    def test_the_same_exception():
        error = ValueError("x")
        def fail(): raise error
        with pytest.raises(ValueError) as caught:
            bank.call(fail)
        assert caught.value is error

    def test_star_imports_leave_modules_alone():
        assert isinstance(np.zeros(2), np.ndarray) and random.Random(1).random() < 1
        assert call(lambda: 5) == 5

    def test_printing_what_was_handed_over():
        class Silent: pass
        for thing in (Silent(), print, len, Silent, [].append, object()):
            assert isinstance(bank.show(thing), str)
            assert "test_" not in bank.show(thing)
"""
PROGRAM = """
    import functools, random
    import numpy as np

    class Bus:
        def __init__(self): self.listeners = {}
        def on(self, listener): self.listeners[listener] = True
        def off(self, listener): del self.listeners[listener]
        def emit(self, what):
            for listener in list(self.listeners): listener(what)

    class named:
        def __init__(self, function): self.name, self.function = function.__name__, function
        def __call__(self): return self.name, self.function()

    def wrapped(function):
        @functools.wraps(function)
        def inner(*args): return function(*args)
        return inner

    def twice(function): return [function(), function()]
    def call(function): return function()
    def show(thing): return f"{thing} {thing!r}"
    def add(connection, name):
        try:
            connection.execute("insert into people values (?)", (name,))
        except Exception:
            connection.rollback()
            raise
"""


def test_what_is_handed_over_works_as_in_one_process(grade):
    grade(TESTS, PROGRAM, requirements="numpy>=2.1,<3\n").assert_all_passed()


BETWEEN_CALLS = """
    import tempfile, time
    from pathlib import Path
    import bank
    def test_timer():
        got = []
        bank.later(lambda: got.append(1))
        end = time.monotonic() + 5
        while not got and time.monotonic() < end: time.sleep(0.01)
        assert got and time.monotonic() < end
    def test_folder():
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "a.txt").write_text("k")
            assert bank.read(Path(folder, "a.txt")) == "k"
    def test_file():
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("k")
            file.flush()
            assert bank.read(file.name) == "k"
"""
LATER = """
    import threading
    def later(call): threading.Timer(0.02, call).start()
    def read(path): return open(path).read()
"""


def test_threads_are_heard_between_calls_and_files_of_tempfile_are_seen(grade):
    grade(BETWEEN_CALLS, LATER).assert_all_passed()


TWICE = """
    import itertools
    import bank
    def test_counter(): assert bank.pairs(itertools.count(), 3) == [(0, 1), (1, 2), (2, 3)]
    def test_list(): assert bank.pairs(iter([5, 6, 7]), 2) == [(5, 6), (6, 7)]
    def test_generator(): assert bank.pairs((n * n for n in range(9)), 2) == [(0, 1), (1, 4)]
"""
TEE = """
    import itertools
    def pairs(numbers, count):
        ones, others = itertools.tee(numbers)
        next(others)
        return list(itertools.islice(zip(ones, others), count))
"""


def test_iterators_may_be_gone_through_twice_by_tee(grade):
    grade(TWICE, TEE).assert_all_passed()
