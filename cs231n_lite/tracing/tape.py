"""What a trace writes down: one `TraceNode` for each operation, with the variable and the line it came from."""

from __future__ import annotations

import dis
import functools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np

__all__ = ["Lost", "Slot", "Tape", "TraceNode", "constant", "fill"]

LIMIT = 100_000  # operations; a longer run is followed up to here
LARGEST_COPY = 100_000  # entries; a larger constant is kept as it is, a smaller one is copied, lest it change later
HERE = str(Path(__file__).parents[1])  # this package: none of it is the student's code
NUMPY = str(Path(np.__file__).parent)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place among a node's arguments that is taken by the value of `inputs[index]`."""

    index: int


@dataclass(slots=True)
class TraceNode:
    """One recorded operation: `function(*args, **kwargs)` gave `value`, where a `Slot(k)` stands for `inputs[k]`.

    `id` is its place in the trace, `op` the NumPy name of the operation ("add", "matmul", "sum", "getitem", …) or
    "input" or "constant", `name` the variable it was stored in ("" if none), `line` the line of the source.
    """

    id: int
    op: str
    inputs: tuple[int, ...]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    function: Callable[..., Any] | None
    value: Any
    name: str
    line: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of the value; a number has shape ()."""
        return np.shape(self.value)

    def compute(self, *values: Any) -> Any:
        """Run the operation again on other values of its inputs."""
        if self.function is None:
            return self.value
        kwargs = fill(self.kwargs, values) if self.kwargs else {}
        return self.function(*[fill(arg, values) for arg in self.args], **kwargs)


@dataclass(frozen=True, slots=True)
class Lost:
    """Where the trace could not follow: the `line`, `what` happened there, and `hint`, what to write instead."""

    line: int
    what: str
    hint: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}; {self.hint}"


def fill(template: Any, values: Sequence[Any]) -> Any:
    """Return `template` with each Slot replaced by its value."""
    if type(template) is Slot:
        return values[template.index]
    if type(template) in (list, tuple):
        return type(template)(fill(part, values) for part in template)
    if type(template) is dict:
        return {key: fill(part, values) for key, part in template.items()}
    return template


class Tape:
    """The nodes of one run, what was lost, and which way each branch went."""

    def __init__(self) -> None:
        self.nodes: list[TraceNode] = []
        self.lost: dict[Lost, None] = {}
        self.branches: list[tuple[int, bool]] = []
        self.closed = False  # after the run: a value that was kept somewhere computes on, unrecorded
        # By the id of a code, kept so that no other gets its id; None for code that is not the traced function's.
        self._places: dict[int, tuple[CodeType, dict[int, tuple[str, int]] | None]] = {}

    def record(
        self,
        op: str,
        function: Callable[..., Any] | None,
        inputs: tuple[int, ...],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        value: Any,
        name: str | None = None,
    ) -> int:
        """Write down one operation and return its id. Its variable and line are those of the code that asked for it."""
        stored, line = self.place()
        index = len(self.nodes)
        self.nodes.append(
            TraceNode(index, op, inputs, args, kwargs, function, value, stored if name is None else name, line)
        )
        return index

    @property
    def full(self) -> bool:
        """Say whether the record is over; tell it once if that is because the limit is reached."""
        if self.closed:
            return True
        if len(self.nodes) < LIMIT:
            return False
        if not any(lost.what.startswith("more than") for lost in self.lost):
            self.lose(f"more than {LIMIT:,} operations", "trace a smaller problem")
        return True

    def lose(self, what: str, hint: str) -> None:
        """Note that the trace cannot follow the code here."""
        self.lost[Lost(self.place()[1], what, hint)] = None

    def place(self) -> tuple[str, int]:
        """Return the variable that the running operation of the traced code is stored in, and its line."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            code = frame.f_code
            entry = self._places.get(id(code))
            if entry is None:
                entry = self._places[id(code)] = (code, None if _is_ours(code.co_filename) else _stores(code))
            if entry[1] is not None:
                return entry[1].get(frame.f_lasti, ("", 0))
            frame = frame.f_back
        return "", 0


def _is_ours(path: str) -> bool:
    """Say whether code is this package's or NumPy's; but the forward passes of the exercises are to be traced."""
    return path.startswith((HERE, NUMPY)) and not path.endswith("right_forwards.py")


@functools.lru_cache(maxsize=256)  # reading the instructions takes longer than many a run of them
def _stores(code: CodeType) -> dict[int, tuple[str, int]]:
    """Map each instruction to the name that its result is stored in right away, and to its line."""
    steps = list(dis.get_instructions(code))
    ends = [*(step.offset for step in steps[1:]), len(code.co_code)]
    places, line = {}, code.co_firstlineno
    for index, (step, end) in enumerate(zip(steps, ends, strict=True)):
        line = (step.positions.lineno if step.positions else None) or line
        # During a call the frame may point into the instruction's inline cache, so that counts as the instruction.
        places.update(dict.fromkeys(range(step.offset, end, 2), (_stored_in(steps, index + 1), line)))
    return places


def _stored_in(steps: list[dis.Instruction], index: int) -> str:
    while index < len(steps) and steps[index].opname in ("COPY", "CACHE", "NOP", "EXTENDED_ARG"):
        index += 1
    for loads, step in enumerate(steps[index : index + 4]):
        if step.opname.startswith("STORE_FAST"):  # newer Pythons store and load, or store twice, in one instruction
            return "" if loads else step.argval if isinstance(step.argval, str) else step.argval[0]
        if step.opname in ("STORE_NAME", "STORE_GLOBAL", "STORE_DEREF"):
            return "" if loads else str(step.argval)
        if step.opname == "STORE_ATTR":
            return str(step.argval) if loads else ""
        if step.opname == "STORE_SUBSCR":  # grads["W1"] = …
            key = steps[index + loads - 1].argval
            return key if loads == 2 and isinstance(key, str) and steps[index + 1].opname == "LOAD_CONST" else ""
        if not step.opname.startswith("LOAD_"):
            return ""
    return ""


def constant(value: Any) -> Any:
    """Return a value that later writes to an array do not change."""
    if isinstance(value, np.ndarray) and value.flags.writeable and value.size <= LARGEST_COPY:
        return value.copy()
    return value
