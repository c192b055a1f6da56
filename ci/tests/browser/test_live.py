"""Live graphs in a browser: moved by slider, keys and numbers, wires that tell their products, for everybody."""

from __future__ import annotations

import nbformat
import pytest

from autograder.feedback.sanitise import sanitise
from ci.tests.browser.pages import COLOURS, opened, run_the_cell, said_of, seen, shown, shown_in
from ci.tests.browser.violations import NARROW, too_wide, violations
from ci.tests.cs231n_lite.drawing.gallery import neuron_graph, product, ran
from cs231n_lite.drawing.diagram import number
from cs231n_lite.drawing.picture import draw

pytestmark = pytest.mark.browser

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
CELL = """\
from cs231n_lite import Graph, draw
graph = Graph({"q": ("add", "x", "y"), "f": ("multiply", "q", "z")})
graph.forward(x=-2.0, y=5.0, z=-4.0)
draw(graph, live=True)"""


def live(browser, graph, folder, **options):
    return opened(browser, draw(graph, live=True).save(folder / "live.html"), **options)


def agrees(page, graph, **inputs):
    """Assert that the page shows what Python computes at these inputs, in the picture and in words."""
    graph.forward(**inputs)
    slopes = {name: number(float(f"{slope:.6g}")) for name, slope in graph.sensitivities().items()}
    values = {name: number(node.value) for name, node in graph.nodes.items()}
    named = [name for name, node in graph.nodes.items() if node.kind != "constant"]
    assert seen(page, "value") == {name: values[name] for name in named}
    assert seen(page, "gradient") == {name: slopes[name] for name in named}
    for clause, name in zip(page.locator("details li").all_text_contents(), named, strict=False):
        assert clause.startswith(f"{name}: ") and clause.endswith(f"value {values[name]}, gradient {slopes[name]}")


def test_slider_keys_and_number_box_move_values_and_gradients_to_pythons(browser, tmp_path, artefacts):
    graph = neuron_graph()
    start = {name: graph.nodes[name].value for name in graph.inputs}
    page = live(browser, graph, tmp_path)
    agrees(page, graph, **start)
    page.get_by_role("slider", name="w2").fill("1.5")
    agrees(page, graph, **start | {"w2": 1.5})
    page.get_by_role("slider", name="w2").press("ArrowRight")
    agrees(page, graph, **start | {"w2": 1.6})
    assert page.get_by_role("slider", name="w2").get_attribute("aria-valuetext") == "1.6"
    box = page.get_by_role("spinbutton", name="x0 as a number")
    box.press("Control+a")
    page.keyboard.type("-0.375")
    agrees(page, graph, **start | {"w2": 1.6, "x0": -0.375})
    assert said_of(page)[0].startswith("x0 = −0.375: f = ") and page.locator(".cl-say[aria-live=polite]").count() == 1
    page.screenshot(path=artefacts / "live.png")
    box.fill("")
    assert said_of(page)[0] == "x0 stays −0.375 until a number stands in its box."
    page.get_by_role("button", name="Start again").click()
    agrees(page, graph, **start)
    page.context.close()


def test_enter_on_a_wire_tells_upstream_times_local_and_goes_on_telling_it(browser, tmp_path):
    page = live(browser, product(), tmp_path)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert said_of(page)[1:] == [
        "x → q (add): upstream × local = downstream",
        "−4 × 1 = −4",
        "This is the gradient of x.",
    ]
    for key in ("End", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    assert page.locator(".cl-wire[aria-pressed=true]").get_attribute("aria-label") == "wire from q to f"
    assert said_of(page)[2] == "1 × (−4) = −4"
    page.get_by_role("slider", name="z").fill("2")
    assert said_of(page)[:3] == [
        "z = 2: f = 6, gradient of z 3",
        "q → f (multiply): upstream × local = downstream",
        "1 × 2 = 2",
    ]
    page.get_by_role("button", name="wire of the output f").press("Space")
    assert said_of(page)[1].endswith("its gradient with respect to itself is 1")
    page.context.close()


def test_a_click_on_a_branch_tells_its_way_and_the_sum(browser, tmp_path):
    page = live(browser, ran({"q": ("multiply", "x", "x"), "f": ("subtract", "q", "x")}, x=3.0), tmp_path)
    ways = [page.get_by_role("button", name="wire from x to q").nth(place) for place in (0, 1)]
    for way in (*ways, page.get_by_role("button", name="wire from x to f")):
        ends = way.locator("path").last.evaluate(
            """path => {
                const end = path.getPointAtLength(path.getTotalLength() - 4).matrixTransform(path.getScreenCTM());
                return [end.x, end.y];
            }"""
        )
        page.mouse.click(*ends)
        assert way.get_attribute("aria-pressed") == "true"
    assert said_of(page)[2:] == ["1 × (−1) = −1", "x branches, so it sums what comes back: 3 + 3 − 1 = 5"]
    page.context.close()


def test_a_tie_a_kink_and_numbers_that_are_none_are_told(browser, tmp_path):
    graph = ran({"m": ("max", "x", "y"), "r": ("relu", "m"), "f": ("log", "r")}, x=2.0, y=1.0)
    page = live(browser, graph, tmp_path)
    page.get_by_role("slider", name="y").fill("2")
    agrees(page, graph, x=2.0, y=2.0)
    assert said_of(page)[1].startswith("A tie at m: both inputs are 2. Here each receives half")
    for name in ("x", "y"):
        page.get_by_role("slider", name=name).fill("0")
    assert [line.partition(",")[0] for line in said_of(page)[2:]] == [
        "r is at its kink",
        "f = −∞: no finite number comes out here",
    ]
    page.context.close()


def test_huge_and_tiny_numbers_move_by_factors_of_ten(browser, tmp_path):
    graph = ran({"f": ("multiply", "w", "x")}, w=2.5e-6, x=-1e8)
    page = live(browser, graph, tmp_path)
    page.get_by_role("slider", name="x").press("ArrowRight")
    page.get_by_role("slider", name="w").press("ArrowLeft")
    agrees(page, graph, w=2.5e-7, x=-1e9)
    page.context.close()


@pytest.mark.parametrize("theme", COLOURS)
def test_axe_finds_nothing_and_tab_comes_and_goes(browser, tmp_path, artefacts, theme):
    html = draw(neuron_graph(), live=True)._repr_html_() + "<button>end</button>"
    page = opened(browser, shown_in(theme, html, tmp_path / "page.html"))
    page.locator("summary").click()
    page.get_by_role("button", name="wire from w0 to p0").press("Enter")
    page.get_by_role("spinbutton", name="x1 as a number").fill("")
    for width in (1000, NARROW):
        page.set_viewport_size({"width": width, "height": 700})
        assert violations(page) == []
        assert too_wide(page, "main") == []
        page.screenshot(path=artefacts / f"live-{width}-{theme}.png", full_page=True)
    page.locator("svg [tabindex='0']").focus()
    stops = []
    while not stops or stops[-1] != "end":
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.innerText")
        )
        assert len(stops) < 15
    inputs = [label for name in neuron_graph().inputs for label in (name, f"{name} as a number")]
    assert stops == [*inputs, "Start again", "the picture in words", "end"], "the wires are one stop"
    page.context.close()


@pytest.mark.parametrize("feedback", [False, True], ids=["saved", "in feedback"])
def test_without_scripts_it_is_a_still_picture_that_says_so(browser, tmp_path, feedback):
    html = draw(product(), live=True)._repr_html_()
    path = shown_in("light", sanitise(html) if feedback else html, tmp_path / "page.html")
    page = opened(browser, path, java_script_enabled=False)
    shown(page.locator("main img"))
    assert page.get_by_text("This is a still picture. Run the cell, and").is_visible()
    assert page.locator("button, input").count() == 0 and "function" not in page.locator("body").inner_text()
    page.context.close()


@pytest.mark.parametrize("place", ["lab/tree", "notebooks"])
def test_jupyter_leaves_its_keys_alone(browser, lab, artefacts, place):
    name = f"live-{place.partition('/')[0]}.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)], metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, lab.folder / name)
    context = browser.new_context(viewport={"width": 1200, "height": 860})
    page = context.new_page()
    page.goto(f"{lab.address}/{place}/{name}?token={lab.token}&reset")
    run_the_cell(page, ".cl-live[data-on]")
    page.get_by_role("slider", name="x").focus()
    page.keyboard.press("ArrowRight")
    agrees(page, product(), x=-1.9, y=5.0, z=-4.0)
    for key in ("Tab", "Control+a", "3", "Enter", "Shift+Tab", "Shift+Tab", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    agrees(page, product(), x=3.0, y=5.0, z=-4.0)
    assert said_of(page)[1].startswith("y → q (add)")
    assert page.locator(".jp-Notebook .jp-Cell").count() <= 2
    page.screenshot(path=artefacts / f"live-{place.partition('/')[0]}.png")
    context.close()
