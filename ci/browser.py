"""Finds the system's Chromium, and installs Debian's where that is allowed."""

from __future__ import annotations

import os
import shutil
import subprocess

__all__ = ["chromium", "provide"]

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Return the path of a Chromium, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def provide() -> str:
    """Install Chromium where it is missing and may be; return "" or one line on why there is none."""
    if chromium():
        return ""
    if not shutil.which("apt-get"):
        return "there is no Chromium; install one so that the pictures and the stepper are tested in a browser"
    if os.geteuid() != 0:
        return "there is no Chromium; `sudo apt-get install chromium` lets the pictures be tested in a browser"
    print("installing Debian's Chromium …", flush=True)
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        done = subprocess.run(
            ["apt-get", "-qq", *command], env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
    if done.returncode == 0 and chromium():
        return ""
    last = (done.stdout.strip().splitlines() or ["it said nothing"])[-1]
    return f"Chromium could not be installed (apt-get: {last}); without it nothing is tested in a browser"
