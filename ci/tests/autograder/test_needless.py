"""What the command's start leaves out, in processes of its own; nbgrader's own processes have all of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

ALL = "['lark', 'rfc3987_syntax', 'jupyter_server', 'nbgrader.server_extensions.formgrader.handlers']"
LEFT = f"print([name for name in {ALL} if __import__('sys').modules.get(name)])"


def printed(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_command_by_itself_loads_no_library_that_grades() -> None:
    names = "['nbgrader', 'nbformat', 'numpy', 'matplotlib']"
    program = f"import sys, autograder.__main__\nprint([name for name in {names} if name in sys.modules])"
    assert printed(program) == "[]"


@pytest.mark.parametrize("first", ["import autograder.grading.grade", "import nbformat, nbgrader.api"])
def test_grading_loads_no_server_and_no_grammar(first: str) -> None:
    assert printed(f"from autograder.needless import leave_out\nleave_out()\n{first}\n{LEFT}") == "[]"


def test_grading_and_its_steps_leave_numbers_and_plots_to_the_processes_that_run_cells() -> None:
    program = "import sys, autograder.grading.grade, autograder.nbgrader_steps\n"
    program += "print([name for name in ('numpy', 'matplotlib', 'cs231n_lite') if name in sys.modules])"
    assert printed(f"from autograder.needless import leave_out\nleave_out()\n{program}") == "[]"


def test_grading_leaves_parsers_of_html_and_the_web_to_the_first_call() -> None:
    program = "import sys, autograder.grading.grade, autograder.nbgrader_steps\n"
    program += "print([name for name in ('setuptools', 'bs4.element', 'mistune', 'urllib3') if name in sys.modules])"
    assert printed(f"from autograder.needless import leave_out\nleave_out()\n{program}") == "[]"


def test_what_is_only_called_is_loaded_by_the_first_call_and_is_the_real_one() -> None:
    program = (
        "from autograder.needless import leave_out\nleave_out()\nimport sys, requests\nfrom bs4 import BeautifulSoup\n"
        "names = lambda: [type(sys.modules[name]).__name__ for name in ('bs4', 'requests')]\n"
        "print(names(), BeautifulSoup('<b>x</b>', 'html.parser').b.string, requests.codes.ok, names())\n"
        "from bs4 import Tag\nprint(isinstance(BeautifulSoup('<b>x</b>', 'html.parser').b, Tag))"
    )
    assert printed(program).splitlines() == ["['Later', 'Later'] x 200 ['module', 'module']", "True"]


def test_text_is_rendered_in_the_commands_own_process() -> None:
    program = (
        "from autograder.needless import leave_out\nleave_out()\nimport autograder.nbgrader_steps\n"
        "from autograder.feedback.words import rendered\nprint(rendered('*x* $y$', {}))"
    )
    assert printed(program).startswith("<p><em>x</em> <math>")


def test_what_is_loaded_already_stays() -> None:
    program = "import rfc3987_syntax, nbgrader\nfrom autograder.needless import leave_out\nleave_out()\n"
    assert "lark" in printed(program + LEFT) and "formgrader" in printed(program + LEFT)


def test_notebooks_are_validated_all_the_same() -> None:
    program = (
        "from autograder.needless import leave_out\nleave_out()\nimport nbformat\n"
        "from nbformat.v4 import new_code_cell, new_notebook\nbad = new_notebook(cells=[new_code_cell('')])\n"
        "bad.cells[0].source = 3\n"
        "try:\n    nbformat.validate(bad)\nexcept nbformat.ValidationError:\n    print('no notebook')"
    )
    assert printed(program) == "no notebook"
