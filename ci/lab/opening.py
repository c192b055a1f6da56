"""Which notebook JupyterLab opens, and what stands at its side the first time."""

from __future__ import annotations

import json
from pathlib import Path

__all__ = ["contents_at_the_side", "notebook_at_hand"]

SIDE = "@jupyterlab/toc:plugin"


def notebook_at_hand(folder: Path) -> Path | None:
    """Return the notebook below a folder that was worked on last; before any was, the first by name."""
    notebooks = sorted(path for path in folder.glob("*/*.ipynb") if not path.name.startswith("."))
    begun = [path for path in notebooks if _has_run(path)]
    if begun:
        return max(begun, key=lambda path: path.stat().st_mtime)
    return notebooks[0] if notebooks else None


def _has_run(path: Path) -> bool:
    """Whether a notebook was saved with something that ran in it: none of those handed out is."""
    try:
        cells = json.loads(path.read_bytes())["cells"]
        return any(cell.get("execution_count") for cell in cells)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False  # JupyterLab says what is wrong with it


def contents_at_the_side(workspaces: Path) -> None:
    """Have the table of contents open at the left, unless there is a workspace already: that is as it was left."""
    if any(workspaces.glob("*.jupyterlab-workspace")):
        return
    from jupyterlab_server.workspaces_handler import WorkspacesManager

    side = {"collapsed": False, "visible": True, "current": SIDE, "widgets": ["filebrowser", "running-sessions", SIDE]}
    layout = {"main": None, "left": side, "right": {"collapsed": True, "visible": True, "widgets": []}}
    data = {"layout-restorer:data": layout | {"relativeSizes": [0.2, 0.8, 0.0]}}
    WorkspacesManager(str(workspaces)).save("default", json.dumps({"data": data, "metadata": {"id": "default"}}))
