"""The server: on this machine only, its log in a file, and three lines in the terminal."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ci.environment import ONE_THREAD, ROOT, VENV, Unready
from ci.lab.opening import contents_at_the_side, notebook_at_hand

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

__all__ = ["LOG", "arguments", "everything", "serve"]

LOG = VENV / "lab.log"
WORKSPACES = VENV / "share" / "jupyter" / "lab" / "workspaces"
SETTINGS = Path(__file__).parent / "settings"
HERE = "--ServerApp.ip=127.0.0.1"


def serve(folder: Path, *more: str) -> int:
    """Open JupyterLab on the notebooks of a folder until it is stopped; ends with its kernels, however it is ended.

    It runs in this very process: what ends this one ends the server, and no kernel outlives its server.
    """
    if not folder.is_dir():
        raise Unready(f"{folder}: there is no such folder; it is where the notebooks are kept")
    from jupyter_server.serverapp import ServerApp  # here only: it is not there before the environment is

    os.environ.update(ONE_THREAD)  # kernels inherit it
    contents_at_the_side(WORKSPACES)
    notebook = notebook_at_hand(folder)
    # Only these two extensions, whatever else is installed: no grading, no news, no other editors.
    extensions = {"jupyterlab": True, "jupyter_server_terminals": True}
    with _logged():
        server = ServerApp.instance(jpserver_extensions=extensions)
        try:
            server.initialize([*arguments(folder, notebook), *more], starter_extension="lab", find_extensions=False)
        except SystemExit:
            raise Unready(f"JupyterLab did not start; what it said is in {LOG}") from None
        if hasattr(signal, "SIGHUP"):  # the terminal was closed
            signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        server.io_loop.add_callback(lambda: _say(server, folder, _page(folder, notebook)))  # once the port is open
        server.start()
    return 0


def _say(server: ServerApp, folder: Path, page: str) -> None:
    token = server.identity_provider.token
    query = f"?token={token}" if token else ""
    print(f"JupyterLab is at {server.connection_url.rstrip('/')}{page}{query}")
    print(f"and shows {folder}: what you save stays there.")
    print("Ctrl-C in this window ends it.", flush=True)


def arguments(folder: Path, notebook: Path | None) -> list[str]:
    """Return how JupyterLab is started for a student."""
    return [
        HERE,
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url={_page(folder, notebook)}",
        "--ServerApp.answer_yes=True",  # Ctrl-C ends it at once
        f"--LabApp.app_settings_dir={SETTINGS}",
        f"--LabApp.workspaces_dir={WORKSPACES}",
        "--LabApp.labextensions_path=[]",
        "--LabApp.extra_labextensions_path=[]",
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=",
        *_as_root(),
    ]


def everything(folder: Path) -> int:
    """Open JupyterLab with all that is installed, as an instructor needs it; on POSIX in place of this process."""
    command = [sys.executable, "-m", "jupyter", "lab", HERE, f"--ServerApp.root_dir={folder}", *_as_root()]
    os.environ.update(ONE_THREAD)
    os.chdir(ROOT)
    sys.stdout.flush()
    if os.name == "posix":
        os.execv(command[0], command)
    return subprocess.call(command)


def _page(folder: Path, notebook: Path | None) -> str:
    from urllib.parse import quote

    return f"/lab/tree/{quote(notebook.relative_to(folder).as_posix())}" if notebook else "/lab"


def _as_root() -> list[str]:
    # Jupyter asks root, which containers often are, to say that this is meant; only this machine can reach it.
    return ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


@contextlib.contextmanager
def _logged() -> Iterator[None]:
    """Have what this process and its kernels write to stderr in a file: log, warnings, and what libraries remark."""
    terminal = os.dup(2)
    sys.stderr.flush()
    with LOG.open("w", encoding="utf-8") as log:
        os.dup2(log.fileno(), 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(terminal, 2)
        os.close(terminal)
