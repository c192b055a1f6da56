"""Notebooks as files: their one form on disk, kinds of cells, who defines and who reads a name."""
