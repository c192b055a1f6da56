"""A Jupyter server on loopback that is gone afterwards."""

from __future__ import annotations

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

ROOT = Path(__file__).parents[3]


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
