"""The attack by which one test could hear of another: it fails where that is promised, and succeeds unconfined."""

from __future__ import annotations

import pytest

from autograder.doctor.lab import Lab
from autograder.doctor.siblings import SIBLINGS
from autograder.sandbox.box import why_not
from autograder.sandbox.carriers import Carriers
from autograder.sandbox.guarantees import how
from ci.tests.autograder.builders import RUNGS, not_run

(attack,) = SIBLINGS.values()


@pytest.mark.parametrize("rung", RUNGS)
def test_word_does_not_pass_between_siblings_by(rung: str) -> None:
    if why_not(rung) or "tests apart" not in how(rung):
        not_run(f"nothing keeps siblings apart by {rung} here")
    assert attack(Lab(rung)) == ""


def test_word_passes_between_siblings_unconfined() -> None:
    if why_not("landlock"):
        not_run("it is not Linux, or an old one")
    assert "a sibling's" in attack(Lab("none"))


@pytest.mark.parametrize("rung", RUNGS)
def test_memory_that_nobody_looks_for_is_told_by(rung: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if why_not(rung):
        not_run(f"{rung} does not work here")
    monkeypatch.setattr(Carriers, "apart", lambda *_: True)
    assert "shared memory was not seen from outside" in attack(Lab(rung))
