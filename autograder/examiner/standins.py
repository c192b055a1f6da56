"""Stand-ins in the examiner for what lives in the student's process: they forward calls, attributes and items.

Never forwarded is a comparison, a hash, a text or a pickle: these are the stand-in's own, so that an object whose
__eq__ says yes is equal to nothing. What comes back is plain data, or another stand-in.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from autograder.inside.messages import Call, Get, Many, Request, Set, Signature, Special
from autograder.inside.wire import Tampered

__all__ = ["KEPT", "Cut", "Lease", "StandIn", "StudentError", "ask_many", "stand_in"]


class Cut(KeyboardInterrupt):
    """The student's process is gone or talks nonsense: the test cell ends here, whatever it catches."""


class StudentError(Exception):
    """An exception of the student's that no builtin type fits."""


class Owner(Protocol):
    """What a stand-in stands for lives there: it can be asked, and told of objects that nobody needs any more."""

    dropped_objects: list[int]

    def ask(
        self, kind: type[Request], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None, **fields: Any
    ) -> Any:
        """Ask for one thing and return the answer; raises what the student's code raised, or Cut."""


class Lease:
    """Tells the student's process to drop an object when the last reference to it goes."""

    def __init__(self, table: list[int], number: int) -> None:
        self._table, self._number = table, number

    def __del__(self) -> None:
        self._table.append(self._number)


class _KeptTuple(tuple):
    lease: Lease
    number: int


class _KeptList(list):
    lease: Lease
    number: int


class _KeptDict(dict):
    lease: Lease
    number: int


KEPT: dict[type, Any] = {tuple: _KeptTuple, list: _KeptList, dict: _KeptDict}
for plain, kind in KEPT.items():
    kind.__name__ = kind.__qualname__ = plain.__name__  # a message says what the student returned: a dict


class StandIn:
    """Stands for an object of the student's."""

    def __init__(self, student: Owner, number: int, name: str, own: bool) -> None:
        put = object.__setattr__
        put(self, "_student", student)
        put(self, "_number", number)
        put(self, "_lease", Lease(student.dropped_objects, number))
        if own:
            put(self, "__name__", name)

    def __getattr__(self, name: str) -> Any:
        if name == "__signature__":
            return self._signature()
        if name.startswith("__"):
            raise AttributeError(name)
        return self._student.ask(Get, on=self._number, name=name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._student.ask(Set, [value], on=self._number, name=name)

    def __repr__(self) -> str:
        return f"<the student's {type(self).__name__}>"

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("what lives in the student's process is not copied")

    def _signature(self) -> inspect.Signature:
        try:
            parameters = self._student.ask(Signature, on=self._number)
            return inspect.Signature(
                [
                    inspect.Parameter(
                        name, inspect._ParameterKind(kind), default=... if has else inspect.Parameter.empty
                    )
                    for name, kind, has in parameters
                ]
            )
        except (Exception, SystemExit):
            raise AttributeError("__signature__") from None


def _call(self: Any, /, *args: Any, **kwargs: Any) -> Any:
    return self._student.ask(Call, args, kwargs, on=self._number)


def _special(name: str, check: Callable[[Any], bool]) -> Callable[..., Any]:
    def forward(self: Any, *args: Any) -> Any:
        value = self._student.ask(Special, args, on=self._number, name=name)
        if not check(value):
            raise TypeError(f"a {type(self).__name__} of the student's gave no {name}")
        return value

    return forward


def _array(self: Any, dtype: Any = None, **_: Any) -> Any:
    value = self._student.ask(Special, (), on=self._number, name="array")
    if type(value) is not np.ndarray:
        raise TypeError(f"a {type(self).__name__} of the student's is no array")
    return value if dtype is None else value.astype(dtype)


SPECIAL: dict[str, Callable[..., Any]] = {
    "len": _special("len", lambda value: type(value) is int),
    "iter": _special("iter", lambda value: isinstance(value, StandIn) and hasattr(type(value), "__next__")),
    "next": _special("next", lambda _: True),
    "getitem": _special("getitem", lambda _: True),
    "setitem": _special("setitem", lambda _: True),
    "contains": _special("contains", lambda value: type(value) is bool),
    "float": _special("float", lambda value: type(value) is float),
    "int": _special("int", lambda value: type(value) is int),
    "array": _array,
}


def stand_in(student: Owner, node: list[Any]) -> StandIn:
    """Return a stand-in for the object that a node describes; raises Tampered."""
    _, number, kind, name, own, calls, features = node
    if (
        type(number) is not int
        or kind not in ("class", "object")
        or type(name) is not str
        or type(features) is not list
    ):
        raise Tampered("an object is malformed")
    name = name if re.fullmatch(r"[A-Za-z_]\w{0,49}", name) and not name.startswith("__") else "object"
    supported = tuple(feature for feature in SPECIAL if feature in features)
    return _kind(name, supported, calls=calls is True, is_class=kind == "class")(student, number, name, own is True)


@functools.lru_cache(64)  # what a student's class makes is of one kind
def _kind(name: str, features: tuple[str, ...], *, calls: bool, is_class: bool) -> type[StandIn]:
    members: dict[str, Any] = {f"__{feature}__": SPECIAL[feature] for feature in features}
    if calls:
        members["__call__"] = _call
    if is_class:
        members["__class__"] = property(lambda _: type)  # isinstance(stand_in, type), as tests ask
    return type(name, (StandIn,), members)


def ask_many(function: Any, calls: Sequence[Sequence[Any]]) -> list[Any]:
    """Call a function at many points and return its values: one message, where it is the student's."""
    if isinstance(function, StandIn):
        return list(function._student.ask(Many, [tuple(args) for args in calls], on=function._number))
    return [function(*args) for args in calls]
