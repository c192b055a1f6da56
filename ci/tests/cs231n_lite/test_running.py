"""Student code that is stopped: one sentence with the student's own line, in place of forty of the course's."""

from __future__ import annotations

import linecache
from typing import Any

import pytest

from cs231n_lite import Report, attempt, check_gate
from cs231n_lite.running import Stopped, run

PICTURE = """\
def picture():
    dx, dy = answer()


with attempt("gate"):
    picture()
"""
LOOP = "def forever(*_):\n    while True:\n        stop()\n"


def interrupt() -> None:
    raise KeyboardInterrupt


@pytest.fixture
def forever() -> Any:
    """A function of the student's that is interrupted while it runs."""
    linecache.cache["<answer>"] = (len(LOOP), None, LOOP.splitlines(keepends=True), "<answer>")
    space: dict[str, Any] = {"stop": interrupt}
    exec(compile(LOOP, "<answer>", "exec"), space)
    yield space["forever"]
    del linecache.cache["<answer>"]


def checks(forever: Any) -> None:
    gate = type("Gate", (), {"forward": forever, "backward": forever})
    Report("gate").__iadd__(check_gate(gate, 1.0, 2.0))


def in_part(forever: Any) -> None:
    with Report("gate").part("a"):
        forever()


def draws(forever: Any) -> None:
    with attempt("gate"):
        forever()


@pytest.mark.parametrize("way", [checks, in_part, draws, lambda forever: run("forever", forever)])
def test_an_endless_loop_that_is_interrupted_ends_in_one_sentence(way: Any, forever: Any) -> None:
    with pytest.raises(Stopped) as stopped:
        way(forever)
    (sentence,) = stopped.value._render_traceback_()
    assert "was stopped, in your line" in sentence and "does its loop come to an end?" in sentence


def test_a_picture_of_what_returns_nothing_says_so_in_a_line_without_marks_of_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    linecache.cache["<picture>"] = (len(PICTURE), None, PICTURE.splitlines(keepends=True), "<picture>")
    exec(compile(PICTURE, "<picture>", "exec"), {"attempt": attempt, "answer": lambda: None})
    assert capsys.readouterr().out == "gate: Your code returned None where a value is needed: is its return missing?\n"


def test_what_was_stopped_stops_run_all() -> None:
    assert issubclass(Stopped, KeyboardInterrupt)
