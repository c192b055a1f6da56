"""Every answer of the corpus examined and in one plain kernel: the same points? `python3 -m ci bench examine`.

Each notebook holds one answer an exercise, so that all of a corpus are seen in as many notebooks as its longest list.
Both ways start from the master with these answers in it. Told are differences in points (there should be none) and in
what the reports say, and the seconds a submission takes each way; nbgrader's own Execute is the plain way. Seconds of
processor time are those of all processes of a way, the start of the warm ones included; `--means` and `--alone` (the
solutions only, so many times) compare the means to confine.
"""

from __future__ import annotations

import argparse
import logging
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import Execute
from nbgrader.utils import determine_grade, is_solution

from autograder.corpus.answers import answered, answers
from autograder.course import Course
from autograder.examining.step import Examine
from autograder.notebooks.kinds import exercise_of, is_test
from autograder.notebooks.notebook import grade_id, read
from autograder.sandbox import warm
from cs231n_lite.reporting.report import MIME

__all__ = ["main"]


def cases(assignment: str) -> Iterator[tuple[dict[str, str], str]]:
    """Which answers each notebook holds, and what the other exercises are answered with."""
    corpus = {  # a lie may well please one plain kernel, where the test meets the student's objects themselves
        slug: {name: answer for name, answer in by_name.items() if answer.kind != "pleaser"}
        for slug, by_name in answers(assignment).items()
    }
    yield {}, "empty"
    yield {}, "solution"
    for turn in range(max(map(len, corpus.values()), default=0)):
        yield (
            {slug: list(own_answers)[turn] for slug, own_answers in corpus.items() if turn < len(own_answers)},
            "solution",
        )


def notebooks(course: Course, assignment: str, changes: dict[str, str], rest: str) -> list[NotebookNode]:
    """The master's notebooks with the answers in them."""
    handed_in, filled = answered(course, assignment, changes, rest=rest), []
    for path in course.notebooks(assignment):
        notebook = read(path)
        masters = {grade_id(cell): cell for cell in notebook.cells}
        notebook.cells = []
        for theirs in handed_in[path.name].cells:
            cell = masters.get(grade_id(theirs), theirs)  # a cell of the student's own stays where it is
            if is_solution(cell):
                cell.source = theirs.source
            notebook.cells.append(cell)
        filled.append(notebook)
    return filled


def outcome(step: Any, filled: list[NotebookNode]) -> tuple[dict[str, tuple[float, list[str]]], float]:
    """Run the notebooks through a preprocessor: exercise -> points and findings, and the seconds that it took."""
    by_exercise, started = {}, time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for notebook in filled:
            step.preprocess(notebook, {"metadata": {"path": folder}})
    seconds = time.perf_counter() - started
    for cell in (cell for notebook in filled for cell in notebook.cells if is_test(cell)):
        reports = [output.data[MIME] for output in cell.outputs if MIME in output.get("data", {})]
        slugs = [finding["slug"] for report in reports for finding in report["findings"] if not finding["remark"]]
        by_exercise[exercise_of(cell)] = (float(determine_grade(cell)[0] or 0.0), slugs)
    return by_exercise, seconds


def spent() -> float:
    """The seconds of processor time of this process and of all that have ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def main(arguments: list[str]) -> int:
    """Compare, print, and return 1 if any points differ."""
    parser = argparse.ArgumentParser(prog="python3 -m ci bench examine", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("assignments", nargs="*", help="all of them, unless named")
    parser.add_argument("--means", default="", help="the means to confine students' code by; the best there is")
    parser.add_argument("--alone", type=int, default=0, metavar="N", help="the solutions alone, N times")
    options = parser.parse_args(arguments)
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    course, wrong = Course(), 0
    for assignment in options.assignments or course.assignments():
        count = points = words = 0
        seconds: list[tuple[float, float]] = []
        started, by_execute = spent(), 0.0
        for changes, rest in [({}, "solution")] * options.alone or cases(assignment):
            examined, first = outcome(Examine(means=options.means), notebooks(course, assignment, changes, rest))
            before = spent()
            plain, second = outcome(Execute(timeout=120), notebooks(course, assignment, changes, rest))
            by_execute += spent() - before
            seconds.append((first, second))
            for slug in (name for name in changes or plain if name in plain):  # the written ones have no test
                count += 1
                points += examined[slug][0] != plain[slug][0]
                words += examined[slug][1] != plain[slug][1]
                if examined[slug] != plain[slug]:
                    print(
                        f"  {slug} {changes.get(slug, rest)}: examined {examined[slug]}, plain {plain[slug]}",
                        flush=True,
                    )
        wrong += points
        warm.close()  # only then is the time of what it forked known
        by_examine = spent() - started - by_execute
        ours, theirs = (statistics.median(each) for each in zip(*seconds, strict=True))
        print(
            f"{assignment}: {count} answers, {points} with other points, {words} told otherwise; "
            f"{ours:.1f} s a submission, {theirs:.1f} s by Execute (medians of {len(seconds)}); "
            f"of the processor {by_examine / len(seconds):.2f} s and {by_execute / len(seconds):.2f} s (means)",
            flush=True,
        )
    return 1 if wrong else 0
