"""Temporary folders that do not outlive their grader, whatever ends it, and the removal of folders however deep.

All that a grader makes lies in one folder of its own, beside whose entries a file `lock` is held by flock as long as it
lives: the kernel lets go of it, and of it alone, when the process ends. So the next grader knows by it what a dead one
left, removes that, and ends what still runs there; it never touches what a living one or another user has.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["folder", "made", "remove", "shared", "sweep"]

PLACES = (None, "/var/tmp")  # None: where tempfile makes its own
LOCK = "lock"
OWN_USERS = 1_900_000_000  # ids from here on are those of boxes, see rights.py
_roots: dict[tuple[int, str], tuple[Path, int]] = {}  # process and place -> its folder there, the lock's descriptor
_making = threading.Lock()


def made(prefix: str = "", place: str | None = None) -> Path:
    """Make a new folder in this process's own, in the system's folder for such things or in another `place`."""
    place = place or tempfile.gettempdir()
    own = [str(path) for path, _ in _roots.values()]
    return Path(tempfile.mkdtemp(prefix=prefix, dir=place if place in own else _root(place)))


@contextlib.contextmanager
def folder(prefix: str = "", place: str | None = None) -> Iterator[Path]:
    """Make a new folder, and remove it at the end."""
    path = made(prefix, place)
    try:
        yield path
    finally:
        remove(path)


@contextlib.contextmanager
def shared() -> Iterator[None]:
    """Let all temporary files of this process lie in its own folder, also those of libraries, which know no better."""
    before = tempfile.tempdir
    tempfile.tempdir = str(_root(tempfile.gettempdir()))
    try:
        yield
    finally:
        tempfile.tempdir = before


def remove(path: Path) -> None:
    """Remove a folder with all that is in it, as far as that can be done, whatever lies how deep in it."""
    with contextlib.suppress(OSError):
        top = _opened(str(path), None)
        try:
            while _emptied(top):
                pass
        finally:
            os.close(top)
        path.rmdir()


def sweep() -> None:
    """Remove what graders left behind that were ended before they could, and end what still runs of them."""
    for place in dict.fromkeys(place or tempfile.gettempdir() for place in PLACES):
        with contextlib.suppress(OSError):
            for path in Path(place).glob(f"{_prefix()}*"):
                with contextlib.suppress(OSError):
                    _swept(path)


def _prefix() -> str:
    return f"autograder-{os.geteuid() if hasattr(os, 'geteuid') else 0}-"


def _root(place: str) -> Path:
    """This process's own folder in a place; a forked child makes one of its own."""
    with _making:
        key = os.getpid(), place
        while key not in _roots or not _roots[key][0].is_dir():
            path = Path(tempfile.mkdtemp(prefix=_prefix(), dir=place))
            path.chmod(0o711)  # a box's user goes through it
            with contextlib.suppress(FileNotFoundError):  # a sweep came in between
                lock = _locked(path, wait=True)
                if path.is_dir():
                    _roots[key] = path, lock
        return _roots[key][0]


def _locked(path: Path, *, wait: bool) -> int:
    """Hold the lock of a folder, and return its descriptor; raises OSError."""
    lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        if fcntl:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(lock)
        raise
    return lock


@atexit.register
def _forget() -> None:
    for (process, _), (path, lock) in list(_roots.items()):
        if process == os.getpid():
            remove(path)
            os.close(lock)
    _roots.clear()


def _swept(path: Path) -> None:
    """Remove a folder whose grader is dead; raises OSError where it lives, or another sweep is at it."""
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or not fcntl or status.st_uid != os.geteuid():
        return
    lock = _locked(path, wait=False)
    try:
        _end_all(path)
        remove(path)
    finally:
        os.close(lock)


def _end_all(path: Path) -> None:
    """End the processes that still run in a folder: of a box without a namespace, nothing else would tell."""
    users = {entry.lstat().st_uid for inner in path.glob("box-*") for entry in inner.iterdir()}
    for _ in range(100):
        processes = [process for process in _processes() if _belongs(process, path, users)]
        if not processes:
            return
        for process in processes:
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.005)


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]


def _belongs(process: int, path: Path, users: set[int]) -> bool:
    """Whether a process, which is not dead yet, is of a box whose folders lie in this one."""
    with contextlib.suppress(OSError, IndexError):
        user = Path(f"/proc/{process}").stat().st_uid
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
        if state == "Z" or process == os.getpid():
            return False
        if user >= OWN_USERS and user in users:
            return True
        if user in {*users, os.geteuid()}:
            home = f"HOME={path}/".encode()
            return home in Path(f"/proc/{process}/environ").read_bytes()
    return False


def _opened(name: str, inside: int | None) -> int:
    """Open a folder that nobody has put a link in the place of; raises OSError."""
    flags = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(name, flags, dir_fd=inside)
    except PermissionError:  # its owner has forbidden it to themselves
        _allowed(name, inside)
        descriptor = os.open(name, flags, dir_fd=inside)
    os.fchmod(descriptor, 0o700)
    return descriptor


def _allowed(name: str, inside: int | None) -> None:
    """Let its owner read and write a folder; raises OSError."""
    place = os.open(name, getattr(os, "O_PATH", 0) | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=inside)
    try:
        Path(f"/proc/self/fd/{place}").chmod(0o700)
    finally:
        os.close(place)


def _entries(directory: int) -> list[tuple[str, bool]]:
    """The names in an open folder, and whether each is a folder."""
    with os.scandir(directory) as entries:
        return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]


def _emptied(top: int) -> bool:
    """Remove what is in a folder, and lift what lies in its folders by one level; return whether anything went."""
    changed = False
    for number, (name, is_folder) in enumerate(_entries(top)):
        with contextlib.suppress(OSError):
            if is_folder:
                _lifted(top, name, number)
                os.rmdir(name, dir_fd=top)
            else:
                os.unlink(name, dir_fd=top)
            changed = True
    return changed


def _lifted(top: int, name: str, number: int) -> None:
    """Empty one of a folder's folders: what is a folder in it comes to lie beside it; raises OSError."""
    inner = _opened(name, top)
    try:
        for place, (entry, is_folder) in enumerate(_entries(inner)):
            if is_folder:
                _allowed(entry, inner)  # to move a folder is to write into it
                os.rename(entry, f".{time.monotonic_ns()}-{number}-{place}", src_dir_fd=inner, dst_dir_fd=top)
            else:
                os.unlink(entry, dir_fd=inner)
    finally:
        os.close(inner)
