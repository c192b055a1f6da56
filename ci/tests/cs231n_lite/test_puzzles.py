"""Circuits to predict: for whoever they are drawn, each rule can be read off them, and none by accident."""

from __future__ import annotations

import pytest

from cs231n_lite.puzzles import flow_puzzles

STUDENTS = [*range(150), *(f"student-{number}" for number in range(50))]


@pytest.fixture(scope="module")
def circuits():
    return [(student, letter, graph) for student in STUDENTS for letter, graph in flow_puzzles(student).items()]


def backward(graph, *, own_value=False, halved=False, to_both=False, last_only=False):
    """Every gradient by the four rules, or with one of them mistaken."""
    gradients = {name: [] for name in graph.order}
    gradients[graph.output].append(1.0)
    for name in reversed(graph.order):
        node = graph.nodes[name]
        values = [graph.nodes[source].value for source in node.inputs]
        upstream = gradients[name][-1] if last_only else sum(gradients[name])
        for place, source in enumerate(node.inputs):
            passed = upstream / 2 if halved and node.kind == "add" else upstream
            if node.kind == "multiply":
                passed *= values[place if own_value else 1 - place]
            if node.kind == "max" and values[place] < max(values) and not to_both:
                passed = 0.0
            gradients[source].append(passed)
    return {name: parts[-1] if last_only else sum(parts) for name, parts in gradients.items()}


def test_the_same_student_gets_the_same_circuits_and_a_neighbour_others():
    drawn = [{name: graph.wiring | graph.nodes for name, graph in flow_puzzles(me).items()} for me in ("Ada ", "ada")]
    assert drawn[0] == drawn[1] != {name: graph.wiring | graph.nodes for name, graph in flow_puzzles("bob").items()}


def test_no_value_is_0_or_1_and_no_gradient_0_but_behind_the_loser_of_a_max(circuits):
    for student, letter, graph in circuits:
        values = [node.value for node in graph.nodes.values()]
        assert not {-1.0, 0.0, 1.0} & set(values), f"{student}, circuit {letter}: {values}"
        to_both, right = backward(graph, to_both=True), backward(graph)
        for name in graph.order:
            assert right[name] or to_both[name], f"{student}, circuit {letter}: the gradient in {name} is 0 by accident"


def test_the_four_rules_give_the_measured_gradients_and_they_are_not_all_alike(circuits):
    for student, letter, graph in circuits:
        slopes, right = graph.sensitivities(), backward(graph)
        assert right == pytest.approx(slopes, abs=1e-6), f"{student}, circuit {letter}"
        assert len({right[name] for name in graph.inputs}) > 1, f"{student}, circuit {letter}"


@pytest.mark.parametrize("rule", ["own_value", "halved", "to_both", "last_only"])
def test_each_mistaken_rule_shows_for_every_student(circuits, rule):
    showing = {
        student
        for student, _, graph in circuits
        if any(backward(graph, **{rule: True})[name] != backward(graph)[name] for name in graph.inputs)
    }
    assert showing == set(STUDENTS)
