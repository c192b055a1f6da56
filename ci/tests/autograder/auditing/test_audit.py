"""The audit finds tests that are too weak, too strict or a matter of luck, and says so; each fault is planted here."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
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
from autograder.auditing.sampling import Choice, Record
from autograder.course import Course
from autograder.notebooks.notebook import read
from autograder.problem import Problem
from ci.tests.autograder.auditing.builders import SOLUTION, STRONG, course

# At width 1, a product and its second factor are one number.
WEAK = STRONG.replace("area(3.0, 5.0) == 15.0", "area(1.0, 5.0) == 5.0").replace(
    "area(4.0, 0.5) == 2.0", "area(1, 2) == 2"
)


def straight(outcomes: Iterable[Any], total: int, what: str) -> Iterable[Any]:
    """Watch nothing."""
    return outcomes


def audited(of_course: Course, *, full: bool = False) -> Audited:
    """The audit of the course's only exercise."""
    return audit(plan(of_course, ["1-shapes"], full=full), Jury(of_course.root / "cache", 2), straight)[0]


def test_strong_tests_kill_every_mutant_and_nothing_is_off(tmp_path: Path) -> None:
    entry = audited(course(tmp_path))
    assert entry.mutants == entry.count("visible", "hidden") >= 8
    assert entry.complaints() == []


def test_weak_tests_are_told_with_the_surviving_mistake_as_a_diff(tmp_path: Path) -> None:
    entry = audited(course(tmp_path, WEAK))
    complaints = [str(complaint) for complaint in entry.complaints()]
    dropped = next(text for text in complaints if "+    return height" in text)
    assert "area: the tests are too weak: this mistake keeps every point" in dropped
    assert "-    return width * height" in dropped
    assert "SOLUTION" not in dropped, "the marker lines are no part of the change"
    assert "choose a point at which the dropped term is not 0 (or the factor not 1)" in dropped
    assert "area | area | return width * height | right-only: width * height -> height" in dropped


def test_mistake_that_only_hidden_tests_see_is_counted_apart(tmp_path: Path) -> None:
    entry = audited(course(tmp_path, STRONG.replace("area(3.0, 5.0) == 15.0", "area(1.0, 5.0) == 5.0")))
    assert [fate.name for fate in entry.fates if fate.status == "hidden" and fate.kind == "right-only"] == [
        "area | area | return width * height | right-only: width * height -> height"
    ]
    assert entry.complaints() == [], "it is killed all the same"


def test_test_cell_of_plain_asserts_is_audited_like_one_with_a_report(tmp_path: Path) -> None:
    entry = audited(course(tmp_path, "assert area(3.0, 5.0) == 15.0\nassert area(1.0, 2.0) == 2.0"))
    assert entry.complaints() == []
    assert entry.mutants == entry.count("visible") >= 8
    assert {kill.checkpoint.line: kill.needed for kill in entry.kills} == {1: True, 2: False}


def test_too_strict_tests_are_told_with_what_the_right_answer_was_told(tmp_path: Path) -> None:
    strict = STRONG.replace(
        "assert area(3.0", 'assert type(area(3, 5)) is int, "an integer is expected"\n    assert area(3.0'
    )
    right = "# %% area | right | as-numpy\ndef area(width, height):\n    return np.multiply(width, height)\n"
    complaints = [str(complaint) for complaint in audited(course(tmp_path, strict, answers=right)).complaints()]
    assert len(complaints) == 1
    assert "area: the tests are too strict: the right answer as-numpy gets 1 of 2 points" in complaints[0]
    assert "An integer is expected." in complaints[0]


def test_solution_that_loses_points_is_told_and_no_mutant_is_judged_by_such_tests(tmp_path: Path) -> None:
    entry = audited(course(tmp_path, STRONG.replace("== 2.0", "== 3.0")))
    assert ["the right answer solution gets 1 of 2 points" in str(complaint) for complaint in entry.complaints()] == [
        True
    ]
    assert entry.fates == []


def test_solution_that_needs_the_hidden_tests_is_told(tmp_path: Path) -> None:
    test = STRONG.replace('"3 by 5 is 15"\n', '"3 by 5"\n').replace(
        "assert area(3.0, 5.0) == 15.0", "assert helper(15.0)"
    )
    test = test.replace("### BEGIN HIDDEN TESTS\n", "### BEGIN HIDDEN TESTS\nhelper = area\n").replace(
        'report = Report("area")\n',
        'report = Report("area")\nif "helper" not in globals(): helper = lambda x: x > 20\n',
    )
    entry = audited(course(tmp_path, test))
    assert any("by the visible tests alone, the solution gets" in complaint.title for complaint in entry.complaints())


NAN_PLEASES = """
report = Report("area")
with report.part("numbers"):
    assert not abs(area(3.0, 5.0) - 15.0) > 1e-6, "3 by 5 is 15"
### BEGIN HIDDEN TESTS
with report.part("others"):
    assert not abs(area(4.0, 0.5) - 2.0) > 1e-6, "4 by a half is 2"
### END HIDDEN TESTS
report.points(2)
"""
LIES = """
# %% area | pleaser | nan | loses 2
def area(width, height):
    return float("nan")

# %% area | pleaser | asks-the-package | loses 2 | box
def area(width, height):
    return width * height
"""


def test_audit_finds_a_test_that_nan_pleases_and_leaves_out_what_needs_the_box(tmp_path: Path) -> None:
    entry = audited(course(tmp_path, NAN_PLEASES, answers=LIES))
    titles = [complaint.title for complaint in entry.complaints()]
    assert titles == ["area: a lie pleases the tests: nan gets 2 points, and was to get 0"]
    assert [verdict.name for verdict in entry.of("pleaser")] == ["nan"]


def test_luck_is_found_by_other_seeds(tmp_path: Path) -> None:
    lucky = STRONG.replace(
        "### END HIDDEN",
        'with report.part("luck"):\n    assert np.random.default_rng(1).random() > 0.4, "unlucky"\n### END HIDDEN',
    )
    entry = audited(course(tmp_path, lucky))
    assert not any(verdict.off for verdict in entry.verdicts), "as written, all is well"
    complaints = [str(complaint) for complaint in entry.complaints() if "matter of luck" in complaint.title]
    assert len(complaints) == 1 and "unlucky" in complaints[0] and "seeds" in complaints[0]


def test_answer_without_a_seed_of_its_own_is_judged_by_several(tmp_path: Path) -> None:
    answer = "# %% area | right | rarely-off\ndef area(w, h):\n    return w * h + (np.random.rand() > 0.9)\n"
    checked = audited(course(tmp_path, answers=answer))
    assert [entry.name for entry in checked.unsteady] == ["rarely-off"]


def test_hanging_mutant_is_ended_by_its_limit_and_counts_as_killed(tmp_path: Path) -> None:
    loop = SOLUTION.replace(
        "    return width * height",
        "    total = 0.0\n    while height > 0:\n        height -= 1\n        total += width\n    return total",
    )
    test = STRONG.replace("4.0, 0.5) == 2.0", "2.0, 4.0) == 8.0")
    shapes = course(tmp_path, test, solution=loop)
    exercise = exercises(shapes, "1-shapes")["area"]
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
    entry = audited(course(tmp_path, named, answers=answers))
    assert [complaint.title for complaint in entry.complaints()] == [
        "area: the wrong answer halved is not told factor-half",
        "area: the wrong answer twice gets 0 points, and was to get 1",
        "area: the wrong answer added-and-named-otherwise is not told factor-2, and another mistake in its place: sum",
    ]


ONE_NAME = STRONG.replace(
    "assert area(3.0, 5.0) == 15.0, ",
    'assert area(3.0, 5.0) != 8.0, ("sum", "a sum")\n    assert area(3.0, 5.0) == 15.0, ',
)
TWO_NAMES = ONE_NAME.replace('"4 by a half is 2"', '("factor-2", "twice")')
ADDED = "# %% area | wrong | added | loses 2 | told sum{}\ndef area(w, h):\n    return w + h\n"


def test_false_name_is_counted_and_fails_the_audit_unless_the_answer_allows_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shapes = course(tmp_path, TWO_NAMES, answers=ADDED.format(""))
    page_file, data_file = tmp_path / "audit.html", tmp_path / "audit.json"
    assert main(["audit", "--course", str(shapes.root), f"--html={page_file}", f"--json={data_file}"]) == 1
    printed = capsys.readouterr().out
    heads, row = (next(line for line in printed.split("\n") if word in line) for word in ("pleasers", "area "))
    assert "false names" in heads and row.split()[3:6] == ["100", "%", "1"] and row.endswith("OFF")
    assert "area: the wrong answer added is told a mistake that is not its own: factor-2" in printed
    assert "false names: 1" in printed
    data = json.loads(data_file.read_text(encoding="utf-8"))["exercises"]["1-shapes"]["area"]
    assert (data["false_names"], data["named"], data["answers"]["added"]["false_names"]) == (1, 1, ["factor-2"])
    assert "<th class=n>false names</th>" in page_file.read_text(encoding="utf-8")
    course(tmp_path, TWO_NAMES, answers=ADDED.format(" | also sign, factor-2"))
    assert main(["audit", "--course", str(shapes.root)]) == 0
    assert "false names: 0" in capsys.readouterr().out


def test_mistake_told_without_a_name_in_the_corpus_is_false_and_a_symptom_is_none(tmp_path: Path) -> None:
    entry = audited(course(tmp_path, ONE_NAME, answers=ADDED.format("").replace(" | told sum", "")))
    assert [verdict.false_names for verdict in entry.of("wrong")] == [["sum"]], "and wrong-value is none"


def test_right_answer_that_is_told_anything_is_named_falsely(tmp_path: Path) -> None:
    chatty = STRONG.replace(
        "report.points(2)", 'report.tell(Finding("sign", "numbers", "the sign?"))\nreport.points(2)'
    ).replace('report = Report("area")', 'from cs231n_lite.reporting.finding import Finding\nreport = Report("area")')
    titles = [complaint.title for complaint in audited(course(tmp_path, chatty)).complaints()]
    assert titles == ["area: the right answer solution keeps its points and is told something: sign"]
    remark = chatty.replace('"the sign?"', '"the sign?", remark=True')
    assert audited(course(tmp_path / "remark", remark)).complaints() == []


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
    explained = audited(course(tmp_path / "listed", solution=solution, equivalent=listed))
    assert {fate.name: fate.reason for fate in explained.fates if fate.status == "equivalent"} == {
        survivor: "At 0 the product is 0."
    }
    assert explained.count("survived") == bare.count("survived") - 1


def test_list_of_equivalents_that_is_out_of_date_fails(tmp_path: Path) -> None:
    gone = "== It was so once.\narea | area | return height * width | operands: never\n"
    complaints = audited(course(tmp_path / "gone", equivalent=gone)).complaints()
    assert [complaint.title for complaint in complaints] == [
        "1-shapes.txt:2: there is no such mutant (any more): area | area | return height * width | operands: never"
    ]
    killed = "== Nobody sees it.\narea | area | return width * height | left-only: …\n"
    complaints = audited(course(tmp_path / "killed", equivalent=killed)).complaints()
    assert [complaint.title for complaint in complaints] == [
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
    ("text", "message"),
    [
        ("area | area | x | y: z", "equivalents.txt:1: expected a line `== REASON` before the first mutant"),
        ("==\narea | area | x | y: z", "equivalents.txt:1: expected the reason after =="),
        ("== So.\n… | x", "equivalents.txt:2: expected a mutant's name"),
    ],
    ids=["no reason", "empty reason", "every exercise"],
)
def test_list_of_equivalents_that_cannot_be_read_is_told_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "equivalents.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Problem, match=message):
        entries(path)


def test_mutants_are_distinct_in_a_fixed_order_and_keep_their_names_when_other_lines_move() -> None:
    every = mutants("area", SOLUTION)
    assert len({mutant.source for mutant in every}) == len({mutant.name for mutant in every}) == len(every)
    assert every == mutants("area", SOLUTION)
    moved = SOLUTION.replace("    ### BEGIN", "    # a comment\n    assert width >= 0\n    ### BEGIN")
    assert [mutant.name for mutant in mutants("area", moved)] == [mutant.name for mutant in every]


def test_mutants_change_only_what_students_write() -> None:
    source = (
        "def f(x, n=2):\n    y = n + 1\n    ### BEGIN SOLUTION\n    y = y * x\n    ### END SOLUTION\n    return y - 1"
    )
    for mutant in mutants("f", source):
        before, after = source.replace("    ### BEGIN SOLUTION\n", "").split("\n"), mutant.source.split("\n")
        assert (before[:2], before[-1]) == (after[:2], after[-1]), mutant.name


def test_course_has_at_least_two_thousand_mutants_and_each_is_python() -> None:
    whole = Course()
    exercises_of_course = [entry for name in whole.assignments() for entry in exercises(whole, name).values()]
    every = [mutant for entry in exercises_of_course for mutant in mutants(entry.slug, entry.solution)]
    assert len(every) >= 2000
    assert len({mutant.name for mutant in every}) == len(every)


def test_visible_tests_are_those_that_nbgrader_gives_to_students() -> None:
    whole = Course()
    for name in whole.assignments():
        for path in whole.notebooks(name):
            clear, _ = ClearHiddenTests().preprocess(read(path), {})
            for slug, exercise in exercises(whole, name).items():
                released = next(
                    c.source for c in clear.cells if c.metadata.get("nbgrader", {}).get("grade_id") == f"{slug}-test"
                )
                visible = [line for line in exercise.visible.split("\n") if line]
                assert visible == [line for line in released.split("\n") if line], slug


def test_second_run_runs_nothing_again_and_one_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    shapes = course(tmp_path)
    planned = plan(shapes, ["1-shapes"])

    def run() -> tuple[int, dict[str, Any]]:
        jury = Jury(tmp_path / "cache", 2)
        data = audit(planned, jury, straight)[0].data()
        return jury.judged, data

    first, data = run()
    assert first > 10
    assert run() == (0, data)
    cache = tmp_path / "cache" / "1-shapes" / "area.jsonl"
    text = cache.read_text(encoding="utf-8")
    cache.write_text(text[: text.rstrip("\n").rindex("\n") + 20], encoding="utf-8")  # in the middle of the last line
    assert run() == (1, data)


def test_run_that_is_stopped_keeps_what_was_judged(tmp_path: Path) -> None:
    exercise = exercises(course(tmp_path), "1-shapes")["area"]
    jobs = [Job(exercise, (mutant.source,)) for mutant in mutants("area", exercise.solution)]
    outcomes = iter(Jury(tmp_path / "cache", 2).outcomes(jobs))
    first = {job.key: outcome for job, outcome in (next(outcomes), next(outcomes))}
    outcomes.close()  # type: ignore[attr-defined]  # a generator, as Ctrl-C would leave it
    again = Jury(tmp_path / "cache", 2)
    all_outcomes = {job.key: outcome for job, outcome in again.outcomes(jobs)}
    assert again.judged == len(jobs) - 2
    assert {key: all_outcomes[key] for key in first} == first


def test_process_that_is_through_judges_for_the_next_audit_too_and_a_dead_one_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exercise = exercises(course(tmp_path), "1-shapes")["area"]
    job = Job(exercise, (exercise.solution,), hash_seed=77)  # a setting that nobody else asks for
    started: list[subprocess.Popen[str]] = []

    class Counted(subprocess.Popen[str]):
        def __init__(self, *words: Any, **options: Any) -> None:
            super().__init__(*words, **options)
            started.append(self)

    monkeypatch.setattr("autograder.auditing.judging_pool.subprocess.Popen", Counted)

    def points(turn: str) -> list[float]:
        return [outcome["points"] for _, outcome in Jury(tmp_path / turn, 1).outcomes([job])]

    assert (points("first"), len(started)) == ([2.0], 1)
    assert (points("second"), len(started)) == ([2.0], 1)
    started[0].kill()
    started[0].wait()
    assert (points("third"), len(started)) == ([2.0], 2)


def test_command_writes_what_it_found_and_fails_when_something_is_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shapes = course(tmp_path, WEAK)
    files = [f"--json={tmp_path / 'audit.json'}", f"--html={tmp_path / 'audit.html'}"]
    assert main(["audit", "--course", str(shapes.root), *files]) == 1
    printed = capsys.readouterr().out
    assert "the tests are too weak" in printed and "1 thing off" in printed and "left out: all but 4" in printed
    data = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))
    assert data["exercises"]["1-shapes"]["area"]["mutants"]["survived"]
    html = (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert "<del>-    return width * height</del>" in html and "http" not in html


def test_what_answers_and_tests_say_is_text_on_the_page(tmp_path: Path) -> None:
    test = STRONG.replace('"3 by 5 is 15"', '"<script>alert(1)</script>"')
    wrong = "# %% area | wrong | added | loses 1\ndef area(w, h):\n    return w + h\n"
    html = page([audited(course(tmp_path, test, answers=wrong))], ["<b>"])
    assert "<script" not in html and "&lt;script&gt;alert(1)" in html and "left out: &lt;b&gt;" in html


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
    outcome, message = AMISS[case]
    attack = SimpleNamespace(points=GOT.points, severity="odd")
    verdict = amiss(attack, outcome)  # type: ignore[arg-type]  # as much of an Attack as is looked at
    assert message in verdict and bool(verdict) == bool(message)


def test_full_audit_fails_for_a_hostile_submission_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shapes = course(tmp_path)
    monkeypatch.setattr(command, "withstood", lambda: {"forger": "got 1 point", "sleeper": ""})
    monkeypatch.setattr(command, "tried", lambda: ({}, 0))
    monkeypatch.setattr("autograder.auditing.audit.SEEDS_FULL", 5)
    assert main(["audit", "--course", str(shapes.root), "--full"]) == 1
    printed = capsys.readouterr().out
    assert "hostile: forger got 1 point" in printed and "1 of 2 hostile submissions" in printed
    assert "nothing is off" in printed, "with the exercises"


def test_only_what_changed_is_audited_whole_and_the_rest_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = [f"# %% area | wrong | of-{n} | loses 2\ndef area(width, height):\n    return {n}\n" for n in range(20, 29)]
    shapes = course(tmp_path, answers="\n".join(wrong))
    assert main(["audit", "--course", str(shapes.root), "--record"]) == 0
    assert "left out: all but 4 of the 200 seeds" in capsys.readouterr().out
    assert main(["audit", "--course", str(shapes.root), "--changed"]) == 0
    printed = capsys.readouterr().out
    fewer = re.search(r"left out: (\d) of the 9 answers, all of such exercises", printed)
    assert fewer and f"{9 - int(fewer[1])} of {9 - int(fewer[1])} wrong answers lose exactly" in printed
    assert "left out: the 200 seeds, or all but a few" in printed
    assert list(Record(tmp_path / "audit" / "audited.json").data["1-shapes"]) == ["area"]
    assert "mutants, and the kill matrix, of 1 exercises that are as they were" in printed
    course(tmp_path, WEAK)
    assert main(["audit", "--course", str(shapes.root), "--changed"]) == 1, "a changed one is audited whole"


def test_each_answer_of_what_did_not_change_has_its_turn() -> None:
    known = [SimpleNamespace(slug="area", name=f"answer-{number}") for number in range(40)]

    def drawn(turn: str) -> set[str]:
        few = Choice(answers=4).of_answers(known, turn)  # type: ignore[arg-type]  # as much of an Answer as is looked at
        return {answer.name for answer in few}

    assert drawn("a") == drawn("a") != drawn("b")
    assert set.union(*(drawn(str(turn)) for turn in range(40))) == {answer.name for answer in known}
    assert sum(len(drawn(str(turn))) for turn in range(40)) == pytest.approx(400, rel=0.2)


def test_unknown_exercise_is_told_with_those_that_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shapes = course(tmp_path)
    assert main(["audit", "--course", str(shapes.root), "--exercise", "volume"]) == 2
    assert "volume: there is no such exercise; there is area" in capsys.readouterr().err
