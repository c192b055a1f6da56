"""The page to keep as a file to print: build/reference.html and, where there is a Chromium, build/reference.pdf."""

from __future__ import annotations

import subprocess
from pathlib import Path

from autograder.building.reference import PAGE, SOURCE, page
from ci import debian
from ci.environment import ROOT, Unready

__all__ = ["printed", "run"]

PATIENCE = 120  # seconds
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


def run(to: Path = ROOT / "build") -> int:
    """Write both files into a folder and say where they are; return 0. Raises Unready where no PDF can be made."""
    to.mkdir(exist_ok=True)
    html = to / PAGE
    html.write_text(page(ROOT / "source" / SOURCE), encoding="utf-8")
    if problem := debian.provide():
        raise Unready(f"{html} is written; the PDF is not: {problem}")
    print(f"{html}\n{printed(html)}")
    return 0


def printed(html: Path) -> Path:
    """Print a page to a PDF beside it, as a browser prints it; return that. Raises Unready where it did not come."""
    pdf = html.with_suffix(".pdf")
    pdf.unlink(missing_ok=True)
    command = [str(debian.chromium()), *QUIET, "--no-pdf-header-footer", f"--print-to-pdf={pdf}", html.as_uri()]
    try:
        subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unready(f"{html} is written; Chromium made no PDF of it: {error}") from None
    if not pdf.is_file():
        raise Unready(f"{html} is written; Chromium made no PDF of it: print it from a browser")
    return pdf
