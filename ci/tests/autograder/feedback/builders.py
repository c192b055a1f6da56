"""A submission that holds every trick, for the tests that look at its pages by parser and by browser."""

from __future__ import annotations

from pathlib import Path

from autograder.course import Course
from autograder.notebooks.notebook import canonical, read
from ci.tests.autograder.builders import put
from ci.tests.autograder.feedback import tricks

HONEST = """\
from IPython.display import SVG, Markdown, display
from cs231n_lite import Graph, draw
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.report import Report
graph = Graph({"q": ("add", "x", "y"), "f": ("multiply", "q", "z")})
graph.forward(x=-2.0, y=5.0, z=-4.0)
display(draw(graph, title="an honest picture"))
report = Report("honest")
report.parts["dx"] = True
report.fail("dW", Finding("sign", "dW", "dW has the wrong sign.", detail="yours   theirs"))
display(report.points(2))
def square(x):
    return x * x
"""


def planted(course: Course, student: str) -> Path:
    """Hand in a right answer with all tricks in cells around it, and one in the written answer."""
    path = put(course, student, "square", HONEST)
    notebook = read(path)
    notebook.cells[-1].source = "Because.\n\n" + tricks.texts()["markdown-script"]
    notebook.cells += tricks.cells().values()
    notebook.nbformat_minor = 4  # cells without ids
    for cell in notebook.cells:
        cell.pop("id", None)
    path.write_text(canonical(notebook), encoding="utf-8")
    return path
