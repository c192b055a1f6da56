"""Attacks from the very process in which work earns points: for the course's instruments and for libraries.

The process is started, handed its modules and asked to run a cell just as grading does it. What it may find is named
here once more, by hand: what the sandbox hands over is judged by these lists and not by its own.
"""

from __future__ import annotations

import ast
import functools
import importlib.metadata
import json
import socket
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

from autograder.doctor.lab import MIB, Lab
from autograder.inside.messages import Cell, Outputs, reply
from autograder.inside.wire import Gone, Late, Tampered, Wire
from autograder.sandbox.handover import command, hand_over, modules, public_names
from autograder.sandbox.libraries import needed
from autograder.sandbox.surroundings import package_folder

__all__ = ["BELONGINGS", "belongings", "shown"]

# What is real in the face: data, `attempt`, the shape of a graph, who watches a pass, the language. No instruments.
DATA = ("cars", "cifar", "digits")
PLAIN = ("cells", "running", "speech", "watching", "wiring")
REAL = (*(f"cs231n_lite.{name}" for name in PLAIN), *(f"cs231n_lite.data.{name}" for name in DATA))
LIBRARIES = ("numpy", "matplotlib", "ipython", "matplotlib-inline")  # with what they need; the last two run a cell
ROOM = {"memory": 1024 * MIB, "processes": 64, "disk_bytes": 64 * MIB, "file_bytes": 64 * MIB}
PATIENCE = 120.0  # seconds
MODULES = (".py", ".pyd", ".so")


def instruments(lab: Lab) -> str:
    """Look for graphs, traces, checks, derivatives, pictures, reports and right answers: on disk and in memory."""
    return belongings(lab)["instruments"]


def libraries(lab: Lab) -> str:
    """Import every library of the grader's environment that is not on the list."""
    return belongings(lab)["libraries"]


BELONGINGS: dict[str, Callable[[Lab], str]] = {"instruments": instruments, "libraries": libraries}


def belongings(lab: Lab, more: tuple[str, ...] = ()) -> dict[str, str]:
    """Return in words what is found of each kind that should not be there, "" for nothing.

    `more` are libraries that an instructor allows.
    """
    home = package_folder("cs231n_lite")
    files = {
        ".".join(("cs231n_lite", *path.relative_to(home).with_suffix("").parts)): path
        for path in sorted(home.rglob("*.py"))
    }
    real = [*REAL, "cs231n_lite", "cs231n_lite.data"]
    files = {name.removesuffix(".__init__"): path for name, path in files.items()}
    search = {
        "real": real,
        "names": public_names(),
        "files": {name: str(path) for name, path in files.items()},
        "marks": {name: mark[::-1] for name, path in files.items() if name not in real and (mark := _mark(path))},
        "libraries": _forbidden(more),
        "folders": [folder for folder in sys.path if folder.endswith("-packages")],
    }
    lines = shown(lab, f"SEARCH = {search!r}\n{SEARCH}", more).strip().splitlines()
    try:
        return {kind: _words(list(map(str, json.loads(lines[-1])[kind]))) for kind in BELONGINGS}
    except (ValueError, LookupError, TypeError):
        reason = f"the search came to nothing: {(lines or ['nothing was printed'])[-1][:200]}"
        return dict.fromkeys(BELONGINGS, reason)


def shown(lab: Lab, source: str, more: tuple[str, ...] = ()) -> str:
    """Return the text that a cell shows when a student's process runs it as where work earns points."""
    names = modules(instruments=False)
    here, there = socket.socketpair()
    with here, lab.box(libraries=more, **ROOM) as box:
        with there:
            line = command(str(there.fileno()), names, str(MIB))
            process = box.start(line, pass_fds=(there.fileno(),))
        wire = Wire(here)
        wire.deadline = time.monotonic() + PATIENCE
        try:
            hand_over(here, names, more)
            wire.receive()
            wire.send(Cell(-1, source).fields())
            outputs = reply(Outputs, -1, wire.receive()[0]).outputs
        except (Gone, Late, Tampered, OSError) as error:
            process.kill()
            return f"{error} {process.stderr.decode(errors='replace')}".strip()
        return "\n".join(str(output.get("text") or output.get("evalue") or "") for output in outputs)


# Runs in the student's process. A marker is searched for in all of its memory, but for the one that is searched with.
SEARCH = r"""
import ctypes, gc, importlib, json, os, re, sys, types

def known(name):
    return not name.startswith("cs231n_lite") or name in SEARCH["real"]

def readable(path):
    try:
        with open(path, "rb") as file:
            return bool(file.read(1))
    except OSError:
        return False

def on_disk():
    for path in SEARCH["files"].values():
        if readable(path):
            yield path
    for root in dict.fromkeys([*sys.path, *SEARCH["folders"], sys.prefix, sys.base_prefix, "/tmp", "/dev/shm"]):
        for folder, _, names in os.walk(root):
            if re.search("cs231n_lite|autograder", folder[len(root):]):
                yield from (path for path in (folder + "/" + name for name in names) if readable(path))

def behind_names():
    for name in SEARCH["files"]:
        module = importlib.import_module(name)
        if not known(name) and [word for word in vars(module) if not word.startswith("__")]:
            yield "module " + name
    package = sys.modules["cs231n_lite"]
    for name in SEARCH["names"]:
        thing = getattr(package, name)
        origin = type(thing).__module__ if not hasattr(thing, "__code__") else thing.__module__
        if origin not in SEARCH["real"] and not origin.endswith("inside.face") and origin != "builtins":
            yield "name " + name

def among_objects():
    gc.unfreeze()  # what is frozen is not listed
    for thing in gc.get_objects():
        if type(thing) is types.FunctionType:
            names = [str(thing.__module__), *re.findall(r"(cs231n_lite/.*)\.py$", thing.__code__.co_filename)[-1:]]
        elif type(thing) is types.FrameType:
            names = [str(thing.f_globals.get("__name__"))]
        elif type(thing) is type:
            names = [str(thing.__module__)]
        else:
            continue
        names = [name.replace("/", ".") for name in names]
        yield from ("object of " + name for name in names if not known(name.removesuffix(".__init__")))

def in_memory():
    # The markers come backwards and are turned round where they lie, so that no copy of one is left behind.
    chunk, marks = bytearray(16 << 20), {name: bytearray(text) for name, text in SEARCH["marks"].items()}
    for mark in marks.values():
        mark.reverse()
    own = [(ctypes.addressof(ctypes.c_char.from_buffer(data)), len(data)) for data in (chunk, *marks.values())]
    try:
        with open("/proc/self/maps") as maps:
            areas = [line.split() for line in maps]
        memory = open("/proc/self/mem", "rb", 0)
    except OSError:
        return
    with memory:
        for area in areas:
            start, end = (int(place, 16) for place in area[0].split("-"))
            while area[1].startswith("rw") and start < end:
                memory.seek(start)
                try:
                    size = memory.readinto(memoryview(chunk)[: min(len(chunk), end - start)])
                except (OSError, OverflowError):
                    break
                for name, mark in marks.items():
                    at = chunk.find(mark, 0, size)
                    while at >= 0 and any(place <= start + at < place + length for place, length in own):
                        at = chunk.find(mark, at + 1, size)
                    if at >= 0:
                        yield "text of " + name
                start += size - 80 * (size == len(chunk))

def importable():
    sys.path += [folder for folder in SEARCH["folders"] if folder not in sys.path]
    for name in SEARCH["libraries"]:
        try:
            module = importlib.import_module(name)
        except BaseException:
            continue
        if getattr(module, "__file__", None):  # a folder that may be listed and not read is a module without a file
            yield name

def told(*searches):
    found = {}
    for search in searches:
        for thing in search():
            found[thing] = None
            if len(found) == 20:
                return list(found)
    return list(found)

print(json.dumps({
    "instruments": told(among_objects, in_memory, behind_names, on_disk), "libraries": told(importable)
}))
"""


def _mark(path: Path) -> bytes:
    """Words of a module by which its text is known wherever it lies: the first line of what it says of itself."""
    lines = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").splitlines()
    return lines[0][:80].encode() if lines and lines[0].isascii() and len(lines[0]) > 30 else b""


@functools.cache
def _forbidden(more: tuple[str, ...]) -> list[str]:
    """The modules of the grader's environment that belong to no library on the list."""
    allowed: set[str] = set()
    for name in needed((*LIBRARIES, *more)):
        files = (importlib.metadata.distribution(name).read_text("RECORD") or "").splitlines()
        allowed |= {line.partition("/")[0].partition(",")[0].partition(".")[0] for line in files}
    python = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    # By what lies there: to ask each distribution what it brings reads the texts of hundreds.
    own = {"autograder"}.union(*(_modules(Path(folder)) for folder in {*sys.path} - {"", *python}))
    return sorted(
        name
        for name in own - allowed
        if name.isidentifier() and name not in sys.stdlib_module_names and not name.startswith(("cs231n_lite", "__"))
    )


def _modules(folder: Path) -> set[str]:
    """What could be imported from a folder, and perhaps some names more."""
    if not folder.is_dir() or folder.name == "lib-dynload":
        return set()
    return {each.name.partition(".")[0] for each in folder.iterdir() if each.is_dir() or each.suffix in MODULES}


def _words(things: list[str]) -> str:
    return ", ".join(things[:3]) + f" and {len(things) - 3} more" * (len(things) > 3)
