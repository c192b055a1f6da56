"""The package holds instruments, never answers: none of its callables earns a point in an exercise's place."""

from __future__ import annotations

import ast
import contextlib
import functools
import io
from pathlib import Path
from typing import Any

import nbformat
import pytest

import cs231n_lite

HOME = Path(__file__).parents[3]
NOTEBOOKS = sorted((HOME / "source").glob("*/*.ipynb"))
CALLABLES = sorted(name for name in cs231n_lite.__all__ if callable(getattr(cs231n_lite, name)))


def cells(notebook: Path) -> list[Any]:
    code = [cell for cell in nbformat.read(notebook, 4).cells if cell.cell_type == "code"]
    return [cell for cell in code if "nbgrader" in cell.metadata]  # a free cell earns nothing


def exercises() -> list[Any]:
    parameters = []
    for notebook in NOTEBOOKS:
        for cell in cells(notebook):
            if cell.metadata.nbgrader.solution:
                slug = cell.metadata.nbgrader.grade_id
                parameters.append(pytest.param(notebook, slug, id=slug))
    return parameters


def run(tree: ast.Module, name: str, names: dict[str, Any]) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(tree, name, "exec"), names)


def without_pictures(cell: Any) -> ast.Module:
    """A cell without its `with attempt(...)`: pictures take time and define nothing that a test needs."""
    tree = ast.parse(cell.source)
    tree.body = [node for node in tree.body if not isinstance(node, ast.With)]
    return tree


@functools.cache
def names_before(notebook: Path, slug: str) -> dict[str, Any]:
    """What the cells before an exercise define, solutions included; checks are left out."""
    names: dict[str, Any] = {"display": lambda *_: None, "__name__": "notebook"}
    for cell in cells(notebook):
        kind = cell.metadata.nbgrader
        if kind.grade_id == slug:
            break
        if not kind.grade:
            run(without_pictures(cell), str(kind.grade_id), names)
    return names


def points(notebook: Path, slug: str, stand_in: dict[str, Any] | None) -> float:
    """The points of one exercise when its names are bound to a stand-in; None keeps the solution."""
    names = dict(names_before(notebook, slug))
    begun = False
    for cell in cells(notebook):
        kind = cell.metadata.nbgrader
        begun = begun or kind.grade_id == slug
        if not begun or (kind.grade and kind.grade_id != f"{slug}-test"):
            continue
        if kind.solution and kind.grade_id == slug and stand_in is not None:
            names.update(stand_in)
            continue
        tree = ast.parse(cell.source) if kind.grade else without_pictures(cell)
        last = tree.body.pop() if kind.grade else None
        run(tree, str(kind.grade_id), names)
        if isinstance(last, ast.Expr):
            if isinstance(last.value, ast.Call) and [ast.unparse(each) for each in last.value.args] == ["0"]:
                last.value.args = [ast.copy_location(ast.Constant(1), last)]  # a stretch exercise: its share of right
            return float(eval(compile(ast.Expression(last.value), str(kind.grade_id), "eval"), names))
    raise AssertionError(f"{slug}-test does not end in report.points(n)")


def defined_names(notebook: Path, slug: str) -> list[str]:
    (solution,) = (cell for cell in cells(notebook) if cell.metadata.nbgrader.grade_id == slug)
    bodies = ast.parse(solution.source).body
    return [node.name for node in bodies if isinstance(node, ast.FunctionDef | ast.ClassDef)]


@pytest.mark.parametrize(("notebook", "slug"), exercises())
def test_no_public_callable_earns_a_point_in_the_place_of_an_answer(notebook: Path, slug: str) -> None:
    names = defined_names(notebook, slug)
    assert names, f"{slug} defines nothing that a stand-in could take the place of"
    for name in CALLABLES:
        stand_in = dict.fromkeys(names, getattr(cs231n_lite, name))
        try:
            earned = points(notebook, slug, stand_in)
        except Exception:  # a test cell that ends in an error earns nothing, which is what is asked
            earned = 0.0
        assert earned == 0.0, f"cs231n_lite.{name} earns {earned} points as {' and '.join(names)}"


@pytest.mark.parametrize(("notebook", "slug"), exercises())
def test_the_solution_earns_points_in_the_same_harness(notebook: Path, slug: str) -> None:
    assert points(notebook, slug, None) > 0.0
