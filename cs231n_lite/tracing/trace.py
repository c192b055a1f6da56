"""Your own NumPy code as a graph: `trace(f, *inputs)` runs f and records what it does.

    def f(x, y, z):
        q = x + y
        return q * z

    recorded = trace(f, -2.0, 5.0, -4.0)
    recorded.result         # -12.0, exactly what f returns
    recorded.nodes          # [TraceNode(0, "input", …, name="x"), …, TraceNode(3, "add", (0, 1), …, name="q", line=2)]

A trace is plain data. `nodes` is a list in topological order, and `nodes[i].id == i`. A node has
    op       "input", "constant", or NumPy's name of the operation: add, subtract, multiply, divide, power, negative,
             matmul, dot, einsum, sum, mean, max, maximum, where, clip, exp, log, tanh, reshape, transpose, concatenate,
             getitem, setitem, astype, array, …; the same name however it was written (x.sum() or np.sum(x), x @ w or
             np.matmul(x, w))
    inputs   ids of the nodes it reads
    args, kwargs   its arguments; `Slot(k)` stands where the value of inputs[k] goes, everything else is a constant
    function       the plain function; `node.compute(*values)` runs it again on other values of its inputs
    value, shape, name (the variable, "" if none), line
`inputs` maps a name to a node's id, `outputs` are the ids of what f returned, in order, `output` the first of them.
`run(inputs, fixed)` replays the whole graph on other values. `lost` tells what could not be followed, with its line.

Loops are unrolled and branches are recorded the way they went (`branches`); an in-place update makes a new node.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from cs231n_lite.tracing.arithmetic import give_operators
from cs231n_lite.tracing.patches import standing_in
from cs231n_lite.tracing.tape import Lost, Slot, Tape, TraceNode
from cs231n_lite.tracing.traced_array import Traced, plain

__all__ = ["Lost", "Slot", "Trace", "TraceNode", "trace"]

give_operators()

FEW = 16  # so many loose numbers of a list become inputs of their own; more of them stay a plain list


@dataclass(slots=True)
class Trace:
    """The graph of one run of a function: its `nodes`, and the `result` that the function returned."""

    name: str
    nodes: list[TraceNode]
    inputs: dict[str, int]
    outputs: list[int]
    result: Any
    lost: list[Lost] = field(default_factory=list)
    branches: list[tuple[int, bool]] = field(default_factory=list)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)  # what f reads from outside, such as data

    @property
    def output(self) -> int | None:
        """Return the id of the first traced value that f returned, or None when there is none."""
        return self.outputs[0] if self.outputs else None

    def run(self, inputs: Mapping[str, Any] | None = None, fixed: Mapping[int, Any] | None = None) -> list[Any]:
        """Replay the graph and return the value of every node.

        `inputs` maps names to new values, the others stay as they were; `fixed` maps ids to values that take the
        place of what the node would compute. Branches go the way they went. Raises KeyError for a name
        that is not an input.
        """
        fixed_values = dict(fixed or {})
        for name, value in (inputs or {}).items():
            if name not in self.inputs:
                raise KeyError(f"{self.name} has no input {name!r}; it reads {', '.join(self.inputs) or 'nothing'}")
            fixed_values[self.inputs[name]] = value
        values: list[Any] = []
        for node in self.nodes:
            if node.id in fixed_values:
                values.append(fixed_values[node.id])
            else:
                values.append(node.compute(*[values[source] for source in node.inputs]))
        return values

    def __repr__(self) -> str:
        count = len(self.nodes) - len(self.inputs)
        head = f"trace of {self.name}: {count} operation{'s' * (count != 1)} on {', '.join(self.inputs) or 'no input'}"
        return "\n".join([head, *(f"  not followed: {lost}" for lost in self.lost)])


def trace(f: Callable[..., Any], *inputs: Any, **keywords: Any) -> Trace:
    """Run `f(*inputs, **keywords)` and record the NumPy operations on its inputs as a graph.

    inputs: numbers, numeric arrays, or lists, tuples and dicts of them; anything else reaches f as it is. The result is
    what f returns without a trace, and arrays that f writes into keep their contents for the caller. What cannot be
    followed (`float(x)`, a write into an array from outside) stops the record there and `lost` tells the line.
    Raises TypeError if f is not callable or an input is an array of objects; errors of f are its own.
    """
    if not callable(f):
        raise TypeError(f"trace runs a function: trace(f, x), not trace(f(x)); got {type(f).__name__}")
    tape = Tape()
    ids: dict[str, int] = {}
    names = _names(f, len(inputs))
    wrapped = [_wrap(tape, ids, name, value) for name, value in zip(names, inputs, strict=True)]
    options = {name: _wrap(tape, ids, name, value) for name, value in keywords.items()}
    try:
        with standing_in(tape):
            result = f(*wrapped, **options)
    finally:
        _settle([getattr(f, "__self__", None), *inputs, *keywords.values()])
    outputs: list[int] = []
    _collect(result, outputs)
    name = getattr(f, "__name__", type(f).__name__)
    tape.closed = True
    return Trace(name, tape.nodes, ids, outputs, plain(result), list(tape.lost), tape.branches, _arrays_outside(f))


def _arrays_outside(f: Callable[..., Any]) -> dict[str, np.ndarray]:
    """The arrays that a function reads and is not handed, such as data that stay as they are, by their names."""
    code = getattr(f, "__code__", None)
    if type(f) is not FunctionType or code is None:
        return {}
    outside = {name: f.__globals__[name] for name in code.co_names if name in f.__globals__}
    for name, cell in zip(code.co_freevars, f.__closure__ or (), strict=True):
        with contextlib.suppress(ValueError):  # a cell that is still empty
            outside[name] = cell.cell_contents
    return {name: value for name, value in outside.items() if isinstance(value, np.ndarray)}


def _names(f: Callable[..., Any], count: int) -> list[str]:
    code = f.__code__ if type(f) is FunctionType else None
    if code and count <= code.co_argcount and not hasattr(f, "__wrapped__") and not hasattr(f, "__signature__"):
        return list(code.co_varnames[:count])  # what the signature says, for a tenth of its price
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):  # a ufunc or another function from C
        return [f"x{index}" for index in range(count)] if count > 1 else ["x"][:count]
    names = []
    for index in range(count):
        parameter = parameters[min(index, len(parameters) - 1)] if parameters else None
        if parameter is None or parameter.kind is inspect.Parameter.VAR_POSITIONAL or index >= len(parameters):
            names.append(f"{parameter.name if parameter else 'x'}_{index - max(0, len(parameters) - 1)}")
        else:
            names.append(parameter.name)
    return names


def _wrap(tape: Tape, ids: dict[str, int], name: str, value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind not in "biufc":
        raise TypeError(f"input {name} is an array of {value.dtype}; trace follows numbers, so give it a numeric dtype")
    if isinstance(value, (np.ndarray, np.number, int, float, complex)) and not isinstance(value, bool):
        while name in ids:
            name += "'"
        ids[name] = len(tape.nodes)
        tape.nodes.append(TraceNode(len(tape.nodes), "input", (), (), {}, None, value, name, 0))
        return Traced(tape, value, ids[name])
    if type(value) in (list, tuple):
        if len(value) > FEW and not all(isinstance(part, np.ndarray) for part in value):
            return value
        return type(value)(_wrap(tape, ids, f"{name}_{index}", part) for index, part in enumerate(value))
    if type(value) is dict:
        return {key: _wrap(tape, ids, str(key), part) for key, part in value.items()}
    return value


def _settle(objects: list[Any]) -> None:
    """Give plain values back to objects in which f kept traced ones, as a layer keeps its cache."""
    for one in objects:
        attributes = getattr(one, "__dict__", None)
        if isinstance(attributes, dict) and not isinstance(one, (type, ModuleType)):
            for key, value in attributes.items():
                attributes[key] = plain(value)


def _collect(result: Any, outputs: list[int]) -> None:
    if type(result) is Traced:
        outputs.append(result.current())
    elif isinstance(result, (list, tuple)):
        for part in result:
            _collect(part, outputs)
    elif isinstance(result, dict):
        for part in result.values():
            _collect(part, outputs)
