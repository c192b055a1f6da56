"""What libraries import beside what the command uses, and takes most of its start: left out before they come to it.

`python -m autograder` needs nbgrader's converters, and not the extensions of a Jupyter server that nbgrader imports
with itself; and jsonschema takes a second for the grammar of a format that no notebook has, and goes well without it.
Nothing of this is done in a process of nbgrader's or Jupyter's own.
"""

from __future__ import annotations

import sys
import types

__all__ = ["leave_out"]

GRAMMARS = ("rfc3987_syntax",)  # jsonschema asks whether it is there
EXTENSIONS = ("assignment_list", "course_list", "validate_assignment", "formgrader")


def leave_out() -> None:
    """Let later imports find nothing in the places of these modules; what is loaded already stays."""
    for name in GRAMMARS:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # as Python says that there is no such module
    for name in EXTENSIONS:
        full = f"nbgrader.server_extensions.{name}"
        if full not in sys.modules:
            stand_in = types.ModuleType(full, "An extension of a Jupyter server, which this process is not.")
            stand_in.load_jupyter_server_extension = None  # type: ignore[attr-defined]  # nbgrader names it
            sys.modules[full] = stand_in
