"""What runs in a student's process: process 1, in the box, where the student's own code runs.

It may import the standard library and NumPy (and, for a student, what cells import), never anything of the grader: the
process is handed these files as text and finds nothing else of autograder."""
