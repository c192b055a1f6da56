"""A headless Chromium for the whole session, and a JupyterLab on loopback that is gone afterwards."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, sync_playwright

from ci.debian import chromium

ROOT = Path(__file__).parents[3]
ARTEFACTS = ROOT / "build" / "artefacts"
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)

CELL = """\
from cs231n_lite import Graph, draw
graph = Graph({"q": ("add", "x", "y"), "f": ("multiply", "q", "z")})
graph.forward(x=-2.0, y=5.0, z=-4.0)
draw(graph, {"x": -4.0, "y": -4.0, "q": -4.0, "z": 3.0, "f": 1.0}, title="f = (x + y)·z")
"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.fail("there is no Chromium; `python3 -m ci test` installs Debian's where it may")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture(scope="session")
def artefacts() -> Path:
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    return ARTEFACTS


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A JupyterLab with the same notebook twice."""
    home = tmp_path_factory.mktemp("lab")
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": CELL, "outputs": [], "execution_count": None}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    for name in ("picture.ipynb", "again.ipynb"):
        (home / name).write_text(json.dumps(notebook))
    quiet = home / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    quiet.parent.mkdir(parents=True)
    quiet.write_text('{"fetchNews": "false", "checkForUpdates": false}')
    with serving("jupyterlab", home, JUPYTERLAB_SETTINGS_DIR=str(home / "settings")) as served:
        yield served


@contextmanager
def serving(module: str, home: Path, **environment: str) -> Iterator[SimpleNamespace]:
    """A Jupyter server on loopback in a folder; stopped by its process group."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    folders = {f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", module, "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    options = [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={home}", "--ServerApp.port_retries=0"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [*command, *options],
            env={**os.environ, **folders, **environment, "PYTHONPATH": str(ROOT), "HOME": str(home)},
            cwd=home,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _until_it_answers(f"{address}/api?token={token}", server, home / "log")
        yield SimpleNamespace(folder=home, address=address, token=token)
    finally:
        os.killpg(server.pid, signal.SIGTERM)  # its kernels are of the same group unless they left it
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _until_it_answers(url: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if server.poll() is not None:
                break
            try:
                server.wait(0.25)
            except subprocess.TimeoutExpired:
                continue
    pytest.fail(f"the Jupyter server did not start:\n{log.read_text()[-2000:]}")
