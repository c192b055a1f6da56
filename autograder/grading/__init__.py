"""A class, from hand-ins to a table: results, farm, progress."""
