"""`autograder build`: what it makes, what it refuses, and that a refusal leaves the earlier result as it was."""

from __future__ import annotations

import copy
import errno
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder import HOME
from autograder.__main__ import main
from autograder.building import build as building
from autograder.building.build import build, differences
from autograder.course import Course
from autograder.gradebook.tables import versioned
from autograder.grading.grade import grade
from autograder.problem import Problem
from autograder.protection import adopt
from ci.tests.autograder.builders import SQUARE, copied, put
from ci.tests.autograder.small_course import ROWS, TASK, small

Notebook = dict[str, Any]


@pytest.fixture
def built(tmp_path: Path, tiny_built: Path) -> Course:
    """The tiny course as it is when it was built, for tests that look at this or go on from it."""
    return copied(tiny_built, tmp_path)


def notebook_path(course: Course) -> Path:
    return course.source / "1-tiny" / "tiny.ipynb"


def load(path: Path) -> Notebook:
    return json.loads(path.read_text(encoding="utf-8"))


def cell(notebook: Notebook, name: str) -> dict[str, Any]:
    return next(cell for cell in notebook["cells"] if cell["id"] == name)


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def edit(course: Course, change: Callable[[Notebook], None]) -> None:
    notebook = load(notebook_path(course))
    change(notebook)
    notebook_path(course).write_text(json.dumps(notebook), encoding="utf-8")


def replaced(name: str, old: str, new: str) -> Callable[[Notebook], None]:
    def change(notebook: Notebook) -> None:
        assert old in source(cell(notebook, name)), "the fault must be planted for the test to mean anything"
        cell(notebook, name)["source"] = source(cell(notebook, name)).replace(old, new)

    return change


def meta(name: str, **values: Any) -> Callable[[Notebook], None]:
    def change(notebook: Notebook) -> None:
        for key, value in values.items():
            if value is None:
                del cell(notebook, name)["metadata"]["nbgrader"][key]
            else:
                cell(notebook, name)["metadata"]["nbgrader"][key] = value

    return change


def drop_metadata(notebook: Notebook) -> None:
    cell(notebook, "square-text")["metadata"] = {}


def duplicate_id(notebook: Notebook) -> None:
    meta("square", grade_id="double-gate")(notebook)


def other_cell_id(notebook: Notebook) -> None:
    cell(notebook, "square")["id"] = "a1b2c3"


def stored_output(notebook: Notebook) -> None:
    cell(notebook, "setup")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "hello"}]


def name_of_a_test_and_an_answer(notebook: Notebook) -> None:
    """The first test sets `product`, the second answer defines it, and the second test reads it."""
    for name, first in (
        ("double-gate-test", "product = 3"),
        ("square", "product = 4"),
        ("square-test", "str(product)"),
    ):
        cell(notebook, name)["source"] = f"{first}\n{source(cell(notebook, name))}"


def unsaid_cases(notebook: Notebook) -> None:
    """The package's Report, and hidden tests of which the check says nothing."""
    replaced("setup", "import", "from cs231n_lite import Report\nimport")(notebook)
    replaced("square-test", "### BEGIN HIDDEN", 'report = Report("square")\n### BEGIN HIDDEN')(notebook)


def other_cases(notebook: Notebook) -> None:
    """The check speaks of other hidden cases than there are."""
    unsaid_cases(notebook)
    begin = "### BEGIN HIDDEN TESTS\n"
    named = f'report.graded_with("zero", "ties")\n{begin}report.case("zero")\n'
    replaced("square-test", begin, named)(notebook)


def stored_count(notebook: Notebook) -> None:
    cell(notebook, "setup")["execution_count"] = 3


def picture(lines: str) -> Callable[[Notebook], None]:
    """A picture cell before the test of `square`."""

    def change(notebook: Notebook) -> None:
        place = notebook["cells"].index(cell(notebook, "square-test"))
        drawn = copy.deepcopy(cell(notebook, "setup"))
        drawn["id"] = drawn["metadata"]["nbgrader"]["grade_id"] = "square-picture"
        notebook["cells"].insert(place, drawn | {"source": lines})

    return change


def free(source: str) -> Callable[[Notebook], None]:
    """A free cell before the test of `square`."""

    def change(notebook: Notebook) -> None:
        place = notebook["cells"].index(cell(notebook, "square-test"))
        guess = copy.deepcopy(cell(notebook, "setup")) | {"id": "square-guess", "metadata": {"tags": ["free"]}}
        notebook["cells"].insert(place, guess | {"source": source})

    return change


MODEL_ANSWER = (
    "Because the gradient of a sum of a value with itself collects one upstream from each of the two branches."
)

HIDDEN_TEST = 'tally.right("a negative number", lambda: square(-5.0) == 25.0 and square(0.0) == 0.0)'

FAULTS: dict[str, tuple[Callable[[Notebook], None], str, str]] = {
    # name of the fault: what plants it, the cell that is named, the words that say what it is
    "metadata missing": (drop_metadata, "number 6 (## square)", "has no nbgrader metadata"),
    "metadata says nothing": (meta("setup", locked=False), "setup", "make it read-only"),
    "grade_id missing": (meta("square", grade_id=""), "number 7", "has no grade_id"),
    "points missing": (meta("square-test", points=None), "square-test", "metadata that nbgrader refuses"),
    "points below zero": (meta("square-test", points=-1), "square-test", "metadata that nbgrader refuses"),
    "schema of the future": (meta("square", schema_version=4), "square", "metadata that nbgrader refuses"),
    "test that students can edit": (meta("square-test", locked=False), "square-test", "set locked to true"),
    "grade_id twice": (duplicate_id, "double-gate", "has the grade_id of cell number 4 too"),
    "cell id other than grade_id": (other_cell_id, "square", "python3 -m ci tidy"),
    "free cell that a test reads": (free("# A guess\nsquare = None"), "square-guess", "square, which a test reads"),
    "free cell that nobody knows again": (free('guess = ""'), "square-guess", "begin it with a comment"),
    "output stored": (stored_output, "setup", "stored outputs or a count"),
    "count stored": (stored_count, "setup", "stored outputs or a count"),
    "solution not begun": (
        replaced("square", "    ### BEGIN SOLUTION\n", ""), "square", "END SOLUTION without its BEGIN",
    ),
    "solution not ended": (replaced("square", "    ### END SOLUTION", ""), "square", "BEGIN SOLUTION without its END"),
    "marker misspelt": (
        replaced("square-test", "### BEGIN HIDDEN TESTS", "### BEGIN HIDDEN TEST"),
        "square-test",
        "a marker that nbgrader does not know",
    ),
    "marker within a line": (
        replaced("square-text", "Return", "What BEGIN SOLUTION marks. Return"),
        "square-text",
        "names a region marker inside a line",
    ),
    "hidden test in a read-only cell": (
        replaced("setup", "import", "### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\nimport"),
        "setup",
        "has a HIDDEN TESTS region but is no graded cell",
    ),
    "answer in the text": (
        replaced("double-gate-text", "Write", "Hint: return 2.0 * np.asarray(dz, dtype=float) + 0.0\n\nWrite"),
        "double-gate-text",
        "gives away the hidden lines of cell double-gate",
    ),
    "hidden test in the text": (
        replaced("square-text", "Return", f"`{HIDDEN_TEST}`. Return"),
        "square-text",
        "gives away the hidden lines of cell square-test",
    ),
    "model answer in the text": (
        replaced("title", "A small", f"{MODEL_ANSWER} A small"),
        "title",
        "gives away the hidden lines of cell why-double",
    ),
    "a test's name is an answer's too": (
        name_of_a_test_and_an_answer, "square-test", "reads product, which an earlier test sets",
    ),
    "picture that leaves names behind": (
        picture("x = np.arange(3.0)\nfor value in x:\n    y = square(value)"),
        "square-picture",
        "leaves value, x, y behind, which an answer could read by mistake",
    ),
    "test that earns nothing": (
        replaced("square-test", "tally.points(1)", "earned = tally.points(1)"),
        "square-test",
        "is a test that can earn nothing: end it in report.points(1)",
    ),
    "hidden cases unsaid": (unsaid_cases, "square-test", "has hidden tests that its check does not speak of"),
    "other hidden cases": (other_cases, "square-test", "begin zero with report.case; they must be the same"),
    "solution raises": (
        replaced("square", "product = x * x", "product = x / 0"),
        "square-test",
        "gives the solution itself 0 of 1 points",
    ),
    "setup raises": (
        replaced("setup", "import numpy", "import nimpy"), "setup", "ends in an error: ModuleNotFoundError",
    ),
    "solution warns": (
        replaced("square-test", "tally.points(1)", "import sys\nprint('careful', file=sys.stderr)\ntally.points(1)"),
        "square-test",
        "writes to stderr, which costs points: careful",
    ),
    "solution left unwritten": (
        replaced("setup", "import numpy as np", "import numpy as np\nprint('square: not written yet')"),
        "setup",
        "shows an unwritten answer",
    ),
    "solution raises NotImplementedError": (
        replaced("square", "product = x * x", "raise NotImplementedError()\n    product = x * x"),
        "square-test",
        "gives the solution itself 0 of 1 points",
    ),
    "solution misses a point": (
        replaced("double-gate", "dtype=float) + 0.0", "dtype=float) + 0.5"),
        "double-gate-test",
        "gives the solution itself 1 of 2 points",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_refuses_naming_notebook_and_cell(tiny: Course, fault: str) -> None:
    plant, where, words = FAULTS[fault]
    edit(tiny, plant)
    with pytest.raises(Problem) as refusal:
        build(tiny, "1-tiny")
    lines = [line for line in str(refusal.value).splitlines() if words in line]
    assert lines, f"nothing said {words!r}:\n{refusal.value}"
    assert f"tiny.ipynb: cell {where}" in lines[0], lines[0]
    assert not (tiny.root / "assignments").exists(), "a refused assignment must not reach students"


def test_the_tiny_course_has_none_of_these_faults(tiny: Course) -> None:
    assert build(tiny, "1-tiny") is True
    assert build(tiny, "1-tiny") is False, "building again changes nothing"


def test_picture_that_leaves_nothing_behind_is_built(tiny: Course) -> None:
    edit(tiny, picture("def picture():\n    x = square(3.0)\n    return str(x)\n\n\npicture()"))
    assert build(tiny, "1-tiny") is True


SUM_AT = (
    'from cs231n_lite import Graph\nGraph({{"q": ("add", "x", "y"), "f": ("multiply", "q", "z")}}).forward({point})\n'
)


@pytest.mark.parametrize(
    ("point", "words"),
    [("x=2.0, y=-2.0, z=3.0", "f is 0 at its visible point"), ("x=0.5, y=-1.5, z=1.0", "f is -1 at its visible point")],
)
def test_point_that_hides_mistakes_is_refused_naming_notebook_and_exercise(
    tiny: Course, point: str, words: str
) -> None:
    plant = SUM_AT.format(point=point) + 'tally.right("value"'
    edit(tiny, replaced("square-test", 'tally.right("value"', plant))
    with pytest.raises(Problem, match=r"^1-tiny/tiny\.ipynb: exercise square: ") as refusal:
        build(tiny, "1-tiny")
    assert words in str(refusal.value)
    assert not (tiny.root / "assignments").exists(), "a refused assignment must not reach students"


def test_release_has_stubs_and_no_answers_hidden_tests_or_markers(built: Course) -> None:
    folder = built.root / "assignments" / "1-tiny"
    assert sorted(path.name for path in folder.iterdir()) == ["tally.py", "tiny.ipynb"], "data.txt itself stays behind"
    text = (folder / "tiny.ipynb").read_text(encoding="utf-8")
    sources = [source(cell) for cell in load(folder / "tiny.ipynb")["cells"]]
    assert "".join(sources).count("raise NotImplementedError()") == 3
    for secret in ("product", "-5.0", "factor-half", "collects one upstream", "BEGIN", "END "):
        assert secret not in text
    assert all(not cell.get("outputs") for cell in load(folder / "tiny.ipynb")["cells"])


def test_solutions_are_executed_and_show_no_markers_timings_or_versions(built: Course) -> None:
    solved = load(built.root / "solutions" / "1-tiny" / "tiny.ipynb")
    code = [cell for cell in solved["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == [1, 2, 3, 4, 5]
    assert cell(solved, "square-test")["outputs"][0]["data"]["text/plain"] == ["1.0"]
    assert not any(marker in source(cell) for cell in solved["cells"] for marker in ("BEGIN ", "END "))
    assert "return product" in source(cell(solved, "square"))
    assert all("execution" not in cell["metadata"] for cell in code)
    assert solved["metadata"]["language_info"] == {"name": "python"}


def test_same_source_gives_same_bytes_in_another_folder(tiny: Course, tmp_path: Path) -> None:
    twin = Course(tmp_path / "elsewhere")
    twin.root.mkdir()
    (tiny.source).rename(tmp_path / "kept")
    for course in (tiny, twin):
        course.source.mkdir()
        building.shutil.copytree(tmp_path / "kept" / "1-tiny", course.source / "1-tiny")
        build(course, "1-tiny")
    for place in ("assignments", "solutions"):
        for name in ("tiny.ipynb", "tally.py"):
            first, second = ((course.root / place / "1-tiny" / name).read_bytes() for course in (tiny, twin))
            assert first == second, f"{place}/{name} differs"


def test_plain_nbgrader_commands_give_the_same_bytes(built: Course) -> None:
    ours = building.contents(built.root / "assignments") | building.contents(built.root / "solutions" / "1-tiny")
    (built.root / "nbgrader_config.py").write_bytes((HOME / "nbgrader_config.py").read_bytes())
    versioned(built.gradebook)  # or nbgrader asks another program for seconds
    for command in ("generate_assignment", "generate_solution"):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", command, "1-tiny", "--force"],
            cwd=built.root,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    theirs = building.contents(built.root / "assignments") | building.contents(built.root / "solutions" / "1-tiny")
    assert theirs == ours


def test_check_names_stale_files_and_writes_nothing(built: Course, capsys: pytest.CaptureFixture[str]) -> None:
    (built.root / "assignments" / "1-tiny" / ".tiny.progress.json").write_text("{}")  # of who opened it in `ci lab`
    assert differences(built, "1-tiny") == []
    stale = built.root / "assignments" / "1-tiny" / "tiny.ipynb"
    stale.write_text(stale.read_text(encoding="utf-8").replace("Return x", "Give x"), encoding="utf-8")
    before = stale.read_bytes()
    assert main(["build", "--check", "--course", str(built.root)]) == 1
    assert "assignments/1-tiny/tiny.ipynb: is not what source/ gives" in capsys.readouterr().out
    assert stale.read_bytes() == before


def test_file_that_data_txt_does_not_list_is_refused_and_a_listed_one_copied(tiny: Course) -> None:
    (tiny.source / "1-tiny" / "answers.py").write_text("secret = 1\n")
    with pytest.raises(Problem, match=r"answers\.py: students would get this file; list it in 1-tiny/data\.txt"):
        build(tiny, "1-tiny")
    (tiny.source / "1-tiny" / "data.txt").write_text("tally.py\nanswers.py\n")
    build(tiny, "1-tiny")
    assert (tiny.root / "assignments" / "1-tiny" / "answers.py").read_text() == "secret = 1\n"


def test_listed_file_that_holds_an_answer_is_refused(tiny: Course) -> None:
    answer = "def backward(dz):\n    return 2.0 * np.asarray(dz, dtype=float) + 0.0\n"
    (tiny.source / "1-tiny" / "tally.py").write_text(answer, encoding="utf-8")
    with pytest.raises(Problem, match=r"tiny\.ipynb: tally\.py gives away the hidden lines of cell double-gate"):
        build(tiny, "1-tiny")


def test_listed_file_that_is_not_there_is_refused(tiny: Course) -> None:
    (tiny.source / "1-tiny" / "data.txt").write_text("tally.py\nfaces.csv\n")
    with pytest.raises(Problem, match=r"data\.txt: lists faces\.csv, which is not there"):
        build(tiny, "1-tiny")


def test_refused_source_leaves_earlier_results_as_they_were(built: Course) -> None:
    before = building.contents(built.root / "assignments") | building.contents(built.root / "solutions")
    edit(built, replaced("double-gate", "+ 0.0", "+ 0.5"))
    with pytest.raises(Problem, match="nothing was changed"):
        build(built, "1-tiny")
    assert building.contents(built.root / "assignments") | building.contents(built.root / "solutions") == before
    assert list((built.root / "build").iterdir()) == [], "the scratch folder is cleared"


def full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", "somewhere")


PLACES_WHERE_THE_DISK_FILLS = {
    "while the source is copied": "autograder.building.build.shutil.copytree",
    "while the scratch folder is made": "autograder.building.build.tempfile.mkdtemp",
    "while nbgrader writes": "nbconvert.writers.FilesWriter.write",
    "while the result is moved": "pathlib.Path.replace",
}


@pytest.mark.parametrize("when", PLACES_WHERE_THE_DISK_FILLS)
def test_full_disk_leaves_earlier_results_as_they_were(
    built: Course, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    before = building.contents(built.root / "assignments") | building.contents(built.root / "solutions")
    edit(built, replaced("title", "A small course", "A tiny course"))
    with monkeypatch.context() as patched:
        patched.setattr(PLACES_WHERE_THE_DISK_FILLS[when], full)
        with pytest.raises(Problem, match=r"(No space left on device|disk is full).*nothing was changed") as problem:
            build(built, "1-tiny")
    assert len(str(problem.value).splitlines()) == 1
    assert building.contents(built.root / "assignments") | building.contents(built.root / "solutions") == before


def test_disk_that_fills_between_the_two_moves_puts_the_first_back(
    built: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = building.contents(built.root / "assignments") | building.contents(built.root / "solutions")
    edit(built, replaced("title", "A small course", "A tiny course"))
    replace, moved = Path.replace, []

    def fills_at_the_fourth(self: Path, target: Path) -> Path:
        moved.append(target)
        if len(moved) == 4:
            full()
        return replace(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", fills_at_the_fourth)
        with pytest.raises(Problem, match="nothing was changed"):
            build(built, "1-tiny")
    assert len(moved) > 4, "the test must reach the second move for it to mean anything"
    assert building.contents(built.root / "assignments") | building.contents(built.root / "solutions") == before


def test_folder_that_cannot_be_written_ends_in_one_line(tiny: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: Any, **__: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(tiny.root / "build"))

    monkeypatch.setattr("pathlib.Path.mkdir", denied)
    with pytest.raises(Problem, match=r"build: cannot be written \(Read-only file system\); nothing was changed$"):
        build(tiny, "1-tiny")


BAD_INPUT: dict[str, tuple[Callable[[Course], object], tuple[str, ...], str]] = {
    "typo in the name": (lambda course: None, ("1-tony",), "did you mean 1-tiny?"),
    "name without its number": (lambda course: None, ("tiny",), "did you mean 1-tiny?"),
    "name of nothing like it": (lambda course: None, ("zzzzzz",), "there is 1-tiny"),
    "source missing": (lambda course: course.source.rename(course.root / "gone"), (), "keeps its notebooks in source/"),
    "not JSON": (lambda course: notebook_path(course).write_text("not json {"), (), "is not JSON, so no notebook"),
    "JSON that is no notebook": (lambda course: notebook_path(course).write_text("[]"), (), "is JSON but no notebook"),
    "empty file": (lambda course: notebook_path(course).write_text(""), (), "is not JSON, so no notebook"),
    "not text": (lambda course: notebook_path(course).write_bytes(b"\xff\xfe\x00"), (), "is not UTF-8 text"),
    "format 3": (
        lambda course: notebook_path(course).write_text('{"nbformat": 3, "metadata": {}, "worksheets": []}'),
        (),
        "has notebook format 3, not 4",
    ),
    "cell without source": (
        lambda course: edit(course, lambda notebook: notebook["cells"][0].pop("source")), (), "is not a valid notebook",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_ends_in_one_clear_line_and_code_2(
    tiny: Course, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    spoil, words, message = BAD_INPUT[case]
    spoil(tiny)
    assert main(["build", *words, "--course", str(tiny.root)]) == 2
    output = capsys.readouterr().err
    assert message in output
    assert len(output.strip().splitlines()) == 1, output


def test_command_line_ends_in_the_same_line_and_code(tiny: Course) -> None:
    command = [sys.executable, "-m", "autograder", "build", "1-tony", "--course", str(tiny.root)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=HOME)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"1-tony: no such assignment in {tiny.source}; did you mean 1-tiny?\n"


# What a machine or another course has to do with it


def test_file_that_tests_alone_read_is_there_for_the_solution_and_for_nobody_else(tiny: Course) -> None:
    (tiny.source / "1-tiny" / "expected").mkdir()
    (tiny.source / "1-tiny" / "expected" / "secret.txt").write_text("9", encoding="utf-8")
    edit(tiny, replaced("square-test", HIDDEN_TEST, READS_SECRET))
    with pytest.raises(Problem, match=r"expected/secret\.txt: students would get this file; .*CourseDirectory\.ignore"):
        build(tiny, "1-tiny")
    settings = "c = get_config()\nc.CourseDirectory.ignore = ['.ipynb_checkpoints', 'expected', 'data.txt']\n"
    (tiny.root / "nbgrader_config.py").write_text(settings, encoding="utf-8")
    assert build(tiny, "1-tiny")
    for place in ("assignments", "solutions"):
        assert set(building.contents(tiny.root / place)) == {"1-tiny/tiny.ipynb", "1-tiny/tally.py"}
    put(tiny, "ada", "square", SQUARE["right"][0])
    assert grade(tiny, "1-tiny")["ada"].score == 3.0


READS_SECRET = 'tally.right("a secret", lambda: square(3.0) == float(open("expected/secret.txt").read()))'


@pytest.fixture
def adopted(tmp_path: Path) -> Course:
    """A course of somebody else's: a stub, a header, folders and cells of its own."""
    course = small(tmp_path, [*ROWS, TASK])
    path = course.source / "hw" / "nb.ipynb"
    notebook = load(path)
    plain = {"cell_type": "markdown", "id": "plain", "metadata": {}, "source": "A text of no kind."}
    notebook["cells"].insert(1, plain)
    notebook["cells"][3]["id"] = "another"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    header = json.loads(path.read_text(encoding="utf-8")) | {"cells": [plain | {"id": "head", "source": "Rules."}]}
    (course.source / "header.ipynb").write_text(json.dumps(header), encoding="utf-8")
    (course.source / "hw" / "table.csv").write_text("1,2", encoding="utf-8")
    settings = "c = get_config()\nc.ClearSolutions.code_stub = {'python': '# HIER'}\n"
    settings += "c.IncludeHeaderFooter.header = 'source/header.ipynb'\n"
    (course.root / "nbgrader_config.py").write_text(settings, encoding="utf-8")
    adopt(course.root)
    return course


def test_adopted_course_is_built_by_its_own_settings_into_its_own_folders(
    adopted: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", "hw", "--course", str(adopted.root)]) == 0
    assert "NOT PROTECTED" not in capsys.readouterr().err
    assert set(building.contents(adopted.root / "release")) == {"hw/nb.ipynb", "hw/table.csv"}
    assert set(building.contents(adopted.root / "solution")) == {"hw/nb.ipynb", "hw/table.csv"}
    text = (adopted.root / "release" / "hw" / "nb.ipynb").read_text(encoding="utf-8")
    assert "# HIER" in text and "Rules." in text and "A text of no kind." in text
    assert not any(secret in text for secret in ("A parabola", "cube(-1)", "x * x", "BEGIN"))
    assert not (adopted.root / "assignments").exists()
    assert main(["build", "hw", "--check", "--course", str(adopted.root)]) == 0


def test_adopted_course_whose_solution_misses_a_point_is_refused(adopted: Course) -> None:
    path = adopted.source / "hw" / "nb.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("x * x * x", "x * x"), encoding="utf-8")
    with pytest.raises(Problem, match="cell cube-test of the solution ends in an error"):
        build(adopted, "hw")
    assert not (adopted.root / "release").exists()


def test_unprotected_course_is_told_loudly_by_whatever_is_done_there(
    adopted: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    path = adopted.root / "nbgrader_config.py"
    path.write_text(f"# once more: protect(c) of autograder.protection\n{SETTINGS_ALONE}", encoding="utf-8")
    for words in (["build", "hw"], ["collect", "hw", "none.zip"], ["grade", "hw"]):
        main([*words, "--course", str(adopted.root)])
        assert "NOT PROTECTED" in capsys.readouterr().err, words


SETTINGS_ALONE = "c = get_config()\n"
