"""The page in front: what this is, which notebook to open, how work is saved and handed in, what the browser keeps."""

from __future__ import annotations

import html
import json
import shutil
import string
from pathlib import Path, PurePosixPath
from urllib.parse import quote

__all__ = ["write"]

PAGE = Path(__file__).parent / "page"
KEEP = "reference.html"
COUNTS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}


def write(site: Path, notebooks: dict[str, bytes]) -> None:
    """Write the page into the site, over JupyterLite's own, which only leads to the application."""
    for path in PAGE.iterdir():
        shutil.copyfile(path, site / path.name)
    books = {name: json.loads(data) for name, data in notebooks.items() if name.endswith(".ipynb")}
    hand_in = {str(book["metadata"].get("cs231n_lite", {}).get("hand_in", "")) for book in books.values()}
    page = string.Template((PAGE / "index.html").read_text(encoding="utf-8")).substitute(
        count=COUNTS.get(len(books), str(len(books))),
        notebooks="\n".join(_entry(name, book) for name, book in books.items()),
        hand_in=html.escape(" ".join(sorted(hand_in))),
        keep=_to_keep(site, notebooks),
        megabytes=30,
    )
    (site / "index.html").write_text(page, encoding="utf-8")


def _to_keep(site: Path, notebooks: dict[str, bytes]) -> str:
    """A line on the page that lies beside each notebook, which is laid beside this one, too; "" where there is none."""
    pages = [data for name, data in notebooks.items() if PurePosixPath(name).name == KEEP]
    if not pages:
        return ""
    (site / KEEP).write_bytes(pages[0])
    return f'<p>Beside them, <a href="{KEEP}">one page to keep</a>: gates, sizes, wrong gradients, words.</p>'


def _entry(name: str, book: dict) -> str:
    exercises = book["metadata"].get("cs231n_lite", {}).get("exercises", {})
    points = sum(exercise["points"] for exercise in exercises.values())
    stretch = sum(not exercise["points"] for exercise in exercises.values())
    about = f"{len(exercises) - stretch} exercises, {points:g} points" if exercises else ""
    about += f", and {stretch} more to stretch" if stretch else ""
    return f'<li><a href="lab/index.html?path={quote(name)}">{html.escape(_title(book, name))}</a><p>{about}</p></li>'


def _title(book: dict, name: str) -> str:
    """The notebook's first heading, or its name."""
    for cell in book["cells"]:
        for line in "".join(cell["source"]).splitlines():
            if cell["cell_type"] == "markdown" and line.startswith("# "):
                return line.removeprefix("# ").strip()
    return PurePosixPath(name).stem
