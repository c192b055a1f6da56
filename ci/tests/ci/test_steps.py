"""The steps of `python3 -m ci test`: all run, all count, and together they run every test file, each one once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ci import steps
from ci.environment import ROOT


def step(name: str, code: int) -> steps.Step:
    return steps.Step(name, ("json.tool", "--help" if code == 0 else "no-such-file"))


def test_a_failed_step_does_not_stop_the_others(capfd: pytest.CaptureFixture[str]) -> None:
    assert steps.run_all((step("first", 1), step("second", 0))) == 1
    output = capfd.readouterr().out
    assert "== 1/2 first" in output and "== 2/2 second" in output
    assert output.splitlines()[-1] == "1 passed, 1 failed"


def test_all_steps_passed_is_code_0(capfd: pytest.CaptureFixture[str]) -> None:
    assert steps.run_all((step("only", 0),)) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"


def script(name: str, *lines: str) -> steps.Step:
    """A step that runs these lines."""
    return steps.Step(name, ("timeit", "-n", "1", "-r", "1", *lines))


def test_several_steps_run_at_a_time_and_each_line_says_whose_it_is(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def waits(name: str, other: str) -> steps.Step:
        """A step that ends well only when the other has begun."""
        return script(
            name,
            "import time; from pathlib import Path",
            f"here, there = Path({str(tmp_path / name)!r}), Path({str(tmp_path / other)!r}); here.touch()",
            "end = time.monotonic() + 60",
            "while not there.exists() and time.monotonic() < end: time.sleep(0.01)",
            "print('met'); assert there.exists()",
        )

    assert steps.run_all((waits("a", "b"), waits("b", "a"), step("last", 0))) == 0
    output = capfd.readouterr().out
    assert "\na: met\n" in output and "\nb: met\n" in output
    assert [line.split()[0] for line in output.split("== summary\n")[1].splitlines()[:3]] == ["a", "b", "last"]


def test_each_test_that_failed_is_named_in_the_summary(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "test_two.py"
    path.write_text("def test_right(): pass\ndef test_wrong(): assert 1 == 2\n")
    failing = steps.Step("failing", ("pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(path)))
    assert steps.run_all((failing, step("other", 0))) == 1
    named, *lines = capfd.readouterr().out.split("== summary\n")[1].splitlines()
    assert named.startswith("failing: FAILED ") and "test_two.py::test_wrong" in named
    assert lines[-1] == "2 passed, 1 failed"


def test_processor_seconds_are_those_of_the_step_and_not_of_what_runs_beside_it(
    capfd: pytest.CaptureFixture[str],
) -> None:
    busy = script("busy", "import time", "while time.process_time() < 2: pass")
    assert steps.run_all((busy, script("idle", "import time", "time.sleep(2)"))) == 0
    lines = capfd.readouterr().out.split("== summary\n")[1].splitlines()
    used = [float(line.split(" s ")[1].split()[0]) for line in lines[:2]]
    assert used[0] >= 1.9 > used[1]


@pytest.mark.parametrize(
    ("closing", "code", "counted"),
    [
        ("12 passed in 3.4s", 0, Counter(passed=12)),
        ("2 failed, 10 passed, 1 skipped, 3 errors in 3.4s", 1, Counter(passed=10, failed=5, skipped=1)),
        ("no tests ran in 0.01s", 5, Counter(failed=1)),
        ("Segmentation fault", -11, Counter(failed=1)),
    ],
)
def test_pytest_s_closing_line_is_counted(closing: str, code: int, counted: Counter[str]) -> None:
    assert +steps.counts(("pytest",), closing, code) == counted


def test_every_step_names_files_that_exist() -> None:
    for one in steps.STEPS:
        for word in one.command:
            if word.startswith("ci/") or word == "solutions":
                assert (ROOT / word).exists(), f"{one.name}: {word}"


def runs(root: Path, all_steps: tuple[steps.Step, ...]) -> dict[str, list[str]]:
    """Test file -> the names of the steps that run it."""
    files = sorted(path.relative_to(root) for path in (root / "ci" / "tests").rglob("test_*.py"))
    return {
        str(file): [
            step.name for step in all_steps for word in step.command if Path(word) in (file, *file.parents[:-1])
        ]
        for file in files
    }


def test_every_test_file_is_run_by_one_step() -> None:
    assert {file: names for file, names in runs(ROOT, steps.STEPS).items() if len(names) != 1} == {}


def test_planted_file_that_no_step_or_two_steps_run_is_noticed(tmp_path: Path) -> None:
    for name in ("once/test_a.py", "twice/test_b.py", "never/test_c.py"):
        path = tmp_path / "ci" / "tests" / name
        path.parent.mkdir(parents=True)
        path.touch()
    first = steps.Step("first", ("pytest", "-q", "ci/tests/once", "ci/tests/twice"))
    second = steps.Step("second", ("pytest", "ci/tests/twice/test_b.py"))
    assert list(runs(tmp_path, (first, second)).values()) == [[], ["first"], ["first", "second"]]
