"""What a notebook must be before students see it. Each rule names the notebook, the cell and what to do about it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import determine_grade, is_grade, is_solution, is_task

from autograder.building.fitness import kernel_faults, language_faults
from autograder.building.leaks import leaks
from autograder.examiner.plain_asserts import marked
from autograder.feedback.display import REPORT
from autograder.notebooks.kinds import is_free, is_test, kind_of
from autograder.notebooks.name_flow import plan, shadowed, taken_away
from autograder.notebooks.needed_cells import names_of
from autograder.notebooks.notebook import MARKER, grade_id, text_of, without_hidden_tests

__all__ = ["check_release", "check_solution", "check_source", "check_tests", "unlisted_files"]

FLAGS = ("grade", "locked", "solution", "task")
REGIONS = {"SOLUTION": is_solution, "HIDDEN TESTS": is_grade, "MARK SCHEME": is_task}
KINDS = {"SOLUTION": "solution", "HIDDEN TESTS": "graded", "MARK SCHEME": "manually graded task"}
# A check with the package's Report says what runs only when it is graded: report.graded_with(…), report.case(…).
WITH_REPORTS = re.compile(r"^from cs231n_lite import .*\bReport\b", re.MULTILINE)
NAMED, BEGUN = re.compile(r"\.graded_with\(([^)]*)\)"), re.compile(r"\breport\.case\(([^)]*)\)")
TEXT = re.compile(r"\"([^\"]*)\"")
UNWRITTEN = ("NotImplementedError", "not written yet")


def check_source(notebook: NotebookNode, name: str, *, ours: bool = True) -> list[str]:
    """Return what is wrong with a notebook of source/, one line a fault, in the order of its cells.

    A notebook that is not `ours` is of another course: it need not look like this one's, but be graded right.
    """
    faults = _source_faults(notebook) if ours else _faults_elsewhere(notebook)
    return [f"{name}: {fault}" for fault in [*kernel_faults(notebook), *faults]]


def _faults_elsewhere(notebook: NotebookNode) -> Iterator[str]:
    """What another course's notebook cannot be graded with; cells without metadata and of any look can."""
    places: dict[str, int] = {}
    for number, cell in enumerate(notebook.cells, start=1):
        if not any(cell.metadata.get("nbgrader", {}).get(flag) for flag in FLAGS):
            continue
        label = grade_id(cell) or f"number {number} ({_first_line(cell)})"
        faults = list(_metadata_faults(cell))
        if grade_id(cell) in places:
            faults += [f"has the grade_id of cell number {places[grade_id(cell)]} too; give one of them another"]
        places.setdefault(grade_id(cell), number)
        yield from (f"cell {label} {fault}" for fault in [*faults, *_marker_faults(cell)])
    yield from _test_faults([cell for cell in notebook.cells if cell.cell_type == "code" and grade_id(cell)])


def _source_faults(notebook: NotebookNode) -> Iterator[str]:
    places: dict[str, int] = {}
    for number, cell in enumerate(notebook.cells, start=1):
        label = grade_id(cell) or f"number {number} ({_first_line(cell)})"
        if is_free(cell):
            yield from (f"cell {cell.get('id')} {fault}" for fault in _marker_faults(cell))
            continue
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
            yield f"cell {label} has stored outputs or a count; run `python3 -m ci tidy`"
        faults = list(_metadata_faults(cell))
        for fault in faults:
            yield f"cell {label} {fault}"
        if faults:
            continue
        if grade_id(cell) in places:
            yield f"cell {label} has the grade_id of cell number {places[grade_id(cell)]} too; give one of them another"
        elif cell.get("id") != grade_id(cell):
            yield f"cell {label} has the cell id {cell.get('id')!r} instead of its grade_id; run `python3 -m ci tidy`"
        places.setdefault(grade_id(cell), number)
        yield from (f"cell {label} {fault}" for fault in _region_faults(cell))
    yield from _free_faults([cell for cell in notebook.cells if cell.cell_type == "code"])
    yield from _picture_faults(notebook.cells)
    yield from _test_faults([cell for cell in notebook.cells if cell.cell_type == "code" and grade_id(cell)])


def _free_faults(cells: list[NotebookNode]) -> Iterator[str]:
    """Free cells that are not known again in what is handed in, or that a point would depend on."""
    names = plan((kind_of(cell), cell.source) for cell in cells if kind_of(cell) in ("locked", "test")).names
    read = set().union(*names.values())
    seen: set[str] = set()
    taken = set(map(grade_id, cells))
    for cell in filter(is_free, cells):
        first, name = cell.source.split("\n")[0], cell.get("id")
        if cell.outputs or cell.execution_count is not None:
            yield f"cell {name} has stored outputs or a count; run `python3 -m ci tidy`"
        if not first.startswith("#") or first in seen or str(name) in taken:
            yield f"cell {name} is free: begin it with a comment, and give it an id, that no other cell has"
        seen.add(first)
        if earning := sorted(names_of(cell.source).sets & read):
            yield f"cell {name} is free and sets {', '.join(earning)}, which a test reads: give it another name"


def _picture_faults(cells: list[NotebookNode]) -> Iterator[str]:
    """Pictures that leave names behind: an answer that forgot to make one would read it without a word."""
    for cell in cells:
        if cell.cell_type == "code" and grade_id(cell).endswith("-picture"):
            left = sorted(names_of(cell.source).sets - {"picture"})
            if left:
                yield (
                    f"cell {grade_id(cell)} leaves {', '.join(left)} behind, which an answer could read by mistake; "
                    "put its lines into `def picture():` and call that, and what others use into a locked cell before"
                )


def _test_faults(cells: list[NotebookNode]) -> Iterator[str]:
    """What of the test cells would mean something else in grading, where they run in a process of their own."""
    try:
        names = shadowed((kind_of(cell), cell.source) for cell in cells)
        earning = [marked(cell.source) for cell in cells]
    except SyntaxError:  # the solution is run, and shows it
        return
    yield from _of_answers(cells)
    for number, name in names:
        yield (
            f"cell {grade_id(cells[number])} reads {name}, which an earlier test sets and an answer defines: grading "
            "takes the test's, a notebook whichever came last; give one of them another name"
        )
    yield from _earning_nothing(cells, earning)
    if any(WITH_REPORTS.search(cell.source) for cell in cells):
        yield from _case_faults(cells)


def _case_faults(cells: list[NotebookNode]) -> Iterator[str]:
    """What a passed check says of its hidden cases, where it says too little, or what is not so."""
    for cell in cells:
        shown = without_hidden_tests(cell.source)
        hidden, names = shown != cell.source, [name for call in NAMED.findall(shown) for name in TEXT.findall(call)]
        begun = [name for call in BEGUN.findall(cell.source) for name in TEXT.findall(call)]
        if is_test(cell) and hidden and not names and "Report(" in cell.source:
            yield (
                f"cell {grade_id(cell)} has hidden tests that its check does not speak of: write "
                'report.graded_with("what they look at", …) above them, and report.case("what they look at") in them'
            )
        elif names != begun:
            yield (
                f"cell {grade_id(cell)} names the hidden cases {', '.join(names) or 'none'} in report.graded_with, and "
                f"its hidden tests begin {', '.join(begun) or 'none'} with report.case; they must be the same, in order"
            )


def _earning_nothing(cells: list[NotebookNode], earning: list[tuple[ast.Module, int]]) -> Iterator[str]:
    for cell, (tree, asserts) in zip(cells, earning, strict=True):
        last = tree.body[-1] if tree.body else None
        if is_test(cell) and not asserts and cell.metadata.nbgrader.get("points") and not isinstance(last, ast.Expr):
            yield (
                f"cell {grade_id(cell)} is a test that can earn nothing: end it in "
                f"report.points({cell.metadata.nbgrader.points:g}), or write it with plain asserts and no Report"
            )


def _of_answers(cells: list[NotebookNode]) -> Iterator[str]:
    for number, name in taken_away((kind_of(cell), cell.source) for cell in cells):
        yield (
            f"cell {grade_id(cells[number])} sets or deletes {name}, which students define: a test runs apart from "
            f"their code, so that nobody would get its points; write it without, or under another name"
        )


def check_tests(notebook: NotebookNode, name: str) -> list[str]:
    """Return a line for each test that could not be graded, whatever a course makes of its notebooks otherwise."""
    if faults := list(language_faults(notebook)):
        return [f"{name}: {fault}" for fault in faults]
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and grade_id(cell)]
    try:
        faults = [*_of_answers(cells), *_earning_nothing(cells, [marked(cell.source) for cell in cells])]
        return [f"{name}: {fault}" for fault in faults]
    except SyntaxError:  # a line of IPython's
        return []


def _first_line(cell: NotebookNode) -> str:
    line = cell.source.strip().split("\n")[0]
    return f"{line[:40]}…" if len(line) > 40 else line or "empty"


def _metadata_faults(cell: NotebookNode) -> Iterator[str]:
    meta = cell.metadata.get("nbgrader")
    if meta is None:
        yield "has no nbgrader metadata; choose its kind in nbgrader's Create Assignment toolbar, or tag it `free`"
    elif not any(meta.get(flag) for flag in FLAGS):
        yield "is neither solution, test nor read-only for nbgrader, so students' copies would drift; make it read-only"
    elif not meta.get("grade_id"):
        yield "has no grade_id; name it in nbgrader's Create Assignment toolbar"
    else:
        try:
            MetadataValidator().validate_cell(cell)
        except Exception as error:  # jsonschema's and nbgrader's own errors have no common base
            yield f"has metadata that nbgrader refuses: {str(error).splitlines()[0]}"
            return
        if is_test(cell) and not meta.get("locked"):
            yield "is a test cell that students can edit; set locked to true"


def _region_faults(cell: NotebookNode) -> Iterator[str]:
    yield from _marker_faults(cell)
    if is_solution(cell) and cell.cell_type == "code" and "BEGIN SOLUTION" not in cell.source:
        yield "is a solution cell without a ### BEGIN SOLUTION region; mark what students write themselves"


def _marker_faults(cell: NotebookNode) -> Iterator[str]:
    open_region = ""
    for line in cell.source.split("\n"):
        marker = MARKER.match(line)
        if not marker:
            if re.search(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)", line):
                yield f"names a region marker inside a line, which nbgrader takes for one: {line.strip()!r}; reword it"
            elif re.match(r"\s*(#{3}|={3})\s*(BEGIN|END)\b", line):
                yield f"has a marker that nbgrader does not know: {line.strip()!r}; it hides nothing"
            continue
        side, region = marker.groups()
        if side == "BEGIN" and open_region:
            yield f"has BEGIN {region} inside an open {open_region} region; end that one first"
        elif side == "BEGIN" and not REGIONS[region](cell):
            yield f"has a {region} region but is no {KINDS[region]} cell; change its kind or move the region"
        elif side == "END" and open_region != region:
            yield f"has END {region} without its BEGIN; add it"
        open_region = region if side == "BEGIN" else ""
    if open_region:
        yield f"has BEGIN {open_region} without its END; add it"


def check_release(
    source: NotebookNode, released: NotebookNode, others: dict[str, str], name: str, *, ours: bool = True
) -> list[str]:
    """Return what of the answers or the hidden tests is still to be read in the student version.

    `others` maps the name of each further file that students get to its text.
    """
    faults = []
    for cell in released.cells:
        if any(MARKER.match(line) for line in cell.source.split("\n")):
            faults.append(f"{name}: cell {grade_id(cell)} still has a region marker in the student version")
        if cell.cell_type == "code" and cell.outputs:
            faults.append(f"{name}: cell {grade_id(cell)} has outputs in the student version")
    places = {f"cell {grade_id(cell) or cell.get('id', '')}": cell.source for cell in released.cells} | others
    faults += [f"{name}: {leak}" for leak in leaks(source, places)] if ours else []
    return faults


def check_solution(notebook: NotebookNode, name: str, *, ours: bool = True) -> list[str]:
    """Return what is wrong with an executed solution: errors, warnings, unwritten answers, points that it misses.

    In another course than `ours`, cells that grade nothing may do as they like.
    """
    faults: list[str] = []
    failed = False
    for cell in notebook.cells:
        where = f"{name}: cell {grade_id(cell) or cell.get('id', '')}"
        if cell.cell_type != "code" or not (ours or is_test(cell)):
            continue
        broken = False
        for output in cell.outputs:
            text = text_of(output).strip()
            last = text.splitlines()[-1][:200] if text else ""
            if output.output_type == "error" and output.ename == "NameError" and failed:
                broken = True  # what follows from the first error would only hide it
            elif output.output_type == "error":
                failed = True
                faults.append(f"{where} of the solution ends in an error: {text.splitlines()[0][:200]}; mend the cell")
                broken = True
            elif output.output_type == "stream" and output.name == "stderr":
                faults.append(f"{where} of the solution writes to stderr, which costs points: {last}; mend its cause")
                broken = True
            elif any(word in text for word in UNWRITTEN):
                faults.append(f"{where} of the solution shows an unwritten answer: {last}; write it in source/")
                broken = True
        if is_test(cell) and not broken:
            faults += _points_missed(cell, where)
    return faults


def _points_missed(cell: NotebookNode, where: str) -> list[str]:
    try:
        points, most = determine_grade(cell)
    except ValueError as error:
        return [f"{where} gives points that nbgrader refuses: {error}"]
    shares = [output.data[REPORT].get("share", 1.0) for output in cell.outputs if REPORT in output.get("data", {})]
    if points == most and all(share == 1.0 for share in shares):
        return []
    if not most:
        return [f"{where} finds the solution itself not right; mend the answer or the test"]
    return [f"{where} gives the solution itself {points:g} of {most:g} points; mend the answer or the test"]


def unlisted_files(folder: Path, listed: list[str], ignore: list[str]) -> list[str]:
    """Return the files of a source folder that students would get although data.txt does not list them, sorted."""
    paths = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.suffix != ".ipynb"]
    return sorted(
        str(path)
        for path in paths
        if path.as_posix() not in listed and not any(Path(part).match(rule) for part in path.parts for rule in ignore)
    )
