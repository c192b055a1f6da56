"""The report as one page: no script, nothing fetched, to be read on a screen, a phone and paper."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

from autograder.feedback.words import in_a_line
from autograder.reporting.plots import distribution, facilities

__all__ = ["as_page"]

GROUPS = 5  # kinds of nameless answers that are shown


def as_page(report: Mapping[str, Any]) -> str:
    """Return the report as HTML that needs no other file."""
    # Whatever a template is given is text, and never markup.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(percent=_percent, number=_number, plural=_plural, line=in_a_line)
    template = environment.get_template("page.html")
    numbered = {entry["name"]: number for number, entry in enumerate(report["assignments"])}
    places = {
        (assignment["name"], exercise["slug"]): f"e-{numbered[assignment['name']]}-{number}"
        for assignment in report["assignments"]
        for number, exercise in enumerate(assignment["exercises"])
    }
    trials = [
        (assignment["name"], exercise)
        for assignment in report["assignments"]
        for exercise in assignment["exercises"]
        if exercise["trial"]
    ]
    return template.render(
        **report, places=places, trials=trials, facilities=facilities, distribution=distribution, groups=GROUPS
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
