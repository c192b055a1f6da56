"""The lock that whoever makes or compiles syntax trees holds.

Python 3.11 counts the depth of a tree once for all threads: two that make one at the same time break each other's, with
"SystemError: AST constructor recursion depth mismatch" (CPython issue 106905). The farm's workers are threads.
"""

from __future__ import annotations

import threading

__all__ = ["ONE_AT_A_TIME"]

ONE_AT_A_TIME = threading.RLock()
