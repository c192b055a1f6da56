"""The pins brought into an environment: by uv, which fetches side by side, or by pip, which is always there.

uv is itself one of the pins, and pip fetches it first. It changes nothing that pip would not: where it cannot be had,
or does not get through, pip does the same work and says what is wrong. Both change a package when all are fetched.
Only the standard library is used here.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from ci.progress import Bar, lines_or_ticks

__all__ = ["PIP", "install", "installed", "last_line", "normal", "package", "pinned", "reason", "settings"]

PIP = (
    *("-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"),
    "--no-compile",  # a third of the whole time; Python compiles what is imported, once, where it may write
)
QUICK = {"UV_HTTP_TIMEOUT": "20", "UV_HTTP_RETRIES": "1"}  # pip, which comes after it, is patient
CHANGING = re.compile(r"Installing collected packages|Prepared \d|(Uni|I)nstalled \d", re.MULTILINE)


def install(python: Path, requirements: Path, stamp: Path) -> str:
    """Install what a file pins, and take the stamp away before a package is changed; return "" or why it failed."""
    pins = pinned(requirements.read_text())
    bar = Bar("packages", len(pins))
    venv = python.parents[1]
    uv = re.search(r"^uv==[\w.]+", requirements.read_text(), re.MULTILINE)
    if uv and _by_uv(python, requirements, stamp, uv.group(), bar):
        bar.finish("installing this project in place and finding fonts")
        return ""
    names: set[str] = set()
    there = 0

    def show(line: str) -> None:
        nonlocal there
        if line:
            names.update({name for name in [package(line)] if name in pins})
        else:  # a quiet moment: pip says nothing while it unpacks
            there = max(there, installed(venv))
        # Fetching and unpacking take about as long as each other, so each package counts in two halves.
        bar.show((len(names) + min(there, len(pins))) / 2)

    failed, text = _run([str(python), *PIP, "-r", str(requirements)], stamp, show)
    if failed:
        bar.stop()
        return reason(text, venv) or f"pip failed: {last_line(text)}"
    bar.finish("installing this project in place and finding fonts")
    return ""


def _by_uv(python: Path, requirements: Path, stamp: Path, uv: str, bar: Bar) -> bool:
    """Let uv install the pins; return whether it did. Where it did not, what is there is as it was, or pip mends it."""
    index = settings(python)
    if "no-index" in index:  # wheels in folders are pip's own way
        return False
    if _run([str(python), *PIP, "--quiet", "--no-deps", "--only-binary", ":all:", uv], None, lambda _: None)[0]:
        return False
    sizes: dict[str, float] = {}
    fetched: set[str] = set()

    def show(line: str) -> None:
        if announced := re.match(r"Downloading (\S+) \(([\d.]+)([KMG])iB\)", line):
            sizes[announced[1]] = float(announced[2]) * {"K": 1e-3, "M": 1, "G": 1e3}[announced[3]]
        fetched.update(re.findall(r"^ Downloaded (\S+)", line))
        # uv names the large ones before it fetches the first; unpacking takes next to nothing.
        bar.show(bar.total * sum(sizes.get(name, 0) for name in fetched) / (1 + sum(sizes.values())))

    command = [str(python), "-m", "uv", "pip", "install", "--no-progress", "--system-certs", "--python", str(python)]
    if "index-url" in index:
        command += ["--default-index", index["index-url"]]
    certificates = {"SSL_CERT_FILE": index["cert"]} if "cert" in index else {}
    # With all of them at hand uv says nothing before it begins to change packages.
    before = stamp.read_text() if stamp.exists() else ""
    stamp.unlink(missing_ok=True)
    failed, text = _run([*command, "-r", str(requirements)], None, show, QUICK | certificates)
    if failed and before and not CHANGING.search(text):
        stamp.write_text(before)
    return not failed


def _run(
    command: list[str], stamp: Path | None, show: Callable[[str], None], more: dict[str, str] | None = None
) -> tuple[int, str]:
    """Run an installer; call `show` with each line, and with "" in a quiet moment; return its code and what it said."""
    lines: list[str] = []
    environment = os.environ | (more or {})
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        try:
            for line in lines_or_ticks(process.stdout):
                if line is not None:
                    lines.append(line)
                    if stamp and CHANGING.match(line):
                        stamp.unlink(missing_ok=True)
                show(line or "")
        except BaseException:
            process.terminate()
            raise
    return process.returncode, "\n".join(lines)


def settings(python: Path) -> dict[str, str]:
    """Return what pip is told by its files and variables, by option: `index-url`, `cert`, `no-index`, …"""
    done = subprocess.run([str(python), "-m", "pip", "config", "list"], capture_output=True, text=True)
    variables_last = sorted(
        done.stdout.splitlines(), key=lambda line: line.startswith(":env:")
    )  # they go before what files say
    return dict(re.findall(r"^[^=\s]*?\.([\w-]+)='(.*)'$", "\n".join(variables_last), re.MULTILINE))


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


def installed(venv: Path) -> int:
    """Return how many packages lie in an environment by now; 0 where pip is just moving what is looked at."""
    try:
        folders = [*venv.glob("lib/python*/site-packages"), *venv.glob("Lib/site-packages")]
        return len({path.name for folder in folders for path in folder.glob("*.dist-info")})
    except OSError:
        return 0


def reason(text: str, place: Path) -> str:
    """Return one line on the causes that people meet, from what pip or venv said; "" for any other."""
    if re.search(r"No space left on device|Disk quota exceeded|\[Errno 28\]", text):
        return f"the disk is full: free about 1 GB and run the same command again ({place})"
    if re.search(r"Read-only file system|Permission denied|\[Errno (13|30)\]", text):
        return f"{place} cannot be written: work in a copy of this folder that is yours"
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
