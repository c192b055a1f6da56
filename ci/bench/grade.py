"""Grading a class: nbgrader's own autograde beside ours, and how ours grows. `python3 -m ci bench grade`.

First, 40 submissions of assignments 4 and 1, made of the corpus's answers, graded in rounds by turns: plain `nbgrader
autograde` (its own Execute and settings); `autograder grade` with one worker, with two, and again from the full store,
sandbox and isolation on. Told are processor and wall seconds a submission, all processes counted and each start
included; their ratios to plain; the largest memory of all processes together; and which points the ways differ in.
Then (`--growth 10000`) one long run over small notebooks: seconds and memory by the number graded.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from nbgrader.api import Gradebook

from autograder import HOME
from autograder.building.build import build
from autograder.corpus.answers import EMPTY, answers
from autograder.corpus.hand_in import HandIn, hand_in
from autograder.course import Course
from autograder.demo import prepare
from autograder.grading.grade import grade
from autograder.notebooks.notebook import canonical, grade_id, read
from autograder.submission import Submission

__all__ = ["main"]

ASSIGNMENTS = ("4-two-layer-net", "1-computational-graphs")
PLAIN = """c = get_config()
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.solution_directory = "solutions"
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\nraise NotImplementedError()"}
c.ClearSolutions.text_stub = "*Your answer here.*"
c.Execute.timeout = 120
"""
WAYS = ("plain nbgrader autograde", "ours, 1 worker", "ours, 2 workers", "ours, from the full store")
TINY = HOME / "ci" / "tests" / "fixtures" / "course"


@dataclass
class Cost:
    """What one way took for the submissions that it has graded so far."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    memory: int = 0


def class_of(course: Course, assignment: str, count: int, rounds: int) -> None:
    """Hand in answers of all kinds: most exercises solved, of the rest some wrong, some unusual, some not written."""
    draw = random.Random(0)
    corpus = answers(assignment)
    for number in range(count):
        changes = {}
        for slug, own_answers in corpus.items():
            kind = draw.choices(["solved", "wrong", "right", "empty"], [45, 20, 30, 5])[0]
            names = [answer.name for answer in own_answers.values() if answer.kind == kind]
            if names:
                changes[slug] = draw.choice(names)
            elif kind == "empty":
                changes[slug] = EMPTY
        hand_in(Submission(course, assignment, f"round{number % rounds}-{number:03d}"), HandIn(changes))


def command(way: str, assignment: str, folder: Path, students: str) -> list[str]:
    """The command line of a way."""
    if way == WAYS[0]:
        return [sys.executable, "-m", "nbgrader", "autograde", assignment, f"--student={students}", "--force"]
    workers = "1" if way == WAYS[1] else "2"
    words = ["--course", str(folder), "--student", students, "--workers", workers]
    return [sys.executable, "-m", "autograder", "grade", assignment, *words]


def measured(line: list[str], folder: Path) -> tuple[float, float, int]:
    """Run a command; return its wall seconds, the processor seconds of all its processes, and their most memory."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(line, cwd=folder, **quiet) as process:  # type: ignore[call-overload]  # of plain options
        most = [0]
        watch = threading.Thread(target=_watch, args=(process, most), daemon=True)
        watch.start()
        code = process.wait()
        wall = time.perf_counter() - started
        watch.join()
    if code not in (0, 1):  # 1: something for a person to look at
        raise SystemExit(f"{' '.join(line)}: ended with {code}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, most[0]


def _watch(process: subprocess.Popen[bytes], most: list[int]) -> None:
    while process.poll() is None:
        most[0] = max(most[0], memory(process.pid))
        time.sleep(0.3)


def memory(pid: int) -> int:
    """Return the bytes of a process and all that it started; what they share is counted once."""
    total = 0
    try:
        for each in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            try:
                total += each.memory_full_info().pss
            except psutil.Error:
                continue
    except psutil.Error:
        pass
    return total


def scores(folder: Path) -> dict[tuple[str, str], float | None]:
    """What each student got for each cell."""
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        return {
            (submission.student.id, mark.name): mark.auto_score
            for assignment in gradebook.assignments
            for submission in assignment.submissions
            for notebook in submission.notebooks
            for mark in notebook.grades
        }


def compare(assignment: str, count: int, rounds: int, root: Path) -> None:
    """Grade one class in every way, by turns, and print what it took."""
    origin = prepare(root / "origin", HOME, [assignment])
    class_of(origin, assignment, count, rounds)
    folders = {way: root / f"way{number}" for number, way in enumerate(WAYS[:3])}
    for way, folder in folders.items():
        shutil.copytree(origin.root, folder)
        if way == WAYS[0]:
            (folder / "nbgrader_config.py").write_text(PLAIN, encoding="utf-8")
            line = [sys.executable, "-m", "nbgrader", "generate_assignment", assignment, "--force"]
            subprocess.run(line, cwd=folder, check=True, capture_output=True)
        else:
            shutil.copy(HOME / "nbgrader_config.py", folder)
    folders[WAYS[3]] = folders[WAYS[2]]
    costs = {way: Cost() for way in WAYS}
    for turn in range(rounds):
        students = f"round{turn}-*"
        each = len(list((origin.root / "submitted").glob(students)))
        turned = [*WAYS[:3][turn % 3 :], *WAYS[:3][: turn % 3]]
        for way in [*turned, WAYS[3]]:  # the store is full of what two workers have done in this round
            wall, processor, most = measured(command(way, assignment, folders[way], students), folders[way])
            cost = costs[way]
            cost.wall.append(wall / each)
            cost.processor.append(processor / each)
            cost.memory = max(cost.memory, most)
            print(f"  round {turn + 1}: {way}: {wall / each:.2f} s, {processor / each:.2f} s of processor", flush=True)
    print(f"\n{assignment}: {count} submissions in {rounds} rounds, a submission (means; ratios to plain of means)\n")
    print("| way | wall s | ratio | processor s | ratio | memory MB |\n| --- | --- | --- | --- | --- | --- |")
    plain = costs[WAYS[0]]
    for way, cost in costs.items():
        wall, processor = statistics.mean(cost.wall), statistics.mean(cost.processor)
        ratios = statistics.mean(plain.wall) / wall, statistics.mean(plain.processor) / processor
        print(f"| {way} | {wall:.2f} | {ratios[0]:.1f} | {processor:.2f} | {ratios[1]:.1f} | {cost.memory / 1e6:.0f} |")
    grades = {way: scores(folder) for way, folder in folders.items()}
    for way in WAYS[1:3]:
        differ = sorted(key for key in grades[WAYS[0]] if grades[WAYS[0]][key] != grades[way].get(key))
        examples = f": {', '.join(f'{student} {cell}' for student, cell in differ[:6])}" if differ else ""
        print(f"\n{way}: {len(grades[way])} grades, {len(differ)} other than plain{examples}")


def growth(count: int, root: Path) -> None:
    """Grade so many small submissions, each another one, in one run, and print seconds and memory on the way."""
    course = Course(Path(shutil.copytree(TINY, root / "growth")))
    build(course, "1-tiny")
    released = read(course.release / "1-tiny" / "tiny.ipynb")
    solved = read(course.source / "1-tiny" / "tiny.ipynb")
    answer = {grade_id(cell): cell.source for cell in solved.cells}
    for number in range(count):
        notebook = copy.deepcopy(released)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code":
                cell.source = f"# {number}\n{answer[grade_id(cell)]}"
        folder = course.root / "submitted" / f"s{number:05d}" / "1-tiny"
        folder.mkdir(parents=True)
        (folder / "tiny.ipynb").write_text(canonical(notebook), encoding="utf-8")
    line = [sys.executable, "-m", "ci.bench.grade", "--grow", str(course.root)]
    subprocess.run(line, check=True, cwd=HOME)


def grow(root: Path) -> None:
    """Grade what was handed in there with two workers, in this process, telling seconds and memory on the way."""
    marks = {1, 10, 30, *(step * 10**power for power in (2, 3, 4) for step in (1, 2, 5))}

    def watch(ready: Iterable[Any]) -> Iterator[Any]:
        start = last = time.perf_counter()
        spent, before = _spent(), 0
        print("| graded | s a submission since then | processor s a submission | memory MB | of this process |")
        print("| --- | --- | --- | --- | --- |")
        total = len(ready)  # type: ignore[arg-type]  # grade gives something that has a length
        for number, each in enumerate(ready):
            yield each
            if number + 1 in marks or number + 1 == total:
                now, used = time.perf_counter(), _spent()
                new = number + 1 - before
                own = psutil.Process().memory_info().rss
                print(
                    f"| {number + 1} | {(now - last) / new:.3f} | {(used - spent) / new:.3f} "
                    f"| {memory(os.getpid()) / 1e6:.0f} | {own / 1e6:.0f} |",
                    flush=True,
                )
                last, spent, before = now, used, number + 1
        print(f"\n{total} submissions in {time.perf_counter() - start:.0f} s", flush=True)

    grade(Course(root), "1-tiny", watch=watch, workers=2)


def _spent() -> float:
    """Processor seconds of this process and of all below it, the living ones too."""
    total = 0.0
    for each in [psutil.Process(), *psutil.Process().children(recursive=True)]:
        try:
            total += sum(each.cpu_times()[:4])
        except psutil.Error:
            continue
    return total


def main(arguments: list[str]) -> int:
    """Compare, then grow."""
    parser = argparse.ArgumentParser(prog="python3 -m ci bench grade", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("assignments", nargs="*", help="4 and 1 unless named")
    parser.add_argument("--count", type=int, default=40, help="submissions of each")
    parser.add_argument("--rounds", type=int, default=2, help="in which they are graded, by turns")
    parser.add_argument("--growth", type=int, default=10_000, help="small submissions in one long run; 0 for none")
    parser.add_argument("--grow", default="", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.grow:
        grow(Path(options.grow))
        return 0
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", PYTHONHASHSEED="0")
    place = HOME / "build" / "bench"  # not a temporary folder, which the sandbox hides
    place.mkdir(parents=True, exist_ok=True)
    for assignment in options.assignments or ASSIGNMENTS * (options.count > 0):
        with tempfile.TemporaryDirectory(dir=place) as root:
            compare(Course().named(assignment), options.count, options.rounds, Path(root))
    if options.growth:
        with tempfile.TemporaryDirectory(dir=place) as root:
            growth(options.growth, Path(root))
    print(json.dumps({"processors": os.cpu_count(), "load": os.getloadavg()}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
