"""Submissions that speak the wire themselves: whatever comes is a message, or the end of this candidate, and nothing else."""

from .attack import REVIEW, Attack


def _saying(name: str, *lines: str, known: str = REVIEW, function: str = "number(n)", says: str = "") -> Attack:
    """A submission that says something on the wire in the middle of a call that is worth a point."""
    body = "\n    ".join(lines)
    return Attack(name, known, f"import spy\ndef {function}:\n    {body}\n    return 0\n", says=says)


def _telling(name: str, message: str, known: str = REVIEW) -> Attack:
    return _saying(name, f"spy.tell({message})", known=known)


ATTACKS = [
    # The first one is made over each transport always: without it the others might speak to nobody.
    _saying(
        "What speaks here reaches the examiner, which refuses",
        "assert len(spy.streams()) == 1",
        "spy.ask('getattr', '__class__', [[1]])",
        says="interfered with the grader's connection (a reference to nothing)",
    ),
    _telling("Bytes that are no msgpack", "b'\\xc1' * 1000", "fuzzing: reserved byte of msgpack"),
    _telling("An empty frame", "b''"),
    _telling("A frame cut off in the middle of a value", "spy.pack(spy.reply([47514]))[:-3]"),
    _telling("A second message behind the first in one frame", "spy.pack(spy.reply([47514])) * 2"),
    _telling(
        "A message that is no list", "{'do': 'finished', 'id': 'x', 'outcome': 'passed'}", "forged results on the wire"
    ),
    _telling("A message of the control connection", "{'do': 'collected', 'tests': [], 'errors': {}, 'descriptors': 0}"),
    _telling(
        "A message nested 100,000 deep", "b'\\x91' * 100_000 + b'\\xc0'", "msgpack and JSON depth: CVE-2022-42969's kind"
    ),
    _telling("A message of the wrong arity", "[1, 0, True, [47514]]"),
    _telling("A message with floats, texts and None in place of numbers", "[1.0, 'x', None, {}, [], [], None]"),
    _telling("A message on thread 2**63", "spy.reply([47514], thread=(1 << 63) - 1)"),
    _telling("A reply to a thread that asked nothing", "spy.reply([47514], thread=12345)"),
    _saying(
        "A frame that claims four gigabytes",
        "import os",
        "for number in range(3, 20):",
        "    try: os.write(number, b'\\xff\\xff\\xff\\xff' + b'x' * 100_000)",
        "    except OSError: pass",
        known="length prefixes: CVE-2014-0160's kind",
    ),
    _saying(
        "Three hundred threads are opened from the other side",
        "spy.tell(*[spy.request('output', None, thread=-n) for n in range(2, 300)])",
    ),
    _saying(
        "A thousand requests are sent and no answer is read",
        "spy.tell(*[spy.request('dir', None, [[-1]]) for n in range(1000)])",
        known="slow readers: back-pressure deadlock",
    ),
    _saying(
        "Replies come before the questions, for all tests to come",
        "spy.tell(*[spy.reply([n * 7919]) for n in range(1, 60)])",
        known="found by review of this project: answers for the examiner",
    ),
    _saying(
        "Replies come twice, the true one last",
        "spy.tell(spy.reply([0]), spy.reply([47514]))",
    ),
    Attack(
        "Each answer is followed by an answer to a later test's question",
        REVIEW,
        """
        import spy
        def answering(value, *later):
            spy.tell(*[spy.reply([one]) for one in (value, *later)])
        def number(n): answering(0, 47514, 47514, 47514)
        def unequal(n): answering(0, 47514)
        """,
    ),
    _telling("A reply whose result is a handle that was never sent", "spy.reply([[-999999]])"),
    _telling("A reply whose result is object 0 of the receiver", "spy.reply([[0]])"),
    _telling("References to negative, huge and textual numbers", "spy.reply([[-1 << 62]], [[1, [['x']]]])"),
    _telling("Two results in place of one", "spy.reply([47514, 47514])"),
    _telling("A failure whose exception is a number", "spy.reply([3], good=False)"),
    _telling("A success that is neither true nor false", "[1, 0, 'yes', [47514], [], [], None]"),
    _telling("Table entries with tags that do not exist", "spy.reply([[0]], [[99, 1], [-1], [1 << 40, []]])"),
    _telling("Table entries without tag or content", "spy.reply([[0]], [[], [1], [None]])"),
    _telling("Leaves with too many and too few parts", "spy.reply([[0]], [[20], [24, 'x', 'y'], [30], [40]])"),
    _telling(
        "Leaves of the wrong types", "spy.reply([[0]], [[20, 'x'], [21, 'a', b'b'], [22, 1, 2, 3], [36, 'x'], [37, 3, 4]])"
    ),
    _telling("A tuple that holds itself", "spy.reply([[0]], [[2, [[0]]]])", "cycles: billion laughs"),
    _telling("A frozenset that holds its own list", "spy.reply([[0]], [[5, [[1]]], [1, [[0]]]])"),
    _telling(
        "Ninety tuples of two, each twice the next: 2**90 elements to compare",
        "spy.reply([[0]], [[2, [[i + 1]] * 2] for i in range(90)] + [[2, []]])",
        "billion laughs (2003), as shared references",
    ),
    _saying(
        "A set of two equal frozensets, built apart: 2**60 comparisons to find that out",
        "table = []",
        "for n in range(0, 240, 2):",
        "    below = [[n - 4], [n - 3]] if n > 2 else []",
        "    table += [[5, below], [5, [[n]]]]",
        "spy.tell(spy.reply([[240]], [*table, [4, [[236], [238]]]]))",
        known="billion laughs, as sets",
    ),
    _telling(
        "A fraction of two numbers of twelve million bytes: hours of reducing",
        "spy.reply([[0]], [[25, b'\\x55' * 12_000_000, b'\\x33' * 11_999_999]])",
        "CVE-2020-10735's kind",
    ),
    _telling(
        "A table of 900,000 empty lists, each referred to", "spy.reply([[0]], [[1, []]] * 900_000)", "frames near the limit"
    ),
    _telling("An integer of 30 million bytes", "spy.reply([[0]], [[20, b'\\x7f' * 30_000_000]])"),
    _telling("A range whose length no machine can hold", "spy.reply([[0]], [[22, b'\\0', b'\\x7f' * 20, b'\\1']])"),
    _telling("A decimal of a billion digits", "spy.reply([[0]], [[24, '1e999999999']])", "CVE-2020-10735's kind"),
    _telling("A fraction over zero", "spy.reply([[0]], [[25, b'\\1', b'\\0']])"),
    _telling("An array of a terabyte without content", "spy.reply([[0]], [[40, 'u1', [1 << 40], b'']])"),
    _telling(
        "An array of Python objects",
        "spy.reply([[0]], [[40, 'O', [1], bytes(8)]])",
        "numpy.load(allow_pickle): CVE-2019-6446",
    ),
    _telling(
        "An array whose type is source code",
        "spy.reply([[0]], [[40, '(' * 20 + '1' + ')' * 20 + 'f8', [1], bytes(8)]])",
        "found by fuzzing of this project: numpy.dtype compiles its text",
    ),
    _telling(
        "A time zone that is a path",
        "spy.reply([[0]], [[35, '../../../../etc/passwd']])",
        "found by fuzzing of this project",
    ),
    _telling(
        "A time zone named like a module", "spy.reply([[0]], [[35, 'this']])", "found by fuzzing: ZoneInfo imports tzdata"
    ),
    _telling("Built-in types and constants that are not in the table", "spy.reply([[0]], [[27, 'eval'], [26, 'quit']])"),
    _telling(
        "An exception class is named whose module would have to be imported",
        "spy.reply([[0]], [[53, 0, 'antigravity.Error', [1], '', None, None], [2, []]], good=False)",
    ),
    _telling(
        "An exception that steers pytest is named",
        "spy.reply([[0]], [[53, 0, '_pytest.outcomes.Skipped', [1], '', None, None], [2, []]], good=False)",
        "pytest plugin injection",
    ),
    _telling(
        "An exception with hostile arguments: a mapping, itself, a class",
        "spy.reply([[0]], [[53, 0, 'builtins.UnicodeDecodeError', [1], 'x', None, [0]], [2, [[0], [1], 7]]], good=False)",
    ),
    _telling(
        "An exception whose cause is itself and whose trace is a megabyte of control characters",
        "spy.reply([[0]], [[53, 0, 'builtins.ValueError', [1], 'x', '\\x1b[2J' * 200_000, [0]], [2, []]], good=False)",
    ),
    _telling(
        "A class description with special methods that no table knows",
        "spy.reply([[0]], [[50, 1, 0]], extras={'classes': [[0, 'm', 'C', [], ['__del__', '__reduce__'], True, '', False, None]]})",
    ),
    _telling(
        "A class that is its own base",
        "spy.reply([[0]], [[50, 1, 0]], extras={'classes': [[0, 'm', 'C', [0], [], True, '', False, None]]})",
    ),
    _telling(
        "A class that claims to be an exception and an int, and to be named pytest's",
        "spy.reply([[0]], [[50, 1, 0, 7]], extras={'classes': "
        "[[0, '_pytest.outcomes', 'Skipped', ['builtins.BaseException'], [], True, 'int', True, None]]})",
    ),
    _telling(
        "A class under the name of one that the test knows, with another shape",
        "spy.reply([[0]], [[50, 1, 7]], extras={'classes': [[7, 'work', 'Point', [], ['__eq__'], True, 'int', False, None]]})",
    ),
    _telling(
        "Ten thousand and one classes",
        "spy.reply([0], extras={'classes': [[n, 'm', f'C{n}', [], [], True, '', False, None] for n in range(10_001)]})",
    ),
    _telling(
        "A chain of base classes, 5,000 deep",
        "spy.reply([0], extras={'classes': [[n, 'm', 'C', [n + 1], [], True, '', False, None] for n in range(5000)]"
        " + [[5000, 'm', 'C', [], [], True, '', False, None]]})",
        "recursion in readers",
    ),
    _telling(
        "Objects released that were never sent, and more often than sent",
        "spy.reply([0], extras={'released': [[1, 1 << 60], [-5, 3]] * 9})",
    ),
    _telling("Extras that are a list, and parts of extras of wrong types", "spy.reply([0], extras=[1, 2])"),
    _telling(
        "Output of a gigabyte in one message, by numbers", "spy.reply([0], extras={'output': [[1, b'x' * 200_000]] * 100})"
    ),
    _telling(
        "Output to a stream that does not exist", "spy.reply([0], extras={'output': [[3, b'x'], ['a', 'b'], [1, None]]})"
    ),
    _telling("Files by the thousand", "spy.reply([0], extras={'files': [[f'f{n}', b''] for n in range(3000)]})"),
    _telling(
        "An environment for the examiner", "spy.reply([0], extras={'environment': {'PYTHONPATH': '/tmp'}, 'folder': '/'})"
    ),
    _telling(
        "Text with lone surrogates and NUL",
        "spy.reply(['\\ud800\\udfff\\0'], extras={'output': [[1, b'\\xed\\xa0\\x80\\0']]})",
    ),
    _telling(
        "Updates of objects that were not in the request",
        "spy.reply([0], updates=[[0, [1, [1]]], [99, [1, []]], [-1, [1, []]]])",
    ),
    Attack(
        "The test's list is updated to another type, and to hold itself",
        REVIEW,
        """
        import spy
        def sort(items): spy.tell(spy.reply([None], updates=[[0, [3, ["a", [0]]]]]))
        def mean(values): spy.tell(spy.reply([7920], updates=[[0, [1, [[0], [0]]]]]))
        """,
    ),
    Attack(
        "A callback is called with handles of its own kind, a thousand levels deep",
        "recursion across the border",
        """
        import sys
        sys.setrecursionlimit(100_000)
        def each(n, check):
            def again(value): return each(n, again)
            each(n, again)
        """,
    ),
    Attack(
        "Arguments that a callback does not take, by position and by name",
        REVIEW,
        """
        def each(n, check):
            for arguments, names in (((), {}), ((1,) * 1000, {}), ((), {"value": 1, "self": 2, "__class__": 3}), ((7919,), {"": 1})):
                try: check(*arguments, **names)
                except BaseException: pass
        """,
    ),
    Attack(
        "The peer's own hooks are replaced, so that every message carries lies",
        "found by review of this project: before_reply",
        """
        import gc, spy
        def number(n):
            for thing in gc.get_objects():
                for name in ("before_reply", "before_request"):
                    if name in getattr(thing, "__dict__", {}):
                        setattr(thing, name, lambda: {"files": [["../../../assignment/tests/hidden/test_it.py", b"def test(): pass"]]})
            return 0
        """,
    ),
]
