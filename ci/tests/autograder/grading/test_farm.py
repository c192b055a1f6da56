"""The farm: many workers give what one gives, a lost one costs nothing, and what is stopped goes on from there."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import is_locked

from autograder.__main__ import main
from autograder.course import Course
from autograder.examining.job import Job, unpacked
from autograder.examining.known_results import RemoteResults
from autograder.examining.master_cells import compiled
from autograder.examining.terms import Terms
from autograder.grading import farm as farming
from autograder.grading.farm import Farm
from autograder.grading.grade import grade
from autograder.intake.suspicion import suspected
from autograder.notebooks.kinds import is_test
from autograder.notebooks.name_flow import earlier
from autograder.notebooks.notebook import read
from autograder.problem import Problem
from autograder.submission import Submission
from autograder.tamper import read_notes
from ci.tests.autograder.builders import SQUARE, class_of, copied, notebook, put, reported

SQUARED = "def square(x):\n    return x * x"
# Given to every worker: one that is to examine this answer dies, as by a fault of the grader's that nobody knows yet.
POISON = "'the end of whoever reads this'\n" + SQUARED
PRELOAD = """
import os
from autograder.grading import farm
from autograder.examining.job import unpacked as real

def unpacked(sent):
    job, tray = real(sent)
    if any("the end of whoever reads this" in cell.source for cell in job.notebook.cells):
        os._exit(1)
    return job, tray

farm.unpacked = unpacked
"""


def plain(graded: dict[str, Any]) -> dict[str, Any]:
    return {name: asdict(student) for name, student in graded.items()}


Cluster = tuple[str, list[subprocess.Popen[bytes]]]


HERE = ("--host", "127.0.0.1", "--no-dashboard")


def started(running: ExitStack, folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start a command of Dask's in a folder; it ends with the block."""
    log = running.enter_context((folder / f"{words[0]}.log").open("ab"))
    line = [sys.executable, "-m", *words]
    process = subprocess.Popen(line, stdout=log, stderr=log, cwd=folder, start_new_session=True)
    running.callback(process.wait)
    running.callback(process.terminate)
    return process


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler, a process of its own that listens on loopback; it ends with the tests here."""
    folder = tmp_path_factory.mktemp("scheduler")
    file = folder / "scheduler.json"
    with ExitStack() as running:
        started(running, folder, "distributed.cli.dask_scheduler", *HERE, "--port", "0", "--scheduler-file", str(file))
        wait_for(file.is_file)
        yield json.loads(file.read_text())["address"]


@pytest.fixture
def cluster(scheduler: str, tmp_path: Path) -> Iterator[Callable[..., Cluster]]:
    """Start workers of a scheduler, processes of their own; all end with the test."""
    with ExitStack() as running:

        def make(workers: int = 2, *words: str) -> Cluster:
            folder = ("--local-directory", str(tmp_path / "workers"), "--nthreads", "1")
            line = ("distributed.cli.dask_worker", scheduler, *HERE, *folder, *words)
            return scheduler, [started(running, tmp_path, *line) for _ in range(workers)]

        yield make


def wait_for(there: Callable[[], bool]) -> None:
    """Wait for another process; a minute, after which something is broken."""
    for _ in range(1200):
        if there():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come within a minute")


# The same result


def test_workers_give_what_one_process_gives(tiny: Course) -> None:
    class_of(tiny)
    alone = grade(tiny, "1-tiny")
    (tiny.root / "build" / "store").rename(tiny.root / "build" / "aside")
    assert plain(grade(tiny, "1-tiny", workers=2)) == plain(alone)


def test_nothing_that_was_made_ahead_is_run_again(tiny: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    class_of(tiny, 3)
    (tiny.root / "submitted" / "student-1" / "1-tiny" / "table.csv").write_text("1,2\n")
    (tiny.root / "source" / "1-tiny" / "digits.csv").write_text("3,4\n")
    (tiny.root / "submitted" / "student-2" / "1-tiny" / "digits.csv").write_text("5,6\n")
    (tiny.root / "submitted" / "student-2" / "1-tiny" / "timestamp.txt").write_text("2026-01-01 12:00:00 UTC")
    ran: list[tuple[bool, int]] = []
    run = Job.run

    def watched(job: Job, results: Any) -> Any:
        ran.append((threading.current_thread() is threading.main_thread(), len(results.needed)))
        return run(job, results)

    monkeypatch.setattr(Job, "run", watched)
    grade(tiny, "1-tiny", workers=2)
    by_nbgrader = [needed for by_main, needed in ran if by_main]
    by_workers = [needed for by_main, needed in ran if not by_main]
    assert by_nbgrader == [0, 0, 0], "nbgrader found everything done"
    assert len(by_workers) == 3 and min(by_workers) > 0


def test_what_is_out_of_order_is_graded_all_the_same(tiny: Course) -> None:
    class_of(tiny, 2)
    put(tiny, "misnamed", "square", SQUARED).rename(tiny.root / "submitted" / "misnamed" / "1-tiny" / "tiny (1).ipynb")
    put(tiny, "broken", "square", SQUARED).write_text("not JSON", encoding="utf-8")
    put(tiny, "linked", "square", SQUARED)
    (tiny.root / "submitted" / "linked" / "1-tiny" / "passwords").symlink_to("/etc/passwd")
    (tiny.root / "submitted" / "empty" / "1-tiny").mkdir(parents=True)
    graded = grade(tiny, "1-tiny", workers=2)
    assert {name: student.score for name, student in graded.items()} == {
        "broken": 0.0, "empty": 0.0, "linked": 3.0, "misnamed": 3.0, "student-0": 3.0, "student-1": 2.5,
    }  # fmt: skip
    assert "symlink" in [note.kind for note in read_notes(Submission(tiny, "1-tiny", "linked").tamper_notes)]


def test_time_that_ran_out_on_a_worker_is_not_spent_a_second_time(
    tiny: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = "c = get_config()\nc.Examine.timeout = 1.0\n"
    (tiny.root / "nbgrader_config.py").write_text(settings)
    put(tiny, "waits", "square", "while True:\n    pass")
    class_of(tiny, 1)
    needed: list[int] = []
    run = Job.run
    monkeypatch.setattr(Job, "run", lambda job, results: (needed.append(len(results.needed)), run(job, results))[1])
    graded = grade(tiny, "1-tiny", workers=2)
    assert graded["waits"].exercises["square"].verdict != "passed"
    assert sum(map(bool, needed)) == 2, "once each, on the workers"
    assert "timed-out" in [note["kind"] for note in graded["waits"].tamper]


def test_cells_are_planned_and_compiled_in_several_threads_at_once() -> None:
    cells = [
        ("test" if is_test(cell) else "locked", cell.source)
        for path in Course().notebooks("4-two-layer-net")
        for cell in read(path).cells
        if cell.cell_type == "code" and is_locked(cell)
    ]
    nb = new_notebook(cells=[new_code_cell(source) for _, source in cells])

    def work(number: int) -> int:
        mine = [*cells, ("locked", f"number = {number}")]  # another master, which nobody has planned yet
        return len(suspected(nb)) + len(compiled(mine)) + len(earlier(mine))

    def let_others_go_on(*_: Any) -> None:
        time.sleep(0)

    gc.callbacks.append(let_others_go_on)  # as Dask's own does: in the midst of making a tree
    try:
        with ThreadPoolExecutor(4) as pool:
            assert len(list(pool.map(work, range(12)))) == 12
    finally:
        gc.callbacks.remove(let_others_go_on)


def test_job_travels_as_bytes_with_all_that_its_run_needs() -> None:
    nb = notebook(("answer", "value = int(open('number.txt').read())"), ("test", reported("    assert value == 5")))
    job = Job(nb, {"number.txt": b"5"}, {"number.txt": b"7"}, Terms(timeout=30.0), unsafe=True)
    there, tray = unpacked(job.packed(job.results(None)))
    verdicts, _ = there.run(tray)
    assert verdicts == {"test-1": "passed"}
    assert (there.beside, there.master, there.terms) == (job.beside, job.master, job.terms)
    assert sorted(map(int, tray.filled["entries"])) == [1, 2], "every cell that points depend on has left its entry"
    assert isinstance(tray, RemoteResults) and json.loads(json.dumps(tray.filled)) == tray.filled


# Of bounded size


def test_only_so_many_submissions_are_taken_as_the_workers_can_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    monkeypatch.setattr(farming, "examined", lambda jobs, expected, run, name: farming.packed({"filled": [name]}))

    def tasks() -> Iterator[tuple[str, list[bytes]]]:
        for number in range(50):
            taken.append(str(number))
            yield str(number), [b"job"]

    with Farm(workers=2) as farm:
        handed_out = 0
        for _name, _filled in farm.run(tasks()):
            handed_out += 1
            assert len(taken) - handed_out < 6, "three a worker, at most, are on their way"
        assert handed_out == 50


def test_nothing_is_kept_of_submissions_that_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(farming, "examined", lambda jobs, expected, run, name: farming.packed({"filled": [name]}))
    marked = b"bytes of a submission " * 100
    with Farm(workers=2) as farm:
        for _ in farm.run((str(number), [marked + str(number).encode()]) for number in range(250)):
            pass
        gc.collect()
        objects = {
            id(each)
            for entry in gc.get_objects()
            if type(entry) in (list, dict, tuple, set)
            for each in (entry.values() if type(entry) is dict else entry)
            if type(each) is bytes and each.startswith(marked)
        }
    assert len(objects) < 60, "Dask's own logs are as short as they can be"


def test_submissions_that_are_known_come_back_without_any_worker() -> None:
    with Farm(workers=2) as farm:
        assert list(farm.run([("ada", []), ("alan", [])])) == [("ada", []), ("alan", [])]
        assert farm._client is None, "nothing was started"


def test_workers_here_are_reached_by_nobody_outside_this_process() -> None:
    with Farm(workers=2) as farm:
        farm._start()
        assert farm._client.scheduler.address.startswith("inproc://")
        listening = [each for each in psutil.Process().net_connections() if each.status == psutil.CONN_LISTEN]
        assert {each.laddr.ip for each in listening} <= {"127.0.0.1"}
        for each in listening:
            with pytest.raises(HTTPError, match="404"):
                urlopen(f"http://127.0.0.1:{each.laddr.port}/info/main/workers.html")


# Schedulers and workers of their own


def test_worker_that_is_killed_midway_costs_no_submission(tiny: Course, cluster: Callable[..., Cluster]) -> None:
    class_of(tiny, 10)
    alone = grade(tiny, "1-tiny")
    (tiny.root / "build" / "store").rename(tiny.root / "build" / "aside")
    address, workers = cluster(2, "--no-nanny")

    def killing(students: Iterable[Any]) -> Iterator[Any]:
        for number, student in enumerate(students):
            if number == 1:  # some are done, some on their way
                os.killpg(workers[0].pid, signal.SIGKILL)
            yield student

    assert plain(grade(tiny, "1-tiny", watch=killing, scheduler=address)) == plain(alone)
    assert workers[0].wait() == -signal.SIGKILL


def test_submission_that_kills_its_worker_twice_gets_its_verdict_and_the_others_theirs(
    tiny: Course, cluster: Callable[..., Cluster], tmp_path: Path
) -> None:
    class_of(tiny, 4)
    put(tiny, "poison", "square", POISON)
    (tmp_path / "preload.py").write_text(PRELOAD)
    address, _ = cluster(3, "--no-nanny", "--preload", str(tmp_path / "preload.py"))
    graded = grade(tiny, "1-tiny", scheduler=address)
    assert {name: student.score for name, student in graded.items() if name != "poison"} == {
        "student-0": 3.0, "student-1": 2.5, "student-2": 2.0, "student-3": 2.0,
    }  # fmt: skip
    assert {each.verdict for each in graded["poison"].exercises.values()} == {"crashed", "manual"}
    assert (graded["poison"].score, [note["kind"] for note in graded["poison"].tamper]) == (0.0, ["worker-lost"])
    # Nothing of it is kept: here, where nothing dies of it, it is examined and gets its points.
    assert grade(tiny, "1-tiny", "poison")["poison"].score == 3.0


def test_workers_of_another_environment_are_refused_by_name(
    tiny: Course, cluster: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    class_of(tiny, 1)
    ours = farming.packages() | {"numpy": "0.1"}
    monkeypatch.setattr(farming, "packages", lambda: ours)
    monkeypatch.setattr(farming, "versions", lambda: "of other packages")
    address, _ = cluster(1)
    with pytest.raises(Problem, match=r"is no copy of this grader: numpy is \d.*, here 0\.1$"):
        grade(tiny, "1-tiny", scheduler=address)


def test_scheduler_that_is_not_there_is_told_in_a_line(tiny: Course, capsys: pytest.CaptureFixture[str]) -> None:
    class_of(tiny, 1)
    assert main(["grade", "1-tiny", "--course", str(tiny.root), "--scheduler", "tcp://127.0.0.1:9"]) == 2
    output = capsys.readouterr().err.strip()
    assert output.startswith("tcp://127.0.0.1:9: there is no scheduler") and len(output.splitlines()) == 1, output


def test_scheduler_without_workers_is_told_in_a_line(
    tiny: Course, cluster: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    class_of(tiny, 1)
    monkeypatch.setattr(farming, "PATIENCE", 0.5)
    address, _ = cluster(0)
    with pytest.raises(Problem, match="the scheduler has no worker; `dask worker"):
        grade(tiny, "1-tiny", scheduler=address)


def test_workers_that_are_all_gone_are_told_and_what_was_done_is_kept(
    tiny: Course, cluster: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    class_of(tiny, 8)
    address, workers = cluster(1, "--no-nanny")

    def killing(students: Iterable[Any]) -> Iterator[Any]:
        for number, student in enumerate(students):
            if number == 0:
                monkeypatch.setattr(farming, "PATIENCE", 0.5)  # not before the worker has come
                os.killpg(workers[0].pid, signal.SIGKILL)
            yield student

    with pytest.raises(Problem, match="has no worker any more; what was done is kept"):
        grade(tiny, "1-tiny", watch=killing, scheduler=address)
    assert list((tiny.root / "build" / "store").rglob("*"))


# Stopped, and gone on with


@pytest.mark.parametrize("workers", [1, 2])
def test_second_run_goes_on_where_the_first_was_stopped(
    tiny: Course, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    class_of(tiny, 12)
    words = ["1-tiny", "--course", str(tiny.root), "--workers", str(workers)]
    line = [sys.executable, "-m", "autograder", "grade", *words]
    graded = tiny.root / "autograded"
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as first:
        wait_for(lambda: len(list(graded.glob("*/1-tiny/tiny.ipynb"))) >= 3)
        first.send_signal(signal.SIGINT)
        _, output = first.communicate()
    assert first.returncode == 130, output
    assert "Traceback" not in output and "the same command goes on from here" in output, output
    ran: list[bool] = []
    run = Job.run
    monkeypatch.setattr(Job, "run", lambda job, results: (ran.append(bool(results.needed)), run(job, results))[1])
    assert len(grade(tiny, "1-tiny", workers=workers)) == 12
    assert 0 < sum(ran) <= 12 - 2, "those that were entered are not run again; the third may have been on its way"


def test_bar_tells_how_many_are_done_and_how_fast(tiny: Course, capsys: pytest.CaptureFixture[str]) -> None:
    class_of(tiny, 2)
    assert main(["grade", "1-tiny", "--course", str(tiny.root), "--workers", "2"]) == 0
    output = capsys.readouterr().err
    assert "2/2" in output and "student/s" in output.replace("s/student", "student/s"), output


@pytest.mark.parametrize("words", [["--workers", "0"], ["--workers", "two"], ["--workers", "2", "--scheduler", "x"]])
def test_workers_that_are_no_number_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["grade", "1-tiny", *words])
    assert ended.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


ANSWERS = {
    "no bytes of zlib": b"nonsense",
    "broken off": farming.packed({"filled": [{"entries": {}}] * 50})[:-5],
    "no answer": farming.packed({"graded": []}),
    "a list": zlib.compress(b"[1, 2]"),
    "results that are a number": farming.packed({"filled": 7}),  # type: ignore[dict-item]  # on purpose
    "results that are none": farming.packed({"filled": ["x", 3, None]}),
    "too few results": farming.packed({"filled": []}),
    "no bytes at all": None,
}


@pytest.fixture(scope="module")
def after_no_answer(tiny_built: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """Student -> score where what a worker answers for each is one of these: they are graded as one class."""
    course = copied(tiny_built, tmp_path_factory.mktemp("no-answer"))
    for number, case in enumerate(ANSWERS):
        put(course, case, "square", f"# of student {number}\n{SQUARE['half'][0] if number % 2 else SQUARED}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(farming, "examined", lambda *words: ANSWERS[words[-1]])
        return {name: student.score for name, student in grade(course, "1-tiny", workers=2).items()}


@pytest.mark.parametrize("case", ANSWERS)
def test_answer_of_a_worker_that_is_none_costs_nobody_anything(after_no_answer: dict[str, float], case: str) -> None:
    assert after_no_answer[case] == (2.5 if [*ANSWERS].index(case) % 2 else 3.0)
