"""A bench works in a folder of the project that is gone afterwards, with one thread for each process."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ci.bench.grading import scratch as scratching
from ci.bench.grading.scratch import scratch


def test_folder_lies_in_the_place_and_is_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "PYTHONHASHSEED"):
        monkeypatch.setenv(name, "7")
    monkeypatch.setattr(scratching, "PLACE", tmp_path / "build" / "bench")
    with scratch() as root:
        assert root.parent == tmp_path / "build" / "bench"
        assert {os.environ[name] for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")} == {"1"}
        assert os.environ["PYTHONHASHSEED"] == "0"
    assert list((tmp_path / "build" / "bench").iterdir()) == []
