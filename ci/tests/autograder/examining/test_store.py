"""The store: what was run once is not run again, and nothing else is left out; entries are whole or absent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbgrader.utils import determine_grade
from traitlets.config import Config

from autograder.__main__ import main
from autograder.examining import store as storing
from autograder.examining.examiner_process import ExaminerProcess
from autograder.examining.keys import keys_of
from autograder.examining.step import TAMPER, Examine
from autograder.examining.store import Store, hashed
from autograder.examining.student_process import StudentProcess
from autograder.notebooks.kinds import METADATA, is_test
from autograder.notebooks.notebook import grade_id
from ci.tests.autograder.builders import notebook, reported

KEY = hashed("x")


# Entries


def test_entry_comes_back_as_it_was_put(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.get(KEY) is None
    store.put(KEY, {"outputs": [1.5, None, "é\ud800"]})
    assert Store(tmp_path).get(KEY) == {"outputs": [1.5, None, "é\ud800"]}


def test_hash_is_that_of_the_data_and_not_of_its_order() -> None:
    assert hashed({"a": 1, "b": [2]}) == hashed({"b": [2], "a": 1})
    assert len({hashed(1), hashed("1"), hashed([1]), hashed(1, 1), hashed(1.5), hashed(None)}) == 6


@pytest.mark.parametrize("spoil", ["cut", "byte", "empty", "moved", "bomb"])
def test_spoilt_entry_is_absent_and_removed(tmp_path: Path, spoil: str) -> None:
    import hashlib
    import zlib

    store, other = Store(tmp_path), hashed("y")
    store.put(KEY, ["kept"] * 50)
    path = tmp_path / KEY[:2] / KEY[2:]
    content = path.read_bytes()
    if spoil == "moved":
        (tmp_path / other[:2]).mkdir(exist_ok=True)
        path = path.rename(tmp_path / other[:2] / other[2:])
    else:
        body = b"[" + b" " * (65 << 20) + b"]"
        bomb = hashlib.sha256(KEY.encode() + body).digest() + zlib.compress(body)
        spoilt = {"cut": content[:-3], "byte": content[:40] + b"?" + content[41:], "empty": b"", "bomb": bomb}
        path.write_bytes(spoilt[spoil])
    assert store.get(other if spoil == "moved" else KEY) is None
    assert not path.exists()


def test_entry_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(KEY, "first")
    with pytest.raises(TypeError):
        store.put(KEY, {"not": object()})
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        Store(tmp_path / "file").put(KEY, "x")
    assert store.get(KEY) == "first" and len(list((tmp_path / KEY[:2]).iterdir())) == 1


def test_key_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        Store(tmp_path).get("../../etc/passwd")


def test_tidying_takes_what_was_not_used_for_longest_and_keeps_to_the_bound(tmp_path: Path) -> None:
    store = Store(tmp_path)
    keys = [hashed(number) for number in range(20)]
    for age, key in enumerate(keys):
        store.put(key, os.urandom(500).hex())
        os.utime(tmp_path / key[:2] / key[2:], (age, age))
    store.get(keys[0])  # used just now
    left = store.tidy(10_000)
    assert left.bytes <= 10_000 and left.removed + left.entries == 20 and left.removed > 0
    assert store.get(keys[0]) is not None and store.get(keys[1]) is None and store.get(keys[-1]) is not None
    assert store.tidy(10_000).removed == 0


def test_store_keeps_to_its_bound_though_each_notebook_opens_it_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "EVERY", 10)
    for number in range(100):
        Store(tmp_path, 20_000).put(hashed(number), os.urandom(500).hex())
    size = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    assert size < 30_000, "the bound, and what was written since the last look"


def test_several_writers_leave_whole_entries(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from autograder.examining.store import Store, hashed\n"
        "store = Store(Path(sys.argv[1]))\n"
        "for turn in range(60):\n"
        "    for name in 'abc':\n"
        "        store.put(hashed(name), [name] * 3000)\n"
        "        assert store.get(hashed(name)) == [name] * 3000\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 3


def test_command_tidies_the_store_of_a_course_and_says_what_it_did(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path / "build" / "store")
    for number in range(10):
        store.put(hashed(number), os.urandom(5000).hex())
    assert main(["tidy", "--course", str(tmp_path)]) == 0
    assert "removed 0 entries" in capsys.readouterr().out, "within its bound"
    assert main(["tidy", "--course", str(tmp_path), "--bytes", "30K"]) == 0
    left = [path for path in store.folder.rglob("*") if path.is_file()]
    assert 0 < len(left) < 10 and sum(path.stat().st_size for path in left) <= 30 << 10
    assert f"left    {len(left)} entries" in capsys.readouterr().out
    assert main(["tidy", "--course", str(tmp_path), "--bytes", "0"]) == 0
    assert not [path for path in store.folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("words", [["--bytes", "much"], ["--bytes", "-1"], ["--bytes", "1.5G"]])
def test_size_that_is_none_is_refused_in_a_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["tidy", *words])
    assert ended.value.code == 2 and "500M or 2G" in capsys.readouterr().err


# What a cell depends on

CELLS = [
    ("locked", "import numpy as np", 0.0),
    ("own", "def f(): return 1", 0.0),
    ("test", "def helper(v): return v\nassert helper(f()) == 1", 1.0),
    ("own", "def g(): return 2", 0.0),
    ("test", "assert g() == 2", 1.0),
    ("test", "assert helper(g()) == 2", 1.0),
]
CHANGES = {
    # what is changed: the cells that must run again
    "first answer": (1, "def f(): return 1.0", {1, 2, 3, 4, 5}),
    "second answer": (3, "def g(): return 2.0", {3, 4, 5}),
    "a test by itself": (4, "assert g() == 2 != 3", {4}),
    "a test that another uses": (2, "def helper(v): return v + 0\nassert helper(f()) == 1", {2, 5}),
    "a locked cell": (0, "import numpy", {0, 1, 2, 3, 4, 5}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_change_gives_new_keys_to_what_depends_on_it_and_to_nothing_else(change: str) -> None:
    number, source, again = CHANGES[change]
    changed = [*CELLS]
    changed[number] = (changed[number][0], source, changed[number][2])
    before, after = keys_of(CELLS, "a").keys, keys_of(changed, "a").keys
    assert {n for n in range(len(CELLS)) if before[n] != after[n]} == again


def test_what_is_around_is_in_every_key() -> None:
    assert not set(keys_of(CELLS, "a").keys) & set(keys_of(CELLS, "b").keys)
    assert keys_of(CELLS, "a").used == {2: set(), 4: set(), 5: {2}}


# A notebook through Examine


def answers(
    first: str = "def f(x):\n    print('ran f')\n    return x", second: str = "def g(x):\n    return 2 * x"
) -> NotebookNode:
    return notebook(
        ("answer", first),
        ("test", reported("assert f(1) == 1")),
        ("answer", second),
        ("test", reported("assert g(2) == 4")),
        ("locked", "progress({'x': 2})"),
    )


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was run since: the source of each student's cell, and "test" for each test."""
    seen: list[str] = []
    run, test = StudentProcess.run, ExaminerProcess.test

    def noted_run(self: object, source: str, seconds: float) -> object:
        seen.append(source)
        return run(self, source, seconds)  # type: ignore[arg-type]  # self is what it is called on

    def noted_test(self: object, *args: object) -> object:
        seen.append("test")
        return test(self, *args)  # type: ignore[arg-type]  # as above

    monkeypatch.setattr(StudentProcess, "run", noted_run)
    monkeypatch.setattr(ExaminerProcess, "test", noted_test)
    return seen


def examined(nb: NotebookNode, store: Path, **settings: object) -> tuple[NotebookNode, list[dict[str, str]]]:
    config = Config(Examine={"store": str(store), "unsafe": True, "timeout": 20.0, **settings})
    # Files beside the notebook are part of what it depends on; in this folder others come and go.
    beside = store / "nothing"
    beside.mkdir(parents=True, exist_ok=True)
    nb, resources = Examine(config=config).preprocess(nb, {"metadata": {"path": str(beside)}})
    return nb, resources[TAMPER]


def told(nb: NotebookNode) -> list[tuple[object, ...]]:
    """Everything that grading reads of a notebook, and all that it shows."""
    cells = [cell for cell in nb.cells if cell.cell_type == "code"]
    return [(cell.source, json.dumps(cell.outputs, sort_keys=True), cell.metadata.get(METADATA)) for cell in cells]


def verdicts(nb: NotebookNode) -> list[str]:
    return [cell.metadata[METADATA]["verdict"] for cell in nb.cells if is_test(cell)]


def test_second_time_nothing_runs_and_the_notebook_is_the_same(tmp_path: Path, ran: list[str]) -> None:
    first, _ = examined(answers(), tmp_path)
    assert ran.count("test") == 2
    ran.clear()
    second, _ = examined(answers(), tmp_path)
    assert ran == []
    assert told(second) == told(first)
    assert [determine_grade(cell)[0] for cell in second.cells if is_test(cell)] == [2.0, 2.0]


def test_changed_test_runs_alone_and_the_rest_is_as_it_was(tmp_path: Path, ran: list[str]) -> None:
    examined(answers(), tmp_path)
    ran.clear()
    changed = answers()
    next(cell for cell in changed.cells if grade_id(cell) == "test-1").source = reported("assert f(1) == 2")
    second, _ = examined(changed, tmp_path)
    assert ran.count("test") == 1
    assert verdicts(second) == ["failed", "passed"]
    assert not any("def g" in source for source in ran), "what stands below the changed test need not run"


def test_answer_handed_in_again_runs_what_comes_after_it_with_the_state_that_came_before(
    tmp_path: Path, ran: list[str]
) -> None:
    first, notes = examined(answers(), tmp_path)
    assert (verdicts(first), notes) == (["passed", "passed"], []), told(first)
    ran.clear()
    again = "def g(x):\n    return f(x) + x"
    fresh, _ = examined(answers(second=again), tmp_path)
    assert ran.count("test") == 1
    plain, _ = examined(answers(second=again), tmp_path / "another")
    assert told(fresh) == told(plain), "the table of points so far included"


@pytest.mark.parametrize(
    "setting", [{"timeout": 21.0}, {"memory": 900 << 20}, {"output_bytes": 1000}], ids=["timeout", "memory", "output"]
)
def test_other_limits_run_it_again(tmp_path: Path, ran: list[str], setting: dict[str, object]) -> None:
    examined(answers(), tmp_path)
    ran.clear()
    examined(answers(), tmp_path, **setting)
    assert ran.count("test") == 2


def test_file_beside_the_notebook_is_part_of_what_it_depends_on(tmp_path: Path, ran: list[str]) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    for content, times in (("1", 1), ("1", 0), ("2", 1)):
        (beside / "data.txt").write_text(content)
        nb = notebook(("answer", "n = int(open('data.txt').read())"), ("test", reported("assert n == 1")))
        ran.clear()
        config = Config(Examine={"store": str(tmp_path / "store"), "unsafe": True})
        nb, _ = Examine(config=config).preprocess(nb, {"metadata": {"path": str(beside)}})
        assert (ran.count("test"), determine_grade(nb.cells[-1])[0]) == (times, 2.0 if content == "1" else 0.0)


def test_answer_that_crashed_is_tried_again_and_the_others_are_not(tmp_path: Path, ran: list[str]) -> None:
    crash = "def f(x):\n    import os\n    os._exit(1)"
    fresh, notes = examined(answers(crash), tmp_path)
    assert verdicts(fresh) == ["crashed", "passed"], told(fresh)
    ran.clear()
    results, again = examined(answers(crash), tmp_path)
    assert ran.count("test") == 1 and told(results) == told(fresh), "the machine may have ended it"
    assert [note["kind"] for note in notes] == ["crashed"] and again == notes


def test_answer_that_took_too_long_is_tried_again_and_the_others_are_not(tmp_path: Path, ran: list[str]) -> None:
    endless = "def f(x):\n    while True: pass"
    fresh, notes = examined(answers(endless), tmp_path, timeout=3.0)
    assert verdicts(fresh) == ["timed-out", "passed"], told(fresh)
    ran.clear()
    _, notes = examined(answers(endless), tmp_path, timeout=3.0)
    assert ran.count("test") == 1 and [note["kind"] for note in notes] == ["timed-out"]


def test_cell_that_broke_is_tried_again_when_a_later_one_runs(tmp_path: Path) -> None:
    broken = "h = 1\nimport os\nos._exit(1)"
    fresh, notes = examined(answers(broken), tmp_path)
    changed, again = examined(answers(broken, "def g(x):\n    return x + x"), tmp_path)
    assert [note["kind"] for note in notes] == [note["kind"] for note in again] == ["crashed"]
    assert determine_grade([cell for cell in changed.cells if is_test(cell)][1])[0] == 2.0
    assert [output.ename for output in fresh.cells[1].outputs] == ["DeadKernelError"]
    assert told(changed)[1] == told(fresh)[1]


def test_store_that_cannot_be_written_is_told_once_and_costs_no_point(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "store").write_text("a file where the folder would be")
    nb = notebook(("answer", "def f():\n    return 42"), ("test", "assert f() == 42"))
    config = Config(Examine={"store": str(tmp_path / "store"), "unsafe": True})
    nb, _ = Examine(config=config).preprocess(nb, {})
    assert determine_grade(nb.cells[-1])[0] == 2.0
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if "graded without it" in line and "store" in line] == lines[:1]
