"""The containers' filters: what programs need works on both sides of the wire, what nobody needs is refused."""

import textwrap

import docker.errors
import pytest

from sandboxes.engine import Engine
from sandboxes.sandbox import Sandbox

from ..conftest import Graded, make_suite

WORKING = """
import asyncio, contextlib, ctypes, errno, faulthandler, mmap, multiprocessing, multiprocessing.shared_memory, os, pty, random
import select, selectors, signal, socket, sqlite3, subprocess, sys, tempfile, threading, time

def double(n): return 2 * n

def threads():
    numbers = []
    workers = [threading.Thread(target=numbers.append, args=(n,)) for n in range(8)]
    for worker in workers: worker.start()
    for worker in workers: worker.join()
    return sorted(numbers) == list(range(8))

def pool():
    with multiprocessing.get_context("fork").Pool(2) as workers: return workers.map(double, [1, 2]) == [2, 4]

def spawned():
    code = "import multiprocessing as m\\nif __name__ == '__main__':\\n" \\
           "    p = m.get_context('spawn').Process(target=print); p.start(); p.join(); raise SystemExit(p.exitcode)"
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "main.py"), "w") as file: file.write(code)
        return subprocess.run([sys.executable, "main.py"], cwd=folder, stdout=subprocess.DEVNULL).returncode == 0

def shared_memory():
    block = multiprocessing.shared_memory.SharedMemory(create=True, size=100)
    block.buf[0] = 7
    other = multiprocessing.shared_memory.SharedMemory(block.name)
    same = other.buf[0] == 7
    other.close(); block.close(); block.unlink()
    return same

def semaphores():
    context = multiprocessing.get_context("fork")
    queue, lock = context.Queue(), context.Lock()
    with lock:
        worker = context.Process(target=queue.put, args=(5,))
        worker.start()
        value = queue.get(timeout=20)
    worker.join()
    return value == 5

def pipes():
    done = subprocess.run("read line; echo $((line + 1)) | cat", shell=True, input=b"41\\n", capture_output=True)
    return done.stdout == b"42\\n"

def events():
    async def main():
        process = await asyncio.create_subprocess_exec("cat", stdin=-1, stdout=-1)
        out, _ = await process.communicate(b"x")
        await asyncio.sleep(0.001)
        return out == b"x" and await asyncio.to_thread(double, 2) == 4
    return asyncio.run(main())

def watched_children():
    async def main():
        # As one does where there are no descriptors of processes: a thread waits.
        try: os.pidfd_open(os.getpid())
        except OSError as error: assert error.errno == errno.ENOSYS
        process = await asyncio.create_subprocess_exec("false")
        return await process.wait() == 1
    return asyncio.run(main())

def descriptors():
    event = os.eventfd(1)
    os.eventfd_write(event, 2)
    poller = select.epoll()
    poller.register(event, select.EPOLLIN)
    ready = poller.poll(1)
    value = os.eventfd_read(event)
    os.close(event); poller.close()
    polled = select.poll()
    reader, writer = os.pipe()
    polled.register(writer, select.POLLOUT)
    found = polled.poll(1) and select.select([], [writer], [], 1)[1]
    os.close(reader); os.close(writer)
    return bool(ready) and value == 3 and bool(found)

def server(family, address):
    with socket.socket(family) as listener:
        if family != socket.AF_UNIX: listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
        def serve():
            connection, _ = listener.accept()
            with connection: connection.sendall(connection.recv(10).upper())
        thread = threading.Thread(target=serve)
        thread.start()
        with socket.socket(family) as client:
            client.connect(listener.getsockname())
            client.sendall(b"hello")
            answer = client.recv(10)
        thread.join()
    return answer == b"HELLO"

def local_tcp(): return server(socket.AF_INET, ("127.0.0.1", 0))
def local_unix():
    with tempfile.TemporaryDirectory() as folder: return server(socket.AF_UNIX, os.path.join(folder, "s"))
def abstract_unix(): return server(socket.AF_UNIX, "\\0mine")
def names(): return bool(socket.getaddrinfo("127.0.0.1", 80)) and socket.gethostname() == "sandbox"
def interfaces_are_an_error_or_a_list():
    try: return isinstance(socket.if_nameindex(), list)
    except OSError: return True

def database():
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(os.path.join(folder, "db"))
        connection.execute("pragma journal_mode=wal")
        connection.execute("create table t (n)")
        connection.executemany("insert into t values (?)", [(n,) for n in range(100)])
        connection.commit()
        total = connection.execute("select sum(n) from t").fetchone()[0]
        connection.close()
    return total == 4950

def files():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a")
        with open(path, "wb") as file:
            file.write(b"x" * 10000)
            file.truncate(5000)
            os.fsync(file.fileno())
        os.link(path, path + "2"); os.symlink(path, path + "3"); os.rename(path + "2", path + "4"); os.mkfifo(path + "5")
        os.chmod(path, 0o600); os.utime(path, (1, 1))
        if os.stat(path).st_mtime != 1: return False
        import shutil
        shutil.copy(path, path + "6")
        with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as mapped: mapped[0:1] = b"y"
        return sorted(os.listdir(folder)) == ["a", "a3", "a4", "a5", "a6"]

def memory():
    with mmap.mmap(-1, 1 << 20) as mapped:
        mapped[:5] = b"hello"
        return mapped[:5] == b"hello"

def clocks():
    time.sleep(0.001)
    return time.time() > 1 and time.monotonic() > 0 and time.process_time() >= 0 and time.get_clock_info("perf_counter").resolution < 1

def handled():
    if threading.current_thread() is not threading.main_thread(): return True
    seen = []
    before = signal.signal(signal.SIGALRM, lambda number, frame: seen.append(number))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    while not seen: time.sleep(0.005)
    signal.signal(signal.SIGALRM, before)
    return signal.sigtimedwait([signal.SIGUSR1], 0) is None

def machine(): return len(os.sched_getaffinity(0)) >= 1 and os.cpu_count() >= 1 and os.uname().sysname == "Linux"
def chance(): return len(os.urandom(8)) == 8 and 0 <= random.SystemRandom().random() < 1

def terminal():
    child, descriptor = pty.fork()
    if child == 0: os._exit(0 if os.isatty(0) else 1)
    _, status = os.waitpid(child, 0)
    os.close(descriptor)
    return status == 0

def faults():
    with tempfile.TemporaryFile() as file:
        faulthandler.dump_traceback(file)
        return file.tell() > 0

def c_code():
    compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
    numbers = (ctypes.c_int * 3)(3, 1, 2)
    ctypes.CDLL(None).qsort(numbers, 3, 4, compare(lambda a, b: a[0] - b[0]))
    return list(numbers) == [1, 2, 3]

def own_bounds():
    import resource
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    os.sched_setaffinity(0, os.sched_getaffinity(0))
    os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0))
    return resource.prlimit(0, resource.RLIMIT_NOFILE) == (soft, hard) and os.nice(0) >= 0

def orphans():
    done = subprocess.run("(sleep 0.01; true) & exit 3", shell=True)
    return done.returncode == 3
"""
WORKS = [line[4:].partition("(")[0] for line in WORKING.splitlines() if line.startswith("def ") and "()" in line]

REFUSED = """
import ctypes, errno, fcntl, os, socket, stat
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
NUMBERS = {"x86_64": 0, "aarch64": 1}[os.uname().machine]

def call(numbers, *arguments):
    ctypes.set_errno(0)
    libc.syscall(ctypes.c_long(numbers[NUMBERS]), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    return errno.errorcode.get(ctypes.get_errno(), "")

def family(number):
    try: socket.socket(number, socket.SOCK_RAW if number == 17 else socket.SOCK_DGRAM).close()
    except OSError as error: return errno.errorcode[error.errno]
    return "open"

def calls():
    page = ctypes.create_string_buffer(4096)
    return {
        "io_uring_setup": call((425, 425), 1, page), "clone3": call((435, 435), page, 88),
        "pidfd_open": call((434, 434), os.getpid(), 0), "clone with CLONE_PIDFD": call((56, 220), 0x1011, 0, page),
        "unshare": call((272, 97), 0x10000000), "setns": call((308, 268), 0, 0), "clone": call((56, 220), 0x10000011, 0),
        "mount": call((165, 40), b"none", b"/tmp", b"tmpfs", 0, 0), "umount2": call((166, 39), b"/tmp", 2),
        "open_tree": call((428, 428), -100, b"/", 1), "fsopen": call((430, 430), b"tmpfs", 0), "chroot": call((161, 51), b"/"),
        "pivot_root": call((155, 41), b"/", b"/"), "ptrace": call((101, 117), 0, 0, 0, 0),
        "process_vm_readv": call((310, 270), os.getpid(), page, 0, page, 0, 0), "pidfd_getfd": call((438, 438), 0, 0, 0),
        "bpf": call((321, 280), 0, page, 8), "perf_event_open": call((298, 241), page, 0, -1, -1, 0),
        "keyctl": call((250, 219), 0, -3, 0), "add_key": call((248, 217), b"user", b"a", b"b", 1, -3),
        "userfaultfd": call((323, 282), 1), "open_by_handle_at": call((304, 265), -100, page, 0),
        "execveat": call((322, 281), -100, b"/bin/true", 0, 0, 0), "personality": call((135, 92), 0x40000),
        "kexec_load": call((246, 104), 0, 0, 0, 0), "init_module": call((175, 105), page, 0, b""),
        "swapon": call((167, 224), b"/x", 0), "reboot": call((169, 142), 0, 0, 0), "acct": call((163, 89), 0),
        "quotactl": call((179, 60), 0, 0, 0, 0), "memfd_create": call((319, 279), b"x", 1),
        "prlimit64": call((302, 261), 1, 0, page, 0), "sched_setaffinity": call((203, 122), 1, 8, page),
        "sched_setparam": call((142, 118), 1, page), "sched_setscheduler": call((144, 119), 1, 3, page),
        "sched_setattr": call((314, 274), 1, page, 0), "setpriority": call((141, 140), 0, 1, 19),
        "setpriority of a user": call((141, 140), 2, 0, 19), "ioprio_set": call((251, 30), 1, 1, 0x6000),
        "seccomp": call((317, 277), 2, 0, 0),
    }

def typing(request):
    try: master, slave = os.openpty()
    except OSError: return "none"
    try: fcntl.ioctl(slave, request, b"x")
    except OSError as error: return errno.errorcode[error.errno]
    finally: os.close(master); os.close(slave)
    return "typed"

def families(): return {number: family(number) for number in (16, 17, 31, 38, 40)}
def terminals(): return [typing(0x5412), typing(0x541C)]
def flags():
    rows = [line.split() for line in open("/proc/self/mountinfo")]
    # Devices have mounts of their own where the engine remaps users; a device must be one.
    return {row[4]: row[5].split(",") for row in rows if os.path.exists(row[4]) and not stat.S_ISCHR(os.stat(row[4]).st_mode)}
def sealed():
    # A file in memory that can't be executed may be made where the kernel knows such files.
    try: descriptor = os.memfd_create("x", 8)
    except OSError as error: return error.errno == errno.EINVAL
    os.write(descriptor, b"#!/bin/sh\\n")
    try: os.execv(f"/proc/self/fd/{descriptor}", ["x"])
    except OSError as error: return error.errno in (errno.EACCES, errno.EPERM)
    finally: os.close(descriptor)
"""
SYSTEM = {
    "/",
    "/dev",
    "/dev/pts",
    "/sys",
    "/usr/sbin/docker-init",
    "/sbin/docker-init",
    "/etc/hostname",
    "/etc/hosts",
    "/etc/resolv.conf",
}
REFUSALS = f"""
    import bank, os, pytest

    def refused(place):
        found = place.calls()
        unknown = {{"io_uring_setup", "clone3", "userfaultfd", "execveat", "pidfd_open"}}
        # A filter may be added by anybody, who then has less; the address of this one is wrong.
        assert found.pop("seccomp") == "EFAULT"
        assert {{name for name, error in found.items() if error == "ENOSYS"}} >= unknown
        assert {{name for name, error in found.items() if error not in ("EPERM", "ENOSYS")}} == set()
        assert set(place.families().values()) == {{"EAFNOSUPPORT"}}
        assert place.terminals() == (["none", "none"] if place is bank else ["EPERM", "EPERM"])
        assert place.sealed()

    def closed(place):
        for path, flags in place.flags().items():
            if path not in {SYSTEM!r} and not path.startswith(("/proc/", "/sys/")):
                assert {{"nosuid", "nodev", "noexec"}} <= set(flags), path
            if path in READ_ONLY or path.startswith("/etc/"): assert "ro" in flags, path
"""


@pytest.mark.parametrize("transport", ["socket", "stream"])
def test_what_programs_need_works_on_both_sides(grade, transport):
    tests = f"""
        import pytest, types, bank
        here = types.ModuleType("__main__")
        exec({WORKING!r}, here.__dict__)
        bare = here.__dict__

        # Of terminals the whole machine has a few thousand: learners' programs have none.
        @pytest.mark.parametrize("name", {[name for name in WORKS if name != "terminal"]!r})
        def test_candidate(name): assert getattr(bank, name)()

        @pytest.mark.parametrize("name", {[name for name in WORKS if name != "pool"]!r})
        def test_examiner(name): assert bare[name]()
    """
    grade(tests, WORKING, transport=transport, limits={"cpu_time": 20.0, "total_time": 300.0}).assert_all_passed()


@pytest.mark.parametrize("transport", ["socket", "stream"])
def test_what_nobody_needs_is_refused_on_both_sides(grade, transport):
    tests = textwrap.dedent(REFUSALS) + textwrap.dedent(f"""
        import bank, types
        here = types.ModuleType("here")
        exec({REFUSED!r}, here.__dict__)
        # Over streams it is the meeting place, where nobody but examiners may make anything.
        READ_ONLY = {("/", "/run/grader") if transport == "socket" else ("/",)!r}
        def test_candidate_calls(): refused(bank)
        def test_candidate_mounts(): closed(bank)
        def test_examiner_calls(): refused(here)
        def test_examiner_mounts(): closed(here)
    """)
    grade(tests, REFUSED, transport=transport).assert_all_passed()


def test_numpy_works(grade):
    source = """
        import numpy
        def total(n): return float(numpy.linalg.norm(numpy.random.default_rng(1).random((n, n)) @ numpy.ones(n)))
    """
    tests = "import bank\ndef test(): assert bank.total(200) > 0\n"
    grade(tests, source, requirements="numpy>=2.1,<3\n").assert_all_passed()


def test_an_engine_that_takes_no_filter_and_no_flags_is_used_without(monkeypatch):
    """The engine's own filter stands then, and gradings are kept apart by what is left."""
    engine = Engine()
    create = engine.api.create_container

    def refuse(*arguments, **settings):
        options = settings["host_config"]
        for sign, thing in (("seccomp", options["SecurityOpt"]), ("volume", options.get("Mounts", []))):
            if sign in str(thing):
                raise docker.errors.APIError(f"no {sign} like that here")
        return create(*arguments, **settings)

    monkeypatch.setattr(type(engine.api), "create_container", lambda self, *a, **s: refuse(*a, **s))
    suite = make_suite("import bank\ndef test(tmp_path): assert bank.f() == 1\n", "def f(): return 1\n")
    with Sandbox(engine, suite) as sandbox:
        Graded(sandbox.run(suite.reference)).assert_all_passed()
        assert not sandbox._examiners.ready().protection.namespaces
        assert sandbox._linker.transport == "socket"
    assert engine.concessions == {"filter", "mount flags"}
