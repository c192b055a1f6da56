"""JupyterLite's own part of the site, built by its own command: the application, its kernel, the notebooks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ci.environment import Unready
from ci.packages import last_line
from ci.progress import Bar, lines_or_ticks
from ci.site.tools import EXTENSION

__all__ = ["build"]

SETTINGS = Path(__file__).parent / "settings.json"
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
STEPS = 40  # lines that JupyterLite writes, about
# What no browser of these years asks for: older formats of its icons' fonts, and how JupyterLite itself is built.
UNUSED = ("build/fa-*.eot", "build/fa-*.svg", "build/fa-*.ttf", "rspack.config*.js")


def build(project: Path, to: Path, tools: Path, notebooks: dict[str, bytes], packages: list[str]) -> None:
    """Build the application with these notebooks; `project` is JupyterLite's own folder of sources.

    Given the same two folders again, JupyterLite copies what changed and leaves the rest.
    """
    _write(project, notebooks, packages)
    for name in ("files", "api/contents"):  # a notebook that is gone stays gone
        shutil.rmtree(to / name, ignore_errors=True)
    options = {
        "apps": ["lab"],
        "federated_extensions": [str(tools / EXTENSION)],
        "ignore_sys_prefix": True,
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "output_dir": str(to),
    }
    (project / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": options}), encoding="utf-8")
    environment = dict(os.environ, PYTHONPATH=str(tools), JUPYTER_CONFIG_DIR=str(project))
    bar = Bar("steps of JupyterLite's", STEPS)
    lines: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-m", "jupyterlite_core", "build"],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in lines_or_ticks(process.stdout):
            lines += [line] if line else []
            bar.show(sum(text.startswith((". ", "-- ")) for text in lines))
    if process.returncode:
        bar.stop()
        raise Unready(f"JupyterLite could not be built: {last_line(chr(10).join(lines))}")
    for path in (path for pattern in UNUSED for path in to.glob(pattern)):
        path.unlink()
    bar.finish("adding Python and the page in front")


def _write(project: Path, notebooks: dict[str, bytes], packages: list[str]) -> None:
    """Lay out what JupyterLite is to build: its settings and the notebooks."""
    shutil.rmtree(project / "files", ignore_errors=True)
    for name, data in notebooks.items():
        path = project / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    settings = json.loads(SETTINGS.read_text(encoding="utf-8"))
    settings["jupyter-config-data"]["litePluginSettings"][KERNEL]["loadPyodideOptions"] = {"packages": packages}
    (project / "jupyter-lite.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")
