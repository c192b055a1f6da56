"""What a solution loses before it is kept: markers, and all that differs from one run to the next."""

from __future__ import annotations

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.building.solution_steps import ClearHiddenAttachments, RemoveMarkers, Stabilise


def test_prints_that_came_in_pieces_are_kept_in_one() -> None:
    pieces = [new_output("stream", name="stdout", text=text) for text in ("a\n", "b\n")]
    picture = new_output("display_data", data={"text/plain": "a chart"})
    last = new_output("stream", name="stdout", text="c\n")
    notebook = new_notebook(cells=[new_code_cell("print()", outputs=[*pieces, picture, last])])
    notebook, _ = Stabilise().preprocess(notebook, {})
    assert [output.get("text", "") for output in notebook.cells[0].outputs] == ["a\nb\n", "", "c\n"]


def test_python_s_version_and_timings_are_dropped() -> None:
    cell = new_code_cell("1", metadata={"execution": {"iopub.execute_input": "now"}})
    notebook = new_notebook(cells=[cell], metadata={"language_info": {"name": "python", "version": "3.11.7"}})
    notebook, _ = Stabilise().preprocess(notebook, {})
    assert notebook.metadata.language_info == {"name": "python"} and notebook.cells[0].metadata == {}


def test_markers_are_taken_out_and_what_stands_between_them_stays() -> None:
    source = "def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION"
    cell, _ = RemoveMarkers().preprocess_cell(new_code_cell(source), {}, 0)
    assert cell.source == "def f(x):\n    return x"


def test_picture_that_only_the_solution_showed_is_dropped_and_the_questions_stays() -> None:
    both = {"the answer.png": {"image/png": "AAAA"}, "question.png": {"image/png": "BBBB"}}
    shows = new_markdown_cell("![](attachment:question.png) *Your answer here.*", attachments=dict(both))
    shows, _ = ClearHiddenAttachments().preprocess_cell(shows, {}, 0)
    assert list(shows.attachments) == ["question.png"]
    empty, _ = ClearHiddenAttachments().preprocess_cell(new_markdown_cell("x", attachments=dict(both)), {}, 0)
    assert "attachments" not in empty
