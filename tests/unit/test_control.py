"""Control messages carry descriptors, over a socket and through a relayed stream."""

import socket
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandboxes.guest.relay import Pipes, Relay
from sandboxes.guest.wire.control import Control
from sandboxes.guest.wire.errors import ProtocolViolation, WireClosed


def direct():
    return socket.socketpair()


def relayed():
    here, local_here = socket.socketpair()
    there, local_there = socket.socketpair()
    stream_a, stream_b = socket.socketpair()
    for stream, local, first in ((stream_a, local_here, 1), (stream_b, local_there, 2)):
        threading.Thread(target=run, args=(stream, local, first), daemon=True).start()
    return here, there


def run(stream, local, first):
    with stream, local, stream.dup() as writer:
        Relay(Pipes(stream.fileno(), writer.fileno()), local, first).run()


@pytest.fixture(params=[direct, relayed], ids=["socket", "stream"])
def ends(request):
    first, second = request.param()
    for sock in (first, second):
        sock.settimeout(20)
    yield Control(first), Control(second)
    first.close()
    second.close()


def test_messages_arrive_in_order_and_whole(ends):
    here, there = ends
    for size in (0, 1, 100_000, 3_000_000):
        sender = threading.Thread(target=here.send, args=({"data": b"x" * size},))
        sender.start()
        message, descriptors = there.receive()
        sender.join()
        assert (len(message["data"]), descriptors) == (size, [])


def test_connections_can_be_passed_and_used_both_ways(ends):
    here, there = ends
    pairs = [socket.socketpair() for _ in range(3)]
    here.send({"n": 1}, [pairs[0][1].fileno(), pairs[1][1].fileno()])
    here.send({"n": 2}, [pairs[2][1].fileno()])
    received = []
    for count in (2, 1):
        message, descriptors = there.receive()
        assert len(descriptors) == count
        received += descriptors
    for (near, far), descriptor in zip(pairs, received, strict=True):
        far.close()
        other = socket.socket(fileno=descriptor)
        other.settimeout(20)
        near.settimeout(20)
        near.sendall(b"ping")
        assert other.recv(4) == b"ping"
        other.sendall(b"pong")
        assert near.recv(4) == b"pong"
        other.close()
        while near.recv(65536):
            pass  # the end arrives as well
        near.close()


def test_a_lost_end_is_noticed(ends):
    here, there = ends
    here.close()
    with pytest.raises(WireClosed):
        there.receive()


@given(st.binary(max_size=60))
@settings(deadline=None)
def test_any_bytes_are_a_message_or_an_error(data):
    first, second = socket.socketpair()
    with first, second:
        first.sendall(data)
        first.shutdown(socket.SHUT_WR)
        with pytest.raises((WireClosed, ProtocolViolation)):
            while True:
                Control(second).receive()


def test_descriptors_that_were_announced_but_not_sent_are_a_violation():
    first, second = socket.socketpair()
    with first, second:
        Control(first).send({})
        data = second.recv(100).replace(b"\xabdescriptors\x00", b"\xabdescriptors\x01")
        first2, second2 = socket.socketpair()
        with first2, second2:
            first2.sendall(data)
            with pytest.raises(ProtocolViolation):
                Control(second2).receive()


def passed_over(here, there):
    """A connection that is passed from ``here`` to ``there``: its near end, and the far one."""
    near, far = socket.socketpair()
    Control(here).send({"n": 1}, [far.fileno()])
    far.close()
    _message, (descriptor,) = Control(there).receive()
    receiver = socket.socket(fileno=descriptor)
    receiver.settimeout(20)
    return near, receiver


def test_what_was_sent_before_a_connection_is_closed_arrives():
    here, there = relayed()
    near, receiver = passed_over(here, there)
    sent, received = bytes(range(256)) * 8000, bytearray()

    def send():
        near.sendall(sent)
        near.close()

    sender = threading.Thread(target=send)
    sender.start()
    with receiver:
        time.sleep(0.2)  # nobody reads until after the end
        while data := receiver.recv(50_000):
            received += data
    sender.join(20)
    there.close()
    here.close()
    assert received == sent


def test_connections_end_with_the_stream():
    here, there = relayed()
    _near, receiver = passed_over(here, there)
    here.close()
    with receiver:
        assert receiver.recv(1) == b""
    there.close()


def test_what_does_not_carry_the_key_is_from_somebody_else(ends):
    first, second = ends
    first.key = second.expected = b"k" * 16
    first.send({"n": 1})
    assert second.receive() == ({"n": 1}, [])
    first.key = b"x" * 16
    first.send({"n": 2})
    with pytest.raises(ProtocolViolation, match="somebody else"):
        second.receive()
    Control(first.socket).send({"n": 3})
    with pytest.raises(ProtocolViolation):
        second.receive()
