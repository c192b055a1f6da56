"""What libraries import beside what the command uses, and takes most of its start: left out before they come to it.

`python -m autograder` needs nbgrader's converters, and not the extensions of a Jupyter server that nbgrader imports
with itself; and jsonschema takes a second for the grammar of a format that no notebook has, and goes well without it.
Libraries of which grading calls nothing are loaded by the first call, where one comes.
Nothing of this is done in a process of nbgrader's or Jupyter's own.
"""

from __future__ import annotations

import importlib
import sys
import types
from importlib.machinery import ModuleSpec
from typing import Any

__all__ = ["leave_out"]

GRAMMARS = ("rfc3987_syntax",)  # jsonschema asks whether it is there
EXTENSIONS = ("assignment_list", "course_list", "validate_assignment", "formgrader")
LATER = {  # what is taken from each by name, and is called or made a subclass of, and nothing else
    "bs4": ("BeautifulSoup",),
    "nbconvert.filters.markdown_mistune": ("IPythonRenderer", "MarkdownWithMath", "markdown2html_mistune"),
    "requests": (),
    "setuptools.archive_util": ("unpack_archive", "unpack_tarfile", "unpack_zipfile"),
}


class Called:
    """Stands for a function or a class of a module, which is loaded when it is called or made a subclass of."""

    def __init__(self, module: Later, name: str) -> None:
        self._module, self._name = module, name

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call what is meant."""
        return getattr(self._module.loaded(), self._name)(*arguments, **options)

    def __mro_entries__(self, _bases: tuple[Any, ...]) -> tuple[Any, ...]:
        """Be the class that is meant, where another one is made from it."""
        return (getattr(self._module.loaded(), self._name),)


class Later(types.ModuleType):
    """Stands for a module until something of it is wanted; the `functions` are wanted when they are called."""

    def __init__(self, name: str, functions: tuple[str, ...]) -> None:
        super().__init__(name, "Loaded when something of it is wanted.")
        self.__spec__ = ModuleSpec(name, None)
        for function in functions:
            setattr(self, function, Called(self, function))

    def __getattr__(self, name: str) -> Any:
        """Load the module that is meant, and give what it has under this name."""
        if name.startswith("__"):
            raise AttributeError(name)  # Python asks stand-ins for these, too
        return getattr(self.loaded(), name)

    def loaded(self) -> types.ModuleType:
        """Return the module that is meant."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return importlib.import_module(self.__name__)


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
    for name, functions in LATER.items():
        sys.modules.setdefault(name, Later(name, functions))
