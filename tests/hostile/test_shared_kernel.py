"""What containers share with each other through the kernel: none can take it from others, or leave traces there."""

from sandboxes.sandbox import Sandbox
from sandboxes.view import SHOWN

from ..conftest import Graded, encoded, make_suite

FILES = """
    import os

    def files():
        for folder, folders, names in os.walk("/"):
            if folder == "/":
                folders[:] = set(folders) - {"proc", "sys", "dev", "tmp", "run", "submission"}
            for name in names:
                path = os.path.join(folder, name)
                if not os.path.islink(path) and os.access(path, os.R_OK):
                    yield path
"""
DROPPING = (
    FILES
    + """
    def drop():
        for path in files():
            descriptor = os.open(path, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)
        return 1
"""
)
LOOKING = (
    FILES
    + """
    import ctypes, mmap, sys

    libc = ctypes.CDLL(None, use_errno=True)
    missing = pages_of_all = 0
    for path in files():
        size = os.path.getsize(path)
        if size < 100_000:
            continue
        with open(path, "rb") as file:
            pages = mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
        there = (ctypes.c_ubyte * -(-size // mmap.PAGESIZE))()
        assert not libc.mincore(ctypes.byref(ctypes.c_char.from_buffer(pages)), ctypes.c_size_t(size), there), os.strerror(ctypes.get_errno())
        missing += sum(not page & 1 for page in there)
        pages_of_all += len(there)
    sys.exit(7 if missing > pages_of_all / 100 else 0)
"""
)


def all_is_in_the_cache(engine, image):
    """Whether the kernel holds all large files of an image, but for a page here or there: as their owner sees it, unfiltered."""
    script = encoded(LOOKING)["bank.py"].decode()
    host_config = engine.api.create_host_config(security_opt=["seccomp=unconfined"], network_mode="none")
    container = engine.api.create_container(image, ["python3", "-c", script], user="0:0", host_config=host_config)["Id"]
    try:
        engine.api.start(container)
        status = engine.api.wait(container)["StatusCode"]
        assert status in (0, 7), engine.api.logs(container).decode()
        return status == 0
    finally:
        engine.api.remove_container(container, force=True)


def test_nobody_can_leave_traces_in_the_cache_of_files(engine):
    tests = "import bank\ndef test(): assert bank.drop() == 1\n"
    suite = make_suite(tests, DROPPING)
    with Sandbox(engine, suite) as sandbox:
        assert all_is_in_the_cache(engine, sandbox._candidate_image)
        Graded(sandbox.run(encoded(DROPPING))).assert_all_passed()
        assert all_is_in_the_cache(engine, sandbox._candidate_image)


def test_what_the_kernel_counts_by_user_each_candidate_has_for_itself(engine):
    suite = make_suite("import bank\ndef test(): pass\n", "")
    with Sandbox(engine, suite, parallel=2) as sandbox:
        taken = [sandbox._pool.take() for _ in range(3)]
        users = {engine.api.inspect_container(one._container.id)["Config"]["User"] for one in taken}
        for one in taken:
            sandbox._pool.discard(one)
    assert len(users) == 3


def test_there_are_no_pseudo_terminals(engine):
    taking = "import os\ndef take():\n    try: os.openpty()\n    except OSError: return 'none'\n"
    suite = make_suite("import bank\ndef test(): assert bank.take() == 'none'\n", taking)
    with Sandbox(engine, suite) as sandbox:
        Graded(sandbox.run(encoded(taking))).assert_all_passed()


COUNTING = """
    import errno, os, socket

    def cookies():
        found = []
        with socket.socket(socket.AF_UNIX) as one:
            for option in (57, 71, 77):
                try:
                    found.append(one.getsockopt(socket.SOL_SOCKET, option, 8))
                except OSError as error:
                    found.append(type(error).__name__)
            assert one.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_STREAM
            one.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            try: one.setsockopt(socket.SOL_SOCKET, 76, 1)
            except OSError as error: found.append(type(error).__name__)
        return found

    def descriptor_of_a_process():
        try: return os.fstat(os.pidfd_open(os.getpid())).st_ino
        except OSError as error: return errno.errorcode[error.errno]

    def mounted(): return {line.split()[4] for line in open("/proc/self/mountinfo")}

    def shown():
        # What is to be seen beside processes, and is not covered.
        places = mounted()
        return sorted(name for name in os.listdir("/proc") if not name.isdigit() and f"/proc/{name}" not in places)

    def system(): return sorted(os.listdir("/sys"))

    def nothing_is_read_where_something_is_covered():
        covered = [place for place in mounted() if place.startswith("/proc/")]
        return all(not (os.listdir(place) if os.path.isdir(place) else open(place).read(1)) for place in covered)

    def of_the_machine():
        \"\"\"Files that are mounted here and may be looked at, and are no device.\"\"\"
        return [place for place in mounted() if os.path.isfile(place) and not place.startswith(("/proc/", "/etc/"))]

    def streams_of_the_first(): return os.listdir("/proc/1/fd")
"""


def test_nothing_there_is_one_for_all(engine):
    """Counters of the whole machine, and files of it, on which locks and watches are heard elsewhere."""
    tests = f"""
        import bank

        def test_cookies(): assert bank.cookies() == ["PermissionError"] * 4
        def test_processes(): assert bank.descriptor_of_a_process() == "ENOSYS"
        def test_proc(): assert set(bank.shown()) <= {set(SHOWN)!r}
        def test_sys(): assert bank.system() == []
        def test_covered(): assert bank.nothing_is_read_where_something_is_covered()
        def test_files(): assert bank.of_the_machine() == []
        def test_streams(): assert bank.streams_of_the_first() == []
    """
    with Sandbox(engine, make_suite(tests, COUNTING)) as sandbox:
        Graded(sandbox.run(encoded(COUNTING))).assert_all_passed()
