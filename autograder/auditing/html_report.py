"""The audit as a page of its own: the sums, what is off, the matrix of submissions × exercises, and the kill matrix."""

from __future__ import annotations

import html
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from autograder.auditing.audited import Audited, Complaint
from autograder.auditing.kill_matrix import Fate
from autograder.auditing.text_report import summary
from autograder.auditing.verdicts import Verdict

__all__ = ["page"]

STYLE = """
:root { color-scheme: light dark; --text: #1d232b; --back: #ffffff; --faint: #5b6672; --line: #d5dbe1; --card: #f4f6f8;
  --good: #17692f; --goodback: #e3f4e7; --bad: #a3161d; --badback: #fde8e8; --mid: #7a5200; --midback: #fdf1d6; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e8ec; --back: #14181d; --faint: #a0abb6; --line: #3a434d;
  --card: #1d232a; --good: #86d99b; --goodback: #16321e; --bad: #ff9a9a; --badback: #451b1e; --mid: #f0c674;
  --midback: #3b2f12; } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 84rem; padding: 1.5rem; font: 15px/1.5 system-ui, sans-serif; color: var(--text);
  background: var(--back) }
h1 { font-size: 1.6rem } h2 { font-size: 1.25rem; margin-top: 2.2rem } h3 { font-size: 1rem; margin: 1.2rem 0 .3rem }
p, li { max-width: 50rem } .faint { color: var(--faint) }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } .wide { overflow-x: auto }
th, td { padding: .2rem .55rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
table:not(.grid) th, table:not(.grid) td:last-child { white-space: nowrap }
thead th { color: var(--faint); font-weight: 600 } td.n, th.n { text-align: right }
.good { background: var(--goodback); color: var(--good) } .bad { background: var(--badback); color: var(--bad) }
.mid { background: var(--midback); color: var(--mid) }
.grid { font-size: .78rem; line-height: 1.25 } .grid td { min-width: 6.5rem; max-width: 11rem; overflow-wrap: anywhere;
  border: 1px solid var(--line) } .grid b { display: block }
pre, code { font: .82rem/1.4 ui-monospace, monospace } pre { overflow-x: auto; padding: .6rem; background: var(--card) }
details { margin: .4rem 0 } summary { cursor: pointer } .card { border-left: 4px solid var(--bad); padding: .1rem .9rem;
  margin: .8rem 0; background: var(--card) }
ins { color: var(--good); text-decoration: none } del { color: var(--bad); text-decoration: none }
"""


def page(audited: Sequence[Audited], left_out: Sequence[str]) -> str:
    """Return the whole page as HTML that needs no other file."""
    body = [
        "<h1>Audit of the test cells</h1>",
        "<ul>" + "".join(f"<li>{_safe(line)}</li>" for line in summary(audited, left_out)) + "</ul>",
        *_off(audited),
        *_short(audited),
        "<h2>Submissions × exercises</h2>",
        "<p class=faint>Each row is a submission that answers every exercise in its own way. A cell names the answer "
        "and says what it was to get and what it got, then the mistakes that it was told.</p>",
    ]
    for assignment, group in itertools.groupby(audited, key=lambda entry: entry.exercise.assignment):
        held = list(group)
        body += [f"<h3>{_safe(assignment)}</h3>", *_grid(held)]
    body += ["<h2>What kills which mutant</h2>", *itertools.chain.from_iterable(map(_kills, audited))]
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    return f"{head}<title>Audit</title><style>{STYLE}</style><body>\n" + "\n".join(body) + "\n</body></html>\n"


def _safe(text: str) -> str:
    return html.escape(text)


def _off(audited: Sequence[Audited]) -> Iterator[str]:
    complaints = [complaint for entry in audited for complaint in entry.complaints()]
    if complaints:
        yield f"<h2>What is off ({len(complaints)})</h2>"
        yield from map(_card, complaints)


def _card(complaint: Complaint) -> str:
    shown = f"<pre>{_coloured(complaint.shown)}</pre>" if complaint.shown else ""
    lines = [f"<code>{_safe(line)}</code>" if " | " in line else _safe(line) for line in complaint.advice.split("\n")]
    advice = "".join(f"<p>{line}</p>" for line in lines if line)
    return f"<div class=card><p><b>{_safe(complaint.title)}</b></p>{shown}{advice}</div>"


def _coloured(diff: str) -> str:
    marks = {"+": "ins", "-": "del"}
    lines = []
    for line in diff.split("\n"):
        mark = marks.get(line[:1])
        lines.append(f"<{mark}>{_safe(line)}</{mark}>" if mark else _safe(line))
    return "\n".join(lines)


def _short(audited: Sequence[Audited]) -> Iterator[str]:
    heads = ("wrong", "told", "right", "seeds", "mutants", "killed", "by hidden tests only", "equivalent", "survived")
    yield "<h2>Exercises</h2><div class=wide><table><thead><tr><th>exercise</th>"
    yield "".join(f"<th class=n>{head}</th>" for head in heads) + "</tr></thead>"
    for entry in audited:
        wrong, right = entry.of("wrong"), entry.of("right")
        named = [verdict for verdict in wrong if verdict.told]
        cells = [
            _share(sum(verdict.exact for verdict in wrong), len(wrong)),
            _share(sum(verdict.named for verdict in named), len(named)),
            _share(sum(verdict.exact for verdict in right), len(right)),
            f"<td class='n {'bad' if entry.unsteady else ''}'>{entry.seeds}</td>",
            f"<td class=n>{len(entry.fates)}{f' of {entry.mutants}' if len(entry.fates) < entry.mutants else ''}</td>",
            *(
                f"<td class=n>{entry.count(*kinds)}</td>"
                for kinds in (("visible", "hidden"), ("hidden",), ("equivalent",))
            ),
            f"<td class='n {'bad' if entry.count('survived') else ''}'>{entry.count('survived')}</td>",
        ]
        why = f" <span class=faint title='{_safe(entry.why)}'>(in part)</span>" if entry.why else ""
        yield f"<tr><th><code>{_safe(entry.slug)}</code>{why}</th>{''.join(cells)}</tr>"
    yield "</table></div>"


def _share(part: int, whole: int) -> str:
    return f"<td class='n {'' if part == whole else 'bad'}'>{part} of {whole}</td>" if whole else "<td class=n>–</td>"


def _grid(held: Sequence[Audited]) -> Iterator[str]:
    yield "<div class=wide><table class=grid><thead><tr><th></th>"
    yield "".join(f"<th>{_safe(entry.slug)}</th>" for entry in held) + "</tr></thead>"
    rows = itertools.zip_longest(*([*entry.verdicts] for entry in held))
    for number, row in enumerate(rows):
        cells = "".join("<td></td>" if verdict is None else _cell(verdict) for verdict in row)
        yield f"<tr><th>{number or 'solution'}</th>{cells}</tr>"
    yield "</table></div>"


def _cell(verdict: Verdict) -> str:
    kind = "bad" if verdict.off else "good" if verdict.kind == "right" else "mid"
    points = f"{verdict.expected:g} → {verdict.points:g}"
    told = f"<br>{_safe(', '.join(verdict.findings))}" if verdict.findings else ""
    title = _safe("\n".join(verdict.messages)[:600])
    return f"<td class={kind} title='{title}'><b>{_safe(verdict.name)}</b>{points}{told}</td>"


def _kills(entry: Audited) -> Iterator[str]:
    if not entry.fates:
        return
    raised = sum(fate.killed and not fate.hit for fate in entry.fates)
    title = f"{entry.slug}: {entry.count('visible', 'hidden')} killed, {raised} of them raised before any checkpoint"
    yield f"<details><summary>{_safe(title)}</summary>"
    if entry.kills:
        yield "<table><thead><tr><th class=n>line</th><th>checkpoint</th><th class=n>killed</th>"
        yield "<th class=n>it alone</th><th>without it</th></tr></thead>"
        for kill in entry.kills:
            point = kill.checkpoint
            place = " <span class=faint>hidden</span>" if point.hidden else ""
            told = "<td class=good>some slip through" if kill.needed else "<td class=faint>none slips through"
            yield (
                f"<tr><td class=n>{point.line}</td><td><code>{_safe(point.text)}</code>{place}</td>"
                f"<td class=n>{kill.killed}</td><td class=n>{kill.alone}</td>{told}</td></tr>"
            )
        yield "</table>"
    by_hidden = [fate for fate in entry.fates if fate.status == "hidden"]
    if by_hidden:
        yield "<p>Students do not see these with the tests that they have:</p>" + _list(by_hidden)
    reasons = Counter(fate.reason for fate in entry.fates if fate.status == "equivalent")
    for reason in reasons:
        same = [fate for fate in entry.fates if fate.status == "equivalent" and fate.reason == reason]
        yield f"<p>Equivalent: {_safe(reason)}</p>{_list(same)}"
    yield "</details>"


def _list(fates: Sequence[Fate]) -> str:
    return "<ul>" + "".join(f"<li><code>{_safe(fate.name)}</code></li>" for fate in fates) + "</ul>"
