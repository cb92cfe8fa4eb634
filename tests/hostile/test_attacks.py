"""Submissions that attack instead of solving. Each gets nothing, and learns nothing."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

REFERENCE = "SECRET = None\ndef solve(n): return n * 7919\ndef probe(*args): return ''\n"
TESTS = """
    import pytest
    from bank import solve
    MARKER = "the hidden marker"

    @pytest.mark.parametrize("n", [1, 2, 3])
    def test_solve(n): assert solve(n) == n * 7919

    def test_in(): assert solve(4) in (31676,)
    def test_list(): assert [solve(5)] == [39595]
    def test_close(): assert abs(solve(6) - 47514) < 1e-9
    def test_approx(): assert solve(7) == pytest.approx(55433)
    def test_contains(): assert str(8 * 7919) in str(solve(8))
    def test_type(): assert isinstance(solve(9), int)
    def test_order(): assert 71270 < solve(9) < 71272
"""

CHEATS = {
    "equals everything": """
        class Yes(int):
            def _true(self, *args): return True
            __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __bool__ = _true
            def __sub__(self, other): return 0.0
            __rsub__ = __add__ = __radd__ = __sub__
            def __abs__(self): return 0.0
            def __float__(self): return 0.0
            def __hash__(self): return 0
            def __repr__(self): return "anything"
            __str__ = __repr__
            def __getattr__(self, name): return self
            def __call__(self, *args): return self
        def solve(n): return Yes(3)
    """,
    "patches pytest": """
        import sys, builtins
        def solve(n):
            for module in list(sys.modules.values()):
                for name in ("_pytest", "pytest", "unittest"):
                    if getattr(module, "__name__", "").startswith(name):
                        module.__dict__.clear()
            builtins.AssertionError = type("Nothing", (BaseException,), {})
            return 0
    """,
    "walks the stack": """
        import sys, gc
        def solve(n):
            frame = sys._getframe()
            while frame:
                for value in list(frame.f_locals.values()) + list(frame.f_globals.values()):
                    if isinstance(value, str) and "hidden marker" in value: return n * 7919
                frame = frame.f_back
            for thing in gc.get_objects():
                if isinstance(thing, dict) and "expected" in thing: return thing["expected"]
            return 0
    """,
    "looks for the tests": """
        import os
        def solve(n):
            for root in ("/", "/assignment", "/proc/1/root", "/run/grader", "/tmp", "/submission"):
                for folder, folders, files in os.walk(root):
                    for file in files:
                        if file.startswith("test_it"): return n * 7919
            return 0
    """,
    "answers for the examiner": """
        import gc, os
        def solve(n):
            from sandboxes.guest.wire.frames import FrameStream, pack
            for stream in [thing for thing in gc.get_objects() if isinstance(thing, FrameStream)]:
                for message in ({"do": "finished", "id": "tests/hidden/test_it.py::test_solve[1]", "outcome": "passed"},
                                [1, 0, True, [n * 7919 + 1], [], [], None], [1, 0, True, [None], [], [], None]):
                    stream.send(pack(message))
            return 0
    """,
    "raises what ends a test": """
        def solve(n):
            import unittest
            raise (unittest.SkipTest("x"), KeyboardInterrupt(), SystemExit(0), GeneratorExit(), StopIteration())[n % 5]
    """,
    "exits quietly": "import os\ndef solve(n): os._exit(0)\n",
    "floods the connection": """
        import gc
        def solve(n):
            from sandboxes.guest.wire.frames import FrameStream
            for stream in [thing for thing in gc.get_objects() if isinstance(thing, FrameStream)]:
                stream.send(b"\\xc1" * 1000)
    """,
    "sends a huge frame": """
        import gc, os
        def solve(n):
            from sandboxes.guest.wire.frames import FrameStream
            for stream in [thing for thing in gc.get_objects() if isinstance(thing, FrameStream)]:
                os.write(stream._writer, b"\\xff\\xff\\xff\\xff" + b"x" * 100000)
    """,
    "replaces the interpreter's parts": """
        import builtins, sys
        builtins.isinstance = lambda *a: True
        builtins.len = lambda *a: 0
        sys.modules["msgpack"] = None
        def solve(n): return 0
    """,
}


@pytest.mark.parametrize("name", CHEATS)
def test_cheats_get_nothing(grade, name):
    graded = grade(TESTS, REFERENCE, CHEATS[name], limits={"cpu_time": 2.0, "total_time": 60.0})
    passed = {name for name, outcome in graded.outcomes.items() if outcome == "passed"}
    # Returning a number of any value is an int, honestly so.
    assert passed <= {"test_type"}, passed


PROBES = """
    import glob, json, os, socket, subprocess, sys

    def connect(address):
        try:
            socket.create_connection(address, timeout=1).close()
            return "connected"
        except OSError as error:
            return type(error).__name__

    def unix(path):
        sock = socket.socket(socket.AF_UNIX)
        try:
            sock.connect(path)
            return "connected"
        except OSError as error:
            return type(error).__name__

    def interfaces():
        # A filter refuses netlink, by which they would be listed.
        try: return sorted(name for _, name in socket.if_nameindex())
        except OSError: return sorted(line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:])
    def identity(): return [os.getuid(), os.geteuid(), os.getgroups()]
    def capabilities():
        lines = open("/proc/self/status").read().splitlines()
        return {k: v.strip() for k, v in (line.split(":", 1) for line in lines) if k in ("CapEff", "CapPrm", "CapBnd", "NoNewPrivs", "Seccomp")}
    def writable():
        found = []
        for path in ("/", "/etc", "/usr", "/opt/grader", "/run", "/run/grader", "/var", "/proc/sys/kernel", "/sys", "/sys/fs/cgroup", "/root", "/home"):
            try:
                open(os.path.join(path, "x"), "w").close()
                found.append(path)
            except OSError: pass
        return found
    def environment(): return dict(os.environ)
    def processes(): return sorted(open(p).read().replace("\\0", " ") for p in glob.glob("/proc/[0-9]*/cmdline"))
    def run_binary():
        with open("/tmp/x", "w") as f: f.write("#!/bin/sh\\necho ran\\n")
        os.chmod("/tmp/x", 0o755)
        try: return subprocess.run(["/tmp/x"], capture_output=True, text=True).stdout
        except OSError as error: return type(error).__name__
    def become_root():
        try: os.setuid(0)
        except OSError as error: return type(error).__name__
    def read(path):
        try: return open(path, "rb").read(100)
        except OSError as error: return type(error).__name__
    def limits():
        import resource
        return [resource.getrlimit(getattr(resource, n))[1] for n in ("RLIMIT_CORE", "RLIMIT_NOFILE")]
    def mounts(): return open("/proc/mounts").read()
    def files(): return sorted(os.listdir("/submission"))
    def modules(): return sorted(m for m in sys.modules if "pytest" in m or "examiner" in m)
    def mount():
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)
        return ctypes.get_errno()
    def leave(name): open("/tmp/" + name, "w").write("was here"); open("/dev/shm/" + name, "w").write("was here")
"""

PROBE_TESTS = """
    import bank

    def test_no_network():
        assert bank.interfaces() == ["lo"]
        for address in (("8.8.8.8", 53), ("172.17.0.1", 80), ("169.254.169.254", 80), ("127.0.0.1", 2375)):
            assert bank.connect(address) != "connected"

    def test_no_engine():
        assert bank.unix("/var/run/docker.sock") != "connected"
        assert bank.unix("/run/grader/wire") != "connected"

    def test_no_privileges():
        assert bank.identity() == [10001, 10001, []] or bank.identity() == [10001, 10001, [10001]]
        status = bank.capabilities()
        assert {status["CapEff"], status["CapPrm"], status["CapBnd"]} == {"0" * 16}
        assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
        assert bank.become_root() == "PermissionError"
        assert bank.mount() != 0

    def test_nothing_to_write_to(): assert bank.writable() == []

    def test_environment_tells_nothing():
        allowed = {"PATH", "HOSTNAME", "HOME", "LANG", "PYTHONPATH", "PYTHONHASHSEED", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE",
                   "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "LC_CTYPE", "PYTHON_VERSION", "PYTHON_SHA256", "GPG_KEY"}
        assert set(bank.environment()) <= allowed

    def test_only_its_own_processes():
        assert all("candidate" in line or not line for line in bank.processes())

    def test_nothing_can_be_made_a_program(): assert bank.run_binary() == "PermissionError"

    def test_secrets_of_the_machine():
        for path in ("/etc/shadow", "/proc/1/mem", "/proc/kcore", "/dev/mem", "/dev/kmsg", "/proc/kallsyms/x"):
            content = bank.read(path)
            assert isinstance(content, str) or content in (b"",), path

    def test_limits(): assert bank.limits() == [0, 1024]
    def test_no_tests_in_there():
        assert bank.files() == ["bank.py"]
        assert bank.modules() == []
        assert "/assignment" not in bank.mounts()

    def test_leaves_something(): bank.leave("message")
"""


@pytest.mark.parametrize("transport", ["socket", "stream"])
def test_a_submission_finds_nothing_around_it(grade, transport):
    grade(PROBE_TESTS, PROBES, transport=transport).assert_all_passed()


def test_submissions_leave_no_messages_for_each_other(engine):
    source = """
        import glob
        def leave(): open("/tmp/message", "w").write("x"); open("/dev/shm/message", "w").write("x")
        def find(): return glob.glob("/tmp/mess*") + glob.glob("/dev/shm/*")
    """
    tests = "import bank\ndef test_find(): assert bank.find() == []\ndef test_leave(): bank.leave()\n"
    suite = make_suite(tests, source)
    with Sandbox(engine, suite) as sandbox:
        for _ in range(3):
            Graded(sandbox.run(suite.reference)).assert_all_passed()


def test_files_from_the_candidate_stay_in_the_test_s_folder(grade):
    source = """
        import os, gc
        def honest(path): open(path, "w").write("x")
        def link(folder): os.symlink("/etc/passwd", os.path.join(folder, "link")); os.mkfifo(os.path.join(folder, "pipe"))
        def lie():
            from sandboxes.guest.objects.peer import Peer
            for peer in [thing for thing in gc.get_objects() if isinstance(thing, Peer)]:
                peer.before_reply = lambda: {"files": [["../../../assignment/tests/hidden/test_it.py", b"def test(): pass"]]}
    """
    tests = """
        import bank, os
        def test_link(tmp_path):
            (tmp_path / "a").write_text("x")
            bank.link(str(tmp_path))
            assert os.listdir(tmp_path) == ["a"]
        def test_lie(): bank.lie()
        def test_after(tmp_path):
            bank.honest(tmp_path / "b")
            assert (tmp_path / "b").read_text() == "x"
    """
    graded = grade(tests, source)
    assert graded.outcomes == {"test_link": "passed", "test_lie": "crashed", "test_after": "passed"}
    assert "interfered with the grader's connection" in graded.message("test_lie")


def test_a_hostile_answer_can_not_exhaust_the_examiner(engine):
    """Messages built to blow up in the reader cost the submission its test, and the next grading does not notice."""
    source = """
        import gc
        def fine(): return 1
        def bomb(kind):
            from sandboxes.guest.wire.frames import FrameStream, pack
            table = {
                "many": [[1, []]] * 900_000,
                "shared": [[2, [[i + 1]] * 2] for i in range(90)] + [[2, []]],
                "huge int": [[20, b"\\x7f" * 30_000_000]],
                "range": [[22, b"\\0", b"\\x7f" * 20, b"\\1"]],
                "decimal": [[24, "1e999999999"]],
                "array": [[40, "u1", [1 << 40], b""]],
            }[kind]
            for stream in [thing for thing in gc.get_objects() if isinstance(thing, FrameStream)]:
                stream.send(pack([1, 0, True, [[0]], table, [], None]))
            return 1
    """
    tests = """
        import bank, pytest
        @pytest.mark.parametrize("kind", ["many", "shared", "huge int", "range", "decimal", "array"])
        def test(kind): assert bank.bomb(kind) == 1
        def test_fine(): assert bank.fine() == 1
    """
    safe = source.replace("for stream in", "for stream in [] and")
    suite = make_suite(tests, safe, limits={"memory": 512 << 20, "cpu_time": 5.0})
    with Sandbox(engine, suite) as sandbox:
        graded = Graded(sandbox.run(encoded(source)))
        Graded(sandbox.run(suite.reference)).assert_all_passed()
    assert "passed" not in {outcome for name, outcome in graded.outcomes.items() if name != "test_fine"}
