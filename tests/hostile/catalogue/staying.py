"""Submissions that want to be there still: in the next test, in the next grading, in the examiner."""

from .attack import REVIEW, Attack

ATTACKS = [
    Attack(
        "A daemon is left to answer the next submission",
        "daemons that outlive a grading: CodeRunner, INGInious issues",
        """
        import os, time
        def guess(check):
            for _ in range(2):
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0: time.sleep(3600)
                    os._exit(0)
        """,
        then="""
        import glob, spy
        def guess(check):
            for path in glob.glob("/proc/[0-9]*/stat"):
                if open(path).read().split()[3] == "0": continue
                if len(glob.glob("/proc/[0-9]*")) > 4: spy.escaped("processes of another")
        """,
    ),
    Attack(
        "Messages are left in every folder that can be written to",
        "students passing answers through /tmp",
        """
        import os
        def guess(check):
            for folder in ("/tmp", "/dev/shm", "/var/tmp", "/submission", "/dev/mqueue", "/run", "/run/grader", "/run/lock", "/home"):
                try: open(f"{folder}/left-by-an-attack", "w").close()
                except OSError: pass
        """,
        then="""
        import glob, os, spy
        def guess(check):
            for path in glob.glob("/*/left-by-an-attack") + glob.glob("/*/*/left-by-an-attack"): spy.escaped(path)
        """,
    ),
    Attack(
        "Work is left for when the interpreter ends",
        "atexit, weakref.finalize, __del__",
        """
        import atexit, os, signal, sys, threading, weakref
        import spy
        def late():
            spy.tell(spy.reply([47514]))
            os.write(1, b"escaped: late")
        class Late:
            def __del__(self): late()
        kept = Late()
        atexit.register(late)
        weakref.finalize(kept, late)
        threading._register_atexit(late)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT): signal.signal(number, lambda *args: late())
        def number(n): sys.exit(0)
        """,
    ),
    Attack(
        "A forked child answers for its dead parent",
        REVIEW,
        """
        import os, time
        import spy
        def number(n):
            if os.fork() == 0:
                for stream in spy.streams():
                    for _ in range(20):
                        try: stream.send(spy.pack(spy.reply([7919 * 4])))
                        except Exception: pass
                os._exit(0)
            os._exit(0)
        """,
    ),
    Attack(
        "A descriptor of the connection is kept and written to by a child after the test",
        "inherited descriptors",
        """
        import os, time
        import spy
        copies = [os.dup(number) for number in range(3, 12) if os.path.exists(f"/proc/self/fd/{number}")]
        def number(n):
            if os.fork() == 0:
                payload = spy.pack(spy.reply([7919 * 4]))
                for _ in range(50):
                    for copy in copies:
                        try: os.write(copy, len(payload).to_bytes(4, "big") + payload)
                        except OSError: pass
                    time.sleep(0.01)
                os._exit(0)
            return 0
        """,
    ),
    Attack(
        "A thread goes on after its test and changes what later tests see",
        "threads that go on",
        """
        import threading, time
        import spy
        def late():
            while True:
                time.sleep(0.005)
                try: spy.tell(spy.reply([47514], thread=7))
                except Exception: return
        def number(n):
            threading.Thread(target=late, daemon=True).start()
            return 0
        """,
    ),
    Attack(
        "Signal timers interrupt later tests",
        "setitimer",
        """
        import signal
        def fire(*args): raise SystemExit(0)
        signal.signal(signal.SIGALRM, fire)
        def number(n):
            signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
            return 0
        """,
    ),
    Attack(
        "Caches of the import system and of the interpreter are poisoned for what comes after",
        "poisoned __pycache__, .pth files",
        """
        import importlib.util, os, sys, site
        def guess(check):
            for folder in [*sys.path, *site.getsitepackages(), os.path.dirname(os.__file__)]:
                for name in ("evil.pth", "sitecustomize.py", "__pycache__/work.cpython-311.pyc", "usercustomize.py"):
                    try:
                        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
                        open(os.path.join(folder, name), "w").write("print('escaped: poisoned')\\n")
                    except OSError: pass
        """,
        then="def number(n): return 0\n",
    ),
    Attack(
        "A value is parked in the examiner and asked for by the next submission",
        "found by review of this project: a shared examiner",
        """
        import spy
        def guess(check):
            check.answer = "escaped: parked"
            check.__dict__["answer"] = "escaped: parked"
            spy.ask("setattr", "answer", [[-1], "escaped: parked"])
            spy.ask("setattr", "__doc__", [[-1], "escaped: parked"])
        """,
        then="""
        import spy
        def guess(check):
            for name in ("answer", "__doc__"):
                for number in range(1, 5): print(spy.ask("getattr", name, [[-number]]))
        """,
    ),
    Attack(
        "Files are left in the examiner's own temporary folder",
        "found by review of this project: the examiner's /tmp is shared",
        """
        import os
        def save(path, n):
            folder = os.path.dirname(path)
            for number in range(50): open(f"{folder}/left{number}", "w").write("escaped: left")
            raise OSError
        """,
        then="""
        import glob, os, spy
        def save(path, n):
            for name in os.listdir(os.path.dirname(path)): spy.escaped(name)
            for found in glob.glob("/tmp/**/left*", recursive=True): spy.escaped(found)
            raise OSError
        """,
    ),
    Attack(
        "Names of folders tell which grading it is, and the next is foreseen",
        "predictable temporary names: CWE-377",
        """
        import os
        def save(path, n):
            root = os.path.dirname(os.path.dirname(os.path.dirname(path)))
            for number in range(1000):
                try: os.makedirs(f"{root}/{number}/left-by-an-attack")
                except OSError: pass
            raise OSError
        """,
        then="""
        import glob, spy
        def guess(check):
            for path in glob.glob("/tmp/**/left-by-an-attack", recursive=True): spy.escaped(path)
        """,
    ),
    Attack(
        "Environment, working folder and umask are left changed",
        "process state that survives",
        """
        import os, sys
        def number(n):
            os.umask(0o777)
            os.environ.clear()
            os.environ.update(PATH="/nowhere", PYTHONPATH="/nowhere", TMPDIR="/nowhere", HOME="/nowhere")
            os.chdir("/")
            sys.path.clear()
            return 0
        """,
    ),
]
