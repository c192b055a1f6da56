"""A backend that cannot be had is no reason to end a cell; one that can is taken as asked."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from autograder.inside.windows import without_windows


def test_backend_that_needs_a_screen_is_told_and_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen: list[str] = []

    def choose(backend: str) -> None:
        if backend == "TkAgg":
            raise ImportError("Cannot load backend 'TkAgg', as 'headless' is currently running")
        chosen.append(backend)

    matplotlib, pyplot = SimpleNamespace(use=choose), SimpleNamespace(switch_backend=choose)
    monkeypatch.setitem(sys.modules, "matplotlib", matplotlib)  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", pyplot)  # type: ignore[arg-type]
    without_windows()
    for use in (matplotlib.use, pyplot.switch_backend):
        use("TkAgg")
        use("agg")
    assert chosen == ["agg", "agg"]
    assert capsys.readouterr().err.count("plots stay in the notebook: Cannot load backend 'TkAgg'") == 2
