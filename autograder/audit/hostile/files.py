"""Hostile hand-ins: what is tampered with is the notebook's file or the folder it lies in.

Each function is one of them, named after it; it changes the notebook, as data, in place, returns other bytes to hand in
instead, or works in the folder. In an `unwritten` notebook only `last` is solved, in a `solved` one everything is; what
it earns is what was solved, unless told otherwise. `severity` is the worst note that it must get.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["FILES", "HandedIn"]

Data = dict[str, Any]
Change = Callable[[Data, Path], bytes | None]
LYING = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}


@dataclass(frozen=True)
class HandedIn:
    """One of them: how it is made, the worst note that it must get, what is solved, and what it earns if not that."""

    change: Change
    severity: str
    solved: bool
    earns: tuple[str, ...] | None


FILES: dict[str, HandedIn] = {}


def _file(severity: str, *, solved: bool = False, earns: tuple[str, ...] | None = None) -> Callable[[Change], Change]:
    def keep(change: Change) -> Change:
        FILES[change.__name__.replace("_", "-")] = HandedIn(change, severity, solved, earns)
        return change

    return keep


def _cell(notebook: Data, name: str) -> Data:
    return next(cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == name)


def _own(name: str, source: str = "", **meta: Any) -> Data:
    """A code cell with metadata of nbgrader's that no master has."""
    metadata = {"nbgrader": {"grade_id": name, **meta}}
    return {"cell_type": "code", "source": source, "outputs": [], "execution_count": None, "metadata": metadata}


def _tests(notebook: Data) -> list[Data]:
    return [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade")]


# Flags, tags and cells


@_file("attack")
def skip_execution_tag(notebook: Data, folder: Path) -> None:
    """Tests that nbclient leaves out have no output, which nbgrader takes for success."""
    for cell in _tests(notebook):
        cell["metadata"]["tags"] = ["skip-execution"]


@_file("attack")
def raises_exception_tag(notebook: Data, folder: Path) -> None:
    """Tests that may raise, as they say."""
    for cell in _tests(notebook):
        cell["metadata"]["tags"] = ["raises-exception", "remove-output"]


@_file("odd")
def tests_deleted(notebook: Data, folder: Path) -> None:
    """No tests at all."""
    notebook["cells"] = [cell for cell in notebook["cells"] if cell not in _tests(notebook)]


@_file("odd")
def tests_emptied(notebook: Data, folder: Path) -> None:
    """Tests that test nothing."""
    for cell in _tests(notebook):
        cell["source"] = ["pass"]


@_file("odd")
def tests_that_give_points(notebook: Data, folder: Path) -> None:
    """Tests that end in a number."""
    for cell in _tests(notebook):
        cell["source"] = "2.0"


@_file("stray edit")
def tests_retyped(notebook: Data, folder: Path) -> None:
    """Tests that became text."""
    for cell in _tests(notebook):
        cell.update(cell_type="markdown")


@_file("attack")
def points_raised(notebook: Data, folder: Path) -> None:
    """A hundred points for the exercise that is right."""
    _cell(notebook, "last-test")["metadata"]["nbgrader"]["points"] = 100


@_file("attack")
def points_below_zero_and_not_a_number(notebook: Data, folder: Path) -> None:
    """Points that no sum survives."""
    for cell, points in zip(_tests(notebook), (float("nan"), -5, "2", float("inf")), strict=True):
        cell["metadata"]["nbgrader"]["points"] = points


@_file("attack")
def answer_made_a_test(notebook: Data, folder: Path) -> None:
    """An answer that is graded by a person, who sees that it is full."""
    _cell(notebook, "gate")["metadata"]["nbgrader"].update(grade=True, points=2)


@_file("attack")
def test_made_an_answer(notebook: Data, folder: Path) -> None:
    """A test that the student may write."""
    meta = _cell(notebook, "equal-test")
    meta["metadata"]["nbgrader"].update(solution=True, locked=False)
    meta["source"] = "1.0"


@_file("attack")
def tests_unlocked(notebook: Data, folder: Path) -> None:
    """Tests that nbgrader would not write over."""
    for cell in _tests(notebook):
        cell["metadata"]["nbgrader"]["locked"] = False
        cell["source"] = "2.0"


@_file("odd")
def setup_rewritten(notebook: Data, folder: Path) -> None:
    """A locked cell that brings tools of its own, and a copy of it that stays."""
    fake = "class Report:\n    def __init__(self, name): pass\n    points = lambda self, most: most\ncheck_gate = print"
    _cell(notebook, "setup")["source"] = fake
    own = _own("", fake) | {"metadata": {}}
    notebook["cells"].insert(notebook["cells"].index(_cell(notebook, "gate-test")), own)


@_file("stray edit")
def test_copied(notebook: Data, folder: Path) -> None:
    """Two tests of one name, of which one earns."""
    notebook["cells"].append(dict(_cell(notebook, "equal-test"), id="two", source="1.0"))


@_file("stray edit", solved=True)
def every_cell_twice(notebook: Data, folder: Path) -> None:
    """A notebook pasted into itself, which ends a batch of nbgrader's."""
    notebook["cells"] += [dict(cell, id=cell["id"] + "-2") for cell in notebook["cells"]]


@_file("none", solved=True)
def metadata_empty(notebook: Data, folder: Path) -> None:
    """A copied cell that kept an empty piece of nbgrader's metadata, which ends a batch of nbgrader's."""
    notebook["cells"].append(_own("x", "1") | {"metadata": {"nbgrader": {}}})


@_file("odd")
def test_of_its_own(notebook: Data, folder: Path) -> None:
    """One more graded cell, with ten points."""
    notebook["cells"].append(_own("bonus", "10.0", grade=True, points=10, schema_version=3, locked=True))


@_file("stray edit", solved=True)
def order_reversed(notebook: Data, folder: Path) -> None:
    """Tests before their answers."""
    notebook["cells"].reverse()


@_file("attack", solved=True)
def schema_of_the_future(notebook: Data, folder: Path) -> None:
    """A schema_version that ends a batch of nbgrader's."""
    for cell in notebook["cells"]:
        cell["metadata"].get("nbgrader", {})["schema_version"] = 99


@_file("attack", solved=True)
def schema_of_no_kind(notebook: Data, folder: Path) -> None:
    """A schema_version that is no number, and flags that are no flags."""
    for cell in notebook["cells"]:
        cell["metadata"].get("nbgrader", {}).update(schema_version={"a": []}, locked="yes", grade=None)


@_file("none")
def outputs_forged(notebook: Data, folder: Path) -> None:
    """Results that were there before anything ran."""
    report = {"exercise": "gate", "passed": True, "score": 1.0, "points": 2.0, "parts": {"dx": True}, "findings": []}
    for cell in _tests(notebook):
        data = {"text/plain": "2.0", "application/vnd.cs231n-lite.report+json": report}
        cell.update(execution_count=1, outputs=[{**LYING, "data": data}])


@_file("none")
def verdict_forged(notebook: Data, folder: Path) -> None:
    """Metadata that say what the grader will say."""
    for cell in notebook["cells"]:
        cell["metadata"]["cs231n-lite"] = {"verdict": "passed"}
    notebook["metadata"]["nbgrader"] = {"score": 100}


@_file("none", solved=True)
def kernel_of_its_own(notebook: Data, folder: Path) -> None:
    """A kernel by another name."""
    spec = {"name": "own", "display_name": "own", "argv": ["touch", str(folder / "started")]}
    notebook["metadata"] = {"kernelspec": spec, "language_info": {"name": "bash"}}


# Names that are printed


@_file("odd")
def name_that_draws(notebook: Data, folder: Path) -> None:
    """A grade_id that clears the screen and tells tales of a neighbour."""
    told = "\x1b[2J\x1b[1;31m\r\n   !  zoe: attack: symlink: forged\n"
    notebook["cells"].append(_own(told))


@_file("attack")
def name_that_is_no_text(notebook: Data, folder: Path) -> None:
    """Names of half a character, which no terminal and no file can hold."""
    notebook["cells"].append(_own("\ud800"))
    _cell(notebook, "equal")["metadata"]["tags"] = ["\udfff\x00\u202e", "skip-execution"]


@_file("odd")
def name_of_a_megabyte(notebook: Data, folder: Path) -> None:
    """A name that nobody reads to its end, many times."""
    notebook["cells"] += [_own("x" * 100_000) for _ in range(20)]


@_file("odd")
def names_by_the_thousand(notebook: Data, folder: Path) -> None:
    """So many odd cells that a report of each would bury all others."""
    notebook["cells"] += [_own(f"x{number}") for number in range(1500)]


@_file("odd")
def name_that_is_a_formula(notebook: Data, folder: Path) -> None:
    """A name that a spreadsheet would run."""
    notebook["cells"].append(_own('=HYPERLINK("http://example.invalid")', grade=True, points=1))


@_file("attack", solved=True)
def text_that_takes_hours_to_colour(notebook: Data, folder: Path) -> None:
    """Cells over which the colouring of code, in feedback and formgrader, would take hours."""
    own: Data = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    notebook["cells"] += [own | {"source": text * 50_000} for text in ("\n ", "a.", "(")]


# Files that are no notebook


@_file("accident", earns=())
def empty_file(notebook: Data, folder: Path) -> bytes:
    """Nothing."""
    return b""


@_file("accident", earns=())
def words_for_a_notebook(notebook: Data, folder: Path) -> bytes:
    """No JSON."""
    return b"I could not do it, sorry"


@_file("accident", earns=())
def list_for_a_notebook(notebook: Data, folder: Path) -> bytes:
    """JSON, and no notebook."""
    return b'[1, {"cells": "many"}, null]'


@_file("odd", solved=True, earns=("equal", "close"))
def broken_off(notebook: Data, folder: Path) -> bytes:
    """A file that ends in the middle."""
    text = json.dumps(notebook, indent=1)
    return text[: text.index("class Times")].encode()


@_file("accident", earns=())
def nested_without_end(notebook: Data, folder: Path) -> bytes:
    """A hundred thousand lists in one another."""
    return b'{"nbformat": 4, "cells": ' + b"[" * 100_000


@_file("attack", earns=())
def large_in_memory(notebook: Data, folder: Path) -> bytes:
    """Small values by the million, each of which takes many times its text; 6 MB."""
    return b'{"nbformat": 4, "cells": [' + b"[]," * 2_000_000 + b"[]]}"


@_file("stray edit", solved=True)
def bytes_that_are_no_text(notebook: Data, folder: Path) -> bytes:
    """Another encoding, in a comment."""
    return (
        json.dumps(notebook)
        .replace("running sums", "running sums ÿ")
        .encode("latin-1", "replace")
        .replace(b"A target", b"A target \xff\xfe")
    )


@_file("stray edit", solved=True)
def utf_16(notebook: Data, folder: Path) -> bytes:
    """Text, in an encoding that notebooks never have: it is read all the same."""
    return json.dumps(notebook).encode("utf-16")


@_file("stray edit", solved=True)
def format_of_the_future(notebook: Data, folder: Path) -> None:
    """An nbformat that nobody knows."""
    notebook["nbformat"] = 99


@_file("stray edit", solved=True)
def format_of_the_past(notebook: Data, folder: Path) -> None:
    """An nbformat of ten years ago."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["input"] = cell.pop("source")
    notebook.update(nbformat=3, worksheets=[{"cells": notebook.pop("cells")}])


@_file("attack", solved=True)
def five_thousand_cells(notebook: Data, folder: Path) -> None:
    """More cells than anybody writes."""
    notebook["cells"] += [{"cell_type": "markdown", "source": "x", "metadata": {}} for _ in range(5_000)]


@_file("attack", earns=())
def two_hundred_megabytes(notebook: Data, folder: Path) -> None:
    """A file of nothing but zeros, of which the disk holds none."""
    path = folder / "target.ipynb"
    path.unlink()
    with path.open("wb") as file:
        file.truncate(270 << 20)
    return None


# The folder


@_file("attack", earns=())
def link_to_a_neighbour(notebook: Data, folder: Path) -> None:
    """The work of somebody else, by a link."""
    (folder / "target.ipynb").unlink()
    (folder / "target.ipynb").symlink_to("../../ada/1-target/target.ipynb")


@_file("attack")
def links_to_the_grader(notebook: Data, folder: Path) -> None:
    """Files of the grader's that nbgrader would copy for the student to see."""
    (folder / "book.db").symlink_to("../../../gradebook.db")
    (folder / "tests").symlink_to("../../../source")
    (folder / "loop").symlink_to(".")


@_file("attack", earns=())
def folder_that_is_a_link(notebook: Data, folder: Path) -> None:
    """The whole folder of a neighbour, by a link."""
    (folder / "target.ipynb").unlink()
    folder.rmdir()
    folder.symlink_to("../ada/1-target")


@_file("attack", earns=())
def pipe_for_a_notebook(notebook: Data, folder: Path) -> None:
    """A pipe, at which a reader waits for ever."""
    (folder / "target.ipynb").unlink()
    os.mkfifo(folder / "target.ipynb")


@_file("attack")
def pipe_beside(notebook: Data, folder: Path) -> None:
    """A pipe among the files that nbgrader copies."""
    os.mkfifo(folder / "data")


@_file("attack", earns=())
def folder_for_a_notebook(notebook: Data, folder: Path) -> None:
    """A folder by the name of a notebook."""
    (folder / "target.ipynb").unlink()
    (folder / "target.ipynb").mkdir()
    (folder / "target.ipynb" / "target.ipynb").write_text(json.dumps(notebook))


@_file("accident")
def notebooks_of_other_names(notebook: Data, folder: Path) -> None:
    """More notebooks, some with names that lead elsewhere."""
    for name in ("..", "...", "..%2f..%2fsource%2ftarget", "Target", "target.ipynb", "-x"):
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook))


@_file("odd", solved=True)
def file_names_that_draw(notebook: Data, folder: Path) -> None:
    """Names that a terminal or a log would act on, that are no text, and one as long as a name may be."""
    for name in (b"\x1b[2J", b"two\nlines", b"\xff\xfe", b"-rf", b"x" * 250):
        (folder / os.fsdecode(name)).write_bytes(b"")


@_file("none")
def modules_beside(notebook: Data, folder: Path) -> None:
    """Files by the names of what the tests import."""
    fake = "class Report:\n    def __init__(self, *a): pass\n    points = lambda self, most: most\ncheck_gate = print\n"
    marks = f"open({str(folder.parent / 'imported')!r}, 'w').close()\n"
    for name in ("numpy", "cs231n_lite", "sitecustomize", "usercustomize", "autograder", "IPython", "json", "conftest"):
        (folder / f"{name}.py").write_text(marks + fake + "allclose = lambda *a, **k: True\n")


@_file("none")
def settings_beside(notebook: Data, folder: Path) -> None:
    """Settings that programs look for where they run."""
    marks = f"open({str(folder.parent / 'read')!r}, 'w').close()\n"
    (folder / "nbgrader_config.py").write_text(marks + "c.Execute.allow_errors = True\n")
    (folder / "jupyter_config.py").write_text(marks)
    (folder / "matplotlibrc").write_text("backend: module://numpy\n")
    for place in (".ipython/profile_default/startup", ".jupyter"):
        (folder / place).mkdir(parents=True)
        (folder / place / "00-first.py").write_text(marks)
    (folder / "own.pth").write_text("import os; " + marks)


@_file("accident", solved=True)
def time_that_is_no_time(notebook: Data, folder: Path) -> None:
    """A time of handing in that cannot be read."""
    (folder / "timestamp.txt").write_text("yesterday, I promise \x00")


@_file("accident", solved=True)
def time_beyond_all_calendars(notebook: Data, folder: Path) -> None:
    """A time of handing in that no calendar has."""
    (folder / "timestamp.txt").write_text("99999999999-99-99 99:99:99 UTC+9999")


@_file("none", solved=True)
def archive_that_swells(notebook: Data, folder: Path) -> None:
    """An archive of 100 kB that holds 100 MB, and one whose names lead outside; nobody unpacks them."""
    with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../../../source/1-target/target.ipynb", b"0" * (100 << 20))
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")


@_file("accident", solved=True)
def file_of_a_gigabyte(notebook: Data, folder: Path) -> None:
    """A large file beside the notebook, of which the disk holds nothing until it is copied."""
    with (folder / "data.bin").open("wb") as file:
        file.truncate(1 << 30)
