"""The libraries allowed where points are earned, with what they need, and no other."""

from __future__ import annotations

import pytest

from autograder.problem import Problem
from autograder.sandbox.libraries import folders, places


def test_numpy_and_matplotlib_are_there_with_what_they_need_and_graders_are_not() -> None:
    names = {path.name for path in places()}
    assert {"numpy", "matplotlib", "PIL", "IPython", "traitlets"} <= names
    assert not {"autograd", "nbgrader", "nbformat", "sqlalchemy", "distributed", "pytest", "cs231n_lite"} & names


def test_library_that_an_instructor_adds_comes_with_what_it_needs() -> None:
    assert {path.name for path in places(("autograd",))} - {path.name for path in places()} >= {"autograd"}


def test_library_that_is_not_installed_is_named_in_a_line() -> None:
    with pytest.raises(Problem, match=r"c\.Examine\.libraries: scipyy is not installed here"):
        places(("scipyy",))


def test_folders_are_those_on_the_path() -> None:
    assert all(folder.is_dir() for folder in folders())
