"""Objects that stay where they are: both ends of the wire in one process, a thread for the candidate."""

import asyncio
import os
import socket
import sys
import textwrap
import threading
import types
from enum import Enum
from unittest import mock

import pytest

from sandboxes.guest.candidate.servant import Servant as CandidateServant
from sandboxes.guest.examiner.connection import Connection
from sandboxes.guest.examiner.requests import RequestHandler
from sandboxes.guest.objects.borders import Border, Lost
from sandboxes.guest.objects.contract import Contract
from sandboxes.guest.objects.peer import Peer
from sandboxes.guest.objects.proxies import named
from sandboxes.guest.wire import tags
from sandboxes.guest.wire.errors import CandidateGone, CannotCross
from sandboxes.guest.wire.frames import FrameStream, pack
from sandboxes.guest.wire.messages import Handles

SUBMISSION = """
import collections, enum, dataclasses, threading

class Account:
    "An account."
    rate = 3
    def __init__(self, balance=0): self.balance = balance
    def deposit(self, amount): self.balance += amount; return self
    def __eq__(self, other): return isinstance(other, Account) and self.balance == other.balance
    def __hash__(self): return hash(self.balance)
    def __len__(self): return self.balance
    def __add__(self, other): return Account(self.balance + getattr(other, "balance", other))
    def __repr__(self): return f"Account({self.balance})"
    def __enter__(self): return self
    def __exit__(self, kind, error, trace): self.seen = (kind, error, trace); return kind is KeyError
    def __iter__(self): return iter(range(self.balance))
    @classmethod
    def rich(cls): return cls(1000)
    @property
    def double(self): return self.balance * 2

class Savings(Account): pass
class Overdrawn(ValueError):
    def __init__(self, missing): super().__init__("short of", missing); self.missing = missing
class Color(enum.Enum): RED = 1; BLUE = 2
class Level(enum.IntEnum): LOW = 1; HIGH = 2
Point = collections.namedtuple("Point", "x y")
class Stack(list): pass
class Yes:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    def __sub__(self, other): return 0.0
    def __contains__(self, item): return True
    def __iter__(self): return iter([Yes()])
    __hash__ = None

def ident(x): return x
def make_yes(): return Yes()
def point(): return Point(1, 2)
def stack(): return Stack([1, 2])
def sort(items): items.sort()
def fill(items, mapping, group): items.append(mapping); mapping["self"] = items; group.add(7)
def swap(a, b): a[:], b[:] = b[:], a[:]
def fail_after(items): items.append(1); raise KeyError("late")
def overdraw(): raise Overdrawn(5)
def chain():
    try: 1 / 0
    except ZeroDivisionError as error: raise RuntimeError("outer") from error
def interrupt(): raise KeyboardInterrupt
def skip():
    import unittest
    raise unittest.SkipTest("not today")
def apply(f, *args, **kwargs): return f(*args, **kwargs)
def apply_all(f, items): return [f(item) for item in items]
def same(a, b): return a is b
def numbers(n):
    for i in range(n): yield i
async def later(x): return x + 1
def peek(obj, name): return getattr(obj, name)
def poke(obj, name, value): setattr(obj, name, value)
def read_all(file): return [line for line in file]
def uses_patched(): return helper() + 1
def helper(): return 1
def greet(name, *, loud=False): return name.upper() if loud else name
def whoami(): return threading.current_thread().name
def start(function):
    def run():
        try: function()
        except Exception: pass
    threading.Thread(target=run, daemon=True).start()
def module(): return collections
def wide(): return "x" * 40_000_000
"""


class Side:
    """A candidate in this process."""

    def __init__(self, tmp_path, source):
        self.name = f"bank_{id(self)}"
        module = types.ModuleType(self.name)
        sys.modules[self.name] = module
        exec(compile(textwrap.dedent(source), f"{self.name}.py", "exec"), vars(module))
        self.near, far = socket.socketpair()
        descriptor = far.detach()
        self.stream = FrameStream(descriptor, descriptor)
        self.peer = Peer(self.stream, CandidateServant(str(tmp_path), str(tmp_path)), first_thread=-1)
        self.thread = threading.Thread(target=self.peer.serve_forever, args=(0,), daemon=True)
        self.thread.start()
        self.connection = Connection(os.dup(self.near.fileno()), 30.0, lambda: None, RequestHandler(), Contract())
        self.proxy = self.connection.request("import", self.name)[0]

    def __getattr__(self, name):
        """A name of the module, as a test's import gives it."""
        return named(getattr(self.proxy, name), (self.name, ""), name)

    def close(self):
        self.near.shutdown(socket.SHUT_RDWR)
        self.near.close()
        self.thread.join(5)
        assert not self.thread.is_alive()
        del sys.modules[self.name]


@pytest.fixture
def bank(tmp_path):
    side = Side(tmp_path, SUBMISSION)
    yield side
    side.close()


class TestInstances:
    def test_answer_calls_and_attributes(self, bank):
        account = bank.Account(5)
        assert account.deposit(3) is account
        assert account.balance == 8
        assert account.double == 16
        account.balance = 1
        assert (len(account), bool(account), list(account)) == (1, True, [0])
        assert repr(account) == "Account(1)"
        assert vars(account) == {"balance": 1}
        with pytest.raises(AttributeError, match="nothing"):
            _ = account.nothing

    def test_have_a_class_that_works_with_isinstance(self, bank):
        account, savings = bank.Account(1), bank.Savings(1)
        assert isinstance(savings, bank.Account)
        assert not isinstance(account, bank.Savings)
        assert issubclass(bank.Savings, bank.Account)
        assert type(account).__name__ == "Account"
        assert bank.Account.__doc__ == "An account."
        assert bank.Account.rate == 3
        assert bank.Account.rich().balance == 1000
        bank.Account.rate = 4
        assert account.rate == 4

    def test_compare_as_their_class_says_when_the_test_named_it(self, bank):
        assert bank.Account(3) == bank.Account(3)
        assert bank.Account(3) != bank.Account(4)
        assert bank.Account(3) + 4 == bank.Account(7)
        assert bank.Account(3) in [bank.Account(3)]
        assert len({bank.Account(3), bank.Account(3)}) == 1

    def test_are_context_managers(self, bank):
        with bank.Account(1) as account:
            raise KeyError("swallowed")
        assert account.seen[0] is KeyError
        assert account.seen[2] is None

    def test_keep_their_identity(self, bank):
        account = bank.Account(1)
        assert bank.ident(account) is account
        assert bank.same(account, account)
        assert bank.ident([account])[0] is account

    def test_of_enumerations_are_themselves(self, bank):
        assert bank.Color.RED is bank.Color["RED"] is bank.Color(1)
        assert bank.Color.RED is not bank.Color.BLUE
        assert [color.name for color in bank.Color] == ["RED", "BLUE"]
        assert len(bank.Color) == 2
        assert bank.Level.HIGH == 2
        assert bank.Level.HIGH > bank.Level.LOW

    def test_of_tuples_and_lists_compare_with_plain_ones(self, bank):
        point = bank.point()
        assert point == (1, 2)
        assert point.x == 1
        assert isinstance(point, tuple)
        assert bank.stack() == [1, 2]
        assert bank.stack() != [1]

    def test_can_be_released(self, bank):
        for _ in range(50):
            bank.Account(1)
        bank.ident(1)
        assert len(bank.peer.border.exports._exported) < 20


class TestCheats:
    def test_an_object_that_equals_everything_equals_nothing(self, bank):
        answer = bank.make_yes()
        assert not answer == 3
        assert answer != 3
        assert not answer == [3]
        assert 3 not in [answer]
        assert [answer] != [3]
        assert {"a": answer} != {"a": 3}
        assert answer != pytest.approx(3)

    def test_nor_does_it_order_or_calculate_or_contain(self, bank):
        answer = bank.make_yes()
        with pytest.raises(TypeError):
            _ = answer < 3
        with pytest.raises(TypeError):
            _ = abs(answer - 3) < 0.1
        assert "x" not in answer

    def test_interrupts_and_skips_are_no_way_out(self, bank):
        for name in ("interrupt", "skip"):
            with pytest.raises(BaseException) as caught:  # noqa: PT011
                getattr(bank, name)()
            assert not isinstance(caught.value, KeyboardInterrupt | pytest.skip.Exception)
            import unittest

            assert not isinstance(caught.value, unittest.SkipTest)


class TestArguments:
    def test_are_changed_in_place(self, bank):
        items = [3, 1, 2]
        assert bank.sort(items) is None
        assert items == [1, 2, 3]

    def test_keep_their_shape_when_changed(self, bank):
        items, mapping, group = [1], {}, {1}
        bank.fill(items, mapping, group)
        assert items[1] is mapping
        assert mapping["self"] is items
        assert group == {1, 7}

    def test_come_back_as_the_same_object(self, bank):
        items = [1, [2]]
        assert bank.ident(items) is items
        assert bank.apply(lambda inner: inner, items[1]) is items[1]

    def test_can_be_swapped(self, bank):
        a, b = [1, 2], [3]
        bank.swap(a, b)
        assert (a, b) == ([3], [1, 2])

    def test_are_changed_even_when_the_call_fails(self, bank):
        items = []
        with pytest.raises(KeyError, match="late"):
            bank.fail_after(items)
        assert items == [1]

    def test_can_be_keywords(self, bank):
        assert bank.greet("ada", loud=True) == "ADA"
        with pytest.raises(TypeError, match="unexpected keyword"):
            bank.greet("ada", lod=True)

    def test_that_are_too_large_say_so(self, bank):
        with pytest.raises(TypeError, match="bytes"):
            bank.wide()


class TestExceptions:
    def test_of_the_learner_arrive_as_their_class(self, bank):
        with pytest.raises(bank.Overdrawn) as caught:
            bank.overdraw()
        assert isinstance(caught.value, ValueError)
        assert caught.value.args == ("short of", 5)
        assert caught.value.missing == 5
        assert "short of" in str(caught.value)

    def test_keep_their_cause(self, bank):
        with pytest.raises(RuntimeError, match="outer") as caught:
            bank.chain()
        assert isinstance(caught.value.__cause__, ZeroDivisionError)

    def test_of_a_test_come_back_as_the_same_object(self, bank):
        class Mine(Exception):
            pass

        mine = Mine("from the test")

        def fail():
            raise mine

        with pytest.raises(Mine) as caught:
            bank.apply(fail)
        assert caught.value is mine

    def test_can_be_made_by_a_test(self, bank):
        assert bank.Overdrawn(7).missing == 7


class TestCallbacks:
    def test_are_called_in_the_test(self, bank):
        seen = []
        assert bank.apply_all(lambda x: seen.append(x) or x * 2, [1, 2]) == [2, 4]
        assert seen == [1, 2]

    def test_are_the_same_object_each_time(self, bank):
        def callback():
            """Nothing."""

        assert bank.same(callback, callback)
        assert bank.ident(callback) is callback

    def test_may_be_builtins_and_types(self, bank):
        assert bank.apply(len, [1, 2]) == 2
        assert bank.apply(int, "3") == 3
        assert bank.apply(str.upper, "x") == "X"

    def test_may_be_mocks(self, bank):
        fake = mock.Mock(return_value=7)
        assert bank.apply(fake, 1, key=2) == 7
        fake.assert_called_once_with(1, key=2)

    def test_may_call_back_in_turn(self, bank):
        assert bank.apply(lambda: bank.apply(lambda: bank.greet("deep"))) == "deep"

    def test_may_be_file_like(self, bank):
        import io

        assert bank.read_all(io.StringIO("a\nb\n")) == ["a\n", "b\n"]

    def test_give_objects_of_the_test_with_their_public_attributes(self, bank):
        thing = types.SimpleNamespace(size=3)
        assert bank.peek(thing, "size") == 3
        bank.poke(thing, "size", 4)
        assert thing.size == 4

    @pytest.mark.parametrize(
        "name", ["__globals__", "__code__", "__closure__", "__self__", "__class__", "__dict__", "f_globals"]
    )
    def test_give_nothing_of_the_test_away(self, bank, name):
        def callback():
            """Nothing."""

        for target in (callback, types.SimpleNamespace(), [].append, (x for x in [1])):
            handle = tuple(bank.connection.border.export(target, lambda item: item)[:2])
            with pytest.raises(AttributeError):
                bank.connection.requests.serve("getattr", name, [target], Handles(handle, ()))

    def test_generators_keep_their_frames(self, bank):
        with pytest.raises(AttributeError):
            bank.peek((x for x in [1]), "gi_frame")

    def test_modules_are_refused(self, bank):
        with pytest.raises(CannotCross, match="module"):
            bank.ident(sys)

    @pytest.mark.parametrize("function", [eval, open, getattr, __import__])
    def test_powerful_functions_are_refused(self, bank, function):
        with pytest.raises(CannotCross, match="of the test's own"):
            bank.apply(function, "1")

    def test_a_mock_can_not_be_steered(self, bank):
        fake = mock.Mock()
        for name in ("assert_called_once_with", "configure_mock", "side_effect"):
            with pytest.raises(AttributeError):
                bank.poke(fake, name, None)
        with pytest.raises(AttributeError):
            bank.peek(fake, "reset_mock")


class TestOtherObjects:
    def test_generators_are_lazy(self, bank):
        numbers = bank.numbers(10**9)
        assert [next(numbers), next(numbers)] == [0, 1]
        assert list(bank.numbers(3)) == [0, 1, 2]

    def test_tell_what_kind_they_are(self, bank):
        import inspect

        assert isinstance(bank.numbers(1), types.GeneratorType)
        assert inspect.isfunction(bank.greet)
        assert str(inspect.signature(bank.greet)) == "(name, *, loud=False)"
        assert not isinstance(bank.Account(1), types.FunctionType | types.GeneratorType)

    def test_coroutines_are_awaited(self, bank):
        async def main():
            return await bank.later(1)

        assert asyncio.run(main()) == 2
        assert asyncio.run(bank.later(2)) == 3

    def test_names_in_the_learner_s_module_can_be_patched(self, bank, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(bank.proxy, "helper", lambda: 41)
            assert bank.uses_patched() == 42
        assert bank.uses_patched() == 2

    def test_modules_inside_the_learner_s_module_can_be_reached(self, bank):
        assert bank.module().OrderedDict.__name__ == "OrderedDict"

    def test_objects_can_be_copied(self, bank):
        import copy

        account = bank.Account(3)
        twin = copy.deepcopy(account)
        assert twin == account
        assert twin is not account

    def test_an_enum_of_the_test_crosses_as_an_object(self, bank):
        class Side(Enum):
            LEFT = 1

        assert bank.ident(Side.LEFT) is Side.LEFT


class TestThreads:
    def test_each_have_their_own_on_the_other_side(self, bank):
        names = []
        threads = [threading.Thread(target=lambda: names.append(bank.whoami())) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert len(set(names)) == 4

    def test_do_not_wait_for_each_other(self, bank):
        gate = threading.Event()
        waiting = threading.Thread(target=lambda: bank.apply(gate.wait, 10))
        waiting.start()
        assert bank.greet("x") == "x"
        gate.set()
        waiting.join(10)
        assert not waiting.is_alive()


class TestTheOtherSideMayLie:
    @pytest.fixture
    def liar(self):
        near, far = socket.socketpair()
        connection = Connection(near.detach(), 5.0, lambda: None, RequestHandler(), Contract())
        descriptor = far.detach()
        yield connection, FrameStream(descriptor, descriptor)
        os.close(descriptor)

    @pytest.mark.parametrize(
        "reply",
        [
            17, [], [1], [1, 0, True, [], [], [], None], [1, 0, True, [5, 6], [], [], None], [1, 0, True, [[3]], [], [], None],
            [1, 0, True, [[0]], [[50, 1, 99]], [], None], [1, 0, False, [3], [], [], None], [1, 99, True, [1], [], [], None],
            [1, 0, True, [1], [], [[0, [1, []]]], None], [1, 0, True, [1], [], [], {"classes": [[1]]}],
            [1, 0, True, [1], [], [], {"files": [["../x", b""]]}], [1, 0, True, [1], [], [], {"released": 5}],
            [1, 0, True, [[-77]], [], [], None], [0, 0, "nonsense", None, False, [], [], [], 5],
            [1, 0, True, [[0]], [[53, 1, 7, [1], "x", None, None]], [], None], ["x", 0, 0, 0, 0, 0, 0],
            [1, 0, True, [[0]], [[6, [[1]]], [1, []]], [], None],
        ],
        ids=repr,
    )  # fmt: skip
    def test_and_is_found_out(self, liar, reply):
        connection, stream = liar
        connection.after_message = lambda extras: (
            __import__("sandboxes.guest.tree", fromlist=["Tree"]).Tree("/nowhere").apply(extras.get("files", []))
        )
        stream.send(pack(reply))
        with pytest.raises(CandidateGone) as caught:
            connection.request("call", [])
        assert caught.value.cause == "protocol"

    def test_or_hang_up(self, liar):
        connection, stream = liar
        stream.send(pack([1, 0]))
        with pytest.raises(CandidateGone):
            connection.request("call", [])
        with pytest.raises(CandidateGone):
            connection.request("call", [])


def next_candidate():
    near, far = socket.socketpair()
    descriptor = far.detach()
    peer = Peer(FrameStream(descriptor, descriptor), CandidateServant("", ""), first_thread=-1)
    threading.Thread(target=peer.serve_forever, args=(0,), daemon=True).start()
    return near.detach()


def test_objects_of_a_lost_candidate_say_so_and_named_ones_return(bank):
    account, cls, function = bank.Account(1), bank.Account, bank.greet
    bank.connection.adopt(next_candidate())
    with pytest.raises(Lost, match="lost"):
        _ = account.balance
    assert function("ada") == "ada"
    assert cls(4).balance == 4
    assert isinstance(cls(4), cls)


def test_an_answer_to_the_thread_of_an_earlier_candidate_does_not_reach_the_next(bank):
    asked, gate, ended = threading.Event(), threading.Event(), threading.Event()

    def callback():
        asked.set()
        gate.wait(10)
        ended.set()

    greet = bank.greet
    bank.start(callback)
    assert asked.wait(10)
    bank.connection.adopt(next_candidate())
    gate.set()
    assert ended.wait(10)
    for thread in threads_of_the_wire():
        if thread.name.startswith("wire--"):
            thread.join(10)
    assert greet("ada") == "ada"


def test_chains_of_causes_end_however_many_messages_they_are_made_with():
    border, error = Border(None), None
    for _message in range(200):
        error = border.admit([tags.EXCEPTION, 0, "builtins.ValueError", (), "x", None, error, None], lambda item: item)
    length = 0
    while error is not None:
        error, length = error.__cause__, length + 1
    assert 1 < length < 60


def threads_of_the_wire():
    return [thread for thread in threading.enumerate() if thread.name.startswith("wire-") and thread.name != "wire-standby"]


def test_threads_of_tests_have_counterparts_as_long_as_they_live(bank):
    seen = []
    for _number in range(300):
        thread = threading.Thread(target=lambda: seen.append(bank.whoami()))
        thread.start()
        thread.join()
    assert len(seen) == 300
    bank.whoami()
    assert len(threads_of_the_wire()) <= 30


def test_a_side_ends_no_threads_of_the_other_by_saying_that_its_own_ended(bank):
    bank.connection._take({"ended": [0, 1, 5, -1, -7]})
    assert bank.whoami()
