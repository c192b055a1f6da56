"""What the store holds of one notebook, cell by cell, and which cells must run because it does not."""

from __future__ import annotations

from typing import Any

from autograder.display import remember, shown
from autograder.recipe import Recipe
from autograder.store import Store

__all__ = ["Shelf"]

BY_LOAD = ("timed-out", "out-of-memory")


class Shelf:
    """The entries of one notebook's code cells, by number; `needed` are those without one, and what these need.

    An entry is {"outputs": […], "shown": {"0": …}, "notes": [[kind, cell, detail, severity], …], "verdict": …}:
    "shown" is what Display makes of those outputs that it changes, the verdict "" for a cell that ran through.
    """

    def __init__(self, store: Store | None = None, recipe: Recipe | None = None, cells: int = 0) -> None:
        self.store, self.recipe = store, recipe
        found = {} if store is None or recipe is None else {n: store.get(recipe.keys[n]) for n in range(cells)}
        self.kept: dict[int, dict[str, Any]] = {n: entry for n, entry in found.items() if _whole(entry)}
        for entry in self.kept.values():
            # To make a student's HTML safe takes longer than all else that is done with a kept cell.
            remember(entry["outputs"], [entry["shown"].get(str(n), out) for n, out in enumerate(entry["outputs"])])
        self.needed = set(range(cells)) - set(self.kept)
        for test, used in recipe.used.items() if recipe else ():
            if test in self.needed:
                self.needed |= used
        self.last = max(self.needed, default=-1)
        self.last_run = max(self.needed - (recipe.shown if recipe else set()), default=-1)  # by the student's process

    def get(self, number: int) -> dict[str, Any] | None:
        """Return what is kept of a cell that need not run, or None."""
        return None if number in self.needed else self.kept.get(number)

    def put(self, number: int, entry: dict[str, Any]) -> None:
        """Keep what a cell gave, unless that may have been the machine's doing, which another run may do better."""
        if self.store is not None and self.recipe is not None and entry["verdict"] not in BY_LOAD:
            safe = {str(n): shown(output) for n, output in enumerate(entry["outputs"])}
            changed = {n: known for n, known in safe.items() if known != entry["outputs"][int(n)]}
            self.store.put(self.recipe.keys[number], entry | {"shown": changed})

    def notes(self) -> list[list[str]]:
        """Return the notes on the run as a whole that were kept, where no cell must run."""
        entry = self.store.get(self.recipe.whole) if self.store and self.recipe else None
        return entry["notes"] if isinstance(entry, dict) and isinstance(entry.get("notes"), list) else []

    def put_notes(self, notes: list[list[str]]) -> None:
        """Keep the notes on the run as a whole."""
        if self.store is not None and self.recipe is not None and notes:
            self.store.put(self.recipe.whole, {"notes": notes})


def _whole(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.keys() == {"outputs", "shown", "notes", "verdict"}
