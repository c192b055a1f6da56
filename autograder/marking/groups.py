"""The answers to one question in groups that are marked at once, and each group's wordings."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.gradebook.by_hand import Mark
from autograder.marking.likeness import clusters, form
from autograder.marking.questions import Answer

__all__ = ["Group", "Place", "Wording", "grouped", "placed", "stamp"]


@dataclass(frozen=True)
class Place:
    """Where an answer belongs by its words alone: the number and the size of its cluster, and its own form."""

    cluster: int
    size: int
    form: str


@dataclass(frozen=True)
class Wording:
    """Answers of one group that are the same but for case, spaces and punctuation: one of them, and the ids of all."""

    sample: str
    grade_ids: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Answers that are equal or nearly so and are marked alike so far: a person marks them at once.

    A group that waits has the points of an earlier answer, if there was one; `alike` is the mark that the same wording
    has already with others.
    """

    key: str
    wordings: tuple[Wording, ...]
    points: float | None
    comment: str
    waits: bool
    alike: tuple[float, str] | None = None

    @property
    def grade_ids(self) -> tuple[str, ...]:
        """The ids of all its answers' grades."""
        return tuple(each for wording in self.wordings for each in wording.grade_ids)


def stamp(mark: Mark, answer: Answer) -> str:
    """Return what is other as soon as an answer or its mark is another one."""
    seen = [mark.points, mark.waits, mark.comment, mark.answer, answer.text, answer.kind]
    return hashlib.sha256(repr(seen).encode("utf-8", "replace")).hexdigest()[:16]


def placed(answers: Mapping[str, Answer], *, code: bool, apart: Mapping[str, str]) -> dict[str, Place]:
    """Return where each answer belongs; `apart` has those that a person took out, each with its new group's name."""
    pairs = {each: (form(a.text, code=code), a.kind + apart.get(each, "")) for each, a in answers.items()}
    counts = Counter(pairs.values())
    places: dict[tuple[str, str], Place] = {}
    for number, cluster in enumerate(clusters(list(pairs.values()))):
        size = sum(counts[pair] for pair in cluster)
        places |= {pair: Place(number, size, pair[0]) for pair in cluster}
    return {each: places[pair] for each, pair in pairs.items()}


def grouped(marks: Mapping[str, Mark], answers: Mapping[str, Answer], places: Mapping[str, Place]) -> list[Group]:
    """Return the groups, the largest first.

    What waits and what is marked are two groups, and each mark is one, so that a group has one mark.
    """
    members: dict[tuple[int, bool, float | None, str], list[str]] = defaultdict(list)
    for each, place in places.items():
        mark = marks[each]
        members[place.cluster, mark.waits, mark.points, mark.comment].append(each)
    alike: dict[str, Counter[tuple[float, str]]] = defaultdict(Counter)
    for each, place in places.items():
        if not marks[each].waits and (points := marks[each].points) is not None:
            alike[place.form][points, marks[each].comment] += 1
    groups = [(places[some[0]], _group(some, marks, answers, places, alike)) for some in members.values()]
    groups.sort(key=lambda each: (each[0].cluster, not each[1].waits, -len(each[1].grade_ids), each[1].key))
    return [group for _, group in groups]


def _group(
    some: Sequence[str],
    marks: Mapping[str, Mark],
    answers: Mapping[str, Answer],
    places: Mapping[str, Place],
    alike: Mapping[str, Counter[tuple[float, str]]],
) -> Group:
    by_form: dict[str, list[str]] = defaultdict(list)
    for each in some:
        by_form[places[each].form].append(each)
    ordered = sorted(by_form.items(), key=lambda item: (-len(item[1]), item[0]))
    wordings = tuple(Wording(_sample(ids, answers), tuple(ids)) for _, ids in ordered)
    first = marks[some[0]]
    same = alike[ordered[0][0]].most_common(1)[0][0] if first.waits and ordered[0][0] in alike else None
    key = hashlib.sha256(min(some).encode()).hexdigest()[:12]
    return Group(key, wordings, first.points, first.comment, first.waits, same)


def _sample(ids: Sequence[str], answers: Mapping[str, Answer]) -> str:
    """The one that most are, letter by letter; of several, the one that does not shout."""
    texts = Counter(answers[each].text for each in ids)
    text = min(texts, key=lambda text: (-texts[text], sum(map(str.isupper, text)), len(text), text))
    return next(each for each in ids if answers[each].text == text)
