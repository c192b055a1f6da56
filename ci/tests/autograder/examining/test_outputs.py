"""What student cells show lands in the notebook, held to a share and to the form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from traitlets.config import Config

from autograder import HOME
from autograder.examining.job import GALLERY
from autograder.examining.step import Examine
from autograder.examining.terms import Terms
from autograder.notebooks.kinds import METADATA
from autograder.notebooks.notebook import read, text_of
from ci.tests.autograder.builders import notebook, reported
from ci.tests.autograder.examining.builders import examined, judged, shown


def test_outputs_plots_and_errors_of_student_cells_land_in_the_notebook() -> None:
    nb, _ = judged(
        ("answer", "import matplotlib.pyplot as plt\nprint('said')\nplt.plot([1, 2])\ndisplay(5)\n6"),
        ("answer", "1 / 0"),
        ("locked", "progress({'x': 2})"),
    )
    kinds = [(output.output_type, sorted(output.get("data", {}))) for output in nb.cells[1].outputs]
    assert ("execute_result", ["text/plain"]) in kinds
    assert ("display_data", ["image/png", "text/plain"]) in kinds
    assert text_of(nb.cells[1].outputs[0]) == "said\n"
    assert nb.cells[2].outputs[0].ename == "ZeroDivisionError"
    assert "not checked yet" in shown(nb, "locked-2")


def test_progress_shows_the_points_that_the_examiner_gave() -> None:
    nb, _ = judged(("answer", "f = 1"), ("test", reported("assert f == 1")), ("locked", "progress({'x': 2})"))
    assert "not checked yet" not in shown(nb, "locked-2") and "2" in shown(nb, "locked-2")


def test_student_cell_cannot_show_a_report_nor_more_than_its_share() -> None:
    forged = "display({'application/vnd.cs231n-lite.report+json': {'points': 2}, 'text/plain': 'x'}, raw=True)"
    nb, _ = judged(
        ("answer", forged),
        ("answer", "for _ in range(300): print('y' * 10_000)"),
        ("answer", "print('z')"),
        output_bytes=50_000,
    )
    assert list(nb.cells[1].outputs[0].data) == ["text/plain"]
    assert len(shown(nb, "answer-1")) < 60_000 and "may" in shown(nb, "answer-1")
    assert "z" not in shown(nb, "answer-2")


TWELVE = """import matplotlib
matplotlib.use("TkAgg")
import matplotlib.pyplot as plt
for number in range(12):
    plt.plot(np.random.default_rng(number).random(200))
    plt.show()
"""


@pytest.mark.parametrize(
    ("by_hand", "most", "kinds"), [(True, 200_000, ["output-cut"]), (False, 200_000, []), (True, 1 << 24, [])]
)
def test_marker_of_a_plot_is_told_what_is_not_shown_and_where_the_limit_stands(
    by_hand: bool, most: int, kinds: list[str]
) -> None:
    nb = notebook(("answer", TWELVE))
    nb.cells[1].metadata.nbgrader.update(grade=by_hand, points=3)
    examination = examined(nb, output_bytes=most)
    pictures = sum("image/png" in output.get("data", {}) for output in nb.cells[1].outputs)
    assert [note.kind for note in examination.notes] == kinds
    assert (0 < pictures < 12) == (most == 200_000) and (pictures == 12) == (most != 200_000)
    assert ("a notebook may show 0.191 MiB in all, pictures too" in shown(nb, "answer-0")) == (most == 200_000)


def test_text_that_no_file_can_hold_is_mended() -> None:
    nb, verdicts = judged(
        (
            "answer",
            "print('\\ud800'); display({'text/plain': '\\udfff'}, raw=True)\ndef f():\n    raise ValueError('\\ud800')",
        ),
        ("test", reported("f()")),
    )
    assert verdicts == {"test-1": "failed"}
    str(nb).encode()
    for one in nb.cells:
        for output in one.outputs:
            str(dict(output)).encode()
            text_of(output).encode()


def test_preprocessor_takes_the_place_of_execute(tmp_path: Path) -> None:
    (tmp_path / "numbers.txt").write_text("4 5")
    (tmp_path / "other.ipynb").write_text("{}")
    (tmp_path / "secret").symlink_to("/etc/passwd")
    nb = notebook(
        (
            "answer",
            "from pathlib import Path\n"
            "read = [sorted(p.name for p in Path('.').iterdir() if p.name[0] != '.'), Path('numbers.txt').read_text()]",
        ),
        ("test", reported("assert read == [['numbers.txt'], '4 5'], read")),
    )
    config = Config(Examine={"timeout": 20.0, "unsafe": True})
    nb, resources = Examine(config=config).preprocess(nb, {"metadata": {"path": str(tmp_path)}})
    assert resources[METADATA] == {"test-1": "passed"}, shown(nb, "test-1")


def test_outputs_sent_by_hand_are_held_to_the_share_and_to_the_form() -> None:
    deep = "x = {}\nfor _ in range(300): x = {'a': x}\ndisplay({'text/plain': 'x', 'application/json': x}, raw=True)"
    odd = (
        "from autograder.inside import shell\nshell._mime = lambda value: value\n"
        "display({'text/html': [1, 2]}, raw=True)"
    )
    vast = (
        "from autograder.inside import shell\nshell.Output._end = lambda self: setattr(self, 'room', 1 << 30)\n"
        "for n in range(100): print('y' * 20_000)"
    )
    nb, _ = judged(
        ("answer", deep),
        ("answer", odd),
        ("answer", vast),
        ("answer", "print('z')"),
        ("test", reported("assert True")),
        output_bytes=10_000,
    )
    assert shown(nb, "answer-0").startswith("TamperedError")
    assert shown(nb, "answer-1").startswith("TamperedError")
    assert len(str(nb)) < 1_500_000


def test_pictures_of_many_bytes_are_no_attack_where_the_limit_allows_them() -> None:
    nb = notebook(("answer", TWELVE.replace("plt.plot(np.random.default_rng(number).random(200))", NOISE)))
    examination = examined(nb, output_bytes=16 << 20)
    assert examination.notes == []
    assert sum("image/png" in output.get("data", {}) for output in nb.cells[1].outputs) == 12


NOISE = "plt.imshow(np.random.default_rng(number).random((200, 200)))"


def test_all_pictures_of_each_notebook_have_room_in_its_feedback() -> None:
    """Beyond the limit a page ends in the middle, and what comes after has no picture at all."""
    for path in sorted((HOME / "solutions").glob("*/*.ipynb")):
        shown_in_all = sum(len(json.dumps(cell.outputs)) for cell in read(path).cells if cell.cell_type == "code")
        assert 1.6 * shown_in_all < GALLERY * Terms().output_bytes, path.name
