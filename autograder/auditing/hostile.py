"""The hostile submissions as a part of the audit: all of them graded for real, between two honest ones."""

from __future__ import annotations

import concurrent.futures
import contextlib
import multiprocessing
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.hostile import Attack, attacks
from autograder.victim import Batch, Outcome, attacked

__all__ = ["amiss", "graded", "withstood"]

BATCHES = 2  # side by side


@contextlib.contextmanager
def graded() -> Iterator[list[Batch]]:
    """Grade every attack of the list; what came of it, in batches, whose folders are there meanwhile."""
    names = list(attacks())
    # Not where only the owner may enter: that would hold an attack back, and not the box.
    with (
        tempfile.TemporaryDirectory(prefix="hostile-", dir="/var/tmp") as folder,
        concurrent.futures.ProcessPoolExecutor(BATCHES, multiprocessing.get_context("spawn")) as workers,
    ):
        Path(folder).chmod(0o755)
        roots = [Path(folder, str(turn)) for turn in range(BATCHES)]
        yield list(workers.map(attacked, roots, [names[turn::BATCHES] for turn in range(BATCHES)]))


def withstood() -> dict[str, str]:
    """Grade every attack of the list; return its name -> what is off with what came of it, "" where nothing is."""
    with graded() as batches:
        found = {name: outcome for batch in batches for name, outcome in batch.outcomes.items()}
    return {name: amiss(attack, found.get(name)) for name, attack in attacks().items()}


def amiss(attack: Attack, outcome: Outcome | None) -> str:
    """Return in words what is off with what came of an attack, or ""."""
    if outcome is None:
        return "was not graded"
    if outcome.points != attack.points:
        return f"got {outcome.points}, and its honest work is worth {attack.points}"
    if outcome.marks:
        return f"left {', '.join(outcome.marks)}"
    if attack.severity and all(note["severity"] != attack.severity for note in outcome.notes):
        return f"is not told as {attack.severity} in the tamper report"
    return ""
