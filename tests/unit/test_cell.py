"""Cells of processes that judge, without any container: nothing outlives them, whenever they are told to end."""

import subprocess
import sys
import textwrap

SCRIPT = """
    import ctypes, os, pathlib, signal, sys, time
    from sandboxes.guest.isolation.cell import Bounds, prepare
    from sandboxes.guest.isolation.protection import Protection

    home, prctl = sys.argv[1], ctypes.CDLL(None).prctl
    protection = Protection(namespaces=False, own_proc=False, landlock=0, filter=False)
    bounds = Bounds(size=1_000_000, files=100, processes=100, read_only=home)

    def leave_processes(descriptors):
        for _ in range(3):
            if os.fork() == 0:
                if os.fork() == 0:
                    os.setsid()
                    prctl(15, ctypes.c_char_p(b"\\xff) R 1 1"))  # its name, which is neither text nor honest
                    time.sleep(300)
                os._exit(0)

    for number in range(40):
        scratch = f"{home}/{number}"
        cell = prepare(protection, bounds, scratch, leave_processes)
        reader, writer = os.pipe()  # what is left running keeps it open
        cell.enter([writer])
        os.close(writer)
        time.sleep(number / 5000)
        ended = 0
        while not ended:
            os.kill(cell.keeper, signal.SIGTERM)
            ended, status = os.waitpid(cell.keeper, os.WNOHANG)
        os.set_blocking(reader, False)
        try: left = "nothing" if os.read(reader, 1) == b"" else "?"
        except BlockingIOError: left = "a process"
        os.close(reader)
        print(left, os.waitstatus_to_exitcode(status) in (0, 1), pathlib.Path(scratch).exists())
"""


def test_nothing_is_left_of_a_cell_that_is_told_to_end_just_as_it_ends(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), tmp_path], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["nothing True False"] * 40
