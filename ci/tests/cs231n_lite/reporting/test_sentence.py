"""What is said of a part begins with a capital and ends in a full stop, and a variable keeps its name."""

from __future__ import annotations

import pytest

from cs231n_lite import Report
from cs231n_lite.reporting.sentence import sentence

SENTENCES = {
    "the loss is off": "The loss is off.",
    "every slope is 0: did both calls see the same array?": "Every slope is 0: did both calls see the same array?",
    "x was changed": "x was changed.",
    "dx is off in 3 of 6 entries": "dx is off in 3 of 6 entries.",
    "Mend it first.": "Mend it first.",
    "": "",
}


@pytest.mark.parametrize("text", SENTENCES)
def test_text_becomes_a_sentence(text: str) -> None:
    assert sentence(text) == SENTENCES[text]


def test_assert_of_a_part_is_told_as_a_sentence() -> None:
    report = Report()
    with report.part("a"):
        raise AssertionError("the loss is off")
    with report.part("b"):
        raise AssertionError(("shape", "one loss a step is expected"))
    with report.part("c"):
        raise AssertionError
    assert [finding.message for finding in report.findings] == [
        "The loss is off.",
        "One loss a step is expected.",
        "c: this does not hold yet.",
    ]
