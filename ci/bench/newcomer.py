"""A newcomer's first minute: from a clone to the first picture. `python3 -m ci bench newcomer`.

A clone of what is committed, no environment and empty caches; `python3 -m ci lab` with the Python that made this
environment, then a real browser: the page is opened and Shift-Enter pressed until a picture stands in the notebook.
Told are the wall seconds of each part. The aim is 75 s in all on 2 cores; much of it is the network's.
"""

from __future__ import annotations

import argparse
import itertools
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from ci.debian import chromium
from ci.environment import ROOT, Unready

__all__ = ["first_picture", "main", "newcomers"]

AIM = 75
PICTURE = ".jp-OutputArea-output svg, .jp-OutputArea-output img"


def newcomers(home: Path) -> dict[str, str]:
    """Return the variables of someone new: this machine's network and nothing that was kept or set up before."""
    ours = str(Path(sys.prefix).resolve())
    paths = [path for path in os.environ["PATH"].split(os.pathsep) if not path.startswith(ours)]
    left_out = ("VIRTUAL_ENV", "PYTHONPATH", "UV_CACHE_DIR", "PIP_CACHE_DIR", "XDG_CACHE_HOME", "MPLCONFIGDIR")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return kept | {"HOME": str(home), "PATH": os.pathsep.join(paths), "BROWSER": "true"}


def first_picture(page: Page, tries: int = 400) -> bool:
    """Press Shift-Enter from the top until a picture is shown; return whether one came."""
    page.locator(".jp-Notebook .jp-MarkdownCell h1").first.wait_for(timeout=90_000)
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Escape")
    for _ in range(tries):
        if page.locator(PICTURE).count():
            return True
        if not page.locator('.jp-InputPrompt:has-text("[*]")').count():
            page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(100)
    return False


def main(arguments: list[str]) -> int:
    """Run it once; return 0 if the aim is reached, 1 if not."""
    argparse.ArgumentParser(description=str(__doc__).splitlines()[0]).parse_args(arguments)
    browser = chromium()
    if browser is None:
        raise Unready("there is no Chromium to look with; `python3 -m ci test` installs Debian's where it may")
    with tempfile.TemporaryDirectory(prefix="newcomer-") as name, sync_playwright() as playwright:
        home = Path(name)
        started = playwright.chromium.launch(executable_path=browser, args=["--headless", "--no-sandbox"])
        page = started.new_page(viewport={"width": 1280, "height": 860})
        times = [time.monotonic()]
        subprocess.run(["git", "clone", "-q", str(ROOT), str(home / "course")], check=True)
        times.append(time.monotonic())
        command = [str(Path(sys.base_prefix) / "bin" / "python3"), "-m", "ci", "lab"]
        lab = subprocess.Popen(
            command, cwd=home / "course", env=newcomers(home), stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        try:
            assert lab.stdout is not None
            line = next((line for line in lab.stdout if line.startswith("JupyterLab is at ")), "")
            times.append(time.monotonic())
            if not line:
                raise Unready("`ci lab` did not start")
            page.goto(line.split()[3])
            shown = first_picture(page)
            times.append(time.monotonic())
        finally:
            os.killpg(lab.pid, signal.SIGTERM)
            lab.wait(30)
        started.close()
    parts = [after - before for before, after in itertools.pairwise(times)]
    told = ", ".join(f"{part} {s:.1f} s" for part, s in zip(("clone", "environment", "picture"), parts, strict=True))
    print(f"{told}; in all {sum(parts):.1f} s (aim {AIM})" + ("" if shown else ": no picture came"))
    return 0 if shown and sum(parts) <= AIM else 1
