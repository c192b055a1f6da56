"""What a submission shows of a cell: its still forms, pictures and plain text, and nothing that runs or loads."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.intake.outputs import MOST, ROOM, still

PNG = "iVBORw0KGgo="
CHART = f'<div class="cl-chart"><img alt="a chart &lt; in words" src="data:image/png;base64,{PNG}">'
GRAPH = '<img alt="a graph" src="data:image/svg+xml,%3Csvg/%3E">'


def display(**data: Any) -> dict[str, Any]:
    names = {"png": "image/png", "svg": "image/svg+xml", "html": "text/html", "plain": "text/plain", "js": "text/js"}
    return {"output_type": "display_data", "data": {names[name]: value for name, value in data.items()}}


def ran(*outputs: dict[str, Any]) -> dict[str, Any]:
    return {"outputs": list(outputs), "execution_count": 1}


@pytest.mark.parametrize(
    ("output", "forms"),
    [
        (display(png=PNG, plain="a chart"), {"image/png": PNG, "text/plain": "a chart"}),
        (display(svg="<svg/>", html="<script>", plain="a graph"), {"image/svg+xml": "<svg/>", "text/plain": "a graph"}),
        (display(svg=["<svg>", "</svg>"]), {"image/svg+xml": "<svg></svg>"}),
        (display(plain="42", js="alert(1)"), {"text/plain": "42"}),
        (display(png=PNG) | {"output_type": "execute_result"}, {"image/png": PNG}),
        (display(html=f"{CHART}<script>x()</script>", plain="<Chart>"), {"text/html": f"{CHART}</div>"}),
        (display(html=f"<b>{GRAPH}<br>"), {"text/html": f'<div class="cl-graph">{GRAPH}</div>'}),
        (display(html="<div>○ which file?</div>", plain="○ which file?"), {"text/plain": "○ which file?"}),
    ],
    ids=["chart", "graph-without-its-page", "lines", "plain", "result", "chart-in-html", "graph-in-html", "words"],
)
def test_still_forms_stay(output: dict[str, Any], forms: dict[str, str]) -> None:
    assert still(ran(output)) == [{"output_type": "display_data", "data": forms, "metadata": {}}]


def test_what_was_printed_stays() -> None:
    printed = {"output_type": "stream", "name": "stderr", "text": ["a", "b"], "more": 1}
    assert still(ran(printed)) == [{"output_type": "stream", "name": "stderr", "text": "ab"}]


@pytest.mark.parametrize(
    "outputs",
    [
        None,
        "text",
        {"output_type": "stream", "text": "no list"},
        [None, 3, "text", []],
        [{"output_type": "error", "ename": "E", "evalue": "", "traceback": []}],
        [{"output_type": "stream", "text": 3}],
        [{"output_type": "display_data", "data": None}],
        [display(png="no base64!")],
        [display(png=3)],
        [display(html="<table>", plain="<IPython.core.display.HTML object>")],
        [display(html="<b>a page</b><svg></svg>", plain="its words alone")],
        [display(html='<img alt="from elsewhere" src="https://example.org/x.png">')],
        [display(js="alert(1)")],
    ],
)
def test_nothing_else_stays(outputs: Any) -> None:
    assert still({"outputs": outputs, "execution_count": 1}) is None


def test_cell_that_ran_and_showed_nothing_is_told_from_one_that_never_ran() -> None:
    assert still({"outputs": [], "execution_count": 3}) == []
    for count in (None, "3", True):
        assert still({"outputs": [], "execution_count": count}) is None
    assert still({}) is None


def test_more_than_there_is_room_for_is_left_out() -> None:
    assert len(still(ran(*[display(plain="x")] * (MOST + 1))) or []) == MOST
    assert len(still(ran(*[display(plain="x" * (ROOM // 2))] * 3)) or []) == 2


def test_half_a_character_can_be_written_all_the_same() -> None:
    (output,) = still(ran(display(plain="\ud83d"))) or []
    output["data"]["text/plain"].encode("utf-8")
