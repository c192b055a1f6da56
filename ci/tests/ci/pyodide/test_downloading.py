"""pip fetches what is pinned, and says in a line why it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from ci.environment import Unready
from ci.pyodide.downloading import download


@pytest.fixture
def pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One pin, for a pip that knows of no index but one that does not answer."""
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    settings = {"INDEX_URL": "http://127.0.0.1:9/simple", "CONFIG_FILE": "/dev/null", "RETRIES": "0"}
    for name, value in settings.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    path = tmp_path / "pins.txt"
    path.write_text(f"pure==1.0 --hash=sha256:{'0' * 64}\n")
    return path


def test_without_a_network_the_cause_is_told(pins: Path, tmp_path: Path) -> None:
    with pytest.raises(Unready, match=r"^the package(s cannot be fetched| index does not offer)"):
        download(pins, tmp_path, 1)


def test_wheel_with_another_hash_than_the_pinned_one_is_refused(pins: Path, tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "pure-1.0-py3-none-any.whl").write_bytes(b"not what was pinned")
    with pytest.raises(Unready, match="pip failed"):
        download(pins, tmp_path, 1, "--no-index", "--find-links", str(tmp_path / "wheels"))
    assert not list(tmp_path.glob("*.whl"))
