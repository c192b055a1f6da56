"""A check whose answer is not there, or is not the one on the page, says so in one sentence and judges nothing.

Names live on in a kernel: after a restart none of them is there, and after a cell that failed the one before is. So a
cell that checks or draws is looked at before it runs; where a name that it reads is missing or out of date, one line
runs in its place. This happens in a notebook alone: where answers are graded there is no IPython.
"""

from __future__ import annotations

import builtins
import contextlib
import re
import symtable
from collections.abc import Iterator, Mapping
from typing import Any

from cs231n_lite.cells import Cells, cells, follow, shell
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.report import Points, Report
from cs231n_lite.speech import say

__all__ = ["follow_notebook", "instead", "unjudged"]

_CHECK = re.compile(r"^_check\(\)\.points\(([\d.]+)\)\s*$", re.MULTILINE)
_SLUG = re.compile(r"\bReport\(\"([\w-]+)\"\)")
_PICTURE = re.compile(r"^with attempt\(\"([^\"]+)\"\):", re.MULTILINE)
_ABOVE = "run the {cells} above (after a restart: Run → Run All Above Selected Cell)."


def unjudged(slug: str, most: float, sentence: str) -> Points:
    """What a check shows that judges nothing: no points, and why."""
    report = Report(slug)
    report.findings = [Finding("not-run", "", sentence)]
    return report.points(most)


def instead(source: str, names: Mapping[str, Any], record: Cells) -> str | None:
    """The line to run in place of a cell that checks or draws, None where all that it reads is there and is today's."""
    check, picture = _CHECK.search(source), _PICTURE.search(source)
    if not check and not picture:
        return None
    drawn = picture.group(1) if picture else ""
    slugs = _SLUG.findall(source)[:1] if check else drawn.split(" and ")
    record.answers.update(slugs)
    sentence = _amiss(dict.fromkeys(_reads(source)), names, record)
    if not sentence or not slugs:
        return None
    if check:
        where = f"__import__({__name__!r}, fromlist=['unjudged'])"
        return f"{where}.unjudged({slugs[0]!r}, {check.group(1)}, {sentence!r})\n"
    printed = f"{drawn}: {say(sentence, 'not-run', 'common')}".replace("`", "")
    return f"print({printed!r})\n"


def _amiss(reads: Mapping[str, None], names: Mapping[str, Any], record: Cells) -> str:
    """What is the matter with the names that a cell reads, "" for nothing."""
    outdated = [name for name in reads if name in record.outdated]
    if outdated:
        run = record.outdated[outdated[0]]
        which = [name for name in outdated if record.outdated[name] is run]
        theirs = _listed(which)
        if run.failure:
            there = f", and {theirs} is still the one from before" if which[0] in names else ""
            return (
                f"The cell of {theirs} failed when it was last run ({run.failure}){there}. Nothing is judged: correct "
                "that cell, run it, and then this one."
            )
        if which[0] in names:
            return (
                f"The cell that made {theirs} was changed and makes it no longer: what is still here is the one from "
                "before, and it is not judged. Give it its name back, run that cell, and then this one."
            )
    missing = [name for name in reads if name not in names and not hasattr(builtins, name)]
    if not missing:
        return ""
    verb = "is" if len(missing) == 1 else "are"
    return f"{_listed(missing)} {verb} not there: {_ABOVE.format(cells='cell' if len(missing) == 1 else 'cells')}"


def _listed(names: list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _reads(source: str) -> Iterator[str]:
    """The names that a cell reads and does not make, in no order that means anything but the cell's own."""
    top = symtable.symtable(source, "<cell>", "exec")
    made = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    tables = [top]
    while tables:
        table = tables.pop(0)
        tables += table.get_children()
        for symbol in table.get_symbols():
            free = symbol.is_global() if table is not top else not symbol.is_assigned()
            if symbol.is_referenced() and free and symbol.get_name() not in made:
                yield symbol.get_name()


def _looked_at(lines: list[str]) -> list[str]:
    """A cell's lines as IPython is to run them."""
    with contextlib.suppress(Exception):  # whatever this makes of a cell, the cell runs
        line = instead("".join(lines), shell().user_ns, cells)
        if line is not None:
            return [line]
    return lines


def follow_notebook() -> None:
    """Look at the cells of the notebook that imports the package; outside a notebook nothing happens."""
    running = shell()
    if running is not None and _looked_at not in running.input_transformers_post:
        follow()
        running.input_transformers_post.append(_looked_at)
