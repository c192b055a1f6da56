"""Notebooks run in Pyodide, in Node, and what their checks said compared with what they say here."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ci.environment import ROOT, Unready
from ci.packages import last_line
from ci.pyodide.node import node
from ci.pyodide.provider import provide

__all__ = ["SLOW", "Cell", "differences", "prepare", "run", "table"]

HERE = Path(__file__).resolve().parent
REPORT = "application/vnd.cs231n-lite.report+json"
SLOW = 10  # seconds that no cell should take
PROCESSES = 2  # at a time: a processor each
SLOWEST = 5  # cells that the table names


@dataclass(frozen=True)
class Cell:
    """What came of one code cell; `report` is a check's, `displays` the kinds of each thing that it showed."""

    name: str
    seconds: float
    error: str
    displays: list[list[str]]
    report: dict[str, Any] | None


def prepare() -> str:
    """Have Pyodide and Node at hand; return "" or one line on why there is none."""
    try:
        provide()
        node()
    except Unready as problem:
        return str(problem)
    return ""


def run(notebooks: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Cell]]:
    """Run the code cells of notebooks, each as in a new kernel; return what came of them by the notebooks' names."""
    command = [node(), HERE / "run.mjs", provide(), ROOT]
    cells: dict[str, list[Cell]] = {name: [] for name in notebooks}
    with tempfile.TemporaryDirectory(prefix="notebooks-") as folder, ThreadPoolExecutor(PROCESSES) as pool:
        for name, notebook in notebooks.items():
            Path(folder, name).write_text(json.dumps(notebook), encoding="utf-8")
        shares = [list(notebooks)[number::PROCESSES] for number in range(min(PROCESSES, len(notebooks)))]
        commands = [[*command, folder, HERE / "cells.py", *share] for share in shares]
        for line in "".join(pool.map(_output, commands)).splitlines():
            if line.startswith("{"):
                values = json.loads(line)
                cells[values.pop("notebook")].append(Cell(**values))
    return cells


def _output(command: list[str | Path]) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"Pyodide ended with {done.returncode}: {last_line(done.stderr)}\n{done.stderr}")
    return done.stdout


def differences(solution: Mapping[str, Any], cells: list[Cell]) -> list[str]:
    """Return where a notebook's cells did another thing in Pyodide than their outputs, made here, show."""
    expected = [cell for cell in solution["cells"] if cell["cell_type"] == "code"]
    wrong = [f"{cell.name}: {cell.error}" for cell in cells if cell.error]
    if [cell["id"] for cell in expected] != [cell.name for cell in cells]:
        wrong.append(f"{len(cells)} of {len(expected)} cells ran")
    for before, now in zip(expected, cells, strict=False):
        wrong += _changed(before["outputs"], now)
    return wrong


def _changed(outputs: list[dict[str, Any]], cell: Cell) -> list[str]:
    report = next((output["data"][REPORT] for output in outputs if REPORT in output.get("data", {})), None)
    if report is not None or cell.report is not None:
        keys = ("exercise", "passed", "points", "max_points", "score", "parts")
        here, there = ({key: (found or {}).get(key) for key in keys} for found in (report, cell.report))
        return [
            f"{cell.name}: {key} is {there[key]} in Pyodide and {here[key]} here"
            for key in keys
            if here[key] != there[key]
        ]
    shown = [sorted(output["data"]) for output in outputs if output["output_type"] == "display_data"]
    return [] if shown == cell.displays else [f"{cell.name}: shows {cell.displays} in Pyodide and {shown} here"]


def table(runs: Mapping[str, list[Cell]]) -> str:
    """Return the seconds of each notebook and the slowest cells of all, for people."""
    lines = [
        f"{name:30} {sum(cell.seconds for cell in cells):6.1f} s   {len(cells)} cells" for name, cells in runs.items()
    ]
    slowest = sorted((cell for cells in runs.values() for cell in cells), key=lambda cell: -cell.seconds)[:SLOWEST]
    lines += [f"{cell.name:30} {cell.seconds:6.1f} s{f'   above {SLOW} s' * (cell.seconds > SLOW)}" for cell in slowest]
    return "\n".join(lines)
