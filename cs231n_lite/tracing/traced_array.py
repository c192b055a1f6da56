"""A stand-in for an array or a number that computes as it does and writes down what is done to it.

It answers NumPy's protocols `__array_ufunc__` and `__array_function__` and Python's operators; each runs on the plain
value, so results, types, warnings and errors are the function's own. Writing in place makes a new node: the stand-in
holds a new array from then on, and views (rows, transposes) of the old one are read again when they are next used.
What leaves NumPy, such as `float(x)`, gets the plain value and a note.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from cs231n_lite.tracing.tape import Slot, Tape, constant

__all__ = ["SLOTS", "Traced", "apply", "call", "made", "plain", "split"]

# These tell about an array or make a new one from its shape; no gradient flows through them.
ABOUT = {"shape", "ndim", "size", "iscomplexobj", "isrealobj", "array_repr", "array_str", "array2string", "result_type"}
LIKE = {"zeros_like", "ones_like", "empty_like"}
WRITERS = {"copyto", "put", "fill_diagonal", "put_along_axis", "place", "putmask"}
WRITING_METHODS = {"fill", "sort", "partition", "put", "resize", "itemset"}
PLAIN_ATTRIBUTES = {"shape", "ndim", "size", "dtype", "nbytes", "itemsize", "strides", "flags"}
SLOTS = tuple(Slot(index) for index in range(8))
NUMBERS = (np.ndarray, np.generic, int, float, complex)


class Traced:
    """A value under trace. `isinstance(x, np.ndarray)` and `isinstance(x, float)` answer as for the plain value."""

    __slots__ = ("base", "base_version", "node", "raw", "tape", "version", "view")
    __array_priority__ = 1000.0

    def __init__(self, tape: Tape, raw: Any, node: int) -> None:
        self.tape = tape
        self.raw = raw
        self.node = node
        self.base: Traced | None = None  # the array that this is a view of, by `view`, as of `base_version`
        self.view: tuple[str, Callable[..., Any], tuple[Any, ...], dict[str, Any]] | None = None
        self.base_version = 0
        self.version = 0

    @property  # type: ignore[misc]
    def __class__(self) -> Any:  # code that asks for an array or a float should go the way it always goes
        return type(self.raw)

    def current(self) -> int:
        """Return the node that holds the present value; a view of an array written to meanwhile is read again."""
        if self.base is not None and self.view is not None:
            source = self.base.current()
            if self.base.version != self.base_version:
                op, function, args, kwargs = self.view
                self.raw = function(self.base.raw, *args, **kwargs)
                self.node = self.tape.record(op, function, (source,), (Slot(0), *args), kwargs, self.raw)
                self.base_version = self.base.version
                self.version += 1
        return self.node

    def write(self, raw: Any, node: int) -> None:
        """Take on a new value; an array that this is a view of takes it on too."""
        self.raw, self.node = raw, node
        self.version += 1
        if self.base is None or self.view is None:
            return
        _, function, args, kwargs = self.view

        def through(whole: Any, part: Any) -> Any:
            changed = whole.copy(order="K")
            function(changed, *args, **kwargs)[...] = part
            return changed

        base = self.base
        whole = through(base.raw, raw)
        name = self.tape.nodes[base.current()].name
        base.write(whole, self.tape.record("setitem", through, (base.node, node), (Slot(0), Slot(1)), {}, whole, name))
        self.base_version = base.version

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        if method == "at":
            return _write_first(self.tape, f"{ufunc.__name__}.at", ufunc.at, inputs, kwargs)
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        op = (
            ufunc.__name__
            if method == "__call__"
            else REDUCTIONS.get((ufunc.__name__, method), f"{ufunc.__name__}.{method}")
        )
        if out is None and not kwargs and function is ufunc and ufunc.nout == 1:
            return call(self.tape, op, ufunc, inputs)
        result = apply(self.tape, op, function, inputs, kwargs)
        return result if out is None else _into(self.tape, out if isinstance(out, tuple) else (out,), result)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        name = function.__name__
        if name in ABOUT:
            return function(*plain(args), **plain(kwargs))
        if name in LIKE:
            return made(self.tape, function(*plain(args), **plain(kwargs)))
        if name in WRITERS:
            return _write_first(self.tape, name, function, args, kwargs)
        kwargs = dict(kwargs)
        out = kwargs.pop("out", None)
        result = apply(self.tape, name, function, args, kwargs)
        return result if out is None else _into(self.tape, out if isinstance(out, tuple) else (out,), result)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        self.current()
        self.tape.lose("an array is taken out of NumPy's protocols here", "use np functions on the array itself")
        return np.asarray(self.raw, dtype)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # NumPy would read the plain memory through __array_interface__, unseen
            raise AttributeError(name)
        self.current()
        attribute = getattr(self.raw, name)
        if name in PLAIN_ATTRIBUTES:
            return attribute
        if not callable(attribute):
            part = apply(self.tape, ATTRIBUTES.get(name, name), operator.attrgetter(name), (self,), {})
            if type(part) is not Traced:
                self.tape.lose(f".{name} leaves NumPy's protocols", "use np functions on the array itself")
            return part
        if name in ("item", "tolist"):
            self.tape.lose(f".{name}() leaves NumPy", "keep the array, or index it")
            return attribute
        if name == "copy":
            return lambda *args, **kwargs: Traced(self.tape, attribute(*args, **kwargs), self.node)
        method = _Method(name)
        if name in WRITING_METHODS:
            return lambda *args, **kwargs: _write_first(self.tape, name, method, (self, *args), kwargs)
        return lambda *args, **kwargs: _method(self, name, method, args, kwargs)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in Traced.__slots__:
            object.__setattr__(self, name, value)
        elif name == "shape":
            self.write(self.raw.reshape(value), apply(self.tape, "reshape", np.reshape, (self, value), {}).node)
        else:
            raise AttributeError(f"a traced array cannot set .{name}")

    def __getitem__(self, index: Any) -> Any:
        return apply(self.tape, "getitem", operator.getitem, (self, index), {})

    def __setitem__(self, index: Any, value: Any) -> None:
        row = (
            type(value) is Traced
            and value.base is self
            and value.view is not None
            and value.base_version == self.version
        )
        if row and value.view[0] == "getitem" and _same(value.view[2], (index,)):
            return  # the end of x[i] += v on a row: the row has written itself through already
        _write_first(self.tape, "setitem", operator.setitem, (self, index, value), {})

    def __iter__(self) -> Iterator[Any]:
        self.current()
        return (self[index] for index in range(len(self.raw)))

    def __len__(self) -> int:
        return len(self.raw)

    def __bool__(self) -> bool:
        self.current()
        truth = bool(self.raw)
        self.tape.branches.append((self.tape.place()[1], truth))
        return truth

    def __float__(self) -> float:
        self.current()
        self.tape.lose("float() takes a plain number out of the graph", "use the value itself, and np functions")
        return float(self.raw)

    def __int__(self) -> int:
        self.current()
        self.tape.lose("int() takes a plain number out of the graph", "use the value itself, and np functions")
        return int(self.raw)

    def __complex__(self) -> complex:
        self.current()
        self.tape.lose("complex() takes a plain number out of the graph", "use the value itself")
        return complex(self.raw)

    def __index__(self) -> int:
        self.current()
        return operator.index(self.raw)

    def __hash__(self) -> int:
        return hash(self.raw)

    def __contains__(self, item: Any) -> bool:
        self.current()
        return plain(item) in self.raw

    def __round__(self, digits: int | None = None) -> Any:
        return apply(self.tape, "round", round, (self, digits), {})

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __copy__(self) -> Any:
        return Traced(self.tape, self.raw, self.current())

    def __deepcopy__(self, memo: Any) -> Any:
        return self.__copy__()

    def __str__(self) -> str:
        self.current()
        return str(self.raw)

    def __repr__(self) -> str:
        self.current()
        return repr(self.raw)

    def __format__(self, spec: str) -> str:
        self.current()
        return format(self.raw, spec)


class _Method:
    """A method of the plain value as a function, so that it can be run again on another value."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, raw: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(raw, self.name)(*args, **kwargs)


REDUCTIONS = {
    ("add", "reduce"): "sum",
    ("multiply", "reduce"): "prod",
    ("maximum", "reduce"): "max",
    ("minimum", "reduce"): "min",
    ("add", "accumulate"): "cumsum",
    ("multiply", "outer"): "outer",
}
ATTRIBUTES = {"T": "transpose", "mT": "matrix_transpose"}


def plain(value: Any) -> Any:
    """Return `value` with every stand-in, also inside lists, tuples and dicts, replaced by its plain value."""
    kind = type(value)
    if kind is Traced:
        value.current()
        return value.raw
    if kind in (list, tuple):
        return kind(plain(part) for part in value)
    if kind is dict:
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return kind(*(plain(part) for part in value))
    return value


def apply(tape: Tape, op: str, function: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> Any:
    """Run `function` on the plain values and write it down; return the result under trace."""
    ids: list[int] = []
    template = tuple([split(arg, ids) for arg in args])
    options = {key: split(value, ids) for key, value in kwargs.items()} if kwargs else kwargs
    raws, plain_kwargs = plain(tuple(args)), plain(kwargs) if kwargs else {}
    raw = function(*raws, **plain_kwargs)
    if isinstance(raw, (tuple, list)) and any(isinstance(part, NUMBERS) for part in raw):
        whole = Traced(tape, raw, tape.record(op, function, tuple(ids), template, options, raw, ""))
        parts = [apply(tape, "item", operator.getitem, (whole, index), {}) for index in range(len(raw))]
        for index, part in enumerate(parts):

            def pick(base: Any, *rest: Any, index: int = index) -> Any:
                return function(base, *rest, **plain_kwargs)[index]

            _note_view(part, args, "item", pick, raws[1:], {})
        return type(raw)(*parts) if hasattr(raw, "_fields") else type(raw)(parts)
    if not isinstance(raw, NUMBERS) or tape.full:
        return raw
    result = Traced(tape, raw, tape.record(op, function, tuple(ids), template, options, raw))
    if type(raw) is np.ndarray and raw.base is not None:
        _note_view(result, args, op, function, raws[1:], plain_kwargs)
    return result


def call(tape: Tape, op: str, function: Callable[..., Any], inputs: Any) -> Any:
    """Do what `apply` does, in less time, where all inputs are values under trace or loose numbers."""
    ids: list[int] = []
    raws: list[Any] = []
    template: list[Any] = []
    for value in inputs:
        kind = type(value)
        if kind is Traced:
            template.append(SLOTS[len(ids)])
            ids.append(value.node if value.base is None else value.current())
            raws.append(value.raw)
        elif kind is float or kind is int:
            template.append(value)
            raws.append(value)
        else:
            return apply(tape, op, function, inputs, {})
    raw = function(*raws)
    if tape.full or not isinstance(raw, NUMBERS):
        return raw
    return Traced(tape, raw, tape.record(op, function, tuple(ids), tuple(template), {}, raw))


def made(tape: Tape, raw: Any) -> Any:
    """Return an array that the traced code made from nothing, under trace."""
    return Traced(tape, raw, tape.record("constant", None, (), (), {}, raw))


def _note_view(
    result: Any, args: Any, op: str, function: Callable[..., Any], rest: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    first = args[0] if args else None
    if type(first) is not Traced or type(result) is not Traced:
        return
    owner, raw = first.raw, result.raw
    if not isinstance(owner, np.ndarray) or not isinstance(raw, np.ndarray) or raw.base is None:
        return
    if raw.base is (owner if owner.base is None else owner.base):
        result.base, result.base_version = first, first.version
        result.view = (op, function, rest, kwargs)


def split(value: Any, ids: list[int]) -> Any:
    """Return `value` as a template: a Slot wherever a stand-in stood, whose node joins `ids`."""
    kind = type(value)
    if kind is Traced:
        ids.append(value.current())
        return Slot(len(ids) - 1)
    if kind in (list, tuple):
        return kind([split(part, ids) for part in value])
    return constant(value) if kind is np.ndarray else value


def _method(subject: Traced, name: str, method: _Method, args: Any, kwargs: dict[str, Any]) -> Any:
    out = kwargs.pop("out", None)
    result = apply(subject.tape, name, method, (subject, *args), kwargs)
    return result if out is None else _into(subject.tape, (out,), result)


def _write_first(tape: Tape, op: str, function: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> None:
    """Run a function that writes into its first argument, on a copy that the first argument then takes on."""
    target = args[0]
    if type(target) is not Traced:
        function(*plain(args), **plain(kwargs))
        tape.lose("a traced value is written into an array that is not traced", "make that array inside the function")
        return
    ids: list[int] = []
    template = tuple(split(arg, ids) for arg in args)
    options = {key: split(value, ids) for key, value in kwargs.items()}

    def written(whole: Any, *rest: Any, **others: Any) -> Any:
        changed = whole.copy(order="K")
        function(changed, *rest, **others)
        return changed

    raw = written(*plain(args), **plain(kwargs))
    name = tape.nodes[target.node].name
    target.write(raw, tape.record(op, written, tuple(ids), template, options, raw, name or None))


def _into(tape: Tape, targets: tuple[Any, ...], result: Any) -> Any:
    """Carry out `out=`: the target takes on the result, cast to its own dtype."""
    for target, part in zip(targets, result if isinstance(result, tuple) else (result,), strict=True):
        if target is not None:
            if type(target) is Traced:
                target[...] = part
            else:
                target[...] = plain(part)
                tape.lose("out= is an array that is not traced", "make that array inside the function")
    return targets[0] if len(targets) == 1 else targets


def _same(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except ValueError:  # arrays as indices
        return False
