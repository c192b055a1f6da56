"""The three ways to show pictures, over the whole corpus: `python3 -m ci bench pictures`.

Every answer of an assignment's corpus is handed in once, in as many submissions as its longest exercise has answers,
run beforehand as students run theirs. They are graded with `c.Examine.pictures` set to "handed-in", "drawn" and "none",
each from an empty store. Told are wall and processor seconds a submission, their ratios to "none", and each point that
another way gives otherwise; it ends with 1 if there is one.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from autograder import HOME
from autograder.corpus.answers import answers
from autograder.corpus.hand_in import HandIn, hand_in
from autograder.course import Course
from autograder.demo import prepare
from autograder.examining.pictures import MODES
from autograder.submission import Submission
from ci.bench.grading.cost import measured
from ci.bench.grading.points import Scores, differences, scores
from ci.bench.grading.scratch import scratch
from ci.bench.grading.students import executed

__all__ = ["corpus_of", "main"]

PLAINEST = "none"


def corpus_of(assignment: str) -> list[HandIn]:
    """Return hand-ins that hold each answer of the corpus once; what an exercise has no answer for is solved."""
    by_slug = {slug: list(own_answers) for slug, own_answers in answers(assignment).items()}
    most = max(map(len, by_slug.values()))
    return [
        HandIn({slug: names[number] for slug, names in by_slug.items() if number < len(names)})
        for number in range(most)
    ]


def compare(assignment: str, root: Path, most: int) -> bool:
    """Grade the corpus in each way, and print what it took; return whether all points are the same."""
    course = prepare(root / "origin", HOME, [assignment])
    class_ = corpus_of(assignment)[:most]
    students = [Submission(course, assignment, f"c-{number:03d}") for number in range(len(class_))]
    for student, answered in zip(students, class_, strict=True):
        hand_in(student, answered)
    executed(students)
    seconds, points = {}, dict[str, Scores]()
    for mode in MODES:
        folder = root / mode
        shutil.copytree(course.root, folder)
        settings = (HOME / "nbgrader_config.py").read_text(encoding="utf-8")
        (folder / "nbgrader_config.py").write_text(f'{settings}\nc.Examine.pictures = "{mode}"\n', encoding="utf-8")
        run = measured([sys.executable, "-m", "autograder", "grade", assignment, "--course", str(folder)], HOME)
        seconds[mode] = run.wall / len(students), run.processor / len(students)
        points[mode] = scores(f"sqlite:///{folder}/gradebook.db", "c-")
    return _told(assignment, len(students), seconds, points)


def _told(assignment: str, count: int, seconds: dict[str, tuple[float, float]], points: dict[str, Scores]) -> bool:
    print(f"\n| {assignment}, {count} submissions | wall s | processor s | ratio | points | other than {PLAINEST} |")
    print("| --- | --- | --- | --- | --- | --- |")
    same = True
    for mode, (wall, processor) in seconds.items():
        others = differences(points[PLAINEST], points[mode])
        ratio = processor / seconds[PLAINEST][1]
        print(f"| {mode} | {wall:.2f} | {processor:.2f} | {ratio:.2f} | {len(points[mode])} | {len(others)} |")
        for student, name in others:
            now, was = points[mode].get((student, name)), points[PLAINEST].get((student, name))
            print(f"  - {mode}: {student} {name}: {now}, {PLAINEST} {was}", file=sys.stderr)
        same = same and not others and bool(points[mode])
    return same


def main(arguments: list[str]) -> int:
    """Compare, and return 1 where any points differ."""
    parser = argparse.ArgumentParser(prog="python3 -m ci bench pictures", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("assignments", nargs="*", help="all of them, unless named")
    parser.add_argument("--most", type=int, default=1000, help="so many submissions of each, at most")
    options = parser.parse_args(arguments)
    same = True
    for assignment in [Course().named(name) for name in options.assignments] or Course().assignments():
        with scratch() as root:
            same = compare(assignment, root, options.most) and same
    return 0 if same else 1
