"""The page in front: a link for each notebook, its size in words, how it is handed in."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

from ci.site.landing import write


def a_notebook(title: str, hand_in: str) -> bytes:
    exercises = {"add": {"points": 2}, "why": {"points": 1.5}}
    about = {"cs231n_lite": {"exercises": exercises, "hand_in": hand_in}}
    return json.dumps({"cells": [{"cell_type": "markdown", "source": [f"# {title}"]}], "metadata": about}).encode()


def test_each_notebook_has_its_link_and_what_is_in_it(tmp_path: Path) -> None:
    books = {
        "1-a/one two.ipynb": a_notebook("1 · First & last", "Upload it to <Canvas>."),
        "1-a/data.txt": b"1 2 3",
        "2-b/b.ipynb": a_notebook("2 · Second", "Upload it to <Canvas>."),
    }
    write(tmp_path, books)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    links: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list) -> None:
            links.extend(dict(attributes)["href"] for _ in [0] if tag == "a")

    Links().feed(page)
    assert links == ["lab/index.html?path=1-a/one%20two.ipynb", "lab/index.html?path=2-b/b.ipynb"]
    assert "1 · First &amp; last" in page and "2 exercises, 3.5 points" in page and "in two notebooks" in page
    assert page.count("Upload it to &lt;Canvas&gt;.") == 1
    assert (tmp_path / "page.css").is_file() and "$" not in page


def test_the_page_to_keep_is_linked_where_there_is_one(tmp_path: Path) -> None:
    write(tmp_path, {"1-a/a.ipynb": a_notebook("A", ""), "1-a/reference.html": b"<p>words</p>"})
    assert '<a href="reference.html">' in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert (tmp_path / "reference.html").read_bytes() == b"<p>words</p>"


def test_page_has_the_element_that_the_application_reads_from_it(tmp_path: Path) -> None:
    write(tmp_path, {"1-a/a.ipynb": a_notebook("A", "")})
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert '<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{}</script>' in page
