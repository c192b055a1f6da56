"""Pictures: as stored, the same every time, the right numbers, the right first wrong one, and clear on bad input."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from types import SimpleNamespace
from urllib.parse import unquote

import numpy as np
import pytest

from ci.tests.cs231n_lite.drawing.gallery import PICTURES, STORED, neuron_graph, product, ran, unrolled
from cs231n_lite.drawing.diagram import number
from cs231n_lite.drawing.labels import block
from cs231n_lite.drawing.picture import draw
from cs231n_lite.graph import Graph
from cs231n_lite.tracing.trace import trace

SVG = "{http://www.w3.org/2000/svg}"


def nodes(picture):
    return {node.get("data-node"): node for node in ET.fromstring(picture.svg).iter(f"{SVG}g") if node.get("data-node")}


def texts(element):
    return " ".join(" ".join(element.itertext()).split())


@pytest.mark.parametrize("name", PICTURES)
def test_picture_is_the_stored_one(name):
    assert PICTURES[name]().svg == (STORED / f"{name}.svg").read_text(encoding="utf-8"), (
        f"{name}.svg differs from the stored picture; if that is meant, run "
        "python -m ci.tests.cs231n_lite.drawing.gallery and look at it"
    )


def test_nothing_is_stored_that_is_not_drawn():
    assert {path.stem for path in STORED.iterdir()} == set(PICTURES)


def test_bytes_do_not_depend_on_the_hash_seed():
    code = (
        "from ci.tests.cs231n_lite.drawing.gallery import *; from hashlib import sha256;"
        "print(sha256(''.join(PICTURES[n]().svg + PICTURES[n]()._repr_html_() for n in PICTURES).encode()).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


@pytest.mark.parametrize("name", PICTURES)
def test_no_two_texts_of_a_picture_overlap(name):
    boxes = []
    for text in ET.fromstring(PICTURES[name]().svg).iter(f"{SVG}text"):
        size, words = float(text.get("font-size")), texts(text)
        wide = 0.55 * size * len(words)
        left = float(text.get("x")) - (wide / 2 if text.get("text-anchor") == "middle" else 0)
        foot = float(text.get("y"))
        if text.get("text-anchor") == "middle":  # the legend and the title stand below and above the graph
            boxes.append((left, foot - 0.7 * size, left + wide, foot, words))
    for index, (left, top, right, foot, words) in enumerate(boxes):
        for other in boxes[:index]:
            apart = right <= other[0] or other[2] <= left or foot <= other[1] or other[3] <= top
            assert apart, f"{words!r} overlaps {other[4]!r}"


def test_values_and_gradients_of_the_lecture_are_told_exactly():
    by_name = nodes(draw(neuron_graph()))
    gradients = {name: float(by_name[name].get("data-gradient")) for name in ("w0", "x0", "w1", "x1", "w2")}
    s = 1 / (1 + np.exp(-1.0))
    slope = s * (1 - s)
    expected = {"w0": -slope, "x0": 2 * slope, "w1": -2 * slope, "x1": -3 * slope, "w2": slope}
    assert gradients == pytest.approx(expected, rel=1e-6)
    assert float(by_name["f"].get("data-value")) == pytest.approx(s, rel=1e-11)


def test_value_stands_above_the_wire_and_gradient_below():
    x = nodes(draw(product()))["x"]
    groups = {group.get("class"): group for group in x.iter(f"{SVG}g")}
    wire = float(re.search(r"M[\d.]+ ([\d.]+)H", x.find(f"{SVG}path").get("d"))[1])
    assert (
        float(groups["value"].find(f"{SVG}text").get("y"))
        < wire
        < float(groups["gradient"].find(f"{SVG}text").get("y"))
    )
    assert (texts(groups["value"]), texts(groups["gradient"])) == ("−2", "−4")


def test_first_argument_enters_above_the_second():
    by_name = nodes(draw(product()))
    height = {
        name: float(re.search(r"M[\d.]+ ([\d.]+)H", by_name[name].find(f"{SVG}path").get("d"))[1]) for name in "xyqz"
    }
    assert height["x"] < height["y"] and height["q"] < height["z"]


def test_first_wrong_gradient_is_counted_from_the_output():
    picture = draw(product(), {"x": 5.0, "y": -4.0, "q": -3.0, "z": 3.0, "f": 1.0})
    assert picture.diagram.first_wrong == "q"
    assert "it comes back from f" in picture.svg
    by_name = nodes(picture)
    assert "✗" in texts(by_name["q"])
    assert "✓" in texts(by_name["y"]) and "✗" not in texts(by_name["y"])


def test_marks_are_told_without_colour_too():
    svg = draw(product(), {"x": 5.0, "z": 3.0}).svg
    assert "✗" in svg and "✓" in svg and "stroke-dasharray" in svg
    assert "x: input, value −2, yours 5, disagrees" in svg


def test_values_of_the_student_are_drawn_and_behind_a_wrong_one_nothing_right_is():
    gradients = {"f": 1.0, "z": 7.0, "q": None}
    picture = draw(product(), gradients, values={"q": 7.0, "f": None})
    assert "counted from the inputs, q is the first value that disagrees" in picture.svg
    assert "q: add of x, y, value 7, disagrees" in picture.svg and "value ?, disagrees" in picture.svg
    assert "−12" not in picture.svg and "−4" not in picture.svg.replace("value −4", "").replace(">−4<", "")
    right = draw(product(), {"f": 1.0}, values={"q": 3.0, "f": -12.0})
    assert "disagree" not in right.svg.replace("✗ disagrees", "")


def test_gradients_that_are_not_filled_in_are_not_given_away():
    picture = draw(product(), {"f": 1.0, "x": None, "z": 3.0})
    assert "still to be filled in: x" in picture.svg
    assert picture.diagram.marks["x"].measured is None and picture.diagram.marks["q"].measured is None


def test_either_subgradient_is_right_at_a_kink():
    graph = ran({"f": ("max", "x", "y")}, x=1.0, y=1.0)
    assert draw(graph, {"x": 1.0, "y": 0.0}).diagram.first_wrong == ""
    assert draw(graph, {"x": 1.5, "y": 0.0}).diagram.first_wrong == "x"


def test_a_gradient_that_is_off_by_a_thousandth_is_wrong():
    assert draw(product(), {"x": -4.004}).diagram.first_wrong == "x"


def test_a_gradient_of_another_shape_is_wrong_and_says_so():
    graph = ran({"f": ("sum", "x")}, x=np.ones((2, 3)))
    picture = draw(graph, {"x": np.ones((3, 2))})
    assert picture.diagram.first_wrong == "x" and "shape 3×2, not 2×3" in picture.svg


def test_gradients_from_a_function_that_is_not_written_leave_a_line():
    def backward():
        raise NotImplementedError

    picture = draw(product(), backward)
    assert "your gradients appear here once backward is written" in picture.svg
    assert all(mark.yours is None for mark in picture.diagram.marks.values())


def test_gradients_from_a_function_that_fails_leave_its_message_not_a_traceback():
    picture = draw(product(), lambda: 1 / 0)
    assert "backward raised ZeroDivisionError: division by zero" in picture.svg


def test_a_students_graph_is_compared_by_its_own_grad():
    student = SimpleNamespace(
        wiring={"q": ("add", "x", "y"), "f": ("multiply", "q", "z")},
        value={"x": -2.0, "y": 5.0, "z": -4.0, "q": 3.0, "f": -12.0},
        grad={"x": -4.0, "y": -4.0, "q": -4.0, "z": -3.0, "f": 1.0},
    )
    assert draw(student).diagram.first_wrong == "z"


def test_a_method_that_fills_grad_and_returns_nothing_is_read_there():
    student = SimpleNamespace(wiring={"f": ("multiply", "x", "x")}, value={"x": 3.0, "f": 9.0}, grad={})

    def backward():
        student.grad = {"x": 6.0, "f": 1.0}

    assert "all 2 gradients agree with what was measured" in draw(student, backward).svg


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-2.0, "−2"), (0.7310586, "0.731"), (-0.19661193, "−0.197"), (1234.5, "1230"), (0.00012345, "1.23e−4"),
        (1e300, "1e300"), (float("nan"), "NaN"), (float("-inf"), "−∞"), (True, "True"), (12, "12"), (1 + 2j, "1+2j"),
        (0.9999999999, "1"), (-0.0, "0"),
    ],
)  # fmt: skip
def test_numbers_have_three_digits_and_no_more(value, text):
    assert number(value) == text


def test_arrays_are_strips_with_their_shape_and_small_ones_are_numbers():
    picture = draw(ran({"f": ("sum", "x")}, x=np.arange(40.0).reshape(5, 8)))
    x = nodes(picture)["x"]
    assert "5×8" in texts(x) and len(list(x.iter(f"{SVG}rect"))) == 2 * (5 * 8 + 1)
    small = nodes(draw(ran({"f": ("sum", "x")}, x=np.array([1.5, -2.0]))))["x"]
    assert "1.5" in texts(small) and "−2" in texts(small)


def test_large_strip_has_few_cells():
    x = nodes(draw(ran({"f": ("sum", "x")}, x=np.ones((64, 1000)))))["x"]
    assert len(list(x.iter(f"{SVG}rect"))) <= 5 * 12 + 1


def test_what_is_too_large_to_measure_is_told():
    picture = draw(ran({"f": ("sum", "x")}, x=np.ones((500, 1000))))
    assert "not measured, because it has too many entries: x" in picture.svg
    assert nodes(picture)["f"].get("data-gradient") == "1"


BAD = {
    "nan and inf": (lambda: draw(ran({"f": ("multiply", "x", "y")}, x=float("nan"), y=float("inf"))), ["NaN", "∞"]),
    "overflow": (lambda: draw(ran({"f": ("multiply", "x", "y")}, x=1e300, y=1e300)), ["1e300", "∞"]),
    "nan in an array": (
        lambda: draw(ran({"f": ("relu", "x")}, x=np.array([[np.nan, np.inf] * 4]))),
        ["1×8", "#e6a400"],
    ),
    "empty array": (lambda: draw(ran({"f": ("sum", "x")}, x=np.zeros((0, 3)))), ["empty 0×3"]),
    "object array": (lambda: draw(ran({"f": ("add", "x", "x")}, x=np.array([1, 2], dtype=object))), ["(2,) of object"]),
    "complex": (lambda: draw(ran({"f": ("multiply", "x", "x")}, x=1 + 2j)), ["1+2j"]),
    "text": (lambda: draw(ran({"f": ("add", "x", "x")}, x="<b>")), ["&lt;b&gt;"]),
    "names with markup": (lambda: draw(ran({"a<b": ("add", '"x"', "y")}, **{'"x"': 1.0, "y": 2.0})), ["a&lt;b"]),
    "no forward yet": (lambda: draw(Graph({"f": ("add", "x", "y")})), ["no values yet: call forward(...) first"]),
    "half a forward": (
        lambda: draw(SimpleNamespace(wiring={"q": ("add", "x", "y"), "f": ("exp", "q")}, value={"x": 1.0, "y": 2.0})),
        ["no value at q, f"],
    ),
    "no input": (lambda: draw(trace(lambda: 3)), ["reads no input and makes no array: there is no graph to draw"]),
    "no result": (lambda: draw(trace(lambda x: None, 2.0)), ["returns nothing that could be followed"]),
    "a result that left NumPy": (lambda: draw(trace(lambda x: float(x * x), 2.0)), ["float() takes", "up to line"]),
    "gradients in a list": (lambda: draw(product(), [1, 2]), ["a mapping from name to gradient is needed, not a list"]),
    "gradient of nothing": (lambda: draw(product(), {"nope": 1.0}), ["no node is called &#x27;nope&#x27;"]),
    "ragged gradient": (lambda: draw(product(), {"x": [1, [2, 3]]}), ["a ragged list"]),
    "gradient in words": (lambda: draw(product(), {"x": "four"}), ["a str"]),
    "gradient that is nan": (lambda: draw(product(), {"x": np.nan}), ["NaN", "disagrees"]),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gives_a_whole_picture_that_tells_it(case):
    make, expected = BAD[case]
    picture = make()
    ET.fromstring(picture.svg)
    assert "%3C/svg%3E" in picture._repr_html_()
    assert [words for words in expected if words not in picture.svg] == []


@pytest.mark.parametrize(
    ("subject", "message"),
    [
        (lambda x: x, r"draw\(trace\(f, \*inputs\)\)"),
        (None, "this is a NoneType"),
        (SimpleNamespace(wiring=3), "this is a SimpleNamespace"),
    ],
)
def test_what_is_no_graph_is_refused_with_a_sentence(subject, message):
    with pytest.raises(TypeError, match=message):
        draw(subject)


def test_a_cycle_is_refused_and_named():
    with pytest.raises(ValueError, match=r"cycle: (a -> b -> a|b -> a -> b)$"):
        draw(SimpleNamespace(wiring={"a": ("add", "b", 1.0), "b": ("add", "a", 1.0)}, value={}))


def test_five_thousand_nodes_fold_and_say_so():
    picture = draw(unrolled(1250))
    assert len(nodes(picture)) <= 60
    assert "5,002 nodes are too many for one picture" in picture.svg
    assert re.search(r"⋯ 3,\d{3} gates ⋯", picture.svg)


def test_the_first_wrong_node_stays_visible_when_a_graph_folds():
    graph = unrolled(60)
    wrong = dict(graph.sensitivities(), h30=5.0)
    picture = draw(graph, wrong)
    assert picture.diagram.first_wrong == "h30" and "h30" in nodes(picture) and len(nodes(picture)) < 70


def test_save_writes_a_picture_or_a_page_and_nothing_else(tmp_path):
    picture = draw(product(), title="f & g")
    assert picture.save(tmp_path / "a.svg").read_text(encoding="utf-8") == picture.svg
    page = picture.save(tmp_path / "a.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and "<title>f &amp; g</title>" in page and "cl-stepper" in page
    with pytest.raises(ValueError, match=r"saved as \.svg or \.html; a\.png is neither"):
        picture.save(tmp_path / "a.png")


def test_no_picture_reaches_out_to_a_network_or_a_kernel():
    html = draw(product())._repr_html_()
    still = re.findall(r'src="data:image/svg\+xml,([^"]*)"', html)
    assert len(still) == 1, "the still picture is in the piece itself"
    html = html.replace(f'src="data:image/svg+xml,{still[0]}"', "") + unquote(still[0])
    assert not re.search(r"""(src|href)\s*=|url\(|@import|fetch\(|import\s|Jupyter|kernel""", html)


def test_colours_of_text_can_be_read_on_their_card():
    from cs231n_lite.drawing.palette import DARK, LIGHT

    def light(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        r, g, b = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    for palette in (LIGHT, DARK):
        for name in ("ink", "soft", "value", "gradient", "yes", "no"):
            high, low = sorted((light(palette[name]), light(palette["card"])), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, name


def test_no_right_number_is_shown_beside_a_wrong_one_or_anywhere_until_all_are_right():
    picture = draw(product(), {"x": 5.0, "y": 7.0, "z": 3.0})
    shown = repr(picture) + picture.to_dot() + picture.to_mermaid()
    assert "gradient −4" not in shown and "measured" not in shown and "gradient 3, yours 3, agrees" in shown
    by_name = nodes(picture)
    assert [name for name in by_name if by_name[name].get("data-gradient")] == ["z"]
    assert not re.search(r"upstream|backward", re.search(r'data-story="([^"]*)"', picture._repr_html_())[1])
    assert "gradient −4" in repr(draw(product(), {"z": 3.0})), "where nothing is wrong, all is shown"


def test_what_an_unwritten_function_has_to_say_stands_below_the_picture():
    def backward():
        raise NotImplementedError("predict x and y first")

    assert "predict x and y first" in draw(product(), backward).svg


def test_an_unwritten_or_broken_backward_gives_no_gradient_away():
    def unwritten():
        raise NotImplementedError

    def broken():
        raise KeyError("x")

    for backward in (unwritten, broken):
        picture = draw(product(), backward)
        assert "gradient −4" not in repr(picture) and "gradient 3" not in repr(picture)
        assert "−4" in picture.svg, "the value of z is shown"
        assert not re.search(r"upstream|backward", re.search(r'data-story="([^"]*)"', picture._repr_html_())[1])


def test_a_long_name_stands_over_the_value_beside_it_and_data_have_their_name():
    X = np.arange(12.0).reshape(4, 3)

    def f(W):
        log_probabilities = X @ W
        return log_probabilities.sum()

    by_name = nodes(draw(trace(f, np.ones((3, 4)))))
    name, shape = (
        text for text in by_name["log_probabilities"].iter(f"{SVG}text") if texts(text) not in ("@", "switch")
    )
    assert (texts(name), texts(shape)) == ("log_probabilities", "4×4")
    assert float(name.get("y")) < float(shape.get("y")) - 10.0
    assert any(texts(node) == "X 4×3" or "X" in texts(node).split() for node in by_name.values())


@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (2, 4), (3,)])
def test_a_small_array_shows_its_numbers(shape):
    label = block(np.arange(1.0, 1.0 + np.prod(shape)).reshape(shape), "value")
    assert not label.cells and len(label.lines) == (shape[0] if len(shape) > 1 else 1)
    assert " ".join(label.lines).split()[-1] == f"{np.prod(shape)}"


@pytest.mark.parametrize("shape", [(5, 2), (4, 4), (2, 2, 2)])
def test_a_larger_one_is_a_strip(shape):
    assert block(np.ones(shape), "value").cells
