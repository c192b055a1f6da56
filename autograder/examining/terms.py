"""How long and how large a run may be, and how a process ends that kept to neither."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.notebooks.kinds import is_test
from autograder.sandbox.box import Limits

__all__ = ["GRACE", "START", "Clock", "Died", "Terms", "limits"]

GRACE = 5.0  # seconds that a process has to notice that another is gone
START = 60.0  # seconds that a process has to start


class Died(Exception):
    """A process ended, or had to be ended; the first argument is a verdict, the second what was seen."""

    def __init__(self, verdict: str, detail: str = "") -> None:
        super().__init__(verdict, detail)
        self.verdict, self.detail = verdict, detail


@dataclass
class Terms:
    """How long and how large things may be: seconds for a cell and for all of a notebook.

    Those for a cell are the processor's; of the clock it may take `slack` times as many, and so may the notebook.
    """

    timeout: float = 60.0
    total: float = 600.0
    memory: int = 1 << 30
    output_bytes: int = 1 << 20
    slack: float = 3.0


class Clock:
    """The time of one run: what is left of it for the next cell."""

    def __init__(self, terms: Terms) -> None:
        self.timeout, self.slack = terms.timeout, terms.slack
        self.total = terms.total
        self.last = 0.0  # seconds that the last one was given
        self.end = time.monotonic() + terms.slack * terms.total

    def left(self) -> float:
        """Return the seconds that the next cell may take, 0 or less where there are none."""
        return min(self.timeout, self.end - time.monotonic())

    def seconds(self) -> float:
        """Return the seconds that the next cell may take; raises Died where there are none."""
        self.last = max(0.0, self.left())
        if self.last <= 0:
            raise Died("timed-out")
        return self.last

    @property
    def ran_out(self) -> str:
        """How the time ran out, in a sentence for the student whose cell it was."""
        if self.last <= 0:
            return f"the {self.total:g} seconds of the whole notebook were over before this ran: a cell above took them"
        return (
            f"it had {self.last:.3g} seconds, did not end in them and was stopped. Most likely a loop never ends: does "
            "what its condition looks at change in each round? If it is only slow, use array operations instead"
        )


def limits(terms: Terms, notebook: NotebookNode) -> Limits:
    """Return what the student's process may use: a snapshot for each test counts as a process."""
    tests = sum(map(is_test, notebook.cells))
    return Limits(
        memory=terms.memory,
        cpu_seconds=math.ceil(max(terms.total, 1.0)),
        wall_seconds=terms.slack * terms.total + START,
        processes=Limits.processes + tests,
    )
