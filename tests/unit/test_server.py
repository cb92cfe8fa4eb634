"""How the HTTP server treats connections."""

import asyncio
import socket

from grader.api.server import send_at_once


class Connected(asyncio.Protocol):
    def __init__(self):
        self.transport = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport.set_result(transport)


async def accepted(family, address):
    """A connection to a listening socket that was made as servers of several processes make theirs."""
    made = []

    def protocol():
        made.append(Connected())
        return made[-1]

    listener = socket.socket(family)
    listener.bind(address)
    server = (
        await asyncio.get_running_loop().create_server(protocol, sock=listener)
        if family != socket.AF_UNIX
        else (await asyncio.get_running_loop().create_unix_server(protocol, sock=listener))
    )
    with socket.socket(family) as client:
        client.setblocking(False)
        await asyncio.get_running_loop().sock_connect(client, listener.getsockname())
        while not made:
            await asyncio.sleep(0)
        transport = await made[0].transport
        before = transport.get_extra_info("socket")
        option = before.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) if family != socket.AF_UNIX else 0
        send_at_once(transport)
        after = before.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) if family != socket.AF_UNIX else 0
        transport.close()
    server.close()
    return option, after


def test_answers_do_not_wait_for_acknowledgements():
    before, after = asyncio.run(accepted(socket.AF_INET, ("127.0.0.1", 0)))
    assert before == 0, "asyncio does it by itself now"
    assert after


def test_other_sockets_are_left_alone(tmp_path):
    assert asyncio.run(accepted(socket.AF_UNIX, str(tmp_path / "s"))) == (0, 0)
