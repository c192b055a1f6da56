"""What runs the master's tests: process 2, which a student's code never enters.

It may import `autograder.inside` (how values cross between processes) and cs231n_lite; nothing of students' files, and
no nbgrader, nbformat, SQLAlchemy or Dask."""
