"""What an answer should not have is looked for from inside: one thing too many is found; doctor and grade say it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder import __main__ as entry
from autograder.doctor import belongings, prove
from autograder.doctor.lab import Lab
from autograder.sandbox import box, handover, warm
from autograder.sandbox.box import why_not
from autograder.sandbox.surroundings import package_folder
from ci.tests.autograder.builders import RUNGS, copied, not_run, put

# A key of its own, so that no other process is handed what is planted here; the library is one that is there anyway.
OWN = ("packaging",)


@pytest.fixture
def anew(name: str) -> Iterator[None]:
    """No warm process from before, which was handed no module too many, and none left behind that was."""
    if name == "module":
        warm.close()
    yield
    if name == "module":
        warm.close()


@pytest.fixture(params=RUNGS)
def rung(request: pytest.FixtureRequest) -> str:
    if why_not(request.param):
        not_run(f"{request.param} does not work here: {why_not(request.param)}")
    return str(request.param)


def module_too_many(patch: pytest.MonkeyPatch) -> None:
    modules = (*handover.real_modules(), "cs231n_lite.graph")
    patch.setattr(handover, "real_modules", lambda: modules)
    patch.setattr(
        handover, "package_text", handover.package_text.__wrapped__
    )  # else the next process were handed it, too


def file_too_many(patch: pytest.MonkeyPatch) -> None:
    shown = package_folder("cs231n_lite") / "measuring" / "wiggle.py"
    patch.setattr(box, "Sandbox", functools.partial(box.Sandbox, show=[shown]))
    patch.setattr("autograder.doctor.lab.Sandbox", box.Sandbox)


def closure_too_many(patch: pytest.MonkeyPatch) -> None:
    lines = "def around():", "    def inner(): pass", "    inner.__module__ = 'cs231n_lite.tracing.tape'"
    source = "\n".join((*lines, "    return lambda: inner", "closure = around()"))
    patch.setattr(belongings, "SEARCH", f"{source}\n{belongings.SEARCH}")


def text_too_many(patch: pytest.MonkeyPatch) -> None:
    text = (package_folder("cs231n_lite") / "checking" / "right_forwards.py").read_text("utf-8")
    patch.setattr(belongings, "SEARCH", f"text = {text!r}\n{belongings.SEARCH}")


def library_too_many(patch: pytest.MonkeyPatch) -> None:
    import autograd

    more = Path(str(autograd.__file__)).parent
    places = box.places
    patch.setattr(box, "places", lambda names=(): (*places(names), more))


PLANTS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str, str]] = {
    # what is too many: how it comes there, the guarantee that is off, what is told
    "module": (module_too_many, "instruments", "cs231n_lite.graph"),
    "file": (file_too_many, "instruments", "wiggle.py"),
    "closure": (closure_too_many, "instruments", "object of cs231n_lite.tracing.tape"),
    "text": (text_too_many, "instruments", "text of cs231n_lite.checking.right_forwards"),
    "library": (library_too_many, "libraries", "autograd"),
}


@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize("name", PLANTS)
def test_one_too_many_is_found(name: str, rung: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, guarantee, words = PLANTS[name]
    plant(monkeypatch)
    things = belongings.belongings(Lab(rung), OWN if name == "module" else ())
    if (name, rung) == ("text", "landlock"):  # a process that Landlock holds cannot read its memory; nor can an answer
        assert not any(things.values())
        return
    assert words in things[guarantee]
    assert not any(text for other, text in things.items() if other != guarantee)


def test_without_means_both_are_in_reach() -> None:
    assert all(belongings.belongings(Lab("none")).values())


def test_search_that_comes_to_nothing_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(belongings, "SEARCH", "raise SystemExit")
    assert all("came to nothing" in text for text in belongings.belongings(Lab()).values())


def test_doctor_says_what_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet: dict[str, Callable[[Lab], str]] = {name: lambda lab: "" for name in prove.GUARANTEES}
    monkeypatch.setattr(prove, "ATTACKS", quiet | {"libraries": belongings.libraries})
    library_too_many(monkeypatch)
    lines: list[str] = []
    assert prove.doctor(say=lines.append) is False
    assert any(line.startswith("libraries") and "NOT HELD: autograd" in line for line in lines)
    assert "  libraries: it cannot be relied on that no library can be imported but those that answers may use" in lines


def test_grade_says_what_is_lost(
    tiny_built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    library_too_many(monkeypatch)
    course = copied(tiny_built, tmp_path)
    put(course, "ada", "square", "def square(x):\n    return x**2")
    entry.main(["grade", "1-tiny", "--course", str(course.root)])
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("not held on this machine: lib")]
    assert len(told) == 1
    assert "reached: autograd" in told[0]
