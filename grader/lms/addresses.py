"""Connections to addresses that others name: none into the operator's own network, unless allowed.

The name is looked up once, every address it has is judged, and the connection goes to an address that passed: what a name
means can't change in between (DNS rebinding). Redirects are not followed by those who use this.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore2 as httpcore

from ..errors import InputError
from ..settings import Settings

__all__ = ["Answer", "Blocked", "Caller", "check_url", "see_where_it_leads"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_GLOBAL = ipaddress.ip_network("2000::/3")
"""All that IANA gives out of IPv6 for use in the whole world."""
_SPECIAL = tuple(
    map(
        ipaddress.ip_network,
        (
            # IANA's registry of special-purpose IPv4 addresses, whatever it says of their reach: none is anybody's server.
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16"),
            *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
            # Multicast, and what is reserved, with the broadcast address.
            *("224.0.0.0/4", "240.0.0.0/4"),
            # The same registry for IPv6, as far as it lies within 2000::/3: Teredo, ORCHID and other protocols, examples,
            # 6to4, AS112. All others (loopback, link-local, site-local, unique local, translated IPv4) lie without.
            *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
        ),
    )
)


class Blocked(httpcore.ConnectError):
    """The name leads to no address that may be reached."""


def check_url(url: str, settings: Settings) -> None:
    """See that a URL is one that may be called.

    Raises:
        InputError: It isn't.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InputError(f"{url!r} is no URL: {error}") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        raise InputError(f"{url!r} is no URL such as https://lms.example.org/hooks")
    if parts.username or parts.password:
        raise InputError("a URL with a password in it is not accepted: the signature shows who sends")
    if parts.scheme == "http" and not settings.webhook_http and not settings.webhook_networks:
        raise InputError(f"{url!r} is not encrypted: use https, or allow http with the setting webhook_http")


def see_where_it_leads(url: str, settings: Settings) -> str | None:
    """See that a URL may be called and leads to no address that is not allowed; what is doubtful, if anything is.

    Raises:
        InputError: It may not, or does.
    """
    check_url(url, settings)
    parts = urlsplit(url)
    try:
        _addresses(str(parts.hostname), parts.port or parts.scheme, _allowed(settings))
    except Blocked as error:
        raise InputError(f"{url}: {error}") from None
    except httpcore.ConnectError as error:  # it may be entered into the DNS later, or be known to the workers' machine alone
        return str(error)
    return None


def _allowed(settings: Settings) -> list[Network]:
    return [ipaddress.ip_network(one) for one in settings.webhook_networks]


def _addresses(host: str, port: int | str, networks: Iterable[Network]) -> list[Address]:
    """What a name leads to, all of it allowed.

    Raises:
        Blocked: Some of it isn't.
        httpcore.ConnectError: It leads nowhere.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host} is not known: {error}") from None
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not addresses or not all(is_allowed(address, networks) for address in addresses):
        raise Blocked(f"{host} leads to a private address, which is not allowed (setting webhook_networks)")
    return addresses


def is_allowed(address: Address, networks: Iterable[Network]) -> bool:
    """Whether an address may be reached: it is in one of the networks, or an ordinary one of the public Internet."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return _is_in(address, networks) or _is_public(address)


def _is_public(address: Address) -> bool:
    return (address.version == 4 or address in _GLOBAL) and not _is_in(address, _SPECIAL)


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


class _Guarded(httpcore.NetworkBackend):
    """Connects to allowed addresses only."""

    def __init__(self, settings: Settings, deadline: float) -> None:
        self._deadline = deadline
        self._networks = _allowed(settings)
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _addresses(host, port, self._networks)
        plain = self._plain.connect_tcp(str(addresses[0]), port, timeout, local_address, socket_options)
        return _Punctual(plain, self._deadline)


class _Punctual(httpcore.NetworkStream):
    """A connection that is over at a point of time, however little at a time the other side sends."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secure = self._stream.start_tls(ssl_context, server_hostname, self._left(httpcore.ConnectTimeout))
        return _Punctual(secure, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        self._stream.close()

    def _left(self, late: type[Exception]) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise late("the answer takes too long")
        return left


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: The HTTP status.
        body: At most as many bytes as were asked for, and one.
    """

    status: int
    body: bytes


class Caller:
    """Makes single requests to URLs that others name.

    Args:
        settings: Which private networks are allowed, and how long a request may take.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def call(self, method: str, url: str, headers: dict[str, str], content: bytes, most: int) -> Answer:
        """Make a request; redirects are answers like others.

        Args:
            method: GET or POST.
            url: Where to.
            headers: Beside those that every request has.
            content: The body.
            most: Bytes of the answer that are wanted.

        Raises:
            InputError: The URL may not be called.
            httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError: There was no answer.
        """
        check_url(url, self._settings)
        seconds = self._settings.webhook_timeout
        deadline = time.monotonic() + seconds
        timeouts = {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}
        given = [(b"user-agent", b"grader-webhooks"), *((key.encode(), value.encode()) for key, value in headers.items())]
        given.append((b"host", urlsplit(url).netloc.encode()))
        with (
            httpcore.ConnectionPool(
                ssl_context=ssl.create_default_context(), network_backend=_Guarded(self._settings, deadline)
            ) as pool,
            pool.stream(method, url, headers=given, content=content, extensions={"timeout": timeouts}) as response,
        ):
            body = b""
            for chunk in response.iter_stream():
                body += chunk
                if len(body) > most:
                    break
            return Answer(response.status, body[: most + 1])
