"""The right answers, here and nowhere else: recorded forward passes, right gradients, slips, names of mistakes.

Only a check imports this folder, and only once it has something to judge: nothing of it is loaded with `cs231n_lite`,
so that it can be left out of a process where a student's work is graded.
"""
