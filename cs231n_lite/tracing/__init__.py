"""A student's own NumPy followed as a graph: every operation that it does, on a tape."""
