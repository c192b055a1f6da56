"""What the page shows, as data and as HTML; nothing of a student's stands in it but what was made safe.

Whose an answer is stands there only where that was asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograder.feedback.words import rendered
from autograder.marking.desk import Desk, Stack
from autograder.marking.groups import Group, Wording
from autograder.marking.likeness import bare, differences
from autograder.marking.rubric import Part, parts_in, without_parts

__all__ = ["form", "group", "page", "state"]

EXCERPT = 90  # letters of an answer in the list of groups
FINE, WHOLE = 0.5, 1.0  # steps of a part's points: halves, unless it has many


def _shown(points: float) -> str:
    return f"{points:g}"


def _steps(most: float) -> list[float]:
    """The points that a part may be given, from none to all."""
    step = FINE if most <= 4 else WHOLE
    values = [step * number for number in range(int(most / step) + 1)]
    return list(dict.fromkeys([*values, most]))


PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
PAGES.globals.update(shown=_shown, steps=_steps)


def page(desk: Desk) -> str:
    """Return the page, in which its script puts everything else."""
    return PAGES.get_template("page.html").render(assignment=desk.assignment, stacks=desk.stacks)


def form(stack: Stack) -> str:
    """Return what stands beside the answers to a question: its text, its rubric, the fields of a mark."""
    rubric = stack.question.rubric
    return PAGES.get_template("question.html").render(
        question=stack.question,
        model=rendered(rubric.model, {}, lower=2),
        words=rendered(rubric.words, {}, lower=2),
        part_words=[rendered(part.text, {}) for part in rubric.parts],
    )


def state(stack: Stack) -> dict[str, Any]:
    """Return how far a question is: its groups in a line each, the comments that were typed, the progress in words."""
    groups = [_line(stack, each) for each in stack.groups]
    waiting, groups_waiting = stack.waiting, stack.waiting_groups
    progress = f"{len(stack.answers) - waiting} of {len(stack.answers)} answers marked"
    progress += f"; {groups_waiting} group{'s' if groups_waiting != 1 else ''} wait{'s' if groups_waiting == 1 else ''}"
    if stack.unread:
        progress += f"; {stack.unread} more are not graded yet, or their file is gone"
    return {"groups": groups, "comments": stack.comments(), "progress": progress}


def _line(stack: Stack, each: Group) -> dict[str, Any]:
    text = " ".join(bare(stack.answers[each.wordings[0].sample].text).split())
    return {
        "key": each.key,
        "size": len(each.grade_ids),
        "waits": each.waits,
        "points": None if each.waits or each.points is None else _shown(each.points),
        "excerpt": text if len(text) <= EXCERPT else text[:EXCERPT] + "…",
    }


def group(stack: Stack, each: Group, *, names: bool) -> dict[str, Any]:
    """Return a group: its answers as HTML, the mark that it has or is offered, and the stamps of what is shown."""
    rubric, lead = stack.question.rubric, each.wordings[0]
    points, comment = each.alike or ((None if each.waits else each.points), each.comment)
    html = PAGES.get_template("group.html").render(
        group=each,
        number=stack.groups.index(each) + 1,
        total=len(stack.groups),
        size=len(each.grade_ids),
        most=stack.question.most,
        flagged=sum(stack.marks[grade_id].flagged for grade_id in each.grade_ids),
        names=_names(stack, lead.grade_ids) if names else "",
        html=stack.answers[lead.sample].html(),
        wordings=[_wording(stack, lead, wording, names=names) for wording in each.wordings[1:]],
    )
    return {
        "key": each.key,
        "size": len(each.grade_ids),
        "html": html,
        "points": points,
        "comment": without_parts(comment, rubric),
        "parts": parts_in(comment, rubric) or _evident(rubric.parts, points),
        "stamps": stack.stamps(each.grade_ids),
    }


def _evident(parts: Sequence[Part], points: float | None) -> dict[str, float]:
    """What each part gave where that is clear from the sum: all or nothing."""
    if points is None or points not in (0, sum(part.most for part in parts)):
        return {}
    return {part.name: part.most if points else 0.0 for part in parts}


def _wording(stack: Stack, lead: Wording, wording: Wording, *, names: bool) -> dict[str, Any]:
    answer = stack.answers[wording.sample]
    return {
        "size": len(wording.grade_ids),
        "ids": " ".join(wording.grade_ids),
        "names": _names(stack, wording.grade_ids) if names else "",
        "difference": differences(stack.answers[lead.sample].text, answer.text),
        "html": answer.html(),
    }


def _names(stack: Stack, grade_ids: Sequence[str]) -> str:
    return ", ".join(sorted(stack.marks[each].student for each in grade_ids))
