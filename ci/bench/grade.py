"""Grading a class: nbgrader's own autograde, ours, and the least that it takes. `python3 -m ci bench grade`.

40 submissions of each assignment, made of the corpus's answers and handed in with their outputs, graded in rounds by
turns: plain `nbgrader autograde` (its own Execute and settings); `autograder grade` with one worker, with two, again
from the full store, and after one test was changed, sandbox and isolation on; and the limit, which is the cells that
points need, alone, in one warm, unconfined process. Told are processor and wall seconds a submission, all processes
counted and each start included (the limit has none); their ratios; the largest memory of all processes together; which
points the ways differ in; and what a start takes until the first submission is examined.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
from collections.abc import Mapping
from pathlib import Path

from autograder import HOME
from autograder.course import Course
from autograder.demo import prepare
from autograder.submission import Submission
from ci.bench.grading.cost import Cost, measured
from ci.bench.grading.points import Scores, differences, judged_by
from ci.bench.grading.scratch import scratch
from ci.bench.grading.students import class_of
from ci.bench.grading.table import aims, table
from ci.bench.grading.ways import AFTER, FIRST, LIMIT, PLAIN, WAYS, Ways

__all__ = ["main"]

STARTS = 3  # of which the median counts


def compare(assignment: str, count: int, rounds: int, root: Path) -> bool:
    """Grade one class in every way, by turns, and print what it took; return whether all points are those of plain."""
    course = prepare(root / "origin", HOME, [assignment])
    class_of(course, assignment, [f"round{number % rounds}-{number:03d}" for number in range(count)])
    ways = Ways.prepared(course, assignment, root)
    costs = {way: Cost() for way in WAYS}
    points: dict[str, Scores] = {way: {} for way in WAYS}
    for turn in range(rounds):
        each = len(range(turn, count, rounds))
        turned = [*FIRST[turn % len(FIRST) :], *FIRST[: turn % len(FIRST)]]
        for way in [*turned, *AFTER]:
            run, earned = ways.run(way, turn, rounds)
            costs[way].add(run, each)
            points[way] |= earned
            seconds = f"{run.wall / each:.2f} s, {run.processor / each:.2f} s of processor"
            print(f"  round {turn + 1}: {way}: {seconds}", file=sys.stderr, flush=True)
    print(f"\n{table(f'{assignment}, {count} submissions', costs)}\n\n{aims(costs)}\n")
    return _same(ways, points)


def _same(ways: Ways, points: Mapping[str, Scores]) -> bool:
    """Print in which points each way differs from plain, and what plain went by; return whether there is none."""
    same = True
    plain = Course(ways.folders[PLAIN])
    for way in WAYS[1:]:
        others = differences(points[PLAIN], points[way], tests=way == LIMIT)
        print(f"- {way}: {len(points[way])} points, {len(others)} other than plain")
        for student, name in others:
            was, now = points[PLAIN].get((student, name)), points[way].get((student, name))
            words = judged_by(Submission(plain, ways.assignment, student), name)
            print(f"  - {student} {name}: {now}, plain {was}, which saw {words}")
        same = same and not others
    return same


def start(assignment: str, root: Path) -> None:
    """Print the processor seconds from the command's start until the first submission is examined."""
    course = prepare(root / "origin", HOME, [assignment])
    class_of(course, assignment, ["round0-000", "round0-001"])
    shutil.copy(HOME / "nbgrader_config.py", course.root)
    print(f"\nUntil the first submission is examined, processor seconds (medians of {STARTS}, {assignment}):\n")
    for workers in ("1", "2"):
        taken = []
        for _ in range(STARTS):
            shutil.rmtree(course.root / "build", ignore_errors=True)  # the store
            words = [assignment, "--course", str(course.root), "--workers", workers]
            printed = measured([sys.executable, "-m", "ci.bench.grading.start", *words], HOME).printed
            taken.append(json.loads(printed.splitlines()[-1]))
        itself, started = (statistics.median(each[key] for each in taken) for key in ("itself", "started"))
        print(f"- --workers {workers}: {itself:.2f} s of the command, {started:.2f} s of all that it started")


def main(arguments: list[str]) -> int:
    """Compare, and return 1 where any points differ."""
    parser = argparse.ArgumentParser(prog="python3 -m ci bench grade", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("assignments", nargs="*", help="all of them, unless named")
    parser.add_argument("--count", type=int, default=40, help="submissions of each")
    parser.add_argument("--rounds", type=int, default=2, help="in which they are graded, by turns")
    options = parser.parse_args(arguments)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a table is told when it is done
    names = [Course().named(name) for name in options.assignments] or Course().assignments()
    same = True
    for assignment in names:
        with scratch() as root:
            same = compare(assignment, options.count, min(options.rounds, options.count), root) and same
    with scratch() as root:
        start(names[0], root)
    print(f"\n{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    return 0 if same else 1
