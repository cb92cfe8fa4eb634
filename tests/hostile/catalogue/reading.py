"""Submissions that want to know what is hidden: tests, other submissions, the machine."""

from .attack import REVIEW, Attack


def _asking(*lines: str) -> str:
    """A submission that asks the examiner in the middle of a call, and reveals whatever comes back."""
    body = "\n    ".join(lines)
    return f"import spy\ndef guess(check):\n    {body}\n"


ATTACKS = [
    Attack(
        "Every file that can be opened is searched for the tests",
        "Gradescope autograder escapes: reading /autograder/tests",
        """
        import spy
        def guess(check): return spy.look("/", "/assignment", "/tmp", "/run", "/opt", "/home", "/root", "/dev/shm")
        """,
    ),
    Attack(
        "The file systems of other processes are searched through /proc",
        "CVE-2019-5736's way in: /proc/PID/root, /proc/PID/cwd",
        """
        import glob, os, spy
        def guess(check):
            for name in glob.glob("/proc/[0-9]*"):
                for entry in ("cmdline", "environ", "maps", "mountinfo", "status", "limits", "stack", "syscall"):
                    spy.peek(f"{name}/{entry}")
                if not os.path.samefile(f"{name}/root", "/"):
                    spy.escaped(f"{name}/root")
        """,
    ),
    Attack(
        "The memory of other processes is read",
        "ptrace and /proc/PID/mem",
        """
        import glob, os, spy
        def guess(check):
            for name in glob.glob("/proc/[0-9]*"):
                if name == f"/proc/{os.getpid()}": continue
                try:
                    maps = open(f"{name}/maps").read()
                    with open(f"{name}/mem", "rb") as memory:
                        for line in maps.splitlines():
                            start, end = (int(one, 16) for one in line.split()[0].split("-"))
                            memory.seek(start)
                            spy.reveal(memory.read(min(end - start, 1 << 20)))
                except OSError: pass
        """,
    ),
    Attack(
        "Everything that the garbage collector knows is searched, and all frames of the stack",
        "Gradescope autograder escapes: sys._getframe, gc.get_objects",
        """
        import gc, sys, spy
        def guess(check):
            frame = sys._getframe()
            while frame:
                spy.reveal(repr(list(frame.f_locals.values()))[:100_000])
                frame = frame.f_back
            for thing in gc.get_objects():
                if isinstance(thing, (dict, list, tuple)) and len(thing) < 1000:
                    try: spy.reveal(repr(thing)[:100_000])
                    except Exception: pass
        """,
    ),
    Attack(
        "The environment and inherited descriptors are searched",
        "environment secrets: CI tokens read by tests; leaked descriptors (CVE-2024-21626)",
        """
        import os, spy
        def guess(check):
            spy.reveal(repr(dict(os.environ)))
            spy.reveal(" ".join(os.environ.get(name, "") for name in ("PYTEST_CURRENT_TEST", "PYTEST_VERSION")))
            for number in range(3, 64):
                try: target = os.readlink(f"/proc/self/fd/{number}")
                except OSError: continue
                spy.reveal(target)
                if target.startswith("/") and not target.startswith(("/proc", "/dev", "/memfd", "/submission", "/tmp")):
                    spy.escaped(target)
        """,
    ),
    Attack(
        "An exception is raised whose traceback shows the caller's code",
        "tracebacks in feedback: nbgrader, Gradescope",
        """
        import sys, traceback, spy
        def guess(check):
            try: check(1, 2, 3)
            except BaseException as error:
                spy.reveal("".join(traceback.format_exception(error)))
                while error is not None:
                    trace = error.__traceback__
                    while trace is not None:
                        spy.reveal(repr(trace.tb_frame.f_globals)[:100_000])
                        trace = trace.tb_next
                    error = error.__context__
        """,
    ),
    Attack(
        "A callback is asked for its globals, code, closure and defaults",
        "Python sandbox escapes: function.__globals__",
        """
        import inspect, spy
        def guess(check):
            for name in ("__globals__", "__code__", "__closure__", "__defaults__", "__kwdefaults__", "__builtins__", "__dict__",
                         "__wrapped__", "__self__", "__func__", "__module__", "__class__", "__reduce_ex__", "__getattribute__"):
                try: spy.reveal(repr(getattr(check, name)))
                except BaseException as error: spy.reveal(repr(error))
            for ask in (inspect.getsource, inspect.getsourcefile, inspect.unwrap, inspect.signature, vars, dir, help):
                try: spy.reveal(repr(ask(check)))
                except BaseException as error: spy.reveal(repr(error))
        """,
    ),
    Attack(
        "The candidate asks for the globals of every object it was ever sent",
        REVIEW,
        _asking(
            "for number in range(1, 30):",
            "    for name in ('__globals__', '__code__', '__dict__', '__self__', 'f_globals', 'gi_frame', 'cr_frame'):",
            "        spy.reveal(repr(spy.ask('getattr', name, [[-number]])))",
        ),
    ),
    Attack(
        "A Path of the candidate's own is read by the examiner",
        "found by review of this project: hidden tests read",
        _asking(
            "for folder in ('/assignment/tests/hidden', '/assignment', '/tmp', '/proc/self'):",
            "    seen = spy.ask('getattr', 'iterdir', [[0]], [[37, 'PosixPath', folder]])",
            "    spy.reveal(repr(seen))",
            "    seen = spy.ask('call', [], [seen[3][0] if seen[3] else None])",
            "    spy.reveal(repr(seen))",
            "    spy.reveal(repr(spy.ask('class', 'iter', [[0]], [[37, 'PosixPath', folder]])))",
            "for name in ('read_text', 'read_bytes', 'resolve', 'stat', 'open'):",
            "    spy.reveal(repr(spy.ask('getattr', name, [[0]], [[37, 'PosixPath', '/proc/self/environ']])))",
        ),
    ),
    Attack(
        "A Path of the candidate's own walks to the test files and reads them",
        "found by review of this project: hidden tests read through rglob and read_text",
        """
        import spy
        def guess(check):
            bound = spy.ask("getattr", "rglob", [[0]], [[37, "PosixPath", "/assignment"]])
            walk = spy.ask("call", [], [[-bound[4][0][1]] if bound[4] else None, "*.py"])
            for _ in range(20):
                step = spy.ask("special", ["__next__"], [[-walk[4][0][1]] if walk[4] else None])
                spy.reveal(repr(step))
                if not step[2]: break
                method = spy.ask("getattr", "read_text", [[0]], [step[4][0]] if step[4] else [])
                spy.reveal(repr(spy.ask("call", [], [[-method[4][0][1]] if method[4] else None])))
        """,
    ),
    Attack(
        "str.format walks from a value to any object",
        "str.format attacks (Armin Ronacher, 2016); found by review of this project",
        _asking(
            "for number in range(1, 12):",
            "    for text in ('{0.__globals__}', '{0.__globals__[SECRET]}', '{0.__code__.co_consts}', '{0.__class__.__mro__}'):",
            "        bound = spy.ask('getattr', 'format', [text])",
            "        spy.reveal(repr(bound))",
            "        if bound[2] and bound[4]: spy.reveal(repr(spy.ask('call', [], [[-bound[4][0][1]], [-number]])))",
            "        spy.reveal(repr(spy.ask('special', ['__format__'], [text, [-number]])))",
            "        spy.reveal(repr(spy.ask('special', ['__mod__'], ['%(SECRET)s', [-number]])))",
        ),
    ),
    Attack(
        "A built-in's method is called on a value of the candidate's own",
        REVIEW,
        _asking(
            "for value, name in (('x', 'join'), (b'x', 'decode'), (7, 'to_bytes'), (1.5, 'hex'), (True, 'bit_length')):",
            "    got = spy.ask('getattr', name, [value])",
            "    if got[2]: spy.escaped('getattr of a value: ' + name)",
            "for name in ('__len__', '__add__', '__iter__', '__getitem__'):",
            "    if spy.ask('special', [name], ['x', 'y'])[2]: spy.escaped('special of a value: ' + name)",
        ),
    ),
    Attack(
        "The learner's class is made in the examiner by type with three arguments",
        "found by review of this project: 75 of 100",
        _asking(
            "for entry in ([27, 'type'], [27, 'object'], [27, 'int']):",
            "    made = spy.ask('call', [], [[0], 'Yes', [1], [2]], [entry, [2, []], [3, ['__eq__', [-1]]]])",
            "    if made[2]: spy.escaped('a class was made or a type called')",
        ),
    ),
    Attack(
        "Subclasses of object are listed from a type that crosses as itself",
        "Python jail escapes: ().__class__.__base__.__subclasses__()",
        _asking(
            "for name in ('object', 'type', 'int', 'str'):",
            "    for attribute in ('__subclasses__', '__mro__', '__base__', '__dict__', 'mro', 'from_bytes', 'maketrans'):",
            "        got = spy.ask('getattr', attribute, [[0]], [[27, name]])",
            "        if got[2]: spy.escaped(f'{name}.{attribute}')",
        ),
    ),
    Attack(
        "An operation that does not exist, or is the candidate's own, is asked of the examiner",
        REVIEW,
        _asking(
            "for operation in ('import', 'find', 'resolve', 'program', 'await', 'copy', 'deepcopy', 'collected', 'eval', ''):",
            "    got = spy.ask(operation, 'os')",
            "    if got[2]: spy.escaped(operation)",
            "    spy.reveal(repr(got))",
        ),
    ),
    Attack(
        "numpy.py is written beside the tests through the wire, then an array is sent",
        "found by review of this project: 100 of 100 in that same grading",
        """
        import spy
        CODE = "print('escaped: imported')\\nimport sys\\nsys.modules['work'] = None\\n"
        def guess(check):
            for folder in ("/assignment/tests/hidden", "/assignment", "/tmp", "."):
                bound = spy.ask("getattr", "write_text", [[0]], [[37, "PosixPath", f"{folder}/numpy.py"]])
                if bound[2]: spy.escaped("write_text")
                if bound[4]: spy.ask("call", [], [[-bound[4][0][1]], CODE])
            spy.tell(spy.reply([[0]], [[40, "<f8", [1], bytes(8)]]))
        """,
        then="import spy\ndef guess(check): spy.tell(spy.reply([[0]], [[40, '<f8', [1], bytes(8)]]))\n",
    ),
    Attack(
        "A conftest.py is written beside the tests, for every grading after this",
        "found by review of this project: a wrong program then got 100",
        """
        import spy
        CODE = (
            "import pytest\\n@pytest.hookimpl(hookwrapper=True)\\ndef pytest_runtest_makereport(item, call):\\n"
            "    outcome = yield\\n    outcome.get_result().outcome = 'passed'\\n"
        )
        def guess(check):
            for folder in ("/assignment/tests/hidden", "/assignment/tests", "/assignment"):
                for name in ("conftest.py", "pytest.ini", "__init__.py", "sitecustomize.py"):
                    bound = spy.ask("getattr", "write_text", [[0]], [[37, "PosixPath", f"{folder}/{name}"]])
                    if bound[4]: spy.ask("call", [], [[-bound[4][0][1]], CODE])
        """,
        then="def number(n): return 0\n",
    ),
    Attack(
        "Files are pushed outside of the test's folder",
        "zip slip, over the wire; found by review of this project",
        """
        import spy
        def guess(check):
            for path in ("../../../assignment/tests/hidden/test_it.py", "/assignment/conftest.py", "a/../../x", "", ".", "x\\0y"):
                spy.tell(spy.reply([1], extras={"files": [[path, b"escaped: x"]]}))
        """,
    ),
    Attack(
        "A link in the test's folder leads to the tests, and is read back",
        "symlink attacks on shared folders: CVE-2018-15664, CVE-2021-25741",
        """
        import os, spy
        def save(path, n):
            folder = os.path.dirname(path)
            for number, target in enumerate(("/assignment", "/assignment/tests/hidden", "/proc/self/root", "/etc/passwd")):
                os.symlink(target, f"{folder}/link{number}")
            os.symlink("/etc/passwd", path)
            os.mkfifo(f"{folder}/pipe")
        """,
    ),
    Attack(
        "Standard input is asked for lines that were never typed",
        REVIEW,
        _asking(
            "for method in ('read', 'readline', 'readlines', 'buffer', '__class__', 'close'):",
            "    spy.reveal(repr(spy.ask('stdin', method, [])))",
            "spy.reveal(repr(spy.ask('input', None, ['> '])))",
        ),
    ),
    Attack(
        "What was learnt is carried out in messages, output, hints and exceptions",
        "covert channels: feedback as an oracle (INGInious, CodeRunner)",
        """
        import sys, spy
        class Told(Exception):
            def __init__(self): super().__init__(*[spy.look("/assignment", "/tmp", "/run") for _ in range(2)])
        def guess(check): raise Told
        def number(n): raise AssertionError(spy.look("/assignment"))
        def show(n): print(spy.look("/assignment"), file=sys.stderr)
        """,
    ),
    Attack(
        "Another submission's files and processes are looked for",
        "shared /tmp between students' containers: CodeRunner, DMOJ issues",
        """
        import glob, os, spy
        def guess(check):
            spy.look("/tmp", "/dev/shm", "/var/tmp", "/dev/mqueue", "/run/lock")
            others = [one for one in glob.glob("/proc/[0-9]*") if b"work.py" in open(f"{one}/cmdline", "rb").read()]
            for one in others: spy.escaped(one)
        """,
    ),
    Attack(
        "Shared memory, message queues and abstract sockets are tried for neighbours",
        "IPC namespaces: CVE-2020-15257 (abstract sockets of containerd-shim)",
        """
        import socket, spy
        def guess(check):
            lines = open("/proc/net/unix").read().splitlines()[1:]
            for line in lines:
                name = line.split()[-1]
                if name.startswith("@"):
                    try:
                        with socket.socket(socket.AF_UNIX) as sock: sock.connect("\\0" + name[1:])
                        spy.escaped(name)
                    except OSError: pass
            for path in ("/proc/sysvipc/shm", "/proc/sysvipc/msg", "/proc/sysvipc/sem"):
                try: content = open(path).read()
                except OSError: continue
                if len(content.splitlines()) > 1: spy.escaped(path)
        """,
    ),
]
