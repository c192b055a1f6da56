"""What is known of one notebook, cell by cell, and which cells must run because nothing is known of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from autograder.examining.evidence import error
from autograder.examining.keys import CellKeys
from autograder.examining.store import Store
from autograder.feedback.display import remember, shown
from autograder.tamper import ODD

__all__ = ["KnownResults", "RemoteResults", "at_hand"]

BY_LOAD = ("timed-out", "out-of-memory")
_at_hand: dict[str, Any] = {}  # by their keys, entries that were made elsewhere just now


@contextmanager
def at_hand(entries: dict[str, Any]) -> Iterator[None]:
    """Let every shelf that is made inside have these entries, whatever the store has."""
    _at_hand.update(entries)
    try:
        yield
    finally:
        for key in entries:
            _at_hand.pop(key, None)


class KnownResults:
    """The entries of one notebook's code cells, by number; `needed` are those without one, and what these need.

    An entry is {"outputs": […], "shown": {"0": …}, "notes": [[kind, cell, detail, severity], …], "verdict": …}:
    "shown" is what Display makes of those outputs that it changes, the verdict "" for a cell that ran through.
    """

    def __init__(self, store: Store | None = None, recipe: CellKeys | None = None, cells: int = 0) -> None:
        self.store, self.recipe = store, recipe
        found = {n: self._known(recipe.keys[n]) for n in range(cells)} if recipe else {}
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
            self.store.put(self.recipe.keys[number], _displayed(entry))

    def notes(self) -> list[list[str]]:
        """Return the notes on the run as a whole that were kept, where no cell must run."""
        entry = self._known(self.recipe.whole) if self.recipe else None
        return entry["notes"] if isinstance(entry, dict) and isinstance(entry.get("notes"), list) else []

    def put_notes(self, notes: list[list[str]]) -> None:
        """Keep the notes on the run as a whole."""
        if self.store is not None and self.recipe is not None and notes:
            self.store.put(self.recipe.whole, {"notes": notes})

    def told(self) -> dict[str, Any]:
        """Return what another machine must know of it, as plain data."""
        kept = {str(number): entry["verdict"] for number, entry in self.kept.items()}
        return {"kept": kept, "needed": sorted(self.needed), "last": self.last, "last_run": self.last_run}

    def take(self, tray: dict[str, Any]) -> dict[str, Any]:
        """Keep what another machine put on its tray; return the entries by their keys, those too that are not kept."""
        assert self.recipe is not None
        made = {self.recipe.keys[int(number)]: entry for number, entry in tray["entries"].items()}
        if tray["notes"]:
            made[self.recipe.whole] = {"notes": tray["notes"]}
        for key, entry in made.items() if self.store is not None else ():
            if entry.get("verdict") not in BY_LOAD:
                self.store.put(key, entry)  # type: ignore[union-attr]  # there is one, or the loop is over nothing
        return made

    def lost(self) -> dict[str, Any]:
        """Return, by their keys, the entries of a run that ended every machine that began it: no test has a result."""
        assert self.recipe is not None
        tests = set(self.recipe.used)
        entries = {
            number: {"outputs": [error("crashed")], "verdict": "crashed"}
            if number in tests
            else {"outputs": [], "verdict": ""}
            for number in self.needed
        }
        made = {self.recipe.keys[number]: {"shown": {}, "notes": [], **entry} for number, entry in entries.items()}
        note = ["worker-lost", "", "whatever began to examine it came to its end, twice; look before it is run again"]
        return made | {self.recipe.whole: {"notes": [[*note, ODD]]}}

    def _known(self, key: str) -> Any:
        return _at_hand.get(key) or (self.store.get(key) if self.store is not None else None)


class RemoteResults(KnownResults):
    """A shelf as another machine has it: what is needed was found out there, and what runs here is handed back."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__()
        self.needed, self.last, self.last_run = set(told["needed"]), told["last"], told["last_run"]
        self.kept = {int(n): {"outputs": [], "notes": [], "verdict": verdict} for n, verdict in told["kept"].items()}
        self.filled: dict[str, Any] = {"entries": {}, "notes": []}

    def put(self, number: int, entry: dict[str, Any]) -> None:
        """Keep what a cell gave."""
        self.filled["entries"][str(number)] = _displayed(entry)

    def put_notes(self, notes: list[list[str]]) -> None:
        """Keep the notes on the run as a whole."""
        self.filled["notes"] = notes


def _displayed(entry: dict[str, Any]) -> dict[str, Any]:
    safe = {str(n): shown(output) for n, output in enumerate(entry["outputs"])}
    return entry | {"shown": {n: known for n, known in safe.items() if known != entry["outputs"][int(n)]}}


def _whole(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.keys() == {"outputs", "shown", "notes", "verdict"}
