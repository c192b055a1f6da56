"""The audit as a page of its own: the sums, what is off, the matrix of submissions × exercises, and the kill matrix."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from autograder.auditing.audited import Audited
from autograder.auditing.kill_matrix import Fate
from autograder.auditing.pages import filled
from autograder.auditing.text_report import percent, summary

__all__ = ["page"]


def page(audited: Sequence[Audited], left_out: Sequence[str]) -> str:
    """Return the whole page as HTML that needs no other file."""
    by_assignment = itertools.groupby(audited, key=lambda entry: entry.exercise.assignment)
    grids = [(assignment, group := list(entries), _rows(group)) for assignment, entries in by_assignment]
    return filled(
        "page.html",
        audited=audited,
        percent=percent,
        summary=summary(audited, left_out),
        complaints=[complaint for entry in audited for complaint in entry.complaints()],
        grids=grids,
        kills=[(entry, _of(entry, "hidden"), _by_reason(entry)) for entry in audited if entry.fates],
    )


def _rows(entries: Sequence[Audited]) -> list[tuple[object, ...]]:
    """A row holds one verdict of each exercise, or None where it has no more; the first is that of the solutions."""
    return list(itertools.zip_longest(*(entry.verdicts for entry in entries)))


def _of(entry: Audited, status: str) -> list[Fate]:
    return [fate for fate in entry.fates if fate.status == status]


def _by_reason(entry: Audited) -> dict[str, list[Fate]]:
    """The equivalent mutants, in the order of their reasons' first ones."""
    by_reason: dict[str, list[Fate]] = {}
    for fate in _of(entry, "equivalent"):
        by_reason.setdefault(fate.reason, []).append(fate)
    return by_reason
