"""The instruments of the course: graphs, checks, pictures. They show and judge gradients; none of them is an answer."""

from __future__ import annotations

from cs231n_lite import plot
from cs231n_lite.asking.guess import reveal
from cs231n_lite.asking.questions import questions, self_test
from cs231n_lite.checking.backward import check_backward, check_gate, check_gradient
from cs231n_lite.checking.informative import UninformativePoint
from cs231n_lite.checking.loss import check_loss
from cs231n_lite.checking.plain import plain
from cs231n_lite.checking.values import check_values
from cs231n_lite.data.cars import CARS, draw_cars
from cs231n_lite.data.cifar import load_cifar10
from cs231n_lite.data.digits import held_out_split, load_digits
from cs231n_lite.drawing.picture import Picture, draw
from cs231n_lite.graph import GATES, Gate, Graph, Node
from cs231n_lite.languages.catalogue import language
from cs231n_lite.measuring.differences import Measured, numerical_gradient, numerical_jacobian
from cs231n_lite.plot.other_figures import describe_figures
from cs231n_lite.puzzles import flow_puzzles
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.handing_in import before_handing_in
from cs231n_lite.reporting.ledger import progress
from cs231n_lite.reporting.report import Points, Report
from cs231n_lite.reporting.unjudged import follow_notebook
from cs231n_lite.running import attempt
from cs231n_lite.tracing.trace import Trace, trace

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
    "before_handing_in",
    "check_backward",
    "check_gate",
    "check_gradient",
    "check_loss",
    "check_values",
    "draw",
    "draw_cars",
    "flow_puzzles",
    "held_out_split",
    "language",
    "load_cifar10",
    "load_digits",
    "numerical_gradient",
    "numerical_jacobian",
    "plain",
    "plot",
    "progress",
    "questions",
    "reveal",
    "self_test",
    "trace",
]

describe_figures()  # in words, also those of a student's own cells; outside a notebook nothing happens
follow_notebook()  # a check says so where its answer is missing or out of date; outside a notebook nothing happens
