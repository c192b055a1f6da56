"""What a process finds inside its box: Python, libraries, the course's package, fonts, devices, its environment.

Where work earns points it finds Python, the libraries that are allowed (libraries.py) and no file of the course's
package; where pictures are drawn, all of this Python's libraries and the package.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

from autograder import HOME
from autograder.problem import Problem
from autograder.sandbox import bubblewrap

__all__ = ["DEVICES", "environment", "font_lists", "interpreter", "library_folders", "package_folder", "python_alone"]

DEVICES = [Path("/dev", name) for name in ("null", "zero", "full", "random", "urandom")]


def interpreter() -> list[Path]:
    """Return the folders of this Python and its packages."""
    places = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parents[1]]
    folders = dict.fromkeys(path for place in places for path in (place, place.resolve()))
    return [path for path in folders if path not in (Path("/"), Path("/usr"))]


def python_alone() -> list[Path]:
    """Return the files and folders of this Python without the libraries of its environment."""
    own = [Path(sys.executable), Path(sys.prefix, "pyvenv.cfg")]
    places = [Path(sys.base_prefix), Path(sys.executable).resolve().parents[1]]
    folders = dict.fromkeys(path for place in places for path in (place, place.resolve()))
    return [path for path in folders if path not in (Path("/"), Path("/usr"))] + [path for path in own if path.exists()]


def library_folders() -> list[Path]:
    """Return the folders of libraries that lie inside those of `python_alone` and of the system."""
    roots = dict.fromkeys([*python_alone(), Path("/usr"), Path("/usr/local")])
    patterns = [f"{lib}/python3*/{kind}-packages" for lib in ("lib", "lib64") for kind in ("site", "dist")]
    return sorted({path for root in roots for pattern in patterns for path in root.glob(pattern) if path.is_dir()})


def package_folder(name: str) -> Path:
    """Return the folder of an installed package; raises Problem where it is not installed."""
    spec = importlib.util.find_spec(name)
    if not spec or not spec.origin:
        raise Problem(f"{name} is not installed in {sys.prefix}: pip install --no-deps --editable {HOME}")
    return Path(spec.origin).resolve().parent


def font_lists() -> list[Path]:
    """Return matplotlib's lists of fonts: without one, the first plot takes seconds to look for them."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get("MPLCONFIGDIR") or Path(cache, "matplotlib"))
    return [path for path in folder.glob("fontlist-*.json") if path.stat().st_mode & 0o004]


def environment(home: str, program: str) -> dict[str, str]:
    """Return the whole environment of a student's process: nothing of the grader's is in it."""
    path = ":".join(dict.fromkeys([str(Path(program).parent), "/usr/local/bin", "/usr/bin", "/bin"]))
    temporary = "/tmp" if home == bubblewrap.HOME else f"{home}/.tmp"
    own = {"HOME": home, "TMPDIR": temporary, "USER": "student", "LOGNAME": "student", "PATH": path, "LANG": "C.UTF-8"}
    own |= {"IPYTHONDIR": f"{home}/.ipython", "MPLCONFIGDIR": f"{home}/.matplotlib", "MPLBACKEND": "Agg"}
    own |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "PYTHONNOUSERSITE": "1"}
    return own | {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}
