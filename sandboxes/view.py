"""What of its machine a container sees in ``/proc`` and ``/sys``: itself, and nothing that other containers move.

Numbers of the whole machine are a memory: one run of a program counts them up, a later one reads what was left for it.
Kernels know no list of what may be seen, only of what may not; this is all that Linux has there, but for what is named last.
"""

from __future__ import annotations

__all__ = ["HIDDEN", "HIDDEN_WHERE_NESTED", "SHOWN"]

HIDDEN_WHERE_NESTED = ("/sys", "/dev/pts")
"""Where the container's program mounts a ``/proc`` of its own for each judging process, which the kernel allows only to who
sees the container's whole; pseudo terminals are counted for the whole machine, and few.
"""

SHOWN = frozenset({"cpuinfo", "filesystems", "mounts", "net", "self", "sysvipc", "thread-self", "version"})
"""In ``/proc``, beside processes: constants of the machine, and what is the container's own."""

_NAMES = """
    acpi allocinfo asound ath_pktlog buddyinfo bootconfig bus cgroups cmdline config.gz consoles cpu crypto device-tree
    devices diskstats dma driver dynamic_debug execdomains fb fs hypervisor i8k ide interrupts iomem ioports irq kallsyms
    kcore keys key-users kmsg kpagecgroup kpagecount kpageflags latency_stats loadavg lockdep lockdep_chains lockdep_stats
    lock_stat locks mdstat meminfo misc modules mpt mtd mtrr pagetypeinfo partitions ppc64 powerpc pressure profile
    registry rtas sched_debug schedstat scsi sgi_uv slab_allocators slabinfo softirqs splash stat swaps sys sysrq-trigger
    timer_list timer_stats tty uptime vmallocinfo vmcore vmstat xen zoneinfo
"""

HIDDEN = (*HIDDEN_WHERE_NESTED, *(f"/proc/{name}" for name in _NAMES.split()))
"""Where it does not."""
