"""What *Run All* does to a notebook, where the errors of one cell do not stop the next."""

from __future__ import annotations

import asyncio
from pathlib import Path

from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.course import Course

__all__ = ["run_all"]


def run_all(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run a notebook's cells beside the files of a folder; return it with what they show."""
    beside = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, timeout=120, allow_errors=True, config=Course().config(), resources=beside)
    asyncio.run(client.async_execute())
    return notebook
