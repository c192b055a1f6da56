"""The audit finds tests that are too weak, too strict or a matter of luck, and says so; each fault is planted here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import ClearHiddenTests

from autograder.__main__ import main
from autograder.auditing import command
from autograder.auditing.audit import audit, plan
from autograder.auditing.audited import Audited
from autograder.auditing.equivalent import entries, entry_of, stale
from autograder.auditing.hostile_batch import Outcome, amiss
from autograder.auditing.html_report import page
from autograder.auditing.judging_pool import Job, Jury
from autograder.auditing.mutants import mutants
from autograder.auditing.read_exercises import exercises
from autograder.auditing.sampling import Record
from autograder.course import Course
from autograder.notebooks.notebook import canonical, read
from autograder.problem import Problem

SOLUTION = '''
def area(width, height):
    """The area of a rectangle."""
    ### BEGIN SOLUTION
    return width * height
    ### END SOLUTION
'''

STRONG = """
report = Report("area")
with report.part("numbers"):
    assert area(3.0, 5.0) == 15.0, "3 by 5 is 15"
### BEGIN HIDDEN TESTS
with report.part("others"):
    assert area(4.0, 0.5) == 2.0, "4 by a half is 2"
### END HIDDEN TESTS
report.points(2)
"""

# At width 1, a product and its second factor are one number.
WEAK = STRONG.replace("area(3.0, 5.0) == 15.0", "area(1.0, 5.0) == 5.0").replace(
    "area(4.0, 0.5) == 2.0", "area(1, 2) == 2"
)


def course(
    folder: Path,
    test: str = STRONG,
    *,
    solution: str = SOLUTION,
    answers: str = "",
    equivalent: str = "",
    slug: str = "area",
) -> Course:
    """A course of one exercise, with its corpus and its list of equivalent mutants."""

    def cell(source: str, name: str, **flags: Any) -> Any:
        made = new_code_cell(source.strip("\n"))
        made.metadata["nbgrader"] = {"schema_version": 3, "grade_id": name, "solution": False, "grade": False} | flags
        return made

    cells = [
        cell("import numpy as np\nfrom cs231n_lite import Report, check_values", "setup", locked=True),
        cell(solution, slug, solution=True, locked=False),
        cell(test, f"{slug}-test", grade=True, locked=True, points=2),
    ]
    place = folder / "source" / "1-shapes" / "shapes.ipynb"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(canonical(new_notebook(cells=cells)), encoding="utf-8")
    (folder / "audit" / "equivalent").mkdir(parents=True, exist_ok=True)
    (folder / "audit" / "1-shapes.py").write_text(answers, encoding="utf-8")
    (folder / "audit" / "equivalent" / "1-shapes.txt").write_text(equivalent, encoding="utf-8")
    return Course(folder)


def straight(outcomes: Iterable[Any], total: int, what: str) -> Iterable[Any]:
    """Watch nothing."""
    return outcomes


def audited(made: Course, *, full: bool = False) -> Audited:
    """The audit of the course's only exercise."""
    return audit(plan(made, ["1-shapes"], full=full), Jury(made.root / "cache", 2), straight)[0]


def test_strong_tests_kill_every_mutant_and_nothing_is_off(tmp_path: Path) -> None:
    found = audited(course(tmp_path))
    assert found.mutants == found.count("visible", "hidden") >= 8
    assert found.complaints() == []


def test_weak_tests_are_told_with_the_surviving_mistake_as_a_diff(tmp_path: Path) -> None:
    found = audited(course(tmp_path, WEAK))
    told = [str(complaint) for complaint in found.complaints()]
    dropped = next(text for text in told if "+    return height" in text)
    assert "area: the tests are too weak: this mistake keeps every point" in dropped
    assert "-    return width * height" in dropped
    assert "SOLUTION" not in dropped, "the marker lines are no part of the change"
    assert "choose a point at which the dropped term is not 0 (or the factor not 1)" in dropped
    assert "area | area | return width * height | right-only: width * height -> height" in dropped


def test_mistake_that_only_hidden_tests_see_is_counted_apart(tmp_path: Path) -> None:
    found = audited(course(tmp_path, STRONG.replace("area(3.0, 5.0) == 15.0", "area(1.0, 5.0) == 5.0")))
    assert [fate.name for fate in found.fates if fate.status == "hidden" and fate.kind == "right-only"] == [
        "area | area | return width * height | right-only: width * height -> height"
    ]
    assert found.complaints() == [], "it is killed all the same"


def test_test_cell_of_plain_asserts_is_audited_like_one_with_a_report(tmp_path: Path) -> None:
    found = audited(course(tmp_path, "assert area(3.0, 5.0) == 15.0\nassert area(1.0, 2.0) == 2.0"))
    assert found.complaints() == []
    assert found.mutants == found.count("visible") >= 8
    assert {kill.checkpoint.line: kill.needed for kill in found.kills} == {1: True, 2: False}


def test_too_strict_tests_are_told_with_what_the_right_answer_was_told(tmp_path: Path) -> None:
    strict = STRONG.replace(
        "assert area(3.0", 'assert type(area(3, 5)) is int, "an integer is expected"\n    assert area(3.0'
    )
    right = "# %% area | right | as-numpy\ndef area(width, height):\n    return np.multiply(width, height)\n"
    told = [str(complaint) for complaint in audited(course(tmp_path, strict, answers=right)).complaints()]
    assert len(told) == 1
    assert "area: the tests are too strict: the right answer as-numpy gets 1 of 2 points" in told[0]
    assert "an integer is expected" in told[0]


def test_solution_that_loses_points_is_told_and_no_mutant_is_judged_by_such_tests(tmp_path: Path) -> None:
    found = audited(course(tmp_path, STRONG.replace("== 2.0", "== 3.0")))
    assert ["the right answer solution gets 1 of 2 points" in str(told) for told in found.complaints()] == [True]
    assert found.fates == []


def test_solution_that_needs_the_hidden_tests_is_told(tmp_path: Path) -> None:
    test = STRONG.replace('"3 by 5 is 15"\n', '"3 by 5"\n').replace(
        "assert area(3.0, 5.0) == 15.0", "assert helper(15.0)"
    )
    test = test.replace("### BEGIN HIDDEN TESTS\n", "### BEGIN HIDDEN TESTS\nhelper = area\n").replace(
        'report = Report("area")\n',
        'report = Report("area")\nif "helper" not in globals(): helper = lambda x: x > 20\n',
    )
    found = audited(course(tmp_path, test))
    assert any("by the visible tests alone, the solution gets" in told.title for told in found.complaints())


def test_luck_is_found_by_other_seeds(tmp_path: Path) -> None:
    lucky = STRONG.replace(
        "### END HIDDEN",
        'with report.part("luck"):\n    assert np.random.default_rng(1).random() > 0.4, "unlucky"\n### END HIDDEN',
    )
    found = audited(course(tmp_path, lucky))
    assert not any(verdict.off for verdict in found.verdicts), "as written, all is well"
    told = [str(complaint) for complaint in found.complaints() if "matter of luck" in complaint.title]
    assert len(told) == 1 and "unlucky" in told[0] and "seeds" in told[0]


def test_answer_without_a_seed_of_its_own_is_judged_by_several(tmp_path: Path) -> None:
    answer = "# %% area | right | rarely-off\ndef area(w, h):\n    return w * h + (np.random.rand() > 0.9)\n"
    found = audited(course(tmp_path, answers=answer))
    assert [entry.name for entry in found.unsteady] == ["rarely-off"]


def test_hanging_mutant_is_ended_by_its_limit_and_counts_as_killed(tmp_path: Path) -> None:
    loop = SOLUTION.replace(
        "    return width * height",
        "    total = 0.0\n    while height > 0:\n        height -= 1\n        total += width\n    return total",
    )
    test = STRONG.replace("4.0, 0.5) == 2.0", "2.0, 4.0) == 8.0")
    made = course(tmp_path, test, solution=loop)
    exercise = exercises(made, "1-shapes")["area"]
    endless = next(m for m in mutants("area", loop.strip("\n")) if "height -= 1 | statement: left out" in m.name)
    jury = Jury(tmp_path / "cache", 1)
    ((_, outcome),) = jury.outcomes([Job(exercise, (endless.source,))])
    assert (outcome["error"], outcome["points"]) == ("timed-out", 0.0)


def test_wrong_answers_must_lose_their_points_and_be_told_their_mistake(tmp_path: Path) -> None:
    named = STRONG.replace(
        "assert area(3.0, 5.0) == 15.0, ",
        'assert area(3.0, 5.0) != 8.0, ("sum", "a sum")\n    assert area(3.0, 5.0) == 15.0, ',
    )
    answers = """
# %% area | wrong | added | loses 2 | told sum
def area(w, h):
    return w + h


# %% area | wrong | halved | loses 2 | told factor-half
def area(w, h):
    return w * h / 2


# %% area | wrong | twice | loses 1
def area(w, h):
    return 2 * w * h


# %% area | wrong | added-and-named-otherwise | loses 2 | told factor-2
def area(w, h):
    return h + w
"""
    found = audited(course(tmp_path, named, answers=answers))
    assert [complaint.title for complaint in found.complaints()] == [
        "area: the wrong answer halved is not told factor-half",
        "area: the wrong answer twice gets 0 points, and was to get 1",
        "area: the wrong answer added-and-named-otherwise is not told factor-2, and another mistake in its place: sum",
    ]


def test_checkpoint_without_which_mutants_slip_through_is_told_from_one_that_repeats_another(tmp_path: Path) -> None:
    test = STRONG.replace(
        '"3 by 5 is 15"\n',
        '"3 by 5 is 15"\n    assert area(3, 5) == 15, "as whole numbers"\n    assert area(2.0, 2.0) == 4.0\n',
    )
    kills = {kill.checkpoint.text: kill for kill in audited(course(tmp_path, test)).kills}
    assert len(kills) == 4
    assert [kill.checkpoint.hidden for kill in kills.values()] == [False, False, False, True]
    assert not kills["assert area(2.0, 2.0) == 4.0"].needed, "2·2 is 2 + 2"
    assert kills['assert area(3.0, 5.0) == 15.0, "3 by 5 is 15"'].killed > 5
    assert not kills['assert area(3.0, 5.0) == 15.0, "3 by 5 is 15"'].needed, "the next line sees the same"
    only = audited(course(tmp_path / "only")).kills
    assert [(kill.needed, kill.checkpoint.hidden) for kill in only] == [(True, False), (False, True)]


def test_what_a_helper_finds_amiss_is_a_checkpoint_and_its_assert_goes_with_it(tmp_path: Path) -> None:
    test = """
def amiss(got):
    if got < 0.0:
        return "an area is not negative"
    if got != 15.0:
        return "3 by 5 is 15"
    return None


def positive(number):
    if number > 0:
        return number
    return None


report = Report("area")
with report.part("numbers"):
    problem = amiss(positive(area(3.0, 5.0)) or 0.0)
    assert problem is None, problem
report.points(2)
"""
    kills = {kill.checkpoint.text: kill for kill in audited(course(tmp_path, test)).kills}
    assert {text: kill.needed for text, kill in kills.items()} == {
        'return "an area is not negative"': False,
        'return "3 by 5 is 15"': True,
        "assert problem is None, problem": True,
    }


def test_equivalent_mutants_are_explained_by_a_list(tmp_path: Path) -> None:
    solution = SOLUTION.replace("width * height", "width * height if width > 0 else 0.0")
    survivor = "area | area | return width * height if width > 0 else 0.0 | comparison: width > 0 -> width >= 0"
    bare = audited(course(tmp_path / "bare", solution=solution))
    assert survivor in [fate.name for fate in bare.fates if fate.status == "survived"]
    listed = f"== At 0 the product is 0.\n{survivor}\n"
    found = audited(course(tmp_path / "listed", solution=solution, equivalent=listed))
    assert {fate.name: fate.reason for fate in found.fates if fate.status == "equivalent"} == {
        survivor: "At 0 the product is 0."
    }
    assert found.count("survived") == bare.count("survived") - 1


def test_list_of_equivalents_that_is_out_of_date_fails(tmp_path: Path) -> None:
    gone = "== It was so once.\narea | area | return height * width | operands: never\n"
    told = audited(course(tmp_path / "gone", equivalent=gone)).complaints()
    assert [complaint.title for complaint in told] == [
        "1-shapes.txt:2: there is no such mutant (any more): area | area | return height * width | operands: never"
    ]
    killed = "== Nobody sees it.\narea | area | return width * height | left-only: …\n"
    told = audited(course(tmp_path / "killed", equivalent=killed)).complaints()
    assert [complaint.title for complaint in told] == [
        "1-shapes.txt:2: this one is no equivalent, it loses points: "
        "area | area | return width * height | left-only: width * height -> width"
    ]


def test_line_that_begins_with_any_explains_survivors_and_leaves_the_others_killed(tmp_path: Path) -> None:
    path = tmp_path / "equivalents.txt"
    path.write_text("== Free.\nany area | area | … | constant: …\n", encoding="utf-8")
    (entry,) = entries(path)
    names = [f"area | area | return 2 | constant: 2 -> {n}" for n in (0, 1, 3)]
    assert entry_of(names[0], [entry]) == entry
    assert stale([entry], names, names[:1]) == []
    assert "all of these lose points" in stale([entry], names, names)[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("area | area | x | y: z", "equivalents.txt:1: expected a line `== REASON` before the first mutant"),
        ("==\narea | area | x | y: z", "equivalents.txt:1: expected the reason after =="),
        ("== So.\n… | x", "equivalents.txt:2: expected a mutant's name"),
    ],
    ids=["no reason", "empty reason", "every exercise"],
)
def test_list_of_equivalents_that_cannot_be_read_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "equivalents.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Problem, match=told):
        entries(path)


def test_mutants_are_distinct_in_a_fixed_order_and_keep_their_names_when_other_lines_move() -> None:
    found = mutants("area", SOLUTION)
    assert len({mutant.source for mutant in found}) == len({mutant.name for mutant in found}) == len(found)
    assert found == mutants("area", SOLUTION)
    moved = SOLUTION.replace("    ### BEGIN", "    # a comment\n    assert width >= 0\n    ### BEGIN")
    assert [mutant.name for mutant in mutants("area", moved)] == [mutant.name for mutant in found]


def test_mutants_change_only_what_students_write() -> None:
    source = (
        "def f(x, n=2):\n    y = n + 1\n    ### BEGIN SOLUTION\n    y = y * x\n    ### END SOLUTION\n    return y - 1"
    )
    for mutant in mutants("f", source):
        before, after = source.replace("    ### BEGIN SOLUTION\n", "").split("\n"), mutant.source.split("\n")
        assert (before[:2], before[-1]) == (after[:2], after[-1]), mutant.name


def test_course_has_at_least_two_thousand_mutants_and_each_is_python() -> None:
    made = Course()
    known = [entry for name in made.assignments() for entry in exercises(made, name).values()]
    found = [mutant for entry in known for mutant in mutants(entry.slug, entry.solution)]
    assert len(found) >= 2000
    assert len({mutant.name for mutant in found}) == len(found)


def test_visible_tests_are_those_that_nbgrader_gives_to_students() -> None:
    made = Course()
    for name in made.assignments():
        for path in made.notebooks(name):
            clear, _ = ClearHiddenTests().preprocess(read(path), {})
            for slug, exercise in exercises(made, name).items():
                given = next(
                    c.source for c in clear.cells if c.metadata.get("nbgrader", {}).get("grade_id") == f"{slug}-test"
                )
                kept = [line for line in exercise.visible.split("\n") if line]
                assert kept == [line for line in given.split("\n") if line], slug


def test_second_run_runs_nothing_again_and_one_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    made = course(tmp_path)
    planned = plan(made, ["1-shapes"])

    def run() -> tuple[int, dict[str, Any]]:
        jury = Jury(tmp_path / "cache", 2)
        data = audit(planned, jury, straight)[0].data()
        return jury.judged, data

    first, data = run()
    assert first > 10
    assert run() == (0, data)
    kept = tmp_path / "cache" / "1-shapes" / "area.jsonl"
    text = kept.read_text(encoding="utf-8")
    kept.write_text(text[: text.rstrip("\n").rindex("\n") + 20], encoding="utf-8")  # in the middle of the last line
    assert run() == (1, data)


def test_run_that_is_stopped_keeps_what_was_judged(tmp_path: Path) -> None:
    exercise = exercises(course(tmp_path), "1-shapes")["area"]
    jobs = [Job(exercise, (mutant.source,)) for mutant in mutants("area", exercise.solution)]
    outcomes = iter(Jury(tmp_path / "cache", 2).outcomes(jobs))
    told = {job.key: outcome for job, outcome in (next(outcomes), next(outcomes))}
    outcomes.close()  # type: ignore[attr-defined]  # a generator, as Ctrl-C would leave it
    again = Jury(tmp_path / "cache", 2)
    found = {job.key: outcome for job, outcome in again.outcomes(jobs)}
    assert again.judged == len(jobs) - 2
    assert {key: found[key] for key in told} == told


def test_command_writes_what_it_found_and_fails_when_something_is_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = course(tmp_path, WEAK)
    files = [f"--json={tmp_path / 'audit.json'}", f"--html={tmp_path / 'audit.html'}"]
    assert main(["audit", "--course", str(made.root), *files]) == 1
    told = capsys.readouterr().out
    assert "the tests are too weak" in told and "1 thing off" in told and "left out: all but 4" in told
    data = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))
    assert data["exercises"]["1-shapes"]["area"]["mutants"]["survived"]
    shown = (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert "<del>-    return width * height</del>" in shown and "http" not in shown


def test_what_answers_and_tests_say_is_text_on_the_page(tmp_path: Path) -> None:
    test = STRONG.replace('"3 by 5 is 15"', '"<script>alert(1)</script>"')
    wrong = "# %% area | wrong | added | loses 1\ndef area(w, h):\n    return w + h\n"
    shown = page([audited(course(tmp_path, test, answers=wrong))], ["<b>"])
    assert "<script" not in shown and "&lt;script&gt;alert(1)" in shown and "left out: &lt;b&gt;" in shown


GOT = Outcome({"equal": 0.0, "last": 1.0}, {}, [{"severity": "odd"}], [])
AMISS = {
    "nothing": (GOT, ""),
    "not graded": (None, "was not graded"),
    "a point too many": (replace(GOT, points={"equal": 1.0, "last": 1.0}), "its honest work is worth"),
    "a mark": (replace(GOT, marks=["owned"]), "left owned"),
    "told too mildly": (replace(GOT, notes=[{"severity": "stray edit"}]), "is not told as odd"),
}


@pytest.mark.parametrize("case", AMISS)
def test_hostile_submission_that_gets_away_with_something_is_found(case: str) -> None:
    outcome, told = AMISS[case]
    attack = SimpleNamespace(points=GOT.points, severity="odd")
    found = amiss(attack, outcome)  # type: ignore[arg-type]  # as much of an Attack as is looked at
    assert told in found and bool(found) == bool(told)


def test_full_audit_fails_for_a_hostile_submission_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = course(tmp_path)
    monkeypatch.setattr(command, "withstood", lambda: {"forger": "got 1 point", "sleeper": ""})
    monkeypatch.setattr("autograder.auditing.audit.SEEDS_FULL", 5)
    assert main(["audit", "--course", str(made.root), "--full"]) == 1
    told = capsys.readouterr().out
    assert "hostile: forger got 1 point" in told and "1 of 2 hostile submissions" in told
    assert "nothing is off" in told, "with the exercises"


def test_only_what_changed_is_audited_whole_and_the_rest_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = course(tmp_path)
    assert main(["audit", "--course", str(made.root), "--record"]) == 0
    assert main(["audit", "--course", str(made.root), "--changed"]) == 0
    told = capsys.readouterr().out
    assert list(Record(tmp_path / "audit" / "audited.json").data["1-shapes"]) == ["area"]
    assert "mutants, and the kill matrix, of 1 exercises that are as they were" in told
    course(tmp_path, WEAK)
    assert main(["audit", "--course", str(made.root), "--changed"]) == 1, "a changed one is audited whole"


def test_unknown_exercise_is_told_with_those_that_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = course(tmp_path)
    assert main(["audit", "--course", str(made.root), "--exercise", "volume"]) == 2
    assert "volume: there is no such exercise; there is area" in capsys.readouterr().err
