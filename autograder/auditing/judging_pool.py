"""Many judgements: on all processors, each kept as soon as it is made, so that a run that was stopped goes on later."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from autograder import HOME
from autograder.auditing.exercise import Exercise
from autograder.problem import Problem, unwritten

__all__ = ["Job", "Jury", "package_digest"]

CHUNK = 30  # answers that one process is given at a time
# What an outcome depends on, beside the course's cells: the instruments and the judge itself.
PARTS = (
    "cs231n_lite",
    "autograder/auditing/judging_worker.py",
    "autograder/auditing/checkpoints.py",
    "autograder/notebooks/name_flow.py",
)


@dataclass(frozen=True)
class Job:
    """One answer, of one cell or several, to judge: by the visible tests or all, perhaps with other seeds.

    A `seed` of None leaves the tests' own; `without` are the lines of checkpoints that are left out. A `patient` judge
    gives it the time that students' answers have.
    """

    exercise: Exercise
    answer: tuple[str, ...]
    visible: bool = False
    seed: int | None = None
    without: tuple[int, ...] = ()
    patient: bool = False
    threads: int = 1
    hash_seed: int = 0

    @property
    def key(self) -> str:
        """What tells it from every other judgement of its exercise."""
        told = (self.answer, self.visible, self.seed, self.without, self.patient, self.threads, self.hash_seed)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:24]


def package_digest(parts: Iterable[str] = PARTS) -> str:
    """A short name for the code that judges, and for the versions of Python and numpy."""
    told = hashlib.sha256(f"{sys.version_info[:2]} {np.__version__}".encode())
    for part in parts:
        place = HOME / part
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            told.update(path.read_bytes())
    return told.hexdigest()[:20]


@dataclass
class _Kept:
    """The outcomes of one exercise that are known, in a file that grows by a line with each."""

    path: Path
    stamp: str
    known: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            lines = self.path.read_text(encoding="utf-8").split("\n")
            if lines[0] == self.stamp:
                for line in lines[1:]:
                    with contextlib.suppress(ValueError):  # the last line of a run that was killed
                        key, outcome = json.loads(line)
                        self.known[key] = outcome
                return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.stamp + "\n", encoding="utf-8")

    def keep(self, key: str, outcome: dict[str, Any]) -> None:
        self.known[key] = outcome
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([key, outcome]) + "\n")


class Jury:
    """Judges jobs by `workers` processes at a time; outcomes are kept in the folder `cache`."""

    def __init__(self, cache: Path, workers: int = 2) -> None:
        self.cache, self.workers = cache, workers
        self.stamp = package_digest()
        self.kept: dict[tuple[str, str], _Kept] = {}
        self.judged = 0  # those that were not known before

    def outcomes(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, dict[str, Any]]]:
        """Yield (job, outcome) as they are known, in no fixed order; raises Problem where an exercise cannot be run."""
        waiting = []
        for job in jobs:
            known = self._of(job.exercise).known.get(job.key)
            if known is None:
                waiting.append(job)
            else:
                yield job, known
        if not waiting:
            return
        chunks = list(_chunks(waiting))
        todo: queue.SimpleQueue[list[Job]] = queue.SimpleQueue()
        for chunk in chunks:
            todo.put(chunk)
        found: queue.SimpleQueue[Any] = queue.SimpleQueue()
        hands = [_Hand(todo, found) for _ in range(min(self.workers, len(chunks)))]
        try:
            for hand in hands:
                hand.start()
            for _ in range(len(waiting)):
                got = found.get()
                if isinstance(got, Exception):
                    raise got
                job, outcome = got
                self._of(job.exercise).keep(job.key, outcome)
                self.judged += 1
                yield job, outcome
        except OSError as error:
            raise Problem(unwritten(error, self.cache)) from None
        finally:
            for hand in hands:
                hand.stop()

    def _of(self, exercise: Exercise) -> _Kept:
        place = (exercise.assignment, exercise.slug)
        if place not in self.kept:
            path = self.cache / exercise.assignment / f"{exercise.slug}.jsonl"
            self.kept[place] = _Kept(path, f"{self.stamp} {exercise.digest}")
        return self.kept[place]


def _chunks(jobs: list[Job]) -> Iterator[list[Job]]:
    """Jobs that one process can take together: of one exercise and one setting, not too many at a time."""
    order = {job: number for number, job in enumerate(jobs)}

    def together(job: Job) -> Any:
        return job.threads, job.hash_seed, job.exercise.assignment, job.exercise.slug

    for _, group in groupby(sorted(order, key=together), key=together):
        held = sorted(group, key=order.__getitem__)
        for start in range(0, len(held), CHUNK):
            yield held[start : start + CHUNK]


class _Hand(threading.Thread):
    """Takes chunks of jobs and has them judged by a process of its own."""

    def __init__(self, todo: queue.SimpleQueue[list[Job]], found: queue.SimpleQueue[Any]) -> None:
        super().__init__(daemon=True)
        self.todo, self.found = todo, found
        self.process: subprocess.Popen[str] | None = None
        self.set_to: tuple[int, int] | None = None
        self.ready: Exercise | None = None
        self.stopped = False

    def run(self) -> None:
        try:
            while not self.stopped:
                try:
                    chunk = self.todo.get_nowait()
                except queue.Empty:
                    return
                for job in chunk:
                    self.found.put((job, self._judged(job)))
        except Exception as error:
            if not self.stopped:
                self.found.put(error)
        finally:
            self._end()

    def stop(self) -> None:
        """End the process at once; what it was doing is not told."""
        self.stopped = True
        self._end()

    def _judged(self, job: Job) -> dict[str, Any]:
        for last in (False, True):
            try:
                self._prepare(job)
                asked = {name: getattr(job, name) for name in ("answer", "visible", "seed", "without", "patient")}
                return self._ask(asked, job.exercise)
            except (OSError, ValueError):
                self._end()  # the process was ended from outside: once more, in a new one
                if last or self.stopped:
                    raise Problem(
                        f"{job.exercise.slug}: the process that judges was ended twice; is there memory for it?"
                    ) from None
        raise AssertionError  # the loop returns or raises

    def _prepare(self, job: Job) -> None:
        if self.process is None or self.set_to != (job.threads, job.hash_seed):
            self._end()
            threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(job.threads))
            environment = os.environ | threads | {"PYTHONHASHSEED": str(job.hash_seed), "MPLBACKEND": "agg"}
            self.process = subprocess.Popen(
                [sys.executable, "-m", "autograder.auditing.judging_worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                cwd=HOME,
                env=environment,
                start_new_session=True,  # Ctrl-C is for the process that asks; it ends this one
            )
            self.set_to, self.ready = (job.threads, job.hash_seed), None
        if self.ready is not job.exercise:
            own = job.exercise
            told = {name: getattr(own, name) for name in ("assignment", "notebook", "slug", "most", "cells")}
            self._ask({"exercise": told | {"hidden": sorted(own.hidden)}}, own)
            self.ready = own

    def _ask(self, message: dict[str, Any], exercise: Exercise) -> dict[str, Any]:
        process = self.process
        assert process is not None and process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
        reply: dict[str, Any] = json.loads(process.stdout.readline())
        if "broken" in reply:
            raise Problem(f"{exercise.assignment}: {exercise.slug} cannot be judged: {reply['broken']}")
        return reply

    def _end(self) -> None:
        process, self.process, self.ready = self.process, None, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
