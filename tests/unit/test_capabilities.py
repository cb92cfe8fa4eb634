"""What is handed over has a kind, and the kind says what can be done with it."""

import argparse
import ast
import collections
import contextlib
import csv
import dataclasses
import datetime
import enum
import functools
import importlib
import io
import itertools
import json
import logging
import math
import operator
import os
import pathlib
import pickle
import queue
import random
import re
import sqlite3
import string
import subprocess
import sys
import tempfile
import threading
import types
import unittest
from unittest import mock

import numpy as np
import pytest

from sandboxes.guest.examiner.capabilities import Capabilities
from sandboxes.guest.examiner.kinds import KINDS
from sandboxes.guest.wire.errors import CannotCross

CAPABILITIES = Capabilities()


class Spy:
    size = 3

    def __init__(self):
        self.seen = []

    def record(self, *values):
        self.seen.append(values)

    @property
    def limit(self):
        return 1

    @limit.setter
    def limit(self, value):
        self.seen.append(value)

    @classmethod
    def make(cls):
        return cls()


class Shelf(dict):
    pass


class Case(unittest.TestCase):
    def runTest(self):
        pass


class Side(enum.Enum):
    LEFT = 1


Point = collections.namedtuple("Point", "x y")
Made = dataclasses.make_dataclass("Made", ["x"])


def double(x):
    return 2 * x


@functools.cache
def cached(x):
    return x


@contextlib.contextmanager
def opened():
    yield 1


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("function", double), ("function", lambda: 1), ("function", cached), ("function", functools.partial(double, 1)),
        ("function", Spy().record), ("function", Spy.make), ("function", opened), ("function", [].append),
        ("function", "{}".format), ("function", str.upper), ("function", len), ("function", math.sqrt),
        ("function", operator.itemgetter(1)), ("function", datetime.datetime.now), ("function", random.random),
        ("function", random.Random(1).choice), ("function", queue.Queue().put), ("function", json.dumps),
        ("function", np.sin), ("function", np.mean), ("function", mock.create_autospec(double)),
        ("class", Spy), ("class", io.StringIO), ("class", Side), ("opaque", subprocess.Popen), ("opaque", type), ("opaque", object),
        ("opaque", logging.Handler), ("opaque", operator.attrgetter), ("object", Spy()), ("object", Shelf()), ("object", Side.LEFT),
        ("object", Point(1, 2)), ("object", Made(1)), ("object", Case()), ("object", types.SimpleNamespace()),
        ("object", argparse.Namespace()), ("mock", mock.Mock()), ("mock", mock.MagicMock()),
        ("library", io.StringIO()), ("library", threading.Lock()), ("library", re.compile("x")),
        ("library", logging.getLogger("x")), ("library", np.random.default_rng(1)), ("library", opened()),
        ("library", csv.writer(io.StringIO())), ("library", mock.sentinel.x), ("library", mock.ANY),
        ("library", sqlite3.connect(":memory:")),
        ("iterator", iter([])), ("iterator", (x for x in [])), ("iterator", itertools.count()), ("iterator", {}.keys()),
        ("exception", ValueError("x")), ("opaque", AssertionError("x")), ("opaque", pytest.fail.Exception("x")),
        ("opaque", object()), ("opaque", ast.parse("1")), ("opaque", string.Formatter()),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)  # fmt: skip
def test_kinds(kind, value):
    assert CAPABILITIES.grant(value).name == kind


@pytest.mark.parametrize(
    "value",
    [
        eval, exec, open, compile, getattr, setattr, vars, globals, breakpoint, input, __import__, os.system, os.listdir,
        importlib.import_module, subprocess.run, pickle.loads, str.format, str.format_map, io.open, pathlib.Path("x").read_text,
        pathlib.Path.home, operator.call,
        Case().assertEqual, Case().skipTest, tempfile.mkdtemp, sys.exit, sys, sys._getframe(), double.__code__,
        ast.literal_eval, functools.update_wrapper, logging.getLogger, mock.patch, types.new_class, contextlib.contextmanager,
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)  # fmt: skip
def test_what_never_leaves(value):
    with pytest.raises(CannotCross, match="of the test's own instead"):
        CAPABILITIES.grant(value)


def reads(value, name):
    return CAPABILITIES.may_read(CAPABILITIES.grant(value), value, name)


def writes(value, name):
    return CAPABILITIES.may_write(CAPABILITIES.grant(value), value, name)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (double, "__name__"), (Spy(), "seen"), (Spy(), "record"), (Spy(), "size"), (Spy(), "limit"), (Spy, "make"), (Side, "LEFT"),
        (Side.LEFT, "value"), (Shelf(), "items"), (Point(1, 2), "x"), (Point(1, 2), "_replace"), (io.StringIO(), "read"),
        (mock.Mock(), "anything"), ((x for x in []), "send"), (types.SimpleNamespace(a=1), "a"), (ValueError("x"), "args"),
        (threading.Event(), "set"), (sqlite3.connect(":memory:"), "execute"), (Made(1), "x"),
    ],
)  # fmt: skip
def test_names_that_can_be_read(value, name):
    assert reads(value, name)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (double, "__globals__"), (double, "__code__"), (double, "__wrapped__"), (cached, "cache_clear"), (Spy(), "__class__"),
        (Spy(), "__dict__"), (Spy(), "__init__"), (Spy(), "missing"), (Spy, "mro"), (Spy, "__subclasses__"), (Spy, "__init__"),
        (Case(), "assertEqual"), (Case(), "skipTest"), (Case(), "addCleanup"), (mock.Mock(), "side_effect"),
        (mock.Mock(), "return_value"), (mock.Mock(), "assert_called_once"), (mock.Mock(), "mock_calls"),
        ((x for x in []), "gi_frame"), ((x for x in []), "throw"), (io.TextIOWrapper(io.BytesIO()), "buffer"),
        (io.TextIOWrapper(io.BytesIO()), "detach"), (logging.getLogger("x"), "manager"), (logging.getLogger("x"), "addHandler"),
        (sqlite3.connect(":memory:"), "load_extension"), (sqlite3.connect(":memory:"), "backup"), (ValueError("x"), "__traceback__"),
        (AssertionError("x"), "args"), (object(), "__class__"), ([].append, "__self__"), (re.compile("x"), "__class__"),
        (threading.Thread(), "run"), (threading.Thread(), "_target"),
    ],
)  # fmt: skip
def test_names_that_can_not_be_read(value, name):
    assert not reads(value, name)


def test_values_can_be_set_but_methods_stay():
    for name in ("seen", "size", "limit", "new"):
        assert writes(Spy(), name)
    for name in ("record", "make", "__class__", "_private"):
        assert not writes(Spy(), name)
    for value in (double, io.StringIO(), ValueError("x"), Spy, iter([])):
        assert not writes(value, "x")


def test_what_nothing_is_known_of_can_be_held_and_told_apart():
    assert KINDS["opaque"].specials == {"__eq__", "__ne__", "__hash__"}
    assert (KINDS["opaque"].call, KINDS["opaque"].read, KINDS["opaque"].write) == (False, "none", "none")


def test_names_that_a_test_gives_to_its_objects_can_be_read():
    fake, spy = mock.Mock(), Spy()
    fake.__name__ = "hello"
    functools.update_wrapper(spy, double)
    assert reads(fake, "__name__")
    assert reads(spy, "__name__")
    assert not reads(spy, "__wrapped__")
    assert not reads(mock.Mock(), "__name__")


def test_bound_lookups_stand_for_functions():
    for value in (iter([1]).__next__, {}.__getitem__, [].__len__):
        assert CAPABILITIES.grant(value).name == "function"
    for value in ([].__setitem__, object().__getattribute__, [].__class__.__subclasses__, {}.__reduce_ex__):
        with pytest.raises(CannotCross):
            CAPABILITIES.grant(value)
