"""What each callable of the course's package earns where an answer belongs, graded for real: nothing, or a reason.

Where points are earned the package is a face (inside/face.py). Whatever is no part of it, public or private, is one and
the same `Instrument` there, whatever its name; so one of these stands for all, and each callable that is real is tried.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nbgrader.utils import determine_grade, is_solution

import cs231n_lite
from autograder.course import Course
from autograder.examining.job import Job, contents, plain_files
from autograder.examining.terms import Terms, limits
from autograder.notebooks.kinds import exercise_of, is_test
from autograder.notebooks.notebook import read, without_markers
from autograder.sandbox.handover import real_modules

__all__ = ["REASONS", "Dropped", "dropped_in", "lines", "tried"]

PACKAGE = "cs231n_lite"
# Callables that earn points in an exercise, and why they may.
REASONS: dict[tuple[str, str], str] = {}


@dataclass
class Dropped:
    """One exercise: what each callable earns in its place, as far as that is more than an empty answer does."""

    slug: str
    earned: dict[str, float] = field(default_factory=dict)

    @property
    def unexplained(self) -> dict[str, float]:
        """The callables that earn points for no reason that is known."""
        return {name: points for name, points in self.earned.items() if (self.slug, name) not in REASONS}


def callables() -> dict[str, list[str]]:
    """Return module -> the names of all callables that it defines, public and private, of every module there is."""
    names: dict[str, list[str]] = {}
    for info in pkgutil.walk_packages(cs231n_lite.__path__, f"{PACKAGE}."):
        module = importlib.import_module(info.name)
        own = [name for name, value in vars(module).items() if callable(value) and _of(value, info.name)]
        if own:
            names[info.name] = sorted(own)
    return names


def _of(value: object, module: str) -> bool:
    return getattr(value, "__module__", "") == module and (inspect.isfunction(value) or inspect.isclass(value))


def tried() -> tuple[dict[str, str], int]:
    """Return name -> module of the callables that are tried, and the number of those that one of them stands for."""
    real = real_modules()
    there = {name: module for module, names in callables().items() if module in real for name in names}
    others = [name for module, names in callables().items() if module not in real for name in names]
    there |= {"Graph": PACKAGE, "numerical_gradient": PACKAGE}  # a graph's shape is real, too; and one for all others
    return there, len(others)


def dropped_in(course: Course, assignment: str, name: str, means: str = "") -> Iterator[tuple[str, float]]:
    """Grade every exercise with one callable, of `tried`, in its place; yield each that earns points, with these."""
    module = tried()[0][name]
    terms = Terms(timeout=20.0)
    for path in course.notebooks(assignment):
        notebook = read(path)
        for cell in notebook.cells:
            if cell.cell_type == "code" and is_solution(cell):
                cell.source = _in_place_of(without_markers(cell.source), module, name)
        files = contents(plain_files(path.parent), limits(terms, notebook).file_bytes)
        job = Job(notebook, files, files, terms, means)
        job.run(job.results(None))
        for cell in notebook.cells:
            points, _ = determine_grade(cell) if is_test(cell) else (0.0, 0.0)
            if points:
                yield exercise_of(cell), float(points)


def _in_place_of(source: str, module: str, name: str) -> str:
    """The source of a cell that binds all names of an answer to a callable of the package."""
    bodies = ast.parse(source).body
    names = [node.name for node in bodies if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    others = [ast.unparse(node) for node in bodies if isinstance(node, ast.Assign)]
    return "\n".join([*others, f"from {module} import {name}", *(f"{own} = {name}" for own in names)])


def lines(slugs: Mapping[str, Dropped]) -> list[str]:
    """Return a line for each exercise: what a callable of the package earns in its place."""
    wide = max(map(len, slugs), default=0)
    texts = []
    for slug, dropped in slugs.items():
        amounts = ", ".join(f"{name} {points:g}" for name, points in dropped.earned.items()) or "0 everywhere"
        reasons = "; ".join(REASONS[slug, name] for name in dropped.earned if (slug, name) in REASONS)
        texts.append(f"{slug:{wide}}  {amounts}{f' ({reasons})' if reasons else ''}")
    return [*texts, f"tried: {', '.join(tried()[0])}; one for {tried()[1]} others, which are all the same in the box"]
