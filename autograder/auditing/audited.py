"""What the audit says of one exercise: the figures, and in words what is off and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.auditing.exercise import Exercise
from autograder.auditing.kill_matrix import Fate, Kills
from autograder.auditing.operators import KINDS
from autograder.auditing.verdicts import Unsteady, Verdict
from autograder.corpus.answers import SOLUTION

__all__ = ["Audited", "Complaint", "figures"]

LONGEST = 200  # characters of what an answer was told


@dataclass(frozen=True)
class Complaint:
    """One thing that is off: in a line what, then what there is to see, then what to do."""

    title: str
    evidence: str = ""
    advice: str = ""

    def __str__(self) -> str:
        indented = [
            f"    {line}".rstrip() for part in (self.evidence, self.advice) if part for line in part.split("\n")
        ]
        return "\n".join([self.title, *indented])


@dataclass
class Audited:
    """All that was found out about one exercise; `mutants` there are, and `fates` are of those that were judged."""

    exercise: Exercise
    why: str = ""  # why it was judged in part only
    verdicts: list[Verdict] = field(default_factory=list)
    unsteady: list[Unsteady] = field(default_factory=list)
    seeds: int = 0
    mutants: int = 0
    fates: list[Fate] = field(default_factory=list)
    kills: list[Kills] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    visible_alone: float | None = None  # what the solution gets by the visible tests

    @property
    def slug(self) -> str:
        """The exercise's name."""
        return self.exercise.slug

    def of(self, kind: str) -> list[Verdict]:
        """The verdicts on answers of a kind, without the solution."""
        return [verdict for verdict in self.verdicts if verdict.kind == kind and verdict.name != SOLUTION]

    @property
    def false_names(self) -> int:
        """How many answers, the solution among them, were told something that is not true of them."""
        return sum(bool(verdict.false_names) for verdict in self.verdicts)

    def count(self, *statuses: str) -> int:
        """How many of the mutants that were judged had one of these fates."""
        return sum(fate.status in statuses for fate in self.fates)

    @property
    def sound(self) -> bool:
        """Whether the solution keeps all its points, without which nothing can be said of mistakes."""
        whole = all(verdict.exact for verdict in self.verdicts if verdict.name == SOLUTION)
        return whole and self.visible_alone in (None, self.exercise.most)

    def complaints(self) -> list[Complaint]:
        """Everything that is off, the worst first."""
        return [
            *self._too_strict(),
            *self._pleased(),
            *self._flaky(),
            *self._too_weak(),
            *self._told(),
            *map(Complaint, self.stale),
        ]

    def _too_strict(self) -> list[Complaint]:
        complaints = []
        most = self.exercise.most
        if self.visible_alone is not None and self.visible_alone != most:
            complaints.append(
                Complaint(
                    f"{self.slug}: by the visible tests alone, the solution gets {self.visible_alone:g} of {most:g}",
                    advice="Students run those: what needs a name from the hidden tests belongs there, too.",
                )
            )
        for verdict in self.verdicts:
            if verdict.kind == "right" and not verdict.exact:
                messages = "\n".join(_cut(line) for line in verdict.messages) or "it was told nothing"
                complaints.append(
                    Complaint(
                        f"{self.slug}: the tests are too strict: the right answer {verdict.name} gets "
                        f"{verdict.points:g} of {most:g} points",
                        messages,
                        "Loosen what refuses it, or, if the exercise's text rules it out, call it wrong in the corpus.",
                    )
                )
            elif verdict.kind == "right" and verdict.false_names:
                complaints.append(
                    Complaint(
                        f"{self.slug}: the right answer {verdict.name} keeps its points and is told something: "
                        f"{', '.join(verdict.false_names)}",
                        "\n".join(_cut(line) for line in verdict.messages),
                        "Say nothing of a right answer, or make it a remark, which costs nothing.",
                    )
                )
        return complaints

    def _flaky(self) -> list[Complaint]:
        return [
            Complaint(
                f"{self.slug}: the tests are a matter of luck: the right answer {entry.name} loses points under "
                f"{entry.failed} of {entry.tried} seeds",
                "\n".join(
                    [f"with seed {entry.seed}, {entry.threads} BLAS threads: {entry.points:g} points", *entry.messages]
                ),
                "Choose bounds that hold for every draw, or compare with something that the draw does not change.",
            )
            for entry in self.unsteady
        ]

    def _too_weak(self) -> list[Complaint]:
        return [
            Complaint(
                f"{self.slug}: the tests are too weak: this mistake keeps every point",
                fate.diff,
                f"To see it, {KINDS[fate.kind]}.\nIf no test could tell it from the solution, list it as equivalent, "
                f"with the reason:\n{fate.name}",
            )
            for fate in self.fates
            if fate.status == "survived"
        ]

    def _pleased(self) -> list[Complaint]:
        return [
            Complaint(
                f"{self.slug}: a lie pleases the tests: {verdict.name} gets {verdict.points:g} points, and was to get "
                f"{verdict.expected:g}",
                "\n".join(_cut(line) for line in verdict.messages),
                "Ask once, copy with `plain`, judge the copy; what is missing, masked or no number is wrong.",
            )
            for verdict in self.of("pleaser")
            if not verdict.exact
        ]

    def _told(self) -> list[Complaint]:
        complaints = []
        for verdict in self.of("wrong"):
            if not verdict.exact:
                complaints.append(
                    Complaint(
                        f"{self.slug}: the wrong answer {verdict.name} gets {verdict.points:g} points, and was to get "
                        f"{verdict.expected:g}",
                        "\n".join(_cut(line) for line in verdict.messages),
                        "If it should lose less or more, mend the tests; if the corpus is wrong about it, mend that.",
                    )
                )
            elif verdict.mistake and not verdict.named:
                names = ", ".join(verdict.false_names)
                instead = f", and another mistake in its place: {names}" if names else ""
                complaints.append(
                    Complaint(
                        f"{self.slug}: the wrong answer {verdict.name} is not told {verdict.mistake}{instead}",
                        "\n".join(_cut(line) for line in verdict.messages),
                    )
                )
            elif verdict.false_names:
                complaints.append(
                    Complaint(
                        f"{self.slug}: the wrong answer {verdict.name} is told a mistake that is not its own: "
                        f"{', '.join(verdict.false_names)}",
                        "\n".join(_cut(line) for line in verdict.messages),
                        "A false name is worse than none: mend the rule that gave it. If it is true of this answer,\n"
                        "say so at the end of the answer's first line: `| also SLUG`.",
                    )
                )
        return complaints

    def data(self) -> dict[str, Any]:
        """The same as plain data, for --json."""
        return {
            "points": self.exercise.most,
            "left_out": self.why,
            "named": sum(verdict.by_name for verdict in self.of("wrong")),
            "false_names": self.false_names,
            "answers": {
                verdict.name: {
                    "kind": verdict.kind,
                    "expected": verdict.expected,
                    "found": verdict.points,
                    "told": verdict.mistake,
                    "also": list(verdict.also),
                    "findings": verdict.findings,
                    "false_names": verdict.false_names,
                    "off": verdict.off,
                }
                for verdict in self.verdicts
            },
            "seeds": self.seeds,
            "unsteady": [vars(entry) for entry in self.unsteady],
            "mutants": {
                "made": self.mutants,
                "judged": len(self.fates),
                "killed": self.count("visible", "hidden"),
                "killed_by_hidden_tests_only": [fate.name for fate in self.fates if fate.status == "hidden"],
                "equivalent": {fate.name: fate.reason for fate in self.fates if fate.status == "equivalent"},
                "survived": {fate.name: fate.diff for fate in self.fates if fate.status == "survived"},
            },
            "checkpoints": [
                {
                    "line": entry.checkpoint.line,
                    "source": entry.checkpoint.text,
                    "hidden": entry.checkpoint.hidden,
                    "killed": entry.killed,
                    "alone": entry.alone,
                    "needed": entry.needed,
                }
                for entry in self.kills
            ],
            "off": [str(complaint) for complaint in self.complaints()],
        }


def figures(audited: Sequence[Audited]) -> dict[str, int]:
    """The sums over exercises that the last line of a report tells."""
    wrong = [verdict for entry in audited for verdict in entry.of("wrong")]
    right = [verdict for entry in audited for verdict in entry.of("right")]
    pleasers = [verdict for entry in audited for verdict in entry.of("pleaser")]
    named = [verdict for verdict in wrong if verdict.mistake]
    return {
        "exercises": len(audited),
        "wrong": len(wrong),
        "wrong_exact": sum(verdict.exact for verdict in wrong),
        "named": len(named),
        "told": sum(verdict.named for verdict in named),
        "by_name": sum(verdict.by_name for verdict in wrong),
        "false_names": sum(entry.false_names for entry in audited),
        "right": len(right),
        "right_whole": sum(verdict.exact for verdict in right),
        "pleasers": len(pleasers),
        "pleasers_exact": sum(verdict.exact for verdict in pleasers),
        "mutants": sum(entry.mutants for entry in audited),
        "judged": sum(len(entry.fates) for entry in audited),
        "killed": sum(entry.count("visible", "hidden") for entry in audited),
        "hidden_only": sum(entry.count("hidden") for entry in audited),
        "equivalent": sum(entry.count("equivalent") for entry in audited),
        "survived": sum(entry.count("survived") for entry in audited),
        "off": sum(len(entry.complaints()) for entry in audited),
    }


def _cut(line: str) -> str:
    line = " ".join(line.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
