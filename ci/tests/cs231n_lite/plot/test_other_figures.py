"""Figures of a student's own: a notebook shows them with words, whatever they hold."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import select_figure_formats
from matplotlib.figure import Figure

from ci.tests.cs231n_lite.plot.builders import CHARTS
from cs231n_lite.plot import other_figures


@pytest.fixture
def shown(monkeypatch):
    """What a notebook with matplotlib's inline pictures shows of a thing."""
    shell = InteractiveShell()
    formatter = shell.display_formatter
    formatter.active_types = [*formatter.format_types]
    monkeypatch.setattr(other_figures, "shell", lambda: shell)
    other_figures.describe_figures()
    select_figure_formats(shell, ["png"])  # as the first import of pyplot does, later
    formatter.formatters["image/png"].for_type(Figure, lambda figure: b"png")
    return lambda thing: formatter.format(thing)[0]


def test_lines_points_and_bars_of_a_student_are_told(shown) -> None:
    figure = Figure()
    left, middle, right = figure.subplots(1, 3)
    left.plot([1, 2, 3], [4.0, 1.0, 2.0], label="mine")
    left.set(xlabel="step", ylabel="loss")
    middle.scatter([0, 1], [5, 7])
    right.hist(np.arange(100.0), bins=50)
    html = shown(figure)["text/html"]
    assert "loss against step: mine begins with 4 at 1, ends with 2 at 3, least 1 at 2." in html
    assert "2 points from 0 to 1 across and 5 to 7 up" in html and "50 bars from 2 to 2" in html
    assert 'src="data:image/png;base64,cG5n"' in html


def test_what_cannot_be_told_is_called_a_plot(shown) -> None:
    assert f'alt="{other_figures.PLAIN}"' in shown(Figure())["text/html"]
    odd = Figure()
    odd.axes.append(SimpleNamespace())
    odd.get_axes = None
    assert f'alt="{other_figures.PLAIN}"' in shown(odd)["text/html"]


def test_a_chart_of_the_course_keeps_its_own_form(shown) -> None:
    chart = CHARTS["jacobian_sparsity"]()
    assert shown(chart)["text/html"] == chart._repr_mimebundle_()["text/html"]
