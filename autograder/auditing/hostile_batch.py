"""The hostile submissions as a part of the audit: all of them graded for real, between two honest ones."""

from __future__ import annotations

import concurrent.futures
import contextlib
import hashlib
import json
import multiprocessing
import os
import select
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from autograder.building.build import build
from autograder.corpus.attacks import ASSIGNMENT, COURSE, NOTEBOOK, Attack, Place, attacks, hand_in
from autograder.corpus.hand_in import HandIn
from autograder.corpus.hand_in import hand_in as hand_in_honestly
from autograder.course import Course
from autograder.grading.grade import grade
from autograder.grading.results import results
from autograder.grading.table import table
from autograder.notebooks.notebook import read
from autograder.submission import Submission

__all__ = [
    "CELL",
    "HONEST",
    "WHOLE",
    "Batch",
    "Outcome",
    "amiss",
    "attacked",
    "graded",
    "listening",
    "made",
    "opened",
    "withstood",
]

BATCHES = 2  # side by side


@contextlib.contextmanager
def graded(means: str = "", chosen: Iterable[str] = ()) -> Iterator[list[Batch]]:
    """Grade every attack of the list, or those `chosen` by name; what came of it, in batches.

    Their folders are there meanwhile. `means` confines them, in place of the best there is.
    """
    names = list(chosen) or list(attacks())
    # Not where only the owner may enter: that would hold an attack back, and not the box.
    with (
        tempfile.TemporaryDirectory(prefix="hostile-", dir="/var/tmp") as folder,
        concurrent.futures.ProcessPoolExecutor(BATCHES, multiprocessing.get_context("spawn")) as workers,
    ):
        Path(folder).chmod(0o755)
        roots = [Path(folder, str(turn)) for turn in range(BATCHES)]
        parts = [names[turn::BATCHES] for turn in range(BATCHES)]
        yield list(workers.map(attacked, roots, parts, [means] * BATCHES))


def withstood() -> dict[str, str]:
    """Grade every attack of the list; return its name -> what is off with what came of it, "" where nothing is."""
    with graded() as batches:
        outcomes = {name: outcome for batch in batches for name, outcome in batch.outcomes.items()}
    return {name: amiss(attack, outcomes.get(name)) for name, attack in attacks().items()}


def amiss(attack: Attack, outcome: Outcome | None) -> str:
    """Return in words what is off with what came of an attack, or ""."""
    if outcome is None:
        return "was not graded"
    if outcome.points != attack.points:
        return f"got {outcome.points}, and its honest work is worth {attack.points}"
    if outcome.marks:
        return f"left {', '.join(outcome.marks)}"
    if attack.severity and all(note["severity"] != attack.severity for note in outcome.notes):
        return f"is not told as {attack.severity} in the tamper report"
    return ""


HONEST = ("ada", "zoe")  # before and after all attacks
# Short enough to wait for time bombs; the honest work takes some tenths of a second, on a busy machine some seconds.
CELL, WHOLE = 6.0, 90.0
SETTINGS = f"c = get_config()\nc.Examine.timeout = {CELL}\nc.Examine.total = {WHOLE}\nc.Examine.memory = 400 << 20\n"
HIDDEN = ("other numbers", "another length", "error of rounding")  # words of course/'s hidden tests
SHARED = ("/tmp", "/var/tmp", "/dev/shm")


@dataclass
class Outcome:
    """What came of one hostile submission: points, verdicts, notes of the tamper report, and marks that it left."""

    points: dict[str, float]
    verdicts: dict[str, str]
    notes: list[dict[str, str]]
    marks: list[str]
    seconds: float = 0.0


@dataclass
class Batch:
    """One batch: what came of each submission, what changed in the course, and what the instructor saw.

    `leaked` are answers whose outputs hold a line of the hidden tests, `sizes` the bytes of each graded notebook.
    """

    outcomes: dict[str, Outcome]
    changed: list[str] = field(default_factory=list)
    table: str = ""
    leaked: list[str] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)


def made(root: Path) -> Course:
    """Make the course, built and with the two honest submissions."""
    shutil.copytree(COURSE, root, dirs_exist_ok=True)
    course = Course(root)
    build(course, ASSIGNMENT)
    for student in HONEST:
        hand_in_honestly(Submission(course, ASSIGNMENT, student), HandIn())
    return course


def opened(folder: Path) -> Path:
    """Let everybody read and write all of a folder, so that what holds an attack back is not another user's rights."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink() and (path.is_dir() or path.is_file()):
            path.chmod(0o777 if path.is_dir() else 0o666)
    return folder


@contextlib.contextmanager
def listening(markers: Path, names: Iterable[str]) -> Iterator[int]:
    """Listen on a port of this machine, by TCP, UDP and as an abstract Unix address; who is heard gets a marker."""
    names_by_word = {name.encode(): name for name in names}
    stop, stopped = os.pipe()
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        port = int(tcp.getsockname()[1])
        udp.bind(("127.0.0.1", port))
        unix.bind(f"\0attack-{port}")
        unix.listen()

        def hear() -> None:
            while True:
                ready = select.select([tcp.fileno(), udp.fileno(), unix.fileno(), stop], [], [])[0]
                if stop in ready:
                    return
                for end in (end for end in (tcp, udp, unix) if end.fileno() in ready):
                    heard = b""
                    with contextlib.suppress(OSError):
                        caller = end if end is udp else end.accept()[0]
                        caller.settimeout(1.0)
                        heard = caller.recv(1000)
                        if caller is not udp:
                            caller.close()
                    for name in (name for word, name in names_by_word.items() if word in heard):
                        (markers / name).touch()

        listener = threading.Thread(target=hear)
        listener.start()
        try:
            yield port
        finally:
            os.write(stopped, b"!")
            listener.join()
            os.close(stop)
            os.close(stopped)


def attacked(root: Path, names: Iterable[str], means: str = "") -> Batch:
    """Grade these attacks in one batch between two honest submissions in the folder `root`; `names` of attacks()."""
    by_name = attacks()
    chosen: list[Attack] = [by_name[name] for name in names]
    course = made(root / "course")
    (course.root / "nbgrader_config.py").write_text(
        f"{SETTINGS}c.Examine.means = {means!r}\nc.Examine.unsafe = {means == 'none'}\n", encoding="utf-8"
    )
    markers = root / "markers"
    markers.mkdir()
    with listening(markers, [attack.name for attack in chosen]) as port:
        place = Place(markers, course.root, port)
        for attack in chosen:
            hand_in(Submission(course, ASSIGNMENT, attack.name), attack, place)
        grade(course, ASSIGNMENT, HONEST[0])
        opened(root)
        honest = {name: Submission(course, ASSIGNMENT, name) for name in HONEST}
        folders = {"source": course.source, **{name: one.submitted.parent for name, one in honest.items()}}
        folders["autograded/ada"] = honest[HONEST[0]].autograded.parent
        before = {name: _print(path) for name, path in folders.items()}
        took: dict[str, float] = {}

        def watch(students: Iterable[str]) -> Iterator[str]:
            for student in students:
                if student == HONEST[0]:
                    continue
                start = time.monotonic()
                yield student
                took[student] = time.monotonic() - start

        graded = grade(course, ASSIGNMENT, watch=watch)
    graded[HONEST[0]] = results(honest[HONEST[0]])  # as the gradebook has it now
    outcomes = {}
    for name, student in graded.items():
        points = {slug: exercise.points or 0.0 for slug, exercise in student.exercises.items()}
        verdicts = {slug: exercise.verdict for slug, exercise in student.exercises.items()}
        outcomes[name] = Outcome(points, verdicts, student.tamper, marks(root, name), took.get(name, 0.0))
    changed = [name for name, path in folders.items() if _print(path) != before[name]]
    done = {name: Submission(course, ASSIGNMENT, name).autograded / NOTEBOOK for name in graded}
    done = {name: path for name, path in done.items() if path.is_file()}
    leaked = [name for name, path in done.items() if _leaks(path)]
    return Batch(outcomes, changed, table(graded), leaked, {name: path.stat().st_size for name, path in done.items()})


def _leaks(path: Path) -> bool:
    """Whether an output of the student's holds a line that only a hidden test has."""
    own = [
        cell
        for cell in read(path).cells
        if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("grade")
    ]
    outputs = json.dumps([cell.outputs for cell in own])
    return any(line in outputs for line in HIDDEN)


def marks(root: Path, name: str) -> list[str]:
    """Return the marks that an attack left outside of its box; those in shared folders are removed."""
    paths = [path for path in (root / "markers").glob("*") if path.name == name]
    paths += [path for place in SHARED for path in Path(place).glob(f"attack-{name}")]
    for path in paths:
        path.unlink()
    folder = Submission(Course(root / "course"), ASSIGNMENT, name).submitted
    beside = [folder.parent / "imported", folder.parent / "read", folder / "started"]
    paths += [path for path in beside if path.exists()]
    return [str(path) for path in paths]


def _print(folder: Path) -> dict[str, str]:
    """A fingerprint of all files below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


if __name__ == "__main__":
    print(json.dumps(asdict(attacked(Path(sys.argv[1]), sys.argv[3:], sys.argv[2]))))
