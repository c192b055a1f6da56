"""What a student wrote does nothing in feedback: each trick is planted in a real submission, graded and shown."""

from __future__ import annotations

import copy
import logging
import re
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_notebook, new_output

from autograder.course import Course
from autograder.demo import feedback
from autograder.feedback.display import REPORT, Display
from autograder.feedback.formulas import ATTRIBUTES, TAGS
from autograder.feedback.sanitise import DEEPEST, LEFT_OUT, picture, sanitise
from autograder.grading.grade import grade
from autograder.grading.pictures import draw_pictures
from autograder.notebooks.notebook import read
from ci.tests.autograder.builders import copied
from ci.tests.autograder.feedback import tricks
from ci.tests.autograder.feedback.builders import planted
from cs231n_lite.drawing.picture import draw
from cs231n_lite.graph import Graph
from cs231n_lite.reporting.report import MIME, Report

READ = {"alt", "title", "aria-label"}  # attributes that are only read
ACTIVE = {"script", "style", "iframe", "object", "embed", "svg", "math", "template", "noscript"}


def live(page: str) -> list[str]:
    """All that a browser acts on in the notebook's part of a page: attributes, and the text of active elements."""
    soup = BeautifulSoup(page, "html.parser")
    active = []
    for tag in (soup.find(id="notebook-container") or soup).find_all(True):
        active += [f"{key}={value}" for key, value in tag.attrs.items() if key not in READ]
        if tag.name in ACTIVE or tag.name in ("form", "input", "button", "base", "meta", "link"):
            active.append(str(tag))
        elif tag.name not in ("pre", "code") and not tag.find_parent(["pre", "code"]):
            active += re.findall(r"\\(?:href|style)\{[^}]*", " ".join(tag.find_all(string=True, recursive=False)))
    return active


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, tiny_built: Path) -> SimpleNamespace:
    """A submission that holds every trick, graded, and its feedback by `generate_feedback`."""
    course = copied(tiny_built, tmp_path_factory.mktemp("display"))
    planted(course, "mallory")
    grade(course, "1-tiny")
    draw_pictures(course, "1-tiny", ["mallory"])
    feedback(course, "1-tiny", course.root / "log")
    folder = course.root / "autograded" / "mallory" / "1-tiny"
    page = (course.root / "feedback" / "mallory" / "1-tiny" / "tiny.html").read_text(encoding="utf-8")
    submitted = (course.root / "submitted" / "mallory" / "1-tiny" / "tiny.ipynb").read_text(encoding="utf-8")
    return SimpleNamespace(
        course=course, submitted=submitted, notebook=read(folder / "tiny.ipynb"), page=page, live=live(page)
    )


def plainly(name: str) -> str:
    """The page that nbconvert makes of the trick by itself."""
    cell = copy.deepcopy(tricks.cells()[name])
    if name in tricks.bundles():
        data, metadata = tricks.bundles()[name]
        cell.outputs = [
            new_output("display_data", data=nbformat.from_dict(data), metadata=nbformat.from_dict(metadata))
        ]
    try:
        page: str = HTMLExporter(template_name="classic").from_notebook_node(new_notebook(cells=[cell]))[0]
    except Exception as error:  # nbconvert gives up on an attachment that is not there
        return f'<i title2="{error} trick.invalid/{name}"></i>'
    return page


# What Python's parser of HTML takes for text or what travels coded; browser/test_formgrader.py sees these at work.
UNSEEN = {"comment-early-end", "img-unquoted", "isolated-frame", "not-closed", "script-in-script"}


@pytest.mark.parametrize("name", [name for name in tricks.cells() if name not in {*UNSEEN, *tricks.HARMLESS}])
def test_trick_works_in_nbconverts_own_page(name: str) -> None:
    if name == "style-fixed":
        assert any("position:fixed" in entry for entry in live(plainly(name)))
    elif name == "style-margin":
        assert any("margin-top:-" in entry for entry in live(plainly(name)))
    else:
        assert any(f"trick.invalid/{name}" in entry for entry in live(plainly(name))), plainly(name)[-1500:]


@pytest.mark.parametrize("name", list(tricks.cells()))
def test_trick_does_nothing_in_feedback(graded: SimpleNamespace, name: str) -> None:
    assert not [entry for entry in graded.live if f"trick.invalid/{name}" in entry]
    assert f"trick.invalid/{name}" in graded.submitted, "it was planted"


def test_nothing_in_feedback_is_active(graded: SimpleNamespace) -> None:
    assert not [
        entry
        for entry in graded.live
        if re.match(r"on\w+=|srcdoc=|srcset=|action=|formaction=|ping=|background=", entry)
    ]
    sources = [entry for entry in graded.live if entry.startswith("src=")]
    assert sources and all(re.match(r"src=data:image/(png|webp|svg\+xml)[;,]", entry) for entry in sources)
    assert all(re.match(r"href=#", entry) for entry in graded.live if entry.startswith("href="))
    styles = " ".join(entry for entry in graded.live if entry.startswith("style="))
    assert not re.search(r"position|float|:-|url|transform|z-index|inset", styles)
    assert not [entry for entry in graded.live if entry.startswith("<") and not _formula(entry)]


def _formula(html: str) -> bool:
    """Whether this is MathML with nothing in it but letters in their places; see test_formulas.py."""
    tags = BeautifulSoup(html, "html.parser").find_all(True)
    return tags[0].name == "math" and all(tag.name in TAGS and set(tag.attrs) <= {*ATTRIBUTES, "style"} for tag in tags)


def test_autograded_notebook_is_safe_for_any_viewer(graded: SimpleNamespace) -> None:
    page, _ = HTMLExporter(template_name="classic").from_notebook_node(graded.notebook)
    assert not [entry for entry in live(page) if "trick.invalid" in entry]


def test_showing_a_safe_notebook_changes_nothing(graded: SimpleNamespace) -> None:
    again, _ = Display().preprocess(copy.deepcopy(graded.notebook), {})
    assert again == graded.notebook


def test_points_are_those_of_the_honest_answers(graded: SimpleNamespace) -> None:
    assert grade(graded.course, "1-tiny")["mallory"].exercises["square"].points == 1.0


def test_report_cards_and_still_pictures_stay(graded: SimpleNamespace) -> None:
    soup = BeautifulSoup(graded.page, "html.parser")
    (still,) = [tag for tag in soup.find_all("img") if "honest picture" in str(tag.get("src"))]
    svg = draw(_graph(), title="an honest picture").svg
    assert picture(still["src"]) and unquote(still["src"]).count("<text") == svg.count("<text") > 5
    card = soup.find("b", string=lambda text: bool(text) and "1 of 2" in text) or soup.find(
        string=re.compile("1 of 2 parts")
    )
    assert card is not None
    box = card.find_parent("div", style=re.compile("border-left"))
    assert (
        box is not None
        and "dW has the wrong sign." in box.get_text()
        and "yours   theirs" in box.find("pre").get_text()
    )
    assert "function" not in soup.find(id="notebook-container").get_text(), "no script's text is left"


def _graph() -> Graph:
    graph = Graph({"q": ("add", "x", "y"), "f": ("multiply", "q", "z")})
    graph.forward(x=-2.0, y=5.0, z=-4.0)
    return graph


def test_cards_keep_every_word_and_style() -> None:
    report = Report("a")
    report.parts |= {"x": True, "y": False}
    words = BeautifulSoup(sanitise(report._repr_html_()), "html.parser")
    before = BeautifulSoup(report._repr_html_(), "html.parser")
    assert words.get_text() == before.get_text()
    plain = [re.sub(r"[\s;]", "", str(tag.get("style"))) for tag in words.find_all(True)]
    assert plain == [re.sub(r"[\s;]", "", str(tag.get("style"))) for tag in before.find_all(True)]


HONEST_TEXTS = {
    "math": "It **is** $\\frac{a}{b}$ and\n\n$$\\sum_i x_i$$\n\n`a <b> c`",
    "table": "| a | b |\n|:--|:-:|\n| 1 | 2 |",
    "code": "```python\nfor i in range(3):\n    print(i < 3 & 4)\n```\n\n    indented",
    "headings and lists": "# One\n\n1. a\n2. b\n   - c\n\n> said\n\n---",
    "comparison": "if a < b and c > d then e & f",
    "tags of text": "x<sub>2</sub> and x<sup>2</sup>",
}


@pytest.mark.parametrize("name", HONEST_TEXTS)
def test_honest_text_stays_as_it_was_written(name: str) -> None:
    assert _text(HONEST_TEXTS[name]) == HONEST_TEXTS[name]


FENCED = {
    "an end of what nbgrader began": "so</div></div>it is",
    "a formula out of its line": "$\\raise 50em{5/5}$",
    "stacked accents": "x" + 40 * "\u0301",
}


@pytest.mark.parametrize("name", FENCED)
def test_text_that_would_leave_its_box_is_fenced(name: str) -> None:
    safe = _text(FENCED[name])
    assert safe.startswith('<div style="contain') and safe.count("<div") == safe.count("</div>") and "\n" not in safe


def test_addresses_are_told_in_words() -> None:
    assert "cs231n (https://x.org/a_b)" in BeautifulSoup(_text("[cs231n](https://x.org/a_b)"), "html.parser").get_text()


def test_pasted_picture_is_shown_and_a_missing_one_stops_nothing() -> None:
    cell = nbformat.v4.new_markdown_cell("![p](attachment:p.png)", attachments={"p.png": {"image/png": tricks.PIXEL}})
    shown_notebook, _ = Display().preprocess(new_notebook(cells=[cell]), {})
    assert "data:image/png" in HTMLExporter().from_notebook_node(shown_notebook)[0].split("<body")[1]
    assert "attachment" in BeautifulSoup(_text("![p](attachment:p.png)"), "html.parser").get_text()


def _text(source: str) -> str:
    notebook, _ = Display().preprocess(new_notebook(cells=[nbformat.v4.new_markdown_cell(source)]), {})
    return str(notebook.cells[0].source)


TANGLES = {
    "open tags": "<a b='" * 9999,
    "nested": "<div>" * (DEEPEST + 10) + "x",
    "reopened": "".join(f"<b title={n}><p>" for n in range(9000)),
    "entities": "&" * 60_000,
    "long": "x" * (9 * 2**20),
}


@pytest.mark.parametrize("name", TANGLES)
def test_tangle_is_left_out_with_a_word(name: str) -> None:
    assert sanitise(TANGLES[name]) == LEFT_OUT


def test_names_are_escaped_where_the_formgrader_writes_them() -> None:
    name = '"><script>1</script>'
    resources = {
        "student": name,
        "first_name": "Ada",
        "last_name": None,
        "notebook_path": name,
        "inlining": {"css": []},
    }
    _, after = Display().preprocess(new_notebook(), resources)
    assert "<" not in after["student"] + after["notebook_path"] and '"' not in after["notebook_path"]
    assert after["first_name"] == "Ada"
    assert "contain:content" in after["inlining"]["css"][0]


def test_a_report_is_known_by_the_name_that_the_course_gives_it() -> None:
    assert REPORT == MIME


def test_exporters_own_setting_is_known_so_that_no_server_warns_of_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("WARNING", logger="traitlets"):
        logging.getLogger("traitlets").addHandler(caplog.handler)
        HTMLExporter(config=Course().config())
        logging.getLogger("traitlets").removeHandler(caplog.handler)
    assert "not recognized" not in caplog.text
