"""What is known of a notebook's cells: which failed when they were run last, what they made, and whose they are."""

from __future__ import annotations

import contextlib
import sysconfig

import numpy as np
import pytest

from cs231n_lite.cells import Cells, Run, libraries

GATE = "class AddGate:\n    def forward(self, x, y):\n        return x + y\n"
OWN = "5f0c2b1a-7a35-4d0b-9f5e-2f8f6a1b7c3d"


def test_a_cell_makes_what_begins_a_line() -> None:
    run = Run("x", "import numpy as np\n\n" + GATE + "\nSCALE: float = 2.0\ntwice = lambda x: 2 * x\nx == 3\nf(a=1)\n")
    assert run.makes == {"AddGate": 3, "SCALE": 7, "twice": 8}


def test_a_cell_that_python_cannot_read_makes_the_same() -> None:
    assert Run("x", GATE.replace("AddGate:", "AddGate")).makes == {"AddGate": 1}


def test_a_name_is_out_of_date_from_a_failure_to_the_next_success() -> None:
    record = Cells()
    record.ended(Run("add-gate", GATE))
    assert not record.outdated and not record.failed
    broken = Run("add-gate", GATE.replace("AddGate:", "AddGate"), "SyntaxError in its line 1", 1)
    record.ended(broken)
    assert record.outdated == {"AddGate": broken} and record.failed == [broken]
    record.ended(Run("add-gate", GATE))
    assert not record.outdated and not record.failed


def test_what_stands_above_the_line_that_raised_is_of_today() -> None:
    record = Cells()
    record.ended(Run("x", "a = 1\nb = 1 / 0\nc = 2\n", "ZeroDivisionError in its line 2", 2))
    assert set(record.outdated) == {"b", "c"}


def test_a_name_that_its_cell_makes_no_longer_is_out_of_date_until_a_cell_makes_it() -> None:
    record = Cells()
    record.ended(Run("add-gate", GATE))
    record.ended(Run("add-gate", GATE.replace("AddGate", "Adder")))
    assert set(record.outdated) == {"AddGate"}
    record.ended(Run(OWN, "AddGate = Adder\n"))
    assert not record.outdated


def test_a_function_that_was_moved_to_a_cell_of_ones_own_is_of_today() -> None:
    record = Cells()
    record.ended(Run("gates", GATE + "scale = 2\n"))
    record.ended(Run(OWN, GATE))
    record.ended(Run("gates", "scale = 2\n"))
    assert not record.outdated


def test_a_failed_cell_is_called_by_its_name_or_by_what_it_makes() -> None:
    assert Run("add-gate", GATE).label == "add-gate"
    assert Run(OWN, GATE).label == "AddGate"
    assert Run(OWN, "1 / 0").label == "1 / 0"


def test_lines_of_tests_pictures_and_helpers_are_the_courses_and_those_of_answers_and_new_cells_are_not() -> None:
    record = Cells()
    record.answers.add("add-gate")
    for name, file in (("add-gate", "1"), (OWN, "2"), ("", "3"), ("add-gate-picture", "4"), ("patients", "5")):
        record.began(name, file)
    assert [record.of_the_course(file, GATE) for file in "123456"] == [False, False, False, True, True, False]
    check = 'def _check():\n    report = Report("add-gate")\n    return report\n'
    picture = 'with attempt("add-gate"):\n    picture()\n'
    assert record.of_the_course("6", check) and record.of_the_course("6", picture)


def test_python_s_own_files_and_numpy_s_are_libraries_and_a_test_is_none() -> None:
    for function in (contextlib.contextmanager, np.linalg.norm.__wrapped__):
        assert function.__code__.co_filename.startswith(libraries())
    assert not __file__.startswith(libraries())


def test_so_they_are_in_a_browser_tab_where_folders_are_said_to_begin_with_two_strokes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sysconfig, "get_path", lambda name: "//lib/python3.14" + "/site-packages" * ("lib" in name))
    monkeypatch.setattr(contextlib, "__file__", "/lib/python314.zip/contextlib.py")
    for file in ("/lib/python314.zip/functools.py", "/lib/python3.14/site-packages/numpy/linalg/_linalg.py"):
        assert file.startswith(libraries())
    assert not "/drive/gates.py".startswith(libraries())
