"""A gradient that is measured in line is told by its source, and no honest answer of the corpus looks like one."""

from __future__ import annotations

import ast

import pytest

from autograder.corpus.answers import answers
from autograder.course import Course
from autograder.intake.measured import LARGEST, differences
from autograder.intake.suspicion import suspicions
from autograder.tamper import ODD

IN_LINE = """
def affine_backward(dout, cache):
    x, W, b = cache
    h, dx = 1e-6, np.zeros_like(x)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + h
        up = np.sum((x @ W + b) * dout)
        x[i] = old - h
        down = np.sum((x @ W + b) * dout)
        x[i] = old
        dx[i] = (up - down) / (2 * h)
    return dx
"""
MEASURED = {
    "in-line": IN_LINE,
    "step-in-place": IN_LINE.replace("x[i] = old + h", "x[i] += h").replace("x[i] = old - h", "x[i] -= 2 * h"),
    "number-for-a-step": IN_LINE.replace("2 * h", "2 * 1e-6").replace("+ h", "+ 1e-6").replace("- h", "- 1e-6"),
    "named-difference": IN_LINE.replace(
        "dx[i] = (up - down) / (2 * h)", "rise = up - down\n        dx[i] = rise / (h * 2)"
    ),
    "helper": IN_LINE.replace("affine_backward", "slope") + "def backward(dout, cache):\n    return slope(dout, cache)",
    "method": f"class Gate:\n{IN_LINE}".replace("\n", "\n    "),
    "imaginary": "def svm_loss(W):\n    dW = (total(W + 1e-30j)).imag / 1e-30\n    return total(W), dW",
}
HONEST = {
    "own-check-beside-it": IN_LINE.replace("affine_backward", "numerical") + "def backward(d, x):\n    return d * x",
    "normalised": "def backward(d, x):\n    h = 1e-5\n    return d * (x - x.mean()) / (x.std() + h)",
    "mean-of-a-difference": "def loss(x, y):\n    n = len(x)\n    return ((x - y) ** 2).sum() / (2 * n), (x - y) / n",
    "exercise-that-measures": IN_LINE.replace("affine_backward", "numerical_gradient"),
}


@pytest.mark.parametrize("name", MEASURED)
def test_measured_gradient_leaves_a_note(name: str) -> None:
    notes = suspicions([("affine", MEASURED[name])])
    assert [(note.severity, note.cell) for note in notes] == [(ODD, "affine")]
    assert "measures its gradient by" in notes[0].detail


@pytest.mark.parametrize("name", HONEST)
def test_derived_gradient_leaves_none(name: str) -> None:
    assert suspicions([("affine", HONEST[name])]) == []


@pytest.mark.parametrize("assignment", Course().assignments())
def test_no_answer_of_the_corpus_but_a_pleaser_looks_measured(assignment: str) -> None:
    notes = {
        answer.name: [
            note for note in suspicions([("cell", text) for text in answer.cells]) if "looks m" in note.detail
        ]
        for by_name in answers(assignment).values()
        for answer in by_name.values()
        if answer.kind != "pleaser"
    }
    assert {name: found for name, found in notes.items() if found} == {}


def test_cell_that_is_too_long_to_look_at_is_passed_over() -> None:
    assert list(differences(ast.parse(IN_LINE)))
    assert not list(differences(ast.parse(IN_LINE + "x = 1\n" * LARGEST)))
