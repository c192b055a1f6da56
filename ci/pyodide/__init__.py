"""Python in a browser tab: Pyodide's files, by pinned hash, and the course run on them in Node."""

from ci.pyodide.files import VERSION
from ci.pyodide.provider import prepare, provide

__all__ = ["VERSION", "prepare", "provide"]
