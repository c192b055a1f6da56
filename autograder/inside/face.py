"""The course's package as an answer finds it while it is graded: its data and `attempt`, and no instrument.

What earns points is the student's own NumPy. So in the process that earns them `cs231n_lite` is a face: every import of
it works, its data can be loaded, and where an instrument would be (a graph, a trace, a check, a measured derivative, a
picture, a report) stands an `Instrument`, which can be named, called and shown, and computes nothing. The modules that
are real here are handed over as text with the rest; no file of the package is to be seen, and none of it is in memory.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import site
import sys
import types
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["Instrument", "Unavailable", "called", "install"]

PACKAGE = "cs231n_lite"
_called: dict[str, None] = {}  # instruments that were called since this was last asked, in order


class Unavailable(RuntimeError):
    """The result of an instrument was used where there is no instrument."""


def _sentence(name: str) -> str:
    return (
        f"{name} is an instrument of the course, and instruments do not work while an answer is graded: "
        "what earns points is your own NumPy. In your notebook it works as before."
    )


class Instrument:
    """Stands for an instrument and for all that comes of it: using what it would have computed raises Unavailable.

    To call it, to take an attribute of it and to show it does no harm, so that a cell which draws a picture and then
    defines a function still defines the function.
    """

    def __init__(self, name: str) -> None:
        self.__dict__["__name__"] = name

    def __call__(self, *_: Any, **__: Any) -> Instrument:  # noqa: D102  (it computes nothing)
        _called[self.__name__] = None
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # what Python and IPython look for in any object
            raise AttributeError(name)
        return self

    def __setattr__(self, name: str, value: Any) -> None:
        pass

    def __enter__(self) -> Instrument:
        return self

    def __exit__(self, *_: Any) -> None:
        return None

    def __repr__(self) -> str:
        return _sentence(self.__name__)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return (object,)

    __hash__ = object.__hash__


def _refusal(operation: str) -> Any:
    def refuse(self: Instrument, *_: Any) -> Any:
        raise Unavailable(_sentence(self.__name__))

    refuse.__name__ = operation
    return refuse


_ARITHMETIC = (
    *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and", "or", "xor"),
    "divmod",
)
for _name in (
    *_ARITHMETIC,
    *(f"r{name}" for name in _ARITHMETIC),
    *("neg", "pos", "abs", "invert", "round", "trunc", "floor", "ceil"),
    *("bool", "int", "float", "complex", "index", "bytes", "len", "iter", "next", "reversed", "contains"),
    *("getitem", "setitem", "delitem", "eq", "ne", "lt", "le", "gt", "ge", "array", "format"),
):
    setattr(Instrument, f"__{_name}__", _refusal(f"__{_name}__"))


class Graph(Instrument):
    """The shape of a graph, with which an exercise begins: wiring, order, output. All else of it is an instrument."""

    def __init__(self, wiring: Any) -> None:
        from cs231n_lite.wiring import Shape  # real in the face, and never loaded outside of one by this process

        super().__init__("Graph")
        shape = Shape(wiring)
        self.__dict__.update(wiring=shape.wiring, order=shape.order, output=shape.output)


def called() -> list[str]:
    """Return the names of the instruments that were called since this was last asked, and forget them."""
    names = list(_called)
    _called.clear()
    return names


class _Face(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds every module of the package: the real ones from their text, any other as one of instruments."""

    def __init__(self, sources: Mapping[str, str], data: Mapping[str, bytes], names: Sequence[str]) -> None:
        self.sources, self.data, self.names = sources, data, names

    def find_spec(self, fullname: str, *_: Any) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".")[0] != PACKAGE:
            return None
        # Everything is a package here, so that every import below it works, too.
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, _: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        name = module.__name__
        if name in self.sources:
            file = f"<frozen {PACKAGE}>/{name.replace('.', '/')}.py"
            module.__dict__.update(__file__=file, __path__=[])
            exec(compile(self.sources[name], file, "exec", dont_inherit=True), module.__dict__)
        if name == PACKAGE:
            module.__dict__["__all__"] = list(self.names)
        if name not in self.sources or name == PACKAGE:
            module.__dict__["__getattr__"] = _instrument_of(name)

    def get_data(self, path: str) -> bytes:
        return self.data[path.rsplit("/", 1)[-1]]


def _instrument_of(module: str) -> Any:
    def get(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Graph if name == "Graph" else Instrument(name)

    get.__module__ = module
    return get


def install(
    sources: Mapping[str, str], data: Mapping[str, bytes], names: Sequence[str], libraries: Sequence[str], prefix: str
) -> None:
    """Put the face in the package's place, and the folders where `libraries` lie at the end of the path.

    Python was started without its `site`, which knows the environment's folder and a few builtins: `prefix` and these
    are set here.
    """
    sys.prefix = sys.exec_prefix = prefix
    site.setquit()
    site.setcopyright()
    site.sethelper()
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Face(sources, data, names))
    sys.path += [folder for folder in libraries if folder not in sys.path]
