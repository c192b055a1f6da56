"""Which files of Pyodide's the course needs, each with its hash, and whether a folder has them.

`pyodide-lock.json` beside this file is the part of Pyodide's own lock file that the course needs, so that nothing else
is ever asked for. Its hashes are Pyodide's own; those of the packages in `wheels.txt` are PyPI's, because Pyodide
packs these files anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ci.packages import normal

__all__ = ["CORE", "LOCK", "PINS", "VERSION", "disagreements", "faults", "files", "locked", "pure", "requirements"]

VERSION = "314.0.3"  # Python 3.14
HERE = Path(__file__).resolve().parent
LOCK, PINS = HERE / "pyodide-lock.json", HERE / "wheels.txt"
# Pyodide itself, as npm's package `pyodide` has it.
CORE = {
    "package.json": "0393eb01a0707cddc251f1a66090998773fe1aa3cfde66eedc96e83e43861845",
    "pyodide.asm.mjs": "1a9775427ef6e8abaa7db88ece0515422d1886915ae5c9093776410c865dfd8d",
    "pyodide.asm.wasm": "e7f8fac36f8bf11085309cbc5c829b3ec3057c18bf1d73b05a6741612d63cdbf",
    "pyodide.js": "7bc6a1c6243220f7ea400b3521dd6bfef28af63c0af50d21d06cbe05c5fff81c",
    "pyodide.mjs": "5cfc46f5dcbaf2a16f26e2363f441873eb424762609cc03db00d6a2ace4d00e5",
    "python_stdlib.zip": "444c770dfd75a32097fc0a7d5c1413fd3140601f49c3a1f2e9af0376fcd124b4",
}


def locked() -> dict[str, dict[str, Any]]:
    """Return the packages that the course needs, as the lock file beside this one describes them."""
    packages: dict[str, dict[str, Any]] = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    return packages


def files() -> dict[str, str]:
    """Return file name -> SHA-256 of everything that a folder of Pyodide's must hold, but for the lock file."""
    return CORE | {package["file_name"]: package["sha256"] for package in locked().values()}


def requirements() -> dict[str, str]:
    """Return the lines of `wheels.txt` by name, spelled as pip compares names."""
    lines = PINS.read_text(encoding="utf-8").splitlines()
    return {normal(line.split("==")[0].strip()): line for line in lines if "==" in line}


def pure(name: str) -> str:
    """Return the package of `wheels.txt` whose file this is, "" for a file that only Pyodide has."""
    of_files = {package["file_name"]: normal(package_name) for package_name, package in locked().items()}
    return package_name if (package_name := of_files.get(name, "")) in requirements() else ""


def faults(folder: Path) -> dict[str, str]:
    """Return what is wrong with the files of a folder, by name, in a few words; none where all are as pinned."""
    wrong = {}
    for name, digest in sorted(files().items()):
        path = folder / name
        if not path.is_file():
            wrong[name] = f"{name} is missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            wrong[name] = f"{name} is not the file that is pinned"
    return wrong


def disagreements(theirs: Mapping[str, Any]) -> list[str]:
    """Return where Pyodide's own lock file says another thing than ours, each in a few words.

    A package of `wheels.txt` must have the version that Pyodide names, if it names one; its hash is PyPI's.
    """
    packages = {normal(name): package for name, package in theirs["packages"].items()}
    own = requirements()
    wrong = []
    for name, package in locked().items():
        other = packages.get(normal(name))
        if other is None:
            wrong += [] if normal(name) in own else [f"{name} is not in Pyodide's lock file"]
            continue
        keys = ["version", "file_name"] if normal(name) in own else ["version", "file_name", "sha256", "depends"]
        wrong += [
            f"{name}: {key} is {package[key]}, and Pyodide's lock file says {other[key]}"
            for key in keys
            if package[key] != other[key]
        ]
    return wrong
