"""A notebook as it is handed out, of two answers in code and one in words, in a folder of its assignment's name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

STUBS = {
    "square": "def square(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
    "half": "def half(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
    "why": "*Your answer here.*",
}
ANSWERS = {"square": "def square(x):\n    return x * x", "half": "def half(x):\n    return x / 2", "why": "It grows."}
POINTS = {"square": 2, "half": 3, "why": 4}
CHECK = """\
from cs231n_lite import Report
report = Report("{slug}")
with report.part("value"):
    assert {slug}(4) == {value}
report.points({points})"""
SOURCES = {
    "setup": "from cs231n_lite import before_handing_in, progress",
    **{"square": STUBS["square"], "square-test": CHECK.format(slug="square", value=16, points=2)},
    **{"half": STUBS["half"], "half-test": CHECK.format(slug="half", value=2, points=3)},
    "why": STUBS["why"],
    "progress": "print(progress({'square': 2, 'half': 3}, by_hand={'why': 4}))",
    "hand-in": "print(before_handing_in())",
}


def cell(name: str, source: str) -> dict[str, Any]:
    meta = {"nbgrader": {"grade_id": name, "solution": name in STUBS, "grade": name.endswith("-test") or name == "why"}}
    if name == "why":
        return {"cell_type": "markdown", "id": name, "metadata": meta, "source": source.splitlines(keepends=True)}
    code = {"outputs": [], "execution_count": None, "source": source.splitlines(keepends=True)}
    return {"cell_type": "code", "id": name, "metadata": meta, **code}


def handed_out(folder: Path, assignment: str = "1-powers", name: str = "powers.ipynb") -> Path:
    """Write the notebook below a folder; return its path."""
    exercises = {slug: {"points": POINTS[slug], "by_hand": slug == "why", "stub": stub} for slug, stub in STUBS.items()}
    about = {"assignment": assignment, "cells": list(SOURCES), "exercises": exercises, "hand_in": "Upload it."}
    data = {
        "cells": [cell(name, source) for name, source in SOURCES.items()],
        "metadata": {"cs231n_lite": about},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = folder / assignment / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def write(path: Path, answers: dict[str, str]) -> None:
    """Write answers into a notebook's file, as Jupyter does when it is saved."""
    data = json.loads(path.read_text(encoding="utf-8"))
    for each in data["cells"]:
        if each["id"] in answers:
            each["source"] = answers[each["id"]].splitlines(keepends=True)
    path.write_text(json.dumps(data), encoding="utf-8")
