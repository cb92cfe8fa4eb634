"""Meters read the kernel's files of either version of control groups."""

import sandboxes.meters as meters
from sandboxes.meters import CgroupV1Meter, CgroupV2Meter, Reading


def test_version_1(tmp_path):
    (tmp_path / "cpuacct.usage").write_text("1500000000\n")
    (tmp_path / "memory.max_usage_in_bytes").write_text("4096\n")
    (tmp_path / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
    (tmp_path / "pids.events").write_text("max 4\n")
    meter = CgroupV1Meter({"cpuacct": tmp_path, "memory": tmp_path, "pids": tmp_path})
    assert meter.read() == Reading(1.5, 4096, 2, 4)
    meter.start_peak()
    assert (tmp_path / "memory.max_usage_in_bytes").read_text() == "0"


def write_v2(folder, peak="8192"):
    (folder / "cpu.stat").write_text("usage_usec 250000\nuser_usec 1\nsystem_usec 2\n")
    (folder / "memory.events").write_text("low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\n")
    (folder / "memory.current").write_text("5000\n")
    (folder / "pids.events").write_text("max 0\n")
    if peak:
        (folder / "memory.peak").write_text(peak)


def test_version_2_with_a_peak_that_can_be_reset(tmp_path):
    write_v2(tmp_path)
    meter = CgroupV2Meter(tmp_path)
    meter.start_peak()
    (tmp_path / "memory.peak").write_text("9000\n")
    assert meter.read() == Reading(0.25, 9000, 1)


def test_version_2_on_kernels_without_a_peak(tmp_path):
    write_v2(tmp_path, peak="")
    meter = CgroupV2Meter(tmp_path)
    meter.start_peak()
    assert meter.read().peak_memory == 5000
    (tmp_path / "memory.current").write_text("7000\n")
    assert meter.read().peak_memory == 7000
    (tmp_path / "memory.current").write_text("6000\n")
    assert meter.read().peak_memory == 7000


def test_the_last_reading_stands_when_the_container_has_ended(tmp_path):
    write_v2(tmp_path)
    meter = CgroupV2Meter(tmp_path)
    before = meter.read()
    (tmp_path / "cpu.stat").unlink()
    assert meter.read() == before


def test_the_version_is_told_by_the_machine(tmp_path, monkeypatch):
    process = tmp_path / "proc"
    process.mkdir()
    (tmp_path / "cgroup.controllers").write_text("cpu memory\n")
    folder = tmp_path / "system.slice" / "docker-1.scope"
    folder.mkdir(parents=True)
    write_v2(folder)
    monkeypatch.setattr(meters, "_CGROUPS", tmp_path)
    monkeypatch.setattr(meters, "_process_groups", lambda pid: {"": "/system.slice/docker-1.scope"})
    assert isinstance(meters._cgroup_meter(1), CgroupV2Meter)
    (tmp_path / "cgroup.controllers").unlink()
    for name, file in (("cpuacct", "cpuacct.usage"), ("memory", "memory.oom_control")):
        (tmp_path / name / "docker" / "1").mkdir(parents=True)
        (tmp_path / name / "docker" / "1" / file).write_text("0\n")
    monkeypatch.setattr(
        meters, "_process_groups", lambda pid: {"cpuacct": "/docker/1", "memory": "/docker/1", "pids": "/docker/1"}
    )
    assert isinstance(meters._cgroup_meter(1), CgroupV1Meter)
