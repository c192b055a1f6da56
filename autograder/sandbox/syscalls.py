"""The seccomp filter of the student's process: a BPF program built from a list of system calls that are refused.

Every call that reaches into another process, loads code into the kernel, changes a namespace or a mount, or opens a
socket is answered with an error; all others work. The filter is bytes (an array of the kernel's `struct
sock_filter`), so that bubblewrap's --seccomp and prctl take the same one.
"""

from __future__ import annotations

import errno
import platform
import struct
import sys

__all__ = ["REFUSED", "known", "program"]

# name: (number on x86_64, number on aarch64); None where the machine has no such call.
REFUSED: dict[str, tuple[int | None, int | None]] = {
    # other processes' memory, descriptors and events
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    # the kernel's keys, code, clock, log and accounts
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "syslog": (103, 116),
    "acct": (163, 89),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "fanotify_init": (300, 262),
    # namespaces, mounts and ways around a path
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "mount_setattr": (442, 442),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    # sockets and messages: the one channel is inherited and already connected
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
}

# Libraries take these errors for an older kernel and go the older way, which the filter can look into.
ABSENT: dict[str, tuple[int | None, int | None]] = {
    "clone3": (435, 435),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
}

# A box without a PID namespace is ended through its process group, which nobody may leave then.
GROUP: dict[str, tuple[int | None, int | None]] = {"setsid": (112, 157), "setpgid": (109, 154)}

CLONE, SOCKETPAIR, IOCTL = (56, 220), (53, 199), (16, 29)
NEW_NAMESPACES = 0x7E020000  # every CLONE_NEW… but CLONE_NEWTIME, which clone cannot carry
SOCK_STREAM, TIOCSTI, TIOCLINUX = 1, 0x5412, 0x541C
PRCTL, PR_SET_DUMPABLE = (157, 167), 4  # which opens a process's memory and descriptors to its like
# Calls that send a signal, and which argument says what it is.
SENDING = [((62, 129), 1), ((200, 130), 1), ((234, 131), 2), ((129, 138), 1), ((297, 240), 2), ((424, 424), 1)]
OF_THREADS = (32, 33)  # signals whose handlers the C library has, and nobody looks for
FCNTL, QUIET_WORDS = (72, 25), (8, 10, 15, 1031)  # F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETPIPE_SZ: words on a pipe
# Of itself (0) a process may set these, of no other.
OF_OTHERS = [((203, 122), 0), ((144, 119), 0), ((142, 118), 0), ((314, 274), 0), ((302, 261), 0)]

MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column above, AUDIT_ARCH

LOAD, EQUAL, SET, AT_LEAST, AND, RETURN = 0x20, 0x15, 0x45, 0x35, 0x54, 0x06
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER, ARCHITECTURE = 0, 4  # offsets in struct seccomp_data


def known() -> bool:
    """Return whether there is a filter for this machine's system calls."""
    return sys.platform == "linux" and platform.machine() in MACHINES


def program(*, keep_group: bool = False, machine: str = "") -> bytes:
    """Return the filter, 8 bytes an instruction; with `keep_group`, also against leaving the process group.

    Raises KeyError for a machine whose numbers are not known (see `known`).
    """
    column, audit = MACHINES[machine or platform.machine()]
    refused = REFUSED | (GROUP if keep_group else {})
    steps = [
        _step(LOAD, ARCHITECTURE),
        _step(EQUAL, audit, 1, 0),
        _step(RETURN, KILL),  # 32-bit calls have other numbers: none of them
        _step(LOAD, NUMBER),
    ]
    if column == 0:
        steps += [_step(AT_LEAST, 0x40000000, 0, 1), _step(RETURN, ERROR | errno.ENOSYS)]  # the x32 calls
    for table, code in ((refused, errno.EPERM), (ABSENT, errno.ENOSYS)):
        for numbers in table.values():
            if (number := numbers[column]) is not None:
                steps += [_step(EQUAL, number, 0, 1), _step(RETURN, ERROR | code)]
    steps += _looked_into(CLONE[column], 0, [_step(SET, NEW_NAMESPACES, 0, 1), _step(RETURN, ERROR | errno.EPERM)])
    # Datagrams can be sent to anybody's socket; a stream goes only to its own other end.
    kind = [_step(AND, 0xF), _step(EQUAL, SOCK_STREAM, 1, 0), _step(RETURN, ERROR | errno.EPERM)]
    steps += _looked_into(SOCKETPAIR[column], 1, kind)
    typed = [_step(EQUAL, TIOCSTI, 1, 0), _step(EQUAL, TIOCLINUX, 0, 1), _step(RETURN, ERROR | errno.EPERM)]
    steps += _looked_into(IOCTL[column], 1, typed)  # typing into a terminal
    steps += _apart(column)
    return b"".join([*steps, _step(RETURN, ALLOW)])


def _apart(column: int) -> list[bytes]:
    """Against a word from one process of a box to another by what a process is (sandbox/carriers.py)."""
    refusal = _step(RETURN, ERROR | errno.EPERM)
    opening = [_step(EQUAL, PR_SET_DUMPABLE, 0, 3), _step(LOAD, 24), _step(EQUAL, 0, 1, 0), refusal]
    steps = _looked_into(PRCTL[column], 0, opening)
    for numbers, argument in SENDING:
        among = [_step(EQUAL, OF_THREADS[0], 1, 0), _step(EQUAL, OF_THREADS[1], 0, 1), refusal]
        steps += _looked_into(numbers[column], argument, among)
    *most, last = QUIET_WORDS
    kept = [_step(EQUAL, number, len(QUIET_WORDS) - place - 1, 0) for place, number in enumerate(most)]
    steps += _looked_into(FCNTL[column], 1, [*kept, _step(EQUAL, last, 0, 1), refusal])
    for numbers, argument in OF_OTHERS:
        steps += _looked_into(numbers[column], argument, [_step(EQUAL, 0, 1, 0), refusal])
    return steps


def _looked_into(number: int, argument: int, rules: list[bytes]) -> list[bytes]:
    # The low half of a 64-bit argument is enough: the kernel reads flags, kinds and requests as 32 bits.
    inside = [_step(LOAD, 16 + 8 * argument), *rules, _step(RETURN, ALLOW)]
    return [_step(EQUAL, number, 0, len(inside)), *inside]


def _step(code: int, value: int, so: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, so, otherwise, value)
