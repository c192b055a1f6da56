"""The attack list under ours and under plain nbgrader, one row an attack: `python3 -m ci bench hostile [--write]`.

Ours is one batch as a course grades it. Plain is nbgrader alone, with its own lists of preprocessors and its own
Execute, on the same course and really attacked: each submission by itself, in a box that holds a throw-away course
folder, home and /tmp, for at most a minute and a half. An honest student is graded after a hostile file, to see whether
the batch goes on. Returns 1 where an attack gains or leaves anything under ours, or is not reported.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import datetime
import importlib.metadata
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from autograder.auditing.hostile_batch import CELL, HONEST, WHOLE, Batch, attacked, listening, made, opened
from autograder.corpus.attacks import ASSIGNMENT, POINTS, Attack, Place, attacks, hand_in
from autograder.course import Course
from autograder.grading.grade import register
from autograder.submission import Submission
from ci.environment import ROOT

__all__ = ["main"]

RESULTS = ROOT / "ci" / "bench" / "results" / "hostile.md"
PLAIN = "c = get_config()\nc.CourseDirectory.course_id = 'plain'\nc.Execute.timeout = 8\n"
SECONDS = 90
NAME, AGAIN = "mallory", HONEST[1]  # who attacks, and who is graded after a hostile file


@dataclass
class Plain:
    """What came of an attack under plain nbgrader: points (None: not graded), marks, and how the batch ended."""

    points: dict[str, float] | None
    marks: bool
    end: str


def ours(names: list[str]) -> dict[str, Batch]:
    """Grade all attacks in one batch a core; return name -> the batch that it was in."""
    shards = [names[turn::2] for turn in range(2)]
    batches: dict[str, Batch] = {}
    with (
        tempfile.TemporaryDirectory(dir="/var/tmp") as folder,
        concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as workers,
    ):
        Path(folder).chmod(0o755)
        roots = [Path(folder, str(turn)) for turn in range(2)]
        for shard, batch in zip(shards, workers.map(attacked, roots, shards), strict=True):
            batches |= dict.fromkeys(shard, batch)
    return batches


def plain(attack: Attack, template: Path) -> Plain:
    """Let plain nbgrader grade one attack in a folder of its own."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        root = Path(folder)
        course, markers = root / "course", root / "markers"
        shutil.copytree(template, course)
        markers.mkdir()
        (course / "nbgrader_config.py").write_text(PLAIN, encoding="utf-8")
        before = _neighbours(course)
        with listening(markers, [attack.name]) as port:
            hand_in(Submission(Course(course), ASSIGNMENT, NAME), attack, Place(markers, course, port))
            opened(root)
            end = _autograde(course, markers, attack.name, "*" if attack.file else NAME)
        points = _points(course, NAME)
        if not end and attack.file and _points(course, AGAIN) != POINTS:
            end = "stops"
        if _neighbours(course) != before:
            end = "spoils a neighbour's work"
        marked = any(markers.iterdir()) or any(course.glob(f"submitted/{NAME}/[ir]*"))
    return Plain(points, marked, end)


def _autograde(course: Path, markers: Path, name: str, student: str) -> str:
    """Run nbgrader in a box; return "hangs" if it had to be ended."""
    box = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/run"]
    box += ["--bind", str(course), str(course), "--bind", str(markers), str(markers), "--chdir", str(course)]
    box += ["--unshare-pid", "--unshare-ipc", "--die-with-parent", "--new-session", "--setenv", "HOME", "/tmp/home"]
    graded = f"{sys.executable} -m nbgrader autograde {ASSIGNMENT} --student='{student}' --force"
    marked = f"for place in /tmp /dev/shm; do [ -e $place/attack-{name} ] && touch {markers}/shared; done"
    # What was left to run on has two more seconds to leave its mark.
    script = f"mkdir -p /tmp/home; {graded}; sleep 2; {marked}"
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path}
    try:
        subprocess.run([*box, "sh", "-c", script], env=environment, timeout=SECONDS, capture_output=True)
    except subprocess.TimeoutExpired:
        return "hangs"
    return ""


def _points(course: Path, student: str) -> dict[str, float] | None:
    try:
        with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
            entry = book.find_submission(ASSIGNMENT, student)
            if not (course / "autograded" / student / ASSIGNMENT / "target.ipynb").exists():
                return None
            return {grade.name.removesuffix("-test"): grade.score for book in entry.notebooks for grade in book.grades}
    except MissingEntry:
        return None


def _neighbours(course: Path) -> list[bytes]:
    return [
        path.read_bytes()
        for place in ("source", *(f"submitted/{name}" for name in HONEST))
        for path in sorted((course / place).rglob("*.ipynb"))
        if path.is_file()
    ]


def main(arguments: list[str]) -> int:
    """Print the matrix; return 1 where an attack got anywhere under ours."""
    parser = argparse.ArgumentParser(prog="python3 -m ci bench hostile", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", help="all of them, unless named")
    parser.add_argument("--write", action="store_true", help="keep the table in ci/bench/results/hostile.md")
    options = parser.parse_args(arguments)
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    by_name = attacks()
    names = options.names or list(by_name)
    if unknown := set(names) - set(by_name):
        print(f"no such attack: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    batches = ours(names)
    with tempfile.TemporaryDirectory() as folder:
        course = made(Path(folder, "course"))
        register(course, ASSIGNMENT, Path(folder, "log"))
        with concurrent.futures.ThreadPoolExecutor(2) as workers:
            theirs = list(workers.map(lambda name: plain(by_name[name], course.root), names))
    text = _table({name: (by_name[name], batches[name], result) for name, result in zip(names, theirs, strict=True)})
    print(text)
    if options.write:
        RESULTS.write_text(text, encoding="utf-8")
    return int(any(_failed(by_name[name], batches[name]) for name in names))


def _failed(attack: Attack, batch: Batch) -> bool:
    outcome = batch.outcomes[attack.name]
    silent = attack.severity and attack.severity not in {note["severity"] for note in outcome.notes}
    return bool(outcome.points != attack.points or outcome.marks or silent or batch.changed)


def _row(attack: Attack, batch: Batch, theirs: Plain) -> str:
    outcome = batch.outcomes[attack.name]
    worst = outcome.notes[0]["severity"] if outcome.notes else ""
    mark = "left a mark" if theirs.marks else ""
    cells = [_change(attack, outcome.points), "left a mark" if outcome.marks else "", worst]
    return "| " + " | ".join([attack.name, *cells, _change(attack, theirs.points), mark, theirs.end]) + " |"


def _change(attack: Attack, points: dict[str, float] | None) -> str:
    """What an attack gained, and what of its honest work it lost."""
    if points is None:
        return "not graded"
    honest = attack.points
    gained = sum(max(0.0, points.get(slug, 0.0) - most) for slug, most in honest.items())
    lost = sum(max(0.0, most - points.get(slug, 0.0)) for slug, most in honest.items())
    return ", ".join([f"**+{gained:g}**"] * (gained > 0) + [f"−{lost:g}"] * (lost > 0)) or "0"


def _table(results: dict[str, tuple[Attack, Batch, Plain]]) -> str:
    every = list(results.values())
    mine = [batch.outcomes[attack.name] for attack, batch, _ in every]
    due = [outcome for (attack, _, _), outcome in zip(every, mine, strict=True) if attack.severity]
    gained = [
        sum("+" in _change(attack, points) for (attack, _, _), points in zip(every, side, strict=True))
        for side in ([outcome.points for outcome in mine], [theirs.points for _, _, theirs in every])
    ]
    marked = [sum(bool(outcome.marks) for outcome in mine), sum(theirs.marks for _, _, theirs in every)]
    lost = sum(theirs.points is None for _, _, theirs in every)
    broke = sum(bool(theirs.end) for _, _, theirs in every)
    lines = [
        "# Hostile submissions, under ours and under plain nbgrader",
        "",
        f"{len(every)} submissions to a course of four exercises and {sum(POINTS.values()):g} points. Points are those "
        "beyond the honest work in a submission: **+1** was gained by the attack, −1 is honest work lost.",
        "",
        f"- ours: {gained[0]} gained points, {marked[0]} left a mark outside of their box; of {len(due)} that must be "
        f"in the tamper report {sum(bool(outcome.notes) for outcome in due)} are; the slowest took "
        f"{max(outcome.seconds for outcome in mine):.0f} s; limits were {CELL:g} s a cell and {WHOLE:g} s a notebook",
        f"- plain nbgrader: {gained[1]} gained points, {marked[1]} left a mark, {lost} were not graded at all, {broke} "
        "stopped the batch, hung it or spoiled a neighbour's work; it has no report. (Those that write on the wire by "
        "hand aim at ours; there they only break the kernel's own sockets.)",
        "",
        "| attack | ours: points | mark | reported | plain: points | mark | batch |",
        "|---|---|---|---|---|---|---|",
        *(_row(*entry) for entry in every),
        "",
        f"{datetime.date.today().isoformat()}, Python {sys.version.split()[0]}, "
        f"nbgrader {importlib.metadata.version('nbgrader')}.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
