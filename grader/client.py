"""Talk to the service's API: with retries where they can do no harm, and errors that people understand."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import httpx2 as httpx

from . import __version__
from .errors import InputError, Unavailable

__all__ = ["Client", "Refused"]

_TRIES = 4
_PAUSE = 0.5
_LONGEST_WAIT = 30
_BUSY = {502, 503, 504}


class Refused(InputError):
    """The service does not do what it was asked to.

    Args:
        status: The HTTP status.
        problem: The problem details.
    """

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(str(problem.get("detail") or problem.get("title") or f"the service answers with status {status}"))
        self.status = status
        self.kind = str(problem.get("type", "")).rpartition(":")[2]
        self.problem = problem


class Client:
    """One user's connection to a service. A context manager.

    Args:
        url: The service's address.
        token: What lets the user in.
    """

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(
            base_url=f"{self.url}/api/v1",
            headers={"Authorization": f"Bearer {token}", "User-Agent": f"grader/{__version__}"},
            timeout=httpx.Timeout(30.0, connect=5.0),
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._http.close()

    def get(self, path: str, **parameters: Any) -> Any:
        """Read something; JSON comes as objects, everything else as bytes.

        Raises:
            Refused: The service says no.
            Unavailable: It does not answer.
        """
        return self._content(self._send("GET", path, retry=True, params=parameters))

    def post(self, path: str, key: str | None = None, **arguments: Any) -> Any:
        """Do something. With a key, sending it twice does it once, so it is tried again when the network fails.

        Raises:
            Refused: The service says no.
            Unavailable: It does not answer.
        """
        headers = {"Idempotency-Key": key} if key else {}
        return self._content(self._send("POST", path, retry=key is not None, headers=headers, **arguments))

    def put(self, path: str, body: Any) -> None:
        """Set something."""
        self._send("PUT", path, retry=True, json=body)

    def delete(self, path: str) -> None:
        """Remove something."""
        self._send("DELETE", path, retry=True)

    def events(self, submission_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """A submission's progress until it is finished, also when the connection breaks meanwhile.

        Raises:
            Refused: The service says no.
            Unavailable: It does not answer.
        """
        seen: set[str] = set()
        failures = 0
        while True:
            try:
                for entry, kind, data in self._stream(f"/submissions/{submission_id}/events"):
                    failures = 0
                    if entry and entry in seen:
                        continue
                    seen.add(entry)
                    yield kind, data
                    if kind in ("graded", "failed"):
                        return
            except httpx.TransportError as error:
                failures += 1
                if failures >= _TRIES:
                    raise self._offline(error) from None
            time.sleep(_PAUSE * 2**failures)

    def _stream(self, path: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        with self._http.stream("GET", path, timeout=httpx.Timeout(60.0, connect=5.0)) as response:
            if response.status_code in _BUSY:
                raise httpx.ReadError(f"status {response.status_code}")
            if not response.is_success:
                response.read()
                raise self._refused(response)
            fields: dict[str, str] = {}
            for line in response.iter_lines():
                if line:
                    name, _, value = line.partition(":")
                    fields[name] = value.removeprefix(" ")
                elif "data" in fields:
                    yield fields.get("id", ""), fields.get("event", "message"), json.loads(fields["data"])
                    fields = {}

    def _send(self, method: str, path: str, retry: bool, **arguments: Any) -> httpx.Response:
        for left in range(_TRIES - 1 if retry else 0, -1, -1):
            try:
                response = self._http.request(method, path, **arguments)
            except httpx.TransportError as error:
                if not left:
                    raise self._offline(error) from None
                wait = _PAUSE * 2 ** (_TRIES - left)
            else:
                wait = self._wait(response)
                if not left or not wait:
                    if not response.is_success:
                        raise self._refused(response)
                    return response
            time.sleep(wait)
        raise AssertionError("unreachable")

    @staticmethod
    def _wait(response: httpx.Response) -> float:
        """Seconds after which the same request may do better; 0 if it won't."""
        if response.status_code == 429:
            seconds = response.headers.get("Retry-After", "1")
            return float(seconds) if seconds.isdigit() and int(seconds) <= _LONGEST_WAIT else 0.0
        return _PAUSE * 2 if response.status_code in _BUSY else 0.0

    @staticmethod
    def _content(response: httpx.Response) -> Any:
        if response.headers.get("content-type", "").startswith("application/json"):
            return response.json()
        return response.content

    def _refused(self, response: httpx.Response) -> Exception:
        try:
            problem = response.json()
        except ValueError:
            problem = None
        if not isinstance(problem, dict):
            return Unavailable(f"{self.url} answers, but is no grader service (status {response.status_code})")
        if response.status_code in _BUSY:
            return Unavailable(str(problem.get("detail", "the service can't work just now")))
        return Refused(response.status_code, problem)

    def _offline(self, error: httpx.TransportError) -> Unavailable:
        return Unavailable(
            f"{self.url} can't be reached ({error or type(error).__name__}): are you online, and is the address right? "
            f"Nothing is lost: run the command again"
        )
