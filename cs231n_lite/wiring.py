"""The shape of a graph: which node reads which, an order in which inputs come first, and the output. No values.

A *wiring* is plain data that maps each node's name to `(gate, *what the gate reads)`. A name that is read and never
defined is an input; a number in place of a name is a constant, which is a node of its own, named after its reader.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

__all__ = ["Shape", "Wiring"]

Wiring = Mapping[str, tuple[Any, ...]]


class Shape:
    """The names of a wiring's nodes, `order`ed so that inputs come first; `reads` maps each to the names that it reads.

    `inputs` are the names that nobody defines, `constants` those of numbers, with the numbers; `output` is the last
    node that nobody reads. Raises ValueError for an empty wiring, or a cycle, and says which nodes it runs through.
    """

    def __init__(self, wiring: Wiring) -> None:
        if not wiring:
            raise ValueError("a graph needs at least one gate: Graph({'q': ('add', 'x', 'y')})")
        self.wiring = dict(wiring)
        self.constants: dict[str, Any] = {}
        self.reads: dict[str, tuple[str, ...]] = {}
        for name, (_, *sources) in self.wiring.items():
            named = [source if isinstance(source, str) else f"{name}.{k}" for k, source in enumerate(sources)]
            for source, node in zip(sources, named, strict=True):
                if not isinstance(source, str):
                    self.constants[node] = source
                    self.reads[node] = ()
            self.reads[name] = tuple(named)
        read = dict.fromkeys(source for sources in self.reads.values() for source in sources)
        self.inputs = tuple(source for source in read if source not in self.reads)
        self.order = self._order()
        self.output = [name for name in self.wiring if name not in read][-1]

    def _order(self) -> tuple[str, ...]:
        # The dictionary's own order decides between nodes that could come in either order, so that pictures are stable.
        read_by: dict[Hashable, tuple[str, ...]] = {
            name: self.reads.get(name, ()) for name in (*self.inputs, *self.reads)
        }
        try:
            return tuple(str(name) for name in TopologicalSorter(read_by).static_order())
        except CycleError as error:
            # graphlib names a cycle from reader to source; told the way values flow, it reads more easily.
            raise ValueError("this graph has a cycle: " + " -> ".join(error.args[1])) from None
