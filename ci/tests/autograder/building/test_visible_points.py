"""Points at which a mistake could hide are told, by exercise; points that are as they must be are not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from autograder import HOME
from autograder.notebooks.notebook import canonical
from ci.tests.autograder.builders import cell

SETUP = "import numpy as np\n\nfrom cs231n_lite import Graph, check_backward, check_gate, check_values"
STAGED = '{{"s": {x} + {y}, "t": ({x} + {y}) ** 2, "ds": 2.0 * ({x} + {y}), "dt": 0.5}}'
CIRCUIT = 'Graph({"q": ("add", "x", "y"), "f": ("multiply", "q", "z")})'

VISIBLE = {
    # exercise: its visible check, its hidden one, what is told
    "stage-of-minus-one": (
        f"check_values(dict, {STAGED.format(x=3.0, y=-4.0)})",
        f"check_values(dict, {STAGED.format(x=0.4, y=1.1)})",
        "s is -1",
    ),
    "second-point-beside-the-textbook-s": (
        f"check_values(dict, {STAGED.format(x=3.0, y=-4.0)})\ncheck_values(dict, {STAGED.format(x=0.7, y=1.2)})",
        f"check_values(dict, {STAGED.format(x=0.4, y=1.1)})",
        "",
    ),
    "circuit-at-rest": (f"{CIRCUIT}.forward(x=2.0, y=-2.0, z=3.0)", "", "f is 0"),
    "circuit-by-accident": (f"{CIRCUIT}.forward(x=2.0, y=1.5, z=-3.5)", "", "and z are equal or opposite"),
    "circuit-of-the-lecture": (f"{CIRCUIT}.forward(x=-2.0, y=5.0, z=-4.0)", "", ""),
    "gate-at-one": ("check_gate(Times, 1.0, -4.0, like=lambda x, y: x * y)", "", "x is 1"),
    "gate-of-opposites": ("check_gate(Times, 3.0, -3.0, like=lambda x, y: x * y)", "", "equal or opposite"),
    "gate-that-shares": ("check_gate(Plus, 3.0, -5.5, like=lambda x, y: x + y)", "", ""),
    "numbers-typed-in": ('check_values(dict, {"a": 1.0, "b": 0.0})', "", ""),
    "only-the-hidden-case": ("", f"check_values(dict, {STAGED.format(x=3.0, y=-4.0)})", ""),
}
GATES = """
class Times:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dz):
        return dz * self.y, dz * self.x


class Plus:
    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        return dz, dz
"""


@pytest.fixture(scope="module")
def sentences(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What is told of each exercise."""
    folder = tmp_path_factory.mktemp("points")

    def written(name: str, *cells: NotebookNode) -> Path:
        path = folder / name
        path.write_text(canonical(new_notebook(cells=list(cells))), encoding="utf-8")
        return path

    given = [cell("setup", SETUP, "locked"), cell("gates", GATES, "answer")]
    whole = [cell(f"{slug}-test", f"{shown}\n{hidden}", "test") for slug, (shown, hidden, _) in VISIBLE.items()]
    shown = [cell(f"{slug}-test", visible, "test") for slug, (visible, _, _) in VISIBLE.items()]
    paths = [written("solution.ipynb", *given, *whole), written("released.ipynb", *given, *shown)]
    command = [sys.executable, "-m", "autograder.building.visible_points", *map(str, paths)]
    reply = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=True)
    lines = [line.removeprefix("exercise ").split(": ", 1) for line in reply.stdout.splitlines()]
    return {slug: [sentence for name, sentence in lines if name == slug] for slug in VISIBLE}


@pytest.mark.parametrize("slug", VISIBLE)
def test_point_that_hides_mistakes_is_told_and_no_other(slug: str, sentences: dict[str, list[str]]) -> None:
    expected = VISIBLE[slug][2]
    assert (len(sentences[slug]) > 0) is bool(expected), sentences[slug]
    assert all(expected in sentence for sentence in sentences[slug][:1])
