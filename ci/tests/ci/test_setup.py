"""`python3 -m ci`: what it says when something is missing, and that a half environment never counts as a whole one."""

from __future__ import annotations

import ast
import errno
import io
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ci import __main__ as entry
from ci import commands, debian, environment, packages, postgres, steps
from ci.progress import Bar

ROOT = Path(__file__).resolve().parents[3]


def test_entry_can_be_read_by_python_3_6_so_that_it_can_say_it_is_too_old() -> None:
    for name in ("ci/__init__.py", "ci/__main__.py"):
        ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 6))
    imported = [
        node
        for node in ast.parse((ROOT / "ci/__main__.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.Import)
    ]
    assert [name.name for node in imported for name in node.names] == ["sys"], (
        "nothing newer is loaded before the check"
    )


def test_old_python_is_told_in_one_line_with_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert entry.main(["test"]) == 2
    output = capsys.readouterr().err
    assert output.startswith("Python 3.11 or newer is needed, and this is 3.9 at ") and output.count("\n") == 1


def test_python_3_11_and_newer_are_not_too_old() -> None:
    assert [entry.too_old(version) for version in ((3, 11, 0), (3, 12), (3, 14, 1), (4, 0))] == [""] * 4


def test_unknown_command_shows_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.main(["tset"]) == 2
    output = capsys.readouterr().err
    assert all(name in output for name, _ in entry.COMMANDS)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for the environment, with two pins."""
    (tmp_path / "requirements.txt").write_text("# pins\nsix==1.17.0\nparso==0.8.7 ; python_version > '3'\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'nothing'\n")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "inside", lambda: False)
    return tmp_path


def stub_python(place: Path, script: str, folder: str = ".venv") -> Path:
    """An environment whose Python is a shell script: "$*" are its arguments."""
    program = place / folder / "bin" / "python"
    program.parent.mkdir(parents=True)
    version = ".".join(map(str, sys.version_info[:3]))
    program.write_text(f'#!/bin/sh\ncase "$*" in *version_info*) echo {version}; exit 0;; esac\n{script}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def stamp(place: Path, text: str) -> Path:
    path = place / ".venv" / "ci-stamp"
    path.write_text(text)
    return path


def test_whole_environment_is_used_as_it_is(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub_python(place, "exit 1")
    stamp(place, environment.fingerprint())

    def never(*_: object, **__: object) -> None:
        raise AssertionError("nothing needs to be started")

    monkeypatch.setattr(subprocess, "run", never)
    monkeypatch.setattr(subprocess, "Popen", never)
    environment.ensure()


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_stamp_is_another_when_a_pin_or_a_range_changes(place: Path, name: str) -> None:
    before = environment.fingerprint()
    (place / name).write_text((place / name).read_text() + "# newer\n")
    assert environment.fingerprint() != before


def test_stamp_is_another_for_another_python(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = environment.fingerprint()
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    assert environment.fingerprint() != before


def test_install_writes_the_stamp_last(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stub_python(place, f'test -e {place}/.venv/ci-stamp && exit 9; echo "Collecting six==1.17.0"; exit 0')
    environment.ensure()
    assert (place / ".venv" / "ci-stamp").read_text() == environment.fingerprint()
    assert "0 of 2 packages left" in capsys.readouterr().out


def test_environment_that_breaks_half_way_loses_its_stamp(place: Path) -> None:
    stub_python(
        place, 'echo "Installing collected packages: six"; echo "ERROR: [Errno 28] No space left on device"; exit 1'
    )
    stamp(place, "of an older pin")
    with pytest.raises(environment.Unready, match=r"^the disk is full: free about 1 GB and run the same command again"):
        environment.ensure()
    assert not (place / ".venv" / "ci-stamp").exists(), "a half environment must not count as whole"


def test_interrupt_leaves_no_stamp_and_the_next_run_goes_on(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = stub_python(place, "exit 0")

    def interrupted() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(environment, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            environment.ensure()
    assert not (place / ".venv" / "ci-stamp").exists()
    before = program.stat().st_ino
    environment.ensure()
    assert program.stat().st_ino == before, "what was there is filled up, not made again"
    assert (place / ".venv" / "ci-stamp").exists()


def test_network_down_is_told_and_the_earlier_environment_left_as_it_was(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(os.environ):
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # nothing listens there
    monkeypatch.setenv("PIP_RETRIES", "1")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    (place / "requirements.txt").write_text("no-such-package-as-this==1.0\n")
    stub_python(place, f'exec {sys.executable} "$@"')
    stamp_text = stamp(place, "of an older pin")
    with pytest.raises(environment.Unready, match=r"^the packages cannot be fetched, the network is down or blocked"):
        environment.ensure()
    assert stamp_text.read_text() == "of an older pin"


def test_environment_of_another_python_comes_back_when_the_new_one_fails(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = stub_python(place, "exit 0")
    old.write_text("#!/bin/sh\necho 3.1.4\n")
    stamp(place, "of an older Python")

    def made(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        if "venv" in command:
            stub_python(place, 'echo "ConnectTimeoutError"; exit 1')
        return subprocess.CompletedProcess(command, 0, "3.1.4", "")

    with monkeypatch.context() as patched:
        patched.setattr(subprocess, "run", made)
        with pytest.raises(environment.Unready, match="the network is down"):
            environment.ensure()
    assert old.read_text() == "#!/bin/sh\necho 3.1.4\n"
    assert (place / ".venv" / "ci-stamp").read_text() == "of an older Python"
    assert not (place / ".venv-old").exists()


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_missing_venv_module_names_the_package_to_install(
    place: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    find = environment.importlib.util.find_spec
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None if name == module else find(name))
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    with pytest.raises(environment.Unready, match=rf"no {module} module.*apt install python{version}-venv"):
        environment.ensure()
    assert not (place / ".venv").exists()


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "work in a copy of this folder"),
        (errno.EACCES, "work in a copy"),
    ],
)
def test_folder_that_cannot_be_written_is_told(
    place: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    def refuse() -> None:
        raise OSError(number, os.strerror(number), str(place))

    monkeypatch.setattr(environment, "make", refuse)
    with pytest.raises(environment.Unready, match=told) as problem:
        environment.ensure()
    assert "\n" not in str(problem.value)


def test_progress_bar_tells_what_is_left_and_never_goes_back() -> None:
    out = io.StringIO()
    bar = Bar("packages", 20, out)
    for done in (0, 1, 5, 4, 20):
        bar.show(done)
    assert out.getvalue().splitlines() == ["20 of 20 packages left", "15 of 20 packages left", "0 of 20 packages left"]


class Terminal(io.StringIO):
    """Somewhere to write that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_progress_bar_on_a_terminal_is_one_line() -> None:
    out = Terminal()
    bar = Bar("packages", 4, out)
    bar.show(2)
    assert out.getvalue() == "\r[###############---------------] 2 of 4 packages left "


def test_missing_chromium_is_said_and_fails_in_ci_only(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(debian.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(debian.os, "geteuid", lambda: 1000)
    one = steps.Step("browser", ("pytest",), debian.provide)
    monkeypatch.delenv("CI", raising=False)
    assert steps.run_all((one,)) == 0
    assert "left out" in capfd.readouterr().out
    monkeypatch.setenv("CI", "true")
    assert steps.run_all((one,)) == 1
    assert "sudo apt-get install chromium" in capfd.readouterr().out


def test_any_chromium_is_installed_where_there_is_none_without_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"apt-get"}
    monkeypatch.setattr(debian.shutil, "which", lambda name: name if name in there else None)
    monkeypatch.setattr(debian.os, "geteuid", lambda: 0)

    def apt_get(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        missing = command[-1] == "chromium-headless-shell"
        there.update({command[-1]} & {"chromium"})
        return subprocess.CompletedProcess(command, 100 * missing, "E: Unable to locate package\n" * missing)

    monkeypatch.setattr(debian.subprocess, "run", apt_get)
    assert (debian.provide(), debian.chromium()) == ("", "chromium")
    there.add("chromium-headless-shell")
    assert debian.chromium() == "chromium-headless-shell", "which takes less work"


def test_missing_postgresql_is_said_and_fails_in_ci_only(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(postgres, "DEBIAN", tmp_path)
    monkeypatch.setattr(debian, "CLUSTERS", tmp_path / "etc" / "createcluster.d")
    monkeypatch.setattr(debian.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(debian.os, "geteuid", lambda: 1000)
    one = steps.Step("postgresql", ("pytest",), debian.provide_postgresql)
    monkeypatch.delenv("CI", raising=False)
    assert steps.run_all((one,)) == 0
    assert "left out" in capfd.readouterr().out
    monkeypatch.setenv("CI", "true")
    assert steps.run_all((one,)) == 1
    assert "postgresql` brings it, without it no gradebook is tested on a real server" in capfd.readouterr().out


def test_debian_s_postgresql_is_installed_without_a_database_for_the_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(postgres, "DEBIAN", tmp_path)
    monkeypatch.setattr(debian, "CLUSTERS", tmp_path / "etc" / "createcluster.d")
    monkeypatch.setattr(debian.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(debian.os, "geteuid", lambda: 0)
    messages = {}

    def apt_get(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        messages[command[2]] = [path.read_text() for path in debian.CLUSTERS.iterdir()]
        return subprocess.CompletedProcess(command, 100, "E: no space\n")

    monkeypatch.setattr(debian.subprocess, "run", apt_get)
    assert "postgresql could not be installed (apt-get: E: no space)" in debian.provide_postgresql()
    assert messages["install"] == ["create_main_cluster = off\n"]
    assert not list(tmp_path.iterdir()), "nothing of it is left"


def test_demo_without_bubblewrap_says_what_is_lost_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(debian.shutil, "which", lambda name: None)
    monkeypatch.setattr(commands.subprocess, "call", lambda command, cwd: 0)
    assert commands.run("demo", []) == 0
    assert "there is no bubblewrap; install it, without it the sandbox is not at its best" in capsys.readouterr().out


def test_unknown_benchmark_names_the_known_ones() -> None:
    with pytest.raises(environment.Unready, match=r"there is no benchmark 'chekc': python3 -m ci bench"):
        commands.run("bench", ["chekc"])


def test_command_that_takes_no_arguments_says_so() -> None:
    with pytest.raises(environment.Unready, match="tidy takes no arguments, and got source"):
        commands.run("tidy", ["source"])


def test_ci_run_calls_the_command_that_everyone_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().rstrip().endswith("exec python3 -m ci test")


def test_pins_fit_the_ranges_of_pyproject() -> None:
    import tomllib

    from packaging.requirements import Requirement

    pins: dict[str, list[str]] = {}
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            one = Requirement(line)
            pins.setdefault(packages.normal(one.name), []).append(next(iter(one.specifier)).version)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras, ranges = (
        ["dev"],
        [*project["dependencies"]],
    )  # requirements.txt is made from the extra dev and what it asks for
    for extra in extras:
        ranges += project["optional-dependencies"][extra]
        own = [one for one in map(Requirement, ranges) if one.name == "cs231n-lite"]
        extras += [more for one in own for more in sorted(one.extras) if more not in extras]
    assert extras == ["dev", "grading", "postgresql", "course"]
    for one in map(Requirement, ranges):
        if one.name != "cs231n-lite":
            versions = pins.get(packages.normal(one.name), [])
            assert versions, f"{one.name} is not pinned: make requirements.txt again"
            assert all(one.specifier.contains(version) for version in versions), f"{one} is pinned to {versions}"


def test_requirements_name_no_index_and_no_folder() -> None:
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        assert line.startswith("#") or not line.startswith("-"), line
        assert "://" not in line and not line.startswith("/"), line
