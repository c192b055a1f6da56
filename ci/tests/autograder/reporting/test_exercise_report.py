"""Every number of the report is counted again from what `grade --json` writes, by other code."""

from __future__ import annotations

import statistics
from collections import Counter
from typing import Any

import pytest

from autograder.course import Course
from autograder.gradebook.session import kept
from autograder.grading.results import as_json, results
from autograder.reporting.exercise_report import assignment_report
from autograder.reporting.reading import Graded
from autograder.submission import Submission
from ci.tests.autograder.reporting.planted import HANDED_IN, STUDENTS

Rows = dict[str, dict[str, dict[str, Any]]]  # assignment -> student -> exercise -> what grade --json says


@pytest.fixture(scope="module")
def written(course: Course) -> Rows:
    """What `grade --json` writes of the planted class."""
    rows: Rows = {}
    with kept(course.gradebook):
        for assignment, students in HANDED_IN.items():
            graded = {student: results(Submission(course, assignment, student)) for student in students}
            data = as_json(assignment, graded)["students"]
            rows[assignment] = {student: entry["exercises"] for student, entry in data.items()}
    return rows


def column(rows: dict[str, dict[str, Any]], slug: str) -> list[dict[str, Any]]:
    return [entry[slug] for entry in rows.values()]


def test_counts_and_facilities(written: Rows, report: dict[str, Any]) -> None:
    for assignment in report["assignments"]:
        rows = written[assignment["name"]]
        assert assignment["students"] == len(rows) and assignment["absent"] == 200 - len(rows)
        points = [sum(each["points"] or 0 for each in entry.values()) for entry in rows.values()]
        assert assignment["mean"] == pytest.approx(statistics.mean(points))
        assert assignment["waiting"] == sum(
            each["points"] is None for entry in rows.values() for each in entry.values()
        )
        for exercise in assignment["exercises"]:
            own = column(rows, exercise["slug"])
            marked = [each["points"] for each in own if each["points"] is not None]
            assert (exercise["answers"], exercise["marked"]) == (len(own), len(marked))
            assert exercise["facility"] == pytest.approx(statistics.mean(marked) / own[0]["max_points"])
            assert dict(exercise["distribution"]) == Counter(marked)
            assert exercise["verdicts"] == Counter(each["verdict"] for each in own)


def test_mistakes(written: Rows, report: dict[str, Any]) -> None:
    for assignment in report["assignments"]:
        for exercise in assignment["exercises"]:
            if exercise["by_hand"]:
                continue
            own = column(written[assignment["name"]], exercise["slug"])
            wrong = [each for each in own if each["points"] < each["max_points"] and each["verdict"] != "not-written"]
            counts, lost = Counter[str](), Counter[str]()
            for each in wrong:
                slugs = [slug for slug in each["findings"] if slug != "wrong-value"]
                for slug in slugs:
                    counts[slug] += 1
                    lost[slug] += (each["max_points"] - each["points"]) / len(slugs)
            assert exercise["wrong"] == len(wrong)
            told = {mistake["slug"]: (mistake["share"][0], mistake["lost"]) for mistake in exercise["mistakes"]}
            assert told == {slug: (count, pytest.approx(lost[slug])) for slug, count in counts.items()}
            plain = [each for each in wrong if not set(each["findings"]) - {"wrong-value"}]
            ended = [each for each in plain if each["verdict"] in ("failed", "partial")]
            assert exercise["nameless"]["share"][:2] == (len(ended), len(wrong))


def test_what_tells_students_apart(written: Rows, report: dict[str, Any]) -> None:
    for assignment in report["assignments"]:
        rows = written[assignment["name"]]
        whole = [each["slug"] for each in assignment["exercises"] if each["marked"] == each["answers"]]
        items = {slug: [each["points"] for each in column(rows, slug)] for slug in whole}

        def cronbach(slugs: list[str], items: dict[str, list[float]] = items) -> float:
            sums = [sum(entry) for entry in zip(*(items[slug] for slug in slugs), strict=True)]
            inner = sum(statistics.variance(items[slug]) for slug in slugs)
            return len(slugs) / (len(slugs) - 1) * (1 - inner / statistics.variance(sums))

        assert assignment["alpha"] == pytest.approx(cronbach(whole)) and assignment["in_alpha"] == len(whole) == 3
        for exercise in assignment["exercises"]:
            slug, numbers = exercise["slug"], exercise["statistics"]
            if slug not in items:
                assert set(numbers.values()) == {None}
                continue
            rest = [sum(entry) for entry in zip(*(items[other] for other in whole if other != slug), strict=True)]
            assert numbers["item_rest"] == pytest.approx(statistics.correlation(items[slug], rest))
            assert numbers["alpha_without"] == pytest.approx(cronbach([other for other in whole if other != slug]))


def test_parts_and_first_wrong_nodes(report: dict[str, Any]) -> None:
    gate = report["assignments"][0]["exercises"][0]
    assert gate["parts"] == [("out", 191, 196), ("dx", 101, 196)], "four answers never came to a report"
    assert gate["first_wrong"] == [("gate", 90)]


def test_small_class_is_counted_and_not_judged(classes: list[Graded]) -> None:
    exercises = []
    for exercise in classes[0].exercises:
        few = type(exercise)(**{**vars(exercise), "answers": {name: exercise.answers[name] for name in STUDENTS[:19]}})
        exercises.append(few)
    report = assignment_report(Graded("1-a", "A", STUDENTS[:19], [], exercises))
    assert report.few and report.alpha is None
    assert report.exercises[0].mistakes[0].share.part == 19
    assert all(each.trial is None and set(vars(each.statistics).values()) == {None} for each in report.exercises)
