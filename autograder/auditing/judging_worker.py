"""The fast judge: what one answer gets for one exercise, by the test cell itself, in a child of a warm process.

`python -m autograder.auditing.judge` reads jobs as lines of JSON and answers each with a line of JSON. For each
exercise it makes, once, the namespace that one kernel would have before the answer; each answer is then run in a forked
child with limits on time and memory. What is judged here is the course's own: for students' code there is the sandbox.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import itertools
import json
import math
import os
import random
import resource
import select
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograder.auditing.checkpoints import NOTE, instrumented
from autograder.auditing.exercise import Exercise
from autograder.notebooks.name_flow import independent
from cs231n_lite import Points, Report
from cs231n_lite.running import trouble_of

__all__ = ["Bench", "main", "outcome"]

MEMORY = 2 << 30  # bytes beside those that the warm process has already
LEAST, TIMES = 2.0, 5.0  # seconds of the processor that a mutant may take, or so many times those of the solution
PATIENCE = 60.0  # seconds that anyone's own answer may take, as when students are graded


class Bench:
    """An exercise made ready: the namespace before the answer, and the seconds that an answer may take."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.space: dict[str, Any] = {"__name__": "__main__", "display": lambda *_: None}
        locked = independent([(kind, source) for kind, source in exercise.cells if kind in ("locked", "test")])
        number = -1
        for kind, source in exercise.cells[:-1]:
            number += kind in ("locked", "test")
            if kind == "answer":
                tree = ast.parse(source)
            elif kind == "locked":
                tree = ast.Module(locked[number], [])
            else:  # what an earlier test cell defines; of the exercise itself, nothing
                statements = [] if kind == "own" else ast.parse(source).body
                definitions = ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
                tree = ast.Module([statement for statement in statements if isinstance(statement, definitions)], [])
            for statement in tree.body:  # one at a time: what needs a variable of a test's is left out
                with _silent(), contextlib.suppress(NameError):
                    code = compile(ast.Module([statement], []), f"<frozen {kind} cell>", "exec", dont_inherit=True)
                    exec(code, self.space)
        self.seconds = LEAST
        own = self.judged([exercise.solution], patient=True)
        self.seconds = max(LEAST, TIMES * float(own["seconds"]))

    def judged(
        self,
        answer: Sequence[str],
        *,
        visible: bool = False,
        seed: int | None = None,
        without: Collection[int] = (),
        patient: bool = False,
    ) -> dict[str, Any]:
        """Return the outcome of an answer, which is one cell or several: points, findings, seconds and so on.

        `hit` are the lines of the checkpoints that failed; `error` is what ended the test cell, if anything did.
        """
        limit = PATIENCE if patient else self.seconds
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            try:  # whatever happens, a child ends here: a second judge would answer in this one's place
                _confine(limit)
                result = self._run(answer, visible, seed, without)
                with os.fdopen(writing, "w") as out:
                    json.dump(result, out)
            finally:
                os._exit(0)
        os.close(writing)
        content = _read(reading, child, limit)
        usage = os.wait4(child, 0)[2]
        ended = {"points": 0.0, "parts": {}, "findings": [], "hit": [], "error": "crashed", "message": ""}
        with contextlib.suppress(ValueError):
            ended |= json.loads(content)
        seconds = usage.ru_utime + usage.ru_stime
        if content == b"late" or (ended["error"] == "crashed" and seconds + 0.5 > limit):
            ended["error"] = "timed-out"
        return ended | {"seconds": round(seconds, 4)}

    def _run(self, answer: Sequence[str], visible: bool, seed: int | None, without: Collection[int]) -> dict[str, Any]:
        """Run an answer and the test cell in this process, which is the child."""
        _seeded(seed)
        hit: list[int] = []
        space = self.space
        space[NOTE] = _note_taker(hit)
        try:
            with _silent():
                for cell in answer:
                    with contextlib.suppress(Exception):  # a notebook goes on after a cell that failed
                        exec(compile(cell, "<answer>", "exec", dont_inherit=True), space)
                tree = instrumented(self.exercise.visible if visible else self.exercise.test, without)
                last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
                exec(compile(tree, "<frozen test>", "exec", dont_inherit=True), space)
                value = eval(compile(ast.Expression(last.value), "<frozen test>", "eval"), space) if last else None
        except MemoryError:
            return {"error": "out-of-memory", "hit": hit}
        except BaseException as error:
            slug = "not-written" if isinstance(error, NotImplementedError) else "raises"
            text = traceback.format_exception_only(error)[-1].strip()
            return {"error": type(error).__name__, "message": text, "findings": [[slug, "", text]], "hit": hit}
        return outcome(value, self.exercise.most, hit)


def outcome(value: Any, most: float, hit: list[int]) -> dict[str, Any]:
    """The outcome of a test cell that ended in this value; one of plain asserts that ran through earns everything."""
    if isinstance(value, Points):
        report = value.report
        said = [(finding.remark, [finding.slug, finding.array, finding.message]) for finding in report.findings]
        findings, remarks = ([entry for remark, entry in said if remark is which] for which in (False, True))
        words = {"findings": findings, "remarks": remarks}
        points = float(value) if value.most else value.share * most
        return {"points": points, "parts": report.parts, "hit": hit, "error": ""} | words
    number = isinstance(value, int | float) and not isinstance(value, bool)
    points = min(max(float(value), 0.0), most) if number else most
    return {"points": points, "parts": {}, "findings": [], "hit": hit, "error": ""}


def _note_taker(hit: list[int]) -> Callable[[int, str, Any], Any]:
    def note(line: int, kind: str, value: Any) -> Any:
        if kind == "check":
            failed = isinstance(value, Report) and not all(value.parts.values())
        else:
            failed = not value if kind == "assert" else value is not None
        if failed and line not in hit:
            hit.append(line)
        return value

    return note


def _confine(seconds: float) -> None:
    """Limit this process, the child, and let nothing that it prints be seen."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    quietly = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(quietly, fd)
    size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
    whole = math.ceil(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(fd: int, child: int, seconds: float) -> bytes:
    """What the child writes until it ends; b"late" where it has been killed for taking too long."""
    content = b""
    end = time.monotonic() + 10.0 * seconds + 10.0  # the processor's time is limited as well; this is for sleepers
    with os.fdopen(fd, "rb", buffering=0) as pipe:
        while True:
            if not select.select([pipe], [], [], max(0.0, end - time.monotonic()))[0]:
                os.kill(child, signal.SIGKILL)
                return b"late"
            more = pipe.read(1 << 16)
            if not more:
                return content
            content += more


def _seeded(seed: int | None) -> None:
    """Make what an answer draws the same in each run, or, with a seed, all that is drawn another: the test's too."""
    random.seed(seed or 0)
    np.random.seed(seed or 0)
    original, fresh = np.random.default_rng, itertools.count()

    def default_rng(own_seed: Any = None) -> np.random.Generator:
        if own_seed is None:  # a new one each time, as without a seed, but the same ones in each run
            return original([next(fresh), seed or 0, 231])
        if seed and isinstance(own_seed, int | np.integer):
            return original([int(own_seed) & 0xFFFFFFFF, seed])
        return original(own_seed)

    np.random.default_rng = default_rng


@contextlib.contextmanager
def _silent() -> Any:
    with warnings.catch_warnings(), Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        warnings.simplefilter("ignore")
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            yield


def main() -> None:
    """Answer jobs until there are none: {"exercise": …} makes one ready, any other is an answer to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that asked tells it when to stop
    bench: Bench | None = None
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        job = json.loads(line)
        try:
            if "exercise" in job:
                fields = job["exercise"]
                cells = tuple((kind, source) for kind, source in fields.pop("cells"))
                bench = Bench(Exercise(cells=cells, hidden=frozenset(fields.pop("hidden")), **fields))
                gc.freeze()  # a child touches, and so copies, as little as may be
                reply: dict[str, Any] = {}
            else:
                assert bench is not None, "the first job tells the exercise"
                reply = bench.judged(**job)
        except Exception as error:
            reply = {"broken": trouble_of(error, "a cell before the answer").message}
        answers.write(json.dumps(reply) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
