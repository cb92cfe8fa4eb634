"""The hand-made part of the corpus: ``python -m tests.fuzz.seeds`` writes it, after the formats changed.

What fuzzing finds beside it is kept under the names that libFuzzer gives (a digest).
"""

from __future__ import annotations

import gzip
import io
import re
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandboxes.guest.wire import tags
from sandboxes.guest.wire.frames import pack

__all__ = ["CORPUS", "seeds"]

CORPUS = Path(__file__).parent / "corpus"


def seeds() -> dict[str, dict[str, bytes]]:
    """Content by name, by target."""
    return {"archives": dict(_archives()), "assignments": dict(_assignments()), "wire": dict(_messages())}


# Archives


def _zip(*entries: tuple[str, bytes], method: int = zipfile.ZIP_STORED, comment: bytes = b"") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.comment = comment
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return packed.getvalue()


def _tar(*entries: tuple[str, bytes, bytes], form: int = tarfile.PAX_FORMAT, headers: dict[str, str] | None = None) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as archive:
        for name, kind, data in entries:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname, entry.pax_headers = kind, "a.py", headers or {}
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def _archives() -> Iterator[tuple[str, bytes]]:
    good = ("a.py", b"x = 1\n" * 5)
    for name, method in {"stored": 0, "deflated": 8, "bzip2": 12, "lzma": 14}.items():
        yield f"zip-{name}", _zip(good, ("pkg/b.py", b"y"), method=method)
    yield "zip-folders", _zip(("top/", b""), ("top/a.py", b"x"), ("top/__pycache__/a.pyc", b"x"))
    yield "zip-outside", _zip(("../a.py", b"x"), ("/a.py", b"x"))
    yield "zip-comment", _zip(good, comment=b"PK\5\6" + bytes(18))
    yield "zip-empty", _zip()
    yield "zip-encrypted", _zip(good).replace(b"PK\1\2\x14\3\x14\0\0\0", b"PK\1\2\x14\3\x14\0\1\0")
    yield "zip-broken-lzma", _zip(good, method=14).replace(b"\x05\x00\x5d", b"\x05\x00\xff")
    yield "zip-extra", _zip(good).replace(b"a.py", b"a.pz")
    regular, kinds = tarfile.REGTYPE, {"link": b"2", "hardlink": b"1", "device": b"4", "fifo": b"6", "folder": b"5"}
    yield "tar-plain", _tar(("a.py", regular, b"x"), ("pkg/b.py", regular, b"y"))
    for name, kind in kinds.items():
        yield f"tar-{name}", _tar(("a.py", regular, b"x"), ("b", kind, b""))
    yield "tar-gnu-names", _tar(("d/" * 60 + "a.py", regular, b"x"), form=tarfile.GNU_FORMAT)
    yield "tar-pax-names", _tar(("d/" * 60 + "ä.py", regular, b"x"), headers={"comment": "x" * 200})
    yield "tar-pax-size", _tar(("a.py", regular, b"x"), headers={"size": "99999999999999"})
    yield "tar-pax-sparse", _tar(("a.py", regular, b"x"), headers={"GNU.sparse.map": "0,1,2", "GNU.sparse.size": "9"})
    yield "tar-sparse", _tar(("a.py", tarfile.GNUTYPE_SPARSE, b""), form=tarfile.GNU_FORMAT)
    yield "tar-name-of-a-name", _tar(*[("././@LongLink", tarfile.GNUTYPE_LONGNAME, b"x" * 600)] * 3, form=tarfile.GNU_FORMAT)
    yield "tar-gz", gzip.compress(_tar(("a.py", regular, b"x")), mtime=0)
    yield "tar-gz-cut", gzip.compress(_tar(("a.py", regular, b"x")), mtime=0)[:-9]


# Assignments


_WHOLE = b"""id = "whole"
title = "All tables"
language = "python"
[submission]
required = ["a.py"]
allowed = ["*.py", "data/*"]
max_size = "1 MiB"
max_files = 50
[limits]
cpu_time = 2.0
memory = "256 MiB"
[[criterion]]
kind = "tests"
weight = 60
[[criterion]]
kind = "efficiency"
weight = 20
full = 1.5
zero = 10.0
[[criterion]]
kind = "style"
weight = 20
bonus = true
rules = ["E", "F"]
[policy]
due = 2027-01-31T23:59:00+01:00
late = { per_day = 10, until = 3 }
attempts = 10
cooldown = "15 min"
counts = "best"
[feedback]
hidden = "name"
[[competency]]
id = "state"
tests = ["test_deposit*"]
[[solution]]
path = "reference"
score = { at_least = 100 }
fails = []
"""


def _assignments() -> Iterator[tuple[str, bytes]]:
    yield "whole", _WHOLE
    head = b'id = "a"\ntitle = "A"\nsubmission.required = ["a.py"]\n'
    yield "smallest", head
    yield "unknown-key", head + b"[limits]\ncpu_tme = 1.0\n"
    yield "wrong-types", head + b'[limits]\nmemory = [1, {a = 2}]\ncpu_time = inf\nprocesses = "x"\n'
    yield "sizes", head + b'[limits]\nmemory = "1e9 MiB"\noutput = "999999999999999999999999 GiB"\n'
    yield (
        "times",
        head + b"[policy]\ndue = 2027-01-31T23:59:00+01:00\nopens = 9999-12-31T23:59:59-23:59\ncloses = 07:32:00\n",
    )
    yield "criteria", head + b'[[criterion]]\nkind = "growth"\nweight = 1\n[[criterion]]\nkind = "nonsense"\nweight = nan\n'
    yield "rules", head + b'[[criterion]]\nkind = "style"\nweight = 1\nrules = ["E", 3]\n[score]\nx = 1\n'
    yield "tables", head + b"[[solution]]\npath = 'x'\nscore = {below = 1}\n[[competency]]\nid = ''\n"
    yield "dotted", b'a.b."c d".\'e\' = 1\n[a.b.c]\nf.g = """x\n\\u00e9"""\n'
    yield "numbers", b"a = 0x_f\nb = 1_000\nc = -0b1\nd = 1e400\ne = " + b"9" * 60 + b"\n"
    yield "nested", b"a = " + b"[" * 40 + b"]" * 40 + b"\n"
    yield "not-utf-8", b"\xff\xfea = 1\n"
    yield "with-mark", b"\xef\xbb\xbf" + head
    yield "writing", head + b'kind = "test-writing"\n[[mutant]]\npath = "m"\npoints = 2.5\n'


# Messages


def _reply(items: Any, table: Any = (), updates: Any = (), classes: Any = ()) -> bytes:
    return b"\1" + pack([list(items), list(table), list(updates), list(classes)])


def _described(number: int, bases: list[Any], **changes: Any) -> list[Any]:
    described = {
        "number": number,
        "module": "bank",
        "qualname": f"C{number}",
        "bases": bases,
        "specials": ["__eq__", "__len__"],
        "hashable": True,
        "plain": "",
        "is_exception": False,
        "doc": None,
    }
    return list({**described, **changes}.values())


_WIDE = b"\0" + b"\xff" * 9
_LEAVES: dict[str, list[Any]] = {
    "big-int": [tags.BIG_INT, _WIDE],
    "complex": [tags.COMPLEX, 1.0, 2.0],
    "range": [tags.RANGE, b"\0", b"\x05", b"\1"],
    "decimal": [tags.DECIMAL, "1e99"],
    "fraction": [tags.FRACTION, b"\1", b"\2"],
    "constant": [tags.CONSTANT, "Ellipsis"],
    "type": [tags.TYPE, "int"],
    "date": [tags.DATE, "2027-01-31"],
    "time": [tags.TIME, "12:00:00", [tags.TIMEZONE, 3600.0, "x"], 0],
    "datetime": [tags.DATETIME, "2027-01-31T12:00:00", None, 1],
    "timedelta": [tags.TIMEDELTA, 1, 2, 3],
    "uuid": [tags.UUID, bytes(16)],
    "path": [tags.PATH, "PurePosixPath", "/etc"],
    "array": [tags.ARRAY, "<f8", [2], bytes(16)],
    # Found by fuzzing: the text was compiled, and a file opened.
    "array-type-compiled": [tags.ARRAY, "4f8", [1], bytes(32)],
    "zone-opened": [tags.ZONE, "Europe/Paris"],
    "array-scalar": [tags.ARRAY_SCALAR, "<i4", bytes(4)],
}


def _messages() -> Iterator[tuple[str, bytes]]:
    yield "scalars", _reply([None, True, 3, 1.5, "x", b"y"])
    yield (
        "containers",
        _reply(
            [[5], [6]],
            [
                *([tags.LIST, [[6], 1]], [tags.DICT, ["k", [5]]], [tags.SET, [1, 2]], [tags.TUPLE, [[5], [6]]]),
                *(
                    [tags.DEQUE, [1], 3],
                    [tags.COUNTER, ["a", 1]],
                    [tags.DEFAULT_DICT, ["a", 1], None],
                    [tags.BYTEARRAY, b"x"],
                ),
                *([tags.FROZENSET, [1]], [tags.ORDERED_DICT, ["b", 2]], [tags.SLICE, [1, 2, None]]),
            ],
        ),
    )
    yield "cycle", _reply([[5]], [[tags.LIST, [[5]]]])
    yield "tuple-in-itself", _reply([[5]], [[tags.TUPLE, [[5]]]])
    for name, entry in _LEAVES.items():
        yield f"leaf-{name}", _reply([[5]], [entry])
    yield "updates", _reply([], [], [[0, [tags.LIST, [9]]], [1, [tags.DICT, ["z", [0]]]], [2, [tags.BYTEARRAY, b"zz"]]])
    yield "update-of-an-array", _reply([], [], [[4, [tags.ARRAY, "<f8", [2], bytes(16)]]])
    yield "class", _reply([[5], [6]], [[tags.MINE, 1, 0], [tags.MY_CLASS, 0]], [], [_described(0, [])])
    yield "classes", _reply([], [], [], [_described(1, [0]), _described(0, ["builtins.ValueError"], is_exception=True)])
    yield "class-of-itself", _reply([], [], [], [_described(0, [0])])
    yield "int-of-its-own", _reply([[5]], [[tags.MINE, 1, 0, 7]], [], [_described(0, [], plain="int")])
    yield "your-class", _reply([[5]], [[tags.YOUR_CLASS, 3]])
    yield (
        "exception",
        _reply([[5]], [[tags.EXCEPTION, 0, "builtins.ValueError", [6], "x", "trace", None, None], [tags.TUPLE, ["x"]]]),
    )
    yield (
        "own-exception",
        _reply(
            [[5]],
            [[tags.EXCEPTION, 1, 0, [6], "x", None, [5], None], [tags.TUPLE, []]],
            [],
            [_described(0, ["builtins.KeyError"], is_exception=True)],
        ),
    )
    yield "exception-class", _reply([[5]], [[tags.EXCEPTION_CLASS, "json.decoder.JSONDecodeError"]])
    yield "handle-never-sent", _reply([[-1]])
    whole = _reply([1])[1:]
    yield "frames", b"\0" + b"".join(struct.pack(">I", len(one)) + one for one in (whole, whole, pack({"hello": 1})))
    yield "frame-too-long", b"\0\xff\xff\xff\xffxxxx"
    yield "frame-cut", b"\0\0\0\0\x09\x94"
    yield "nested-bytes", b"\1" + b"\x91" * 600
    # Orders: a list of items, one of entries, one of updates, one of classes (see ``Builder``).
    yield "built-containers", b"\2" + bytes([1, 129, 45, 2, 130, 41, 129, 129, 45, 130, 43, 130, 160, 45, 0, 0])
    yield "built-classes", b"\2" + bytes([0, 1, 131, 90, 41, 40, 0, 2, 240, 0, 1, 2, 3, 0, 0, 241, 1, 2, 3, 4, 1, 40, 3])
    yield "built-exception", b"\2" + bytes([1, 129, 45, 2, 135, 93, 40, 162, 129, 46, 166, 192, 192, 130, 42, 129, 41, 0, 0])


def main() -> None:
    """Write them."""
    for target, files in seeds().items():
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            if not re.fullmatch(r"[0-9a-f]{40}", old.name):
                old.unlink()
        for name, data in files.items():
            (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
