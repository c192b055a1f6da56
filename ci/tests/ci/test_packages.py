"""The pins brought by uv, or by pip where uv cannot be had or does not get through; what is there is never half new."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

from ci import packages
from ci.environment import ROOT

PINS = "six==1.17.0\nuv==0.13.9\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with two pins, one of them uv's, and the stamp of an older environment."""
    (tmp_path / "requirements.txt").write_text(PINS)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "ci-stamp").write_text("of an older pin")
    return tmp_path


def installed(place: Path, **answers: str) -> tuple[str, list[str]]:
    """Install with a Python that answers by these lines of a shell; return what is said, and what it was asked for.

    `config`, `fetch` (uv itself), `uv` and `pip` are the four things that it is started for.
    """
    case = {"config": "-m?pip?config*", "fetch": "-m?pip*uv==*", "uv": "-m?uv*", "pip": "-m?pip*"}
    lines = [f"{case[name]}) echo {name} >> {place}/asked; {answers.get(name, 'exit 0')};;" for name in case]
    program = place / ".venv" / "bin" / "python"
    program.write_text('#!/bin/sh\ncase "$*" in\n' + "\n".join(lines) + f'\nesac\nexec {sys.executable} "$@"\n')
    program.chmod(0o755)
    told = packages.install(program, place / "requirements.txt", place / ".venv" / "ci-stamp")
    return told, (place / "asked").read_text().split()


def stamp(place: Path) -> str:
    path = place / ".venv" / "ci-stamp"
    return path.read_text() if path.exists() else "gone"


def test_uv_does_it_where_it_can_be_had(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    uv = 'echo "Downloading six (1.5MiB)"; echo " Downloaded six"; echo "Prepared 1 package in 1ms"; exit 0'
    assert installed(place, uv=uv) == ("", ["config", "fetch", "uv"])
    assert stamp(place) == "gone", "who has asked for it writes the new one"
    assert "1 of 2 packages left" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({"fetch": "exit 1"}, ["config", "fetch", "pip"]),
        ({"uv": "exit 2"}, ["config", "fetch", "uv", "pip"]),
        ({"config": "echo \"global.no-index='true'\"; exit 0"}, ["config", "pip"]),
    ],
    ids=["no uv for this system", "uv does not get through", "wheels in a folder"],
)
def test_pip_does_it_where_uv_does_not(place: Path, answers: dict[str, str], asked: list[str]) -> None:
    assert installed(place, **answers) == ("", asked)


def test_no_uv_is_asked_for_where_none_is_pinned(place: Path) -> None:
    (place / "requirements.txt").write_text("six==1.17.0\n")
    assert installed(place) == ("", ["pip"])


def test_network_down_for_both_is_told_and_the_stamp_stays(place: Path) -> None:
    told, _ = installed(place, uv="exit 2", pip='echo "NewConnectionError"; exit 1')
    assert told.startswith("the packages cannot be fetched, the network is down or blocked")
    assert stamp(place) == "of an older pin"


def test_uv_that_stops_half_way_leaves_no_stamp(place: Path) -> None:
    uv = 'echo "Prepared 2 packages in 1s"; exit 2'
    told, _ = installed(place, uv=uv, pip='echo "[Errno 28] No space left on device"; exit 1')
    assert told.startswith("the disk is full") and str(place / ".venv") in told
    assert stamp(place) == "gone", "a half environment must not count as whole"


def test_real_uv_installs_from_the_index_that_pip_is_told(place: Path) -> None:
    simple = place / "simple" / "tiny-thing"
    simple.mkdir(parents=True)
    name = "tiny_thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(simple / name, "w") as wheel:
        about = "tiny_thing-1.0.dist-info"
        wheel.writestr("tiny_thing.py", "here = True\n")
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny-thing\nVersion: 1.0\n")
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{about}/RECORD", "")
    (simple / "index.html").write_text(f'<!DOCTYPE html><html><body><a href="{name}">{name}</a></body></html>')
    (place / "requirements.txt").write_text("tiny-thing==1.0\nuv==0.13.9\n")
    told, asked = installed(
        place,
        config=f"echo \"global.index-url='file://{place}/simple'\"; exit 0",
        # the pin of uv itself is not on that index; the environment of these tests has it
        uv=f"sed -i /^uv==/d {place}/requirements.txt; shift 4; exec {sys.executable} -m uv pip install --offline "
        f'--target {place}/there "$@"',
    )
    assert (told, asked) == ("", ["config", "fetch", "uv"])
    assert (place / "there" / "tiny_thing.py").read_text() == "here = True\n"


def test_what_pip_is_told_is_read_by_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://packages.example.edu/simple")
    monkeypatch.setenv("PIP_CERT", "a place/roots.pem")
    told = packages.settings(Path(sys.executable))
    assert (told["index-url"], told["cert"]) == ("https://packages.example.edu/simple", "a place/roots.pem")


def test_uv_is_pinned_for_the_course_and_for_its_students() -> None:
    from autograder.building.student_pins import student_pins

    pins = (ROOT / "requirements.txt").read_text()
    assert "uv" in packages.pinned(pins) and "uv" in packages.pinned(student_pins(pins, ["uv"]))


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "the disk is full"),
        ("NewConnectionError('...: Failed to establish a new connection')", "the network is down"),
        ("ERROR: No matching distribution found for numpy==99.0", "does not offer numpy==99.0 for this Python"),
        ("[Errno 13] Permission denied: '/x'", "cannot be written"),
        ("something else", ""),
    ],
)
def test_pip_s_words_are_read(printed: str, reason: str) -> None:
    assert reason in packages.reason(printed, Path(".venv"))
    assert bool(reason) == bool(packages.reason(printed, Path(".venv")))


def test_every_pin_is_counted_once_however_pip_spells_it() -> None:
    assert packages.pinned("# a\nJinja2==3.1.6\nzope_x.y==1 ; os_name == 'nt'\n\n") == {"jinja2", "zope-x-y"}
    assert packages.package("Requirement already satisfied: zope.x-y in ./lib (1.0)") == "zope-x-y"
    assert packages.package("Ignoring appnope: markers 'x' don't match your environment") == "appnope"
    assert packages.package("  Downloading six.whl") == ""
    assert len(packages.pinned((ROOT / "requirements.txt").read_text())) > 100
