"""Modules of this project handed to another process as text, so that nothing of the grader need be on its disk."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["FD", "command", "hand_over"]

FD = "{socket}"  # in a command: the number of the socket, which is known only when it is started
# Reads the modules from its socket and runs them, but for those that were run where it was forked (`known`, by text).
# The stand-in package has no path: nothing else of it is found.
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
known = globals().get("known", {})
package = sys.modules["autograder"] = types.ModuleType("autograder")
package.__path__ = []
for name in sys.argv[2].split(","):
    text = read(int.from_bytes(read(4), "big")).decode()
    module = sys.modules["autograder." + name] = known.get(text) or types.ModuleType("autograder." + name)
    setattr(package, name, module)
    if text not in known:
        known[text] = module
        exec(compile(text, "<frozen autograder." + name + ">", "exec"), module.__dict__)
module.start(sock, *sys.argv[3:])
"""


def command(fd: str, names: Sequence[str], *words: str) -> list[str]:
    """Return the command that reads these modules from its socket and calls the last one's start(socket, *words)."""
    return [sys.executable, "-s", "-P", "-c", BOOT, fd, ",".join(names), *words]


def hand_over(sock: socket.socket, names: Sequence[str]) -> None:
    """Send the texts of modules to a process that was started with `command`; raises OSError."""
    for name in names:
        text = Path(__file__).with_name(f"{name}.py").read_bytes()
        sock.sendall(len(text).to_bytes(4, "big") + text)
