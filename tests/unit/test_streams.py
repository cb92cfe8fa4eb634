"""Streams of the engine: bytes without its frames, both ways, until both sides end."""

import socket
import struct
import threading

import pytest

from sandboxes.streams import plain


@pytest.fixture
def ends():
    """The engine's end, and that of who talks to the container."""
    engine, attached = socket.socketpair()
    near = plain(attached)
    for sock in (engine, near):
        sock.settimeout(20)
    yield engine, near
    engine.close()
    near.close()


def frame(data, stream=1):
    return struct.pack(">BxxxI", stream, len(data)) + data


def read_all(sock):
    data = bytearray()
    while some := sock.recv(1 << 16):
        data += some
    return bytes(data)


def test_output_comes_without_frames_and_errors_not_at_all(ends):
    engine, near = ends
    raw = frame(b"one ") + frame(b"not this", stream=2) + frame(b"") + frame(b"two")
    for byte in raw:
        engine.sendall(bytes([byte]))
    engine.shutdown(socket.SHUT_WR)
    assert read_all(near) == b"one two"


def test_much_goes_both_ways_at_a_time_and_waits_for_a_slow_reader(ends):
    engine, near = ends
    out, back = bytes(range(256)) * 20_000, bytes(reversed(range(256))) * 20_000

    def speak(sock, data):
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)

    speakers = [
        threading.Thread(
            target=speak, args=(engine, b"".join(frame(out[n : n + 70_000]) for n in range(0, len(out), 70_000)))
        ),
        threading.Thread(target=speak, args=(near, back)),
    ]
    for speaker in speakers:
        speaker.start()
    speakers[0].join(0.2)  # nobody reads yet
    assert read_all(near) == out
    assert read_all(engine) == back
    for speaker in speakers:
        speaker.join(20)


def test_what_the_container_says_after_nothing_more_is_sent_to_it_arrives(ends):
    engine, near = ends
    near.shutdown(socket.SHUT_WR)
    assert engine.recv(1) == b""
    engine.sendall(frame(b"the end"))
    engine.shutdown(socket.SHUT_WR)
    assert read_all(near) == b"the end"


def test_the_engine_is_hung_up_on_by_who_closes(ends):
    engine, near = ends
    near.close()
    assert engine.recv(1) == b""
