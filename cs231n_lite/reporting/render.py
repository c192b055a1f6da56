"""A report as text for a terminal, 80 columns wide, and as HTML that reads on light and dark and without any style."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

from cs231n_lite.speech import marked, say

if TYPE_CHECKING:
    from cs231n_lite.reporting.finding import Finding

__all__ = [
    "TINTS",
    "Row",
    "badge",
    "card_html",
    "card_text",
    "headline",
    "html",
    "number",
    "progress_html",
    "progress_text",
    "text",
    "with_code",
]

WIDTH = 80
_KEY = re.compile(r"KeyError: [^,]*, in your line")
_IN_CODE = re.compile(r"`([^`\n]+)`")

# Middle tones, at least 3:1 against white and against JupyterLab's dark background, for lines and for the ground of
# marks, which are white on them: 5:1. No middle tone is 4.5:1 against both pages, as words must be, so words have the
# colour of the page. A mark says the same in shape and, to those who hear it, in a word.
_RIGHT, _WRONG, _NOTE = "#1a7f37", "#c93c1f", "#2f6fb5"
TINTS = {"✓": _RIGHT, "✗": _WRONG, "○": _NOTE}
_SAID = {"✓": "right", "✗": "not right", "◐": "right in part", "○": "open", "✎": "written", "·": "open"}
_SAID |= {"≈": "close", "≠": "something else"}  # of a guess, which is no mistake
_MARK = "color:#ffffff;border-radius:0.6em;padding:0 0.35em;font-weight:bold;white-space:nowrap"
_CARD = "border-left:4px solid {colour};padding:0.4em 0 0.4em 0.9em;margin:0.3em 0;line-height:1.45;text-align:left"
_CODE = "font-family:monospace;font-size:0.92em"
_PRE = "font-family:monospace;font-size:0.9em;line-height:1.3;margin:0.35em 0 0 0;background:transparent;color:inherit;"
_PRE += "overflow-x:auto;white-space:pre"


@dataclass(frozen=True)
class Row:
    """An exercise in a table of points; `state` is "empty", "written", "changed" since its check, or "" for unknown.

    A stretch exercise has no points: what it has `earned` is a share of 1.
    """

    name: str
    earned: float | None
    most: float
    state: str = ""
    by_hand: bool = False

    @property
    def is_stretch(self) -> bool:
        """Whether nothing can be earned by it."""
        return not self.most and not self.by_hand


def number(points: float) -> str:
    """Points without a trailing .0."""
    return f"{points:g}"


def headline(exercise: str, parts: Mapping[str, bool], unwritten: Collection[str] = ()) -> str:
    """One line that says how it went."""
    return say(_headline(exercise or "this check", parts, unwritten), "report")


def _headline(name: str, parts: Mapping[str, bool], unwritten: Collection[str]) -> str:
    if not parts:
        return f"{name}: nothing was checked"
    right = sum(parts.values())
    if right == len(parts):
        return f"{name}: right" if len(parts) == 1 else f"{name}: all {len(parts)} parts are right"
    if set(parts) <= set(unwritten):
        return f"{name}: not written yet"
    if len(parts) == 1:
        return f"{name}: not right yet"
    return f"{name}: {right} of {len(parts)} parts are right"


def _said_once(findings: Sequence[Finding]) -> list[Finding]:
    """The findings in their order, what is said of several parts in the same words once, with all of them in front."""
    together: dict[Finding, list[Finding]] = {}
    for finding in findings:
        together.setdefault(_without_key(replace(finding, array="", node="")), []).append(finding)
    return [
        _as_shown(replace(first, array=", ".join(dict.fromkeys(f.array for f in (first, *others) if f.array))))
        for first, *others in together.values()
    ]


def _as_shown(finding: Finding) -> Finding:
    """The finding in the language that is spoken; its slug stays, so that it can be looked up."""
    detail = "\n".join(say(line, "table") for line in finding.detail.split("\n"))
    message = say(finding.message, finding.slug, "common")
    return replace(finding, array=_part(finding.array), message=message, detail=detail)


def _part(names: str) -> str:
    return ", ".join(say(name, "part") for name in names.split(", "))


def _without_key(finding: Finding) -> Finding:
    """A KeyError in one line is one mistake, whichever key is missing first."""
    return replace(finding, message=_KEY.sub("KeyError, in your line", finding.message))


def to_come(later: Sequence[str]) -> str:
    """What a report that passed says of the cases that run only when it is graded."""
    if not later:
        return ""
    count = "1 more case runs" if len(later) == 1 else f"{len(later)} more cases run"
    head = say(f"Right on what runs here; {count} when it is graded:", "report")
    return f"{head} {', '.join(say(case, 'part') for case in later)}."


def _mark(name: str, right: bool, unwritten: Collection[str]) -> str:
    return "✓" if right else "○" if name in unwritten else "✗"


def text(
    exercise: str,
    parts: Mapping[str, bool],
    findings: Sequence[Finding],
    unwritten: Collection[str] = (),
    later: Sequence[str] = (),
) -> str:
    """The report for a terminal: the headline, the parts with marks, then each finding."""
    lines = [headline(exercise, parts, unwritten)]
    if len(parts) > 1:
        row = "  ".join(f"{_mark(name, right, unwritten)} {_part(name)}" for name, right in parts.items())
        lines += _wrapped(row, "  ", "  ")
    lines += _wrapped(to_come(later), "  ", "  ") if later else []
    for finding in _said_once(findings):
        lines.append("")
        label = say("remark", "report") if finding.remark else finding.slug
        lines += _wrapped(f"{finding.array}  [{label}]" if finding.array else f"[{label}]", "  ", "  ")
        lines += _wrapped(finding.message, "    ", "    ")
        lines += [f"      {line}" for line in finding.detail.splitlines()]
    return "\n".join(lines)


def _wrapped(line: str, first: str, rest: str) -> list[str]:
    wrapped: list[str] = []
    for paragraph in line.split("\n"):
        wrapped += textwrap.wrap(
            paragraph,
            WIDTH,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    return wrapped


def html(
    exercise: str,
    parts: Mapping[str, bool],
    findings: Sequence[Finding],
    unwritten: Collection[str] = (),
    later: Sequence[str] = (),
    points: tuple[float, float] | None = None,
) -> str:
    """The report for a notebook; every style is inline, and without styles it still reads as headings and lists."""
    wrong = {name for name, right in parts.items() if not right}
    mark = "✗" if wrong - set(unwritten) else "○" if wrong or not parts else "✓"
    colour = TINTS[mark]
    markup = f"<div{marked()} style='{_CARD.format(colour=colour)}'>"
    earned = f" · {say(_of(*points), 'report')}" if points else ""
    head = escape(headline(exercise, parts, unwritten))
    markup += f"<div><b>{badge(mark)} {head}</b>{earned}</div>"
    if len(parts) > 1:
        marks = (
            f"<span style='white-space:nowrap;margin-right:1.2em'>"
            f"{badge(_mark(name, right, unwritten))} <span style='{_CODE}'>{escape(_part(name))}</span></span>"
            for name, right in parts.items()
        )
        markup += f"<div style='margin-top:0.25em'>{' '.join(marks)}</div>"
    if later:
        markup += f"<div style='margin-top:0.25em'>{escape(to_come(later))}</div>"
    for finding in _said_once(findings):
        markup += _finding_html(finding)
    return markup + "</div>"


def _of(earned: float, most: float) -> str:
    return f"{number(earned)} of {number(most)} points" if most else "stretch: it counts nothing"


def badge(mark: str) -> str:
    """A mark, white on its colour, with its word for those who hear the page."""
    style = f"background-color:{TINTS.get(mark, _NOTE)};{_MARK}"
    return f"<span role='img' aria-label='{say(_SAID.get(mark, 'mark'), 'report')}' style='{style}'>{mark}</span>"


def _finding_html(finding: Finding) -> str:
    label = say("remark", "report") if finding.remark else finding.slug
    tint = _NOTE if finding.remark or finding.slug in ("not-written", "not-run") else _WRONG
    place = f"<b style='{_CODE}'>{escape(finding.array)}</b> " if finding.array else ""
    markup = "<div style='margin-top:0.7em;max-width:52em'>"
    markup += f"{place}<span style='{_CODE};border-bottom:2px solid {tint}'>[{escape(label)}]</span><br>"
    markup += _IN_CODE.sub(r"<code>\1</code>", escape(finding.message)).replace("\n", "<br>")
    if finding.detail:
        name = f"numbers of {finding.array}" if finding.array else "the numbers"  # a wide one is scrolled, also by key
        name = say(name, "report")
        markup += f"<pre tabindex='0' role='group' aria-label='{escape(name)}' style='{_PRE}'>"
        markup += f"{escape(finding.detail)}</pre>"
    return markup + "</div>"


def _state(row: Row) -> tuple[str, str]:
    """The mark of an exercise and what there is to say of it; what is not begun is not crossed out."""
    points = f"{number(row.earned or 0.0)} of {number(row.most)}"
    if row.is_stretch:
        return _stretch(row)
    if row.by_hand:
        return ("○" if row.state == "empty" else "✎"), f"{number(row.most)} by hand" + _behind(row.state)
    if row.state == "changed":
        return "·", f"{points} before it was changed: run its check again"
    if row.earned is None:
        return ("○", "still empty") if row.state == "empty" else ("·", "not checked yet")
    return ("✓" if row.earned >= row.most else "✗" if not row.earned else "◐"), points


def _stretch(row: Row) -> tuple[str, str]:
    """The same of a stretch exercise: what is right of it, and no number that looks like points."""
    if row.state == "changed":
        return "·", "stretch: run its check again"
    if row.earned is None:
        return ("○", "stretch, still empty") if row.state == "empty" else ("·", "stretch, not checked yet")
    mark = "✓" if row.earned >= 1.0 else "✗" if not row.earned else "◐"
    return mark, f"stretch: {_SAID[mark]}"


def _behind(state: str) -> str:
    return {"empty": ", still empty", "written": ", written"}.get(state, "")


def _total(rows: Sequence[Row]) -> str:
    checks = [row for row in rows if not (row.by_hand or row.is_stretch)]
    earned = sum(row.earned or 0.0 for row in checks if row.state != "changed")
    hand = sum(row.most for row in rows if row.by_hand)
    more = f", and {number(hand)} that a person gives" if hand else ""
    return f"{number(earned)} of {number(sum(row.most for row in checks))}{more}"


def progress_text(rows: Sequence[Row], below: Sequence[str] = ()) -> str:
    """The table of a notebook's exercises for a terminal, and lines about the others."""
    wide = max([len(row.name) for row in rows], default=0)
    states = [_state(row) for row in rows]
    lines = [f"{mark} {row.name:<{wide}}  {_told(state)}" for row, (mark, state) in zip(rows, states, strict=True)]
    return "\n".join([*lines, f"  {_told('together'):<{wide}}  {_told(_total(rows))}", *map(_told, below)])


def _told(words: str) -> str:
    return say(words, "progress")


def progress_html(rows: Sequence[Row], below: Sequence[str] = ()) -> str:
    """The table of a notebook's exercises as HTML, and lines about the others."""
    cell = "padding:0.15em 1.2em 0.15em 0;text-align:left;background:transparent"
    markup = f"<table{marked()} style='border-collapse:collapse'><tbody>"
    for row in rows:
        mark, state = _state(row)
        markup += f"<tr><td style='{cell}'>{badge(mark)}</td><td style='{cell}'>{escape(row.name)}</td>"
        markup += f"<td style='{cell}'>{_told(state)}</td></tr>"
    markup += f"<tr><td></td><td style='{cell}'><b>{_told('together')}</b></td>"
    markup += f"<td style='{cell}'><b>{_told(_total(rows))}</b></td></tr>"
    return markup + "</tbody></table>" + "".join(f"<div>{escape(_told(line))}</div>" for line in below)


def card_html(mark: str, head: str, lines: Sequence[str]) -> str:
    """A headline with its mark and lines below it, where `…` is code."""
    colour = TINTS.get(mark, _NOTE)
    markup = f"<div{marked()} style='{_CARD.format(colour=colour)}'>"
    markup += f"<div><b>{badge(mark)} {with_code(say(head, 'card'))}</b></div>"
    for line in lines:
        markup += f"<div style='margin-top:0.4em;max-width:52em'>{with_code(say(line, 'card'))}</div>"
    return markup + "</div>"


def with_code(text: str) -> str:
    """A text as HTML, in which `…` is code."""
    return _IN_CODE.sub(r"<code>\1</code>", escape(text))


def card_text(mark: str, head: str, lines: Sequence[str]) -> str:
    """The same for a terminal."""
    shown = [line for text in lines for line in _wrapped(say(text, "card"), "  ", "  ")]
    return "\n".join([f"{mark} {say(head, 'card')}", *shown])
