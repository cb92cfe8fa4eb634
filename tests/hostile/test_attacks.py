"""What a submission finds around it, and what the examiner takes from it. The attacks themselves are in ``catalogue/``."""

import pytest

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
        user, group, groups = bank.identity()
        assert user >= 20_000
        assert (group, set(groups) - {user}) == (user, set())
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
