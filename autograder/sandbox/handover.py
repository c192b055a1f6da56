"""Modules of this project handed to another process as text, so that nothing of the grader need be on its disk."""

from __future__ import annotations

import ast
import functools
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.sandbox.libraries import folders
from autograder.sandbox.surroundings import package_folder

__all__ = ["FD", "INSIDE", "command", "hand_over", "modules", "package_text", "public_names", "real_modules"]

HOME_OF_PACKAGE = package_folder("cs231n_lite")
PACKAGE = "package"  # a module that has no file: the face with what it shows
WHOLE = ("wire", "messages", "exchange", "decoder", "handles", "shell", "snapshots", "windows", "student")
FACED = ("face", PACKAGE, *WHOLE)  # first: it puts the libraries on the path
# What is real in the face: what an answer may use.
REAL = {
    "cs231n_lite.data.cars": ("CARS", "draw_cars"),
    "cs231n_lite.data.cifar": ("load_cifar10",),
    "cs231n_lite.data.digits": ("held_out_split", "load_digits"),
    "cs231n_lite.running": ("attempt",),
}


INSIDE = Path(__file__).parents[1] / "inside"  # where the modules lie that a process is handed
FD = "{socket}"  # in a command: the number of the socket, which is known only when it is started
# Reads the modules from its socket and runs them, but for those that were run where it was forked (`modules`, by text).
# The stand-in packages have no path: nothing else of them is found.
BOOT = """
import socket, sys, types
sock = socket.socket(fileno=int(sys.argv[1]))
def read(size):
    data = b""
    while len(data) < size:
        part = sock.recv(size - len(data))
        if not part:
            sys.exit(1)
        data += part
    return data
modules = globals().get("modules", {})
package = types.ModuleType("autograder.inside")
outer = types.ModuleType("autograder")
outer.inside, outer.__path__, package.__path__ = package, [], []
sys.modules.update({"autograder": outer, "autograder.inside": package})
for name in sys.argv[2].split(","):
    text = read(int.from_bytes(read(4), "big")).decode()
    full = "autograder.inside." + name
    module = sys.modules[full] = modules.get(text) or types.ModuleType(full)
    setattr(package, name, module)
    if text not in modules:
        modules[text] = module
        exec(compile(text, "<frozen " + full + ">", "exec"), module.__dict__)
module.start(sock, *sys.argv[3:])
"""


def modules(*, instruments: bool) -> tuple[str, ...]:
    """Return the modules that every student's process is handed, each after those that it imports."""
    return WHOLE if instruments else FACED


def command(fd: str, names: Sequence[str], *words: str) -> list[str]:
    """Return the command that reads these modules from its socket and calls the last one's start(socket, *words)."""
    # Where the package is a face, nothing of the environment's start-up runs: it would put all libraries on the path.
    options = ["-S"] if PACKAGE in names else []
    return [sys.executable, "-s", "-P", *options, "-c", BOOT, fd, ",".join(names), *words]


def hand_over(sock: socket.socket, names: Sequence[str], libraries: tuple[str, ...] = ()) -> None:
    """Send the texts of modules to a process that was started with `command`; raises OSError."""
    for name in names:
        text = package_text(libraries) if name == PACKAGE else (INSIDE / f"{name}.py").read_bytes()
        sock.sendall(len(text).to_bytes(4, "big") + text)


def real_modules() -> tuple[str, ...]:
    """Return the modules of the course's package that are real in its face."""
    data = [f"cs231n_lite.data.{name}" for name in ("cars", "cifar", "digits")]
    plain = ("cells", "running", "speech", "watching", "wiring")
    return (*data, *(f"cs231n_lite.{name}" for name in plain))


@functools.cache
def package_text(libraries: tuple[str, ...]) -> bytes:
    """The text of a module that puts the face of the course's package in its place; its data are a part of the text."""
    sources = {
        name: (HOME_OF_PACKAGE / f"{name.split('.', 1)[1].replace('.', '/')}.py").read_text("utf-8")
        for name in real_modules()
    }
    sources["cs231n_lite.data"] = ""
    sources["cs231n_lite"] = "\n".join(f"from {module} import {', '.join(names)}" for module, names in REAL.items())
    arguments = {
        "sources": dict(sorted(sources.items())),
        "data": {"digits.npz": (HOME_OF_PACKAGE / "data" / "digits.npz").read_bytes()},
        "names": public_names(),
        "libraries": [str(path) for path in folders(libraries)],
        "prefix": sys.prefix,
    }
    return f"from autograder.inside.face import install\ninstall(**{arguments!r})\n".encode()


@functools.cache
def public_names() -> list[str]:
    """Return the public names of the course's package, read off its text."""
    tree = ast.parse((HOME_OF_PACKAGE / "__init__.py").read_text("utf-8"))
    lists = [
        node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return list(ast.literal_eval(lists[0]))
