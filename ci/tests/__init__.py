"""The tests. jsonschema takes a second in each of their processes for the grammar of a format that no notebook has."""

import sys

# As in autograder/needless.py, and here because a package is imported before what lies in it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # as Python says that there is no such module
