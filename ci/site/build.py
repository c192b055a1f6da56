"""The whole site: what has to be there is fetched first, then each part is built whose sources changed."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from ci.environment import ROOT
from ci.pyodide.provider import provide
from ci.site import course, landing, lite, python
from ci.site.tools import PINS, provide_tools

__all__ = ["SITE", "build"]

SITE = ROOT / "build" / "site"
HERE = Path(__file__).parent
APPLICATION, PYTHON, NOTEBOOKS, PAGE = "JupyterLite", "Python", "notebooks", "the page in front"


def build(pyodide: Path | None = None, site: Path = SITE) -> str:
    """Build the site; return what was done, in a line. Nothing is changed before all that it needs is there."""
    base, tools = provide(pyodide), provide_tools()
    sources, stamp = site.with_name("site-sources"), site.with_name("site-parts.json")
    before, parts = _before(site, stamp), _parts(base)
    changed = [name for name, digest in parts.items() if before.get(name) != digest]
    if not changed:
        return f"{site} is up to date: {_sizes(site)}"
    print("looking over the notebooks that students get …", flush=True)
    files = course.handed_out()
    notebooks = course.notebooks(files)
    stamp.unlink(missing_ok=True)
    if APPLICATION in changed:
        shutil.rmtree(site, ignore_errors=True)
        shutil.rmtree(sources, ignore_errors=True)
        changed = list(parts)
    sources.mkdir(parents=True, exist_ok=True)
    home = site / "static" / "pyodide"
    with tempfile.TemporaryDirectory(dir=sources) as name:
        new = Path(name) / "python"
        if PYTHON in changed:
            python.lay_out(new, base, tools, course.wheel(files, Path(name)))
        if PYTHON in changed or NOTEBOOKS in changed:
            lite.build(sources, site, tools, notebooks, python.packages(new if PYTHON in changed else home))
        if PYTHON in changed:
            shutil.rmtree(home, ignore_errors=True)
            home.parent.mkdir(exist_ok=True)
            new.rename(home)
    landing.write(site, notebooks)
    stamp.write_text(json.dumps(parts), encoding="utf-8")
    return f"{site}: {_sizes(site)}; new: {', '.join(changed)}"


def _before(site: Path, stamp: Path) -> dict[str, str]:
    """What the parts were made of the last time; nothing where there is no whole site."""
    try:
        parts = json.loads(stamp.read_text(encoding="utf-8"))
        return dict(parts) if (site / "index.html").is_file() else {}
    except (OSError, ValueError):
        return {}


def _parts(base: Path) -> dict[str, str]:
    """The parts of the site, each with the hash of what it is made of."""
    own = [PINS, *HERE.glob("*.py"), *HERE.glob("*.json")]
    package = [*(ROOT / "cs231n_lite").rglob("*"), ROOT / "pyproject.toml", base / "pyodide-lock.json"]
    handed_out = [*(ROOT / "source").rglob("*"), *(ROOT / "assignments").rglob("*"), ROOT / "nbgrader_config.py"]
    return {
        APPLICATION: _digest(own),
        PYTHON: _digest(package),
        NOTEBOOKS: _digest(handed_out),
        PAGE: _digest((HERE / "page").iterdir()),
    }


def _digest(paths: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in sorted(paths):
        if path.is_file() and "__pycache__" not in path.parts:
            whole.update(f"{path}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _sizes(site: Path) -> str:
    paths = [path for path in site.rglob("*") if path.is_file()]
    return f"{len(paths)} files, {sum(path.stat().st_size for path in paths) / 1e6:.0f} MB"
