"""The stepper's script and style: files of their own that the tools of their languages can read."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import tinycss2

from cs231n_lite.drawing import stepper

FOLDER = Path(stepper.__file__).parent
SCRIPT = (FOLDER / "stepper.js").read_text(encoding="utf-8")
STYLE = (FOLDER / "stepper.css").read_text(encoding="utf-8")


def script_errors(script):
    command = [shutil.which("node"), "--check", "-"]
    return subprocess.run(command, input=script, capture_output=True, text=True, check=False).stderr


def style_errors(style):
    rules = tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True)
    parts = [part for rule in rules for part in tinycss2.parse_blocks_contents(getattr(rule, "content", None) or [])]
    return [part.message for part in [*rules, *parts] if part.type == "error"]


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize(("planted", "error"), [("", ""), ("(", "SyntaxError")])
def test_the_script_is_javascript(planted, error):
    errors = script_errors(SCRIPT.replace("enhance(root);", f"enhance(root){planted};"))
    assert error in errors if error else not errors


@pytest.mark.parametrize("name", ["file", "page"])
def test_the_style_is_css(name):
    style = {"file": STYLE, "page": stepper.STYLE}[name]
    assert style_errors(style) == []
    assert style_errors(style.replace("max-width:none", "max-width")) and style_errors(style + "}")


def test_the_page_has_the_script_as_it_is_and_the_style_in_one_line_with_its_colours():
    assert stepper.SCRIPT == "\n" + SCRIPT
    assert "\n" not in stepper.STYLE and "/*" not in stepper.STYLE
    assert stepper.STYLE.startswith(".cl-stepper{--cl-card:#ffffff;--cl-line:")
    assert set(re.findall(r"var\((--cl-\w+)\)", STYLE)) <= set(re.findall(r"(--cl-\w+):", stepper.STYLE))
