"""What the instructor's guide says of an exercise: its place in the lecture, the board, and what to say to a mistake.

The words stand in guide/words/, of the course's own folder or else of this repository, a file for each assignment; a
course of one's own has none until somebody writes them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder import HOME
from autograder.problem import Problem

__all__ = ["Words", "guide_to"]


@dataclass(frozen=True)
class Words:
    """The guide's words on one exercise; `say` has a sentence for its commonest mistakes."""

    lecture: str = ""
    board: str = ""
    say: dict[str, str] = field(default_factory=dict)


def guide_to(root: Path, assignment: str) -> dict[str, Words]:
    """Return exercise -> words for an assignment; empty where the guide has nothing on it. Raises Problem."""
    places = [folder / "guide" / "words" for folder in (root, HOME)]
    place = next((folder for folder in places if (folder / f"{assignment}.toml").is_file()), None)
    if place is None:
        return {}
    entries = _read(place / f"{assignment}.toml").get("exercises", {})
    course = place / "course.toml"
    rows = _read(course).get("map", []) if course.is_file() else []
    lecture = {slug: row["lecture"] for row in rows for slug in row["exercises"]}
    words = {slug: entries.get(slug, {}) for slug in (*entries, *lecture)}
    return {
        slug: Words(lecture.get(slug, ""), entry.get("board", ""), dict(entry.get("say", {})))
        for slug, entry in words.items()
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Problem(f"{path}: cannot be read ({error})") from None
