"""The rules that the notebooks of source/ follow, so that one slug means one exercise everywhere."""

from __future__ import annotations

import ast
import re

import pytest
from nbformat import NotebookNode

from autograder.building.rules import check_source
from autograder.course import Course
from autograder.notebooks.kinds import is_free
from autograder.notebooks.needed_cells import names_of
from autograder.notebooks.notebook import canonical, grade_id, read, tidied
from cs231n_lite.cells import Cells

# The course's slugs, in the order in which they are taught; those with points by hand are marked. Stretch exercises
# have none, and come last.
COURSE = {
    "1-computational-graphs": {
        "chain-rule-by-hand": 2,
        "numerical-gradient": 3,
        "multiply-gate": 2,
        "add-gate": 2,
        "topological-sort": 3,
        "computational-graph": 4,
        "sigmoid-circuit": 4,
        "unrolled-loop": 3,
        "memory-profile": 2,
        "why-a-graph": 3,
    },
    "2-gate-patterns": {
        "predict-the-flow": 4,
        "max-gate": 2,
        "branch-sum": 3,
        "sigmoid-gate": 2,
        "tanh-gate": 1,
        "relu-gate": 2,
        "leaky-relu-gate": 1,
        "elu-gate": 2,
        "maxout-gate": 3,
        "framework-names": 2,
        "staged-circuit": 4,
        "bug-clinic": 6,
        "which-activation": 3,
    },
    "3-vectorized-jacobians": {
        "jacobian": 3,
        "relu-jacobian": 3,
        "vjp": 3,
        "norm-squared": 3,
        "unbroadcast": 2,
        "affine": 4,
        "svm-loss": 4,
        "softmax-loss": 3,
        "why-not-the-jacobian": 3,
        "batch-norm": 0,
        "conv1d": 0,
    },
    "4-two-layer-net": {
        "linear-scores": 3,
        "neuron": 2,
        "sigmoid-net": 3,
        "two-layer-net": 4,
        "three-layer-net": 3,
        "train": 4,
        "digits": 3,
        "templates": 3,
        "activation-swap": 3,
        "what-the-templates-say": 3,
        "embedding": 0,
        "attention-head": 0,
    },
}
BY_HAND = {"why-a-graph", "which-activation", "why-not-the-jacobian", "what-the-templates-say"}


def cells(assignment: str) -> list[NotebookNode]:
    (path,) = Course().notebooks(assignment)
    return [cell for cell in read(path).cells if not is_free(cell)]


def kind(cell: NotebookNode) -> str:
    meta = cell.metadata.nbgrader
    return {(False, True): "solution", (True, False): "test", (True, True): "written"}.get(
        (meta.grade, meta.solution), "read-only"
    )


def test_every_assignment_of_source_is_known_here() -> None:
    assert Course().assignments() == sorted(COURSE)


@pytest.mark.parametrize("assignment", COURSE)
def test_notebook_is_named_after_its_folder(assignment: str) -> None:
    assert [path.stem for path in Course().notebooks(assignment)] == [assignment.split("-", 1)[1]]


@pytest.mark.parametrize("assignment", COURSE)
def test_metadata_ids_regions_and_outputs_follow_the_rules(assignment: str) -> None:
    (path,) = Course().notebooks(assignment)
    assert check_source(read(path), path.name) == []


@pytest.mark.parametrize("assignment", COURSE)
def test_file_is_in_its_one_form(assignment: str) -> None:
    (path,) = Course().notebooks(assignment)
    assert path.read_text(encoding="utf-8") == canonical(tidied(read(path))), "run `python3 -m ci tidy`"


@pytest.mark.parametrize("assignment", COURSE)
def test_exercises_stand_in_the_order_of_the_course(assignment: str) -> None:
    written = [grade_id(cell) for cell in cells(assignment) if kind(cell) in ("solution", "written")]
    assert written == list(COURSE[assignment])


@pytest.mark.parametrize("assignment", COURSE)
def test_points_are_those_of_the_course_and_add_up(assignment: str) -> None:
    points = {
        grade_id(cell): cell.metadata.nbgrader.points
        for cell in cells(assignment)
        if "grade" in cell.metadata.nbgrader and cell.metadata.nbgrader.grade
    }
    assert {name.removesuffix("-test"): most for name, most in points.items()} == COURSE[assignment]
    text = "\n".join(cell.source for cell in cells(assignment) if cell.cell_type == "markdown")
    assert re.search(rf"\b{sum(COURSE[assignment].values())}\b points", text), (
        "the notebook tells how many points there are"
    )
    for slug, most in COURSE[assignment].items():
        budget = re.search(rf"^`{slug}` &nbsp; .* minutes &nbsp; (.*)$", text, re.MULTILINE)
        assert budget and budget[1].startswith(f"{most} point" if most else "stretch"), slug


@pytest.mark.parametrize("assignment", COURSE)
def test_each_exercise_has_its_five_parts_in_order(assignment: str) -> None:
    names = [grade_id(cell) for cell in cells(assignment)]
    for slug in COURSE[assignment]:
        if slug in BY_HAND:
            continue
        place = names.index(slug)
        test = names.index(f"{slug}-test")
        text = next(n for n in range(place - 1, -1, -1) if cells(assignment)[n].cell_type == "markdown")
        helpers = cells(assignment)[text + 1 : place]  # what a picture or the check needs besides
        assert all(kind(cell) == "read-only" for cell in helpers), f"{slug}: text comes before the code"
        assert any(name.endswith("-picture") for name in names[place:test]), (
            f"{slug}: a picture comes between code and check"
        )
        assert names[test + 1] == f"{slug}-hints", f"{slug}: hints come after the check"


@pytest.mark.parametrize("assignment", COURSE)
def test_each_check_gives_the_points_that_its_cell_is_worth(assignment: str) -> None:
    for cell in cells(assignment):
        if kind(cell) == "test":
            slug, most = grade_id(cell).removesuffix("-test"), cell.metadata.nbgrader.points
            assert cell.source.rstrip().endswith(f"_check().points({most:g})"), f"{slug}: its last line gives points"
            # A name that a test leaves would do, at home alone, for one that an answer forgot to make.
            assert names_of(cell.source).sets == {"_check"}, f"{slug}: its lines stand in `def _check():`"
            assert f'Report("{slug}")' in cell.source, f"{slug}: the report bears the exercise's name"
            assert "report.graded_with(" in cell.source, f"{slug}: a right check says what else runs when it is graded"
            assert "### BEGIN HIDDEN TESTS" in cell.source, f"{slug}: has hidden tests too"


@pytest.mark.parametrize("assignment", COURSE)
def test_every_link_inside_a_notebook_has_its_anchor_and_the_table_links_every_exercise(assignment: str) -> None:
    text = [cell.source for cell in cells(assignment) if cell.cell_type == "markdown"]
    links = [link for source in text for link in re.findall(r"\]\(#([^)]*)\)", source)]
    # An anchor of its own: JupyterLab writes a `·` of a heading as %C2%B7 in a link, and then does not find it; where
    # notebooks are graded, headings are no anchors at all, and an exercise's bare name is that of a field for points.
    anchors = [name for source in text for name in re.findall(r'^## .* <a id="([^"]*)"></a>$', source, re.MULTILINE)]
    assert sorted(set(anchors)) == sorted(anchors), "an anchor stands once"
    assert set(links) <= set(anchors), "a link leads nowhere"
    assert links == [f"exercise-{slug}" for slug in COURSE[assignment]]


@pytest.mark.parametrize("assignment", COURSE)
def test_difficulty_is_a_word_beside_dots_that_nobody_hears(assignment: str) -> None:
    """Of what takes a sign from those who hear a page, JupyterLab's sanitizer lets `inert` alone through."""
    words = {"●○○": "easy", "●●○": "medium", "●●●": "hard"}
    text = "\n".join(cell.source for cell in cells(assignment) if cell.cell_type == "markdown")
    spoken = re.findall(r"<span inert>([●○]{3})</span> (\w+)", text)
    assert spoken == [(dots, words[dots]) for dots in re.findall("[●○]{3}", text)]
    assert len(spoken) == 2 * len(COURSE[assignment]), "in the table and above the exercise"


@pytest.mark.parametrize("assignment", COURSE)
def test_notebook_ends_in_progress_with_every_exercise_and_in_the_look_before_it_is_handed_in(assignment: str) -> None:
    ends = [grade_id(cell) for cell in cells(assignment)[-4:]]
    assert ends == ["progress-text", "progress", "hand-in-text", "hand-in"]
    call = ast.parse(cells(assignment)[-3].source, mode="eval").body
    assert isinstance(call, ast.Call) and ast.unparse(call.func) == "progress"
    checks, by_hand = (ast.literal_eval(node) for node in (call.args[0], call.keywords[0].value))
    assert checks == {slug: most for slug, most in COURSE[assignment].items() if slug not in BY_HAND}
    assert by_hand == {slug: most for slug, most in COURSE[assignment].items() if slug in BY_HAND}


@pytest.mark.parametrize("assignment", COURSE)
def test_a_cell_of_the_course_that_has_functions_is_known_by_a_line_of_it(assignment: str) -> None:
    """Where cells have no names, nothing else keeps a line of ours from being called the student's."""
    for cell in cells(assignment):
        if cell.cell_type == "code" and kind(cell) in ("read-only", "test"):
            nodes = ast.walk(ast.parse(cell.source))
            if any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda) for node in nodes):
                assert Cells().of_the_course("", cell.source), grade_id(cell)
