"""The command `python -m autograder audit`: its progress bar, and the files that it writes."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tqdm import tqdm

from autograder.auditing.audit import audit, folder_of, plan
from autograder.auditing.audited import figures
from autograder.auditing.dropped_in import Dropped, dropped_in, lines, tried
from autograder.auditing.hostile_batch import withstood
from autograder.auditing.html_report import page
from autograder.auditing.judging_pool import Jury
from autograder.auditing.messages import as_page, as_text, lacking, messages
from autograder.auditing.read_exercises import exercises
from autograder.auditing.sampling import Record
from autograder.auditing.text_report import text
from autograder.course import Course
from autograder.problem import Problem, unwritten

__all__ = ["run"]

TERMINAL = Path("-")  # what --messages is without a file


def run(options: argparse.Namespace) -> int:
    """Run the audit; return 1 if anything is off, and otherwise 0."""
    if options.full and options.changed:
        raise Problem("audit: --full runs everything and --changed a part; choose one of them")
    if options.record and (options.changed or options.exercise):
        raise Problem("audit: --record remembers whole audits; leave out --changed and --exercise")
    course = Course(options.course)
    if options.messages:
        return _messages(course, options)
    for path in (options.json, options.html):  # better now than after an hour
        _write(path, "")
    names = [course.named(name) for name in options.assignments] or course.assignments()
    start = time.perf_counter()
    planned = plan(course, names, options.exercise, full=options.full, changed=options.changed)
    jury = Jury(course.root / "build" / "audit-cache", os.cpu_count() or 1)
    audited = audit(planned, jury, watch)
    hostile = withstood() if options.full else {}
    dropped = _dropped(course, names) if options.full or options.instruments else {}
    seconds = time.perf_counter() - start
    print(text(audited, planned.left_out))
    off = _told(hostile, dropped)
    print(f"{seconds:.0f} s; {jury.judged} answers were run, what else is told was known from earlier runs")
    sums = figures(audited)
    if options.json:
        data: dict[str, Any] = {"sums": sums, "left_out": planned.left_out, "exercises": {}, "hostile": hostile}
        data["instruments"] = {slug: entry.earned for slug, entry in dropped.items()}
        for entry in audited:
            data["exercises"].setdefault(entry.exercise.assignment, {})[entry.slug] = entry.data()
        _write(options.json, json.dumps(data, indent=1) + "\n")
    if options.html:
        _write(options.html, page(audited, planned.left_out))
    if options.record and not sums["off"] and not off:
        Record(folder_of(course) / "audited.json").write(planned.digests)
    return 1 if sums["off"] or off else 0


def _messages(course: Course, options: argparse.Namespace) -> int:
    """Show what the corpus's answers are told, and nothing else; return 0."""
    path = options.messages
    if path != TERMINAL and path.suffix != ".html":
        raise Problem(f"audit --messages: expected FILE.html, got {str(path)!r}; assignments stand before --messages")
    names = [course.named(name) for name in options.assignments] or course.assignments()
    planned = plan(course, names, options.exercise)
    jury = Jury(course.root / "build" / "audit-cache", os.cpu_count() or 1)
    by_slug = messages(planned.answers, jury, watch)
    if options.language:
        by_slug = lacking(by_slug, options.language)
    if path == TERMINAL:
        print(as_text(by_slug))
    else:
        _write(path, as_page(by_slug))
    return 0


def _told(hostile: dict[str, str], dropped: dict[str, Dropped]) -> list[str]:
    """Print what came of hostile submissions and of callables in an answer's place; return the names that are off."""
    off = [name for name, trouble in hostile.items() if trouble]
    for name in off:
        print(f"hostile: {name} {hostile[name]}")
    if hostile:
        whole = len(hostile) - len(off)
        print(f"{whole} of {len(hostile)} hostile submissions earn their honest work alone, leave no mark and are told")
    for line in lines(dropped) if dropped else ():
        print(line)
    return off + [slug for slug, entry in dropped.items() if entry.unexplained]


def _dropped(course: Course, names: Iterable[str]) -> dict[str, Dropped]:
    """What each callable of the package earns in the place of each exercise's answer."""
    dropped = {slug: Dropped(slug) for name in names for slug in exercises(course, name)}
    rounds = [(name, callable_name) for name in names for callable_name in tried()[0]]
    for assignment, name in watch(rounds, len(rounds), "instruments"):
        for slug, points in dropped_in(course, assignment, name):
            dropped[slug].earned[name] = points
    return dropped


def watch(outcomes: Iterable[Any], total: int, what: str) -> Iterable[Any]:
    """Go through outcomes with a bar that shows how many are left."""
    every = 0.1 if sys.stderr.isatty() else 20.0  # seconds; a log keeps each of them as a line
    bar: Iterable[Any] = tqdm(
        outcomes, total=total, desc=what, unit="run", ncols=90, disable=not total, leave=False, mininterval=every
    )
    return bar


def _write(path: Path | None, content: str) -> None:
    if path is not None:
        try:
            path.write_text(content, encoding="utf-8")
        except OSError as error:
            raise Problem(unwritten(error, path)) from None
