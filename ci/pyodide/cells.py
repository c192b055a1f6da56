"""Runs the code cells of notebooks in IPython and prints a line of JSON for each: this file runs inside Pyodide."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

REPORT = "application/vnd.cs231n-lite.report+json"


def run(name: str) -> None:
    """Run each code cell of a notebook as a new kernel does, on after one that fails; print what came of it."""
    for module in [module for module in sys.modules if module.split(".")[0] == "cs231n_lite"]:
        del sys.modules[module]
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    for cell in json.loads(Path(name).read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        start = time.perf_counter()
        with capture_output() as captured:
            result = shell.run_cell("".join(cell["source"]), store_history=True, cell_id=cell["id"])
        error = result.error_before_exec or result.error_in_exec
        line = {
            "notebook": name,
            "name": cell["id"],
            "seconds": time.perf_counter() - start,
            "error": f"{type(error).__name__}: {error}" if error else "",
            "displays": [sorted(output.data) for output in captured.outputs],
            "report": report_of(result.result),
        }
        print(json.dumps(line), flush=True)


def report_of(value: Any) -> dict[str, Any] | None:
    """What a check said, as plain data; None for any other value."""
    if not type(value).__module__.startswith("cs231n_lite") or not hasattr(value, "_repr_mimebundle_"):
        return None
    report: dict[str, Any] | None = value._repr_mimebundle_().get(REPORT)
    return report


for path in sys.argv[1:]:
    run(path)
