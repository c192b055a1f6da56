"""What a student installs: of the pins in requirements.txt those that the notebooks need, and none of the grader's."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from importlib.metadata import PackageNotFoundError, requires

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

__all__ = ["student_pins"]

HEAD = "# What the notebooks need, pinned: the versions with which they were tried and with which they are graded.\n"
Need = tuple[str, frozenset[str]]  # a name, and the extras that are asked for
_EXTRA = re.compile(r"extra\s*==\s*['\"]([\w.-]+)['\"]")


def student_pins(pins: str, wanted: Iterable[str]) -> str:
    """Return the lines of a requirements file that these requirements come to, with all that they need in turn.

    Whatever a package needs on some system is in: a line's own marker says on which it is installed.
    """
    by_name: dict[str, list[str]] = {}
    for line in pins.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            by_name.setdefault(_name(line), []).append(line.strip())
    reached = _reached(wanted, by_name.keys())
    return HEAD + "".join(f"{line}\n" for name in sorted(reached) for line in by_name[name])


def _name(line: str) -> str:
    return canonicalize_name(Requirement(line.split(" #")[0]).name)


def _reached(wanted: Iterable[str], known: Container[str]) -> set[str]:
    reached: set[str] = set()
    seen: set[Need] = set()
    waiting: list[Need] = [(canonicalize_name(need.name), frozenset(need.extras)) for need in map(Requirement, wanted)]
    while waiting:
        name, extras = waiting.pop()
        if name not in known or (name, extras) in seen:
            continue
        seen.add((name, extras))
        reached.add(name)
        waiting += _needs(name, extras)
    return reached


def _needs(name: str, extras: frozenset[str]) -> list[Need]:
    """What a package asks for, on any system, with these extras; nothing of one that is not installed here."""
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return []
    needs: list[Need] = []
    for line in lines:
        try:
            need = Requirement(line)
        except InvalidRequirement:
            continue
        asked = set(_EXTRA.findall(str(need.marker or "")))
        if not asked or asked & extras:
            needs.append((canonicalize_name(need.name), frozenset(need.extras)))
    return needs
