"""The student's view of the machine as bubblewrap builds it: which folders are shown, which are new and empty."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

__all__ = ["BESIDE", "HOME", "command", "inner", "shown_system", "view"]

HOME = "/home/student"
BESIDE = "/home/beside"  # where what is offered lies; HOME has a link to each
NAMED = {"block": "--block-fd", "info": "--info-fd", "seccomp": "--seccomp"}
SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
# A bind for each would be a mount for each, of which some thousands take minutes. A link is not offered: see launch.py.
LINKED = 'find "$0" -mindepth 1 -maxdepth 1 ! -type l -exec ln -s -t . {} + && exec "$@"'
SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "fonts", "localtime", "alternatives", "mime.types")


def shown_system() -> list[Path]:
    """Return the system's own folders that a Python with its libraries needs to read."""
    return [Path("/", name) for name in SYSTEM] + [Path("/etc", name) for name in SETTINGS]


def command(
    *,
    show: Iterable[Path],
    hide: Iterable[Path],
    home: dict[str, Path],
    beside: Path | None,
    disk: int,
    user: int | None,
    descriptors: dict[str, int],
) -> list[str]:
    """Return bubblewrap's command up to the student's own.

    `show` is seen read-only at its own path, `hide` is empty though a folder around it be shown, `home` are files and
    folders seen read-only below HOME, and so is, by links, all that lies in the folder `beside`; `disk` bounds in bytes
    what can be written. With `user` (as root) the process becomes that user; without, it is the caller in a user
    namespace, seen as nobody. `descriptors` are bubblewrap's own, by its names: block, info, seccomp.
    """
    words = [shutil.which("bwrap") or "bwrap", "--die-with-parent", "--new-session", "--unshare-cgroup-try"]
    words += ["--unshare-ipc", "--unshare-net", "--unshare-pid", "--unshare-uts", "--hostname", "box"]
    if user is None:
        words += ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    words += view(show=show, hide=hide, home=home, beside=beside, disk=disk)
    words += [word for name, number in descriptors.items() for word in (NAMED[name], str(number))]
    words += ["--chdir", HOME]
    linked = ["/bin/sh", "-c", LINKED, BESIDE] if beside else []
    if user is None:
        return [*words, "--cap-drop", "ALL", "--", *linked]
    changes = [word for right in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP") for word in ("--cap-add", right)]
    drop = [shutil.which("setpriv") or "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    drop += ["--bounding-set=-all", "--inh-caps=-all"]
    return [*words, "--cap-drop", "ALL", *changes, "--", *drop, "--", *linked]


def view(
    *, show: Iterable[Path], hide: Iterable[Path], home: dict[str, Path], beside: Path | None, disk: int
) -> list[str]:
    """Return what of the machine is seen, in bubblewrap's words; namespaces.py understands those that are used here."""
    words = ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--size", str(disk // 4), "--tmpfs", "/dev/shm"]
    for place in ("/tmp", HOME):
        words += ["--perms", "0755", "--dir", str(Path(place).parent)] * (place == HOME)
        words += ["--perms", "1777", "--size", str(disk), "--tmpfs", place]
    words += _places(show, hide)
    words += ["--ro-bind", str(beside), BESIDE] if beside else []
    for name in sorted({str(parent) for path in home for parent in Path(path).parents} - {"."}):
        words += ["--perms", "0777", "--dir", f"{HOME}/{name}"]
    for name, path in home.items():
        words += ["--ro-bind", str(path), f"{HOME}/{name}"]
    # What bubblewrap made to hold the rest is memory too, and the student's own in a user namespace.
    for place in ("/proc", "/dev", "/"):  # /proc, so that no process writes into another's memory
        words += ["--remount-ro", place]
    return words


def inner(report: IO[bytes]) -> int:
    """Return the id of the box's first process, which bubblewrap writes to `info`; 0 where it gave up."""
    try:
        return int(json.loads(report.read())["child-pid"])
    except (ValueError, KeyError):
        return 0


def _places(show: Iterable[Path], hide: Iterable[Path]) -> list[str]:
    """Return the binds, outer folders before inner ones, so that each covers what it should and no more."""
    words: dict[Path, Sequence[str]] = {}
    covered = {Path("/usr")}
    for path in dict.fromkeys([*shown_system(), *show]):
        if path.parent == Path("/") and path.is_symlink():  # /lib -> usr/lib
            words[path] = ("--symlink", str(path.readlink()), str(path))
        elif path.exists():
            words[path] = ("--ro-bind", str(path), str(path))
            covered.add(path)
    emptied = [path for path in hide if not covered.isdisjoint(path.parents)]
    for path in emptied:
        words.setdefault(path, ("--tmpfs", str(path)))
    # bubblewrap would make the folders on the way for root alone.
    inside = {path for path in words if not covered.isdisjoint(path.parents)}
    for path in set(words) - inside:
        for parent in set(path.parents) - {Path("/"), Path("/tmp"), Path(HOME), Path(HOME).parent}:
            words.setdefault(parent, ("--perms", "0755", "--dir", str(parent)))
    ordered = sorted(words, key=lambda path: (len(path.parts), path))
    sealed = [word for path in emptied if words[path][0] == "--tmpfs" for word in ("--remount-ro", str(path))]
    return [word for path in ordered for word in words[path]] + sealed
