from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ci.bench.newcomer import newcomers


def test_a_newcomer_has_the_network_of_this_machine_and_nothing_that_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", "kept")
    monkeypatch.setenv("PIP_INDEX_URL", "https://packages.example.edu/simple")
    monkeypatch.setenv("PATH", f"{Path(sys.prefix).resolve() / 'bin'}:/usr/bin")
    variables = newcomers(tmp_path)
    assert "UV_CACHE_DIR" not in variables and variables["HOME"] == str(tmp_path)
    assert variables["PATH"] == "/usr/bin", "not the environment that is there already"
    assert variables["PIP_INDEX_URL"] == "https://packages.example.edu/simple"
