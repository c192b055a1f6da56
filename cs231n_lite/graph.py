"""A computational graph: which gate reads which node, and the value at every node. There is no backward pass here.

A graph is written as a *wiring*, plain data that maps each node's name to a gate and the names that the gate reads:

    Graph({"q": ("add", "x", "y"), "f": ("multiply", "q", "z")}).forward(x=-2.0, y=5.0, z=-4.0)   # -12.0

A name that is read and never defined is an input; a number in place of a name is a constant. The backward pass is what
students write. Until they have, `Graph.sensitivities` measures how much the output moves when one node is wiggled.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from cs231n_lite.measuring.wiggle import step_at
from cs231n_lite.wiring import Shape, Wiring

__all__ = ["GATES", "Gate", "Graph", "Node"]

# Forward values only. A table of local derivatives would be the answer to half of the exercises. What each gate does to
# gradients, CS231n works out: the notes of lecture 4, "Backpropagation, Intuitions", cs231n.github.io/optimization-2.
GATES: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": lambda x, y: x / y,
    "negate": lambda x: -x,
    "reciprocal": lambda x: 1.0 / x,
    "square": lambda x: x * x,
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,  # (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ) = 2σ(2x) - 1: CS231n notes, cs231n.github.io/neural-networks-1
    "sigmoid": lambda x: 1.0 / (1.0 + np.exp(-x)),  # σ(x) = 1 / (1 + e⁻ˣ): the same notes
    "relu": lambda x: np.maximum(x, 0.0),  # max(0, x): Nair and Hinton, ICML 2010
    "max": np.maximum,
    "min": np.minimum,
    "dot": np.dot,
    "sum": np.sum,
}


class Gate(Protocol):
    """A kind of operation that knows its own inputs and output and nothing else of the graph.

    `forward(*inputs)` returns the output and keeps what `backward` needs; `backward(upstream)` returns the downstream
    gradients, upstream × local, one for each input and of that input's shape.
    """

    def forward(self, *inputs: Any) -> Any:
        """Return the gate's output for these inputs."""

    def backward(self, upstream: Any) -> Any:
        """Return the gradient of the loss in each input, given the gradient of the loss in the output."""


@dataclass(slots=True)
class Node:
    """One occurrence of a gate in a graph, an input, or a constant: its `value`, its `grad`, the `inputs` it reads."""

    name: str
    kind: str  # a name from GATES, a function's own name, "input" or "constant"
    inputs: tuple[str, ...] = ()
    value: Any = None
    grad: Any = None


class Graph:
    """A directed acyclic graph of gates, with forward values.

    `wiring` maps a name to `(gate, *names of inputs)`. A gate is a name from `GATES` or any function; an input may be a
    number, which becomes a constant node. `order` lists all names, inputs first; `output` is the last node that nobody
    reads. Raises ValueError for an unknown gate, an empty graph, or a cycle, and says which nodes it runs through.
    """

    def __init__(self, wiring: Wiring) -> None:
        self._functions: dict[str, Callable[..., Any]] = {
            name: gate if callable(gate) else _known_gate(name, gate) for name, (gate, *_) in wiring.items()
        }
        shape = Shape(wiring)
        self.wiring, self.inputs, self.order, self.output = shape.wiring, shape.inputs, shape.order, shape.output
        self.nodes: dict[str, Node] = {name: self._node(name, shape) for name in self.order}

    def _node(self, name: str, shape: Shape) -> Node:
        if name in shape.constants:
            return Node(name, "constant", value=shape.constants[name])
        if name in self.inputs:
            return Node(name, "input")
        gate = self.wiring[name][0]
        return Node(name, getattr(gate, "__name__", "function") if callable(gate) else gate, shape.reads[name])

    def forward(self, **inputs: Any) -> Any:
        """Compute and keep the value of every node; return the output's.

        Raises ValueError when an input is missing or is not one of this graph's.
        """
        missing, unknown = set(self.inputs) - set(inputs), set(inputs) - set(self.inputs)
        if missing or unknown:
            complaints = [f"missing: {', '.join(sorted(missing))}"] if missing else []
            complaints += [f"not an input: {', '.join(sorted(unknown))}"] if unknown else []
            raise ValueError(f"this graph reads {', '.join(self.inputs)}; {'; '.join(complaints)}")
        for name, value in inputs.items():
            self.nodes[name].value = value
        self._run(frozenset(inputs))
        return self.nodes[self.output].value

    def sensitivities(self) -> dict[str, Any]:
        """Measure the gradient of the output's sum in every node, by wiggling that node and running what follows it.

        Centred difference, [f(v + h) - f(v - h)] / 2h with h = 6e-6·max(1, |v|), the step at which truncation and
        round-off are equally small (`measuring.wiggle`). Returns name -> array of the value's shape, or a float. Call
        `forward` first; raises ValueError otherwise.
        """
        if self.nodes[self.output].value is None:
            raise ValueError("nothing to measure yet: call forward(...) with a value for each input first")
        values = {name: node.value for name, node in self.nodes.items()}
        measured = {name: self._sensitivity(name, values) for name in self.order}
        self._restore(values)
        return measured

    def _sensitivity(self, name: str, values: dict[str, Any]) -> Any:
        value = np.asarray(values[name], dtype=float)
        slope = np.zeros_like(value)
        for index in np.ndindex(value.shape):
            ends = []
            step = step_at(float(value[index]))
            for sign in (1.0, -1.0):
                moved = value.copy()
                moved[index] += sign * step
                self._restore(values)
                self.nodes[name].value = moved if moved.ndim else float(moved)
                self._run(frozenset([*self.inputs, name]))
                ends.append(float(np.sum(self.nodes[self.output].value)))
            slope[index] = (ends[0] - ends[1]) / (2.0 * step)
        return slope if slope.ndim else float(slope)

    def _restore(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            self.nodes[name].value = value

    def _run(self, fixed: frozenset[str]) -> None:
        for name, node in self.nodes.items():
            if name not in fixed and name in self._functions:
                node.value = self._functions[name](*(self.nodes[source].value for source in node.inputs))

    def __repr__(self) -> str:
        return f"Graph({len(self.wiring)} gates, inputs {', '.join(self.inputs)}, output {self.output})"


def _known_gate(name: str, gate: Any) -> Callable[..., Any]:
    if isinstance(gate, str) and gate in GATES:
        return GATES[gate]
    near = difflib.get_close_matches(str(gate), GATES, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; known gates: {', '.join(GATES)}"
    raise ValueError(f"node {name!r} asks for a gate {gate!r} that does not exist{hint}")
