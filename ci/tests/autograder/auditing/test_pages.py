"""The audit's templates are filled with texts that are never markup, and a name that is not given is a fault."""

from __future__ import annotations

import jinja2
import pytest

from autograder.auditing.messages import Message, counted
from autograder.auditing.pages import filled


def test_what_a_page_is_filled_with_is_text() -> None:
    by_slug = {"<i>": [Message("area", "", "<script>alert(1)</script>", answers=["one"])]}
    page = filled("messages.html", by_slug=by_slug, head="1 slug", counted=counted)
    assert "<script>" not in page and "<i>" not in page and "&lt;script&gt;" in page


def test_a_template_whose_names_are_not_all_given_is_refused() -> None:
    with pytest.raises(jinja2.UndefinedError):
        filled("messages.html", by_slug={})
