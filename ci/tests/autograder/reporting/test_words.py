"""Every mistake that the corpus knows has its own sentence."""

from __future__ import annotations

from autograder.corpus.answers import answers
from autograder.course import Course
from autograder.reporting.words import WORDS, in_words


def test_each_mistake_of_the_corpus_has_a_sentence() -> None:
    corpus = [
        answer for name in Course().assignments() for group in answers(name).values() for answer in group.values()
    ]
    slugs = {slug for answer in corpus for slug in (answer.mistake, *answer.also) if slug}
    assert slugs - set(WORDS) == {"not-written"}
    assert all(words[0].isupper() and words.endswith(".") for words in WORDS.values())
    assert in_words("of-another-course") == "The check calls it “of-another-course”."
