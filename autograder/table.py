"""The class as a table in plain text: a row a student, a column an exercise."""

from __future__ import annotations

from autograder.grade import Student
from autograder.tamper import STRAY

__all__ = ["table"]


def table(students: dict[str, Student]) -> str:
    """Return the table, with the exercises numbered in its head and named below it."""
    slugs = list(dict.fromkeys(slug for student in students.values() for slug in student.exercises))
    most = {slug: ex.max_points for student in students.values() for slug, ex in student.exercises.items()}
    wide = max(len("points there are"), *map(len, students))
    lines = [" ".join([f"{'':{wide}}", *(f"{number:>4}" for number in range(1, len(slugs) + 1)), f"{'sum':>6}"])]
    top = max((student.max_score for student in students.values()), default=0.0)
    lines.append(_row("points there are", [f"{most[slug]:g}" for slug in slugs], f"{top:g}", wide))
    for name, student in students.items():
        cells = [_points(student, slug) for slug in slugs]
        lines.append(_row(name, cells, f"{student.score:g}" + ("+" if "?" in cells else " "), wide))
    lines += ["", *(f"{number:>4}  {slug}" for number, slug in enumerate(slugs, start=1))]
    crashed = [name for name, student in students.items() if "crashed" in _verdicts(student)]
    if crashed:
        lines.append(
            f"   nbgrader gave up on {', '.join(crashed)}: see its log; no automatic points stand in the gradebook"
        )
    if any(_points(student, slug) == "?" for student in students.values() for slug in slugs):
        lines.append("   ?  waits for a person to grade it, and is not in the sum yet")
    for name, student in students.items():
        for note in student.tamper:
            if note["severity"] != STRAY:
                where = f" {note['cell']}:" if note["cell"] else ""
                lines.append(f"   !  {name}: {note['severity']}: {note['kind']}:{where} {note['detail']}")
    return "\n".join(lines)


def _verdicts(student: Student) -> set[str]:
    return {exercise.verdict for exercise in student.exercises.values()}


def _row(name: str, cells: list[str], total: str, wide: int) -> str:
    return " ".join([f"{name:{wide}}", *(f"{cell:>4}" for cell in cells), f"{total:>7}"]).rstrip()


def _points(student: Student, slug: str) -> str:
    exercise = student.exercises.get(slug)
    if exercise is None:
        return ""
    return "?" if exercise.points is None else f"{exercise.points:g}"
