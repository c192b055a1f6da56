"""What a notebook needs beside its cells to be built and graded: a kernel, a language, files of a size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from nbformat import NotebookNode

from autograder.sandbox.process import Limits

__all__ = ["check_files", "kernel_faults", "language_faults"]


def kernel_faults(notebook: NotebookNode) -> Iterator[str]:
    """Give what of a notebook's kernel is missing on this machine, or is of no use here."""
    kernel = notebook.metadata.get("kernelspec", {}).get("name", "")
    there = sorted(KernelSpecManager().find_kernel_specs())
    if kernel and kernel not in there:
        yield (
            f"its kernel {kernel!r} is not on this machine, so that its solution cannot be run; there is "
            f"{', '.join(there)}: choose one in Jupyter (Kernel, Change Kernel) and save it"
        )
    yield from language_faults(notebook)


def language_faults(notebook: NotebookNode) -> Iterator[str]:
    """Give a line where a notebook is in another language than the one that is graded."""
    spec, info = notebook.metadata.get("kernelspec", {}), notebook.metadata.get("language_info", {})
    language = str(spec.get("language") or info.get("name") or "python")
    if language.lower() not in ("python", "ipython"):
        yield f"is in the language {language}; answers are run as Python here, so that nobody would get a point"


def check_files(folder: Path) -> list[str]:
    """Return a line where the files beside notebooks are more than grading hands to a student's process."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".ipynb"]
    total, most = sum(path.stat().st_size for path in paths), Limits.file_bytes
    if total <= most:
        return []
    largest = max(paths, key=lambda path: path.stat().st_size).relative_to(folder)
    return [
        f"its files have {total / 2**20:.0f} MiB together, the largest is {largest}; answers and tests are given at "
        f"most {most >> 20} MiB of files when they are graded, and what comes after is missing: make them smaller"
    ]
