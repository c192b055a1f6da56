"""A real kernel, as JupyterLab starts and asks it: what is kept, what is said, and where nothing is."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_client.manager import KernelManager

from ci.tests.cs231n_lite.working.builders import ANSWERS, SOURCES, handed_out, write
from cs231n_lite.working import session


class Kernel:
    """A kernel whose cells are run under their names, as JupyterLab does."""

    def __init__(self, notebook: Path, named: bool = True) -> None:
        self.manager = KernelManager()
        environment = os.environ | ({"JPY_SESSION_NAME": str(notebook)} if named else {})
        self.manager.start_kernel(cwd=str(notebook.parent), env=environment)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, name: str, source: str) -> str:
        """Run a cell; return what it printed, or its error."""
        content = {"code": source, "silent": False, "store_history": True, "user_expressions": {}}
        content |= {"allow_stdin": False, "stop_on_error": True}
        message = self.client.session.msg("execute_request", content, metadata={"cellId": name})
        self.client.shell_channel.send(message)
        text = ""
        while True:
            reply = self.client.get_iopub_msg(timeout=60)
            if reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if reply["msg_type"] == "stream":
                text += reply["content"]["text"]
            elif reply["msg_type"] == "error":
                text += reply["content"]["ename"]
            elif reply["msg_type"] == "status" and reply["content"]["execution_state"] == "idle":
                return text

    def all(self, *names: str) -> dict[str, str]:
        return {name: self.run(name, SOURCES[name]) for name in names}

    def end(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = handed_out(tmp_path)
    handed_out(tmp_path, "2-more")
    write(path, {"square": ANSWERS["square"]})
    past = time.time() - 60  # saved a minute ago
    os.utime(path, (past, past))
    return path


@pytest.fixture
def kernel(notebook: Path) -> Iterator[Kernel]:
    started = Kernel(notebook)
    yield started
    started.end()


def kept(notebook: Path) -> dict:
    place = notebook.with_name(".powers.progress.json")
    return json.loads(place.read_text())["results"] if place.exists() else {}


def test_result_of_a_check_outlives_the_kernel_with_its_answer(notebook: Path, kernel: Kernel) -> None:
    kernel.all("setup")
    kernel.run("square", ANSWERS["square"])
    kernel.all("square-test", "half", "half-test")
    assert kept(notebook)["square"]["points"] == 2.0
    said = kernel.all("progress")["progress"]
    assert "✓ square" in said and "2 of 2" in said
    assert "together  2 of 5, and 4 that a person gives" in said
    assert "2-more: 0 of 5, and 4 by hand (0 of 1 written)" in said and "all 2 notebooks: 2 of 10" in said
    again = Kernel(notebook)
    try:
        said = again.all("setup", "progress")["progress"]
        assert "✓ square" in said and "2 of 2" in said, "the next morning it is still known"
        again.run("square", ANSWERS["square"] + "  # shorter")
        assert "2 of 2 before it was changed" in again.all("progress")["progress"]
        assert "together  0 of 5" in again.all("progress")["progress"]
    finally:
        again.end()


def test_check_of_an_answer_that_did_not_run_here_changes_nothing(notebook: Path, kernel: Kernel) -> None:
    kernel.all("setup")
    kernel.run("square", ANSWERS["square"])
    kernel.all("square-test")
    before = kept(notebook)
    again = Kernel(notebook)
    try:
        again.all("setup", "square-test")  # the morning after, without the answer's cell
        assert kept(notebook) == before
        again.run("square", "def square(x)\n    return x")
        again.all("square-test")
        assert kept(notebook) == before
    finally:
        again.end()


def test_before_handing_in_the_file_is_compared_with_what_ran(notebook: Path, kernel: Kernel) -> None:
    kernel.all("setup")
    said = kernel.all("hand-in")["hand-in"]
    assert re.match(r"✗ powers\.ipynb, \d kB, saved at \d\d:\d\d\n", said)
    assert "Not run as it is now: `square`" in said and "Still empty: `half`, `why`" in said and "Upload it." in said
    kernel.run("square", ANSWERS["square"])
    assert kernel.all("hand-in")["hand-in"].startswith("○ powers.ipynb")
    kernel.run("square", ANSWERS["square"] + "  # newer")
    assert "Not saved: `square`" in kernel.all("hand-in")["hand-in"]
    write(notebook, {"square": ANSWERS["square"] + "  # newest", "half": ANSWERS["half"], "why": ANSWERS["why"]})
    assert "Not run as it is now: `square`, `half`" in kernel.all("hand-in")["hand-in"]
    kernel.run("square", ANSWERS["square"] + "  # newest")
    kernel.run("half", ANSWERS["half"])
    said = kernel.all("hand-in")["hand-in"]
    assert said.startswith("✓ powers.ipynb") and "All answers are written, run and saved." in said
    notebook.write_text(notebook.read_text()[:1000])
    assert "is not a whole notebook" in kernel.all("hand-in")["hand-in"]


def test_answer_that_ended_in_an_error_is_named(notebook: Path, kernel: Kernel) -> None:
    broken = "def square(x)\n    return x"
    write(notebook, {"square": broken})
    kernel.all("setup")
    kernel.run("square", broken)
    assert "Ended in an error when it ran last: `square`" in kernel.all("hand-in")["hand-in"]


def test_renamed_notebook_is_found_and_of_two_none_is_taken(notebook: Path, kernel: Kernel) -> None:
    kernel.all("setup")
    renamed = notebook.rename(notebook.with_name("mine.ipynb"))
    assert "mine.ipynb" in kernel.all("hand-in")["hand-in"]
    notebook.with_name("copy.ipynb").write_bytes(renamed.read_bytes())
    assert "cannot be told here" in kernel.all("hand-in")["hand-in"]


def test_kernel_that_no_front_end_started_keeps_nothing(notebook: Path) -> None:
    alone = Kernel(notebook, named=False)
    try:
        alone.all("setup")
        alone.run("square", ANSWERS["square"])
        alone.all("square-test")
        assert "2 of 2" in alone.all("progress")["progress"]
        assert "cannot be told here" in alone.all("hand-in")["hand-in"]
    finally:
        alone.end()
    assert [path.name for path in notebook.parent.iterdir()] == ["powers.ipynb"]


def test_without_a_kernel_nothing_is_kept_or_said(notebook: Path) -> None:
    lines = [SOURCES["setup"], ANSWERS["square"], SOURCES["square-test"], "print(before_handing_in())"]
    environment = os.environ | {"JPY_SESSION_NAME": str(notebook)}
    command = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(command, cwd=notebook.parent, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "None"
    assert [path.name for path in notebook.parent.iterdir()] == ["powers.ipynb"]
    assert session.notebook_path() is None


def test_in_a_browser_the_only_notebook_of_the_folder_is_this_one(
    notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "shell", lambda: SimpleNamespace(kernel=object(), user_ns={}))
    monkeypatch.setattr(session, "browser_notebook", [])
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.chdir(notebook.parent)
    assert session.notebook_path() is None, "here a front end would have said it"
    monkeypatch.setattr(session.sys, "platform", "emscripten")
    copy = notebook.with_name("copy.ipynb")
    shutil.copyfile(notebook, copy)
    assert session.notebook_path() is None, "nobody can tell which of two it is"
    copy.unlink()
    assert session.notebook_path() == notebook
    shutil.copyfile(notebook, copy)
    assert session.notebook_path() == notebook, "a copy that is made later is not this one"
    notebook.unlink()
    assert session.notebook_path() == copy, "and one that was renamed is"
