"""Many submissions examined at once by Dask: on this machine's cores, or on the machines of a cluster.

    with Farm(workers=2) as farm:                       # or Farm(scheduler="tcp://…")
        for name, results in farm.run(tasks):           # tasks: (name, [bytes, …]); results: in the order of their ends
            …

A task is one submission, and its bytes are jobs (job.py); bytes come back, so no disk is shared. On this machine Dask's
workers are threads of the grader: whatever runs of a student's runs in processes of its own anyway, and what threads
share is loaded once. On a cluster a worker may be lost: Dask gives its submissions to another, and a submission that
was begun twice and not ended is not begun again.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import time
import traceback
import zlib
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any

from autograder.examining.job import unpacked
from autograder.examining.keys import packages, versions
from autograder.problem import Problem
from autograder.sandbox import scratch, warm

__all__ = ["Farm", "Lost", "cores", "examined", "packed"]

NAME = "cs231n-lite"  # of what is kept on the scheduler while a run lasts
TRIES = 2  # times that a submission may take its worker with it
PATIENCE = 60.0  # seconds without any worker after which nobody is expected to come
LARGEST = 1 << 30  # bytes of an answer
KINDS = {"lost": int, "unlike": dict, "refused": str, "failed": str, "filled": list}  # of what `examined` answers
AHEAD = 2  # submissions that wait for each worker, so that none of them waits for the next
# How Dask works on this machine: the page that it always opens has nothing on it, and it keeps no memory of its work,
# which would be more than all of a class's submissions.
HERE = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
    "distributed.admin.low-level-log-length": 10,
    "distributed.admin.log-length": 10,
    "distributed.diagnostics.computations.max-history": 1,
}


class Lost:
    """What comes back of a submission that ended every worker that began it."""


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def examined(jobs: list[bytes], expected: str, run: str, name: str) -> bytes:
    """Examine one submission where this is called, on a worker; return what its shelves were filled with, as bytes.

    `expected` is the hash of the packages that the grader has. Instead of results the answer is {"lost": …} where the
    submission has ended its workers before, {"unlike": …} where this machine has other packages than the grader,
    {"refused": …} where it cannot confine a student's process, or {"failed": …} for any other error.
    """
    from distributed import get_client

    if versions() != expected:
        return packed({"unlike": packages()})
    client = get_client()
    # Written to the scheduler before anything of the submission is touched here: a worker that dies tells nobody.
    place = [NAME, run, name]
    begun = client.get_metadata(place, 0)
    if begun >= TRIES:
        return packed({"lost": begun})
    client.set_metadata(place, begun + 1)
    try:
        results = []
        for sent in jobs:
            job, tray = unpacked(sent)
            job.run(tray)
            results.append(tray.filled)
    except Problem as problem:
        return packed({"refused": str(problem)})
    except Exception:  # told as text: what Dask makes of an error on its way may be none that it can read
        return packed({"failed": traceback.format_exc()})
    return packed({"filled": results})


class Farm:
    """Dask's workers: `workers` threads here, or those of the scheduler at an address. Raises Problem for none."""

    def __init__(self, workers: int = 1, scheduler: str = "") -> None:
        self.workers, self.scheduler = workers, scheduler
        self._open = contextlib.ExitStack()
        self._client: Any = None

    def __enter__(self) -> Farm:
        if self.scheduler:
            self._start()  # what is wrong with an address is told before anything else is done
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is not None:
            warm.close()  # the processes of what is half done; it is not waited for
        self._open.close()

    def run(self, tasks: Iterable[tuple[str, list[bytes]]]) -> Iterator[tuple[str, list[dict[str, Any]] | Lost]]:
        """Give each submission's name with what its shelves were filled with, or Lost, as soon as it is there.

        A submission without jobs comes back at once. Only so many tasks are taken that every worker has enough to do:
        memory does not grow with their number. Raises Problem where the workers cannot do it, or are all gone.
        """
        run = f"{os.getpid()}-{time.time_ns()}"
        waiting: dict[Any, str] = {}
        queue = iter(tasks)
        more = True
        while more or waiting:
            while more and len(waiting) < self._room():
                task = next(queue, None)
                if task is None:
                    more = False
                elif task[1]:
                    waiting[self._begin(run, *task)] = task[0]
                else:
                    yield task[0], []
            for future in self._done(waiting):
                yield self._result(future, waiting.pop(future))

    def _room(self) -> int:
        """How many submissions may be on their way."""
        return (1 + AHEAD) * (self._count() if self.scheduler else self.workers)

    def _count(self) -> int:
        return max(1, len(self._client.scheduler_info(n_workers=-1)["workers"]))

    def _begin(self, run: str, name: str, jobs: list[bytes]) -> Any:
        if self._client is None:
            self._start()
        # All under one name: Dask keeps figures for each name that it has ever seen, and sends them around.
        return self._client.submit(examined, jobs, versions(), run, name, key=(f"{NAME}-{run}", name), pure=False)

    def _done(self, waiting: Mapping[Any, str]) -> list[Any]:
        """The submissions that have ended, at least one unless none is on its way; raises Problem."""
        from distributed import wait
        from distributed.client import FuturesCancelledError

        alone_since = None
        while waiting:
            try:
                return list(wait(list(waiting), timeout=2.0, return_when="FIRST_COMPLETED").done)
            except FuturesCancelledError:
                raise Problem(
                    f"the scheduler at {self.scheduler} is gone; what was done is kept: grade again"
                ) from None
            except TimeoutError:
                now = time.monotonic()
                alone_since = None if self._client.scheduler_info(n_workers=1)["workers"] else alone_since or now
                if alone_since is not None and now - alone_since > PATIENCE:
                    raise Problem(
                        f"the scheduler at {self.scheduler} has no worker any more; what was done is kept: start "
                        "workers and grade again"
                    ) from None
        return []

    def _result(self, future: Any, name: str) -> tuple[str, list[dict[str, Any]] | Lost]:
        from distributed import KilledWorker

        try:
            answer = _read(future.result())
        except KilledWorker:  # a scheduler whose own patience is shorter
            return name, Lost()
        except Exception as error:  # whatever Dask or a worker made of it: it is examined here instead
            answer = {"failed": f"what came back is no result ({type(error).__name__}: {error})"}
        if "lost" in answer:
            return name, Lost()
        if "unlike" in answer:
            raise Problem(f"a worker of {self.scheduler} is no copy of this grader: {_differences(answer['unlike'])}")
        if "refused" in answer:
            raise Problem(f"a worker of {self.scheduler or 'this machine'} cannot examine: {answer['refused']}")
        if "failed" in answer:  # it will come again when the grader examines this one itself
            logging.getLogger("traitlets").error("%s: a worker failed: %s", name, answer["failed"])
            return name, []
        return name, answer["filled"]

    def _start(self) -> None:
        """Find the scheduler, or make one with workers here; raises Problem."""
        import dask
        from distributed import Client, LocalCluster
        from distributed.utils import silence_logging_cmgr

        self._open.enter_context(silence_logging_cmgr(logging.CRITICAL))  # what there is to tell, is told here
        if not self.scheduler:
            with dask.config.set(HERE):
                folder = str(self._open.enter_context(scratch.folder()))
                cluster = LocalCluster(
                    local_directory=folder,
                    n_workers=self.workers,
                    threads_per_worker=1,
                    processes=False,  # threads: nobody outside this process can ask for anything
                    dashboard_address="127.0.0.1:0",
                    worker_dashboard_address="127.0.0.1:0",
                    scheduler_kwargs={"dashboard": False},
                )
                self._client = self._open.enter_context(Client(self._open.enter_context(cluster)))
            return
        try:
            with dask.config.set(HERE | {"distributed.comm.timeouts.connect": "10s"}):
                self._client = self._open.enter_context(Client(self.scheduler, timeout="10s"))
        except (OSError, ValueError, TimeoutError) as error:
            raise Problem(
                f"{self.scheduler}: there is no scheduler ({_first(error)}); `dask scheduler` starts one and "
                "prints its address, such as tcp://10.0.0.5:8786"
            ) from None
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise Problem(
                f"{self.scheduler}: the scheduler has no worker; `dask worker {self.scheduler} --nthreads 1` starts "
                "one on a machine with this course's environment"
            ) from None


def _read(data: bytes) -> dict[str, Any]:
    """What a worker answers; raises for what is none of the answers that `examined` gives."""
    unpacker = zlib.decompressobj()
    answer = json.loads(unpacker.decompress(data, LARGEST))
    if not unpacker.eof or not isinstance(answer, dict) or len(answer) != 1:
        raise ValueError("not whole")
    ((kind, value),) = answer.items()
    if kind not in KINDS or not isinstance(value, KINDS[kind]):
        raise ValueError("no answer")
    return answer


def packed(message: dict[str, Any]) -> bytes:
    """Return what a worker answers, as bytes on the way."""
    return zlib.compress(json.dumps(message).encode("ascii"), 1)


def _first(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _differences(theirs: Mapping[str, str]) -> str:
    """In what another machine's packages are not ours, in a line."""
    ours = packages()
    names = sorted(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name))
    here, there = ({name: str(versions.get(name, "not there"))[:20] for name in names} for versions in (ours, theirs))
    lines = [f"{name} is {there[name]}, here {here[name]}" for name in names]
    return "; ".join(lines[:5]) + (f"; and {len(lines) - 5} more" if len(lines) > 5 else "")
