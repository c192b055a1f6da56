"""Live graphs: the page's gates agree with Python's, a circuit that cannot be live is told why, answers stay hidden."""

from __future__ import annotations

import json
import math
import re
import subprocess

import numpy as np
import pytest
import tinycss2
from playwright._impl._driver import compute_driver_executable

from ci.tests.cs231n_lite.drawing.gallery import neuron_graph, product, ran
from cs231n_lite.drawing import live
from cs231n_lite.drawing.diagram import number
from cs231n_lite.drawing.picture import draw
from cs231n_lite.drawing.stepper import SAID, script
from cs231n_lite.graph import GATES, Graph
from cs231n_lite.languages.catalogue import read
from cs231n_lite.tracing.trace import trace

NODE = compute_driver_executable()[0]  # Playwright brings one
TWO = ("add", "subtract", "multiply", "divide", "max", "min", "dot")
POSITIVE = ("log", "divide", "reciprocal")
COMPUTE = """
const asked = JSON.parse(require('fs').readFileSync(0));
console.log(JSON.stringify(asked.map(([nodes, output, given]) => {
  const at = computed(nodes, output, given);
  return Object.fromEntries(nodes.map(({name}) => [name, [at[name].value, at[name].gradient]]));
})));
"""


def in_the_page(circuits, gates=None):
    """For each circuit, what the page computes: name -> value and gradient."""
    asked = []
    for graph in circuits:
        nodes = [{"name": name, "kind": node.kind, "inputs": node.inputs} for name, node in graph.nodes.items()]
        asked.append([nodes, graph.output, {n: node.value for n, node in graph.nodes.items() if not node.inputs}])
    command = [NODE, "-e", (gates or script("gates.js")) + COMPUTE]
    return json.loads(
        subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True).stdout
    )


def points():
    """Each gate at random points and, where it has one, at its tie; in front of another, so that upstream is not 1."""
    rng = np.random.default_rng(11)
    for kind in GATES:
        names = ("x", "y") if kind in TWO else ("x",)
        places = [rng.uniform(0.2 if kind in POSITIVE else -3.0, 3.0, size=2) for _ in range(5)]
        if kind in ("max", "min", "relu"):
            places += [np.zeros(2), np.full(2, -1.5 if len(names) > 1 else 0.0)]
        for place in places:
            yield ran(
                {"g": (kind, *names), "f": ("multiply", "g", -1.75)},
                **dict(zip(names, map(float, place), strict=False)),
            )
    yield from (product(), neuron_graph(), ran({"q": ("multiply", "x", "x"), "f": ("max", "q", "x")}, x=1.5))


def disagreements(gates=None):
    """The kinds of gates that are another's in the page."""
    circuits, wrong = list(points()), set()
    for graph, page in zip(circuits, in_the_page(circuits, gates), strict=True):
        for name, slope in graph.sensitivities().items():
            value, gradient = page[name]
            right = math.isclose(value, graph.nodes[name].value, rel_tol=1e-12, abs_tol=1e-300)
            if not right or not math.isclose(gradient, slope, rel_tol=1e-5, abs_tol=1e-9):
                wrong.add(graph.nodes[graph.order[-2]].kind if "g" in graph.nodes else repr(graph))
    return wrong


def test_each_gate_of_the_course_computes_in_the_page_what_python_computes():
    assert disagreements() == set()


@pytest.mark.parametrize(
    ("right", "planted", "kinds"),
    [
        ("share(b[1], a[0])]", "share(b[1], b[0])]", {"multiply", "dot"}),
        ("(a[1] + b[1]) / 2]", "a[1]]", {"max", "min", "relu"}),
        ("value / b[0])]", "value * b[0])]", {"divide", "reciprocal", "tanh", "sigmoid"}),
    ],
)
def test_a_wrong_slope_in_the_page_is_seen(right, planted, kinds):
    gates = script("gates.js")
    assert gates.count(right) == 1
    assert kinds <= disagreements(gates.replace(right, planted))


def test_numbers_are_written_as_in_python():
    rng = np.random.default_rng(5)
    values = [
        0.0,
        -0.0,
        7.0,
        999999.0,
        1e6,
        -1e10,
        0.001,
        99999.0,
        1e5,
        *(rng.normal(size=40) * 10.0 ** rng.integers(-12, 12, 40)),
    ]
    code = script("gates.js") + f"console.log(JSON.stringify({json.dumps(values)}.map(written)));"
    said = subprocess.run(
        [NODE, "-e", code + "console.log(written(-1 / 0), written(NaN))"], capture_output=True, text=True, check=True
    )
    listed, rest = said.stdout.splitlines()
    assert json.loads(listed) == [number(value) for value in values] and rest == "−∞ NaN"


@pytest.mark.parametrize("name", ["gates.js", "live.js"])
def test_the_scripts_are_javascript_that_stands_in_an_svg(name):
    done = subprocess.run([NODE, "--check", "-"], input=script(name), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not set("<&") & set(script(name)) and "http" not in script(name)


def test_the_style_is_css():
    rules = tinycss2.parse_stylesheet(live.STYLE, skip_comments=True, skip_whitespace=True)
    assert rules and all(rule.type == "qualified-rule" for rule in rules)


def softplus(x):
    return math.log1p(math.exp(x))


CHAIN = {f"g{n}": ("exp", f"g{n - 1}" if n else "x") for n in range(13)}


@pytest.mark.parametrize(
    ("subject", "error", "words"),
    [
        (lambda: trace(lambda x: x * x, 2.0), TypeError, "this is a Trace. Write the circuit as a wiring"),
        (lambda: Graph({"f": ("exp", "x")}), ValueError, "x has no value yet. Call forward"),
        (lambda: ran({"f": ("exp", "x")}, x=np.ones(3)), ValueError, r"x is an array of shape \(3,\). Give it one"),
        (lambda: ran({"f": ("exp", "x")}, x=math.inf), ValueError, "x is inf. Give it a finite number"),
        (lambda: ran({"f": (softplus, "x")}, x=1.0), ValueError, "the gate of f is a function, softplus.* write f"),
        (lambda: ran(CHAIN, x=-1.0), ValueError, "up to 12 gates; this graph has 13"),
    ],
    ids=["trace", "no values", "array", "infinite", "function", "too many"],
)
def test_what_cannot_be_live_is_told_why_and_what_to_do(subject, error, words):
    with np.errstate(all="ignore"), pytest.raises(error, match=words) as caught:
        draw(subject(), live=True)
    assert "without live=True" in str(caught.value) or "forward(" in str(caught.value)


def test_groups_and_a_live_graph_do_not_go_together():
    with pytest.raises(ValueError, match="leave out groups="):
        draw(neuron_graph(), live=True, groups=["sigmoid"])


def test_whole_numbers_and_infinite_ones_have_their_gradients_too():
    whole = draw(ran({"f": ("multiply", "x", "y")}, x=2, y=np.int64(3)), live=True)
    assert whole.diagram.marks["x"].measured == pytest.approx(3.0)
    with np.errstate(all="ignore"):
        endless = draw(ran({"f": ("divide", "x", "y")}, x=1.0, y=np.float64(0.0)), live=True)
    assert endless.svg.count('<g class="gradient">') == 3


RIGHT = {"f": 1.0, "z": 3.0, "q": -4.0, "x": -4.0, "y": -4.0}


@pytest.mark.parametrize(
    ("gradients", "values", "alive"),
    [
        (RIGHT, {"q": 3.0, "f": -12.0}, True),
        (RIGHT, {"q": 3.0, "f": -11.0}, False),
        (RIGHT | {"x": 4.0}, {}, False),
        (RIGHT | {"z": None}, {}, False),
        ({}, {}, False),
    ],
    ids=["right", "wrong value", "wrong gradient", "not filled in", "nothing"],
)
def test_a_students_circuit_comes_alive_once_all_of_theirs_is_right(gradients, values, alive):
    page = draw(product(), gradients, values=values, live=True)._repr_html_()
    assert ("cl-live" in page) is alive
    assert ("can be moved here once all of these are right" in page) is not alive


def test_all_that_a_live_graph_says_is_said_in_spanish_too():
    """Its texts have two words or more; selectors have, too."""
    texts = {text.strip() for text in SAID.findall(script("live.js")) if len(text.split()) > 1}
    texts = {text for text in texts if not re.match(r"\.|svg|input,|upstream", text)}
    unsaid = [text for text in (*texts, live.STILL, "live graph of f") if read("es").found(text, "live") is None]
    assert len(texts) > 15 and unsaid == []
