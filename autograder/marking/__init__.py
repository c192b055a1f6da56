"""Written answers marked by a person: equal ones once, on a local page, into nbgrader's own scores and comments."""
