"""The class that the report is timed with: as grading would leave it, with mistakes that the corpus knows."""

from __future__ import annotations

from pathlib import Path

from autograder.corpus.answers import answers
from autograder.reporting.reading import read_class
from ci.bench.report import prepared


def test_class_has_answers_of_the_corpus_and_their_points(tmp_path: Path) -> None:
    assignment = "1-computational-graphs"
    graded = read_class(prepared(tmp_path / "class", [assignment], 4), assignment)
    assert graded.students == ["s00000", "s00001", "s00002", "s00003"]
    gate = next(exercise for exercise in graded.exercises if exercise.slug == "multiply-gate")
    sources = {f"{answer.source}" for answer in answers(assignment)["multiply-gate"].values()}
    for number, answer in enumerate(gate.answers.values()):
        lost = answer.result.points < answer.result.max_points
        assert lost is bool(answer.told)
        assert not lost or answer.source.removeprefix(f"# of student {number}\n") in sources
    assert any(answer.told for answer in gate.answers.values())
