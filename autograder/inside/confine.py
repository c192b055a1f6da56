"""Runs as a script: a process gives up its rights by Landlock, user and seccomp, then becomes the student's program.

    python -I -S confine.py SPEC COMMAND...

SPEC is JSON: `gate` (a descriptor; the start is put off until a byte comes), `read` (null for no Landlock), `list`,
`write`, `devices` (paths for Landlock), `user` (a number, or null to stay), `filter` (seccomp program in hexadecimal,
or null). Used where bubblewrap does not work. It needs nothing but the standard library, and stops with code 125 and
one line when the kernel refuses a step: nothing of the student's runs half confined.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import stat
import struct
import sys

__all__ = ["abi", "main"]

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on every machine
PATH_BENEATH = 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE, IOCTL_DEV = 1, 1 << 1, 1 << 2, 1 << 3, 1 << 14, 1 << 15
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
CAN_READ, CAN_USE = EXECUTE | READ_FILE | READ_DIR, READ_FILE | WRITE_FILE

SET_PDEATHSIG, SET_KEEPCAPS, SET_SECCOMP, CAPBSET_DROP, SET_NO_NEW_PRIVS, CAP_AMBIENT = 1, 8, 22, 24, 38, 47
AMBIENT_RAISE, SECCOMP_FILTER, CAP_VERSION_3 = 2, 2, 0x20080522
DAC_READ_SEARCH = 2


def abi() -> int:
    """Return the kernel's version of Landlock, 0 where it has none."""
    if sys.platform != "linux":  # where these numbers mean other calls
        return 0
    return max(0, ctypes.CDLL(None).syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1)))


def main(arguments: list[str]) -> None:
    """Confine this process as the first argument says and become the command of the others."""
    spec, command = json.loads(arguments[0]), arguments[1:]
    grader = os.getppid()
    kernel = ctypes.CDLL(None, use_errno=True)
    if spec["gate"] is not None:
        if not os.read(spec["gate"], 1):
            sys.exit(125)  # whoever started this is gone
        os.close(spec["gate"])
    if sys.platform == "linux":
        prctl(kernel, SET_NO_NEW_PRIVS, 1)
        if spec["read"] is not None:
            landlock(kernel, spec)
        if spec["user"] is not None:
            become(kernel, spec["user"])
        prctl(kernel, SET_PDEATHSIG, signal.SIGKILL)  # a change of user forgets it, so it comes after
        if os.getppid() != grader:
            sys.exit(125)
        if spec["filter"] is not None:
            program = bytes.fromhex(spec["filter"])
            steps = ctypes.create_string_buffer(program, len(program))
            header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(steps))
            prctl(kernel, SET_SECCOMP, SECCOMP_FILTER, ctypes.c_char_p(header))
    os.execv(command[0], command)


def landlock(kernel: ctypes.CDLL, spec: dict[str, list[str]]) -> None:
    """Allow to read and run below `read`, to see names below `list`, everything below `write`, to use `devices`."""
    version = abi()
    handled = (1 << 13) - 1 | (version >= 2) << 13 | (version >= 3) << 14 | (version >= 5) << 15
    rules = struct.pack("=QQQ", handled, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = asked(kernel, CREATE_RULESET, ctypes.c_char_p(rules), ctypes.c_size_t(size), 0)
    allowed = {"read": CAN_READ, "list": READ_DIR, "write": handled, "devices": CAN_USE}
    for kind_of, rights in allowed.items():
        for path in spec[kind_of]:
            try:
                place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except FileNotFoundError:
                continue
            kind = os.fstat(place).st_mode
            rule = struct.pack("=Qi", rights & (handled if stat.S_ISDIR(kind) else handled & OF_FILES), place)
            asked(kernel, ADD_RULE, ruleset, PATH_BENEATH, ctypes.c_char_p(rule), 0)
            os.close(place)
    asked(kernel, RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def become(kernel: ctypes.CDLL, user: int) -> None:
    """Change root to `user` without groups, keeping one right: to read past folders that only root may enter.

    The interpreter often lies in such a folder. What may be read at all is Landlock's to say.
    """
    prctl(kernel, SET_KEEPCAPS, 1)
    for right in set(range(64)) - {DAC_READ_SEARCH}:
        kernel.prctl(CAPBSET_DROP, right, 0, 0, 0)  # fails beyond the last one
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    bit = 1 << DAC_READ_SEARCH
    header, rights = struct.pack("=Ii", CAP_VERSION_3, 0), struct.pack("=6I", bit, bit, bit, 0, 0, 0)
    if kernel.capset(ctypes.c_char_p(header), ctypes.c_char_p(rights)):
        return  # in a container root often has no such right, and the interpreter lies where everybody may read
    prctl(kernel, CAP_AMBIENT, AMBIENT_RAISE, DAC_READ_SEARCH)


def prctl(kernel: ctypes.CDLL, option: int, *values: object) -> None:
    """Call prctl; raises OSError where it fails."""
    # Whatever is no text is a number here, and ctypes itself refuses anything else with a TypeError.
    words = [value if isinstance(value, ctypes.c_char_p) else ctypes.c_ulong(value) for value in values]  # type: ignore[arg-type]
    zeros = [ctypes.c_ulong(0)] * (4 - len(words))
    if kernel.prctl(option, *words, *zeros):
        raise OSError(ctypes.get_errno(), f"prctl {option}: {os.strerror(ctypes.get_errno())}")


def asked(kernel: ctypes.CDLL, number: int, *values: object) -> int:
    """Make a system call by its number and return its result; raises OSError where it fails."""
    result = int(kernel.syscall(number, *values))
    if result < 0:
        raise OSError(ctypes.get_errno(), f"system call {number}: {os.strerror(ctypes.get_errno())}")
    return result


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        print(f"the student's process could not be confined: {error}", file=sys.stderr)
        sys.exit(125)
