"""Each way of going wrong costs its own test, says what happened, and lets the others run."""

import pytest

SUBMISSION = """
    import ctypes, os, sys, threading, time, signal

    STATE = []
    def fine(): return 1
    def loop():
        while True: pass
    def exit_now(): os._exit(0)
    def exit_politely(): sys.exit(3)
    def segfault(): ctypes.string_at(0)
    def abort(): os.abort()
    def kill(): os.kill(os.getpid(), signal.SIGKILL)
    def memory():
        hoard = []
        while True: hoard.append(bytearray(10_000_000))
    def too_much(): return bytearray(10**13)
    def flood():
        while True: print("x" * 1000)
    def shell_flood(): os.system("yes")
    def deadlock():
        lock = threading.Lock()
        lock.acquire()
        lock.acquire()
    def forks():
        while True: os.fork()
    def threads():
        while True: threading.Thread(target=time.sleep, args=(60,)).start()
    def recursion(): return recursion()
    def swallow():
        while True:
            try:
                while True: pass
            except BaseException: pass
    def remember(): STATE.append(1); return len(STATE)
    def disk():
        with open("/tmp/big", "wb") as file:
            while True: file.write(bytes(1 << 20))
    def late():
        threading.Timer(0.05, os._exit, [0]).start()
        return 1
"""

CASES = {
    "loop": ("timed_out", "computed for more than 0.5 s"),
    "swallow": ("timed_out", "computed for more than 0.5 s"),
    "exit_now": ("crashed", "ended itself with exit status 0"),
    "exit_politely": ("failed", "SystemExit: 3"),
    "segfault": ("crashed", "ended by a segmentation fault"),
    "abort": ("crashed", "ended by an abort"),
    "memory": ("out_of_memory", "more than 64 MiB of memory"),
    "too_much": ("out_of_memory", "more memory than there is"),
    "flood": ("crashed", "printed more than 100,000 bytes, and was stopped"),
    "shell_flood": (("crashed", "timed_out", "out_of_memory"), ""),
    "deadlock": ("timed_out", "waited for 6 s without doing anything"),
    "forks": ("crashed", "ran more than 32 processes and threads at once, and was stopped"),
    "threads": ("crashed", "ran more than 32 processes and threads at once, and was stopped"),
    "recursion": ("failed", "RecursionError"),
    "disk": (("failed", "crashed", "out_of_memory"), ""),
}

# By itself: a program that is killed is tried again, with all that the others wait for.
KILLED = {"kill": ("crashed", "ended by signal 9")}


@pytest.mark.parametrize("cases", [CASES, KILLED], ids=["all", "killed"])
@pytest.mark.parametrize("transport", ["socket", "stream"])
def test_troubles_stay_where_they_are(grade, transport, cases):
    limits = {"cpu_time": 0.5, "memory": 64 << 20, "processes": 32, "output": 100_000, "total_time": 120.0}
    tests = "import bank\nimport pytest\n" + "".join(
        f"def test_{name}(): bank.{name}()\ndef test_after_{name}(): assert bank.fine() == 1\n" for name in cases
    )
    graded = grade(tests, SUBMISSION, transport=transport, limits=limits)
    for name, (outcome, message) in cases.items():
        expected = (outcome,) if isinstance(outcome, str) else outcome
        assert graded.outcomes[f"test_{name}"] in expected, (name, graded.tests[f"test_{name}"])
        assert message in graded.message(f"test_{name}"), name
        assert graded.message(f"test_{name}"), f"{name} has no message"
        assert graded.outcomes[f"test_after_{name}"] == "passed", (name, graded.tests[f"test_after_{name}"])


def test_a_crash_is_not_the_exception_a_test_waits_for(grade):
    tests = "import bank, pytest\ndef test():\n    with pytest.raises(BaseException):\n        bank.exit_now()\n"
    assert grade(tests, SUBMISSION).outcomes == {"test": "crashed"}


def test_names_imported_before_a_crash_work_after_it(grade):
    tests = """
        import bank
        from bank import exit_now, remember
        def test_one(): assert remember() == 1
        def test_two(): assert remember() == 2
        def test_crash(): exit_now()
        def test_fresh(): assert remember() == 1 and bank.remember() == 2
    """
    assert grade(tests, SUBMISSION).outcomes == {
        "test_one": "passed", "test_two": "passed", "test_crash": "crashed", "test_fresh": "passed",
    }  # fmt: skip


def test_objects_kept_from_before_a_crash_say_that_they_are_lost(grade):
    tests = """
        import bank, pytest
        @pytest.fixture(scope="module")
        def thing(): return bank.threading.Lock()
        def test_one(thing): assert not thing.locked()
        def test_crash(thing): bank.exit_now()
        def test_lost(thing): assert not thing.locked()
        def test_other(): assert bank.fine() == 1
    """
    graded = grade(tests, SUBMISSION)
    assert graded.outcomes == {"test_one": "passed", "test_crash": "crashed", "test_lost": "failed", "test_other": "passed"}
    assert "lost when the program ended in an earlier test" in graded.message("test_lost")


@pytest.mark.parametrize(
    ("source", "outcome", "message"),
    [
        ("while True: pass\n", "timed_out", "while bank was imported: the program computed for more than"),
        ("import os; os._exit(0)\n", "crashed", "while bank was imported: the program ended itself"),
        ("x = [bytearray(10_000_000) for _ in range(100)]\n", "out_of_memory", "while bank was imported"),
        ("import ctypes; ctypes.string_at(0)\n", "crashed", "segmentation fault"),
    ],
)
def test_an_import_that_goes_wrong_costs_all_tests_once(grade, source, outcome, message):
    limits = {"cpu_time": 0.5, "memory": 64 << 20}
    tests = "from bank import add\ndef test_a(): add(1, 2)\ndef test_b(): add(1, 2)\n"
    graded = grade(tests, "def add(a, b): pass\n", source, limits=limits)
    assert set(graded.outcomes.values()) == {outcome}
    assert message in graded.message("test_a")


def test_what_all_tests_take_together_is_limited(grade):
    tests = "import bank\n" + "".join(f"def test_{n}(): bank.loop()\n" for n in range(8)) + "def test_fine(): bank.fine()\n"
    graded = grade(tests, SUBMISSION, limits={"cpu_time": 1.0, "total_time": 2.5})
    assert set(graded.outcomes.values()) == {"timed_out"}
    assert "not run: all tests together took more than 2.5 s" in graded.message("test_fine")


def test_a_test_that_hangs_by_itself_ends_with_the_time_of_all(grade):
    tests = "import bank, time\ndef test_a(): bank.fine(); time.sleep(1000) if bank.HANG else None\ndef test_b(): pass\n"
    graded = grade(tests, "HANG = False\ndef fine(): pass\n", "HANG = True\ndef fine(): pass\n", limits={"total_time": 1.0})
    assert set(graded.outcomes.values()) == {"timed_out"}


def test_time_and_memory_are_counted_for_each_test(grade):
    source = """
        import time
        def work(seconds):
            end = time.process_time() + seconds
            while time.process_time() < end: pass
        def hold(size): return len(bytearray(size))
    """
    tests = """
        import time, bank
        def test_light(): bank.hold(1)
        def test_work(): bank.work(0.3)
        def test_sleep(): time.sleep(0.3)
        def test_hold(): bank.hold(50_000_000)
        def test_light_again(): bank.hold(1)
    """
    runs = grade(tests, source).tests
    assert runs["test_work"].cpu_time > 0.29
    assert runs["test_sleep"].cpu_time < 0.1 < runs["test_sleep"].wall_time
    assert runs["test_hold"].peak_memory > 50_000_000 > runs["test_light"].peak_memory > 1_000_000
