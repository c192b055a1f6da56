"""What a test cell's run is evidence of: its verdict, and the outputs that nbgrader reads the points off.

A test cell earns points in one of two ways, and in no other:

- it ends in a number between 0 and its points, as `report.points(3)` does, or in an object that shows itself as one;
- it is of plain asserts, and runs to its end with each of them held at least once (plain_asserts.py): then it earns
  all of its points.

A test without points, as a stretch exercise has, earns nothing in either way: its verdict is that of its report.
Whatever else happens leaves no points and an error that says why.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.feedback.display import REPORT
from autograder.inside.wire import Tampered

__all__ = ["ENAMES", "VERDICTS", "cleaned", "earned", "error", "judged"]

VERDICTS = ("passed", "partial", "failed", "timed-out", "out-of-memory", "crashed", "tampered", "not-written")
# The error that a test cell without evidence shows; the first three are those of nbgrader's own Execute.
ENAMES = {
    "timed-out": ("CellTimeoutError", "the time ran out"),
    "crashed": ("DeadKernelError", "the answer ended its Python"),
    "out-of-memory": ("MemoryError", "the answer needed more memory than there is"),
    "tampered": ("TamperedError", "the answer's process sent what no answer sends"),
    "failed": ("NoEvidence", "the test did not end in points"),
}
JSON = re.compile(r"application/([\w.-]+\+)?json")  # MIME types whose values need not be text


def judged(reply: dict[str, Any], most: float) -> tuple[str, list[NotebookNode]]:
    """The verdict and the outputs of a test cell that ran in the examiner; what is no evidence gives no points."""
    outputs = cleaned(reply["outputs"], own=True)
    ended = reply["ended"]
    if ended == "error":
        written = reply["ename"] != "NotImplementedError"
        line = f"{reply['ename']}: {reply['evalue']}"
        output = {"output_type": "error", "ename": reply["ename"], "evalue": reply["evalue"], "traceback": [line]}
        outputs += cleaned([output])
        verdict = "out-of-memory" if reply["memory"] else "failed" if written else "not-written"
        return verdict, outputs
    if ended == "value" and 0.0 <= reply["points"] <= most:
        points, data = reply["points"], reply["data"]
    elif ended == "held":
        points, data = most, {}
    else:
        return "failed", [*outputs, error("failed")]
    data = {**data, "text/plain": repr(float(points))}  # what nbgrader reads is what was judged
    share = points / most if most else float(data.get(REPORT, {}).get("share", 1.0))
    verdict = "passed" if share == 1.0 else "partial" if share else "failed"
    slugs = {finding["slug"] for finding in data.get(REPORT, {}).get("findings", []) if not finding.get("remark")}
    if verdict == "failed" and slugs == {"not-written"}:
        verdict = "not-written"
    if reply["memory"] and verdict == "failed":  # what other parts earned stands
        verdict = "out-of-memory"
    return verdict, [*outputs, *cleaned([{"output_type": "execute_result", "data": data}], own=True)]


def earned(outputs: Sequence[NotebookNode]) -> tuple[float, str]:
    """The points that nbgrader reads off the outputs of a test that was judged, and what its report calls it or "".

    Of a test without points, the share of it that is right: what `progress` shows.
    """
    results = [output.data for output in outputs if output.output_type == "execute_result"]
    if not results or any(output.output_type == "error" for output in outputs):
        return 0.0, ""
    report = results[0].get(REPORT, {})
    return float(report.get("share", results[0]["text/plain"])), str(report.get("exercise") or "")


def error(verdict: str, ran_out: str = "") -> NotebookNode:
    """The output of a cell that ended with a verdict and without evidence; `ran_out` says how, where time did."""
    name, text = ENAMES[verdict]
    if verdict == "timed-out" and ran_out:
        text = f"{ran_out}."
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])


def cleaned(outputs: Any, *, own: bool = False) -> list[NotebookNode]:
    """The outputs of a reply as a notebook may hold them; raises Tampered. A report that is not the examiner's goes."""
    if type(outputs) is not list:
        raise Tampered("outputs are no list")
    return [_cleaned(_text(output), own) for output in outputs]


def _cleaned(output: Any, own: bool) -> NotebookNode:
    """One output; raises Tampered."""
    kind = output.get("output_type") if type(output) is dict else ""
    if kind == "stream" and output.get("name") in ("stdout", "stderr") and type(output.get("text")) is str:
        return _node(kind, name=output["name"], text=output["text"])
    if kind == "error":
        lines, name, value = (output.get(key) for key in ("traceback", "ename", "evalue"))
        if type(lines) is list and all(type(part) is str for part in (*lines, name, value)):
            return _node(kind, ename=name, evalue=value, traceback=lines)
    if kind in ("display_data", "execute_result") and type(output.get("data")) is dict:
        data = {mime: value for mime, value in output["data"].items() if own or mime != REPORT}
        metadata = output.get("metadata")
        if all(type(value) is str or JSON.fullmatch(mime) for mime, value in data.items()):
            counted = {"execution_count": None} if kind == "execute_result" else {}
            return _node(kind, data=data, metadata=metadata if type(metadata) is dict else {}, **counted)
    raise Tampered("an output is malformed")


def _node(kind: str, **fields: Any) -> NotebookNode:
    # new_output would look each of them up in nbformat's schema, which asks for no more than `_cleaned` does.
    node = NotebookNode(output_type=kind)
    node.update(fields)
    return node


def _text(value: Any, depth: int = 0) -> Any:
    """The same, with every text such that it can be written as UTF-8, and no number that JSON does not have."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if depth > 60:
        raise Tampered("an output is nested too deeply")
    if isinstance(value, list):
        return [_text(entry, depth + 1) for entry in value]
    if isinstance(value, dict):
        return {_text(key): _text(entry, depth + 1) for key, entry in value.items()}
    return value
