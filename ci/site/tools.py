"""What builds the site, JupyterLite with its kernel, by pinned hash, in a folder that outlives build/."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from ci.environment import Unready, blame
from ci.packages import last_line, reason
from ci.pyodide.provider import home, provide

__all__ = ["EXTENSION", "PINS", "prepare", "provide_tools"]

PINS = Path(__file__).parent / "tools.txt"
EXTENSION = "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension"
QUIET = ("--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--quiet", "--no-compile")


def prepare() -> str:
    """Have all that the site is made of at hand, Pyodide too; return "" or one line on what is missing."""
    try:
        provide()
        provide_tools()
    except Unready as problem:
        return str(problem)
    return ""


def provide_tools() -> Path:
    """Return the folder of the tools, installed there once; raises Unready where they cannot be fetched."""
    kept = home() / f"jupyterlite-{hashlib.sha256(PINS.read_bytes()).hexdigest()[:12]}"
    if kept.is_dir():
        return kept
    print("fetching JupyterLite, 16 MB, once …", flush=True)
    try:
        home().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="jupyterlite-", dir=home()) as name:
            place = Path(name) / "out"
            command = [sys.executable, "-m", "pip", "install", *QUIET, "--no-deps", "--only-binary", ":all:"]
            done = subprocess.run(
                [*command, "--require-hashes", "--target", str(place), "-r", str(PINS)],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            if done.returncode:
                cause = reason(done.stdout, place) or f"pip failed: {last_line(done.stdout)}"
                raise Unready(f"JupyterLite is missing, and {cause}; without it there is no site")
            if not kept.exists():  # whoever has just done the same wins
                place.rename(kept)
    except OSError as error:
        raise Unready(blame(error)) from None
    return kept
