"""Pictures of a page are lighter and look the same; one that is no picture stays what it is and stops nothing."""

from __future__ import annotations

import base64
import io
from urllib.parse import quote, unquote

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image, ImageChops, ImageDraw

from autograder.feedback.light import Lighten, drawing, plot
from autograder.feedback.sanitise import picture
from ci.tests.cs231n_lite.drawing.gallery import unrolled
from cs231n_lite.drawing.picture import draw
from cs231n_lite.graph import Graph


def png(image: Image.Image) -> str:
    file = io.BytesIO()
    image.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def chart() -> Image.Image:
    image = Image.new("RGBA", (600, 400), "white")
    pen = ImageDraw.Draw(image)
    for x in range(0, 600, 3):
        pen.line((x, 380, 599 - x, (x * x) % 380), fill=(x % 250, 80, 200), width=1)
    return image


def test_a_plot_is_lighter_and_looks_the_same() -> None:
    before = png(chart())
    kind, after = plot(before)
    assert kind == "image/webp" and len(after) < 0.7 * len(before)
    shown = Image.open(io.BytesIO(base64.b64decode(after))).convert("RGB")
    farthest = max(high for _, high in ImageChops.difference(shown, chart().convert("RGB")).getextrema())
    assert farthest <= 32


def test_what_lies_behind_a_picture_shines_through() -> None:
    image = chart()
    image.putalpha(image.convert("L").point(lambda light: 0 if light > 250 else 255))
    kind, after = plot(png(image))
    assert kind == "image/webp"
    assert Image.open(io.BytesIO(base64.b64decode(after))).getchannel("A").getextrema() == (0, 255)


def test_a_chart_in_html_is_lighter_and_keeps_its_words_and_its_class() -> None:
    html = f'<div class="cl-chart"><img alt="in words" src="data:image/png;base64,{png(chart())}"></div>'
    notebook = new_notebook(cells=[new_code_cell("plot()", outputs=[new_output("display_data", {"text/html": html})])])
    lighter = Lighten().preprocess(notebook, {})[0].cells[0].outputs[0].data["text/html"]
    assert len(lighter) < 0.7 * len(html)
    assert lighter.startswith('<div class="cl-chart"><img alt="in words" src="data:image/webp;base64,')


def test_a_wide_graph_is_shown_whole_and_open_and_its_boxes_are_not() -> None:
    from autograder.feedback.display import shown

    html = draw(unrolled(6))._repr_html_()
    both = shown(new_output("display_data", {"text/html": html}))
    alone = shown(new_output("display_data", {"text/html": html[: html.index("<details")]}))
    notebook = new_notebook(cells=[new_code_cell("draw()", outputs=[both, alone])])
    (output,) = Lighten().preprocess(notebook, {})[0].cells[0].outputs
    lighter = output.data["text/html"]
    assert html.count("<img") == 2 and lighter.count("<img") == 1
    assert "<details open><summary>all 18 gates" in lighter and "data-box" not in lighter


@pytest.mark.parametrize(("wrong", "word"), [(False, "agree"), (True, "disagrees")])
def test_boxes_are_enough_where_all_gradients_agree(wrong: bool, word: str) -> None:
    from autograder.feedback.display import shown

    graph = unrolled(6)
    gradients = {name: graph.sensitivities()[name] + wrong for name in graph.inputs}
    output = shown(new_output("display_data", {"text/html": draw(graph, gradients)._repr_html_()}))
    assert word in output.data["text/html"]
    notebook = new_notebook(cells=[new_code_cell("draw()", outputs=[output])])
    lighter = Lighten().preprocess(notebook, {})[0].cells[0].outputs[0].data["text/html"]
    assert lighter.count("<img") == 1
    assert ("all 18 gates" in lighter) is wrong
    assert all(lighter.count(f"<{tag}") == lighter.count(f"</{tag}>") for tag in ("div", "details"))


def test_what_a_student_puts_around_a_graph_stays_whole() -> None:
    box = '<img alt="all 3 gradients agree with what was measured" src="data:image/svg+xml,%3Csvg data-box%3D1"/>'
    html = f'<div>{box}<details><summary>all 9 gates</summary><img alt="whole"/><div></details></div></div>'
    notebook = new_notebook(cells=[new_code_cell("draw()", outputs=[new_output("display_data", {"text/html": html})])])
    (output,) = Lighten().preprocess(notebook, {})[0].cells[0].outputs
    assert '<summary>all 9 gates</summary><img alt="whole"/><div></details>' in output.data["text/html"]


def bomb() -> str:
    """A PNG of a few bytes that would have a thousand million pixels."""
    raw = bytearray(base64.b64decode(png(Image.new("L", (1, 1)))))
    raw[16:24] = (30000).to_bytes(4, "big") * 2
    return base64.b64encode(bytes(raw)).decode()


@pytest.mark.parametrize("data", ["", "no base64 $$", base64.b64encode(b"GIF89a" * 500).decode(), bomb()])
def test_what_is_no_picture_stays_and_stops_nothing(data: str) -> None:
    assert plot(data) == ("image/png", data)


def test_a_drawing_loses_what_nobody_sees_and_follows_a_dark_page() -> None:
    graph = Graph({"q": ("add", "x", "y"), "f": ("multiply", "q", "z")})
    graph.forward(x=-2.0, y=5.0, z=-4.0)
    from autograder.feedback.display import shown  # the form in which a page has it

    output = shown(new_output("display_data", data={"image/svg+xml": draw(graph, title="a picture").svg}))
    assert output is not None
    html = output.data["text/html"]
    notebook = new_notebook(cells=[new_code_cell("draw()", outputs=[output])])
    lighter = Lighten().preprocess(notebook, {})[0].cells[0].outputs[0].data["text/html"]
    assert len(lighter) < 0.85 * len(html)
    address = lighter.split('src="')[1].split('"')[0]
    svg = unquote(address)
    assert 'class="fits"' in lighter, "it can be read when it is as wide as the page"
    assert picture(address) and "<desc>" not in svg and "@media(prefers-color-scheme:dark)" in svg
    assert "data-jp-theme" not in svg and svg.count("<text") == draw(graph, title="a picture").svg.count("<text")


def squares(columns: int, rows: int, skipped: int = -1) -> str:
    places = [(x, y) for y in range(rows) for x in range(columns)]
    cells = [
        f'<rect x="{6.5 + 6 * x}" y="{20 + 6 * y}.0" width="6" height="6" fill="#{x:02x}{y:02x}ff"/>'
        for number, (x, y) in enumerate(places)
        if number != skipped
    ]
    start = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><desc>an array, in words</desc>'
    return f"data:image/svg+xml,{quote(start + ''.join(cells) + '</svg>')}"


def test_an_array_of_squares_becomes_a_picture_of_the_same_colours() -> None:
    address = drawing(squares(5, 4))
    svg = unquote(address)
    assert picture(address) and "<rect" not in svg and len(address) < 0.3 * len(squares(5, 4))
    assert "x='6.5' y='20' width='30' height='24'" in svg
    inner = Image.open(io.BytesIO(base64.b64decode(svg.split("base64,")[1].split("'")[0])))
    assert inner.size == (5, 4) and inner.getpixel((3, 2)) == (3, 2, 255)


def test_squares_that_are_no_array_stay() -> None:
    assert unquote(drawing(squares(5, 4, skipped=7))).count("<rect") == 19


def test_a_drawing_that_would_not_be_one_any_more_stays() -> None:
    address = "data:image/svg+xml,%3Csvg%20xmlns=%22http://www.w3.org/2000/svg%22%3E%3Cdesc%3E"
    assert drawing(address) == address


def exercise(slug: str, score: float, *pictures: str) -> list[NotebookNode]:
    """An exercise of two points with plots, as a grader's page has it."""
    outputs = [new_output("display_data", {"image/png": one, "text/plain": f"Chart of {slug} <b>"}) for one in pictures]
    html = [new_output("display_data", {"text/html": f'<img alt="{slug} in words" src="data:image/png;base64,{one}">'})
            for one in pictures]  # fmt: skip
    return [
        new_markdown_cell(f'## 1 · A heading <a id="exercise-{slug}"></a>'),
        new_code_cell("plot()", outputs=[*outputs, *html]),
        new_code_cell("check()", metadata={"nbgrader": {"grade": True, "score": score, "points": 2.0}}),
    ]


def shown_of(monkeypatch: pytest.MonkeyPatch, most: int, *exercises: list[NotebookNode]) -> list[str]:
    """What the outputs of each exercise's plots are, in one line: "shown" or "words"."""
    monkeypatch.setattr("autograder.feedback.light.PLOTS", most)
    lighter = Lighten().preprocess(new_notebook(cells=[cell for one in exercises for cell in one]), {})[0]
    return [
        " ".join("shown" if "image/" in str(output.data) else "words" for output in cell.outputs)
        for cell in lighter.cells
        if cell.cell_type == "code" and cell.outputs
    ]


def test_heavy_plots_of_what_lost_no_points_are_left_out_and_the_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    heavy = png(chart())
    both = exercise("lost", 0.5, heavy), exercise("right", 2.0, heavy)
    assert shown_of(monkeypatch, 10**6, *both) == ["shown shown", "shown shown"]
    assert shown_of(monkeypatch, 0, *both) == ["shown shown", "words words"]


def test_the_heaviest_plot_goes_first_and_no_more_than_must(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Image.new("RGBA", (300, 200), "white")
    ImageDraw.Draw(small).line((0, 0, 299, 199), fill="red")
    light, heavy = png(small), png(chart())
    assert shown_of(monkeypatch, 10_000, exercise("a", 2.0, light), exercise("b", 2.0, heavy)) == [
        "shown shown",
        "words words",
    ]


def test_what_is_left_out_says_where_it_is_and_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.feedback.light.PLOTS", 0)
    lighter = Lighten().preprocess(new_notebook(cells=exercise("right", 2.0, png(chart()))), {})[0]
    image, html = (output.data["text/html"] for output in lighter.cells[1].outputs)
    assert "in your own notebook. Chart of right &lt;b&gt;" in image
    assert html == "<p>Left out to keep this page light: it is in your own notebook. right in words</p>"


def test_words_of_a_plot_that_is_left_out_stay_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.feedback.light.PLOTS", 0)
    html = f'<img alt="1 &amp; 2 <img src=x onerror=steal() " src="data:image/png;base64,{png(chart())}">'
    notebook = new_notebook(cells=[new_code_cell("plot()", outputs=[new_output("display_data", {"text/html": html})])])
    shown = Lighten().preprocess(notebook, {})[0].cells[0].outputs[0].data["text/html"]
    assert "<img" not in shown and "1 &amp; 2 &lt;img src=x onerror=steal() </p>" in shown


def test_plots_of_a_stretch_exercise_stay_as_it_has_no_points_to_lose(monkeypatch: pytest.MonkeyPatch) -> None:
    stretch = exercise("stretch", 0.0, png(chart()))
    stretch[-1].metadata["nbgrader"]["points"] = 0.0
    assert shown_of(monkeypatch, 0, stretch) == ["shown shown"]
