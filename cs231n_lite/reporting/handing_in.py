"""What the last cell of a notebook says before it is handed in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cs231n_lite.reporting import render
from cs231n_lite.working import session
from cs231n_lite.working.handing_in import Readiness, readiness

__all__ = ["HandIn", "before_handing_in"]

SAVE = "Press Ctrl+S (on a Mac Cmd+S), then run this cell again."
DOWNLOAD = (
    "It is in this browser alone: menu File, Download puts it on your computer, and that file is what you hand in."
)
RESET = "An answer comes back with `%run -m cs231n_lite reset NAME` in a new cell; grading needs no other cell of them."


class HandIn:
    """What is to be known before a notebook is handed in; what `before_handing_in` returns."""

    def __init__(self, state: Readiness) -> None:
        self.state = state

    @property
    def parts(self) -> tuple[str, str, list[str]]:
        """The mark, the headline, and the lines below it."""
        state = self.state
        if state.path is None:
            return "○", "which file this notebook is cannot be told here: in JupyterLab it can", []
        head = f"{state.path.name}, {state.size / 1e3:,.0f} kB, saved at {state.saved}"
        mark = "✓" if state.is_ready and not state.empty else "○" if state.is_ready else "✗"
        return mark, head, list(_lines(state))

    def __str__(self) -> str:
        return render.card_text(*self.parts)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return render.card_html(*self.parts)


def before_handing_in() -> HandIn | None:
    """Look at this notebook's file: what is empty, not saved, not run, missing, and how it is handed in.

    Where no notebook runs, as in grading, there is nothing to look at and it returns None.
    """
    return HandIn(readiness()) if session.is_kernel() else None


def _lines(state: Readiness) -> Iterator[str]:
    if state.problem:
        yield f"{state.problem}."
        if not state.is_whole:
            yield "Save this notebook under another name (File, Save Notebook As…), and hand that one in."
        return
    if state.unsaved:
        yield f"Not saved: {_names(state.unsaved)}: what you ran last is not in the file. {SAVE}"
    if state.not_run:
        yield f"Not run as it is now: {_names(state.not_run)}. Run its cell, then its check."
    if state.failed:
        yield f"Ended in an error when it ran last: {_names(state.failed)}. Nothing of that cell counts until it runs."
    if state.missing:
        yield f"Cells are missing: {_names(state.missing)}. {RESET}"
    if state.empty:
        yield f"Still empty: {_names(state.empty)}. An empty answer earns nothing; the others count all the same."
    if state.is_ready and not state.empty:
        yield "All answers are written, run and saved."
    if state.path is not None:
        yield from _where(state.path, state.hand_in)


def _where(path: Path, hand_in: str) -> Iterator[str]:
    yield f"The file is `{path.name}` in the folder `{path.parent.name}`. {hand_in}"
    if session.in_a_browser():
        yield DOWNLOAD


def _names(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
