"""What a store or another machine hands over: an entry is taken, anything else counts as absent and is run again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.examining.entries import are_notes, is_entry, usable
from autograder.examining.job import Job, unpacked
from autograder.examining.store import Store
from autograder.examining.terms import Terms
from autograder.notebooks.kinds import is_test
from ci.tests.autograder.builders import notebook, reported
from ci.tests.autograder.examining.builders import points

RESULT = {"output_type": "execute_result", "data": {"text/plain": "2.0"}, "metadata": {}, "execution_count": 3}
STREAM = {"output_type": "stream", "name": "stdout", "text": "hello"}
FAULT = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["E: v"]}
WHOLE: dict[str, Any] = {
    "outputs": [STREAM, RESULT],
    "shown": {"0": None, "1": RESULT},
    "notes": [["kind", "cell", "detail", "odd"]],
    "verdict": "passed",
}
PLAIN = WHOLE | {"outputs": [STREAM], "shown": {}}


def with_points(text: Any) -> dict[str, Any]:
    return PLAIN | {"outputs": [RESULT | {"data": {"text/plain": text}}]}


BROKEN: dict[str, Any] = {
    "nothing": None,
    "a text": "passed",
    "a list": [WHOLE],
    "a key too few": {key: value for key, value in WHOLE.items() if key != "shown"},
    "a key of another version": WHOLE | {"version": 2},
    "outputs that are no list": WHOLE | {"outputs": {}},
    "outputs that are none": PLAIN | {"outputs": [1]},
    "an output of an unknown kind": PLAIN | {"outputs": [STREAM | {"output_type": "clear"}]},
    "a stream of numbers": PLAIN | {"outputs": [STREAM | {"text": [1]}], "verdict": ""},
    "an error without its words": PLAIN | {"outputs": [FAULT | {"traceback": None}], "verdict": "failed"},
    "data that are a list": PLAIN | {"outputs": [RESULT | {"data": ["2.0"]}]},
    "shown where there is no output": WHOLE | {"shown": {"7": None}},
    "shown that is no output": WHOLE | {"shown": {"1": "<script>"}},
    "notes of three words": WHOLE | {"notes": [["kind", "cell", "detail"]]},
    "notes of an unknown weight": WHOLE | {"notes": [["kind", "cell", "detail", "fatal"]]},
    "a verdict that is none": WHOLE | {"verdict": "excellent"},
    "a verdict that is a list": WHOLE | {"verdict": ["passed"]},
    "passed without points": PLAIN,
    "points that are not a number": with_points("nan"),
    "points without end": with_points("inf"),
    "points below nothing": with_points("-1.0"),
    "points that are no text": with_points(2.0),
}


def test_what_a_run_leaves_is_an_entry() -> None:
    assert all(map(is_entry, (WHOLE, PLAIN | {"verdict": ""}, PLAIN | {"outputs": [FAULT], "verdict": "failed"})))
    assert are_notes([]) and not are_notes({}) and not are_notes([["kind", "cell", 3, "odd"]])


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_no_entry_is_told(case: str) -> None:
    assert not is_entry(BROKEN[case])


@pytest.mark.parametrize(
    "filled", [None, [], {}, {"entries": [], "notes": 3, "uncertain": None}, {"entries": {"0": WHOLE}}]
)
def test_of_what_is_no_result_nothing_is_usable(filled: Any) -> None:
    assert usable(filled, 3) == {"entries": {}, "notes": [], "uncertain": []}


def test_of_a_result_what_is_whole_is_usable() -> None:
    entries = {"0": WHOLE, "1": "x", "2": WHOLE, "3": WHOLE, "-1": WHOLE, "two": WHOLE}
    filled = {"entries": entries, "notes": [["a", "b", "c", "odd"]], "uncertain": [2, "0", True, 9]}
    assert usable(filled, 3) == {"entries": {0: WHOLE, 2: WHOLE}, "notes": filled["notes"], "uncertain": [2]}


def fresh() -> Job:
    cells = ("answer", "def square(x):\n    return x * x"), ("test", reported("assert square(3) == 9"))
    return Job(notebook(*cells), {}, {}, Terms(timeout=30.0))


@pytest.mark.parametrize("broken", [{"points": "nan"}, WHOLE | {"verdict": "excellent"}, [], "truncated", 7])
def test_entry_that_is_none_is_judged_again_and_never_kept(broken: Any, tmp_path: Path) -> None:
    store, job = Store(tmp_path), fresh()
    number = next(n for n, cell in enumerate(job.notebook.cells) if is_test(cell))
    key = job.cell_keys.keys[number]
    store.put(key, broken)
    verdicts, _ = job.run(job.results(store))
    assert (list(verdicts.values()), list(points(job.notebook).values())) == (["passed"], [2.0])
    assert is_entry(store.get(key)), "the right one stands in its place"


def test_what_a_worker_sends_wrong_is_left_out_and_not_kept(tmp_path: Path) -> None:
    store, job = Store(tmp_path), fresh()
    sent, results = unpacked(job.packed(job.results(store)))
    sent.run(results)
    filled = json.loads(json.dumps(results.filled))
    number = next(n for n in filled["entries"] if filled["entries"][n]["verdict"] == "passed")
    filled["entries"][number]["outputs"][-1]["data"]["text/plain"] = "nan"
    key = job.cell_keys.keys[int(number)]
    assert key not in job.results(store).take(filled)
    assert store.get(key) is None
    assert job.results(store).take(["no", "result"]) == {}
