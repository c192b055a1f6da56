"""Blackboard's names, in which an assignment and a user name may both hold `_`."""

from __future__ import annotations

from pathlib import Path

from autograder.platforms.blackboard import feedback_place, read
from autograder.platforms.platform import PAGE, TYPED, WORK, Download

AT = "attempt_2026-10-03-22-45-10"


def pieces(folder: Path, **texts: str) -> list[tuple[str, str, str]]:
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [(piece.person.id, str(piece.name), piece.kind) for piece in read(Download(folder))]


def test_text_beside_says_whose_it_is(tmp_path: Path) -> None:
    text = "Name: John (Jack) Smith (smith_1)\nAssignment: HW_1\nDate Submitted: Saturday\nCurrent Grade: None\n\n"
    text += "Submission Field:\nThere is no student submission text data for this assignment.\n\n"
    text += "Comments:\nThere are no student comments for this assignment.\n\nFiles:\n\tOriginal filename: a.ipynb\n"
    found = pieces(tmp_path, **{f"HW_1_smith_1_{AT}_a_b.ipynb": "{}", f"HW_1_smith_1_{AT}.txt": text})
    assert found == [("smith_1", f"HW_1_smith_1_{AT}.txt", PAGE), ("smith_1", "a_b.ipynb", WORK)]


def test_what_was_typed_beside_is_not_lost(tmp_path: Path) -> None:
    text = "Name: Ada (ada)\n\nSubmission Field:\nThere is no student submission text data.\n\n"
    text += "Comments:\nSorry, late!\n\nFiles:\n"
    assert [kind for _, _, kind in pieces(tmp_path, **{f"HW_ada_{AT}.txt": text})] == [TYPED]


def test_without_texts_the_class_tells_where_the_user_name_begins(tmp_path: Path) -> None:
    found = pieces(tmp_path, **{f"HW_1_{user}_{AT}_a.ipynb": "{}" for user in ("smith_1", "smith_2", "ada")})
    assert {user for user, _, _ in found} == {"smith_1", "smith_2", "ada"}
    assert feedback_place(f"HW_ada_{AT}", "a.html") == f"HW_ada_{AT}_a.html"


def test_single_hand_in_ends_with_the_user_name(tmp_path: Path) -> None:
    assert pieces(tmp_path, **{f"HW_1_ada_{AT}_a.ipynb": "{}"}) == [("ada", "a.ipynb", WORK)]
