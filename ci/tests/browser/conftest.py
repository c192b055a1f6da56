"""A headless Chromium for the whole session, and a JupyterLab on loopback that is gone afterwards."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, sync_playwright

from ci.debian import chromium
from ci.site.build import build
from ci.tests.browser.serving import ROOT, serving
from ci.tests.browser.site_pages import served

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
    _as_students_have_it(home)
    with serving("jupyterlab", home, JUPYTERLAB_SETTINGS_DIR=str(home / "settings")) as served:
        yield served


@pytest.fixture(scope="session")
def course_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A server with the student versions, whose pages are JupyterLab's and Notebook's own."""
    home = tmp_path_factory.mktemp("course-lab")
    shutil.copytree(ROOT / "assignments", home / "assignments")
    _as_students_have_it(home)
    with serving("jupyterlab", home, JUPYTERLAB_SETTINGS_DIR=str(home / "settings")) as served:
        yield served


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The course's site, from a clean build; see `served` for what a test may put in place of its files."""
    folder = tmp_path_factory.mktemp("site") / "site"
    build(site=folder)
    with served(folder) as host:
        yield host


def _as_students_have_it(home: Path) -> None:
    """No news, and every cell in its place, as `ci lab` sets it: a link jumps to where its exercise will stay."""
    for name, values in json.loads((ROOT / "ci/lab/settings/overrides.json").read_text(encoding="utf-8")).items():
        package, plugin = name.split(":")
        path = home / "settings" / package / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")
