"""A student's own notebook: as a file, what of it was run, what is kept beside it, with Python's own library alone."""
