"""The rubric of a question, read where the course keeps it: in the answer cell of source/, or in a mark scheme.

A part is a point of a list with its points in brackets: `* *Computing (1)*: says that intermediates are shared.`
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Part", "Rubric", "parts_in", "rubric_of", "with_parts", "without_parts"]

BEGINS = re.compile(r"^\W*(for the (grader|marker)|rubric|mark(ing)? scheme|grading)\b", re.IGNORECASE)
MARKERS = re.compile(r"^\s*\W*\s*(BEGIN|END) (SOLUTION|MARK SCHEME|HIDDEN TESTS)\W*$", re.MULTILINE)
SCHEME = re.compile(r"^\W*BEGIN MARK SCHEME\W*$(.*?)^\W*END MARK SCHEME\W*$", re.MULTILINE | re.DOTALL)
POINT = re.compile(
    r"^\s*[*+-]\s+[*_]{0,3}(?P<name>[^*_():]+?)\s*\((?P<most>\d+(?:\.\d+)?)[^()]*\)[*_]{0,3}\s*:?\s*(?P<text>.*)$"
)
SAID = re.compile(r"([^·*]+): (\d+(?:\.\d+)?) of (\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Part:
    """One part of a rubric: its name, the most points it gives, and for what."""

    name: str
    most: float
    text: str


@dataclass(frozen=True)
class Rubric:
    """How an answer is marked: parts that add up, where the rubric has such, and the rest of its words as Markdown.

    `model` is the model answer, "" where there is none.
    """

    parts: tuple[Part, ...]
    words: str
    model: str


def rubric_of(source: str, most: float) -> Rubric:
    """Return the rubric in a master's cell of so many points; its parts only if they add up to these."""
    scheme = SCHEME.search(source)
    text = MARKERS.sub("", source).strip()
    lines = text.split("\n")
    begin = next((number for number, line in enumerate(lines) if BEGINS.match(line)), None)
    if scheme:
        model, words = "", MARKERS.sub("", scheme[1]).strip()
    elif begin is not None:
        model, words = "\n".join(lines[:begin]).strip(), "\n".join(lines[begin:]).strip()
    else:
        return Rubric((), "", text)
    parts, rest = _parts(words.split("\n"))
    if not parts or abs(sum(part.most for part in parts) - most) > 1e-9:
        return Rubric((), words, model)
    return Rubric(tuple(parts), rest, model)


def _parts(lines: list[str]) -> tuple[list[Part], str]:
    """The parts in lines of Markdown, and the other lines."""
    parts: list[Part] = []
    rest: list[str] = []
    within = False
    for line in lines:
        match = POINT.match(line)
        if match:
            parts.append(Part(match["name"].strip(), float(match["most"]), match["text"].strip()))
        elif within and line.strip():
            last = parts[-1]
            parts[-1] = Part(last.name, last.most, f"{last.text} {line.strip()}")
        else:
            rest.append(line)
        within = bool(match) or (within and bool(line.strip()))
    return parts, "\n".join(rest).strip()


def with_parts(comment: str, rubric: Rubric, points: Mapping[str, float]) -> str:
    """Return a comment that ends in what each part of the rubric gave, in a line that `parts_in` reads again."""
    said = " · ".join(f"{part.name}: {points[part.name]:g} of {part.most:g}" for part in rubric.parts)
    return "\n\n".join(filter(None, [comment.strip(), f"*{said}*"]))


def parts_in(comment: str, rubric: Rubric) -> dict[str, float]:
    """Return what a comment says that each part gave; nothing where it says so of other parts or of none."""
    *_, last = comment.strip().split("\n")
    said = {name.strip(): (float(points), float(most)) for name, points, most in SAID.findall(last)}
    if not said or {name: most for name, (_, most) in said.items()} != {part.name: part.most for part in rubric.parts}:
        return {}
    return {name: points for name, (points, _) in said.items()}


def without_parts(comment: str, rubric: Rubric) -> str:
    """Return what somebody typed of a comment."""
    return comment.strip().rpartition("\n")[0].strip() if parts_in(comment, rubric) else comment.strip()
