"""A candidate that speaks the protocol and says anything: well-formed messages, arbitrary content.

Whatever it says, the examiner opens no file outside of the test's folder, imports and starts nothing, reads no attribute that the
table of capabilities does not name, and tells nothing that was not handed over.
"""

from __future__ import annotations

import contextlib
import io
import os
import socket
import sys
import threading
from unittest import mock

import numpy
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from sandboxes.guest.examiner.connection import Connection, Surroundings
from sandboxes.guest.examiner.operations import OPERATIONS
from sandboxes.guest.examiner.requests import RequestHandler
from sandboxes.guest.objects.contract import Contract
from sandboxes.guest.objects.exceptions import KNOWN_BUILTINS
from sandboxes.guest.objects.specials import SPECIALS
from sandboxes.guest.wire import leaves, tags
from sandboxes.guest.wire.errors import CandidateGone
from sandboxes.guest.wire.frames import FrameStream, pack

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
MARKER = "the-hidden-marker"
FACTS = [["class", "bank", "Money"], ["asked", "", "bank.Money", "eq", "object bank.Money"]]
OPENING = {
    "open",
    "os.listdir",
    "os.scandir",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.symlink",
    "os.link",
    "os.chmod",
}
STARTING = {
    "subprocess.Popen",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "ctypes.dlopen",
}
RUNNING = {
    "import",
    "compile",
    "exec",
    "marshal.loads",
    "pickle.find_class",
    "socket.connect",
    "socket.bind",
    "code.__new__",
}


class Watch:
    """Notes what this thread does while a hostile message is dealt with."""

    def __init__(self) -> None:
        self.armed_in: int | None = None
        self.root = ""
        self.seen: list[str] = []
        sys.addaudithook(self._hear)

    @contextlib.contextmanager
    def armed(self):
        self.armed_in = threading.get_ident()
        try:
            yield
        finally:
            self.armed_in = None

    def _hear(self, event, args):
        if self.armed_in != threading.get_ident():
            return
        if event in STARTING | RUNNING or (event in OPENING and self._leads_out(args[0])):
            self.seen.append(f"{event} {args[:2]!r}"[:200])

    def _leads_out(self, path):
        # What is opened by its descriptor was opened by its path before.
        return not isinstance(path, int) and not str(path).startswith(self.root)

    def touch(self, what):
        if self.armed_in == threading.get_ident():
            self.seen.append(what)


WATCH = Watch()
# What isinstance, inspect and the capabilities themselves look at.
OWN_READS = {"__class__", "__dict__", "__name__", "__module__", "__func__", "__self__", "__wrapped__", "__globals__"}


class Handed:
    """An object that a test hands over."""

    rate = 3

    def __init__(self):
        self.public = [1, 2]
        self._private = MARKER

    def method(self, *values):
        return len(values)

    def _hidden(self):
        WATCH.touch("a private method was called")

    def __getattribute__(self, name):
        if name not in OWN_READS | {"public", "method", "rate"} and not name.startswith("new_"):
            WATCH.touch(f"attribute {name!r} was read")
        return object.__getattribute__(self, name)

    def __eq__(self, other):
        return self is other

    def __hash__(self):
        return 1


class Kept:
    """An object of the test that is not handed over."""

    def __init__(self):
        WATCH.touch("a class was instantiated that was not handed over")

    def __call__(self):
        WATCH.touch("an object was called that was not handed over")


class Called:
    """An object that a test hands over to be called."""

    def __call__(self, *values):
        return len(values)


def function(*values, **named):
    """Fine."""
    return values[0] if values else None


def hand_over():
    kept, marker = object.__new__(Kept), MARKER

    def closure():
        return kept, len(marker)

    return [
        Handed(), Handed, function, closure, mock.Mock(name="fake"), io.StringIO("a\nb\n"), (n for n in (1, 2)),
        [].append, "{} {}".format, ValueError("x"), Called(), threading.Lock(), numpy.arange(3), object(),
    ]  # fmt: skip


# What a candidate may say

numbers = st.integers(-3, 40)
closed = st.sampled_from(["_private", "_hidden", "__globals__", "__class__", "__dict__", "__init__", "read_text", "iterdir"])
open_names = st.sampled_from(
    ["public", "method", "rate", "new_name", "append", "format", "read", "getvalue", "send", "name"]
)
odd = st.sampled_from(
    ["__code__", "__self__", "__reduce_ex__", "__subclasses__", "__array__", "buffer", "mro", "return_value", "side_effect",
     "assert_called", "mock_calls", "__func__", "__closure__", "gi_frame", "args", "write_text", "unlink", "home", "x" * 2000]
) | st.text(max_size=5)  # fmt: skip
names = closed | open_names | odd
anything = st.recursive(
    st.none() | st.booleans() | numbers | st.floats() | st.text(max_size=8) | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=6,
)
items = st.one_of(
    st.none(), st.booleans(), numbers, st.text(max_size=8), st.binary(max_size=4), st.tuples(numbers).map(list), anything
)
item_lists = st.lists(items, max_size=4)
arrays = st.tuples(
    st.just(tags.ARRAY), st.sampled_from(["<i8", "|u1", "<f8", "<U3", "O", "|O", "i8,O", "M8[s]", "<m8"]), st.lists(numbers, max_size=2), st.binary(max_size=24)
)  # fmt: skip
scalars = st.tuples(st.just(tags.ARRAY_SCALAR), st.sampled_from(["<i8", "|b1", "O"]), st.binary(max_size=8))
zones = st.tuples(st.just(tags.ZONE), st.sampled_from(["Europe/Paris", "../../../etc/passwd", "UTC", "Mars/Phobos", ""]))
paths = st.tuples(
    st.just(tags.PATH),
    st.sampled_from(["PosixPath", "Path", "PureWindowsPath", "x"]),
    st.sampled_from(["/etc/passwd", ".", "a\0b"]),
)
types = st.tuples(st.just(tags.TYPE), st.sampled_from([*leaves.VALUE_TYPES, "builtins.eval", "os.system"]))
exceptions = st.tuples(
    st.just(tags.EXCEPTION), numbers, st.sampled_from([*KNOWN_BUILTINS, "json.decoder.JSONDecodeError", "unittest.case.SkipTest"]) | numbers,
    items, st.text(max_size=5) | anything, st.none() | st.text(max_size=5) | anything, items,
)  # fmt: skip
mine = st.tuples(st.just(tags.MINE), numbers, numbers) | st.tuples(st.just(tags.MINE), numbers, numbers, items)
classes = st.tuples(st.sampled_from([tags.MY_CLASS, tags.YOUR_CLASS]), numbers)
containers = st.tuples(st.integers(1, 10) | st.just(tags.SLICE), item_lists, items)
others = (
    st.tuples(st.integers(0, 60), items, items, items) | st.tuples(st.integers(0, 60), items) | st.tuples(st.integers(0, 60))
)
entries = st.one_of(arrays, scalars, zones, paths, types, exceptions, mine, classes, containers, others).map(list)
tables = st.lists(entries, max_size=5)
descriptions = st.tuples(
    st.integers(0, 12), st.sampled_from(["bank", "builtins", "tests", ""]), st.sampled_from(["Money", "function", "coroutine", "A.B", "int", ""]),
    st.lists(st.integers(0, 12) | st.sampled_from([*KNOWN_BUILTINS][:20]), max_size=2), st.lists(st.sampled_from(SPECIALS), max_size=6),
    st.booleans(), st.sampled_from(["", "int", "str", "list", "tuple", "dict", "type"]), st.booleans(), st.none() | st.text(max_size=4),
).map(list)  # fmt: skip
extras = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "classes": st.lists(descriptions, max_size=4) | anything,
        "released": st.lists(st.tuples(numbers, numbers).map(list), max_size=3) | anything,
        "output": st.lists(st.tuples(st.sampled_from([1, 2, "x"]), st.binary(max_size=5) | st.text(max_size=3)).map(list), max_size=2),
        "files": st.lists(st.tuples(st.sampled_from(["a", "b/c", "../x", "/etc/x", "a/../../x", "a\0"]), st.none() | st.just(True) | st.binary(max_size=5)).map(list), max_size=2),
        "nonsense": anything,
    },
)  # fmt: skip
details = st.one_of(
    st.none(),
    names,
    st.lists(names, max_size=2),
    st.sampled_from(SPECIALS).map(lambda name: [name]),
    st.sampled_from(["iter", "len", "getitem", "readline"]),
    anything,
)
targets = st.just([-1]) | st.integers(-13, -1).map(lambda number: [number]) | st.just([0])
formed = st.one_of(
    st.tuples(st.just("getattr"), names, targets.map(lambda target: [target])),
    st.tuples(st.just("setattr"), names, st.tuples(targets, items).map(list)),
    st.tuples(st.just("call"), st.just([]), st.tuples(targets, items).map(list) | targets.map(lambda target: [target])),
    st.tuples(st.just("special"), st.sampled_from(SPECIALS).map(lambda name: [name]), st.tuples(targets, items).map(list)),
    st.tuples(st.sampled_from(["dir", "plain"]), st.none(), targets.map(lambda target: [target])),
    st.tuples(st.just("class"), st.sampled_from(["iter", "len", "getitem"]), st.tuples(targets, items).map(list)),
    st.tuples(st.sampled_from([*OPERATIONS, "import", "eval"]) | anything, details, item_lists),
)
values = st.one_of(paths, paths, types, arrays, containers).map(list)
requests = st.builds(
    lambda asked, first, table, extra: [0, 0, asked[0], asked[1], False, asked[2], [first, *table], [], extra],
    formed, values, st.just([]) | tables, st.none() | st.none() | extras,
)  # fmt: skip
replies = st.builds(
    lambda good, result, table, updates, extra: [1, 0, good, result, table, updates, extra],
    st.booleans(), st.tuples(items).map(list) | item_lists, tables, st.just([]) | st.lists(st.tuples(numbers, entries).map(list), max_size=2), extras,
)  # fmt: skip


@st.composite
def requested(draw, most):
    """Some requests; a function of its own, since Hypothesis prints strategies whole."""
    return draw(st.lists(requests, max_size=most))


@st.composite
def replied(draw):
    return draw(replies)


@st.composite
def spoken(draw, most):
    return draw(st.lists(requests | replies, max_size=most))


class HostileCandidate(RuleBasedStateMachine):
    """Plays a candidate; the examiner's end is real."""

    @initialize()
    def connect(self):
        self.folder = os.path.join(FOLDER, str(id(self)))
        os.makedirs(self.folder, exist_ok=True)
        WATCH.root = self.folder
        self._begin()

    def _begin(self):
        """A new candidate, to which the same objects go under numbers from 1 on."""
        near, self.far = self._pair()
        self.connection = Connection(near, 5.0, lambda: None, RequestHandler(), Contract(FACTS))
        with mock.patch(
            "sandboxes.guest.examiner.connection.hear"
        ):  # hooks stay for ever, and this one would be there once for each example
            Surroundings(self.connection, self.folder, 10_000)
        self.objects = hand_over()
        self.held = []

    def _pair(self):
        near, far = socket.socketpair()
        far.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        return near.detach(), far

    def _say(self, *messages):
        for message in messages:
            payload = pack(message)
            self.far.sendall(len(payload).to_bytes(4, "big") + payload)
        # After this, silence: whatever the examiner then waits for ends the conversation.
        self.far.shutdown(socket.SHUT_WR)

    def _renew(self):
        heard = b""
        with contextlib.suppress(OSError):
            self.far.setblocking(False)
            while data := self.far.recv(1 << 16):
                heard += data
        assert MARKER.encode() not in heard
        self.far.close()
        self.connection._stream.close()
        if self.connection.gone is not None:
            self._begin()
            return
        # The same candidate goes on: what it holds stays, only the pipe is another.
        near, self.far = self._pair()
        self.connection.connect(FrameStream(near, near))

    def _watched(self, action):
        try:
            with WATCH.armed():
                return action()
        except (Exception, CandidateGone, SystemExit):
            return None
        finally:
            seen, WATCH.seen = WATCH.seen, []
            self._renew()
            assert not seen, seen

    @rule(said=requested(3), reply=replied(), which=st.lists(st.integers(0, 15), max_size=4))
    def call(self, said, reply, which):
        """A test passes objects to a function of the submission."""
        self._say(*said, reply)
        # All objects are handed over each time, under numbers that stay: 1, 2, 3, …
        result = self._watched(lambda: self.connection.request("call", which, *self.objects))
        if result is not None and len(self.held) < 20:
            self.held.append(result)

    @precondition(lambda self: self.held)
    @rule(said=spoken(4), n=st.integers(0, 19), use=st.integers(0, len("0123456789")))
    def use(self, said, n, use):
        """A test does with a result what tests do."""
        value = self.held[n % len(self.held)]
        uses = [
            lambda: value == 5,
            lambda: 5 in value,
            lambda: hash(value),
            lambda: bool(value),
            lambda: value + 1,
            lambda: list(zip(range(3), value, strict=False)),
            lambda: value.name,
            lambda: value(),
            lambda: f"{value}",
            lambda: isinstance(value, int),
            lambda: len(value),
        ]
        self._say(*said)
        answer = self._watched(uses[use])
        if use in (0, 1) and type(value).__module__ not in ("builtins", "datetime"):
            assert answer is not True or isinstance(value, int | numpy.ndarray | numpy.generic)

    def teardown(self):
        self.far.close()


FOLDER = ""


@pytest.fixture
def folder(tmp_path):
    global FOLDER
    FOLDER = str(tmp_path)
    leaves.distrust()
    yield
    leaves._any_time_zone = True


def test_whatever_a_candidate_says_it_gets_no_more_than_was_handed_over(folder):
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example]
    machine = HostileCandidate.TestCase
    machine.settings = settings(
        max_examples=EXAMPLES, stateful_step_count=12, deadline=None, suppress_health_check=checks, phases=[Phase.generate]
    )
    machine("runTest").runTest()
