"""Counters are read from the kernel's files of either version of control groups, here or by a gauge."""

import socket
import threading

import pytest

import sandboxes.meters as meters
from sandboxes.engine import Container
from sandboxes.errors import SandboxFailure
from sandboxes.gauge import Gauge, GaugeMeter
from sandboxes.guest.counters import CgroupV1, CgroupV2, Reading, counters_in
from sandboxes.guest.gauge import serve
from sandboxes.guest.wire.errors import WireClosed
from sandboxes.guest.wire.frames import FrameStream
from sandboxes.meters import LocalMeter

ID = "0123456789abcdef" * 4


def write_v1(folder, ever="4096", now="2048"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cpuacct.usage").write_text("1500000000\n")
    (folder / "memory.max_usage_in_bytes").write_text(ever)
    (folder / "memory.usage_in_bytes").write_text(now)
    (folder / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
    (folder / "pids.events").write_text("max 4\n")
    return folder


def write_v2(folder, peak="8192"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cpu.stat").write_text("usage_usec 250000\nuser_usec 1\nsystem_usec 2\n")
    (folder / "memory.events").write_text("low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\n")
    (folder / "memory.current").write_text("5000\n")
    (folder / "pids.events").write_text("max 0\n")
    if peak:
        (folder / "memory.peak").write_text(peak)
    return folder


def version_1(folder):
    return CgroupV1(dict.fromkeys(("cpuacct", "memory", "pids"), write_v1(folder)))


def test_version_1(tmp_path):
    counters = version_1(tmp_path)
    assert counters.read() == Reading(1.5, 4096, 2, 4)
    counters.start_peak()
    assert (tmp_path / "memory.max_usage_in_bytes").read_text() == "0"


def test_version_1_counts_what_sockets_hold_as_memory(tmp_path):
    write_v1(tmp_path)
    (tmp_path / "memory.limit_in_bytes").write_text("268435456\n")
    (tmp_path / "memory.kmem.tcp.limit_in_bytes").write_text("9223372036854771712\n")
    (tmp_path / "memory.kmem.tcp.max_usage_in_bytes").write_text("1000\n")
    counters = CgroupV1(dict.fromkeys(("cpuacct", "memory", "pids"), tmp_path))
    assert (tmp_path / "memory.kmem.tcp.limit_in_bytes").read_text() == "268435456\n"
    assert counters.read().peak_memory == 4096 + 1000
    counters.start_peak()
    assert (tmp_path / "memory.kmem.tcp.max_usage_in_bytes").read_text() == "0"


def unwritable(monkeypatch):
    def refuse(self, text):
        raise PermissionError

    monkeypatch.setattr("pathlib.Path.write_text", refuse)


def test_a_peak_that_can_not_be_reset_is_exact_once_it_grows_and_seen_until_then(tmp_path, monkeypatch):
    counters = version_1(tmp_path)
    with monkeypatch.context() as patch:
        unwritable(patch)
        counters.start_peak()
    assert counters.read().peak_memory == 2048
    write_v1(tmp_path, now="3000")
    assert counters.read().peak_memory == 3000
    write_v1(tmp_path, now="1000")
    assert counters.read().peak_memory == 3000
    write_v1(tmp_path, ever="9000", now="1000")
    assert counters.read().peak_memory == 9000


def test_version_2_with_a_peak_that_can_be_reset(tmp_path):
    counters = CgroupV2(write_v2(tmp_path))
    counters.start_peak()
    (tmp_path / "memory.peak").write_text("9000\n")
    assert counters.read() == Reading(0.25, 9000, 1)


def test_version_2_on_kernels_without_a_peak(tmp_path):
    counters = CgroupV2(write_v2(tmp_path, peak=""))
    counters.start_peak()
    assert counters.read().peak_memory == 5000
    (tmp_path / "memory.current").write_text("7000\n")
    assert counters.read().peak_memory == 7000
    (tmp_path / "memory.current").write_text("6000\n")
    assert counters.read().peak_memory == 7000
    counters.start_peak()
    assert counters.read().peak_memory == 6000


def test_the_last_reading_stands_when_the_container_has_ended(tmp_path):
    meter = LocalMeter(CgroupV2(write_v2(tmp_path)))
    before = meter.read()
    (tmp_path / "cpu.stat").unlink()
    assert meter.read() == before
    (tmp_path / "cpu.stat").write_text("")  # while the group is removed
    assert meter.read() == before


def test_the_version_is_told_by_the_machine(tmp_path, monkeypatch):
    (tmp_path / "cgroup.controllers").write_text("cpu memory\n")
    path = f"/system.slice/docker-{ID}.scope"
    write_v2(tmp_path / path.lstrip("/"))
    monkeypatch.setattr(meters, "_CGROUPS", tmp_path)
    assert isinstance(meters._counters({"": path}, ID), CgroupV2)
    (tmp_path / "cgroup.controllers").unlink()
    names = ("cpuacct", "memory", "pids")
    for name in names:
        write_v1(tmp_path / name / "docker" / ID)
    assert isinstance(meters._counters(dict.fromkeys(names, f"/docker/{ID}"), ID), CgroupV1)


def test_the_counters_of_another_process_with_the_same_number_are_not_taken_for_the_container_s(tmp_path, monkeypatch):
    """A worker in a container counts processes otherwise than the engine does."""
    (tmp_path / "cgroup.controllers").write_text("cpu memory\n")
    write_v2(tmp_path / "user.slice")
    monkeypatch.setattr(meters, "_CGROUPS", tmp_path)
    with pytest.raises(OSError, match="not the control group of this container"):
        meters._counters({"": "/user.slice"}, ID)


@pytest.mark.parametrize("path", [f"docker/{ID}", f"system.slice/docker-{ID}.scope", f"a/b/c/d/libpod-{ID}.scope"])
def test_a_container_s_group_is_found_wherever_the_engine_made_it(tmp_path, path):
    for name in ("cpuacct", "memory", "pids"):
        write_v1(tmp_path / "one" / name / path)
    assert counters_in(tmp_path / "one", ID).read().cpu_time == 1.5
    write_v2(tmp_path / "two" / path)
    (tmp_path / "two" / "cgroup.controllers").write_text("")
    assert counters_in(tmp_path / "two", ID).read().cpu_time == 0.25
    with pytest.raises(FileNotFoundError):
        counters_in(tmp_path / "two", "f" * 64)


class Gauges:
    """Stands for an engine that starts gauges: each is a thread that serves a folder."""

    def __init__(self, root):
        self.root, self.removed, self.ends = root, [], []

    def start(self):
        ours, theirs = socket.socketpair()
        self.ends.append(theirs)
        threading.Thread(target=self.run, args=(theirs,), daemon=True).start()
        return Container(f"gauge {len(self.ends)}"), ours

    def run(self, end):
        try:
            serve(FrameStream(end.fileno(), end.fileno()), self.root)
        except WireClosed:
            pass

    def remove(self, container):
        self.removed.append(container.id)


@pytest.fixture
def gauges(tmp_path):
    write_v2(tmp_path / "docker" / ID)
    (tmp_path / "cgroup.controllers").write_text("")
    return Gauges(tmp_path)


def test_a_gauge_reads_what_the_kernel_says_there(gauges, tmp_path, monkeypatch):
    def refuse(path, flags):
        raise PermissionError  # control groups are shown read-only

    monkeypatch.setattr("sandboxes.guest.counters.os.open", refuse)
    gauge = Gauge(gauges, gauges.start)
    meter = GaugeMeter(gauge, Container(ID), Reading())
    assert meter.read() == Reading(0.25, 8192, 1, 0)
    meter.start_peak()
    assert meter.read().peak_memory == 5000
    (tmp_path / "docker" / ID / "memory.peak").write_text("9000")
    assert meter.read().peak_memory == 9000
    assert gauge.read(Container("f" * 64)) is None
    for file in (tmp_path / "docker" / ID).iterdir():
        file.unlink()
    assert meter.read().peak_memory == 9000  # it has ended
    gauge.close()
    with pytest.raises(SandboxFailure, match="is closed"):
        meter.read()


def test_a_gauge_that_is_lost_is_replaced(gauges):
    gauge = Gauge(gauges, gauges.start)
    gauges.ends[0].shutdown(socket.SHUT_RDWR)
    assert gauge.read(Container(ID)) == Reading(0.25, 8192, 1, 0)
    assert gauges.removed == ["gauge 1"]
    gauge.close()
    assert gauges.removed == ["gauge 1", "gauge 2"]


def test_a_gauge_that_can_not_be_replaced_is_a_failure_until_it_can(gauges, monkeypatch):
    gauge = Gauge(gauges, gauges.start)
    gauges.ends[0].shutdown(socket.SHUT_RDWR)

    def refuse():
        raise SandboxFailure("the engine refused")

    monkeypatch.setattr(gauge, "_start", refuse)
    for _ in range(2):
        with pytest.raises(SandboxFailure, match="the engine refused"):
            gauge.read(Container(ID))
    monkeypatch.setattr(gauge, "_start", gauges.start)
    assert gauge.read(Container(ID)) is not None
    gauge.close()
