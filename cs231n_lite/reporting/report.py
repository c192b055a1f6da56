"""What a check found: which parts are right, and for each that is not, what is wrong, where, and what to look at."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from cs231n_lite.reporting import render
from cs231n_lite.reporting.finding import Finding, agreeing
from cs231n_lite.reporting.ledger import note
from cs231n_lite.reporting.sentence import sentence
from cs231n_lite.running import Trouble, quiet, raised_by_student, stopped, trouble_of

__all__ = ["MIME", "Points", "Report"]

MIME = "application/vnd.cs231n-lite.report+json"


# Python's own functions that NumPy has, too, under the same name and with another meaning.
_NAMESAKES = ("abs", "all", "any", "max", "min", "pow", "round", "sum")


class Report:
    """The result of one or several checks of an exercise: `parts` name -> right or not, in order, and `findings`.

    `report += other` merges: a part is right only if it is right in both, and a finding is told once.
    """

    def __init__(self, exercise: str = "") -> None:
        self.exercise = exercise
        self.parts: dict[str, bool] = {}
        self.weights: dict[str, float] = {}  # of parts that count for more than 1
        self.unwritten: set[str] = set()  # of the parts that are not right, those that are no more than not begun
        self.findings: list[Finding] = _hidden_names(sys._getframe(1).f_globals) if exercise else []
        self._later: list[str] = []  # cases that run when it is graded, and have not run here

    @property
    def passed(self) -> bool:
        """True if there was something to check and every part of it is right."""
        return bool(self.parts) and all(self.parts.values())

    @property
    def score(self) -> float:
        """The share of parts that are right, by weight, in [0, 1]."""
        whole = sum(self.weights.get(name, 1.0) for name in self.parts)
        return sum(self.weights.get(name, 1.0) for name, right in self.parts.items() if right) / whole if whole else 0.0

    def graded_with(self, *cases: str) -> None:
        """Name the cases that run only when the exercise is graded: a report that passed says that they are to come.

        Each of them begins with `report.case(name)`, among the hidden tests.
        """
        self._later += cases

    def case(self, name: str) -> None:
        """Begin a case that `graded_with` has named: here it runs."""
        self._later.remove(name)

    @property
    def later(self) -> tuple[str, ...]:
        """The cases that run when the exercise is graded and did not run here, where all that ran is right."""
        return tuple(self._later) if self.passed else ()

    @contextlib.contextmanager
    def part(self, name: str, slug: str = "wrong-value", weight: float = 1.0) -> Iterator[None]:
        """Check one part with plain asserts: `with report.part("inputs come first", slug="wrong-order"): assert ...`.

        The part is right only if the block ends normally, and every other block of that name; it counts by its weight.
        A failed assert becomes a finding with the given slug and the assert's message (`assert ok, ("mutates-input", "x
        was changed")` gives a slug of its own); anything else that is raised becomes `not-written`,
        `missing-return` or `raises`, with the student's own line.
        """
        before = self.parts.get(name, True)
        begun = not before and name not in self.unwritten
        self.parts[name] = False
        self.unwritten.discard(name)
        if weight != 1.0:
            self.weights[name] = weight
        try:
            with quiet():
                yield
        except KeyboardInterrupt as error:
            raise stopped(self.exercise or "your code", error) from None
        except AssertionError as error:
            reason: Any = error.args[0] if error.args else ""
            slug, message = reason if isinstance(reason, tuple) and len(reason) == 2 else (slug, reason)
            words = sentence(str(message)) or f"{name}: this does not hold yet."
            self._fails(name, Finding(str(slug), name, words), begun)
        except BaseException as error:  # an answer that calls exit() must not end the notebook
            trouble = trouble_of(error, "your code") if raised_by_student(error) else _came_to_nothing(error)
            self._fails(name, Finding(trouble.slug, name, trouble.message), begun)
        else:
            self.parts[name] = before
            self.unwritten |= set() if before or begun else {name}

    def _fails(self, name: str, finding: Finding, begun: bool) -> None:
        """Tell what is wrong with one part, which another block may have shown to be begun."""
        if finding.slug == "not-written" and not begun:
            self.unwritten.add(name)
        self._add(finding)

    def tell(self, finding: Finding) -> None:
        """Add a finding unless the same thing was told of its parts already; unwritten code is told once for all.

        Several cases check one part, and what the first of them has to say is what helps: that a part with a name is
        wrong is not told once more. A mistake that another case shows in more parts is told of all of them at once.
        """
        if finding.slug == "not-written" and not finding.remark:
            wrong = [name for name, right in self.parts.items() if not right]
            self.unwritten.update(finding.array.split(", ") if finding.array else wrong)
        self._add(finding)

    def _add(self, finding: Finding) -> None:
        alike = [earlier for earlier in self.findings if earlier.slug == finding.slug]
        once = finding.slug in ("not-written", "missing-return")
        if any(once or earlier.array == finding.array for earlier in alike):
            return
        parts, plain = set(finding.array.split(", ")), finding.slug == "wrong-value"
        before = [earlier for earlier in self.findings if not earlier.remark] if plain else alike
        if parts <= {part for earlier in before for part in earlier.array.split(", ")}:
            return
        if not plain and len(parts) > 1:
            fewer = [earlier for earlier in alike if set(earlier.array.split(", ")) < parts]
            self.findings = [earlier for earlier in self.findings if earlier not in fewer]
        self.findings.append(finding)

    def remark(self, name: str, slug: str, message: str) -> None:
        """Say something about a part that costs nothing."""
        self.tell(Finding(slug, name, message, remark=True))

    def fail(self, names: Any, finding: Finding) -> None:
        """Mark one part, or several, as wrong and say why."""
        for name in [names] if isinstance(names, str) else names:
            self.parts[name] = False
            (self.unwritten.add if finding.slug == "not-written" else self.unwritten.discard)(name)
        self._add(finding)

    def __iadd__(self, other: Report) -> Report:
        begun = self.begun | other.begun
        self.unwritten = (self.unwritten | other.unwritten) - begun
        for name, right in other.parts.items():
            self.parts[name] = self.parts.get(name, True) and right
        self.weights |= other.weights
        mine, others = agreeing(self.findings, other.findings)
        self.findings = mine
        for finding in others:
            self._add(finding)
        return self

    @property
    def begun(self) -> set[str]:
        """The parts that are written and wrong."""
        return {name for name, right in self.parts.items() if not right} - self.unwritten

    @property
    def is_blank(self) -> bool:
        """Whether no part of it is right or wrong: nothing is written yet, or nothing was judged."""
        return self.unwritten >= set(self.parts)

    def as_part(self, name: str) -> Report:
        """This report as a single part of another: right only if all of it is."""
        part = Report(self.exercise)
        part.parts[name] = self.passed
        part.unwritten = {name} if self.unwritten and not self.begun else set()
        for finding in self.findings:
            part._add(replace(finding, array=name))
        return part

    def raise_if_failed(self) -> None:
        """Raise AssertionError with the report as its text, unless every part is right."""
        if not self.passed:
            raise AssertionError(str(self))

    def points(self, most: float) -> Points:
        """Return the points earned out of `most`, as a number that shows itself as this report.

        floor(2·most·score) / 2, so half points are given and all of them only to a report that passed. It is the last
        line of a test cell: nbgrader reads the number as partial credit. The exercise is noted for `progress`; where it
        is a stretch exercise, which has no points, its share of one is.
        """
        worth = float(most) or 1.0
        share = worth if self.passed else math.floor(2.0 * worth * self.score) / 2.0
        note(self.exercise, None if self.is_blank or not self.parts else share, float(most))
        return Points(share if most else 0.0, float(most), self, share / worth)

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
        return render.text(self.exercise, self.parts, self.findings, self.unwritten, self.later)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return render.html(self.exercise, self.parts, self.findings, self.unwritten, self.later)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"text/plain": str(self), "text/html": self._repr_html_(), MIME: self.data()}


def _hidden_names(space: Mapping[str, Any]) -> list[Finding]:
    """A remark where `from numpy import *` has changed the meaning of the names that a test cell uses."""
    hidden = [name for name in _NAMESAKES if name in space and space[name] is getattr(np, name, None)]
    if not hidden:
        return []
    message = (
        f"`from numpy import *` has put NumPy's {', '.join(hidden)} in Python's place. This check needs Python's own:"
        " what it says may be wrong here, and grading is not affected. Write `import numpy as np` instead, restart the "
        "kernel and run all cells."
    )
    return [Finding("hidden-names", "", message, remark=True)]


def _came_to_nothing(error: BaseException) -> Trouble:
    """What a check's own line raised on an answer that it could not use: no line of the student's is to be blamed."""
    if isinstance(error, Trouble | NotImplementedError):
        return trouble_of(error, "your code")
    text = str(error).strip().split("\n")[0][:300]
    if isinstance(error, TypeError | AttributeError) and "NoneType" in text:
        message = "Your code gave None where a value is needed: is a `return` missing, or a value not filled in yet?"
        return Trouble("missing-return", message)
    reason = f"{type(error).__name__}: {text}" if text else type(error).__name__
    message = f"What your code gave cannot be used here ({reason}). Is it of the kind and shape that the text asks for?"
    return Trouble("raises", message)


class Points(float):
    """Points earned: a number in text, so that nbgrader reads it as partial credit, and the report in a notebook.

    `share` is how much of the exercise is right, which a stretch exercise has, too: it has no points.
    """

    most: float
    report: Report
    share: float

    def __new__(cls, earned: float, most: float, report: Report, share: float) -> Points:
        """Make a float of `earned` that remembers how many there were, why, and how much is right."""
        points = super().__new__(cls, earned)
        points.most, points.report, points.share = most, report, share
        return points

    def __reduce__(self) -> Any:
        return (float, (float(self),))

    def _repr_html_(self) -> str:
        report = self.report
        shown = report.exercise, report.parts, report.findings, report.unwritten, report.later
        return render.html(*shown, points=(float(self), self.most))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        data = self.report.data() | {"points": float(self), "max_points": self.most}
        data |= {} if self.most else {"share": self.share}
        return {"text/plain": repr(float(self)), "text/html": self._repr_html_(), MIME: data}
