"""A small Pyodide: two files of its own, a wheel that Pyodide built and one from PyPI."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ci.pyodide import fetching, files, provider

WHEELS = {"built": b"for WebAssembly", "pure": b"pure Python, as on PyPI"}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def package(name: str, content: bytes) -> dict[str, Any]:
    return {"version": "1.0", "file_name": f"{name}.whl", "sha256": digest(content), "depends": []}


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Pins of a small Pyodide, a folder with all its files, and a home for what is kept."""
    core = {"pyodide.mjs": b"loads", "python_stdlib.zip": b"the library"}
    lock, pins, given = tmp_path / "pyodide-lock.json", tmp_path / "wheels.txt", tmp_path / "given"
    lock.write_text(json.dumps({"packages": {name: package(name, text) for name, text in WHEELS.items()}}))
    pins.write_text(f"# pins\npure==1.0 --hash=sha256:{digest(WHEELS['pure'])}\n")
    monkeypatch.setattr(files, "CORE", {name: digest(text) for name, text in core.items()})
    for module in (files, provider):
        monkeypatch.setattr(module, "LOCK", lock)
    for module in (files, fetching):
        monkeypatch.setattr(module, "PINS", pins)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    given.mkdir()
    for name, text in (core | {f"{name}.whl": text for name, text in WHEELS.items()}).items():
        (given / name).write_bytes(text)
    theirs = {
        "packages": {name: package(name, b"Pyodide's own: " * (name == "pure") + WHEELS[name]) for name in WHEELS}
    }
    return SimpleNamespace(given=given, lock=lock, theirs=theirs, cache=tmp_path / "cache")
