"""How grading grows: seconds and memory by the number graded, with two workers. `python3 -m ci bench memory`.

1,000 submissions in one run, no two with the same answers, handed in with their outputs: 40 made of the corpus's, and
copies of these with other comments. Told are the most memory that all processes had together so far, and that of
the command itself; `--tiny` takes small notebooks of three exercises, for long runs. Running the first 40 takes a while
once, and is kept under build/.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psutil
from nbgrader.utils import is_solution

from autograder import HOME
from autograder.building.build import build
from autograder.course import Course
from autograder.demo import prepare
from autograder.grading.grade import grade
from autograder.notebooks.notebook import canonical, grade_id, read
from autograder.submission import Submission
from ci.bench.grading.cost import Peak
from ci.bench.grading.scratch import scratch
from ci.bench.grading.students import class_of, copied, marked

__all__ = ["main"]

TINY = HOME / "ci" / "tests" / "fixtures" / "course"
OF_TINY = "1-tiny"
DIFFERENT = 40
MARKS = {step * 10**power for power in range(1, 6) for step in (1, 2, 5)}
HEAD = "graded | s a submission since then | processor s a submission | most memory so far, MB | of the command itself"


def real_class(assignment: str, count: int, root: Path) -> Course:
    """Hand in so many submissions of an assignment, with outputs; return the course."""
    course = prepare(root / "class", HOME, [assignment])
    class_ = class_of(course, assignment, [f"s{number:05d}" for number in range(min(count, DIFFERENT))])
    copied(class_, count - len(class_))
    return course


def tiny_class(count: int, root: Path) -> Course:
    """Hand in so many small notebooks, each another one; return the course."""
    course = Course(Path(shutil.copytree(TINY, root / "class")))
    build(course, OF_TINY)
    (path,) = course.notebooks(OF_TINY)
    answer = {grade_id(cell): cell.source for cell in read(path).cells}
    for number in range(count):
        notebook = read(course.release / OF_TINY / path.name)
        for cell in notebook.cells:
            if cell.cell_type == "code" and is_solution(cell):
                cell.source = answer[grade_id(cell)]
        folder = Submission(course, OF_TINY, f"s{number:05d}").submitted
        folder.mkdir(parents=True)
        (folder / path.name).write_text(canonical(marked(notebook, str(number))), encoding="utf-8")
    return course


def watched(course: Course, assignment: str) -> None:
    """Grade what was handed in there, in a process of its own, and print a row at each mark."""
    line = [sys.executable, "-m", "ci.bench.memory", assignment, "--grow", str(course.root)]
    print(f"| {HEAD} |\n| --- | --- | --- | --- | --- |", flush=True)
    start, before = time.perf_counter(), {"graded": 0, "wall": 0.0, "processor": 0.0}
    with subprocess.Popen(line, cwd=HOME, stdout=subprocess.PIPE, text=True) as process, Peak(process.pid) as peak:
        for text in process.stdout or ():
            now = json.loads(text)
            new = now["graded"] - before["graded"]
            wall, processor = ((now[key] - before[key]) / new for key in ("wall", "processor"))
            most, own = peak.bytes / 1e6, now["own"] / 1e6
            print(f"| {now['graded']} | {wall:.3f} | {processor:.3f} | {most:.0f} | {own:.0f} |", flush=True)
            before = now
    print(f"\n{before['graded']} submissions of {assignment} in {time.perf_counter() - start:.0f} s", flush=True)
    if process.returncode:
        raise SystemExit(f"grading ended with {process.returncode}")


def grow(course: Course, assignment: str) -> None:
    """Grade a class with two workers in this process, and print a line of JSON at each mark."""
    start = time.perf_counter()

    def watch(ready: Iterable[Any]) -> Iterator[Any]:
        total = len(ready)  # type: ignore[arg-type]  # grade gives something that has a length
        for number, each in enumerate(ready, start=1):
            yield each
            if number in MARKS or number == total:
                own = psutil.Process().memory_info().rss
                took = {"wall": time.perf_counter() - start, "processor": spent(), "own": own}
                print(json.dumps({"graded": number} | took), flush=True)

    grade(course, assignment, watch=watch, workers=2)


def spent() -> float:
    """The processor seconds of this process and of all below it, the living and the ended."""
    total = sum(os.times()[2:4])
    for each in [psutil.Process(), *psutil.Process().children(recursive=True)]:
        try:
            total += sum(each.cpu_times()[:2])
        except psutil.Error:
            continue
    return total


def main(arguments: list[str]) -> int:
    """Hand in a class, and grade it."""
    parser = argparse.ArgumentParser(prog="python3 -m ci bench memory", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("assignment", nargs="?", default="1-computational-graphs")
    parser.add_argument("--count", type=int, default=1000, help="submissions")
    parser.add_argument("--tiny", action="store_true", help="small notebooks in place of the assignment's")
    parser.add_argument("--grow", default="", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.grow:
        grow(Course(Path(options.grow)), options.assignment)
        return 0
    assignment = OF_TINY if options.tiny else Course().named(options.assignment)
    with scratch() as root:
        course = tiny_class(options.count, root) if options.tiny else real_class(assignment, options.count, root)
        watched(course, assignment)
    print(f"\n{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
