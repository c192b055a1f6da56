"""Modules of this project handed to another process as text, so that nothing of the grader need be on its disk."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["FD", "command", "hand_over"]

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


def command(fd: str, names: Sequence[str], *words: str) -> list[str]:
    """Return the command that reads these modules from its socket and calls the last one's start(socket, *words)."""
    return [sys.executable, "-s", "-P", "-c", BOOT, fd, ",".join(names), *words]


def hand_over(sock: socket.socket, names: Sequence[str]) -> None:
    """Send the texts of modules to a process that was started with `command`; raises OSError."""
    for name in names:
        text = (INSIDE / f"{name}.py").read_bytes()
        sock.sendall(len(text).to_bytes(4, "big") + text)
