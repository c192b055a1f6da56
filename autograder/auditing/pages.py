"""The pages of the audit: templates beside this file, filled with texts from answers and test cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

__all__ = ["filled"]

# Whatever a template is given is text, and never markup.
ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def filled(template: str, **values: Any) -> str:
    """Return a template of this folder as a page that needs no other file."""
    return ENVIRONMENT.get_template(template).render(**values)
