"""The stepper's story, folding and export: numbers as the graph's, one step a gate, groups that can be one gate."""

from __future__ import annotations

import json
import re
from html import unescape

import numpy as np
import pytest

from ci.tests.cs231n_lite.drawing.gallery import neuron_graph, product, ran, unrolled
from cs231n_lite.drawing.narration import tell
from cs231n_lite.drawing.picture import draw
from cs231n_lite.tracing.trace import trace


def story_of(graph, **options):
    return tell(draw(graph, **options).diagram)


def lines(step):
    return ["".join(text for _, text in line) for line in step.lines]


def test_each_gate_has_a_step_forward_and_a_step_backward():
    story = story_of(product())
    assert [(step.phase, step.node) for step in story.steps] == [
        ("forward", ""),
        ("forward", "q"),
        ("forward", "f"),
        ("backward", "f"),
        ("backward", "f"),
        ("backward", "q"),
    ]


def test_forward_steps_tell_the_computation():
    story = story_of(product())
    assert lines(story.steps[1]) == ["q = x + y = −2 + 5 = 3"]
    assert lines(story.steps[2]) == ["f = q × z = 3 × (−4) = −12"]


def test_backward_steps_tell_upstream_times_local():
    story = story_of(product())
    assert lines(story.steps[4]) == ["f receives upstream 1", "q: 1 × (−4) = −4", "z: 1 × 3 = 3"]
    assert lines(story.steps[5]) == ["q receives upstream −4", "x: −4 × 1 = −4", "y: −4 × 1 = −4"]


def test_a_branch_tells_its_sum():
    story = story_of(ran({"f": ("multiply", "x", "x")}, x=3.0))
    assert lines(story.steps[-1])[1:] == ["x: 1 × 3 = 3", "x: 1 × 3 = 3", "x branches, so it sums: 3 + 3 = 6"]


def test_a_folded_part_is_told_as_one_and_hides_no_other_gradient():
    story = story_of(unrolled(40))
    folded = [step for step in story.steps if step.node == "folded 1"]
    assert [step.phase for step in folded] == ["forward", "backward"]
    assert all("nodes are folded here" in lines(step)[0] for step in folded)
    assert set(story.gradient_from) - {"folded 1"} == set(story.value_from) - {"folded 1"}


def test_the_sum_of_a_branch_is_told_once_when_its_last_part_is_in():
    graph = ran({"a": ("exp", "x"), "b": ("square", "x"), "c": ("add", "a", "b"), "f": ("add", "c", "x")}, x=1.0)
    story = story_of(graph)
    sums = [(index, line) for index, step in enumerate(story.steps) for line in lines(step) if "branches" in line]
    assert sums == [(len(story.steps) - 1, "x branches, so it sums: 1 + 2 + 2.72 = 5.72")]
    assert story.gradient_from["x"] == len(story.steps) - 1


def test_cached_bytes_grow_forward_and_shrink_to_nothing_backward():
    cached = [step.cached for step in story_of(neuron_graph()).steps]
    peak = cached.index(max(cached))
    assert cached[: peak + 1] == sorted(cached[: peak + 1]) and cached[-1] == 0
    assert cached[peak:] == sorted(cached[peak:], reverse=True)


def test_an_array_that_two_gates_read_is_cached_once():
    graph = ran({"a": ("exp", "x"), "b": ("square", "x"), "f": ("add", "a", "b")}, x=np.ones(10))
    assert [step.cached for step in story_of(graph).steps[:4]] == [0, 80, 80, 240]


def test_a_value_is_seen_from_its_own_step_and_a_gradient_once_all_branches_are_in():
    story = story_of(unrolled(3))
    for index, step in enumerate(story.steps):
        if step.phase == "forward" and step.node:
            assert story.value_from[step.node] == index
    assert story.gradient_from["w"] == max(story.gradient_from.values())
    assert story.gradient_from["h2"] == min(story.gradient_from.values())


def test_arrays_are_told_by_their_shapes():
    graph = ran({"z": ("dot", "X", "W"), "f": ("sum", "z")}, X=np.ones((4, 3)), W=np.ones((3, 5)))
    story = story_of(graph)
    assert lines(story.steps[1]) == ["z = X · W = [4×3] · [3×5] = [4×5]"]
    assert "X: upstream × local, of shape 4×3 like X itself" in lines(story.steps[-1])


def test_the_piece_of_html_carries_the_whole_story_of():
    picture = draw(product())
    data = re.search(r'data-story="([^"]*)"', picture._repr_html_())
    steps = json.loads(unescape(data[1]))["steps"]
    assert len(steps) == 6 and steps[4]["cached"] == tell(picture.diagram).steps[4].cached


def test_the_script_survives_a_page_that_is_read_as_xml():
    html = draw(product())._repr_html_()
    script = re.search(r"<script>(.*?)</script>", html, re.S)[1]
    assert "<" not in script and "&" not in script


def test_the_sigmoid_gate_is_found_and_folded():
    picture = draw(neuron_graph(), groups=["sigmoid"])
    marks = picture.diagram.marks
    assert (marks["f"].kind, marks["f"].inputs, marks["f"].folded) == ("sigmoid", ("t",), 4)
    assert {"n", "e", "d", "d.1"}.isdisjoint(marks)
    assert marks["t"].measured == pytest.approx(0.19661193, abs=1e-8)


def test_a_named_group_folds_and_still_computes():
    picture = draw(neuron_graph(), groups={"dot product": ["p0", "p1", "s", "t"]})
    gate = picture.diagram.marks["t"]
    assert gate.inputs == ("w0", "x0", "w1", "x1", "w2") and gate.compute(2.0, -1.0, -3.0, -2.0, -3.0) == 1.0


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({"g": ["p0", "nope"]}, "names nope; there are"),
        ({"g": []}, "names no node"),
        ({"g": ["p0", "p1"]}, r"has 2 values that others read \(p0, p1\)"),
        (["tanh"], "no shape is known for 'tanh', only for sigmoid"),
    ],
)
def test_a_group_that_cannot_be_one_gate_is_refused(groups, message):
    with pytest.raises(ValueError, match=message):
        draw(neuron_graph(), groups=groups)


def test_a_wrong_gradient_inside_a_folded_group_is_still_ringed():
    picture = draw(neuron_graph(), {"e": 5.0}, groups=["sigmoid"])
    assert picture.diagram.first_wrong == "f"


def test_dot_and_mermaid_have_every_node_edge_and_number():
    picture = draw(product())
    dot, mermaid = picture.to_dot(), picture.to_mermaid()
    assert dot.count("->") == mermaid.count("-->") == 5
    assert 'label="−2\\nd −4"' in dot and '"−2 | d −4"' in mermaid
    wrong = draw(product(), {"q": -3.0})
    assert "d −3 ✗" in wrong.to_dot() and "stroke-dasharray" in wrong.to_mermaid()


def test_names_with_quotes_and_brackets_do_not_break_the_exports():
    picture = draw(ran({'a"b': ("add", "x<y", "z")}, **{"x<y": 1.0, "z": 2.0}))
    assert 'a\\"b' in picture.to_dot()
    assert "#quot;" in picture.to_mermaid() and "x#lt;y" in picture.to_mermaid()


def test_a_product_of_matrices_is_told_as_the_products_that_go_back():
    def f(hidden, W2):
        scores = hidden @ W2
        return scores.sum()

    story = story_of(trace(f, np.ones((6, 5)), np.ones((5, 3))))
    told = [line for step in story.steps for line in lines(step)]
    assert "hidden: upstream @ W2ᵀ, of shape 6×5 like hidden itself" in told
    assert "W2: hiddenᵀ @ upstream, of shape 5×3 like W2 itself" in told
