"""Values cross the wire and come out as they went in."""

import datetime
import decimal
import fractions
import math
import pathlib
import uuid
import zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandboxes.guest.wire.errors import CannotCross, ProtocolViolation
from sandboxes.guest.wire.frames import pack, unpack
from sandboxes.guest.wire.leaves import read_array
from sandboxes.guest.wire.messages import Incoming, Outgoing


class NoObjects:
    """Borders that nothing but values can cross."""

    def export(self, value, item):
        raise CannotCross(type(value).__name__)

    def home_number(self, value):
        return None

    def admit(self, entry, item):
        raise ProtocolViolation("an object")

    def own(self, number):
        raise ProtocolViolation("an object")

    def array(self, entry, alone):
        return read_array(np, entry)


def cross(*values):
    out = Outgoing(NoObjects())
    body = out.body(values)
    try:
        data = pack(body)
    except OverflowError:
        data = pack(out.careful().body(values))
    items, table, _updates = unpack(data)
    return Incoming(NoObjects(), table).items(items)


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(-(1 << 70), 1 << 70), st.floats(allow_nan=False), st.binary(),
    st.text(st.characters()), st.complex_numbers(allow_nan=False), st.decimals(allow_nan=False), st.fractions(),
    st.dates(), st.times(), st.datetimes(), st.timedeltas(), st.uuids(),
    st.datetimes(timezones=st.timezones()), st.builds(range, st.integers(-9, 9), st.integers(-(1 << 70), 1 << 70)),
)  # fmt: skip
hashable = st.recursive(
    scalars, lambda inner: st.one_of(st.tuples(inner, inner), st.frozensets(inner, max_size=3)), max_leaves=5
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.tuples(inner, inner),
        st.dictionaries(hashable, inner, max_size=4),
        st.sets(hashable, max_size=4),
        st.frozensets(hashable, max_size=4),
        st.builds(deque, st.lists(inner, max_size=4)),
        st.builds(bytearray, st.binary()),
        st.builds(Counter, st.text(max_size=5)),
        st.builds(OrderedDict, st.dictionaries(hashable, inner, max_size=3)),
    ),
    max_leaves=20,
)


def same(a, b):
    return type(a) is type(b) and repr(a) == repr(b) if not isinstance(a, set | frozenset) else a == b and type(a) is type(b)


@given(values)
@settings(max_examples=300, deadline=None)
def test_values_arrive_equal_and_of_the_same_type(value):
    (arrived,) = cross(value)
    assert type(arrived) is type(value)
    assert arrived == value


@pytest.mark.parametrize(
    "value",
    [
        float("inf"), ..., NotImplemented, slice(1, None, 2), pathlib.PurePosixPath("/a"), pathlib.PureWindowsPath("c:\\a"),
        zoneinfo.ZoneInfo("Europe/Berlin"), datetime.timezone(datetime.timedelta(hours=2), "X"), int, str, ValueError.__mro__[-1],
        decimal.Decimal("sNaN"), fractions.Fraction(1, 3), uuid.UUID(int=7), "\ud800", -(1 << 63), (1 << 64) - 1, 1 << 64, [1 << 80],
        defaultdict(list, {1: [2]}), deque([1, 2], maxlen=2), -0.0, {}, [], (), set(),
    ],
    ids=repr,
)  # fmt: skip
def test_special_values_arrive(value):
    (arrived,) = cross(value)
    assert same(arrived, value)
    if isinstance(value, deque):
        assert arrived.maxlen == value.maxlen


def test_nan_arrives():
    assert math.isnan(cross(float("nan"))[0])


def test_shared_references_stay_shared():
    inner = [1]
    (arrived,) = cross([inner, inner, {"x": inner}])
    assert arrived[0] is arrived[1] is arrived[2]["x"]


def test_cycles_stay_cycles():
    ring: list = [1]
    ring.append(({"ring": ring},))
    (arrived,) = cross(ring)
    assert arrived[1][0]["ring"] is arrived


def test_ten_thousand_nested_lists_arrive():
    deep: list = []
    for _ in range(10_000):
        deep = [deep]
    (arrived,) = cross(deep)
    depth = 0
    while arrived:
        arrived, depth = arrived[0], depth + 1
    assert depth == 10_000


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "complex128", "bool", "<U3", "datetime64[s]"])
def test_arrays_arrive(dtype):
    array = np.zeros((2, 3), dtype)
    (arrived,) = cross(array)
    assert arrived.dtype == array.dtype
    assert arrived.shape == array.shape
    assert (arrived == array).all()
    arrived[0, 0] = arrived[0, 1]  # it can be written to


def test_array_scalars_arrive():
    (arrived,) = cross(np.float32(1.5))
    assert type(arrived) is np.float32
    assert arrived == 1.5


def test_arrays_of_objects_are_refused():
    with pytest.raises(CannotCross, match="tolist"):
        cross(np.array([object()]))


def test_a_subclass_does_not_pass_for_its_base():
    class Yes(int):
        def __eq__(self, other):
            return True

        __hash__ = int.__hash__

    with pytest.raises(CannotCross):
        cross(Yes(3))


class TestHostileMessages:
    @pytest.mark.parametrize(
        "table",
        [
            None, {}, [None], [[]], [["x"]], [[999]], [[1]], [[1, 5]], [[2, [[9]]]], [[2, [[0]]]], [[1, [{}]]], [[3, [1]]],
            [[20, "x"]], [[24, "x"]], [[25, b"\x01", b"\x00"]], [[26, "eval"]], [[27, "builtins.eval"]], [[27, "os.system"]],
            [[30, "not a date"]], [[36, b"short"]], [[37, "Popen", "/"]], [[40, "O", [1], b"12345678"]],
            [[40, "u1", [99], b"x"]], [[40, "u1", [-1, -1], b"x"]], [[7, [1], -5]], [[35, "../../etc/passwd"]],
        ],
        ids=repr,
    )  # fmt: skip
    def test_are_violations(self, table):
        # Whatever goes wrong, it is an ordinary exception that the connection turns into a violation; nothing is imported,
        # opened or run.
        with pytest.raises(Exception):  # noqa: B017, PT011
            Incoming(NoObjects(), table).items([[0]])

    def test_a_table_that_is_too_long_is_refused(self):
        with pytest.raises(ProtocolViolation, match="too long"):
            Incoming(NoObjects(), [[1, []]] * 1_000_001)

    def test_a_tuple_that_holds_itself_is_refused(self):
        with pytest.raises(ProtocolViolation):
            Incoming(NoObjects(), [[2, [[1]]], [2, [[0]]]])

    def test_exponential_sharing_is_refused(self):
        table = [[2, [[index + 1]] * 2] for index in range(60)] + [[2, []]]
        with pytest.raises(ProtocolViolation, match="over and over"):
            Incoming(NoObjects(), table)

    def test_what_is_shared_stays_shared(self):
        table = [[2, [[index + 1]] * 2] for index in range(12)] + [[2, []]]
        arrived = Incoming(NoObjects(), table).items([[0]])[0]
        assert arrived[0] is arrived[1]

    @given(st.binary(max_size=200))
    def test_any_bytes_are_a_message_or_a_violation(self, data):
        try:
            unpack(data)
        except ProtocolViolation:
            pass
