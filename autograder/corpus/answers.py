"""Answers that are not the solution, and submissions made of them.

autograder/audit/ASSIGNMENT.py holds them in percent format: a line that names the answer, then the whole source of one
solution cell (of a written question: one triple-quoted string).

    # %% multiply-gate | wrong | operands-swapped | loses 2 | told operands-swapped
    # %% multiply-gate | wrong | swapped-and-doubled | loses 2 | told operands-swapped | also factor-2, sign
    # %% multiply-gate | right | cache-tuple-list
    # %% multiply-gate | pleaser | answers-once | loses 1.5
    # %% multiply-gate | pleaser | asks-the-package | loses 1.5 | box

A wrong answer says how many points it loses and may say which finding it must be told, and which it may be told also,
as they are true of it: any other name of a mistake would be a false one. A right one loses nothing; a hostile one must
gain nothing. An answer to a stretch exercise, which has no points, says what it would lose of 1. A pleaser understands
nothing and lies to the test, and loses the points of all that it lies about; `box` says that it asks an instrument of
the package, which is there in one kernel and absent where answers are graded, so that only real grading can judge it.

What a student has beside the solution cell follows its source: `# %%+ before` and `# %%+ after` begin a code cell of
the student's own that stands before or after it, and a line `# %%+ crlf` says that the solution cell was saved with the
line ends of Windows.
"""

from __future__ import annotations

import ast
import difflib
import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell
from nbgrader.utils import is_solution

from autograder.course import Course
from autograder.notebooks.kinds import exercise_of, is_test
from autograder.notebooks.notebook import grade_id, read, without_markers
from autograder.problem import Problem

__all__ = ["EMPTY", "SOLUTION", "Answer", "answered", "answers", "expected_points", "parse"]

EMPTY, SOLUTION = "empty", "solution"  # what any exercise can be answered with, beside its corpus
KINDS = ("wrong", "right", "hostile", "pleaser")
LOSING = ("wrong", "pleaser")
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*$")
FORM = "# %% SLUG | wrong | NAME | loses N | told SLUG | also SLUG, SLUG"
START, MORE = "# %%", "# %%+"
BESIDE = ("before", "after", "crlf")
AUDIT = Path(__file__).parents[1] / "audit"


@dataclass(frozen=True)
class Answer:
    """One answer to one exercise: its `source` is that of the whole cell; it `loses` points and is told a `mistake`.

    `also` are mistakes that it may be told as well, as they are true of it. `before` and `after` are the student's own
    code cells around it. A pleaser with `box` can be judged by real grading only.
    """

    slug: str
    kind: str
    name: str
    source: str
    line: int
    loses: float = 0.0
    mistake: str = ""
    also: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    box: bool = False

    @property
    def cells(self) -> tuple[str, ...]:
        """The sources of all that the student wrote for this exercise, in the order of the notebook."""
        return *self.before, self.source, *self.after


def parse(text: str, where: str) -> list[Answer]:
    """Return the answers of a file in the order written; raises Problem with the line and what was expected there."""
    entries: list[Answer] = []
    starts: list[tuple[int, str]] = []
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        if line.startswith(START) and not line.startswith(MORE):
            starts.append((number, line))
        elif not starts and line.strip() and not line.startswith("#"):
            raise Problem(f"{where}:{number}: expected a line `{FORM}` before the first answer, got {line.strip()!r}")
    ends = [number - 1 for number, _ in starts[1:]] + [len(lines)] * bool(starts)  # a file may be empty yet
    for (number, line), end in zip(starts, ends, strict=True):
        answer = _beside(_header(line, f"{where}:{number}", number), lines[number:end], where)
        twin = next((other for other in entries if (other.slug, other.name) == (answer.slug, answer.name)), None)
        if twin:
            raise Problem(f"{where}:{number}: {answer.slug} has an answer {answer.name} already, in line {twin.line}")
        entries.append(answer)
    return entries


def _header(line: str, where: str, number: int) -> Answer:
    fields = [field.strip() for field in line.removeprefix("# %%").split("|")]
    if len(fields) < 3:
        raise Problem(f"{where}: expected `{FORM}`, got {line!r}")
    slug, kind, name, *rest = fields
    for word in (slug, name):
        if not NAME.match(word):
            raise Problem(f"{where}: expected small letters, digits and single dashes in a name, got {word!r}")
    if name in (EMPTY, SOLUTION):
        raise Problem(f"{where}: {name!r} is what every exercise has already; choose another name")
    if kind not in KINDS:
        raise Problem(f"{where}: expected one of {', '.join(KINDS)}, got {kind!r}")
    if kind not in LOSING and rest:
        raise Problem(f"{where}: a {kind} answer ends after its name, got {rest[0]!r}; only a wrong one loses points")
    if kind in LOSING and not rest:
        raise Problem(f"{where}: a {kind} answer says what it costs: expected `loses N` after {name!r}")
    return replace(Answer(slug, kind, name, "", number), **_cost(kind, rest, where))


def _cost(kind: str, fields: list[str], where: str) -> dict[str, Any]:
    """What a header says after the name: the points that are lost, then what is told or what it takes to judge it."""
    cost: dict[str, Any] = {}
    for position, entry in enumerate(fields):
        word, _, value = entry.partition(" ")
        if position == 0 and word == "loses" and re.match(r"\d+(\.5)?$", value) and float(value) > 0:
            cost["loses"] = float(value)
        elif position == 1 and kind == "pleaser" and entry == "box":
            cost["box"] = True
        elif position == 1 and kind == "wrong" and word == "told" and NAME.match(value):
            cost["mistake"] = value
        elif position == len(fields) - 1 and kind == "wrong" and word == "also" and _names(value):
            cost["also"] = _names(value)
        else:
            more = "`box` or nothing" if kind == "pleaser" else "`told SLUG`, then `also SLUG, SLUG`, or nothing"
            expected = "`loses N`, N in half points above 0" if position == 0 else more
            raise Problem(f"{where}: expected {expected}, got {entry!r}")
    return cost


def _names(text: str) -> tuple[str, ...]:
    """The names in a list with commas; none where one of them is no name."""
    names = tuple(word.strip() for word in text.split(","))
    return names if all(map(NAME.match, names)) else ()


def _beside(answer: Answer, lines: list[str], where: str) -> Answer:
    """Return the answer with its source, and with the cells that the student put beside it."""
    cells: dict[str, tuple[str, ...]] = {"before": (), "after": (), "crlf": ()}
    marks = [number for number, line in enumerate(lines) if line.startswith(MORE)] + [len(lines)]
    source = _source(lines[: marks[0]], f"{where}:{answer.line}")
    for mark, end in itertools.pairwise(marks):
        place, here = lines[mark].removeprefix(MORE).strip(), f"{where}:{answer.line + 1 + mark}"
        if place not in BESIDE:
            raise Problem(f"{here}: expected `{MORE}` and one of {', '.join(BESIDE)}, got {lines[mark]!r}")
        if place != "crlf":
            cells[place] += (_source(lines[mark + 1 : end], here),)
        elif any(line.strip() for line in lines[mark + 1 : end]):
            raise Problem(f"{here}: `{MORE} crlf` stands after the source that it is about, with nothing below it")
        else:
            source = source.replace("\n", "\r\n")
    return replace(answer, source=source, before=cells["before"], after=cells["after"])


def _source(lines: list[str], where: str) -> str:
    source = "\n".join(lines).strip("\n")
    if not source.strip():
        raise Problem(f"{where}: expected the source of a cell below this line, got nothing")
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        line = int(where.rsplit(":", 1)[1]) + (error.lineno or 1)
        raise Problem(f"{where.rsplit(':', 1)[0]}:{line}: expected Python, or one quoted string: {error.msg}") from None
    if len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr) and isinstance(tree.body[0].value, ast.Constant):
        return str(tree.body[0].value.value).strip()  # a written answer
    return source


def answers(assignment: str, folder: Path = AUDIT) -> dict[str, dict[str, Answer]]:
    """Return the corpus of an assignment as slug -> name -> answer; empty where there is no file."""
    path = folder / f"{assignment}.py"
    corpus: dict[str, dict[str, Answer]] = {}
    if path.is_file():
        for answer in parse(path.read_text(encoding="utf-8"), path.name):
            corpus.setdefault(answer.slug, {})[answer.name] = answer
    return corpus


def answered(
    course: Course, assignment: str, changes: Mapping[str, str], *, rest: str = SOLUTION, folder: Path = AUDIT
) -> dict[str, NotebookNode]:
    """Return what a student hands in, as notebook name -> notebook: the released ones with answers put in.

    `changes` maps a slug to an answer's name, "empty" or "solution"; every other exercise is answered with `rest`.
    The cells that an answer has beside the solution cell stand next to it, as Jupyter would save them.
    """
    corpus = answers(assignment, folder)
    open_changes = dict(changes)
    handed_in = {}
    for path in course.notebooks(assignment):
        solved = {grade_id(cell): without_markers(cell.source) for cell in read(path).cells if is_solution(cell)}
        notebook = read(course.release / assignment / path.name)
        cells = []
        for cell in notebook.cells:
            slug, around = grade_id(cell), [cell]
            if is_solution(cell):
                name = open_changes.pop(slug, rest)
                if name == SOLUTION:
                    cell.source = solved[slug]
                elif name != EMPTY:
                    answer = _named(corpus, slug, name)
                    cell.source = answer.source
                    around = [*_own(answer, "before"), cell, *_own(answer, "after")]
            cells += around
        notebook.cells = cells
        handed_in[path.name] = from_dict(notebook)
    if open_changes:
        slugs = list(corpus) or ["none"]
        raise Problem(
            f"{assignment} has no exercise {next(iter(open_changes))!r}; {_near(next(iter(open_changes)), slugs)}"
        )
    return handed_in


def _own(answer: Answer, place: str) -> list[NotebookNode]:
    sources = answer.before if place == "before" else answer.after
    return [new_code_cell(source, id=f"{answer.slug[:40]}-{place}-{number}") for number, source in enumerate(sources)]


def expected_points(
    course: Course, assignment: str, changes: Mapping[str, str], *, rest: str = SOLUTION, folder: Path = AUDIT
) -> dict[str, float]:
    """Return slug -> the points that such a submission must get, for the exercises that grade themselves."""
    corpus = answers(assignment, folder)
    points = {}
    for path in course.notebooks(assignment):
        for cell in read(path).cells:
            if not is_test(cell):
                continue
            slug, most = exercise_of(cell), float(cell.metadata.nbgrader.points)
            name = changes.get(slug, rest)
            loses = {EMPTY: most, SOLUTION: 0.0}.get(name)
            points[slug] = max(0.0, most - (_named(corpus, slug, name).loses if loses is None else loses))
    return points


def _named(corpus: dict[str, dict[str, Answer]], slug: str, name: str) -> Answer:
    names = corpus.get(slug, {})
    if name not in names:
        raise Problem(f"the corpus has no answer {name!r} to {slug}; {_near(name, [EMPTY, SOLUTION, *names])}")
    return names[name]


def _near(word: str, candidates: Iterable[str]) -> str:
    names = list(candidates)
    near = difflib.get_close_matches(word, names, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there is {', '.join(names)}"
