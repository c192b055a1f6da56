"""How long an answer is waited for: processor seconds, which a busy machine does not shorten, and a bound on the clock.

Where other processes want the same processor, a cell of a second may take ten. So a deadline on the clock is moved on
as long as the processes that were asked have not had their time; those that sleep have a multiple of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from autograder.inside.wire import Wire

__all__ = ["Patience"]

MOMENT = 0.5  # seconds before the deadline at which it is looked whether it is fair


class Patience:
    """Keeps the deadline of a wire: so many `seconds` of the processor, and `slack` times as many of the clock."""

    def __init__(self, wire: Wire, seconds: float, slack: float, spent: Callable[[], float]) -> None:
        """Begin to wait; `spent` tells the processor seconds that those who were asked have had so far."""
        now = time.monotonic()
        self.wire, self.seconds, self.spent = wire, seconds, spent
        self.last = now + slack * seconds
        self.before: float | None = None
        wire.deadline = now + seconds

    def look(self) -> None:
        """Move the deadline on where it would be unfair; to be called a few times a second."""
        now = time.monotonic()
        if self.before is None:  # most answers are there sooner
            self.before = self.spent()
        elif self.wire.deadline is not None and now > self.wire.deadline - MOMENT:
            missing = self.seconds - (self.spent() - self.before)
            if missing > 0:
                self.wire.deadline = max(self.wire.deadline, min(self.last, now + max(missing, MOMENT)))
