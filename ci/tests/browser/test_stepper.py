"""The stepper in a browser: every step shows what the graph computed; keyboard, dark theme and stripped scripts."""

from __future__ import annotations

import html

import numpy as np
import pytest
from playwright.sync_api import expect

from ci.tests.browser.pages import clicked_through, opened, seen, shown
from ci.tests.cs231n_lite.drawing.gallery import neuron_graph, product, ran, two_layers, unrolled
from cs231n_lite.drawing.picture import draw
from cs231n_lite.tracing.trace import trace

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("graph", [product, neuron_graph, lambda: unrolled(3)], ids=["product", "neuron", "unrolled"])
def test_every_step_of_an_exported_page_shows_the_graphs_numbers(browser, tmp_path, graph):
    page = opened(browser, draw(graph()).save(tmp_path / "page.html"))
    clicked_through(page, graph())
    page.context.close()


def test_the_page_starts_with_the_whole_picture(browser, tmp_path, artefacts):
    page = opened(browser, draw(neuron_graph(), title="a neuron").save(tmp_path / "page.html"))
    page.screenshot(path=artefacts / "stepper-still.png")
    assert len(seen(page, "gradient")) == 13 and page.locator(".cl-now").count() == 0
    assert "arrow keys" in page.locator(".cl-say").text_content()
    page.context.close()


def test_the_keyboard_is_enough(browser, tmp_path, artefacts):
    page = opened(browser, draw(neuron_graph()).save(tmp_path / "page.html"))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    assert page.locator(".cl-count").text_content() == "step 0 of 17, forward"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert page.locator(".cl-stepper").get_attribute("data-step") == "1"
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.screenshot(path=artefacts / "stepper-backward.png")
    assert page.locator(".cl-count").text_content() == "step 16 of 17, backward"
    page.context.close()


def test_play_runs_to_the_end_and_pause_holds_it(browser, tmp_path):
    page = opened(browser, draw(product()).save(tmp_path / "page.html"))
    page.clock.install()
    page.reload()
    play = page.get_by_role("button", name="play all steps")
    play.click()
    page.clock.run_for(2300)
    assert page.locator(".cl-stepper").get_attribute("data-step") == "2" and play.text_content() == "Pause"
    play.click()
    page.clock.run_for(5000)
    assert page.locator(".cl-stepper").get_attribute("data-step") == "2" and play.text_content() == "Play"
    play.click()
    page.clock.run_for(9000)
    assert page.locator(".cl-stepper").get_attribute("data-step") == "5" and play.text_content() == "Play"
    page.context.close()


def test_the_step_is_announced_and_every_control_has_a_name(browser, tmp_path):
    page = opened(browser, draw(product()).save(tmp_path / "page.html"))
    assert page.locator(".cl-say").get_attribute("aria-live") == "polite"
    assert all(page.locator("button, input").nth(at).get_attribute("aria-label") for at in range(4))
    page.get_by_role("slider", name="step").fill("2")
    assert page.get_by_role("slider", name="step").get_attribute("aria-valuetext") == "step 2 of 5, forward"
    assert "gradient −4" in page.locator("svg desc").text_content()
    page.context.close()


@pytest.mark.parametrize("live", [False, True], ids=["stepper", "live"])
def test_in_a_frame_that_may_run_scripts_and_nothing_else_as_colab_shows_an_output(browser, tmp_path, artefacts, live):
    path = tmp_path / "frame.html"
    output = draw(product(), live=live)._repr_html_()
    element = f'<iframe width="900" height="560" sandbox="allow-scripts" srcdoc="{html.escape(output)}"></iframe>'
    path.write_text(element)
    page = opened(browser, path)
    frame = page.frame_locator("iframe")
    if live:
        frame.get_by_role("slider", name="x").fill("1")
        assert frame.get_by_role("slider", name="x").get_attribute("aria-valuetext") == "1"
    else:
        frame.get_by_role("button", name="one step back").click()
        frame.get_by_role("slider", name="step").press("ArrowLeft")
        assert frame.locator(".cl-count").text_content() == "step 3 of 5, backward"
    page.screenshot(path=artefacts / f"frame-{'live' if live else 'stepper'}.png")
    page.context.close()


def ends(page):
    """Whether the first input and the output can be seen at once."""
    seen = page.evaluate(
        """() => ['w0', 'f'].map(name => {
            const box = document.querySelector(`.node[data-node="${name}"]`).getBoundingClientRect();
            const view = document.querySelector('.cl-view').getBoundingClientRect();
            return box.left >= view.left && box.right <= view.right + 1;
        })"""
    )
    return all(seen)


def test_a_picture_that_is_too_wide_is_fitted_at_a_key_and_stays_so(browser, tmp_path, artefacts):
    page = opened(browser, draw(neuron_graph()).save(tmp_path / "page.html"))
    page.set_viewport_size({"width": 700, "height": 620})
    fits = page.get_by_role("button", name="Fit to page")
    expect(fits).to_have_attribute("aria-pressed", "false")
    assert not ends(page)
    fits.press("Enter")
    expect(fits).to_have_attribute("aria-pressed", "true")
    assert ends(page)
    page.screenshot(path=artefacts / "stepper-fitted.png")
    page.reload()
    expect(fits).to_have_attribute("aria-pressed", "true")
    fits.press("Enter")
    page.reload()
    expect(fits).to_have_attribute("aria-pressed", "false")
    page.context.close()


def test_start_and_end_of_the_classic_circuit_are_seen_together_at_first_sight(browser, tmp_path):
    page = opened(browser, draw(neuron_graph()).save(tmp_path / "page.html"))  # as wide as JupyterLab leaves of 1,280
    assert ends(page)
    page.context.close()


def test_a_picture_that_fits_has_no_button_for_it_and_no_bar_stands_empty(browser, tmp_path):
    page = opened(browser, draw(product()).save(tmp_path / "page.html"))
    assert not page.get_by_role("button", name="Fit to page").is_visible()
    for step in (None, "0", "2"):
        if step:
            page.get_by_role("slider", name="step").fill(step)
        bar = page.locator(".cl-lines").bounding_box()["height"]
        rows = page.locator(".cl-lines > div").count() or 2
        assert bar <= rows * 20, "the bar ends where its words end"
    page.context.close()


def test_values_alone_are_not_called_gradients(browser, tmp_path):
    def unwritten():
        raise NotImplementedError

    page = opened(browser, draw(product(), unwritten).save(tmp_path / "page.html"))
    assert page.locator(".cl-say").text_content().startswith("All values are shown.")
    page.context.close()


def test_without_scripts_the_still_picture_remains_and_no_dead_control(browser, tmp_path, artefacts):
    page = opened(browser, draw(product()).save(tmp_path / "page.html"), java_script_enabled=False)
    page.screenshot(path=artefacts / "stepper-without-scripts.png")
    shown(page.locator(".cl-view img"))
    assert page.locator("button").count() == 0
    assert page.get_by_text("use strict").count() == 0 and "function" not in page.locator("body").inner_text()
    page.context.close()


def test_a_page_that_strips_scripts_styles_and_attributes_keeps_the_picture(browser, tmp_path):
    import bleach

    tags, attributes = {"div", "img", "details", "summary", "ul", "li", "svg"}, {"img": ["src", "alt"]}
    html = draw(product())._repr_html_()
    clean = bleach.clean(html, tags=tags, attributes=attributes, protocols={"data"}, strip=True)
    assert "<script" not in clean and "<style" not in clean and "data-story=" not in clean
    path = tmp_path / "clean.html"
    path.write_text(f'<!DOCTYPE html><meta charset="utf-8">{clean}', encoding="utf-8")
    page = opened(browser, path)
    shown(page.locator("img"))
    words = page.locator("body").inner_text()
    assert "function" not in words and "jp-theme" not in words
    page.context.close()


def test_two_pictures_on_a_page_step_apart(browser, tmp_path):
    pieces = draw(product())._repr_html_() + draw(product())._repr_html_()
    path = tmp_path / "two.html"
    path.write_text(f'<!DOCTYPE html><meta charset="utf-8">{pieces}', encoding="utf-8")
    page = opened(browser, path)
    page.get_by_role("slider").first.fill("1")
    assert [page.locator(".cl-stepper").nth(at).get_attribute("data-step") for at in (0, 1)] == ["1", "5"]
    assert page.get_by_role("slider").count() == 2
    page.context.close()


def test_a_wide_picture_is_boxes_at_first_sight_and_a_box_opens(browser, tmp_path, artefacts):
    page = opened(browser, draw(unrolled(6), title="six steps").save(tmp_path / "boxes.html"))
    boxes, whole = page.locator(".cl-stepper").nth(0), page.locator(".cl-whole")
    assert page.get_by_role("slider", name="step").count() == 1, "the whole picture is still closed"
    page.get_by_role("button", name="one step back").first.click()
    steps = [part.get_attribute("data-step") for part in page.locator(".cl-stepper").all()]
    assert steps == ["12", "37"], "a step a box, and each picture its own"
    page.screenshot(path=artefacts / "boxes.png")
    boxes.locator(".node[data-box]").nth(2).click()
    gate = whole.locator(".node.cl-now")
    assert gate.get_attribute("data-node") == "h2" and gate.is_visible()
    view, place = whole.locator(".cl-view").bounding_box(), gate.bounding_box()
    assert view["x"] <= place["x"] and place["x"] + place["width"] <= view["x"] + view["width"]
    page.screenshot(path=artefacts / "boxes-open.png")
    page.reload()
    page.locator("summary", has_text="out of their boxes").press("Enter")
    assert page.get_by_role("slider", name="step").count() == 2, "the keyboard opens it, too"
    page.context.close()


def test_a_wide_picture_scrolls_to_the_gate_at_work(browser, tmp_path):
    long = ran({f"v{n}": ("tanh", f"v{n - 1}" if n else "x") for n in range(36)}, x=1.0)  # nothing of it is a box
    page = opened(browser, draw(long).save(tmp_path / "wide.html"))
    page.get_by_role("slider", name="step").fill("0")
    page.get_by_role("slider", name="step").fill("36")
    view, gate = page.locator(".cl-view").bounding_box(), page.locator(".node.cl-now").bounding_box()
    assert view["x"] <= gate["x"] and gate["x"] + gate["width"] <= view["x"] + view["width"]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_of_arrays_are_kept_for_people_to_look_at(browser, tmp_path, artefacts, theme):
    X, W1 = np.arange(12).reshape(4, 3) % 5 / 4 - 0.5, np.arange(15).reshape(3, 5) % 7 / 4 - 0.75
    b1, W2 = np.arange(5) / 4 - 0.25, np.arange(10).reshape(5, 2) % 3 / 4 - 0.25
    picture = draw(trace(two_layers, X, W1, b1, W2, np.array([0, 1, 1, 0])))
    page = opened(browser, picture.save(tmp_path / "net.html"))
    page.set_viewport_size({"width": 1900, "height": 620})
    page.evaluate("light => { document.body.dataset.jpThemeLight = light }", str(theme == "light").lower())
    page.evaluate("colour => { document.body.style.background = colour }", "white" if theme == "light" else "#111")
    page.screenshot(path=artefacts / f"traced-net-{theme}.png")
    card = page.evaluate("getComputedStyle(document.querySelector('svg .c')).fill")
    assert card == ("rgb(255, 255, 255)" if theme == "light" else "rgb(22, 27, 34)")
    page.context.close()


def test_no_text_of_a_picture_is_wider_than_the_room_it_was_given(browser, tmp_path):
    """Widths are estimated without fonts; the browser knows the true ones, and texts of a row must not touch."""
    for graph in (neuron_graph(), unrolled(4)):
        page = opened(browser, draw(graph, graph.sensitivities()).save(tmp_path / "page.html"))
        boxes = page.evaluate(
            """[...document.querySelectorAll('svg .node text')].map(text => {
                const box = text.getBoundingClientRect();
                return [box.left, box.top + 3, box.right, box.bottom - 3, text.textContent];
            })"""
        )
        for index, (left, top, right, foot, text) in enumerate(boxes):
            for other in boxes[:index]:
                apart = right <= other[0] or other[2] <= left or foot <= other[1] or other[3] <= top
                assert apart, f"{text!r} overlaps {other[4]!r}"
        page.context.close()
