"""Checking numbers that a student worked out, without giving the right ones away."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from cs231n_lite.checking.plain import kind_of, real_numbers
from cs231n_lite.checking.stages import told_by_stage
from cs231n_lite.checking.student_functions import measured
from cs231n_lite.graph import Graph
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.report import Report
from cs231n_lite.running import Trouble, run
from cs231n_lite.watching import Steps, watched

__all__ = ["check_values"]

Slip = tuple[str, Any, str]  # the slug of a mistake, the number that it leads to, and the sentence that tells it


def check_values(
    got: Mapping[str, Any] | Callable[[], Mapping[str, Any]],
    expected: Mapping[str, Any],
    *,
    tolerance: float | None = None,
    names: Mapping[str, str] | None = None,
    staged: bool = False,
    slips: Mapping[str, Sequence[Slip]] | None = None,
    graph: Graph | None = None,
) -> Report:
    """Compare a student's numbers with the expected ones, key by key; each key of `expected` is a part of the report.

    `got` is a mapping, or a function without arguments that returns one. A number may differ by `tolerance`, by default
    one millionth of its own size. `names` maps a key to what a message calls it. A message says what is wrong with a
    number (its sign, a factor of 2, its shape) and never what it should be. With `staged` the keys are in the order of
    computing: the first wrong one is told in full and the others in one line, and what begins with d is to be derived.
    `slips` maps a key to what people get in its place, each as (slug, number, sentence): a wrong number that is one of
    these is told by that name. With `graph`, the circuit after forward, keys are its nodes and d + its nodes,
    and a number that is right for the wrong ones before it is told as their consequence.
    """
    called = dict(names or {})
    report = Report()
    report.parts = dict.fromkeys(expected, False)
    try:
        with watched() if staged else contextlib.nullcontext(Steps()) as steps:
            answers = _answers(got, expected)
    except Trouble as trouble:
        report.tell(Finding(trouble.slug, "", trouble.message))
        return report
    findings = {
        key: _judge(called.get(key, str(key)), key, answers, right, tolerance) for key, right in expected.items()
    }
    for key, likely in (slips or {}).items():
        finding = findings[key]
        if finding is not None and finding.slug != "missing-key":
            named = (_slipped(finding, answers[key], slip, tolerance) for slip in likely)
            findings[key] = next((slip for slip in named if slip), finding)
    report.parts = {key: finding is None for key, finding in findings.items()}
    for finding in _told(findings, answers, expected, tolerance, staged, graph):
        report.tell(finding)
    if staged:
        for finding in measured("your code", steps, [key for key in expected if key.startswith("d")]):
            report.findings = []
            report.fail(finding.array.split(", "), finding)
    return report


def _answers(got: Any, expected: Mapping[str, Any]) -> Mapping[str, Any]:
    """The mapping that a student gave or that their function returns; a `Trouble` where there is none to judge."""
    name = str(getattr(got, "__name__", ""))
    answers = run(name if name.isidentifier() else "your code", got) if callable(got) else got
    if answers is None or answers is Ellipsis:
        raise Trouble("not-written", "Nothing is filled in yet.")
    if not isinstance(answers, Mapping):
        keys = ", ".join(map(repr, expected))
        message = f"A dictionary belongs here, with the keys {keys}; a {type(answers).__name__} came."
        raise Trouble("missing-key", message)
    answers = {key: _read_once(answers[key]) for key in list(answers)}
    if all(answers.get(key) is None or answers.get(key) is Ellipsis for key in expected) and answers:
        raise Trouble("not-written", "Nothing is filled in yet.")
    return answers


def _told(
    findings: Mapping[str, Finding | None],
    answers: Mapping[str, Any],
    expected: Mapping[str, Any],
    tolerance: float | None,
    staged: bool,
    graph: Graph | None,
) -> list[Finding]:
    """What to say: a swapped pair once; of a staged computation the first wrong one in full, the rest in a line."""
    wrong = {key: finding for key, finding in findings.items() if finding}
    answered = [key for key, finding in wrong.items() if finding.slug not in ("missing-key", "not-written")]
    if graph is not None:
        unanswered = [wrong[key] for key in wrong if key not in answered]
        judge = lambda key, got, right: _judge(key, key, {key: got}, right, None)  # noqa: E731
        return told_by_stage(graph, answers, {key: wrong[key] for key in answered}, judge) + unanswered
    telling: dict[str, Finding] = dict(wrong)
    for place, one in enumerate(answered):
        for other in answered[place + 1 :]:
            if wrong[one].slug == wrong[other].slug == "sign":  # a number and its negative: neither need be exchanged
                continue
            exchanged = (_judge(one, one, {one: answers[other]}, expected[one], tolerance) is None) and (
                _judge(other, other, {other: answers[one]}, expected[other], tolerance) is None
            )
            if exchanged and one in telling and other in telling and telling[one].slug != "operands-swapped":
                message = f"{one} and {other} are swapped: each holds the value of the other."
                telling[one] = Finding("operands-swapped", f"{one}, {other}", message)
                del telling[other]
    rest = [key for key in answered if key in telling][1:]
    if staged and rest:
        first = answered[0]
        verb = "is" if len(rest) == 1 else "are"
        message = f"{', '.join(rest)} {verb} wrong, too, probably because of {first}. Correct {first} first."
        for key in rest:
            del telling[key]
        return [*telling.values(), Finding("wrong-value", ", ".join(rest), message)]
    return list(telling.values())


def _slipped(finding: Finding, value: Any, slip: Slip, tolerance: float | None) -> Finding | None:
    slug, wrong, sentence = slip
    if _judge("", "", {"": value}, wrong, tolerance) is not None:
        return None
    return Finding(slug, finding.array, sentence)


def _judge(name: str, key: str, answers: Mapping[str, Any], expected: Any, tolerance: float | None) -> Finding | None:
    if key not in answers:
        keys = ", ".join(repr(other) for other in answers) or "none"
        return Finding("missing-key", key, f"There is no {key!r} among the keys ({keys}).")
    value = answers[key]
    if value is None or value is Ellipsis:
        return Finding("not-written", key, f"{name} is not filled in yet.")
    right = np.asarray(expected)
    if right.dtype.kind not in "fiu":
        return None if _same_word(value, expected) else Finding("wrong-value", key, f"{name} is not right yet.")
    numbers = real_numbers(value, objects=True)
    if numbers is None:
        belongs = "numbers belong" if right.ndim else "a number belongs"
        return Finding("wrong-value", key, f"{name} is {kind_of(value)}, and {belongs} there.")
    number = numbers.astype(float)
    if number.shape != right.shape:
        return Finding("shape", key, f"{name} has shape {number.shape}, and {right.shape} is expected.")
    if not np.all(np.isfinite(number)):
        return Finding("not-finite", key, "nan or inf came out, where a number belongs.")
    return _judge_number(name, key, number, right, tolerance)


def _judge_number(
    name: str, key: str, number: np.ndarray, right: np.ndarray, tolerance: float | None
) -> Finding | None:
    size = float(np.max(np.abs(right), initial=0.0))
    limit = tolerance if tolerance is not None else 1e-6 * size + 1e-12
    near = lambda guess: bool(np.all(np.abs(number - guess) <= limit))  # noqa: E731
    counted = right.dtype.kind in "iu" and right.ndim > 0  # an index has no sign and no factor to get wrong
    right = right.astype(float)
    if near(right):
        return None
    if size > limit and not counted:
        if not np.any(number):
            why = f": when {key[1:]} moves, the output moves" if key[:1] == "d" and len(key) < 4 else ""
            everywhere = " everywhere" if right.ndim else ""
            return Finding("zero", key, f"{name} is 0{everywhere} in your answer, and should not be{why}.")
        if near(-right):
            return Finding("sign", key, f"{name} has the right size, but its sign is wrong.")
        if near(2.0 * right):
            return Finding("factor-2", key, f"{name} is twice what it should be.")
        if near(0.5 * right):
            return Finding("factor-half", key, f"{name} is half of what it should be.")
    wrong = int(np.sum(np.abs(number - right) > limit))
    share = f"{wrong}" if wrong < right.size else "all"
    where = f" in {share} of its {right.size} entries" if right.size > 1 else ""
    return Finding("wrong-value", key, f"{name} is not right yet{where}.")


def _read_once(value: Any) -> Any:
    """An array of the check's own in place of what holds numbers: an object may give others each time it is read."""
    simple = value is None or value is Ellipsis or isinstance(value, str | bool | int | float)
    copy = None if simple else real_numbers(value, objects=True)
    return value if copy is None else copy


def _same_word(value: Any, expected: Any) -> bool:
    """Whether a word, or a yes or no, is the expected one; an object that says so is not asked."""
    if isinstance(expected, str):
        return isinstance(value, str) and str.__str__(value).strip() == expected.strip()
    plain = np.asarray(value) if isinstance(value, bool | np.bool_ | list | tuple | np.ndarray) else np.zeros(0)
    return plain.dtype.kind != "O" and bool(np.array_equal(plain, np.asarray(expected)))
