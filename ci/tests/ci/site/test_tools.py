"""What builds the site is fetched by hash, once; where that cannot be, a line says so and nothing is left."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from ci.environment import Unready
from ci.site import tools


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tools, "home", lambda: tmp_path)
    return tmp_path


def test_every_pin_has_a_hash() -> None:
    lines = [line for line in tools.PINS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert len(lines) == 4 and all(" --hash=sha256:" in line for line in lines)


def test_without_a_network_it_is_said_what_is_missing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = SimpleNamespace(returncode=1, stdout="NewConnectionError: Temporary failure in name resolution")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: answer)
    with pytest.raises(
        Unready, match="JupyterLite is missing, and the packages cannot be fetched, the network is down"
    ):
        tools.provide_tools()
    assert not list(home.iterdir())


def test_what_is_there_is_not_fetched_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []

    def run(command: list[str], **_: object) -> SimpleNamespace:
        calls.append(command)
        Path(command[command.index("--target") + 1]).mkdir()
        return SimpleNamespace(returncode=0, stdout="")

    monkeypatch.setattr(subprocess, "run", run)
    first = tools.provide_tools()
    assert tools.provide_tools() == first and first.is_dir()
    assert len(calls) == 1 and "--require-hashes" in calls[0]
    monkeypatch.setattr(tools, "PINS", home / "tools.txt")
    tools.PINS.write_text("jupyterlite-core==0.9.0 --hash=sha256:00")
    assert tools.provide_tools() != first and len(calls) == 2
