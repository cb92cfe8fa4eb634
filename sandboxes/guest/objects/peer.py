"""One end of the wire: sends requests, answers those of the other side, for any number of threads at once.

Each thread of the examiner has its counterpart in the candidate, so a call made by a test's thread runs in a thread of its
own there, and a callback comes back to the thread that waits for it.
"""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ..wire.errors import CannotCross, ProtocolViolation, WireClosed
from ..wire.frames import MAX_FRAME, FrameStream, pack, unpack
from ..wire.messages import Handles, Incoming, Outgoing
from .borders import Border
from .contract import Contract
from .inboxes import LAST, REPLY, REQUEST, Inboxes
from .looking import LOOKS

__all__ = ["Peer", "Servant"]

_SIZES = {REQUEST: 9, REPLY: 7}
_MOST_READ = 3
"""Messages that are read in the middle of each other."""
_UNREAD = object()


class _End:
    """Goes with a thread, and notes its end."""

    def __init__(self, number: int, ended: deque[int]) -> None:
        self._number = number
        self._ended = ended

    def __del__(self) -> None:
        self._ended.append(self._number)


class Servant(Protocol):
    """Carries out the requests of the other side."""

    def serve(self, operation: Any, detail: Any, values: list[Any], handles: Handles) -> Any:
        """Carry out one request.

        Args:
            operation: What to do, as the other side sent it, unchecked.
            detail: Likewise.
            values: Likewise, decoded.
            handles: What it names of this side's objects.
        """
        ...


class Peer:
    """One end of the wire.

    Args:
        stream: The connection.
        servant: Answers requests.
        contract: What its objects may be asked about, if they are judged (see ``proxies.Home``).
        first_thread: Number of the first thread here; the sides count in opposite directions.
        border: Further arguments of ``Border``.

    Attributes:
        steps: How many requests were made that may have changed something.
        before_request: Gives what to send along with each request (a map), or ``None``.
        before_reply: The same for replies.
        after_message: Takes what came along, before the message is looked at.
    """

    def __init__(
        self,
        stream: FrameStream,
        servant: Servant,
        *,
        first_thread: int,
        contract: Contract | None = None,
        **border: Any,
    ) -> None:
        self.contract = contract
        self.steps = 0
        self.border = Border(self, **border)
        self.before_request: Callable[[], dict[str, Any] | None] = lambda: None
        self.before_reply: Callable[[], dict[str, Any] | None] = lambda: None
        self.after_message: Callable[[dict[str, Any]], None] = lambda extras: None
        self._servant = servant
        self._local = threading.local()
        self._counts_up = first_thread >= 0
        self._thread_numbers = itertools.count(first_thread, 1 if self._counts_up else -1)
        self._ended: deque[int] = deque()
        self.connect(stream)

    def connect(self, stream: FrameStream) -> None:
        """Use another connection from now on; threads of the old one end, and are not heard on this one."""
        self._stream = stream
        self._inboxes = Inboxes(lambda: self._read(stream), self.serve_forever)
        self._released: list[tuple[int, int]] = []
        self._counting = threading.RLock()
        self._undecoded = 0
        self._to_forget: list[tuple[Any, Any]] = []
        self._sending = threading.RLock()
        self._announced = False

    # Asking

    def request(self, operation: str, detail: Any, *values: Any) -> Any:
        """Have the other side carry out an operation; returns its result or raises its exception.

        Raises:
            CannotCross: A value has no representation on the wire.
            WireClosed: The other side is gone.
            ProtocolViolation: It does not speak this protocol.
        """
        __tracebackhide__ = True
        if operation != "special" or detail[0] not in LOOKS:
            self.steps += 1
        thread = self._thread()
        # Before the request leaves: another thread may read the reply before this one comes to wait for it.
        inboxes = self._inboxes
        inboxes.open(thread)
        head = [REQUEST, thread, operation, detail, threading.active_count() > 1]
        objects = self._send(inboxes, head, values, (), (), self.before_request)
        while True:
            message = inboxes.next(thread)
            if message is LAST:
                raise ProtocolViolation("the end of a thread that waits for a reply")
            if message[0] == REQUEST:
                self._answer(message, inboxes)
                continue
            _kind, _thread, good, items, table, updates, doubtful = message
            if updates != []:
                objects = self.changed(objects, updates, values)
            incoming, results = self._values(table, objects, items, updates, doubtful)
            if len(results) != 1:
                raise ProtocolViolation("a reply without a result")
            if incoming.own:
                self.returned(incoming.own, None if good is True else results[0])
            if good is True:
                return results[0]
            if not isinstance(results[0], BaseException):
                raise ProtocolViolation("a failure without an exception")
            raise results[0]

    def changed(self, objects: list[Any], updates: Any, values: Sequence[Any]) -> list[Any]:
        """The objects that the ``updates`` of a reply are for: those of the request (of its ``values``), or others."""
        return objects

    def release(self, number: int, count: int, generation: int) -> None:
        """Note that a proxy is gone; the other side hears of it with the next message, if it is still the same one."""
        if generation == self.border.generation:
            self._released.append((number, count))

    def is_doubtful(self, payload: bytes) -> bool:
        """Whether a message has to be looked at before it is read; so is none of a side that is trusted."""
        return False

    def check(self, body: list[Any]) -> None:
        """Look at such a message.

        Args:
            body: Its parts that hold values, as they were sent.

        Raises:
            CannotCross: It is not read.
        """

    def give(self, payload: bytes, body: list[Any]) -> None:
        """Hear of a message that is about to be sent."""

    def returned(self, own: Sequence[Any], raised: Any) -> None:
        """Hear of objects of this side in a reply.

        Args:
            own: The objects.
            raised: The exception that the reply is, if it is one.

        Raises:
            CannotCross: It is not taken.
        """

    def note(self, failure: BaseException) -> None:
        """Hear of a failure that may not be caught; here nobody is judged by it."""

    # Answering

    def serve_forever(self, thread: int) -> None:
        """Answer the requests of the other side's ``thread`` in the current one until the other side is gone."""
        self._local.number = thread
        inboxes = self._inboxes
        try:
            while (message := inboxes.next(thread)) is not LAST:
                self._answer(message, inboxes)
        except WireClosed:
            return
        except BaseException as error:
            # Whoever waits for an answer would wait for ever: what this thread was to do is not done.
            inboxes.close(error)
            if not isinstance(error, ProtocolViolation):
                raise

    def _answer(self, message: list[Any], inboxes: Inboxes) -> None:
        _kind, thread, operation, detail, concurrent, items, table, _updates, doubtful = message
        if concurrent:
            inboxes.stand_by()
        previous = getattr(self._local, "number", None)
        self._local.number = thread
        try:
            try:
                if getattr(self._local, "reading", 0) > _MOST_READ:
                    # The other side is asked for the hash of what comes in a set, and may ask something for it, and so on.
                    self._decoded()
                    raise CannotCross("requests for what comes in messages of requests, too deep")
                incoming, values = self._values(table, (), items, (), doubtful)
            except CannotCross as error:
                # The asker hears of it; what it sent is counted on as if it had been read.
                self._send(inboxes, [REPLY, thread, False], (error,), [_UNREAD] * len(table), (), self.before_reply)
                return
            watched = incoming.watch() if table else []
            try:
                good, result = True, self._servant.serve(operation, detail, values, incoming.handles(items))
            except WireClosed:
                raise
            except BaseException as error:
                good, result = False, _without_own_frames(error)
            changed = Incoming.changed(watched) if watched else ()
            try:
                self._send(inboxes, [REPLY, thread, good], (result,), incoming.objects, changed, self.before_reply)
            except (CannotCross, OverflowError, ValueError) as error:
                refusal = error if isinstance(error, CannotCross) else CannotCross(str(error))
                self._send(inboxes, [REPLY, thread, False], (refusal,), incoming.objects, (), self.before_reply)
        finally:
            self._local.number = previous

    # Sending and receiving

    def _send(
        self,
        inboxes: Inboxes,
        head: list[Any],
        values: Sequence[Any],
        known: Sequence[Any],
        changed: Sequence[int],
        along: Callable[[], dict[str, Any] | None],
    ) -> list[Any]:
        # A class is described in the first message that names it: no other thread's may overtake that one.
        with self._sending:
            if inboxes is not self._inboxes:
                raise WireClosed("another has taken the place of who asked")
            out = Outgoing(self.border, known)
            body = out.body(values, changed)
            extras = along() or {}
            if head[0] == REPLY and not self._announced and threading.active_count() > 1:
                # A thread that the answer left behind may ask something before the next request.
                self._announced = extras["threads"] = True
            classes = self.border.exports.new_classes()
            if classes:
                extras["classes"] = classes
            if self._released:
                released, self._released = self._released, []
                extras["released"] = released
            if self._ended:
                extras["ended"] = self._forget_ended()
            try:
                payload = pack([*head, *body, extras or None])
            except OverflowError:
                out = out.careful()
                payload = pack([*head, *out.body(values, changed), extras or None])
            if len(payload) > MAX_FRAME:
                raise CannotCross(f"a value that takes {len(payload):,} bytes; {MAX_FRAME:,} are the most")
            self.give(payload, body)
            self._stream.send(payload)
            self.border.exports.classes_sent()
            return out.objects

    def _values(
        self, table: Any, known: Sequence[Any], items: Any, updates: Any, doubtful: bool
    ) -> tuple[Incoming, list[Any]]:
        """What a message says: its objects, and the values of its items; ``updates`` are carried out."""
        try:
            if doubtful:
                self.check([items, table, updates])
            incoming = self._decode(table, known)
            values = incoming.items(items)
            if updates:
                self._guard(incoming.update, updates)
            return incoming, values
        finally:
            self._decoded()

    def _decode(self, table: Any, known: Sequence[Any]) -> Incoming:
        if table == []:
            return Incoming(self.border, table, known)
        return self._guard(Incoming, self.border, table, known)

    def _guard(self, function: Callable[..., Any], *args: Any) -> Any:
        """Read what arrived: whatever that raises is the sender's fault."""
        self._local.reading = getattr(self._local, "reading", 0) + 1
        try:
            return function(*args)
        except (ProtocolViolation, CannotCross, WireClosed):
            raise
        except Exception as error:
            raise ProtocolViolation(f"{type(error).__name__}: {error}") from error
        finally:
            self._local.reading -= 1

    def _thread(self) -> int:
        number = getattr(self._local, "number", None)
        if number is None:
            number = self._local.number = next(self._thread_numbers)
            self._local.end = _End(number, self._ended)
        return number

    def _decoded(self) -> None:
        with self._counting:
            self._undecoded = max(0, self._undecoded - 1)  # the message may be one of a connection before
            self._forget()

    def _forget(self) -> None:
        while self._to_forget and not self._undecoded:
            self.border.exports.forget(*self._to_forget.pop())

    def _forget_ended(self) -> list[int]:
        """The threads of this side that ended, each of which has a counterpart on the other side."""
        ended = []
        while self._ended:
            ended.append(self._ended.popleft())
            self._inboxes.forget(ended[-1])
        return ended

    def _read(self, stream: FrameStream) -> list[Any]:
        payload = stream.receive()
        message: Any = unpack(payload)
        size = _SIZES.get(message[0]) if type(message) is list and message and type(message[0]) is int else None
        if size is None or len(message) != size or type(message[1]) is not int:
            raise ProtocolViolation("a message that is neither request nor reply")
        extras = message[-1]
        if extras is not None:
            if type(extras) is not dict:
                raise ProtocolViolation("extras that are no map")
            self._guard(self._take, extras)
        message[-1] = self.is_doubtful(payload)
        with self._counting:
            self._undecoded += 1
        return message

    def _take(self, extras: dict[str, Any]) -> None:
        if "classes" in extras:
            self.border.learn(extras["classes"])
        # Messages that other threads have still to decode may name what is given back after them.
        with self._counting:
            self._to_forget += [(number, count) for number, count in extras.get("released", ())]
            self._forget()
        if "ended" in extras:
            self._inboxes.end(number for number in extras["ended"] if (number >= 0) != self._counts_up)
        if "threads" in extras:
            self._inboxes.stand_by()
        self.after_message(extras)


def _without_own_frames(error: BaseException) -> BaseException:
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next
    return error
