"""A student's JupyterLab: three lines in the terminal, and nothing left when it is ended, whichever way."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from ci import commands
from ci.environment import ROOT, Unready
from ci.lab import server

START = """
import sys
from pathlib import Path
from ci.lab import server
home = Path(sys.argv[1])
server.LOG, server.WORKSPACES = home / "lab.log", home / "workspaces"
sys.exit(server.serve(home / "assignments", "--no-browser", "--ServerApp.port=" + sys.argv[2]))
"""
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A JupyterLab on a folder of one notebook, with one kernel running."""
    notebook = tmp_path / "assignments" / "1-a" / "a.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_text(
        json.dumps({"cells": [], "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 5})
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    environment = os.environ | folders | {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(tmp_path), str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline().rstrip() for _ in range(3)]
        yield SimpleNamespace(
            process=process, lines=lines, home=tmp_path, kernel=_kernel(psutil.Process(process.pid), lines[0])
        )
    finally:
        for each in [*psutil.Process(process.pid).children(recursive=True)] if process.poll() is None else []:
            each.kill()
        process.kill()
        process.communicate()


def _kernel(process: psutil.Process, line: str) -> psutil.Process:
    """Have a kernel started, as an opened notebook does; return its process."""
    address = line.split()[3]
    base, token = address.split("/lab/")[0], address.split("token=")[1]
    request = urllib.request.Request(f"{base}/api/kernels?token={token}", data=b"{}", method="POST")
    with urllib.request.urlopen(request, timeout=60) as reply:  # the port is open from the first line on
        assert reply.status == 201
    (kernel,) = process.children()
    return kernel


def gone(process: psutil.Process) -> bool:
    try:
        process.wait(30)
    except psutil.TimeoutExpired:
        return False
    return True


def test_terminal_shows_three_lines_and_no_more(lab: SimpleNamespace) -> None:
    assert (
        lab.lines[0].startswith("JupyterLab is at http://127.0.0.1:") and "/lab/tree/1-a/a.ipynb?token=" in lab.lines[0]
    )
    assert str(lab.home / "assignments") in lab.lines[1] and "Ctrl-C" in lab.lines[2]
    lab.process.send_signal(signal.SIGINT)
    assert lab.process.stdout.read().strip() == "" and lab.process.wait(30) == 0
    assert "Serving notebooks" in (lab.home / "lab.log").read_text(), "what the server logs is in a file"


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"])
def test_server_and_kernels_end_with_it(lab: SimpleNamespace, name: str) -> None:
    lab.process.send_signal(getattr(signal, name))
    lab.process.wait(30)
    assert gone(lab.kernel), f"after {name} a kernel is left"


def test_only_what_a_student_needs_is_loaded(lab: SimpleNamespace) -> None:
    address = lab.lines[0].split()[3]
    with urllib.request.urlopen(address, timeout=30) as page:
        text = page.read().decode()
    for word in ("nbgrader", "jupytext"):
        assert word not in text
    log = (lab.home / "lab.log").read_text()
    assert "nbgrader" not in log and "not recognized" not in log


def test_folder_that_is_not_there_is_told_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(Unready, match="there is no such folder"):
        server.serve(tmp_path / "assignments")


def test_other_words_behind_lab_are_refused() -> None:
    with pytest.raises(Unready, match="lab takes --instructor or nothing, and got --isntructor"):
        commands.run("lab", ["--isntructor"])
