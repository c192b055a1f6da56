"""The site's build: only what changed is made again, and nothing is touched where something is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ci.environment import Unready
from ci.site import build as module
from ci.site.build import build

NOTEBOOK = json.dumps({"cells": [{"cell_type": "markdown", "source": ["# 1 · Sums"]}], "metadata": {}}).encode()


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A course of one notebook, with stand-ins for what takes long; the list of those that were called."""
    steps: list[str] = []
    base = tmp_path / "pyodide"
    for name in ("pyodide/pyodide-lock.json", "cs231n_lite/a.py", "assignments/1-a/a.ipynb", "pyproject.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")

    def lay_out(to: Path, *_: Path) -> None:
        steps.append("Python")
        to.mkdir()
        (to / "pyodide-lock.json").write_text('{"packages": {"numpy": {}}}')

    def lite(sources: Path, site: Path, tools: Path, notebooks: dict, packages: list[str]) -> None:
        steps.append(f"JupyterLite with {', '.join(packages)}")
        site.mkdir(exist_ok=True)

    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "provide", lambda folder: base)
    monkeypatch.setattr(module, "provide_tools", lambda: tmp_path / "tools")
    monkeypatch.setattr(module.course, "handed_out", lambda: {"assignments/1-a/a.ipynb": NOTEBOOK})
    monkeypatch.setattr(module.course, "wheel", lambda files, folder: folder / "cs231n_lite.whl")
    monkeypatch.setattr(module.python, "lay_out", lay_out)
    monkeypatch.setattr(module.lite, "build", lite)
    return steps


def test_second_run_does_nothing_and_says_so(tmp_path: Path, steps: list[str]) -> None:
    site = tmp_path / "build" / "site"
    assert "new: JupyterLite, Python, notebooks" in build(site=site)
    assert "1 · Sums" in (site / "index.html").read_text(encoding="utf-8")
    steps.clear()
    assert "is up to date" in build(site=site) and not steps


@pytest.mark.parametrize(
    ("changed", "done"),
    [
        ("assignments/1-a/a.ipynb", ["JupyterLite with numpy"]),
        ("cs231n_lite/a.py", ["Python", "JupyterLite with numpy"]),
    ],
)
def test_what_changed_is_made_again_and_nothing_else(
    tmp_path: Path, steps: list[str], changed: str, done: list[str]
) -> None:
    site = tmp_path / "build" / "site"
    build(site=site)
    steps.clear()
    (site / "left-as-it-is").touch()
    (tmp_path / changed).write_text("[]")
    build(site=site)
    assert steps == done and (site / "left-as-it-is").exists()


def test_other_tools_make_a_new_site(tmp_path: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "build" / "site"
    build(site=site)
    (site / "of-the-old-version").touch()
    (tmp_path / "tools.txt").write_text("newer")
    monkeypatch.setattr(module, "PINS", tmp_path / "tools.txt")
    build(site=site)
    assert not (site / "of-the-old-version").exists()


def test_a_build_that_broke_is_not_taken_for_a_whole_site(
    tmp_path: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "build" / "site"
    build(site=site)
    (tmp_path / "assignments/1-a/a.ipynb").write_text("[]")
    with monkeypatch.context() as patch, pytest.raises(Unready):
        patch.setattr(module.lite, "build", lambda *_: (_ for _ in ()).throw(Unready("it broke")))
        build(site=site)
    assert "new: JupyterLite, Python, notebooks" in build(site=site)


def test_without_a_network_nothing_is_changed(
    tmp_path: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "build" / "site"
    build(site=site)
    before = {path: path.read_bytes() for path in site.parent.rglob("*") if path.is_file()}
    (tmp_path / "cs231n_lite/a.py").write_text("[]")
    steps.clear()

    def missing() -> Path:
        raise Unready("JupyterLite is missing")

    monkeypatch.setattr(module, "provide_tools", missing)
    with pytest.raises(Unready, match="JupyterLite is missing"):
        build(site=site)
    assert not steps and before == {path: path.read_bytes() for path in site.parent.rglob("*") if path.is_file()}
