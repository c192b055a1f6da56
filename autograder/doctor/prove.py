"""Which of the sandbox's guarantees hold on this machine, each proved by an attack that must fail."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autograder.doctor.belongings import BELONGINGS
from autograder.doctor.excesses import EXCESSES
from autograder.doctor.intrusions import INTRUSIONS
from autograder.doctor.lab import Lab
from autograder.doctor.siblings import SIBLINGS
from autograder.sandbox.box import best, why_not
from autograder.sandbox.guarantees import GUARANTEES, MEANS, how

__all__ = ["ATTACKS", "Finding", "doctor", "examine"]

ATTACKS: dict[str, Callable[[Lab], str]] = INTRUSIONS | BELONGINGS | EXCESSES | SIBLINGS


@dataclass(frozen=True)
class Finding:
    """A guarantee, what should give it here ("" for nothing), and what an attack on it got through ("" for nothing)."""

    guarantee: str
    how: str
    breach: str

    @property
    def holds(self) -> bool:
        """Whether the machine has a means for it and the attack failed."""
        return bool(self.how) and not self.breach


def examine(means: str) -> Iterator[Finding]:
    """Attack each guarantee in turn, confined by these means."""
    means_by_name, lab = how(means), Lab(means)
    for name in GUARANTEES:
        yield Finding(name, means_by_name.get(name, ""), ATTACKS[name](lab))


def doctor(means: str = "", say: Callable[[str], None] = print) -> bool:
    """Print the table of guarantees for the best means here, or for those named; return whether all of them hold."""
    start = time.perf_counter()
    used = means or best(unsafe=True)
    for rung in MEANS[:-1]:
        reason = why_not(rung)
        chosen = " (this is what grading uses)" if rung == used and not means else ""
        say(f"{rung}: {f'does not work here: {reason}' if reason else f'works{chosen}'}")
    if used == "none":
        say("nothing confines a student's process here: grading refuses to start one unless it is told --unsafe")
    if means and means != "none" and why_not(means):
        return False
    say("")
    say(f"{'guarantee':20} {'by':48} attacked")
    findings = []
    for finding in examine(used):
        findings.append(finding)
        say(f"{finding.guarantee:20} {finding.how or '-':48} {_verdict(finding)}")
    lost = [finding for finding in findings if not finding.holds]
    say("")
    say(f"{len(findings) - len(lost)} of {len(findings)} guarantees hold, in {time.perf_counter() - start:.1f} s")
    for finding in lost:
        say(f"  {finding.guarantee}: it cannot be relied on that {GUARANTEES[finding.guarantee]}")
    return not lost


def _verdict(finding: Finding) -> str:
    if finding.holds:
        return "held"
    if finding.how:
        return f"NOT HELD: {finding.breach}"
    return f"missing: {finding.breach or 'nothing gives it here, though the attack failed'}"
