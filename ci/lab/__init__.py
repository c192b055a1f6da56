"""JupyterLab as a student meets it: the notebook at hand, its contents at the side, and nothing of an instructor's."""
