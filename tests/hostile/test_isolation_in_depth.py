"""Code that runs in the process that judges: it has taken that process over, and wins nothing beyond its own grading.

It is put there in the plainest way: the hidden test file runs, at the submission's word, what an attacker would run.
"""

import textwrap
import threading

import pytest

from sandboxes.engine import Engine
from sandboxes.errors import SandboxFailure
from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

HONEST = """
    def attack(): return ""
    def write(path): open(path, "w").write("honest work")
    def double(n): return 2 * n
"""
TESTS = """
    import os, socket, sys, bank
    ATTACKS = {}

    def attack(function): ATTACKS[function.__name__] = function

    def test_first(tmp_path):
        # What a neighbour could wish for, while others run.
        bank.write(str(tmp_path / "work"))
        assert (tmp_path / "work").read_text() == "honest work"
        global abstract, tcp
        abstract, tcp = socket.socket(socket.AF_UNIX), socket.socket()
        try:
            abstract.bind("\\0neighbour"); abstract.listen()
            tcp.bind(("127.0.0.1", 45454)); tcp.listen()
        except OSError: pass  # the neighbour's, where they share

    def test_attack(tmp_path):
        if name := bank.attack():
            abstract.close(); tcp.close()
            # Who runs code here is not bound by what Python looks at.
            sys.modules["sandboxes.guest.examiner.opening"]._opener = lambda frame: None
            ATTACKS[name](tmp_path)

    def test_second(tmp_path):
        bank.write(str(tmp_path / "more"))
        assert (tmp_path / "more").read_text() == "honest work"
        assert [bank.double(n) for n in range(5)] == [0, 2, 4, 6, 8]
        for index in range(50): (tmp_path / str(index)).write_text("x")

"""

QUIET = """
    import ctypes, errno, glob, signal, subprocess, time
    libc = ctypes.CDLL(None, use_errno=True)

    def refused(function, *arguments):
        try: function(*arguments)
        except OSError: return True
        return False

    @attack
    def alter_tests(tmp_path):
        folder = os.path.dirname(__file__)
        assert refused(open, __file__, "a") and refused(open, folder + "/conftest.py", "w") and refused(os.unlink, __file__)
        assert refused(os.mkdir, folder + "/x") and refused(os.rename, folder, folder + "x")
        mode = os.stat(__file__).st_mode
        try: os.chmod(__file__, 0)
        except OSError: pass
        assert os.stat(__file__).st_mode == mode
        for path in ("/opt/grader", os.path.dirname(os.__file__), "/assignment", "/run/grader", "/", "/etc", "/proc/sys/kernel"):
            assert refused(open, path + "/numpy.py", "w"), path

    @attack
    def find_neighbours(tmp_path):
        own = str(tmp_path).split("/")[3]
        assert set(others("/tmp/work")) <= {own, own + ".own"}
        assert not [path for path in glob.glob("/tmp/**", recursive=True) if own not in path and path not in ("/tmp/", "/tmp/work")]
        assert not [name for name in others("/dev/shm") if name != "left"]

    def others(folder):
        try: return os.listdir(folder)
        except OSError: return []

    @attack
    def look_into_processes(tmp_path):
        for pid in (int(name) for name in os.listdir("/proc") if name.isdigit()):
            if pid == os.getpid(): continue
            for part in ("mem", "environ", "maps"): assert refused(lambda: open(f"/proc/{pid}/{part}", "rb").read(1)), (pid, part)
            for part in ("fd/0", "root", "cwd", "exe"): assert refused(os.readlink, f"/proc/{pid}/{part}"), (pid, part)

    @attack
    def reach_processes(tmp_path):
        me = os.getpid()
        for pid in [*range(1, 200), -1]:
            if pid == me: continue
            if pid == -1: signal.signal(signal.SIGTERM, signal.SIG_IGN)
            assert refused(os.kill, pid, signal.SIGSTOP) if pid > 0 else True, pid
            if pid > 0:
                assert libc.ptrace(16, pid, 0, 0) == -1, pid
                assert refused(os.pidfd_open, pid) or refused(signal.pidfd_send_signal, os.pidfd_open(pid), signal.SIGSTOP), pid

    @attack
    def connect_to_neighbours(tmp_path):
        assert refused(socket.socket(socket.AF_UNIX).connect, "\\0neighbour")
        for path in ("/run/grader/wire", "/var/run/docker.sock"):
            assert refused(socket.socket(socket.AF_UNIX).connect, path)

    @attack
    def connect_to_neighbours_over_loopback(tmp_path):
        assert refused(socket.create_connection, ("127.0.0.1", 45454), 2)

    @attack
    def use_descriptors(tmp_path):
        kinds = [os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd") if os.path.islink(f"/proc/self/fd/{name}")]
        rest = [kind for kind in kinds if kind != "/dev/null" and not kind.startswith("/tmp/") and "proc" not in kind]
        # One connection to the worker and one to the candidate.
        assert len(rest) == 2 and all(kind.startswith("socket:") for kind in rest), kinds

    @attack
    def get_out(tmp_path):
        for flags in (0x10000000, 0x20000, 0x20000000): assert libc.unshare(flags) == -1
        assert libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == -1 and libc.umount2(b"/tmp", 2) == -1
        assert libc.umount2(b"/assignment", 2) == -1 and libc.mount(b"none", b"/assignment", None, 32 | 4096, None) == -1
        assert libc.chroot(b"/tmp") == -1
        for name in ("user", "mnt", "pid", "net"):
            descriptor = os.open(f"/proc/self/ns/{name}", os.O_RDONLY)
            assert libc.setns(descriptor, 0) == -1
        status = dict(line.split(":", 1) for line in open("/proc/self/status"))
        assert {status[name].strip() for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb")} == {"0" * 16}
        assert refused(os.setuid, 0) and refused(os.setgroups, [0])
        assert refused(open, "/proc/1/oom_score_adj", "w") and refused(open, "/proc/self/uid_map", "w")

    @attack
    def remember(tmp_path):
        # What was graded before must not lie in the memory that processes inherit.
        import gc, re
        for line in open("/proc/self/maps"):
            found = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if not found or "[v" in line: continue
            start, end = (int(text, 16) for text in found.groups())
            data = ctypes.string_at(start, end - start)
            for place in re.finditer(b"SECRET-OF-AN-[E]ARLIER", data): raise AssertionError("found")
"""

LOUD = """
    import fcntl, signal, subprocess, time

    @attack
    def fill(tmp_path):
        try:
            for index in range(1000):
                with open(f"/tmp/{index}", "wb") as file: file.write(b"x" * 2_000_000)
        except OSError: pass
        time.sleep(1)

    @attack
    def use_up_entries(tmp_path):
        try:
            for index in range(1_000_000): os.mkdir(tmp_path / str(index))
        except OSError: pass
        time.sleep(1)

    @attack
    def bomb(tmp_path):
        end = time.monotonic() + 3
        while time.monotonic() < end:
            try: os.fork()
            except OSError: pass
"""
LASTING = r"""
    import ctypes, fcntl, signal, subprocess, time

    @attack
    def deep(tmp_path):
        here = os.open(tmp_path, os.O_RDONLY)
        for _ in range(1900):
            os.mkdir("d", dir_fd=here)
            below = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below

    @attack
    def closed(tmp_path):
        for _ in range(20):
            tmp_path = tmp_path / "d"
            tmp_path.mkdir()
            os.mkfifo(tmp_path / "pipe")
            os.symlink("/assignment", tmp_path / "link")
        for folder in [tmp_path, *list(tmp_path.parents)[:19]]: folder.chmod(0)

    @attack
    def stay(tmp_path):
        for _ in range(5):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    for number in (1, 2, 15): signal.signal(number, signal.SIG_IGN)
                    os.closerange(0, 100)
                    ctypes.CDLL(None).prctl(15, b"\xff) R 1 1")  # its name is no text
                    while True: time.sleep(0.1)
                os._exit(0)

    @attack
    def leave_files(tmp_path):
        for folder in (tmp_path, "/dev/shm", "/tmp"):
            try: open(f"{folder}/left", "w").write("by an attacker")
            except OSError: pass

    @attack
    def end_group(tmp_path):
        for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):
            if os.fork() == 0:
                os.setpgid(0, 0)
                os._exit(0)
        os.killpg(0, signal.SIGKILL)

    @attack
    def end_parent(tmp_path):
        for number in (signal.SIGSTOP, signal.SIGKILL):
            try: os.kill(os.getppid() or 2, number)
            except OSError: pass

    @attack
    def close_everything(tmp_path): os.closerange(0, 500)

    @attack
    def vanish(tmp_path): os._exit(1)
"""


def names(text):
    return [line.split("def ")[1].partition("(")[0] for line in text.split("@attack")[1:] for line in [line.strip()]]


def suite_with(attacks):
    tests = textwrap.dedent(TESTS) + textwrap.dedent(attacks)
    return make_suite(tests, HONEST, limits={"total_time": 40.0})


def attacker(name):
    return encoded(textwrap.dedent(HONEST).replace('return ""', f"return {name!r}"))


def engine_without_namespaces():
    engine = Engine()
    engine.concessions.add("filter")  # under the engine's own, nobody unshares
    return engine


WAYS = {"namespaces": Engine, "landlock": engine_without_namespaces}


def processes(sandbox):
    container = sandbox._examiners.ready()._container
    return len(sandbox._examiners.ready()._engine.api.top(container.id)["Processes"])


def settled(sandbox, expected):
    """How many there are, once that stands still: processes end in their own time, and the next cell is made after that."""
    alike, latest = 0, 0
    for _ in range(100):
        seen = processes(sandbox)
        alike = alike + 1 if seen == latest == expected else 0
        latest = seen
        if alike == 5:
            break
        threading.Event().wait(0.1)
    return latest


class Neighbour:
    """An honest grading that stands still between two tests, until it is told to go on."""

    def __init__(self, sandbox):
        self._between, self._go_on = threading.Event(), threading.Event()
        self.graded = None
        self._thread = threading.Thread(target=self._run, args=(sandbox,))

    def _run(self, sandbox):
        self.graded = Graded(sandbox.run(encoded(HONEST), self._after_test))

    def _after_test(self, run):
        if run.test.id.endswith("test_first"):
            self._between.set()
            self._go_on.wait(120)

    def __enter__(self):
        self._thread.start()
        assert self._between.wait(60)
        return self

    def __exit__(self, *error):
        self._go_on.set()
        self._thread.join()


@pytest.mark.parametrize("way", WAYS)
def test_a_judging_process_that_was_taken_over_reaches_nothing_beyond_its_own_grading(way):
    suite = suite_with(QUIET)
    attacks = [name for name in names(QUIET) if way == "namespaces" or name != "connect_to_neighbours_over_loopback"]
    with Sandbox(WAYS[way](), suite, parallel=2) as sandbox:
        assert sandbox._examiners.ready().protection.namespaces == (way == "namespaces")
        earlier = {**encoded(HONEST), "notes.py": b"# SECRET-OF-AN-EARLIER-LEARNER\n" * 1000}
        Graded(sandbox.run(earlier)).assert_all_passed()
        with Neighbour(sandbox) as neighbour:
            results = {name: Graded(sandbox.run(attacker(name))) for name in attacks}
        after = Graded(sandbox.run(encoded(HONEST)))
    troubles = {
        name: result.message("test_attack") for name, result in results.items() if result.outcomes["test_attack"] != "passed"
    }
    assert not troubles
    neighbour.graded.assert_all_passed()
    after.assert_all_passed()


def test_a_judging_process_that_uses_everything_up_leaves_its_neighbours_theirs(engine):
    suite = suite_with(LOUD)
    with Sandbox(engine, suite, parallel=2) as sandbox:
        Graded(sandbox.run(encoded(HONEST))).assert_all_passed()
        examiner = sandbox._examiners.ready()
        for name in names(LOUD):
            hostile = threading.Thread(target=run_whatever, args=(sandbox, name))
            hostile.start()
            Graded(sandbox.run(encoded(HONEST))).assert_all_passed()
            hostile.join()
            Graded(sandbox.run(encoded(HONEST))).assert_all_passed()
        assert sandbox._examiners.ready() is examiner


def run_whatever(sandbox, name):
    try:
        sandbox.run(attacker(name))
    except SandboxFailure:
        pass  # it has ended the process that judged it


@pytest.mark.parametrize(("way", "transport"), [("namespaces", "socket"), ("landlock", "stream")])
def test_the_fork_server_survives_whatever_a_judging_process_does_and_nothing_of_it_stays(way, transport):
    suite = suite_with(LASTING + """
    def test_nothing_is_left(tmp_path):
        import glob
        if not bank.attack(): assert not [path for path in glob.glob("/tmp/**/left", recursive=True) + glob.glob("/dev/shm/*")]
    """)  # fmt: skip
    with Sandbox(WAYS[way](), suite, transport=transport) as sandbox:
        Graded(sandbox.run(encoded(HONEST))).assert_all_passed()
        examiner = sandbox._examiners.ready()
        # Init, fork server, perhaps a relay, and the next cell: its keeper and its process.
        before = 4 if transport == "socket" else 5
        assert settled(sandbox, before) == before
        for name in names(LASTING):
            run_whatever(sandbox, name)
            assert settled(sandbox, before) == before, name
            Graded(sandbox.run(encoded(HONEST))).assert_all_passed()
        assert sandbox._examiners.ready() is examiner


def test_static_tools_work_in_a_cell_as_well(engine):
    from sandboxes.suite import Inspection

    inspection = Inspection(rules=("F", "E"), ignore=(), line_length=100, complexity=10, layout=True, types=True)
    suite = make_suite("import bank\ndef test(): bank\n", "import os\nx : int='a'\n", inspection=inspection)
    with Sandbox(engine, suite) as sandbox:
        found = sandbox.inspect(suite.reference)
    assert {finding.rule for finding in found.findings} == {"F401", "layout", "type-assignment"}
