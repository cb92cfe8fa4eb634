"""The filters of system calls, as the kernel and the engine will read them."""

import errno
import json

import pytest

from sandboxes.guest.isolation.filter import OWN, REFUSED, REFUSED_FLAGS, SEALED_MEMORY, UNKNOWN, program
from sandboxes.profile import profile

ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
NUMBERS = {
    "x86_64": {
        "read": 0,
        "clone": 56,
        "socket": 41,
        "socketpair": 53,
        "memfd_create": 319,
        "personality": 135,
        "ioctl": 16,
        "fcntl": 72,
        "fchmod": 91,
        "shmget": 29,
    },
    "aarch64": {
        "read": 63,
        "clone": 220,
        "socket": 198,
        "socketpair": 199,
        "memfd_create": 279,
        "personality": 92,
        "ioctl": 29,
        "fcntl": 25,
        "fchmod": 52,
        "shmget": 194,
    },
}
ALLOWED, KILLED = "allowed", "killed"


def verdict(code, machine, number, *arguments, architecture=None):
    """What the kernel does with a call: a small interpreter of classic BPF."""
    data = {0: number, 4: architecture or ARCHITECTURE[machine]}
    data |= {16 + 8 * index: value & 0xFFFFFFFF for index, value in enumerate((*arguments, 0, 0, 0)[:3])}
    value, position = 0, 0
    while True:
        kind, when_true, when_false, constant = code[position]
        position += 1
        if kind == 0x20:
            value = data[constant]
        elif kind == 0x06:
            return {0x7FFF0000: ALLOWED, 0x80000000: KILLED}.get(constant, constant & 0xFFFF)
        else:
            holds = {0x15: value == constant, 0x35: value >= constant, 0x45: bool(value & constant)}[kind]
            position += when_true if holds else when_false


@pytest.fixture(params=["x86_64", "aarch64"])
def judge(request):
    code = program(request.param)

    def call(name, *arguments):
        table = {name: numbers[request.param == "aarch64"] for name, numbers in {**REFUSED, **UNKNOWN}.items()}
        return verdict(code, request.param, {**table, **NUMBERS[request.param]}[name], *arguments)

    call.machine, call.code = request.param, code
    return call


def test_the_second_filter_refuses_what_it_names(judge):
    for name, numbers in REFUSED.items():
        if numbers[judge.machine == "aarch64"] is not None:
            assert judge(name) == errno.EPERM, name
    for name in UNKNOWN:
        assert judge(name) == errno.ENOSYS, name


def test_the_second_filter_lets_the_rest_through(judge):
    assert judge("read") == ALLOWED
    assert judge("clone", 0x1200011) == ALLOWED  # fork
    assert judge("clone", 0x3D0F00) == ALLOWED  # a thread
    assert judge("ioctl", 0, 0x5401) == ALLOWED
    assert judge("personality", 0xFFFFFFFF) == ALLOWED
    assert judge("memfd_create", 0, SEALED_MEMORY | 1) == ALLOWED
    assert [judge("socket", family) for family in (1, 2, 10)] == [ALLOWED] * 3
    assert judge("socketpair", 1) == ALLOWED


def test_the_second_filter_looks_at_arguments(judge):
    flags = [1 << bit for bit in range(32) if REFUSED_FLAGS >> bit & 1]
    assert {judge("clone", flag | 17) for flag in flags} == {errno.EPERM}
    assert {judge("socket", family) for family in (0, 16, 17, 38, 40)} == {errno.EAFNOSUPPORT}
    assert judge("socketpair", 30) == errno.EAFNOSUPPORT
    assert {judge("ioctl", 0, request) for request in (0x5412, 0x541C, 0x1_0000_5412)} == {errno.EPERM}
    assert judge("personality", 0x40000) == errno.EPERM
    assert judge("fcntl", 0, 1024) == errno.EACCES
    assert judge("fcntl", 0, 1030) == ALLOWED
    assert judge("memfd_create", 0, 1) == errno.EPERM


def test_who_bounds_or_slows_down_is_who_asks(judge):
    column = judge.machine == "aarch64"
    for name, (numbers, arguments) in OWN.items():
        own = [arguments.get(index, 7) for index in range(3)]
        assert verdict(judge.code, judge.machine, numbers[column], *own) == ALLOWED, name
        for index in arguments:
            other = [*own[:index], own[index] + 1, *own[index + 1 :]]
            assert verdict(judge.code, judge.machine, numbers[column], *other) == errno.EPERM, (name, index)
    rules = [rule for rule in json.loads(profile())["syscalls"] if set(rule["names"]) & set(OWN)]
    assert {rule["names"][0]: {one["index"]: one["valueTwo"] for one in rule["args"]} for rule in rules} == {
        name: arguments for name, (_, arguments) in OWN.items()
    }


def test_without_namespaces_modes_of_files_stay_and_nothing_lasting_is_made(judge):
    shared = program(judge.machine, alone=False)
    numbers = NUMBERS[judge.machine]
    assert (judge("fchmod"), judge("shmget")) == (ALLOWED, ALLOWED)
    assert verdict(shared, judge.machine, numbers["fchmod"]) == 0
    assert verdict(shared, judge.machine, numbers["shmget"]) == errno.ENOSYS
    assert verdict(shared, judge.machine, numbers["read"]) == ALLOWED


def test_calls_of_another_processor_end_the_process(judge):
    assert verdict(judge.code, judge.machine, 0, architecture=0x40000003) == KILLED


def test_calls_with_short_pointers_are_unknown():
    assert verdict(program("x86_64"), "x86_64", 0x40000000 | 165) == errno.ENOSYS


@pytest.mark.parametrize("nests", [False, True])
def test_the_containers_filter_is_a_list_of_what_is_allowed(nests):
    parsed = json.loads(profile(nests))
    assert parsed["defaultAction"] == "SCMP_ACT_ERRNO"
    whole = {
        name
        for rule in parsed["syscalls"]
        if rule["action"] == "SCMP_ACT_ALLOW" and not rule["args"]
        for name in rule["names"]
    }
    assert whole & {"unshare", "mount", "umount2"} == ({"unshare", "mount", "umount2"} if nests else set())
    assert not whole & (set(REFUSED) - {"unshare", "mount", "umount2"})
    assert not whole & {*UNKNOWN, "clone", "socket", "socketpair", "ioctl", "personality", "memfd_create", *OWN}


def test_the_containers_filter_holds_for_both_processors_and_no_other():
    architectures = json.loads(profile())["archMap"]
    assert [entry["architecture"] for entry in architectures] == ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"]
    assert not any(entry["subArchitectures"] for entry in architectures)
