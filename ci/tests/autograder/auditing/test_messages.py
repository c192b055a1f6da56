"""The page of what students are told: each sentence once, under its slug, with who is told it; text is never markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.__main__ import main
from autograder.auditing.messages import Message, as_page, as_text, lacking
from ci.tests.autograder.auditing.builders import STRONG, course

ANSWERS = """
# %% area | wrong | added | loses 2
def area(w, h):
    return w + h

# %% area | wrong | taken-away | loses 2
def area(w, h):
    return w - h

# %% area | right | turned
def area(w, h):
    return h * w
"""
FINDING = "from cs231n_lite.reporting.finding import Finding\nreport = "
CHATTY = STRONG.replace('"3 by 5 is 15"', 'f"3 by 5 is 15, yours is {area(3.0, 5.0)}"').replace(
    "report.points(2)", 'report.tell(Finding("<b>", "", "lovely", remark=True))\nreport.points(2)'
)


def test_command_shows_each_sentence_once_with_those_who_are_told_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shapes = course(tmp_path, CHATTY.replace("report = ", FINDING, 1), answers=ANSWERS)
    assert main(["audit", "--course", str(shapes.root), "--messages"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(
        "2 slugs, 3 sentences\n\n<b> (1 sentence)\n\n  area: added, taken-away, turned, a remark\n"
    )
    assert (
        "wrong-value (2 sentences)\n\n  area: added, taken-away\n    [numbers] 3 by 5 is 15, yours is 8.0.\n" in printed
    )
    assert "-2.0" not in printed, "another number is no other sentence"


def test_page_has_headings_in_order_and_links_and_what_is_said_is_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shapes = course(tmp_path, CHATTY.replace("report = ", FINDING, 1), answers=ANSWERS)
    page = tmp_path / "messages.html"
    assert main(["audit", "--course", str(shapes.root), f"--messages={page}"]) == 0
    html = page.read_text(encoding="utf-8")
    assert re.findall(r"<(h\d)", html) == ["h1", "h2", "h3", "h2", "h3"]
    assert "<b>" not in html and "&lt;b&gt;" in html and '<a href="#wrong-value">' in html
    assert '<html lang="en">' in html and "To added, taken-away" in html and "Remark to added" in html


def test_lines_of_a_sentence_and_its_part_stay_apart() -> None:
    by_slug = {"raises": [Message("area", "numbers", "It raised.\nLook there.", answers=["one"])]}
    assert as_text(by_slug).endswith("raises (1 sentence)\n\n  area: one\n    [numbers] It raised.\n    Look there.")
    assert "<code>numbers</code>: It raised.\nLook there.</blockquote>" in as_page(by_slug)


def test_file_that_is_no_page_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--course", str(course(tmp_path).root), "--messages", "1-shapes"]) == 2
    assert "expected FILE.html, got '1-shapes'; assignments stand before --messages" in capsys.readouterr().err


def test_of_a_language_only_the_sentences_are_left_that_it_lacks() -> None:
    told = Message("area", "numbers", "Nothing is filled in yet.")
    untold = Message("area", "numbers", "Nobody has said this before.")
    assert lacking({"not-written": [told, untold], "zero": [told]}, "es") == {"not-written": [untold]}
