"""The options of the audit, as they are typed."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from autograder.auditing.options import add_to


def typed(*words: str) -> argparse.Namespace:
    top = argparse.ArgumentParser()
    add_to(top.add_subparsers())
    return top.parse_args(["audit", *words])


def test_without_options_all_of_the_course_is_audited() -> None:
    options = typed()
    assert options.assignments == [] and options.exercise == "" and options.json is None
    assert not (options.full or options.changed or options.record or options.instruments)


def test_what_is_typed_is_what_is_asked_for() -> None:
    options = typed("1-tiny", "2-more", "--exercise", "square", "--full", "--html", "page.html")
    assert options.assignments == ["1-tiny", "2-more"] and options.exercise == "square" and options.full
    assert options.html == Path("page.html")


def test_unknown_option_is_refused() -> None:
    with pytest.raises(SystemExit):
        typed("--everything")
