"""The instruments of the course: graphs, checks, pictures. They show and judge gradients; none of them is an answer."""

from __future__ import annotations

from . import plot
from .check import check_backward, check_gate, check_gradient
from .data import CARS, draw_cars, held_out_split, load_cifar10, load_digits
from .draw import Picture, draw
from .graph import GATES, Gate, Graph, Node
from .informative import UninformativePoint
from .loss import check_loss
from .numeric import Measured, numerical_gradient, numerical_jacobian
from .puzzles import flow_puzzles
from .report import Finding, Points, Report, progress
from .student import attempt
from .trace import Trace, trace
from .values import check_values

__all__ = [
    "CARS",
    "GATES",
    "Finding",
    "Gate",
    "Graph",
    "Measured",
    "Node",
    "Picture",
    "Points",
    "Report",
    "Trace",
    "UninformativePoint",
    "attempt",
    "check_backward",
    "check_gate",
    "check_gradient",
    "check_loss",
    "check_values",
    "draw",
    "draw_cars",
    "flow_puzzles",
    "held_out_split",
    "load_cifar10",
    "load_digits",
    "numerical_gradient",
    "numerical_jacobian",
    "plot",
    "progress",
    "trace",
]
