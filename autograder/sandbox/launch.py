"""How a process is started by each means: forked from a warm one, by bubblewrap, held by Landlock, or not at all.

Whatever the means, it does not begin before it is let go: until then its limits are set from outside (box.py).
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import FileIO
from pathlib import Path
from typing import Any, NamedTuple

from autograder.inside import confine, namespaces
from autograder.problem import Problem
from autograder.sandbox import bubblewrap, scratch, syscalls, warm
from autograder.sandbox.pipes import filled, pipe
from autograder.sandbox.process import Limits, Popen, Started
from autograder.sandbox.surroundings import DEVICES, environment, font_lists

__all__ = ["Launched", "Launcher", "around"]


class Launched(NamedTuple):
    """A process that has not begun: what to watch, the first process inside, how to let it go, where it may write."""

    started: Started
    first: int
    go: Callable[[], object]
    places: tuple[Path, ...]


class Launcher:
    """Starts commands by one of the means; `show` is seen inside, `hide` is not, `scratch` holds what is offered."""

    def __init__(
        self,
        means: str,
        limits: Limits,
        show: Sequence[Path],
        hide: Sequence[Path],
        scratch: Path | None,
        instruments: bool = False,
        bare: bool = False,
    ) -> None:
        self.means, self.limits, self.show, self.hide, self.scratch = means, limits, show, hide, scratch
        self.instruments, self.bare = instruments, bare
        self._folder: Path | None = None

    def start(
        self,
        opened: contextlib.ExitStack,
        undo: contextlib.ExitStack,
        user: int | None,
        command: Sequence[str],
        pass_fds: Sequence[int],
        env: Mapping[str, str],
    ) -> Launched:
        """Start a command as `user`; `opened` closes what is needed until it goes, `undo` takes back what was started.

        Raises Problem where the box cannot be made.
        """
        way = self._forked if self.means == "forked" else self._executed
        return way(opened, undo, user, command, pass_fds, env)

    def warm_up(self) -> None:
        """Start what processes are forked from, if they are."""
        if self.means == "forked":
            self._source()

    def close(self) -> None:
        """Remove the folders that were made for processes."""
        if self._folder:
            scratch.remove(self._folder)
            self._folder = None

    def _executed(
        self,
        opened: contextlib.ExitStack,
        undo: contextlib.ExitStack,
        user: int | None,
        command: Sequence[str],
        pass_fds: Sequence[int],
        env: Mapping[str, str],
    ) -> Launched:
        """Start a command that confines itself first."""
        wrapped = self.means == "bubblewrap"
        gate, key = pipe(opened)
        inside = {"block": gate.fileno()}
        if wrapped:
            report, reporting = pipe(opened)
            inside["info"] = reporting.fileno()
            if syscalls.known():
                inside["seccomp"] = filled(opened, syscalls.program()).fileno()
            home, line = bubblewrap.HOME, self._wrapped(user, inside)
        else:
            folder = self._private(user)
            home, line = str(folder), self._confined(user, folder, gate.fileno())
        started = Popen(
            [*line, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**environment(home, command[0]), **env},
            cwd="/" if wrapped else home,
            pass_fds=[*inside.values(), *pass_fds],
            start_new_session=True,
        )
        undo.callback(_given_up, started)
        first = started.pid
        if wrapped:
            reporting.close()
            first = bubblewrap.inner(report)
            if not first:
                raise Problem(f"bubblewrap cannot make a box here: {_last_words(started)}")
        places = _written(first) if wrapped else (Path(home),)
        return Launched(started, first, functools.partial(key.write, b"!"), places)

    def _forked(
        self,
        opened: contextlib.ExitStack,
        undo: contextlib.ExitStack,
        user: int | None,
        command: Sequence[str],
        pass_fds: Sequence[int],
        env: Mapping[str, str],
    ) -> Launched:
        """Fork a warm process that confines itself."""
        words = bubblewrap.view(**self._seen())
        program, argv = warm.program(command)
        rules = syscalls.program().hex() if syscalls.known() else None
        spec = {
            "box": {
                "view": words,
                "links": [bubblewrap.BESIDE, bubblewrap.HOME] if self._beside() else None,
                "user": user,
                "owner": [os.geteuid(), os.getegid()],
                "filter": rules,
            },
            "env": {**environment(bubblewrap.HOME, command[0]), **env},
            "cwd": bubblewrap.HOME,
            "argv": argv,
            "path": [],
            "program": program,
        }
        nothing = opened.enter_context(FileIO(os.devnull, "rb"))
        (out, to_out), (err, to_err) = pipe(undo), pipe(undo)
        fds = {0: nothing.fileno(), 1: to_out.fileno(), 2: to_err.fileno(), **{fd: fd for fd in pass_fds}}
        started = warm.fork(self._source, spec, fds, (out, err))
        undo.callback(started.close)
        to_out.close()
        to_err.close()
        return Launched(started, started.pid, started.go, _written(started.pid))

    def _source(self) -> warm.Warm:
        """The process that a command's is forked from."""
        own = environment(bubblewrap.HOME, sys.executable)
        return warm.bare(own) if self.bare else warm.students(own, instruments=self.instruments)

    def _wrapped(self, user: int | None, inside: dict[str, int]) -> list[str]:
        return bubblewrap.command(**self._seen(), user=user, descriptors=inside)

    def _seen(self) -> dict[str, Any]:
        """What is seen inside, as bubblewrap.py asks for it."""
        return {
            "show": self.show,
            "hide": self.hide,
            "home": _fonts(),
            "beside": self._beside(),
            "disk": self.limits.disk_bytes,
        }

    def _confined(self, user: int | None, home: Path, gate: int) -> list[str]:
        landlock = self.means == "landlock"
        offered = [*_fonts().values(), *filter(None, [self._beside()])]
        readable, listed = around([*bubblewrap.shown_system(), *self.show, *offered], self.hide)
        spec = {
            "gate": gate,
            "read": [str(path) for path in readable] if landlock else None,
            "list": [str(path) for path in listed],
            "write": [str(home)],
            "devices": [str(path) for path in DEVICES],
            "user": user,
            "filter": syscalls.program(keep_group=True).hex() if syscalls.known() else None,
        }
        return [sys.executable, "-I", "-S", confine.__file__, json.dumps(spec)]

    def _private(self, user: int | None) -> Path:
        """Make a folder of its own for one process, with links to what is offered."""
        if self._folder is None:
            self._folder = scratch.made("box-")
            self._folder.chmod(0o711)
        home = Path(tempfile.mkdtemp(dir=self._folder))
        fonts = _fonts()
        folders = [home, home / ".tmp", *{(home / name).parent for name in fonts}]
        for folder in folders[1:]:
            folder.mkdir()
        for name, path in fonts.items():
            (home / name).symlink_to(path.resolve())
        if beside := self._beside():
            namespaces.link(str(beside), str(home))
        if user is not None:
            for folder in folders:
                os.chown(folder, user, user)
        return home

    def _beside(self) -> Path | None:
        """Return the folder of what a process finds in its own, None where there is nothing in it."""
        return self.scratch.resolve() if self.scratch and any(self.scratch.iterdir()) else None


def _written(first: int) -> tuple[Path, ...]:
    """Return the folders that can be written in a box, as they are seen from here."""
    return tuple(Path(f"/proc/{first}/root{place}") for place in (bubblewrap.HOME, "/tmp", "/dev/shm"))


def _fonts() -> dict[str, Path]:
    """Return the lists of fonts that a process finds in its folder: name there -> path here."""
    return {f".matplotlib/{path.name}": path for path in font_lists()}


def around(shown: Iterable[Path], hidden: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Return what to show so that nothing hidden is, for a means that cannot hide a folder inside one that it shows.

    The first list is to be read; the second are folders whose names alone may be listed, as imports need it.
    """
    readable: dict[Path, None] = {}
    listed: dict[Path, None] = {}
    covered = {path.resolve() for path in hidden}
    waiting = [path.resolve() for path in shown]
    while waiting:
        path = waiting.pop()
        if not any(other != path and other.is_relative_to(path) for other in covered):
            readable[path] = None
            continue
        listed[path] = None
        # A link leads to where another entry allows it, or not.
        waiting += [entry for entry in path.iterdir() if not entry.is_symlink() and entry not in covered]
    for path in covered & {entry.parent for entry in readable}:
        listed[path] = None
    return list(readable), list(listed)


def _given_up(started: subprocess.Popen[bytes]) -> None:
    started.kill()
    started.communicate()


def _last_words(started: subprocess.Popen[bytes]) -> str:
    _, stderr = started.communicate()
    return (stderr.decode(errors="replace").strip().splitlines() or ["it gives no reason"])[-1].removeprefix("bwrap: ")
