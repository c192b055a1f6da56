"""What the machine does to the processes of a run costs no honest work anything: they are ended here one by one."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from autograder.examining.examiner_process import ExaminerProcess
from autograder.examining.job import Job
from autograder.examining.store import Store
from autograder.examining.student_process import StudentProcess
from autograder.examining.terms import Terms
from ci.tests.autograder.builders import notebook, reported
from ci.tests.autograder.examining.builders import points

MESSAGES = 6  # to the examiner of the notebook below: a start, two locked cells, a test with its snapshot


def honest() -> NotebookNode:
    return notebook(
        ("answer", "def square(x):\n    return x * x"),
        ("test", reported("assert square(3) == 9")),
        ("locked", "NINE = 9"),
        ("answer", "def cube(x):\n    return x * square(x)"),
        ("test", reported("assert cube(3) == 3 * NINE")),
    )


def graded(store: Store | None = None, **terms: Any) -> tuple[dict[str, float], dict[str, str], list[str]]:
    nb = honest()
    job = Job(nb, {}, {}, Terms(**{"timeout": 30.0, **terms}))
    verdicts, notes = job.run(job.results(store))
    return points(nb), verdicts, [note.kind for note in notes]


class Killer:
    """Ends the examiner's process before the answers to those of its messages that are named."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *at: int) -> None:
        self.count, self.at = 0, at
        answer = ExaminerProcess.answer

        def killed(process: ExaminerProcess, *words: Any) -> Any:
            if self.count in self.at or not self.at:
                os.kill(process.process.pid, signal.SIGKILL)
            self.count += 1
            return answer(process, *words)

        monkeypatch.setattr(ExaminerProcess, "answer", killed)


@pytest.mark.parametrize("at", range(MESSAGES))
def test_examiner_that_is_killed_at_any_of_its_messages_costs_nobody_anything(
    at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    killer = Killer(monkeypatch, at)
    assert graded() == ({"test-1": 2.0, "test-2": 2.0}, {"test-1": "passed", "test-2": "passed"}, [])
    assert killer.count > at


def test_examiner_that_is_killed_time_after_time_is_told_and_not_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as patch:
        started: list[ExaminerProcess] = []
        ask = ExaminerProcess.ask

        def killed(process: ExaminerProcess, *words: Any) -> Any:
            started.append(process)
            process.begin()
            os.kill(process.process.pid, signal.SIGKILL)
            return ask(process, *words)

        patch.setattr(ExaminerProcess, "ask", killed)
        earned, verdicts, kinds = graded(Store(tmp_path))
        assert started
    assert earned == {"test-1": 0.0, "test-2": 0.0}
    assert verdicts == {"test-1": "crashed", "test-2": "crashed"} and kinds == ["crashed", "crashed"]
    assert graded(Store(tmp_path)) == ({"test-1": 2.0, "test-2": 2.0}, {"test-1": "passed", "test-2": "passed"}, [])


def test_crash_of_the_students_process_is_not_kept_nor_what_came_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as patch:
        run = StudentProcess.run

        def killed(process: StudentProcess, source: str, seconds: float) -> Any:
            if "square" in source and "cube" not in source:
                process.process.kill()
            return run(process, source, seconds)

        patch.setattr(StudentProcess, "run", killed)
        earned, _, kinds = graded(Store(tmp_path))
    assert (earned, kinds) == ({"test-1": 0.0, "test-2": 0.0}, ["crashed"])
    assert graded(Store(tmp_path)) == ({"test-1": 2.0, "test-2": 2.0}, {"test-1": "passed", "test-2": "passed"}, [])
