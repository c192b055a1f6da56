"""What is known of one notebook, cell by cell, and which cells must run because nothing is known of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output

from autograder.examining.entries import are_notes, is_entry, usable
from autograder.examining.evidence import earned, error
from autograder.examining.keys import CellKeys
from autograder.examining.store import Store
from autograder.feedback.display import REPORT, remember, shown
from autograder.tamper import ODD

__all__ = ["BY_LOAD", "KnownResults", "RemoteResults", "at_hand", "displayed"]

BY_LOAD = ("timed-out", "out-of-memory", "crashed")  # verdicts that the machine may have brought about
_at_hand: dict[str, Any] = {}  # by their keys, entries that were made elsewhere just now


@contextmanager
def at_hand(entries: dict[str, Any]) -> Iterator[None]:
    """Let all results that are made inside have these entries, whatever the store has."""
    _at_hand.update(entries)
    try:
        yield
    finally:
        for key in entries:
            _at_hand.pop(key, None)


class KnownResults:
    """The entries of the code cells that points depend on, by number; `needed` have none, or are used by such.

    An entry is {"outputs": […], "shown": {"0": …}, "notes": [[kind, cell, detail, severity], …], "verdict": …}:
    "shown" is what Display makes of those outputs that it changes, the verdict "" for a cell that ran through.
    """

    def __init__(self, store: Store | None = None, cell_keys: CellKeys | None = None, cells: int = 0) -> None:
        self.store, self.cell_keys = store, cell_keys
        asked = set(range(cells)) - (cell_keys.pictures if cell_keys else set())
        entries = {n: self._known(cell_keys.keys[n]) for n in asked} if cell_keys else {}
        self.entries: dict[int, dict[str, Any]] = {n: entry for n, entry in entries.items() if is_entry(entry)}
        for entry in self.entries.values():
            # To make a student's HTML safe takes longer than all else that is done with a kept cell.
            remember(entry["outputs"], [entry["shown"].get(str(n), out) for n, out in enumerate(entry["outputs"])])
        self.needed = asked - set(self.entries)
        for test, used in cell_keys.used.items() if cell_keys else ():
            if test in self.needed:
                self.needed |= used
        self.last = max(self.needed, default=-1)
        displays = cell_keys.displays if cell_keys else set()
        self.last_run = max(self.needed - displays, default=-1)  # by the student's process

    def get(self, number: int) -> dict[str, Any] | None:
        """Return what is kept of a cell that need not run, or None."""
        return None if number in self.needed else self.entries.get(number)

    def put(self, number: int, entry: dict[str, Any], *, certain: bool = True) -> None:
        """Keep what a cell gave, unless that may have been the machine's doing, which another run may do better."""
        if self.store is not None and self.cell_keys is not None and certain and entry["verdict"] not in BY_LOAD:
            self.store.keep(self.cell_keys.keys[number], displayed(entry))

    def notes(self) -> list[list[str]]:
        """Return the notes on the run as a whole that were kept, where no cell must run."""
        entry = self._known(self.cell_keys.whole) if self.cell_keys else None
        return entry["notes"] if isinstance(entry, dict) and are_notes(entry.get("notes")) else []

    def put_notes(self, notes: list[list[str]]) -> None:
        """Keep the notes on the run as a whole."""
        if self.store is not None and self.cell_keys is not None and notes:
            self.store.keep(self.cell_keys.whole, {"notes": notes})

    def summary(self) -> dict[str, Any]:
        """Return what another machine must know of it, as plain data."""
        tests = set(self.cell_keys.used) if self.cell_keys else set()
        points = {n: earned(from_dict(self.entries[n]["outputs"])) for n in tests & set(self.entries)}
        kept = {str(n): [entry["verdict"], points.get(n)] for n, entry in self.entries.items()}
        return {"kept": kept, "needed": sorted(self.needed), "last": self.last, "last_run": self.last_run}

    def take(self, sent: Any) -> dict[str, Any]:
        """Keep what another machine has filled in; return the entries by their keys, those too that are not kept.

        What is no entry is left out, and will be run here.
        """
        assert self.cell_keys is not None
        filled = usable(sent, len(self.cell_keys.keys))
        by_key = {self.cell_keys.keys[number]: entry for number, entry in filled["entries"].items()}
        if filled["notes"]:
            by_key[self.cell_keys.whole] = {"notes": filled["notes"]}
        uncertain = {self.cell_keys.keys[number] for number in filled["uncertain"]}
        for key, entry in by_key.items() if self.store is not None else ():
            if entry.get("verdict") not in BY_LOAD and key not in uncertain:
                self.store.keep(key, entry)  # type: ignore[union-attr]  # there is one, or the loop is over nothing
        return by_key

    def lost(self) -> dict[str, Any]:
        """Return, by their keys, the entries of a run that ended every machine that began it: no test has a result."""
        assert self.cell_keys is not None
        tests = set(self.cell_keys.used)
        entries = {
            number: {"outputs": [error("crashed")], "verdict": "crashed"}
            if number in tests
            else {"outputs": [], "verdict": ""}
            for number in self.needed
        }
        by_key = {self.cell_keys.keys[number]: {"shown": {}, "notes": [], **entry} for number, entry in entries.items()}
        note = ["worker-lost", "", "whatever began to examine it came to its end, twice; look before it is run again"]
        return by_key | {self.cell_keys.whole: {"notes": [[*note, ODD]]}}

    def _known(self, key: str) -> Any:
        return _at_hand.get(key) or (self.store.get(key) if self.store is not None else None)


class RemoteResults(KnownResults):
    """Results as another machine has them: what is needed was found out there, and what runs here is handed back."""

    def __init__(self, summary: dict[str, Any]) -> None:
        super().__init__()
        self.needed, self.last, self.last_run = set(summary["needed"]), summary["last"], summary["last_run"]
        self.entries = {
            int(n): {"outputs": _of_points(points), "notes": [], "verdict": verdict}
            for n, (verdict, points) in summary["kept"].items()
        }
        self.filled: dict[str, Any] = {"entries": {}, "notes": [], "uncertain": []}

    def put(self, number: int, entry: dict[str, Any], *, certain: bool = True) -> None:
        """Keep what a cell gave."""
        self.filled["uncertain"] += [] if certain else [number]
        self.filled["entries"][str(number)] = displayed(entry)

    def put_notes(self, notes: list[list[str]]) -> None:
        """Keep the notes on the run as a whole."""
        self.filled["notes"] = notes


def _of_points(points: tuple[float, str] | None) -> list[NotebookNode]:
    """The outputs of a test of which nothing is known but its points and its name; none of another cell."""
    if points is None:
        return []
    return [new_output("execute_result", data={"text/plain": repr(points[0]), REPORT: {"exercise": points[1]}})]


def displayed(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with what Display makes of those of its outputs that it changes."""
    safe = {str(n): shown(output) for n, output in enumerate(entry["outputs"])}
    return entry | {"shown": {n: output for n, output in safe.items() if output != entry["outputs"][int(n)]}}
