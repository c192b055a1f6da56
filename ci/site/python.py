"""The folder of the site that holds Python: Pyodide, the wheels, and one lock file that names them all.

The kernel loads everything in that lock file when it starts, so a notebook needs no cell that installs anything; and as
it names nothing else, Python asks for no other file.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ci.site.tools import EXTENSION

__all__ = ["lay_out", "lock_file"]

KERNEL = ("piplite", "pyodide_kernel", "ipykernel")  # the wheels that come with the kernel
# What matplotlib asks for and no chart of the course needs: writing PDF and PostScript, and time zones for pandas.
UNUSED = ("fonttools", "pytz")
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")


def lay_out(to: Path, pyodide: Path, tools: Path, package: Path) -> list[str]:
    """Fill a folder with Python; return the names of the packages that the kernel loads when it starts."""
    lock = _used(json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8")))
    names = [entry["file_name"] for entry in lock["packages"].values()]
    sources = [pyodide / name for name in (*CORE, *names)]
    kernel = [next((tools / EXTENSION / "static" / "pypi").glob(f"{name}-*.whl")) for name in KERNEL]
    to.mkdir(parents=True)
    for path in (*sources, *kernel, package):
        shutil.copyfile(path, to / path.name)
    lock = lock_file(lock, [*kernel, package])
    (to / "pyodide-lock.json").write_text(json.dumps(lock, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return sorted(lock["packages"])


def _used(lock: dict[str, Any]) -> dict[str, Any]:
    """Pyodide's lock file without the packages that are left out."""
    packages = {name: entry for name, entry in lock["packages"].items() if name not in UNUSED}
    for name, entry in packages.items():
        packages[name] = entry | {"depends": [need for need in entry["depends"] if need not in UNUSED]}
    return dict(lock, packages=packages)


def lock_file(lock: dict[str, Any], wheels: list[Path]) -> dict[str, Any]:
    """Return Pyodide's lock file with more wheels in it."""
    packages = dict(lock["packages"])
    for path in wheels:
        with zipfile.ZipFile(path) as archive:
            about = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            tops = sorted({name.split("/")[0] for name in archive.namelist() if ".dist-info/" not in name})
            metadata = HeaderParser().parsestr(archive.read(about).decode("utf-8"))
        name = canonicalize_name(metadata["Name"])
        needs = [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]
        packages[name] = {
            "name": name,
            "version": metadata["Version"],
            "file_name": path.name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "imports": tops,
            "depends": [canonicalize_name(need.name) for need in needs if not need.marker],
            "install_dir": "site",
            "package_type": "package",
            "unvendored_tests": False,
        }
    return dict(lock, packages=packages)


def packages(folder: Path) -> list[str]:
    """Return the names of the packages in a folder that was laid out."""
    return sorted(json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"])
