"""The class as a table in plain text: a row a student, a column an exercise."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.gradebook.lateness import duration
from autograder.grading.results import StudentResult
from autograder.tamper import STRAY, Note, in_lines

__all__ = ["for_a_person", "table"]

BROKE = ("timed-out", "out-of-memory", "crashed")
NONE = "stretch, no points (✓ right, ◐ in part, ✗ not right, ○ not written)"
STRETCH = {"passed": "✓", "partial": "◐", "not-written": "○"}  # any other verdict: ✗
LONGEST = 300  # characters of a line about one student
SHOWN = 8  # such lines about one student


def table(students: dict[str, StudentResult], absent: Sequence[str] = (), mark: str = "") -> str:
    """Return the table, with the exercises numbered in its head and named below it, and who handed in nothing.

    `mark` is the command by which a person marks what waits.
    """
    slugs = list(dict.fromkeys(slug for student in students.values() for slug in student.exercises))
    most = {slug: ex.max_points for student in students.values() for slug, ex in student.exercises.items()}
    wide = max(len("points there are"), *map(len, students))
    lines = [" ".join([f"{'':{wide}}", *(f"{number:>4}" for number in range(1, len(slugs) + 1)), f"{'sum':>6}"])]
    top = max((student.max_score for student in students.values()), default=0.0)
    lines.append(_row("points there are", [_number(most[slug]) for slug in slugs], f"{top:g}", wide))
    for name, student in students.items():
        cells = [_points(student, slug) for slug in slugs]
        waits = any(cell.endswith("?") for cell in cells)
        lines.append(_row(name, cells, f"{student.score:g}" + ("+" if waits else " "), wide))
    labels = (slug if most[slug] else f"{slug}: {NONE}" for slug in slugs)
    lines += ["", *(f"{number:>4}  {label}" for number, label in enumerate(labels, start=1))]
    lines += _waiting([_points(student, slug) for student in students.values() for slug in slugs], mark)
    noted = len(lines)
    lines += [f"   ·  {_harmless(line)}" for line in _late(students)]
    for name, student in students.items():
        notes = in_lines(Note(**note) for note in student.tamper if note["severity"] != STRAY)  # the worst first
        lines += [f"   !  {_harmless(f'{name}: {note}')}" for note in notes[:SHOWN]]
        stray = [f"{note['kind']} {note['cell']}".rstrip() for note in student.tamper if note["severity"] == STRAY]
        if stray:  # what happens to everybody: a line is enough
            lines.append(f"   ·  {_harmless(f'{name}: stray edits: ' + ', '.join(stray))}")
        if len(notes) > SHOWN:  # a thousand of them would bury what is told of the others
            lines.append(f"   !  {_harmless(name)}: {len(notes) - SHOWN} more in its tamper report")
    if absent:
        lines.append(f"   ·  handed in nothing: {_harmless(', '.join(absent))}")
    lines[noted:noted] = _legend(lines[noted:])
    names = for_a_person(students)
    if names:
        lines.append(f"   !  for a person to look at: {', '.join(map(_harmless, names))}")
    return "\n".join(lines)


def _waiting(cells: list[str], mark: str) -> list[str]:
    """What the question marks in the table mean, and how many answers a person is still to mark."""
    waiting = sum(cell.endswith("?") for cell in cells)
    lines = []
    if "?" in cells:
        lines.append("   ?  waits for a person to grade it, and is not in the sum yet")
    if any(len(cell) > 1 and cell.endswith("?") for cell in cells):
        lines.append("  2?  a person gave 2 to an earlier answer; this one waits, and the 2 are in the sum until then")
    if waiting:
        how = f": {mark}" if mark else ""
        lines.append(f"      still to be marked: {waiting} answer{'s' if waiting > 1 else ''}{how}")
    return lines


def _legend(lines: list[str]) -> list[str]:
    """What the signs before the lines about students mean, where there are any."""
    signs = {line.strip()[:1] for line in lines}
    legend = (("!", "a person should look at it"), ("·", "good to know, and nothing to do"))
    told = [f"{sign} {meaning}" for sign, meaning in legend if sign in signs]
    return ["", f"      {'; '.join(told)}:"] if told else []


def for_a_person(students: dict[str, StudentResult]) -> list[str]:
    """Return the students whose submission a person should look at: more than a stray edit, or an answer that broke."""
    return [
        name
        for name, student in students.items()
        if any(note["severity"] != STRAY for note in student.tamper)
        or any(exercise.verdict in BROKE for exercise in student.exercises.values())
    ]


def _harmless(text: str) -> str:
    """A student's words without what a terminal would obey, and no more of them than fits."""
    printable = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return printable if len(printable) <= LONGEST else printable[: LONGEST - 1] + "…"


def _row(name: str, cells: list[str], total: str, wide: int) -> str:
    return " ".join([f"{_harmless(name):{wide}}", *(f"{cell:>4}" for cell in cells), f"{total:>7}"]).rstrip()


def _number(most: float) -> str:
    return f"{most:g}" if most else "-"


def _points(student: StudentResult, slug: str) -> str:
    exercise = student.exercises.get(slug)
    if exercise is None:
        return ""
    if not exercise.max_points:  # a stretch exercise: what came of it, as it has no points
        return STRETCH.get(exercise.verdict, "✗")
    if exercise.points is None:
        return "?" if exercise.earlier is None else f"{exercise.earlier:g}?"
    return f"{exercise.points:g}"


def _late(students: dict[str, StudentResult]) -> list[str]:
    """A line for each student who was late: by how much, and what it costs, as the export says."""
    lines = []
    for name, student in students.items():
        penalty = student.late_submission_penalty
        if student.seconds_late > 0:
            costs = f"{penalty:g} points are taken: {student.score + penalty:g} → {student.score:g}"
            lines.append(f"{name}: late by {duration(student.seconds_late)}; {costs if penalty else 'no penalty'}")
    return lines
