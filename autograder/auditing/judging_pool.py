"""Many judgements: on all processors, each kept as soon as it is made, so that a run that was stopped goes on later."""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Any

import numpy as np

from autograder import HOME
from autograder.auditing.exercise import Exercise
from autograder.problem import Problem, unwritten

__all__ = ["Job", "Jury", "package_digest"]

CHUNK = 30  # answers that one process is given at a time
RESTING = 12  # processes that wait for more, at most: two of each setting that seeds are judged in
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
        parts = (self.answer, self.visible, self.seed, self.without, self.patient, self.threads, self.hash_seed)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def package_digest(parts: Iterable[str] = PARTS) -> str:
    """A short name for the code that judges, and for the versions of Python and numpy."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {np.__version__}".encode())
    for part in parts:
        place = HOME / part
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


@dataclass
class _Outcomes:
    """The outcomes of one exercise that are known, in a file that grows by a line with each."""

    path: Path
    stamp: str
    by_key: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            lines = self.path.read_text(encoding="utf-8").split("\n")
            if lines[0] == self.stamp:
                for line in lines[1:]:
                    with contextlib.suppress(ValueError):  # the last line of a run that was killed
                        key, outcome = json.loads(line)
                        self.by_key[key] = outcome
                return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.stamp + "\n", encoding="utf-8")

    def keep(self, key: str, outcome: dict[str, Any]) -> None:
        self.by_key[key] = outcome
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([key, outcome]) + "\n")


class Jury:
    """Judges jobs by `workers` processes at a time; outcomes are kept in the folder `cache`."""

    def __init__(self, cache: Path, workers: int = 2) -> None:
        self.cache, self.workers = cache, workers
        self.stamp = package_digest()
        self.files: dict[tuple[str, str], _Outcomes] = {}
        self.judged = 0  # those that were not known before

    def outcomes(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, dict[str, Any]]]:
        """Yield (job, outcome) as they are known, in no fixed order; raises Problem where an exercise cannot be run."""
        waiting = []
        for job in jobs:
            outcome = self._of(job.exercise).by_key.get(job.key)
            if outcome is None:
                waiting.append(job)
            else:
                yield job, outcome
        try:
            for job, outcome in _judgements(list(_chunks(waiting)), self.workers):
                self._of(job.exercise).keep(job.key, outcome)
                self.judged += 1
                yield job, outcome
        except OSError as error:
            raise Problem(unwritten(error, self.cache)) from None

    def _of(self, exercise: Exercise) -> _Outcomes:
        place = (exercise.assignment, exercise.slug)
        if place not in self.files:
            path = self.cache / exercise.assignment / f"{exercise.slug}.jsonl"
            self.files[place] = _Outcomes(path, f"{self.stamp} {exercise.digest}")
        return self.files[place]


def _chunks(jobs: list[Job]) -> Iterator[list[Job]]:
    """Jobs that one process can take together: of one exercise and one setting, not too many at a time."""
    order = {job: number for number, job in enumerate(jobs)}

    def together(job: Job) -> Any:
        return job.threads, job.hash_seed, job.exercise.assignment, job.exercise.slug

    for _, group in groupby(sorted(order, key=together), key=together):
        alike = sorted(group, key=order.__getitem__)
        for start in range(0, len(alike), CHUNK):
            yield alike[start : start + CHUNK]


def _judgements(chunks: list[list[Job]], most: int) -> Iterator[tuple[Job, dict[str, Any]]]:
    """Every job's outcome as soon as it is there, by at most so many processes."""
    if not chunks:
        return
    todo = iter(chunks)
    # Whoever is through with a chunk takes the next one: jobs of a chunk go to one process, which has it ready.
    jobs = {_Worker(): chain.from_iterable(todo) for _ in range(min(most, len(chunks)))}
    running: dict[Future[dict[str, Any]], tuple[_Worker, Job]] = {}
    try:
        with ThreadPoolExecutor(len(jobs)) as pool:
            try:
                idle = list(jobs)
                while idle or running:
                    for worker in idle:
                        for job in islice(jobs[worker], 1):
                            running[pool.submit(worker.judged, job)] = worker, job
                    done = [(future.result(), *running.pop(future)) for future in _next_done(running)]
                    idle = [worker for _, worker, _ in done]
                    yield from ((job, outcome) for outcome, _, job in done)
                for worker in jobs:
                    worker.rest()
            finally:  # or the pool would wait for what they are doing
                _stop(jobs)
    finally:  # a process that was started meanwhile
        _stop(jobs)


def _next_done(running: Iterable[Future[Any]]) -> Iterable[Future[Any]]:
    return wait(running, return_when=FIRST_COMPLETED).done


def _stop(workers: Iterable[_Worker]) -> None:
    for worker in workers:
        worker.stop()


# What is through with its jobs waits here for others of its setting: a start takes as long as many judgements.
_resting: list[tuple[tuple[int, int], subprocess.Popen[str]]] = []


@atexit.register
def _dismiss() -> None:
    while _resting:
        _ended(_resting.pop()[1])


def _rested(setting: tuple[int, int]) -> subprocess.Popen[str] | None:
    """A process of this setting that waits and still runs, which is taken away from the others."""
    for entry in [entry for entry in _resting if entry[0] == setting]:
        with contextlib.suppress(ValueError):  # another thread took it
            _resting.remove(entry)
            if entry[1].poll() is None:
                return entry[1]
            _ended(entry[1])
    return None


def _ended(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


class _Worker:
    """Has jobs judged, one at a time, by a process of its own."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.setting: tuple[int, int] | None = None
        self.ready: Exercise | None = None
        self.stopped = False

    def stop(self) -> None:
        """End the process at once; what it was doing is not told."""
        self.stopped = True
        self._end()

    def rest(self) -> None:
        """Leave the process, which is through with what it was asked, to whoever needs one of its setting."""
        if self.process is None or self.setting is None or self.stopped or len(_resting) >= RESTING:
            self._end()
            return
        _resting.append((self.setting, self.process))
        self.process, self.ready = None, None

    def judged(self, job: Job) -> dict[str, Any]:
        """The outcome of a job; raises Problem where its exercise cannot be run."""
        for last in (False, True):
            try:
                self._prepare(job)
                question = {name: getattr(job, name) for name in ("answer", "visible", "seed", "without", "patient")}
                return self._ask(question, job.exercise)
            except (OSError, ValueError):
                self._end()  # the process was ended from outside: once more, in a new one
                if last or self.stopped:
                    raise Problem(
                        f"{job.exercise.slug}: the process that judges was ended twice; is there memory for it?"
                    ) from None
        raise AssertionError  # the loop returns or raises

    def _prepare(self, job: Job) -> None:
        setting = (job.threads, job.hash_seed)
        if self.process is None or self.setting != setting:
            self.rest()
            self.process, self.setting = _rested(setting), setting
        if self.process is None:
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
        if self.ready is not job.exercise:
            fields = {name: getattr(job.exercise, name) for name in ("assignment", "notebook", "slug", "most", "cells")}
            self._ask({"exercise": fields | {"hidden": sorted(job.exercise.hidden)}}, job.exercise)
            self.ready = job.exercise

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
            _ended(process)
