"""Submissions that want all there is: CPU, memory, processes, files, disk, output. Only their own test pays."""

from .attack import REVIEW, Attack

_SECOND = "\ndef second(): return 15838\n"


def _first(known: str, name: str, work: str, earns: str = "test_loads test_second", says: str = "") -> Attack:
    """An attack in the first test, after which the second is passed honestly."""
    return Attack(name, known, work + _SECOND, earns, "limited", says=says)


_OI = "OI and ICPC judging: resource limits (isolate, DMOJ)"

ATTACKS = [
    _first(_OI, "An endless loop", "def first():\n    while True: pass\n", says="endless loop"),
    _first(_OI, "An endless loop in C, which no signal handler of Python ends", "def first(): return sum(iter(int, 1))\n"),
    _first(
        _OI,
        "CPU is used by many threads and child processes",
        """
import os, threading
def spin():
    while True: pass
def first():
    for _ in range(3):
        if os.fork() == 0: spin()
    for _ in range(4): threading.Thread(target=spin, daemon=True).start()
    spin()
""",
    ),
    _first(
        "CVE-2020-10735: quadratic conversion of ints",
        "Huge integers are computed and converted",
        """
import sys
def first():
    sys.set_int_max_str_digits(0)
    return len(str(7 ** 30_000_000))
""",
    ),
    _first(
        "ReDoS: CVE-2018-20852's kind",
        "A regular expression backtracks for ever",
        "import re\ndef first(): return re.match('(a+)+$', 'a' * 60 + 'b')\n",
    ),
    _first(
        "hash collision attacks: CVE-2012-1150",
        "Keys of a dict collide",
        "def first(): return len({(1 << 61) * n - n: n for n in range(20_000_000)})\n",
    ),
    _first(_OI, "Memory is allocated and touched", "def first(): return len([bytearray(1 << 20) for _ in range(4096)])\n"),
    _first(
        _OI,
        "Memory is taken by a child, in a mapping and in shared memory",
        """
import mmap, os
def first():
    if os.fork() == 0:
        held = [mmap.mmap(-1, 1 << 24) for _ in range(64)]
        for one in held: one.write(b"x" * (1 << 24))
        os._exit(0)
    os.wait()
    with open("/dev/shm/x", "wb") as file:
        while True: file.write(b"x" * (1 << 20))
""",
    ),
    _first(
        "recursion past the C stack: sys.setrecursionlimit",
        "The C stack overflows",
        """
import sys
def first():
    sys.setrecursionlimit(1 << 30)
    def deep(n): return deep(n + 1)
    class Deep:
        def __getattr__(self, name): return getattr(self, name + "x")
    return Deep().x
""",
    ),
    _first(
        "fork bombs",
        "A fork bomb",
        """
import os
def first():
    while True:
        try: os.fork()
        except OSError: pass
""",
    ),
    _first(
        "fork bombs that keep away from their group: setsid, double fork",
        "A fork bomb of daemons",
        """
import os, signal
def first():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        try:
            if os.fork() == 0: os.setsid()
        except OSError: pass
""",
    ),
    _first(
        _OI,
        "Threads are started until there are no more",
        """
import threading
def first():
    event = threading.Event()
    while True: threading.Thread(target=event.wait, daemon=True).start()
""",
    ),
    _first(
        _OI,
        "File descriptors are opened until there are no more",
        """
import os
def first():
    held = []
    while True: held.append(os.open("/dev/null", os.O_RDONLY))
""",
    ),
    _first(
        _OI,
        "The disk is filled",
        """
def first():
    for name in ("/tmp/a", "/submission/a", "/dev/shm/a"):
        try:
            with open(name, "wb") as file:
                while True: file.write(b"x" * (1 << 20))
        except OSError: pass
    raise OSError("full")
""",
    ),
    _first(
        "inode exhaustion",
        "Files are made until there are no inodes left",
        """
def first():
    number = 0
    while True:
        number += 1
        open(f"/tmp/{number}", "w").close()
""",
    ),
    _first(
        "deep folders: rm -r that recurses (CVE-2023-2002's kind of oversight); found by review of this project",
        "A folder is nested 4,000 deep",
        """
import os
def first():
    os.chdir("/tmp")
    for number in range(4000):
        os.mkdir("d")
        os.chdir("d")
    os.chdir("/submission")
    return 0
""",
    ),
    _first(
        _OI,
        "Output floods standard output, from Python, C and a child",
        """
import os, subprocess, sys
def first():
    subprocess.run([sys.executable, "-c", "print('x' * 10_000_000)"])
    os.write(1, b"x" * 10_000_000)
    while True: print("x" * 100_000)
""",
    ),
    _first(
        REVIEW,
        "One line of output has no end and many small lines come one by one",
        """
import sys
def first():
    for _ in range(10_000_000): sys.stdout.write("x"); sys.stderr.write("\\n")
""",
    ),
    _first(
        "zip bombs in the code under test",
        "A decompression bomb is unpacked",
        "import zlib\ndef first(): return len(zlib.decompress(zlib.compress(bytes(1 << 26)) * 1) * 100)\n",
    ),
    _first(
        REVIEW,
        "The largest value that fits, and one that does not, are returned",
        "def first(): return [b'x' * (1 << 22)] * 3, b'x' * (33 << 20)\n",
    ),
    _first(REVIEW, "A million little values are returned", "def first(): return [[n] for n in range(1_100_000)]\n"),
    _first(
        "deep nesting: json and pickle recursion",
        "A value is nested 100,000 deep, and one holds itself",
        """
def first():
    value = []
    for _ in range(100_000): value = [value]
    value.append(value)
    return value
""",
    ),
    _first(
        REVIEW,
        "Objects of a hundred thousand classes are returned",
        "def first(): return [type(f'C{n}', (), {})() for n in range(100_000)]\n",
    ),
    _first(
        "sleeping out a time limit that counts CPU only",
        "Nothing is done, for ever",
        "import time\ndef first(): time.sleep(3600)\n",
    ),
    _first(
        "deadlocks as a denial of service",
        "A lock is never released",
        "import threading\nlock = threading.Lock()\ndef first():\n    lock.acquire()\n    lock.acquire()\n",
    ),
    _first(
        "stopping one's own process: SIGSTOP",
        "The process stops itself",
        "import os, signal\ndef first(): os.kill(os.getpid(), signal.SIGSTOP)\n",
    ),
    _first(
        _OI,
        "Signals of all kinds end the process",
        "import ctypes, os, signal\ndef first(): os.kill(os.getpid(), signal.SIGSEGV)\n",
        says="segmentation fault",
    ),
    Attack(
        "The process is killed with SIGKILL at random moments",
        "found by review of this project: gradings made to fail at will",
        """
        import os, random, signal, threading, time
        def later():
            time.sleep(random.SystemRandom().random() * 0.05)
            os.kill(os.getpid(), signal.SIGKILL)
        def first():
            threading.Thread(target=later).start()
            time.sleep(1)
        def second():
            threading.Thread(target=later).start()
            time.sleep(1)
        """,
        arena="limited",
    ),
    Attack(
        "The process kills itself in another test each time",
        "found by review of this project: gradings made to fail at will",
        """
        import os, random, signal
        def first():
            if random.SystemRandom().random() < 0.5: os.kill(os.getpid(), signal.SIGKILL)
            return 0
        second = first
        """,
        arena="limited",
    ),
    Attack(
        "Importing never ends",
        _OI,
        "while True: pass\n",
        earns="",
        arena="limited",
    ),
    Attack(
        "Importing ends the process",
        "exit codes: sys.exit at import",
        "import os\nos._exit(0)\n",
        earns="",
        arena="limited",
    ),
    Attack(
        "The source is nested too deep for the parser",
        "compiler bombs: CVE-2022-48560's neighbours; 'python stack overflow in compile'",
        "x = " + "(" * 3000 + ")" * 3000 + "\n",
        earns="",
        arena="limited",
    ),
    Attack(
        "The source is a constant of a terabyte",
        "compiler bombs: constant folding",
        "x = ((b'x' * 4096) * 4096) * 4096 * 16\n",
        earns="",
        arena="limited",
    ),
]
