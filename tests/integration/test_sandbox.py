"""Sandboxes as a whole: determinism, clean-up, counters, engines elsewhere."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from sandboxes.engine import Engine
from sandboxes.errors import ImageBuildFailed, SandboxFailure
from sandboxes.examiner import Examiner
from sandboxes.gauge import GaugeMeter
from sandboxes.images.base import BASE, ensure_base
from sandboxes.meters import EngineMeter
from sandboxes.owner import HOST, owner, runtime_folder, stale_folders
from sandboxes.sandbox import Sandbox
from sandboxes.sweep import stale_containers, sweep
from tests.live.remote_engine import certificates, engine_by_tcp

from ..conftest import Graded, encoded, make_suite

ROOT = Path(__file__).parents[2]
SUBMISSION = """
    import random
    def fine(): return 1
    def order(): return list({"a", "b", "c", "d", "e"})
    def loop():
        while True: pass
"""
TESTS = """
    import bank
    from hypothesis import given, strategies as st
    def test_fine(): assert bank.fine() == 1
    def test_wrong(): assert bank.fine() == 2
    def test_order(): print(bank.order())
    def test_loop(): bank.loop()
    @given(st.integers())
    def test_drawn(n): assert n < 1000
"""


def test_ten_gradings_are_alike(engine):
    suite = make_suite(TESTS, SUBMISSION, limits={"cpu_time": 0.2})
    with Sandbox(engine, suite, parallel=2) as sandbox:
        runs = [Graded(sandbox.run(suite.reference)) for _ in range(10)]
    seen = {tuple((name, one.outcome, one.message, one.stdout) for name, one in run.tests.items()) for run in runs}
    assert len(seen) == 1


def test_gradings_side_by_side_do_not_notice_each_other(engine):
    bomb = "import os, threading\ndef fine():\n    while True: os.fork()\ndef order(): pass\ndef loop(): pass\n"
    suite = make_suite(
        "import bank\n" + "".join(f"def test_{n}(): assert bank.fine() == 1\n" for n in range(20)), SUBMISSION
    )
    with Sandbox(engine, suite, parallel=2) as sandbox:
        hostile = threading.Thread(target=sandbox.run, args=(encoded(bomb),))
        hostile.start()
        honest = [Graded(sandbox.run(suite.reference)) for _ in range(3)]
        hostile.join()
    for run in honest:
        run.assert_all_passed()


def test_nothing_is_left_behind(engine):
    suite = make_suite(TESTS, SUBMISSION, limits={"cpu_time": 0.2})
    with Sandbox(engine, suite) as sandbox:
        sandbox.run(suite.reference)
        assert owned_by(engine, os.getpid())
    assert owned_by(engine, os.getpid()) == []


def start_grader(tmp_path, *extra):
    """A grader of its own, busy with an endless loop."""
    spinner = tmp_path / "spinner"
    spinner.mkdir()
    (spinner / "bank_account.py").write_text("while True: pass\n")
    command = [sys.executable, "-m", "grader", "grade", "assignments/bank-account", str(spinner), *extra]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored if the tests run in the background
    )
    engine = Engine()
    deadline = time.monotonic() + 60
    while not owned_by(engine, process.pid) and time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    return engine, process


def owned_by(engine, pid):
    return [owned.container for owned in engine.owned() if owned.owner.startswith(f"{pid}-")]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_grader_leaves_nothing(tmp_path, number):
    engine, process = start_grader(tmp_path)
    process.send_signal(number)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err
    assert owned_by(engine, process.pid) == []


def test_what_a_killed_grader_leaves_is_swept(tmp_path):
    engine, process = start_grader(tmp_path)
    process.kill()
    process.wait()
    process.communicate()
    left = owned_by(engine, process.pid)
    assert left
    assert {container.id for container in left} <= {container.id for container in stale_containers(engine)}
    deadline = time.monotonic() + 30
    while owned_by(engine, process.pid) and time.monotonic() < deadline:
        sweep(engine)  # again: what the engine was about to make appears later
    assert owned_by(engine, process.pid) == []
    assert not [path for path in stale_folders() if f"-{process.pid}-" in path.name]


def test_sweeping_spares_the_living(engine):
    folder = runtime_folder()
    suite = make_suite(TESTS, SUBMISSION)
    with Sandbox(engine, suite) as sandbox:
        sweep(engine)
        assert Graded(sandbox.run(suite.reference)).outcomes["test_fine"] == "passed"
    assert os.path.isdir(folder)
    os.rmdir(folder)


def refuse_statistics(monkeypatch):
    def refuse(self, container):
        raise AssertionError("the engine's statistics take a second a reading")

    monkeypatch.setattr(Engine, "counters", refuse)


def test_an_engine_on_another_kernel_is_reached_by_streams_and_measured_by_a_container_there(monkeypatch):
    monkeypatch.setattr(Engine, "same_kernel", property(lambda self: False))
    refuse_statistics(monkeypatch)
    engine = Engine()
    suite = make_suite(TESTS, SUBMISSION, limits={"cpu_time": 0.5})
    with Sandbox(engine, suite) as sandbox:
        candidate = sandbox._pool.take()
        assert sandbox._linker.transport == "stream"
        assert isinstance(candidate.meter, GaugeMeter)
        assert candidate.meter.read().cpu_time > 0
        sandbox._pool.discard(candidate)
        graded = Graded(sandbox.run(suite.reference))
        mine = [owned for owned in engine.owned() if (owned.host, owned.owner) == (HOST, owner())]
        assert {"gauge", "candidate", "examiner"} <= {owned.role for owned in mine if owned.kept}
    assert graded.outcomes["test_fine"] == "passed"
    assert graded.outcomes["test_loop"] == "timed_out"


def test_where_no_container_can_see_counters_the_engine_s_statistics_are_taken(monkeypatch):
    monkeypatch.setattr(Engine, "same_kernel", property(lambda self: False))
    monkeypatch.setattr("sandboxes.engine.Engine._mounts", lambda self, spec: [])
    suite = make_suite(TESTS, SUBMISSION)
    with Sandbox(Engine(), suite) as sandbox:
        candidate = sandbox._pool.take()
        assert isinstance(candidate.meter, EngineMeter)
        assert candidate.meter.read().cpu_time > 0
        sandbox._pool.discard(candidate)


def test_a_killed_gauge_is_replaced(monkeypatch):
    monkeypatch.setattr(Engine, "same_kernel", property(lambda self: False))
    refuse_statistics(monkeypatch)
    engine = Engine()
    suite = make_suite(TESTS, SUBMISSION, limits={"cpu_time": 0.5})
    with Sandbox(engine, suite) as sandbox:
        for owned in engine.owned():
            if owned.role == "gauge" and (owned.host, owned.owner) == (HOST, owner()):
                engine.remove(owned.container)
        graded = Graded(sandbox.run(suite.reference))
    assert (graded.outcomes["test_fine"], graded.outcomes["test_loop"]) == ("passed", "timed_out")


@pytest.fixture(params=["tcp", "tls"])
def remote_engine(request, tmp_path, monkeypatch):
    """An engine that is reached by TCP, with certificates of both sides or without."""
    tls = None
    if request.param == "tls":
        tls = certificates(tmp_path)
        (tmp_path / "other.pem").write_bytes(trustme.CA().cert_pem.bytes())
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "other.pem"))  # for the web: the engine has its own
        monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
        monkeypatch.setenv("DOCKER_CERT_PATH", str(tmp_path))
    with engine_by_tcp(tls) as port:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{port}")
        yield Engine()


def test_an_engine_that_is_reached_by_tcp(remote_engine, monkeypatch):
    refuse_statistics(monkeypatch)
    tests = (
        TESTS
        + """
    def test_much(): assert bank.much(b"x" * 3_000_000) == b"y" * 3_000_000
    """
    )
    submission = (
        SUBMISSION
        + """
    def much(data): return data.replace(b"x", b"y")
    """
    )
    suite = make_suite(tests, submission, limits={"cpu_time": 0.5})
    with Sandbox(remote_engine, suite, parallel=2) as sandbox:
        assert sandbox._linker.transport == "stream"
        for _ in range(3):
            graded = Graded(sandbox.run(suite.reference))
            expected = {"test_fine": "passed", "test_loop": "timed_out", "test_much": "passed"}
            assert {name: graded.outcomes[name] for name in expected} == expected


def in_a_process_namespace(*command):
    """A command whose process ids are not the engine's, as in a container."""
    return ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", *command]


def test_a_grader_in_a_process_namespace_measures_by_a_container_and_is_swept_by_others(tmp_path, monkeypatch):
    script = tmp_path / "grade.py"
    script.write_text(
        textwrap.dedent(
            """
            import sys
            from pathlib import Path
            from grader.assignment import load_assignment
            from grader.grading import Grader
            from grader.submission import read_submission
            from sandboxes.engine import Engine
            def refuse(self, container):
                raise AssertionError("statistics")
            Engine.counters = refuse
            folder = Path("assignments/bank-account")
            assignment = load_assignment(folder)
            with Grader(assignment, Engine()) as grader:
                report = grader.grade(read_submission(folder / "solutions" / "reference", assignment.settings.submission))
                print(report.status, report.score, flush=True)
                sys.stdin.read()
            """
        )
    )
    process = subprocess.Popen(
        in_a_process_namespace(sys.executable, str(script)),
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    engine = Engine()
    before = {owned.container.id for owned in engine.owned()}
    line = process.stdout.readline()
    assert line.startswith("graded 100"), line + process.stdout.read()
    theirs = [owned for owned in engine.owned() if owned.container.id not in before and owned.host not in ("", HOST)]
    assert {owned.kept for owned in theirs} == {True}
    monkeypatch.setattr("sandboxes.sweep._SETTLED", -3600)
    assert not {owned.container.id for owned in theirs} & {one.id for one in stale_containers(engine)}
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and {one.container.id for one in engine.owned()} & {
        one.container.id for one in theirs
    }:
        for container in stale_containers(engine):
            if container.id in {owned.container.id for owned in theirs}:
                engine.remove(container)
        time.sleep(0.1)
    assert not {one.container.id for one in engine.owned()} & {one.container.id for one in theirs}


def test_a_lost_examiner_is_replaced(engine):
    suite = make_suite(TESTS, SUBMISSION, limits={"cpu_time": 0.2})
    with Sandbox(engine, suite) as sandbox:
        engine.remove(sandbox._examiners.ready()._container)
        assert Graded(sandbox.run(suite.reference)).outcomes["test_fine"] == "passed"


def test_sockets_that_turn_out_not_to_work_are_given_up(monkeypatch):
    """As when the worker is itself in a container, and the engine does not see its files."""
    engine = Engine()
    suite = make_suite(TESTS, SUBMISSION, limits={"cpu_time": 0.2})
    monkeypatch.setattr("sandboxes.links.replace", lambda spec, **changes: _misplaced(spec, changes))
    with Sandbox(engine, suite) as sandbox:
        assert sandbox._linker.transport == "stream"
        assert engine.concessions == set()
        assert Graded(sandbox.run(suite.reference)).outcomes["test_fine"] == "passed"
    with pytest.raises(SandboxFailure, match=r"does not exist|does not connect"), Sandbox(engine, suite, transport="socket"):
        pass


def _misplaced(spec, changes):
    if "mount" in changes:
        changes["mount"] = "/nowhere" + changes["mount"]
    return replace(spec, **changes)


def test_another_base_image_is_looked_at_before_it_is_used(engine, monkeypatch):
    monkeypatch.setenv("GRADER_BASE_IMAGE", "no/such:image")
    with pytest.raises(ImageBuildFailed, match="pull it first"):
        ensure_base(engine, print)
    monkeypatch.setenv("GRADER_BASE_IMAGE", BASE)
    assert ensure_base(engine, print).python == "3.11"


def test_a_candidate_killed_from_outside_costs_the_learner_nothing(engine, monkeypatch):
    tests = "import bank\n" + "".join(f"def test_{number}(): assert bank.work() == 1\n" for number in range(4))
    reference = "import time\ndef work():\n    time.sleep(0.2)\n    return 1\n"
    suite = make_suite(tests, reference)
    seen = []
    with Sandbox(engine, suite) as sandbox:
        taken, take = [], sandbox._pool.take
        monkeypatch.setattr(sandbox._pool, "take", lambda: taken.append(take()) or taken[-1])

        def kill_once(run):
            seen.append(run.test.id)
            if len(seen) == 2:
                # While the next test is under way.
                threading.Timer(0.1, engine.api.kill, [taken[-1]._container.id]).start()

        graded = Graded(sandbox.run(suite.reference, kill_once))
    graded.assert_all_passed()
    assert len(taken) > 1


def test_a_candidate_killed_while_tests_are_collected_leaves_the_assignment_usable(engine, monkeypatch):
    begin, begun = Examiner.begin, []

    def begin_and_kill(self, wire, *arguments):
        begun.append(1)
        started = begin(self, wire, *arguments)
        if len(begun) == 1:
            threading.Timer(0.3, wire.shutdown, [socket.SHUT_RDWR]).start()
        return started

    monkeypatch.setattr(Examiner, "begin", begin_and_kill)
    tests = "import bank\nVALUE = bank.work()\ndef test_it(): assert VALUE == 1\n"
    suite = make_suite(tests, "import time\ndef work():\n    time.sleep(0.6)\n    return 1\n")
    with Sandbox(engine, suite) as sandbox:
        Graded(sandbox.run(suite.reference)).assert_all_passed()
    assert len(begun) == 4  # collected twice, observed, graded


def test_a_program_that_kills_itself_is_told_so_after_a_second_look(engine):
    tests = "import bank\ndef test_die(): bank.die()\ndef test_live(): assert bank.live() == 1\n"
    reference = "def die(): pass\ndef live(): return 1\n"
    dying = "import os\ndef die(): os.kill(os.getpid(), 9)\ndef live(): return 1\n"
    suite = make_suite(tests, reference)
    with Sandbox(engine, suite) as sandbox:
        graded = Graded(sandbox.run(encoded(dying)))
    assert graded.outcomes == {"test_die": "crashed", "test_live": "passed"}
