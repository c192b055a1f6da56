"""nbgrader's gradebook: opened once, on SQLite or a server, and the steps that write into it."""
