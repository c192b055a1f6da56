"""What is kept of a cell's run and travels between machines, and whether something that came from there is that.

An entry is {"outputs": […], "shown": {"0": …}, "notes": [[kind, cell, detail, severity], …], "verdict": …}. One that is
not is nobody's evidence: it counts as absent, and the cell is run again.
"""

from __future__ import annotations

import contextlib
import math
from typing import Any, TypeGuard

from autograder.examining.evidence import VERDICTS
from autograder.tamper import ACCIDENT, ATTACK, ODD, STRAY

__all__ = ["are_notes", "is_entry", "usable"]

KEYS = {"outputs", "shown", "notes", "verdict"}
SEVERITIES = (ACCIDENT, ATTACK, ODD, STRAY)


def is_entry(entry: Any) -> TypeGuard[dict[str, Any]]:
    """Return whether this is what a run leaves of one cell; one that earned points says how many, in a number."""
    if not (isinstance(entry, dict) and entry.keys() == KEYS and are_notes(entry["notes"])):
        return False
    outputs, shown, verdict = entry["outputs"], entry["shown"], entry["verdict"]
    if verdict not in ("", *VERDICTS) or not isinstance(outputs, list) or not isinstance(shown, dict):
        return False
    if not all(map(_is_output, outputs)):
        return False
    if not all(output is None or _is_output(output) for output in shown.values()):
        return False
    if not shown.keys() <= set(map(str, range(len(outputs)))):
        return False
    return verdict not in ("passed", "partial") or _points(outputs) is not None


def are_notes(notes: Any) -> bool:
    """Return whether these are notes of a run, each four texts."""
    return isinstance(notes, list) and all(
        isinstance(note, list)
        and len(note) == 4
        and all(isinstance(word, str) for word in note)
        and note[3] in SEVERITIES
        for note in notes
    )


def usable(filled: Any, cells: int) -> dict[str, Any]:
    """Return of what another machine says that it has filled in what can be that, for a notebook of so many cells."""
    filled = filled if isinstance(filled, dict) else {}
    entries, notes, uncertain = (filled.get(key) for key in ("entries", "notes", "uncertain"))
    numbers = {str(number): number for number in range(cells)}
    entries = entries if isinstance(entries, dict) and isinstance(uncertain, list) else {}
    return {
        "entries": {numbers[n]: entry for n, entry in entries.items() if n in numbers and is_entry(entry)},
        "notes": notes if are_notes(notes) else [],
        "uncertain": [n for n in uncertain if type(n) is int and 0 <= n < cells] if isinstance(uncertain, list) else [],
    }


def _is_output(output: Any) -> bool:
    if not isinstance(output, dict):
        return False
    kind = output.get("output_type")
    if kind == "stream":
        return output.get("name") in ("stdout", "stderr") and isinstance(output.get("text"), str)
    if kind == "error":
        lines = output.get("traceback")
        words = (output.get("ename"), output.get("evalue"), *(lines if isinstance(lines, list) else (None,)))
        return all(isinstance(word, str) for word in words)
    if kind not in ("display_data", "execute_result"):
        return False
    data = output.get("data")
    return (
        isinstance(data, dict)
        and isinstance(output.get("metadata"), dict)
        and all(isinstance(value, str) or mime.endswith("json") for mime, value in data.items())
    )


def _points(outputs: list[Any]) -> float | None:
    """The points that nbgrader reads off the outputs of a test; None where there are none or they are no number."""
    for output in outputs:
        if output["output_type"] == "execute_result":
            with contextlib.suppress(ValueError):
                points = float(output["data"].get("text/plain", ""))
                return points if math.isfinite(points) and points >= 0 else None
    return None
