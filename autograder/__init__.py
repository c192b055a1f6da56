"""Grading that plain nbgrader cannot do, as nbgrader preprocessors and one command, `python -m autograder`."""
