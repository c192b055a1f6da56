"""What is said before a notebook is handed in; with a real kernel in working/test_session.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs231n_lite import before_handing_in
from cs231n_lite.reporting.handing_in import HandIn
from cs231n_lite.working import session
from cs231n_lite.working.handing_in import Readiness

READY = Readiness(Path("2-gates/gates.ipynb"), 412_345, "14:32", hand_in="Upload it to <Canvas>.")


def test_without_a_kernel_there_is_nothing_to_say() -> None:
    assert before_handing_in() is None


def test_ready_notebook_is_told_with_name_size_time_and_the_way() -> None:
    text = str(HandIn(READY))
    assert text.startswith("✓ gates.ipynb, 412 kB, saved at 14:32\n")
    assert "The file is `gates.ipynb` in the folder `2-gates`. Upload it to <Canvas>." in " ".join(text.split())
    assert "&lt;Canvas&gt;" in HandIn(READY)._repr_html_()


@pytest.mark.parametrize(
    "state, words",
    [
        (Readiness(Path("a.ipynb"), 1, "1:00", unsaved=["vjp"]), "Not saved: `vjp`"),
        (Readiness(Path("a.ipynb"), 1, "1:00", not_run=["vjp"]), "Not run as it is now: `vjp`"),
        (Readiness(Path("a.ipynb"), 1, "1:00", failed=["vjp"]), "Ended in an error"),
        (Readiness(Path("a.ipynb"), 1, "1:00", missing=["vjp"]), "reset NAME"),
        (Readiness(Path("a.ipynb"), 1, "1:00", problem="a.ipynb is not whole", is_whole=False), "Save Notebook As"),
    ],
)
def test_each_fault_is_marked_and_says_what_to_do(state: Readiness, words: str) -> None:
    assert str(HandIn(state)).startswith("✗") and words in " ".join(str(HandIn(state)).split())


def test_empty_exercises_are_named_and_stop_nobody() -> None:
    text = str(HandIn(Readiness(Path("a.ipynb"), 1, "1:00", empty=["vjp"])))
    assert text.startswith("○") and "`vjp`" in text


def test_in_a_browser_the_file_is_to_be_downloaded_and_elsewhere_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Download" not in str(HandIn(READY))
    monkeypatch.setattr(session, "in_a_browser", lambda: True)
    assert "this browser alone: menu File, Download" in " ".join(str(HandIn(READY)).split())
