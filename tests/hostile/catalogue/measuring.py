"""Submissions that want to look better, quicker or smaller than they are, and tests that want to look sharper.

More of them, each measured on its own, stand in ``test_bought_speed.py`` and ``test_lying_tests.py`` beside this folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .attack import REVIEW

__all__ = ["COSTS", "HONEST", "STYLES", "WORST", "Costly", "Style"]

HONEST = '''"""Multiplies."""


def solve(n: int) -> int:
    """Seven times as much."""
    return n * 7
'''
WORST = (
    "import os, sys\nfrom math import *\ndef f(a, b):\n  l = 1\n  if a == None: return undefined_name\n  x: int = 'text'\n"
)
"""Text in which every tool finds something."""
UNTYPED = 'half: int = solve("6") / "2"\n'
"""Text in which mypy alone finds something."""


@dataclass(frozen=True)
class Style:
    """A submission that works, and whose text shall not be read: style must earn less than it can, and never be a failure.

    Attributes:
        name: What it does.
        known: Where the trick is known from.
        work: Text of ``work.py``.
        others: Bytes of other files.
        most: Points of ten that it may earn for style at most.
    """

    name: str
    known: str
    work: str = HONEST
    others: Mapping[str, bytes] = field(default_factory=dict)
    most: float = 9.0


def _in(folder: str) -> Style:
    known = "default excludes of ruff and mypy; found by review of this project"
    return Style(f"Code stands in {folder}", known, others={f"{folder}/hidden.py": WORST.encode() * 4})


def _told(comment: str, known: str = "suppressing comments; found by review of this project") -> Style:
    return Style(f"Tools are told {comment.splitlines()[0]!r}", known, HONEST + "\n\n" + comment + "\n" + WORST)


def _configured(file: str, text: str) -> Style:
    return Style(f"Tools are configured by {file}", "settings of the learner's", HONEST + WORST, {file: text.encode()})


STYLES = [
    *map(
        _in, ("node_modules", "dist", "build", "_build", "site-packages", "venv", "env", ".tox", "__pypackages__", ".hidden")
    ),
    _told("# ruff: noqa"),
    _told("# flake8: noqa"),
    _told("# mypy: ignore-errors"),
    _told("# fmt: off"),
    _told("# yapf: disable"),
    _told("# isort: skip_file"),
    _told("# mypy: disable-error-code='assignment,name-defined'"),
    _told("if not TYPE_CHECKING: pass"),
    *(
        Style(
            f"Code stands where mypy does not look: {guard!r}",
            "names whose truth mypy knows",
            f"{HONEST}\n\n{guard}\n    {UNTYPED}",
        )
        for guard in ("if not TYPE_CHECKING:", "if not MYPY:", "if PY2:", "if not PY3:")
    ),
    Style(
        "Code comes after what mypy takes for the end",
        "names whose truth mypy knows",
        f"{HONEST}\n\nMYPY = False\nif MYPY:\n    raise SystemExit\n\n\n{UNTYPED}",
    ),
    Style(
        "Every line is excused",
        "suppressing comments",
        HONEST + "".join(f"{line}  # noqa  # type: ignore\n" for line in WORST.splitlines()),
    ),
    _configured("ruff.toml", 'exclude = ["*"]\n'),
    _configured(".ruff.toml", "lint.select = []\n"),
    _configured("pyproject.toml", '[tool.ruff]\nexclude = ["*"]\n[tool.mypy]\nignore_errors = true\n'),
    _configured("mypy.ini", "[mypy]\nignore_errors = True\n"),
    _configured("setup.cfg", "[mypy]\nignore_errors = True\n"),
    _configured(".gitignore", "*.py\n"),
    Style(
        "A syntax error in a file that nobody imports",
        "tools that stop at the first file they can't read",
        others={"b.py": b"def f(:\n"},
    ),
    Style("A NUL in a file that nobody imports", REVIEW, others={"b.py": b"x = 1\0\n"}),
    Style("A file that is no UTF-8", REVIEW, others={"b.py": b"x = '\xff\xfe'\n"}),
    Style(
        "A file whose encoding is UTF-7",
        "encoding declarations: code in comments",
        others={"b.py": b"# coding: utf-7\n+AAo-import os\n"},
    ),
    Style("A file whose encoding does not exist", REVIEW, others={"b.py": b"# -*- coding: nonsense -*-\nimport os\n"}),
    Style("Twenty thousand additions in a row", REVIEW, others={"b.py": b"x = " + b"1 + " * 20_000 + b"1\nimport os\n"}),
    Style(
        "Parentheses nested ten thousand deep",
        "parsers that recurse",
        others={"b.py": b"x = " + b"(" * 10_000 + b")" * 10_000},
    ),
    Style(
        "Blocks nested a hundred deep",
        "CPython: too many levels of indentation",
        others={"b.py": b"".join(b" " * n + b"if 1:\n" for n in range(101)) + b" " * 102 + b"x"},
    ),
    Style("Two files of one module name", REVIEW, others={"a/util.py": WORST.encode(), "b/util.py": WORST.encode()}),
    Style(
        "A package whose name is none",
        REVIEW,
        others={"my-pkg/__init__.py": WORST.encode(), "my-pkg/mod.py": b"import os\n"},
    ),
    Style(
        "A module that shadows the standard library's",
        "shadowing",
        others={"typing.py": WORST.encode(), "builtins.py": b"import os\n"},
    ),
    Style(
        "A stub says that all is well",
        "type stubs beside the module",
        HONEST + WORST,
        {"work.pyi": b"def solve(n: int) -> int: ...\n"},
    ),
    Style(
        "A file of one line with a million letters", REVIEW, others={"b.py": b"x = '" + b"a" * 900_000 + b"'\nimport os\n"}
    ),
    Style(
        "A name that is an option of the tools",
        "argument injection (CWE-88)",
        others={"--exit-zero.py": WORST.encode(), "-c.py": b"import os\n"},
    ),
]


@dataclass(frozen=True)
class Costly:
    """A submission that solves the tests and hides what that costs: the criterion must earn at most so much.

    Attributes:
        name: What it does.
        known: Where the trick is known from.
        work: Text of ``work.py``.
        kind: The criterion.
        most: Points of ten that it may earn at most.
    """

    name: str
    known: str
    work: str
    kind: str
    most: float = 2.0


_TABLE = "found by review of this project: computed at import for guessed sizes"
_SLOW = """
def _slow(n):
    total = 0
    for a in range(n):
        for b in range(0, n, 16):
            total += (a ^ b) & 1
    return n
"""

COSTS = [
    Costly(
        "Answers for guessed sizes are computed at import",
        _TABLE,
        _SLOW + "SIZES = {n: _slow(n) for n in (500, 1000, 2000, 4000, 8000)}\ndef grow(n): return SIZES[n]\n",
        "growth",
    ),
    Costly(
        "Answers are computed in a thread that import started, partly before the first test and partly while it waits",
        _TABLE,
        "import threading\n"
        + _SLOW.replace("16", "8")
        + "SIZES = {}\ndef _fill():\n    for n in (500, 1000, 2000, 4000, 8000): SIZES[n] = _slow(n)\nT = threading.Thread(target=_fill)\nT.start()\ndef grow(n):\n    T.join()\n    return SIZES[n]\n",
        "growth",
    ),
    Costly(
        "Sizes are worked on by a child process",
        "work in child processes",
        "import os\n"
        + _SLOW
        + "def grow(n):\n    if os.fork() == 0:\n        _slow(n)\n        os._exit(0)\n    os.wait()\n    return n\n",
        "growth",
    ),
    Costly(
        "Memory is held by a child process",
        "memory parked elsewhere",
        "import os, time\ndef hold(n):\n    reader, writer = os.pipe()\n    if os.fork() == 0:\n        data = bytearray(b'x') * (n * 20)\n        os.write(writer, b'x')\n        time.sleep(0.2)\n        os._exit(0)\n    os.read(reader, 1)\n    os.wait()\n    return n\n",
        "memory",
    ),
    Costly(
        "Memory is held in files",
        "memory parked elsewhere",
        "def hold(n):\n    with open('/tmp/held', 'wb') as file:\n        for _ in range(20): file.write(b'x' * n)\n    with open('/tmp/held', 'rb') as file: return len(file.read()) // 20\n",
        "memory",
    ),
    Costly(
        "Memory is held in a memfd",
        "memory parked elsewhere",
        "import os\ndef hold(n):\n    held = os.memfd_create('x')\n    for _ in range(20): os.write(held, b'x' * n)\n    return n\n",
        "memory",
    ),
    Costly(
        "Memory is taken at import",
        "work at import",
        "HELD = bytearray(b'x') * (1 << 20) * 40\ndef hold(n): return n\n",
        "memory",
    ),
]
