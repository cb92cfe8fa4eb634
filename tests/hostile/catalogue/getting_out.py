"""Submissions that want out of their container: system calls, sockets, mounts, devices, processes."""

from .attack import Attack

_CALLS = """
import ctypes, errno, spy
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def call(number, *arguments):
    ctypes.set_errno(0)
    return libc.syscall(ctypes.c_long(number), *(ctypes.c_long(one) if isinstance(one, int) else one for one in arguments))
"""


def _calls(*lines: str) -> str:
    return _CALLS + "def first():\n    " + "\n    ".join(lines) + "\n"


_NUMBERS = {
    "ptrace": (101, "ptrace(PTRACE_ATTACH, 1)", (16, 1, 0, 0)),
    "process_vm_readv": (310, "process_vm_readv of process 1", (1, 0, 0, 0, 0, 0)),
    "mount": (165, "mount of a tmpfs", (0, 0, 0, 0, 0)),
    "keyctl": (250, "keyctl: keys of the host's user", (0, -3, 0, 0, 0)),
    "bpf": (321, "bpf", (0, 0, 0)),
    "perf_event_open": (298, "perf_event_open", (0, 0, -1, -1, 0)),
    "init_module": (175, "init_module", (0, 0, 0)),
    "kexec_load": (246, "kexec_load", (0, 0, 0, 0)),
    "userfaultfd": (323, "userfaultfd", (0,)),
    "open_by_handle_at": (304, "open_by_handle_at: Shocker, 2014", (-100, 0, 0)),
    "io_uring_setup": (425, "io_uring: CVE-2022-29582 and its neighbours", (0, 0)),
    "clone3": (435, "clone3", (0, 0)),
    "pivot_root": (155, "pivot_root", (0, 0)),
    "setns": (308, "setns", (0, 0)),
    "fsopen": (430, "fsopen: CVE-2022-0185", (b"tmpfs", 0)),
    "acct": (163, "acct", (0,)),
    "quotactl": (179, "quotactl", (0, 0, 0, 0)),
    "personality": (135, "personality without address randomisation", (0x0040000,)),
}
"""Refused calls (x86-64). What fails with EFAULT or EINVAL was let in and only lacked good arguments."""

ATTACKS = [
    Attack(
        "System calls that ordinary code never needs are tried one by one",
        "container escapes by way of the kernel: Shocker, CVE-2022-0185, CVE-2022-29582, CVE-2017-5123; default seccomp profile",
        _calls(
            f"CALLS = {_NUMBERS!r}",
            "for name, (number, told, arguments) in CALLS.items():",
            "    given = [ctypes.c_char_p(one) if isinstance(one, bytes) else one for one in arguments]",
            "    result = call(number, *given)",
            "    refused = ctypes.get_errno() in (errno.EPERM, errno.ENOSYS, errno.EACCES, errno.ESRCH)",
            "    if not refused: spy.escaped(f'{told}: {result} {errno.errorcode.get(ctypes.get_errno())}')",
        ),
        arena="limited",
    ),
    Attack(
        "A user namespace is unshared, with all capabilities inside",
        "CVE-2022-0492, CVE-2023-32233: unprivileged user namespaces",
        _calls(
            "for flag in (0x10000000, 0x10000000 | 0x20000, 0x40000000, 0x20000000, 0x2000000, 0x8000000):",
            "    if libc.unshare(flag) == 0: spy.escaped(f'unshare({flag:#x})')",
        ),
        arena="limited",
    ),
    Attack(
        "Sockets of unusual families are opened",
        "found by review of this project: AF_VSOCK, AF_NETLINK; AF_ALG: CVE-2024-26824; AF_PACKET: CVE-2020-14386",
        """
        import socket, spy
        def first():
            for family, name in ((16, "netlink"), (40, "vsock"), (38, "alg"), (17, "packet"), (10, "ipv6"), (2, "ipv4"),
                                 (29, "can"), (31, "bluetooth"), (44, "xdp"), (41, "kcm"), (30, "tipc"), (15, "key")):
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
                    try: sock = socket.socket(family, kind)
                    except OSError: continue
                    with sock:
                        if name not in ("ipv4", "ipv6"): spy.escaped(f"socket of family {name}")
        """,
        arena="limited",
    ),
    Attack(
        "The network is tried: outside, the host, cloud metadata, the engine's own ports",
        "SSRF from sandboxes: 169.254.169.254 (Capital One, 2019)",
        """
        import socket, spy
        def first():
            for address in (("8.8.8.8", 53), ("172.17.0.1", 22), ("172.17.0.1", 2375), ("169.254.169.254", 80), ("127.0.0.1", 2375),
                            ("10.0.0.1", 80), ("192.168.0.1", 80), ("::1", 80), ("fe80::1", 80)):
                try:
                    socket.create_connection(address, timeout=0.2).close()
                    spy.escaped(address)
                except OSError: pass
            if socket.if_nameindex() != [(1, "lo")]: spy.escaped(socket.if_nameindex())
            try: spy.escaped(socket.gethostbyname("example.org"))
            except OSError: pass
        """,
        arena="limited",
    ),
    Attack(
        "The engine's socket and the grader's own are looked for",
        "docker.sock mounted into build containers",
        """
        import os, socket, spy
        def first():
            for path in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/grader/wire",
                         "/run/podman/podman.sock", "/run/dbus/system_bus_socket"):
                with socket.socket(socket.AF_UNIX) as sock:
                    try: sock.connect(path)
                    except OSError: continue
                    spy.escaped(path)
        """,
        arena="limited",
    ),
    Attack(
        "Devices are opened and made",
        "privileged containers: mknod of the host's disk",
        """
        import glob, os, stat, spy
        def first():
            known = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "stdin", "stdout", "stderr", "fd", "console",
                     "core", "shm", "mqueue", "pts"}
            for path in glob.glob("/dev/*"):
                if os.path.basename(path) not in known: spy.escaped(path)
            for number in ((8, 0), (1, 1), (10, 229), (10, 200)):
                try:
                    os.mknod(f"/tmp/d{number[0]}", 0o600 | stat.S_IFBLK, os.makedev(*number))
                    spy.escaped("mknod")
                except OSError: pass
            for path in ("/dev/kmsg", "/dev/mem", "/dev/fuse", "/dev/kvm", "/dev/net/tun", "/proc/kcore", "/proc/kmsg"):
                try: descriptor = os.open(path, os.O_RDWR)
                except OSError: continue
                # What is hidden is a null device in its place.
                if os.fstat(descriptor).st_rdev != os.makedev(1, 3): spy.escaped(path)
                os.close(descriptor)
        """,
        arena="limited",
    ),
    Attack(
        "Files of the kernel in /proc and /sys are written",
        "core_pattern and release_agent: CVE-2022-0492, Felix Wilhelm's escape",
        """
        import glob, os, spy
        def first():
            paths = ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/kernel/modprobe", "/proc/sys/vm/panic_on_oom",
                     "/proc/sys/fs/binfmt_misc/register", "/sys/kernel/uevent_helper", "/proc/self/uid_map"]
            paths += glob.glob("/sys/fs/cgroup/**/release_agent", recursive=True)[:5]
            paths += glob.glob("/sys/fs/cgroup/**/memory.limit_in_bytes", recursive=True)[:5]
            paths += glob.glob("/sys/fs/cgroup/*max*") + glob.glob("/sys/fs/cgroup/cgroup.procs")
            for path in paths:
                try:
                    with open(path, "w") as file: file.write("1")
                except OSError: continue
                if os.stat(path).st_rdev != os.makedev(1, 3): spy.escaped(path)  # else it is hidden by a null device
        """,
        arena="limited",
    ),
    Attack(
        "The container's own memory limit is raised through its control group",
        "cgroups mounted writable",
        """
        import glob, os, spy
        def first():
            for path in glob.glob("/sys/fs/cgroup/**/*", recursive=True)[:500]:
                if os.access(path, os.W_OK) and not os.path.isdir(path): spy.escaped(path)
            for folder in glob.glob("/sys/fs/cgroup/*/") + ["/sys/fs/cgroup/"]:
                try: os.mkdir(folder + "mine")
                except OSError: continue
                spy.escaped(folder)
        """,
        arena="limited",
    ),
    Attack(
        "A program is put into memory and executed from there",
        "memfd execution: found by review of this project; fileless malware",
        """
        import os, spy, sys
        def first():
            descriptor = os.memfd_create("it")
            with open(os.path.realpath(sys.executable), "rb") as file: os.write(descriptor, file.read())
            if os.fork() == 0:
                try: os.execve(descriptor, ["it", "-c", "import os; os.write(1, b'escaped: memfd')"], {})
                except OSError: os._exit(0)
            os.wait()
        """,
        arena="limited",
    ),
    Attack(
        "Programs are written and executed from every folder that can be written to",
        "noexec mounts",
        """
        import os, spy, subprocess
        def first():
            for folder in ("/tmp", "/submission", "/dev/shm", "/var/tmp", "/run", "/run/lock", "/dev/mqueue", "/run/grader"):
                path = f"{folder}/x"
                try:
                    with open(path, "w") as file: file.write("#!/bin/sh\\necho escaped: ran in $0\\n")
                    os.chmod(path, 0o4755)
                    print(subprocess.run([path], capture_output=True, text=True).stdout)
                except OSError: pass
        """,
        arena="limited",
    ),
    Attack(
        "A library is mapped as code from a folder that can be written to",
        "LD_PRELOAD, dlopen from /tmp",
        """
        import ctypes, glob, mmap, os, shutil, spy
        def first():
            libraries = glob.glob("/usr/lib/*/libm.so*") + glob.glob("/lib/*/libm.so*")
            for folder in ("/tmp", "/submission", "/dev/shm"):
                try:
                    shutil.copy(libraries[0], f"{folder}/libx.so")
                    ctypes.CDLL(f"{folder}/libx.so")
                    spy.escaped(folder)
                except OSError: pass
        """,
        arena="limited",
    ),
    Attack(
        "Set-uid programs are looked for and used",
        "CVE-2021-4034 (pkexec), CVE-2021-3156 (sudo)",
        """
        import os, spy
        def first():
            for root in ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/lib", "/opt"):
                for folder, folders, names in os.walk(root):
                    for name in names:
                        try: status = os.lstat(f"{folder}/{name}")
                        except OSError: continue
                        if status.st_mode & 0o6000 and not os.path.islink(f"{folder}/{name}"): usable(f"{folder}/{name}")
        def usable(path):
            flags = next(line for line in open("/proc/self/status") if line.startswith("NoNewPrivs"))
            if flags.split()[1] != "1": spy.escaped(path)
        """,
        arena="limited",
    ),
    Attack(
        "Users, groups and capabilities are changed",
        "running as root in containers",
        """
        import os, spy
        def first():
            for change in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.setresuid(10002, 10002, 10002),
                           lambda: os.chown("/tmp", 0, 0), lambda: os.chroot("/tmp"), lambda: os.nice(-5)):
                try: change()
                except OSError: continue
                spy.escaped(os.getresuid())
            status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
            for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
                if int(status[name], 16): spy.escaped(name)
            if os.getuid() == 0 or status["Seccomp"].strip() != "2" or status["NoNewPrivs"].strip() != "1": spy.escaped("status")
        """,
        arena="limited",
    ),
    Attack(
        "Limits on core files, memory and descriptors are raised again",
        "setrlimit",
        """
        import resource, spy
        def first():
            for name in ("CORE", "NOFILE", "FSIZE", "NPROC"):
                kind = getattr(resource, f"RLIMIT_{name}")
                hard = resource.getrlimit(kind)[1]
                try: resource.setrlimit(kind, (hard + 1, hard + 1) if hard >= 0 else (-1, -1))
                except (OSError, ValueError): continue
                if hard >= 0: spy.escaped(name)
        """,
        arena="limited",
    ),
    Attack(
        "The image's own files are written, and the grader's code is replaced",
        "CVE-2019-5736: overwriting what runs outside; writable /opt",
        """
        import os, spy, sandboxes
        def first():
            for path in ("/", "/etc", "/usr", "/opt/grader", "/run", "/run/grader", "/var", "/root", "/home", "/proc/self/exe",
                         os.path.dirname(sandboxes.__file__), os.path.dirname(os.__file__)):
                try: os.close(os.open(f"{path}/x" if os.path.isdir(path) else path, os.O_RDWR | os.O_CREAT))
                except OSError: continue
                spy.escaped(path)
        """,
        arena="limited",
    ),
    Attack(
        "Mounts lack nosuid, nodev or noexec where the submission may write or the grader mounts",
        "found by review of this project: /run/grader without the three flags",
        """
        import os, spy
        def first():
            for line in open("/proc/self/mounts"):
                source, place, kind, options, *_ = line.split()
                mine = kind in ("tmpfs", "ext4", "xfs", "overlay", "btrfs") and place.startswith(("/tmp", "/submission", "/run/grader", "/dev/shm"))
                if mine and not {"nosuid", "nodev", "noexec"} <= set(options.split(",")): spy.escaped(f"{place} {options}")
                if "docker.sock" in line or place.startswith(("/assignment", "/host")): spy.escaped(line)
        """,
        arena="limited",
    ),
    Attack(
        "All processes that can be seen are killed, stopped and traced",
        "kill(-1)",
        """
        import ctypes, os, signal, spy
        def first():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            for number in range(1, 400):
                if number == os.getpid(): continue
                for which in (signal.SIGSTOP, signal.SIGKILL):
                    try: os.kill(number, which)
                    except OSError: pass
            try: os.kill(-1, signal.SIGTERM)
            except OSError: pass
            return 0
        """,
        arena="limited",
    ),
    Attack(
        "The terminal is written to: input is pushed, titles and links are set",
        "TIOCSTI: CVE-2016-2568, CVE-2023-28339; terminal escape sequences",
        """
        import fcntl, os, spy, termios
        def first():
            for number in range(0, 10):
                try: fcntl.ioctl(number, termios.TIOCSTI, b"x")
                except (OSError, ValueError): continue
                spy.escaped("TIOCSTI")
            raise ValueError("\\x1b]0;title\\x07\\x1b]8;;http://x\\x1b\\\\link\\u202e\\x9b31m")
        """,
        arena="limited",
    ),
]
