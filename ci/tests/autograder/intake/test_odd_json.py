"""Notebooks whose JSON is odd: what is whole in them is graded, what is not is told, and nothing raises."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.intake.odd_json import brief, parsed
from autograder.intake.salvage import salvage
from autograder.tamper import Note

ANSWER = "def square(x):\n    return x**2"
CELL = {"cell_type": "code", "id": "square", "metadata": {"nbgrader": {"grade_id": "square"}}, "source": ANSWER}
NOTEBOOK: dict[str, Any] = {"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
TEXT = json.dumps(NOTEBOOK)
DIGITS = "9" * 10_000


def holding(odd: str) -> str:
    """The notebook with something odd in the metadata of its cell, before the source."""
    return TEXT.replace('"grade_id"', f'"odd": {odd}, "grade_id"')


# case: the file, the kinds of its notes; the answer comes across
WHOLE: dict[str, tuple[str | bytes, list[str]]] = {
    "not a number": (holding("[NaN, Infinity, -Infinity, 1e400]"), []),
    "a number of 10,000 digits": (holding(DIGITS), ["odd-json"]),
    "a negative one in a list": (holding(f"[[-{DIGITS}]]"), ["odd-json"]),
    "lists 100,000 deep": (holding("[" * 100_000 + "]" * 100_000), ["odd-json"]),
    "objects 100,000 deep": (holding('{"a":' * 100_000 + "1" + "}" * 100_000), ["odd-json"]),
    "brackets in a text beside it": (holding("[" * 2000 + '"[\\"]{"' + "]" * 2000), ["odd-json"]),
    "line ends in a text": (holding('"a\n\tb"'), ["odd-json"]),
    "a key twice": (holding('1, "odd": 2'), []),
    "lone surrogates": (holding('["\\ud800", {"\\udfff": 1}]'), []),
    "BOM": ("\ufeff" + TEXT, []),
    "UTF-16": (TEXT.encode("utf-16"), ["not-utf-8"]),
    "UTF-16 without BOM": (TEXT.encode("utf-16-le"), ["not-utf-8"]),
    "UTF-32": (TEXT.encode("utf-32"), ["not-utf-8"]),
    "NUL bytes before": (b"\0" * 5 + TEXT.encode(), ["broken-json"]),
    "NUL bytes after": (TEXT.encode() + b"\0" * 1000, ["broken-json"]),
    "spaces before and after": (" " * 2**20 + TEXT + "\n" * 2**20, []),
    "metadata null": (TEXT.replace('"metadata": {}', '"metadata": null'), []),
    "outputs a text": (TEXT.replace('"id"', '"outputs": "x", "id"'), []),
    "nbformat a text": (json.dumps(NOTEBOOK | {"nbformat": "4"}), ["nbformat"]),
    "nbformat a long number": (TEXT.replace('"nbformat": 4', f'"nbformat": {DIGITS}'), ["odd-json", "nbformat"]),
    "cells an object": (json.dumps(NOTEBOOK | {"cells": {"1": CELL}}), ["no-cells"]),
    "an id that is no text": (TEXT.replace('"id": "square"', '"id": [7]'), []),
    "numbers among the lines": (json.dumps(NOTEBOOK | {"cells": [CELL | {"source": [1, ANSWER, []]}]}), ["not-a-cell"]),
}


def read(content: str | bytes, place: Path) -> tuple[list[str], list[Note]]:
    place.write_bytes(content.encode() if isinstance(content, str) else content)
    pieces, notes = salvage(place)
    return [piece.source for piece in pieces], notes


@pytest.mark.parametrize("case", WHOLE)
def test_answer_that_is_whole_comes_across_and_what_was_odd_is_told_in_a_line(case: str, tmp_path: Path) -> None:
    content, kinds = WHOLE[case]
    sources, notes = read(content, tmp_path / "tiny.ipynb")
    assert sources[:1] == [ANSWER]
    assert [note.kind for note in notes] == kinds
    assert all(note.detail and "\n" not in note.detail for note in notes)


NOTHING: dict[str, tuple[str, str]] = {
    "the cells again, and empty": (TEXT[:-1] + ', "cells": []}', "cells stand in it twice; the last were read"),
    "worksheets of numbers": ('{"nbformat": 3, "worksheets": [{"cells": 5}, 7]}', "nbformat 3"),
    "lines that are numbers": (
        TEXT.replace(json.dumps(ANSWER), "[1, 2, 3]"),
        "3 of the 3 lines of its source are no text; left out",
    ),
    "deep to the end": ('{"cells": ' + "[" * 100_000, "not JSON"),
    "a long text, deep": (" " * (9 * 2**20) + "[" * 100_000, "nested too deep"),
    "200,000 cells of numbers": ('{"nbformat": 4, "cells": [' + "1," * 200_000 + "1]}", "200001 cells"),
}


@pytest.mark.parametrize("case", NOTHING)
def test_what_is_not_whole_is_told(case: str, tmp_path: Path) -> None:
    content, words = NOTHING[case]
    sources, notes = read(content, tmp_path / "tiny.ipynb")
    assert "".join(sources) == ""
    assert any(words in note.detail for note in notes)


DEEP: Callable[[int], str] = lambda count: "[" * count + "]" * count  # noqa: E731  (said once)


def test_levels_that_are_read_are_read_whole() -> None:
    notes: list[Note] = []
    value = parsed(f'[{DEEP(48)}, {DEEP(100_000)}, "after"]', notes)
    assert value[0] == json.loads(DEEP(48)) and value[2] == "after" and len(notes) == 1


def test_text_for_a_note_is_made_of_any_value() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    for value in (deep, int("7" * 4000), {"a": [1] * 10**6}, "x" * 10**6, float("nan"), None):
        assert 0 < len(brief(value)) <= 60
    while deep:  # from without: taken apart from within, it would be too deep for this Python
        deep = deep[0]
