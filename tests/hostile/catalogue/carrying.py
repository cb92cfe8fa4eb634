"""Archives that carry more, or less, or elsewhere than they say."""

from __future__ import annotations

import gzip
import io
import random
import re
import struct
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from .attack import REVIEW

__all__ = ["ATTACKS", "Archive"]


@dataclass(frozen=True)
class Archive:
    """One archive that a learner hands in.

    Attributes:
        name: What it does.
        known: Where the trick is known from.
        suffix: Of its file name.
        make: Gives its bytes.
        told: What the rejection has in it; empty where it is taken for the files in ``holds``.
        holds: Content by path.
    """

    name: str
    known: str
    suffix: str
    make: Callable[[], bytes]
    told: str = ""
    holds: tuple[tuple[str, bytes], ...] = ()

    @cached_property
    def data(self) -> bytes:
        """Its bytes."""
        return self.make()


GOOD = ("work.py", b"x = 1\n")
Change = Callable[[zipfile.ZipInfo], None]


def _zip(*entries: tuple[str, bytes], method: int = 0, comment: bytes = b"", change: Change = lambda entry: None) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.comment = comment
        for name, data in entries:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = method
            change(entry)
            archive.writestr(entry, data)
    return packed.getvalue()


def _mode(mode: int) -> Change:
    return lambda entry: setattr(entry, "external_attr", mode << 16)


def _tar(*entries: tuple[str, bytes] | tarfile.TarInfo, form: int = tarfile.PAX_FORMAT) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as archive:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                archive.addfile(entry)
                continue
            header = tarfile.TarInfo(entry[0])
            header.size = len(entry[1])
            archive.addfile(header, io.BytesIO(entry[1]))
    return packed.getvalue()


def _entry(name: str, kind: bytes, link: str = "", length: int = 0, **headers: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname, entry.size, entry.pax_headers = kind, link, length, headers
    return entry


def _lying_size(data: bytes, size: int) -> bytes:
    """A ZIP archive whose directory says that each file unpacks to ``size`` bytes."""
    return re.sub(rb"(?s)(PK\x01\x02.{20})....", lambda match: match[1] + struct.pack("<I", size), data)


def _at(data: bytes, before: bytes, after: bytes) -> bytes:
    assert before in data
    return data.replace(before, after)


def _of(name: str, known: str, suffix: str, data: Callable[[], bytes], told: str) -> Archive:
    return Archive(name, known, suffix, data, told)


_SLIP = "zip slip (Snyk, 2018); CVE-2007-4559 (tarfile)"
_LINKS = "CVE-2007-4559; symlink-then-write in unpackers (CVE-2021-32803)"
_BOMB = "decompression bombs: 42.zip; David Fifield, 2019"
_FORMAT = "malformed archives: fuzzing of zipfile and tarfile"
_NAMES = "names that are others elsewhere: CVE-2014-9390 (Git on case-insensitive file systems)"
_HEADERS = "tar headers: CVE-2019-20907 (tarfile endless loop), CVE-2025-4517's kind"

ATTACKS = [
    _of("A ZIP entry climbs out with ..", _SLIP, ".zip", lambda: _zip(GOOD, ("../../work.py", b"x")), "leads outside"),
    _of("A ZIP entry climbs out from a folder", _SLIP, ".zip", lambda: _zip(GOOD, ("a/../../../x", b"x")), "leads outside"),
    _of("A ZIP entry is absolute", _SLIP, ".zip", lambda: _zip(GOOD, ("/tmp/left-by-an-attack", b"x")), "absolute"),
    _of("A ZIP entry climbs out with backslashes", _SLIP, ".zip", lambda: _zip(GOOD, ("..\\..\\x.py", b"x")), "backslash"),
    _of("A ZIP entry names a drive", _SLIP, ".zip", lambda: _zip(GOOD, ("C:x.py", b"x")), "drive"),
    _of("A TAR entry climbs out with ..", _SLIP, ".tar", lambda: _tar(GOOD, ("../x.py", b"x")), "leads outside"),
    _of("A TAR entry is absolute", _SLIP, ".tar.gz", lambda: gzip.compress(_tar(GOOD, ("/tmp/x", b"x"))), "absolute"),
    _of(
        "A pax header renames an entry to climb out",
        _HEADERS,
        ".tar",
        lambda: _tar(_entry("a.py", b"0", path="../../left-by-an-attack")),
        "leads outside",
    ),
    _of(
        "A ZIP entry is a symbolic link", _LINKS, ".zip", lambda: _zip(GOOD, ("l", b"/etc"), change=_mode(0o120777)), "link"
    ),
    _of("A ZIP entry is a device", _LINKS, ".zip", lambda: _zip(GOOD, change=_mode(0o060666)), "link or device"),
    _of("A TAR entry is a symbolic link", _LINKS, ".tar", lambda: _tar(GOOD, _entry("l", b"2", "/etc/passwd")), "link"),
    _of("A TAR entry is a hard link", _LINKS, ".tar", lambda: _tar(GOOD, _entry("l", b"1", "/etc/passwd")), "link"),
    _of(
        "A TAR entry is a link to a folder that the next entry is written through",
        _LINKS,
        ".tar",
        lambda: _tar(_entry("d", b"2", "/tmp"), ("d/left-by-an-attack", b"x")),
        "link",
    ),
    _of("TAR entries are devices and pipes", _LINKS, ".tar", lambda: _tar(GOOD, _entry("p", b"6")), "device"),
    _of("A TAR entry is a block device", _LINKS, ".tar", lambda: _tar(GOOD, _entry("b", b"4")), "device"),
    _of("A ZIP bomb unpacks to a gigabyte", _BOMB, ".zip", lambda: _zip(("work.py", bytes(1 << 24)), method=8), "larger"),
    _of("An LZMA bomb", _BOMB, ".zip", lambda: _zip(("work.py", bytes(1 << 24)), method=14), "larger"),
    _of("A bzip2 bomb", _BOMB, ".zip", lambda: _zip(("work.py", bytes(1 << 24)), method=12), "larger"),
    _of(
        "A ZIP bomb that says it is small",
        _BOMB,
        ".zip",
        lambda: _lying_size(_zip(("work.py", bytes(1 << 24)), method=8), 10),
        "damaged",
    ),
    _of("A gzip bomb", _BOMB, ".tar.gz", lambda: gzip.compress(_tar(("work.py", bytes(1 << 24)))), "larger|unpacks to more"),
    _of(
        "A gzip bomb of ignored files",
        _BOMB,
        ".tar.gz",
        lambda: gzip.compress(_tar((".git/x", bytes(1 << 24)))),
        "more than",
    ),
    _of(
        "A gzip bomb of nothing after the end",
        _BOMB,
        ".tar.gz",
        lambda: gzip.compress(bytes(1 << 24)),
        "empty|damaged|more than",
    ),
    _of("Ten thousand empty files", _BOMB, ".zip", lambda: _zip(*[(f"f{n}.py", b"") for n in range(10_000)]), "files|bytes"),
    _of(
        "Ten thousand folders",
        _BOMB,
        ".tar.gz",
        lambda: gzip.compress(_tar(*[(f"d{n}/", b"") for n in range(9999)])),
        "files|more",
    ),
    _of(
        "Overlapping entries, each of the same data",
        "David Fifield, 2019: A better zip bomb; CVE-2024-0450",
        ".zip",
        lambda: _zip(*[(f"f{n}.py", bytes(60_000)) for n in range(40)], method=8),
        "larger",
    ),
    Archive(
        "An archive in an archive stays an archive",
        _BOMB,
        ".zip",
        lambda: _zip(GOOD, ("inner.zip", _zip(GOOD))),
        "not among",
    ),
    _of("An entry is encrypted", "password-protected archives", ".zip", lambda: _encrypted(), "encrypted"),
    _of(
        "Two ZIP entries have one name",
        "duplicate entries: Android's Master Key, CVE-2013-4787",
        ".zip",
        lambda: _twice(),
        "twice",
    ),
    _of("Two TAR entries have one name", "CVE-2013-4787's kind", ".tar", lambda: _tar(GOOD, ("./work.py", b"y")), "twice"),
    _of("A file is a folder as well", _FORMAT, ".tar", lambda: _tar(("work.py/a.py", b"x"), GOOD), "folder"),
    _of("Names differ only in case", _NAMES, ".zip", lambda: _zip(GOOD, ("WORK.py", b"y")), "same name"),
    _of(
        "Names differ only in how é is composed",
        _NAMES,
        ".zip",
        lambda: _zip(GOOD, ("\u00e9.py", b""), ("e\u0301.py", b"")),
        "same",
    ),
    _of("A name is that of another in wide letters", _NAMES, ".tar", lambda: _tar(GOOD, ("ｗork.py", b"y")), "same name"),
    _of("A name is a device of Windows", _NAMES, ".zip", lambda: _zip(GOOD, ("aux.py", b"")), "Windows"),
    _of("A name ends with a dot and a blank", _NAMES, ".tar", lambda: _tar(GOOD, ("work.py. ", b"y")), "Windows"),
    _of(
        "A name is shown backwards",
        "Trojan Source: CVE-2021-42574",
        ".zip",
        lambda: _zip(GOOD, ("a\u202eyp.txt", b"")),
        "order",
    ),
    _of(
        "A name has an escape sequence",
        "terminal injection by file names",
        ".tar",
        lambda: _tar(GOOD, ("\x1b[2Jx.py", b"")),
        "control",
    ),
    _of("A name has a line break", "CSV and log injection", ".zip", lambda: _zip(GOOD, ("a\nb.py", b"")), "line break"),
    _of(
        "A name is cut at a NUL",
        "NUL in names: CVE-2024-8088's kind",
        ".zip",
        lambda: _at(_zip(GOOD, ("aXpy", b"")), b"aXpy", b"a\0py"),
        "control",
    ),
    _of(
        "A name is no UTF-8",
        _FORMAT,
        ".tar",
        lambda: _at(_tar(GOOD, ("aXYZ.py", b"")), b"aXYZ", b"a\xff\xfe\xfd"),
        "UTF-8|damaged",
    ),
    _of("A name has a thousand letters", _FORMAT, ".tar", lambda: _tar(GOOD, ("x" * 1000, b"")), "too long"),
    _of("A name has five hundred folders", _FORMAT, ".zip", lambda: _zip(GOOD, ("d/" * 500 + "x.py", b"")), "too long"),
    _of("Content does not match its checksum", _FORMAT, ".zip", lambda: _at(_zip(GOOD), b"x = 1\n", b"x = 2\n"), "CRC"),
    _of("A ZIP archive is cut off", _FORMAT, ".zip", lambda: _zip(GOOD, method=8)[:60], "damaged"),
    _of("A TAR archive is cut off", _FORMAT, ".tar", lambda: _tar(GOOD)[:514], "damaged"),
    _of("A gzip stream is cut off", _FORMAT, ".tar.gz", lambda: gzip.compress(_tar(GOOD))[:-12], "damaged"),
    _of("A gzip stream has another checksum", _FORMAT, ".tgz", lambda: gzip.compress(_tar(GOOD))[:-8] + bytes(8), "damaged"),
    _of(
        "An LZMA stream is broken",
        "found by review of this project: a traceback",
        ".zip",
        lambda: _at(_zip(GOOD, method=14), b"\x05\x00\x5d", b"\x05\x00\xff"),
        "damaged",
    ),
    _of("An LZMA stream wants four gigabytes for its dictionary", _BOMB, ".zip", lambda: _wide_lzma(), "damaged"),
    _of("A compression method that nobody knows", _FORMAT, ".zip", lambda: _method(_zip(GOOD), 99), "damaged"),
    _of("Zip64 records lie about sizes", "zip64 parser differentials", ".zip", lambda: _zip64(), "damaged|larger"),
    _of("The directory lies beyond the end", _FORMAT, ".zip", lambda: _zip(GOOD)[:-6] + b"\xff\xff\xff\x7f\0\0", "damaged"),
    _of(
        "A comment holds another directory",
        "ZIP comment tricks: parser differentials",
        ".zip",
        lambda: _comment(),
        "damaged",
    ),
    Archive(
        "An archive is appended to a program",
        "polyglots: GIFAR, 2008",
        ".zip",
        lambda: b"#!/bin/sh\nexit\n" + _zip(GOOD),
        holds=(GOOD,),
    ),
    _of("A picture is called an archive", _FORMAT, ".zip", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "damaged"),
    _of(
        "A pax header says that a file has terabytes",
        _HEADERS,
        ".tar",
        lambda: _tar(_entry("work.py", b"0", length=1 << 42)),
        "larger",
    ),
    _of(
        "A pax header has a negative size",
        _HEADERS,
        ".tar",
        lambda: _tar(_entry("work.py", b"0", **{"size": "-5"})),
        "damaged|empty",
    ),
    _of("A TAR header has a negative size", _HEADERS, ".tar", lambda: _negative(), "damaged"),
    _of(
        "A pax header is as large as the archive",
        _HEADERS,
        ".tar",
        lambda: _tar(_entry("a.py", b"0", comment="x" * 99_999)),
        "files|damaged|missing|larger|more",
    ),
    _of(
        "A sparse file of terabytes",
        "GNU sparse headers: CVE-2019-14697's kind",
        ".tar",
        lambda: _tar(GOOD, _entry("s", b"S")),
        "sparse",
    ),
    _of(
        "A pax sparse map of a million holes",
        "GNU sparse 1.0",
        ".tar",
        lambda: _tar(_entry("s.py", b"0", **{"GNU.sparse.map": "0,1," * 9999 + "0,1", "GNU.sparse.size": "99"})),
        "sparse|damaged",
    ),
    _of("Four hundred long names in a row, each of the next", _HEADERS, ".tar", lambda: _names(), "damaged|bytes|files"),
    _of(
        "A tar header with a checksum of blanks",
        _HEADERS,
        ".tar",
        lambda: _tar(GOOD)[:148] + b"        " + _tar(GOOD)[156:],
        "damaged",
    ),
    _of("Nothing at all", _FORMAT, ".zip", lambda: b"", "empty"),
    _of("An archive of no files", _FORMAT, ".tar", lambda: bytes(10240), "empty"),
    _of("An archive of folders alone", _FORMAT, ".zip", lambda: _zip(("work.py/", b"")), "empty|folder"),
    _of("Random bytes", "fuzzing", ".tar.gz", lambda: b"\x1f\x8b\x08" + random.Random(7).randbytes(5000), "damaged"),
    Archive(
        "What tools leave about is passed over, and can hide nothing",
        REVIEW,
        ".zip",
        lambda: _zip(GOOD, ("__MACOSX/._work.py", b"x"), (".git/hooks/post-checkout", b"x"), ("__pycache__/work.pyc", b"x")),
        holds=(GOOD,),
    ),
]


def _encrypted() -> bytes:
    data = bytearray(_zip(GOOD))
    directory = data.index(b"PK\1\2")
    data[6] |= 1
    data[directory + 8] |= 1
    return bytes(data)


def _twice() -> bytes:
    return _at(_zip(GOOD, ("work.pz", b"y")), b"work.pz", b"work.py")


def _method(data: bytes, method: int) -> bytes:
    changed = bytearray(data)
    directory = changed.index(b"PK\1\2")
    changed[8:10] = changed[directory + 10 : directory + 12] = struct.pack("<H", method)
    return bytes(changed)


def _wide_lzma() -> bytes:
    data = _zip(("work.py", bytes(100)), method=14)
    start = data.index(b"\x05\x00\x5d") + 3
    return data[:start] + b"\xff\xff\xff\xff" + data[start + 4 : start + 12] + b"\xff" * 8 + data[start + 20 :]


def _zip64() -> bytes:
    data = bytearray(_zip(GOOD))
    directory = data.index(b"PK\1\2")
    data[directory + 20 : directory + 28] = b"\xff" * 8
    return bytes(data)


def _comment() -> bytes:
    other = _zip(("other.py", b"y"))
    return _zip(GOOD, comment=other[other.index(b"PK\1\2") :])


def _negative() -> bytes:
    data = bytearray(_tar(GOOD, form=tarfile.GNU_FORMAT))
    data[124:136] = b"\xff" * 11 + b"\x9c"
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


def _names() -> bytes:
    long = _tar(_entry("x" * 150, b"0"), form=tarfile.GNU_FORMAT)[:1024]
    return long * 400 + _tar(GOOD)
