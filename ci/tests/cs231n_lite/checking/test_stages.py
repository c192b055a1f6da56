"""A mistake in a circuit is told where it begins, and what only follows from it in one line."""

from __future__ import annotations

from typing import Any

import pytest

from cs231n_lite import Graph, check_values

RIGHT = {"q": 3.0, "f": -12.0, "dz": 3.0, "dq": -4.0, "dx": -4.0, "dy": -4.0}


def told(**changes: Any) -> list[tuple[str, str]]:
    graph = Graph({"q": ("add", "x", "y"), "f": ("multiply", "q", "z")})
    graph.forward(x=-2.0, y=5.0, z=-4.0)
    return [(f.slug, f.array) for f in check_values({**RIGHT, **changes}, RIGHT, graph=graph).findings]


def test_inputs_of_one_gate_are_swapped_and_what_follows_is_not() -> None:
    findings = told(dz=-4.0, dq=3.0, dx=3.0, dy=3.0)
    assert findings == [("operands-swapped", "dq, dz"), ("wrong-value", "dx, dy")]


@pytest.mark.parametrize(
    ("changes", "findings"),
    [
        ({"q": 7.0, "f": -28.0, "dz": 7.0}, [("wrong-value", "q"), ("wrong-value", "f, dz")]),
        ({"dq": 4.0, "dx": 4.0, "dy": 4.0}, [("sign", "dq"), ("wrong-value", "dx, dy")]),
        ({"dq": 4.0, "dx": 8.0, "dy": 4.0}, [("sign", "dq"), ("factor-2", "dx"), ("wrong-value", "dy")]),
        ({"dq": None, "dx": 3.0}, [("wrong-value", "dx"), ("not-written", "dq")]),
        ({"dx": "-4"}, [("wrong-value", "dx")]),
        ({"dx": 3.0, "dy": 3.0}, [("wrong-operand", "dx"), ("wrong-operand", "dy")]),
        ({"dz": 5.0, "dx": 5.0}, [("wrong-value", "dz"), ("wrong-operand", "dx")]),
        ({"dz": None, "dx": 3.0}, [("wrong-value", "dx"), ("not-written", "dz")]),
        ({"dx": -7.0}, [("wrong-value", "dx")]),
    ],
)
def test_each_mistake_is_told_where_it_begins(changes: dict[str, Any], findings: list[tuple[str, str]]) -> None:
    assert told(**changes) == findings


def test_leaves_do_not_depend_on_each_other() -> None:
    graph = Graph({"a": ("multiply", "w", "x"), "b": ("multiply", "v", "y"), "f": ("add", "a", "b")})
    graph.forward(w=2.0, x=5.0, v=0.5, y=1.5)
    right = {"da": 1.0, "db": 1.0, "dw": 5.0, "dx": 2.0, "dv": 1.5, "dy": 0.5}
    report = check_values({**right, "dw": 2.0, "dx": 5.0, "dv": 4.0}, right, staged=True, graph=graph)
    assert [(f.slug, f.array) for f in report.findings] == [("operands-swapped", "dw, dx"), ("wrong-value", "dv")]


@pytest.mark.parametrize(("dx", "slug"), [(-1.5, "wrong-operand"), (0.75, "wrong-value")])
def test_what_flows_beside_a_sum_is_named_at_other_numbers_too(dx: float, slug: str) -> None:
    graph = Graph({"q": ("add", "x", "y"), "f": ("multiply", "q", "z")})
    graph.forward(x=0.5, y=-2.0, z=3.5)
    right = {"dz": -1.5, "dq": 3.5, "dx": 3.5, "dy": 3.5}
    (finding,) = check_values({**right, "dx": dx}, right, graph=graph).findings
    assert (finding.slug, finding.array) == (slug, "dx")
