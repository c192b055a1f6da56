"""A student version in another language: the words of one file, and what that file lacks is named and stays English."""

from __future__ import annotations

import jupytext
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.building.handing_out import KEY
from autograder.building.translation import blocks, first_line, translated
from autograder.notebooks.notebook import grade_id

TEXT = '## Gate <a id="exercise-gate"></a>\n\nThe slope of $x^2$, see [above](#exercise-sum), in $\\text{its}$ words.'
OTHER = '## Puerta <a id="exercise-gate"></a>\n\nCon sus palabras $\\text{suyas}$, la de $x^2$: [véase](#exercise-sum).'
STUB = 'def gate(x):\n    """The square."""\n    # YOUR CODE HERE\n    raise NotImplementedError()'


def cell(name: str, source: str, code: bool = False, **flags: bool) -> NotebookNode:
    metadata = {"nbgrader": {"grade_id": name, "grade": False, "solution": False, "locked": True, **flags}}
    return (new_code_cell if code else new_markdown_cell)(source, metadata=metadata)


@pytest.fixture
def notebook() -> NotebookNode:
    cells = [
        cell("setup", "from cs231n_lite import Graph", code=True),
        cell("gate-text", TEXT),
        cell("gate", STUB, code=True, solution=True, locked=False),
        cell("gate-test", "assert gate(3) == 9", code=True, grade=True),
    ]
    return new_notebook(cells=cells, metadata={KEY: {"exercises": {}}})


def file_of(notebook: NotebookNode, **texts: str) -> str:
    ends = {"markdown": "<!-- #endregion -->", "code": "```"}
    return "\n\n".join(
        f"{first_line(cell)}\n{texts[grade_id(cell).replace('-', '_')]}\n{ends[cell.cell_type]}"
        for cell in notebook.cells
        if grade_id(cell).replace("-", "_") in texts
    )


def test_words_are_the_file_s_and_the_program_is_the_notebook_s(notebook: NotebookNode) -> None:
    stub = STUB.replace("The square.", "El cuadrado.").replace("YOUR CODE HERE", "TU CÓDIGO AQUÍ")
    text = file_of(notebook, gate_text=OTHER, gate=stub)
    made, notes = translated(notebook, blocks(text), "es")
    assert notes == []
    assert [each.source for each in made.cells[1:]] == [OTHER, stub, "assert gate(3) == 9"]
    assert made.cells[0].source == 'from cs231n_lite import Graph\nfrom cs231n_lite import language\n\nlanguage("es")'
    assert made.metadata[KEY]["exercises"]["gate"]["stub"] == stub
    assert [each.metadata for each in made.cells] == [each.metadata for each in notebook.cells]
    assert notebook.cells[1].source == TEXT, "the notebook that is translated is another"


def test_file_is_read_by_jupytext_cell_by_cell(notebook: NotebookNode) -> None:
    text = file_of(notebook, gate_text=OTHER, gate=STUB)
    read = jupytext.reads(text, "md")
    assert {each.metadata["id"]: each.source for each in read.cells} == {"gate-text": OTHER, "gate": STUB}


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (None, 'has no translation; its block begins with <!-- #region id="gate-text"'),
        (OTHER.replace("$x^2$", "$x^3$"), "has other formulas than its translation"),
        (OTHER.replace("(#exercise-sum)", "(#exercise-suma)"), "has other links than its translation"),
        (OTHER.replace("exercise-gate", "ejercicio"), "has other tags than its translation"),
    ],
)
def test_what_is_missing_or_lost_on_the_way_is_named_and_stays_english(
    notebook: NotebookNode, other: str | None, reason: str
) -> None:
    text = file_of(notebook, gate_text=other) if other else ""
    made, (note,) = translated(notebook, blocks(text), "es")
    assert note.startswith(f"cell gate-text {reason}")
    assert made.cells[1].source == TEXT


def test_translation_that_is_older_than_its_text_is_named_with_the_hash_to_write(notebook: NotebookNode) -> None:
    text = file_of(notebook, gate_text=OTHER)
    notebook.cells[1].source += " And more."
    made, (note,) = translated(notebook, blocks(text), "es")
    assert note.startswith("cell gate-text is newer than its translation")
    assert made.cells[1].source.endswith("And more.")
    mended = text.replace(text.split('of="')[1][:8], note.split('of="')[1][:8])
    assert translated(notebook, blocks(mended), "es")[1] == []


def test_block_may_change_no_program_and_no_test_and_one_of_no_cell_is_named(notebook: NotebookNode) -> None:
    notebook.cells[1].source = ""
    text = file_of(notebook, gate_text="", gate=STUB.replace("gate(x)", "puerta(x)"), gate_test="assert True")
    text += '\n\n<!-- #region id="old" of="12345678" -->\nViejo\n<!-- #endregion -->'
    made, notes = translated(notebook, blocks(text), "es")
    assert made.cells[2].source == STUB and made.cells[3].source == "assert gate(3) == 9"
    assert [note.split()[:2] for note in notes] == [["cell", "gate"], ["cell", "gate-test"], ["block", "old"]]
