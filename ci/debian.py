"""What tests need of the system, Chromium and bubblewrap: found, or installed from Debian where that is allowed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable

__all__ = ["chromium", "provide", "provide_bubblewrap"]

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Return the path of a Chromium, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def provide() -> str:
    """Install Chromium where it is missing and may be; return "" or one line on why there is none."""
    return "" if chromium() else _install("chromium", "nothing is tested in a browser", chromium)


def provide_bubblewrap() -> str:
    """Install bubblewrap where it is missing and may be; return "" or one line on why there is none."""
    found = lambda: shutil.which("bwrap")  # noqa: E731  (a name for what is asked twice)
    return "" if found() else _install("bubblewrap", "the sandbox is not at its best", found)


def _install(package: str, lost: str, found: Callable[[], str | None]) -> str:
    if not shutil.which("apt-get"):
        return f"there is no {package}; install it, without it {lost}"
    if os.geteuid() != 0:
        return f"there is no {package}; `sudo apt-get install {package}` brings it, without it {lost}"
    print(f"installing Debian's {package} …", flush=True)
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for command in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        done = subprocess.run(
            ["apt-get", "-qq", *command], env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
    if done.returncode == 0 and found():
        return ""
    last = (done.stdout.strip().splitlines() or ["it said nothing"])[-1]
    return f"{package} could not be installed (apt-get: {last}); without it {lost}"
