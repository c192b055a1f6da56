"""The attack list: no hostile submission earns more than its honest work, leaves a mark, or goes by unseen.

All of them are graded once, in two batches, each between two honest submissions; a test looks at what came of one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.auditing.hostile_batch import HONEST, Batch, graded
from autograder.corpus.answers import answers
from autograder.corpus.attacks import POINTS, Attack, attacks, parsed
from autograder.course import Course
from autograder.intake import salvage, suspicion
from autograder.intake.suspicion import suspicions
from autograder.notebooks.notebook import read
from autograder.problem import Problem
from autograder.sandbox.box import why_not
from autograder.sandbox.guarantees import MEANS
from autograder.tamper import ATTACK, ODD
from ci.tests.autograder.builders import not_run

ATTACKS = attacks()


@pytest.fixture(scope="session")
def batches(means: str) -> Iterator[list[Batch]]:
    """The whole list, graded: that it comes to its end at all says that no attack stops a batch or holds it up."""
    if not means and all(map(why_not, MEANS[:-1])):
        not_run("nothing confines a student's process here")
    with graded(means) as batches:
        yield batches


@pytest.fixture
def attack(request: pytest.FixtureRequest) -> Attack:
    return ATTACKS[request.param]


@pytest.mark.parametrize("attack", ATTACKS, indirect=True)
def test_earns_what_its_honest_work_is_worth_leaves_no_mark_and_is_told(attack: Attack, batches: list[Batch]) -> None:
    outcome = next(batch.outcomes[attack.name] for batch in batches if attack.name in batch.outcomes)
    assert outcome.points == attack.points, outcome.verdicts
    assert outcome.marks == []
    notes = [note for note in outcome.notes if note["severity"] == attack.severity]
    assert notes or not attack.severity, outcome.notes


def test_there_are_at_least_sixty_of_them() -> None:
    assert len(ATTACKS) >= 60


def test_honest_neighbours_keep_every_point_and_nothing_of_theirs_is_told(batches: list[Batch]) -> None:
    for honest in (batch.outcomes[name] for batch in batches for name in HONEST):
        assert (honest.points, honest.notes) == (POINTS, [])


def test_no_attack_changes_the_course_or_the_work_of_a_neighbour(batches: list[Batch]) -> None:
    assert [batch.changed for batch in batches] == [[] for _ in batches]


def test_what_the_instructor_sees_is_plain_text_and_no_submission_fills_it(batches: list[Batch]) -> None:
    for batch in batches:
        lines = batch.table.split("\n")
        assert all(line.isprintable() for line in lines), [line for line in lines if not line.isprintable()]
        assert not any(line.strip().startswith(f"!  {name}") for line in lines for name in HONEST)
        assert max(sum(f"!  {name}:" in line for line in lines) for name in batch.outcomes) < 12


def test_no_output_of_an_answer_holds_a_line_of_the_hidden_tests(batches: list[Batch]) -> None:
    assert [answer for batch in batches for answer in batch.leaked] == []


def test_graded_work_stays_within_bounds(batches: list[Batch]) -> None:
    assert max(size for batch in batches for size in batch.sizes.values()) < 8 << 20


# The look at the source


@pytest.mark.parametrize("assignment", Course().assignments())
def test_no_answer_of_the_corpus_looks_like_an_attack(assignment: str) -> None:
    tripped = {
        answer.name: [note.detail for note in suspicions([(slug, answer.source)])]
        for slug, by_name in answers(assignment).items()
        for answer in by_name.values()
        if answer.kind != "pleaser"  # which may well
    }
    assert {name: notes for name, notes in tripped.items() if notes} == {}


@pytest.mark.parametrize("assignment", Course().assignments())
def test_no_notebook_of_the_course_looks_like_an_attack(assignment: str) -> None:
    for path in Course().notebooks(assignment):
        cells = [("cell", cell.source) for cell in read(path).cells if cell.cell_type == "code"]
        assert suspicions(cells) == []


HONEST_CELLS = {
    "pip": "!pip install numpy\n%pip list",
    "magic": "%%time\ntotal = sum(range(3))",
    "listing": "import os\nos.environ['KMP_DUPLICATE_LIB_OK'] = 'True'\nprint(os.path.join('a', 'b'), os.getcwd())",
    "own-equality": "class Node:\n    def __eq__(self, other):\n        return self.value == other.value",
    "priority": "class Value:\n    __array_priority__ = 100\n    __array_ufunc__ = None",
    "figure-size": "import matplotlib.pyplot as plt\nplt.rcParams['figure.figsize'] = (4, 3)",
    "own-check": "from cs231n_lite import numerical_gradient\nprint(numerical_gradient(lambda x: x**2, 3.0))",
    "drive": "from google.colab import drive\ndrive.mount('/content/drive')\n%cd /content/drive/MyDrive/hw 1",
    "shell": "!ls -la\n!head data.csv\nfiles = !ls *.py",
    "bash": "%%bash\nls -la\npython --version",
    "memory": "import gc\ngc.collect()",
    "figure": "plt.savefig('figure.png')\nplt.savefig('/content/figure.png')\nplt.savefig('../figure.pdf')",
    "own-data": "import pandas as pd\ndata = pd.read_csv('/home/ada/data.csv')\nopen('~/x.txt')",
    "pickle": "import pickle, multiprocessing\nfrom concurrent.futures import ThreadPoolExecutor",
    "certificates": "import ssl\nssl._create_default_https_context = ssl._create_unverified_context",
    "reload": "import importlib, cs231n_lite\nimportlib.reload(cs231n_lite)",
}


@pytest.mark.parametrize("name", HONEST_CELLS)
def test_honest_cell_is_left_in_peace(name: str) -> None:
    assert suspicions([("cell", HONEST_CELLS[name])]) == []


SUSPECT = {
    "import": ("import ctypes", ATTACK, "imports ctypes, line 1"),
    "renamed": ("import sys as s\n\ns._getframe()", ATTACK, "uses sys._getframe, line 3"),
    "from": ("from os import getppid as p\np()", ATTACK, "uses os.getppid, line 2"),
    "always-equal": ("class A:\n    __eq__ = lambda a, b: True", ODD, "A has a __eq__ of its own, line 1"),
    "patched": ("np.allclose = print", ODD, "writes into numpy, line 1"),
    "transformer": ("get_ipython().ast_transformers.append(1)", ATTACK, "uses the shell's ast_transformers, line 1"),
    "command": ("x = 1\n!ls /etc/passwd", ODD, "runs a command of the system, line 2"),
    "cell-magic": ("%%bash\ncat /submitted/zoe/x", ATTACK, "runs a command of the system, line 2"),
    "secret": ("def f():\n    return expected", ODD, "reads expected, which only a test sets, line 2"),
    "instrument": (
        "import cs231n_lite as c\ndef backward(d):\n    return c.numerical_gradient(f, d)",
        ODD,
        "backward calls cs231n_lite.numerical_gradient, line 2",
    ),
}


@pytest.mark.parametrize("name", SUSPECT)
def test_source_that_reaches_for_the_grader_is_told_with_its_line(name: str) -> None:
    source, severity, detail = SUSPECT[name]
    notes = suspicions([("cell", source)], ["expected"])
    words = "looks like an attack" if severity == ATTACK else "unusual in an answer"
    assert (notes[0].severity, notes[0].detail) == (severity, f"{words}: {detail}")


BAD_SOURCE = [
    "def f(:",
    "(" * 500,
    "-" * 90_000 + "1",
    "x" + ".a" * 60_000,
    "np" + ".a" * 900,
    "\x00",
    "!x\n" * 30_000,
    "%%",
    "a = = b",
]


@pytest.mark.parametrize("source", BAD_SOURCE, ids=range(len(BAD_SOURCE)))
def test_source_that_no_parser_takes_is_passed_over(source: str) -> None:
    suspicions([("cell", source), ("cell", source)])


def test_no_more_source_is_looked_through_than_takes_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suspicion, "LONGEST", 100)
    notes = suspicions([("first", "import ctypes"), ("second", "#" * 100), ("third", "import ctypes")])
    assert [note.cell for note in notes] == ["first", "second"]


# Reading


@pytest.mark.parametrize("cells", [b"[]," * 4_000_000 + b"[]", b'{"outputs": [' + b"[]," * 4_000_000 + b"[]]}"])
def test_small_values_by_the_million_end_in_a_note_and_not_in_the_graders_memory(
    cells: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(salvage, "MEMORY", 32 << 20)
    path = tmp_path / "large.ipynb"
    path.write_bytes(b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "1", "id": "one"}, ' + cells + b"]}")
    pieces, notes = salvage.salvage(path)
    assert [piece.ident for piece in pieces] == ["one"]
    assert [(note.kind, note.severity) for note in notes] == [("too-large", ATTACK)]


def notebook_of(path: Path, *sources: str) -> Path:
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in sources]
    path.write_text(json.dumps({"nbformat": 4, "cells": cells}), encoding="utf-8")
    return path


def test_cells_that_take_minutes_to_colour_are_cut_and_told(tmp_path: Path) -> None:
    path = notebook_of(
        tmp_path / "long.ipynb", "a = 1" + "\n " * 50_000 + "\nb = 2", "a = 1" + "\n" * 10_000 + "b = 2", "a." * 50_000
    )
    pieces, notes = salvage.salvage(path)
    assert [note.kind for note in notes] == ["too-long", "blank-lines", "blank-lines", "too-long"]
    assert max(len(piece.source) for piece in pieces) <= salvage.LONGEST["code"]
    assert pieces[1].source.split() == ["a", "=", "1", "b", "=", "2"]
    assert max(piece.source.count("\n") for piece in pieces) <= salvage.BLANK + 2


def test_a_cell_of_no_kind_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "odd.ipynb"
    cells = [{"cell_type": kind, "source": "x"} for kind in ({}, [], None, 5, "codes")]
    path.write_text(json.dumps({"nbformat": 4, "cells": cells}), encoding="utf-8")
    assert [piece.kind for piece in salvage.salvage(path)[0]] == ["markdown"] * 5


def test_a_notebook_without_end_is_read_as_far_as_it_may_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(salvage, "ALL", 100)
    pieces, notes = salvage.salvage(notebook_of(tmp_path / "long.ipynb", "#" * 60, "#" * 40, "#"))
    assert [len(piece.source) for piece in pieces] == [60, 40]
    assert [(note.kind, note.cell, note.severity) for note in notes] == [("too-long", "cell 3", ATTACK)]


# The list itself


@pytest.mark.parametrize(
    "header", ["# %% Equal | equal | harmless", "# %% equal", "# %% equal | equal | odd | earns 3"]
)
def test_header_that_is_none_is_told_with_its_line(header: str) -> None:
    with pytest.raises(Problem, match=r"cells.py:2: expected"):
        parsed(f"# words\n{header}\n1\n")


def test_every_attack_is_one_that_a_solution_in_its_place_would_not_be() -> None:
    assert all(attack.earns < set(POINTS) for attack in ATTACKS.values() if attack.source)
