"""The folder .venv: made when it is missing, brought up to date when a pin has changed, used as it is otherwise.

A stamp inside names what was installed (the pins, the ranges, the Python). It is written last and taken away before
pip changes a package, so a half environment never passes for a whole one; pip changes nothing before it has everything.
Only the standard library is used here.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from ci.progress import Bar, lines_or_ticks

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
            reason(process.stdout + process.stderr)
            or "Python could not make an environment: " + last_line(process.stderr)
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
    """Install the pins, then this project in place; raises Unready with the cause where pip fails."""
    pins = pinned((ROOT / "requirements.txt").read_text())
    bar = Bar("packages", len(pins))
    names: set[str] = set()
    there = 0
    lines: list[str] = []
    fetched = [
        str(python()),
        "-m",
        "pip",
        "install",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar",
        "off",
        "--no-compile",  # a third of the whole time; Python compiles what is imported, once, where it may write
    ]
    command = [*fetched, "-r", str(ROOT / "requirements.txt")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            for line in lines_or_ticks(process.stdout):
                if line is None:  # a quiet moment: pip says nothing while it unpacks
                    there = max(there, installed())
                else:
                    lines.append(line)
                    names |= {name for name in [package(line)] if name in pins}
                    if line.startswith("Installing collected packages"):
                        (VENV / "ci-stamp").unlink(missing_ok=True)
                # Fetching and unpacking take about as long as each other, so each package counts in two halves.
                bar.show((len(names) + min(there, len(pins))) / 2)
        except BaseException:
            process.terminate()
            raise
    failed = process.returncode
    if failed:
        bar.stop()
        text = "\n".join(lines)
        raise Unready(reason(text) or f"pip failed: {last_line(text)}")
    bar.finish("installing this project in place and finding fonts")
    in_place = [*fetched, "--quiet", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    for command in (
        *([in_place] if (ROOT / "pyproject.toml").is_file() else []),  # a course of one's own may have no package
        *([[str(python()), "-m", "compileall", "-q", "-j", "0", *boxed()]] if boxed() else []),
        # The first import of matplotlib may take a minute to list the fonts, and says so where a test would see it.
        [str(python()), "-c", "import matplotlib.font_manager"],
    ):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode and "compileall" not in command:  # what cannot be compiled is not imported either
            raise Unready(
                reason(done.stdout) or f"{Path(command[0]).name} {command[1]} failed: {last_line(done.stdout)}"
            )


def pinned(text: str) -> set[str]:
    """Return the names that a requirements file pins."""
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    return {normal(re.split(r"[=<>!~;\[ ]", line)[0]) for line in lines if line}


def package(line: str) -> str:
    """Return the package that a line of pip's deals with, or ""."""
    match = re.match(r"(?:Collecting|Requirement already satisfied:|Ignoring) ([\w.\-]+)", line)
    return normal(match.group(1)) if match else ""


def normal(name: str) -> str:
    """Return a package's name in the one spelling that pip compares by."""
    return re.sub(r"[-_.]+", "-", name).lower()


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


def installed() -> int:
    """Return how many packages lie in the environment by now; 0 where pip is just moving what is looked at."""
    try:
        folders = [*VENV.glob("lib/python*/site-packages"), *VENV.glob("Lib/site-packages")]
        return len({path.name for folder in folders for path in folder.glob("*.dist-info")})
    except OSError:
        return 0


def reason(text: str) -> str:
    """Return one line on the causes that people meet, from what pip or venv said; "" for any other."""
    if re.search(r"No space left on device|Disk quota exceeded|\[Errno 28\]", text):
        return f"the disk is full: free about 1 GB and run the same command again ({VENV})"
    if re.search(r"Read-only file system|Permission denied|\[Errno (13|30)\]", text):
        return f"{VENV} cannot be written: work in a copy of this folder that is yours"
    unreachable = (
        r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|Max retries exceeded"
    )
    if re.search(
        unreachable + r"|Network is unreachable|Temporary failure in name resolution|Connection refused", text
    ):
        return "the packages cannot be fetched, the network is down or blocked: connect and run the same command again"
    missing = re.search(r"No matching distribution found for (\S+)", text)
    if missing:
        return f"the package index does not offer {missing.group(1)} for this Python and system: see requirements.txt"
    return ""


def last_line(text: str) -> str:
    """Return the last line that is not blank."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
