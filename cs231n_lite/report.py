"""What a check found: which parts are right, and for each that is not, what is wrong, where, and what to look at."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from . import render
from .student import quiet, trouble_of

__all__ = ["Finding", "Points", "Report", "progress", "recall"]

MIME = "application/vnd.cs231n-lite.report+json"

_ledger: dict[str, tuple[float, float]] = {}  # exercise -> points so far, points there are; for `progress`


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check has to say: a fixed `slug`, the `array` or part it is about, and a sentence.

    `detail` is a small table or map in fixed-width text; a `remark` costs nothing; `node` is where a named mistake
    first shows in the graph of the forward pass.
    """

    slug: str
    array: str
    message: str
    detail: str = ""
    remark: bool = False
    node: str = ""


# What a mistake in numbers is called; where two points give it two names, neither is its name.
_NUMBERS = {
    *(
        "wrong-value",
        "sign",
        "factor-2",
        "factor-half",
        "missing-1-over-n",
        "extra-1-over-n",
        "zero",
        "upstream-dropped",
    ),
    *("local-dropped", "transposed", "operands-swapped", "branch-missing", "branch-overwritten", "mean-for-sum"),
    *("mask-missing", "mask-inverted", "mask-from-upstream", "mask-too-late", "activation-input-output-confused"),
    *("one-hot-missing", "correct-class-term", "reversed"),
}


# One mistake may have another name at another gate: what drops tanh's slope drops a ReLU's mask.
_KIN = (
    {"mask-missing", "local-dropped"},
    {"zero", "branch-missing", "branch-overwritten"},
    {"mean-for-sum", "extra-1-over-n"},
)


def _kin(one: str, other: str) -> bool:
    return one == other or any(one in kin and other in kin for kin in _KIN)


def _agreeing(mine: list[Finding], others: list[Finding]) -> tuple[list[Finding], list[Finding]]:
    """The findings of two points, with names that hold at one of them only taken back."""
    named: list[dict[str, str]] = []
    for findings in (mine, others):
        told = [finding for finding in findings if finding.slug in _NUMBERS and not finding.remark]
        named.append({part: finding.slug for finding in told for part in finding.array.split(", ")})
    torn = {part for part, slug in named[0].items() if not _kin(slug, named[1].get(part, slug))}

    def kept(finding: Finding) -> Finding:
        clashes = finding.slug in _NUMBERS and torn & set(finding.array.split(", "))
        if not clashes or finding.slug == "wrong-value":
            return finding
        verb = "are" if "," in finding.array else "is"
        plain = f"{finding.array} {verb} wrong, and not in the same way at every point that was tried."
        return replace(finding, slug="wrong-value", message=plain, node="")

    return [kept(finding) for finding in mine], [kept(finding) for finding in others]


class Report:
    """The result of one or several checks of an exercise: `parts` name -> right or not, in order, and `findings`.

    `report += other` merges: a part is right only if it is right in both, and a finding is told once.
    """

    def __init__(self, exercise: str = "") -> None:
        self.exercise = exercise
        self.parts: dict[str, bool] = {}
        self.weights: dict[str, float] = {}  # of parts that count for more than 1
        self.findings: list[Finding] = []

    @property
    def passed(self) -> bool:
        """True if there was something to check and every part of it is right."""
        return bool(self.parts) and all(self.parts.values())

    @property
    def score(self) -> float:
        """The share of parts that are right, by weight, in [0, 1]."""
        whole = sum(self.weights.get(name, 1.0) for name in self.parts)
        return sum(self.weights.get(name, 1.0) for name, right in self.parts.items() if right) / whole if whole else 0.0

    @contextlib.contextmanager
    def part(self, name: str, slug: str = "wrong-value", weight: float = 1.0) -> Iterator[None]:
        """Check one part with plain asserts: `with report.part("inputs come first", slug="wrong-order"): assert ...`.

        The part is right only if the block ends normally, and every other block of that name; it counts by its weight.
        A failed assert becomes a finding with the given slug and the assert's message (`assert ok, ("mutates-input", "x
        was changed")` gives a slug of its own); anything else that is raised becomes `not-written` or `raises`, with
        the student's own line.
        """
        before = self.parts.get(name, True)
        self.parts[name] = False
        if weight != 1.0:
            self.weights[name] = weight
        try:
            with quiet():
                yield
        except KeyboardInterrupt:
            raise
        except AssertionError as error:
            said: Any = error.args[0] if error.args else ""
            slug, message = said if isinstance(said, tuple) and len(said) == 2 else (slug, said)
            self.tell(Finding(str(slug), name, str(message).strip() or f"{name}: this does not hold yet."))
        except BaseException as error:  # an answer that calls exit() must not end the notebook
            trouble = trouble_of(error, "your code")
            self.tell(Finding(trouble.slug, name, trouble.message))
        else:
            self.parts[name] = before

    def tell(self, finding: Finding) -> None:
        """Add a finding unless the same thing was told of that part already; unwritten code is told once for all.

        Several cases check one part, and what the first of them has to say is what helps.
        """
        unwritten = finding.slug == "not-written"
        if any(told.slug == finding.slug and (unwritten or told.array == finding.array) for told in self.findings):
            return
        self.findings.append(finding)

    def fail(self, names: Any, finding: Finding) -> None:
        """Mark one part, or several, as wrong and say why."""
        for name in [names] if isinstance(names, str) else names:
            self.parts[name] = False
        self.tell(finding)

    def __iadd__(self, other: Report) -> Report:
        for name, right in other.parts.items():
            self.parts[name] = self.parts.get(name, True) and right
        self.weights |= other.weights
        mine, others = _agreeing(self.findings, other.findings)
        self.findings = mine
        for finding in others:
            self.tell(finding)
        return self

    def as_part(self, name: str) -> Report:
        """This report as a single part of another: right only if all of it is."""
        part = Report(self.exercise)
        part.parts[name] = self.passed
        for finding in self.findings:
            part.tell(replace(finding, array=name))
        return part

    def raise_if_failed(self) -> None:
        """Raise AssertionError with the report as its text, unless every part is right."""
        if not self.passed:
            raise AssertionError(str(self))

    def points(self, most: float) -> Points:
        """Return the points earned out of `most`, as a number that shows itself as this report.

        floor(2·most·score) / 2, so half points are given and all of them only to a report that passed. It is the last
        line of a test cell: nbgrader reads the number as partial credit. The exercise is noted for `progress`.
        """
        earned = float(most) if self.passed else math.floor(2.0 * most * self.score) / 2.0
        _ledger[self.exercise] = (earned, float(most))
        return Points(earned, float(most), self)

    def data(self) -> dict[str, Any]:
        """The report as plain data, as it goes into the MIME bundle."""
        return {
            "exercise": self.exercise,
            "passed": self.passed,
            "score": self.score,
            "parts": dict(self.parts),
            "findings": [asdict(finding) for finding in self.findings],
        }

    def __str__(self) -> str:
        return render.text(self.exercise, self.parts, self.findings)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return render.html(self.exercise, self.parts, self.findings)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"text/plain": str(self), "text/html": self._repr_html_(), MIME: self.data()}


class Points(float):
    """Points earned: a number in text, so that nbgrader reads it as partial credit, and the report in a notebook."""

    most: float
    report: Report

    def __new__(cls, earned: float, most: float, report: Report) -> Points:
        """Make a float of `earned` that remembers how many there were and why."""
        points = super().__new__(cls, earned)
        points.most, points.report = most, report
        return points

    def __reduce__(self) -> Any:
        return (float, (float(self),))

    def _repr_html_(self) -> str:
        report = self.report
        return render.html(report.exercise, report.parts, report.findings, points=(float(self), self.most))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        data = self.report.data() | {"points": float(self), "max_points": self.most}
        return {"text/plain": repr(float(self)), "text/html": self._repr_html_(), MIME: data}


class Progress:
    """The points of a notebook so far, exercise by exercise; what `progress` returns."""

    def __init__(self, rows: list[tuple[str, float | None, float]]) -> None:
        self.rows = rows

    def __str__(self) -> str:
        return render.progress_text(self.rows)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return render.progress_html(self.rows)


def recall(report: Mapping[str, Any]) -> None:
    """Note for `progress` what a check said earlier, in another process: its report as plain data, with its points."""
    exercise, points, most = (report.get(key) for key in ("exercise", "points", "max_points"))
    if isinstance(exercise, str) and isinstance(points, int | float) and isinstance(most, int | float):
        _ledger[exercise] = (float(points), float(most))


def progress(exercises: Mapping[str, float]) -> Progress:
    """Show the points earned so far in this notebook: `exercises` maps each slug to the points that it can give.

    An exercise whose check has not run since the kernel started shows "not checked yet".
    """
    rows: list[tuple[str, float | None, float]] = []
    for name, most in exercises.items():
        earned = _ledger[name][0] if name in _ledger else None
        rows.append((name, earned, float(most)))
    return Progress(rows)
