"""One page to keep beside each notebook: gates, sizes, how to find a wrong gradient, names elsewhere, a glossary.

It is written down as tables in source/reference.toml and ships with the notebooks, so nothing on it is code, and what a
course keeps back must not stand there: the rules that look for answers in a student version read this page, too.
"""

from __future__ import annotations

import functools
import re
import string
import tomllib
from html import escape
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

__all__ = ["PAGE", "SOURCE", "AddReference", "anchor", "page"]

SOURCE, PAGE = "reference.toml", "reference.html"  # in source/; beside a notebook
_TEMPLATE = Path(__file__).with_name("reference.html")
_CODE, _STRONG = re.compile(r"`([^`]+)`"), re.compile(r"\*\*([^*]+)\*\*")
HEADS = ("gate", "forward", "backward", "keeps", "what it does to a gradient")


class AddReference(NbGraderPreprocessor):
    """Puts the page beside a notebook, in the student version and in the solution, where source/ has its tables."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook as it is, and the page among the files that are written with it."""
        tables = Path(resources["metadata"]["path"]).parent / SOURCE
        if tables.is_file():
            resources.setdefault("outputs", {})[PAGE] = page(tables).encode("utf-8")
        return nb, resources


def anchor(term: str) -> str:
    """Return the id of a term of the glossary: what a link to it ends in."""
    return "term-" + re.sub(r"[^a-z]+", "-", term.removesuffix(" gradient").lower()).strip("-")


def page(tables: Path) -> str:
    """Return the page's HTML, made of the tables in a TOML file."""
    return _page(tables.read_text(encoding="utf-8"))


@functools.lru_cache(4)  # for each notebook twice
def _page(text: str) -> str:
    data = tomllib.loads(text)
    rows = [[entry[key] for key in ("name", "forward", "backward", "keeps", "note")] for entry in data["gate"]]
    ratios = [[entry["is"], entry["means"]] for entry in data["ratio"]]
    sections = {
        "Gates": _table("gates", HEADS, rows),
        data["sizes"]["title"]: _list("ul", data["sizes"]["rules"]),
        data["debugging"]["title"]: _list("ol", data["debugging"]["rules"])
        + _table("ratios", ("yours : measured", "most likely"), ratios),
        data["words"]["title"]: _table("words", data["words"]["head"], data["words"]["rows"]),
        data["glossary"]["title"]: _glossary(data["glossary"]["terms"]),
    }
    return string.Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        title=escape(data["title"]),
        about=escape(data["about"]),
        links=" ".join(f'<a href="#part-{n}">{escape(title)}</a>' for n, title in enumerate(sections)),
        sections="\n".join(
            f'<section aria-labelledby="part-{n}"><h2 id="part-{n}">{escape(title)}</h2>\n{body}</section>'
            for n, (title, body) in enumerate(sections.items())
        ),
    )


def _text(text: str) -> str:
    return _STRONG.sub(r"<strong>\1</strong>", _CODE.sub(r"<code>\1</code>", escape(text, quote=False)))


def _table(name: str, heads: Any, rows: list[list[str]]) -> str:
    """A table whose first column names its rows; a wide one is scrolled, also by key."""
    head = "".join(f'<th scope="col">{_text(each)}</th>' for each in heads)
    lines = (
        f'<tr><th scope="row">{_text(first)}</th>{"".join(f"<td>{_text(each)}</td>" for each in rest)}</tr>'
        for first, *rest in rows
    )
    return (
        f'<div class="wide" tabindex="0" role="group" aria-label="table of {name}"><table>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{chr(10).join(lines)}\n</tbody></table></div>\n"
    )


def _list(kind: str, rules: list[str]) -> str:
    return f"<{kind}>\n" + "\n".join(f"<li>{_text(rule)}</li>" for rule in rules) + f"\n</{kind}>\n"


def _glossary(terms: list[list[str]]) -> str:
    entries = (
        f'<div class="term"><dt id="{anchor(term)}">{_text(term)}</dt> <dd>{_text(meaning)}</dd></div>'
        for term, meaning in terms
    )
    return "<dl>\n" + "\n".join(entries) + "\n</dl>\n"
