"""The folder .venv: made when it is missing, brought up to date when a pin has changed, used as it is otherwise.

A stamp inside names what was installed (the pins, the ranges, the Python). It is written last and taken away before
a package is changed, so a half environment never passes for a whole one; see `packages` for what brings them.
Only the standard library is used here.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from ci import packages

__all__ = ["ONE_THREAD", "ROOT", "Unready", "ensure", "entered", "inside", "make"]

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
# One thread each: sums come out the same on any number of cores, and kernels do not get in each other's way.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1") | {
    "PYTHONHASHSEED": "0"
}


class Unready(Exception):
    """Why the environment cannot be made, and what to do about it, in one line."""


def ensure() -> None:
    """Make .venv whole; raises Unready where that cannot be done, and leaves the earlier environment as it was."""
    stamp = fingerprint()
    if (VENV / "ci-stamp").is_file() and (VENV / "ci-stamp").read_text() == stamp and python().exists():
        return
    place = VENV if VENV.exists() else ROOT
    if not os.access(place, os.W_OK):  # better now than after a minute of fetching
        raise Unready(blame(OSError(errno.EROFS, "", str(place))))
    try:
        aside = make()
        try:
            install()
        except BaseException:
            _bring_back(aside)
            raise
        if aside:
            _remove(aside)
        temporary = VENV / "ci-stamp.new"
        temporary.write_text(stamp)
        temporary.replace(VENV / "ci-stamp")
    except OSError as error:
        raise Unready(blame(error)) from None


def inside() -> bool:
    """Return whether this Python is the environment's."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def entered(module: str, arguments: list[str], work: Callable[[list[str]], int]) -> int:
    """Do a piece of work inside the environment; return its exit code, 2 after one line on what to mend.

    Outside, the environment is made whole and `python -m module` started in it with the same arguments.
    """
    try:
        ensure()
        return work(arguments) if inside() else enter(module, arguments)
    except Unready as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on from here", file=sys.stderr)
        return 130


def enter(module: str, arguments: list[str]) -> int:
    """Run `python -m module` with these arguments and the environment's Python; on POSIX in place of this process."""
    os.environ["PATH"] = os.pathsep.join([str(python().parent), os.environ.get("PATH", "")])
    os.environ["VIRTUAL_ENV"] = str(VENV)
    os.chdir(ROOT)
    command = [str(python()), "-m", module, *arguments]
    sys.stdout.flush()
    if os.name == "posix":
        os.execv(command[0], command)
    return subprocess.call(command)


def python() -> Path:
    """Return the environment's own Python."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint() -> str:
    """Return what identifies a whole environment: the pins, the ranges, the Python and the place, hashed."""
    files = [ROOT / name for name in ("requirements.txt", "pyproject.toml")]
    parts = [path.read_bytes() if path.is_file() else b"" for path in files]
    parts += [".".join(map(str, sys.version_info[:3])).encode(), str(VENV).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def blame(error: OSError) -> str:
    """Return one line on an error of the file system."""
    if error.errno == errno.ENOSPC:
        return f"the disk is full: free about 1 GB and run the same command again ({error.filename or VENV})"
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return f"{error.filename or ROOT} cannot be written: work in a copy of this folder that is yours"
    return f"{error.filename or VENV}: {error.strerror or error}"


def make() -> Path | None:
    """Make an empty environment unless there is one of this Python; return where an older one was put aside."""
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing and not inside():
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise Unready(
            f"this Python has no {missing[0]} module, so it cannot make an environment: on Debian or Ubuntu install it "
            f"with `apt install python{version}-venv`, elsewhere use the Python from python.org"
        )
    if inside() or _same_python():
        return None
    aside = None
    if VENV.exists():
        aside = VENV.with_name(".venv-old")
        _remove(aside)
        VENV.rename(aside)
    print(f"making {VENV.name} with Python {sys.version.split()[0]} …", flush=True)
    process = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if process.returncode:
        _bring_back(aside)
        raise Unready(
            packages.reason(process.stdout + process.stderr, VENV)
            or "Python could not make an environment: " + packages.last_line(process.stderr)
        )
    return aside


def _same_python() -> bool:
    """Return whether .venv was made by a Python of this version that still runs; it may be half filled."""
    if not python().exists():
        return False
    process = subprocess.run(
        [str(python()), "-c", "import pip, sys; print(*sys.version_info[:3], sep='.')"], capture_output=True, text=True
    )
    return process.returncode == 0 and process.stdout.strip() == ".".join(map(str, sys.version_info[:3]))


def _bring_back(aside: Path | None) -> None:
    if aside:
        _remove(VENV)
        aside.rename(VENV)


def _remove(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        import shutil

        shutil.rmtree(folder)


def install() -> None:
    """Install the pins, then this project in place; raises Unready with the cause where that fails."""
    problem = packages.install(python(), ROOT / "requirements.txt", VENV / "ci-stamp")
    if problem:
        raise Unready(problem)
    in_place = [*packages.PIP, "--quiet", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    for command in (
        *([[str(python()), *in_place]] if (ROOT / "pyproject.toml").is_file() else []),  # a course may have no package
        *([[str(python()), "-m", "compileall", "-q", "-j", "0", *boxed()]] if boxed() else []),
        # The first import of matplotlib may take a minute to list the fonts, and says so where a test would see it.
        [str(python()), "-c", "import matplotlib.font_manager"],
    ):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode and "compileall" not in command:  # what cannot be compiled is not imported either
            raise Unready(
                packages.reason(done.stdout, VENV)
                or f"{Path(command[0]).name} {command[1]} failed: {packages.last_line(done.stdout)}"
            )


def boxed() -> list[str]:
    """Return the folders of packages that students' processes import, which cannot keep what Python compiles."""
    names = (
        "numpy",
        "matplotlib",
        "mpl_toolkits",
        "PIL",
        "contourpy",
        "kiwisolver",
        "dateutil",
        "pyparsing",
        "packaging",
    )
    folders = [*VENV.glob("lib/python*/site-packages"), *VENV.glob("Lib/site-packages")]
    return [str(folder / name) for folder in folders for name in names if (folder / name).is_dir()]
