"""The course as a site that needs nothing but a browser: JupyterLite, Pyodide, the notebooks, a page in front."""
