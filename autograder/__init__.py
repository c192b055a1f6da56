"""Grading that plain nbgrader cannot do, as nbgrader preprocessors and one command, `python -m autograder`."""

from __future__ import annotations

from pathlib import Path

__all__ = ["HOME"]


HOME = Path(__file__).resolve().parents[1]  # the repository: the package is installed in place
