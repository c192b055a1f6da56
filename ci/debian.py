"""What tests need of the system, Chromium, bubblewrap, PostgreSQL: found, or installed from Debian if that may be."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from ci import postgres

__all__ = ["chromium", "provide", "provide_bubblewrap", "provide_postgresql"]

SHELL = "chromium-headless-shell"  # the same browser without windows: three quarters of the work for the same pages
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome")
CLUSTERS = Path("/etc/postgresql-common/createcluster.d")  # what Debian's package reads before it makes a database


def chromium() -> str | None:
    """Return the path of a Chromium, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def provide() -> str:
    """Install Chromium where it is missing and may be; return "" or one line on why there is none."""
    lost = "nothing is tested in a browser"
    return "" if chromium() or not _install(SHELL, lost, chromium) else _install("chromium", lost, chromium)


def provide_bubblewrap() -> str:
    """Install bubblewrap where it is missing and may be; return "" or one line on why there is none."""
    program = lambda: shutil.which("bwrap")  # noqa: E731  (a name for what is asked twice)
    return "" if program() else _install("bubblewrap", "the sandbox is not at its best", program)


def provide_postgresql() -> str:
    """Install PostgreSQL's programs where they are missing and may be; return "" or one line on why there are none.

    Only the programs: Debian's package would make a database for the whole machine and start a server for it.
    """
    if postgres.programs():
        return ""
    with _no_database():
        return _install("postgresql", "no gradebook is tested on a real server", postgres.programs)


@contextlib.contextmanager
def _no_database() -> Iterator[None]:
    """Tell Debian's package, as long as the block lasts, to make no database."""
    new_folders = [folder for folder in (CLUSTERS, CLUSTERS.parent) if not folder.exists()]
    settings = CLUSTERS / "no-main-cluster.conf"
    try:
        with contextlib.suppress(OSError):  # nothing can be installed either
            CLUSTERS.mkdir(parents=True, exist_ok=True)
            settings.write_text("create_main_cluster = off\n")
        yield
    finally:
        with contextlib.suppress(OSError):  # a folder that is not empty is the package's by now
            settings.unlink(missing_ok=True)
            for folder in new_folders:
                folder.rmdir()


def _install(package: str, lost: str, program: Callable[[], object]) -> str:
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
    if done.returncode == 0 and program():
        return ""
    last = (done.stdout.strip().splitlines() or ["it said nothing"])[-1]
    return f"{package} could not be installed (apt-get: {last}); without it {lost}"
