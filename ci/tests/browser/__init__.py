"""What only a browser can tell: the stepper is clicked through, alone on a page and inside a real JupyterLab."""
