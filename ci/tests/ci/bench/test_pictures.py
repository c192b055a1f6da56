"""The class of the three picture modes holds every answer of the corpus."""

from __future__ import annotations

from autograder.corpus.answers import answers
from autograder.course import Course
from ci.bench.pictures import corpus_of


def test_every_answer_of_the_corpus_is_handed_in_once() -> None:
    for assignment in Course().assignments():
        written = [(slug, name) for slug, own_answers in answers(assignment).items() for name in own_answers]
        handed_in = [pair for each in corpus_of(assignment) for pair in each.changes.items()]
        assert sorted(handed_in) == sorted(written)
