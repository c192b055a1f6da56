"""The morning after: a check whose answer is not there, or not the one on the page, says so and judges nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from cs231n_lite import cells as record
from cs231n_lite.reporting import unjudged
from cs231n_lite.reporting.report import Points

SETUP = "from cs231n_lite import Report, attempt, check_gate\n"
ANSWER = """\
class AddGate:
    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        return dz, dz
"""
CHECK = """\
def _check():
    report = Report("add-gate")
    report += check_gate(AddGate, 2.0, 3.0)
    return report


_check().points(2)
"""
PICTURE = """\
def picture():
    print(AddGate().forward(1.0, 2.0))


with attempt("add-gate"):
    picture()
"""
NOT_THERE = "`AddGate` is not there: run the cell above (after a restart: Run → Run All Above Selected Cell)."


class Notebook:
    """A kernel of this process, with the cells of a notebook by their names."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shell = InteractiveShell()
        for module in (record, unjudged):
            monkeypatch.setattr(module, "shell", lambda: self.shell)
        monkeypatch.setattr(record, "cells", known := record.Cells())
        monkeypatch.setattr(unjudged, "cells", known)
        unjudged.follow_notebook()
        self.run("setup", SETUP)

    def run(self, name: str, source: str) -> Any:
        return self.shell.run_cell(source, cell_id=name).result

    def check(self) -> Points:
        points = self.run("add-gate-test", CHECK)
        assert isinstance(points, Points)
        return points

    def sentence(self) -> str:
        points = self.check()
        assert points == 0.0 and points.most == 2.0
        (finding,) = points.report.findings
        assert finding.slug == "not-run" and not points.report.parts and "✗" not in points._repr_html_()
        return finding.message


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    yield Notebook(monkeypatch)


def test_after_a_restart_a_check_says_which_cell_to_run(notebook: Notebook) -> None:
    assert notebook.sentence() == NOT_THERE
    notebook.run("add-gate", ANSWER)
    assert notebook.check() == 2.0


def test_a_picture_says_the_same_in_a_line(notebook: Notebook, capsys: pytest.CaptureFixture[str]) -> None:
    notebook.run("add-gate-picture", PICTURE)
    assert capsys.readouterr().out == f"add-gate: {NOT_THERE}\n".replace("`", "")
    notebook.run("add-gate", ANSWER)
    notebook.run("add-gate-picture", PICTURE)
    assert capsys.readouterr().out == "3.0\n"


def test_nothing_is_judged_of_a_cell_that_failed_when_it_was_last_run(notebook: Notebook) -> None:
    notebook.run("add-gate", ANSWER)
    notebook.run("add-gate", ANSWER.replace("AddGate:", "AddGate"))
    assert notebook.sentence() == (
        "The cell of `AddGate` failed when it was last run (SyntaxError in its line 1), and `AddGate` is still the one "
        "from before. Nothing is judged: correct that cell, run it, and then this one."
    )
    notebook.run("add-gate", ANSWER)
    assert notebook.check() == 2.0


def test_a_cell_that_failed_at_its_first_run_is_named_and_not_called_missing(notebook: Notebook) -> None:
    notebook.run("add-gate", "1 / 0\n" + ANSWER)
    assert notebook.sentence() == (
        "The cell of `AddGate` failed when it was last run (ZeroDivisionError in its line 1). Nothing is judged: "
        "correct that cell, run it, and then this one."
    )


def test_nothing_of_a_cell_that_python_cannot_read_is_of_today_and_what_stands_above_an_error_is(
    notebook: Notebook,
) -> None:
    notebook.run("add-gate", ANSWER + "\n\ntried = AddGate().forward(1)\n")
    assert notebook.check() == 2.0
    notebook.run("add-gate", ANSWER + "\n\ntried = AddGate(\n")
    assert "failed when it was last run (SyntaxError in its line 9)" in notebook.sentence()


def test_a_class_that_was_renamed_is_not_judged_under_its_old_name(notebook: Notebook) -> None:
    notebook.run("add-gate", ANSWER)
    notebook.run("add-gate", ANSWER.replace("AddGate", "Adder"))
    assert notebook.sentence().startswith("The cell that made `AddGate` was changed and makes it no longer")


def test_the_answer_may_stand_in_a_cell_of_ones_own(notebook: Notebook) -> None:
    notebook.run("", ANSWER)
    assert notebook.check() == 2.0


def test_every_other_cell_runs_as_it_is(notebook: Notebook) -> None:
    assert notebook.run("", "missing = 3\nmissing + 1") == 4
    assert notebook.shell.run_cell("AddGate()", cell_id="mine").error_in_exec is not None


def test_outside_a_notebook_nothing_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unjudged, "shell", lambda: None)
    unjudged.follow_notebook()


def test_of_several_names_all_are_told() -> None:
    line = unjudged.instead(CHECK.replace("check_gate(AddGate", "check_gate(make(AddGate)"), {}, record.Cells())
    assert (
        line is not None and "`Report`, `check_gate`, `make` and `AddGate` are not there: run the cells above" in line
    )
