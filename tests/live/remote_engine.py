"""The Docker Engine as one on another machine is reached: by TCP, with certificates of both sides or without."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from pathlib import Path

import trustme

__all__ = ["certificates", "engine_by_tcp"]


def certificates(folder: Path) -> ssl.SSLContext:
    """What the engine's side needs; those of the client go into ``folder``, as ``DOCKER_CERT_PATH`` wants them."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    mine = authority.issue_cert("client.example")
    mine.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    mine.private_key_pem.write_to_path(folder / "key.pem")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(tls)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    return tls


async def _to_engine(reader, writer):
    """One connection to the engine, both ways until one side ends."""
    from_engine, into_engine = await asyncio.open_unix_connection("/var/run/docker.sock")
    ways = [asyncio.create_task(_copy(reader, into_engine)), asyncio.create_task(_copy(from_engine, writer))]
    await ways[1]
    ways[0].cancel()
    for end in (writer, into_engine):
        end.close()


async def _copy(source, sink):
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()


async def _end_all(server):
    server.close()
    under_way = asyncio.all_tasks() - {asyncio.current_task()}
    for task in under_way:
        task.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)


@contextlib.contextmanager
def engine_by_tcp(tls=None):
    """The port of the engine as a remote one is reached, on a loop of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(_to_engine, "127.0.0.1", 0, ssl=tls), loop).result()
    yield server.sockets[0].getsockname()[1]
    asyncio.run_coroutine_threadsafe(_end_all(server), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
