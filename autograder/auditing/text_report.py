"""The audit in plain text: a line an exercise, then everything that is off, then the sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograder.auditing.audited import Audited, figures

__all__ = ["percent", "summary", "text"]

HEADS = (
    "wrong",
    "told",
    "named",
    "false names",
    "right",
    "pleasers",
    "seeds",
    "mutants",
    "killed",
    "hidden",
    "equiv.",
    "alive",
)
WIDTHS = [(head, max(9, len(head))) for head in HEADS]
AIM = 95  # percent of the wrong answers that are told what their mistake is


def text(audited: Sequence[Audited], left_out: Sequence[str]) -> str:
    """Return the whole report: the matrix in short, what no mutant needs, what is off, and the sums."""
    return "\n".join([*_matrix(audited), *_checkpoints(audited), *_off(audited), "", *summary(audited, left_out)])


def _matrix(audited: Sequence[Audited]) -> Iterator[str]:
    wide = max(len(entry.slug) for entry in audited)
    assignment = ""
    for entry in audited:
        if entry.exercise.assignment != assignment:
            assignment = entry.exercise.assignment
            yield f"\n{assignment}"
            yield " ".join([f"{'':{wide}}", *(f"{head:>{width}}" for head, width in WIDTHS)])
        wrong, right, pleasers = entry.of("wrong"), entry.of("right"), entry.of("pleaser")
        named = [verdict for verdict in wrong if verdict.mistake]
        cells = (
            f"{sum(verdict.exact for verdict in wrong)}/{len(wrong)}",
            f"{sum(verdict.named for verdict in named)}/{len(named)}",
            percent(sum(verdict.by_name for verdict in wrong), len(wrong)),
            f"{entry.false_names}",
            f"{sum(verdict.exact for verdict in right)}/{len(right)}",
            f"{sum(verdict.exact for verdict in pleasers)}/{len(pleasers)}",
            f"{entry.seeds}" + ("!" if entry.unsteady else ""),
            f"{len(entry.fates)}" + (f"/{entry.mutants}" if len(entry.fates) < entry.mutants else ""),
            f"{entry.count('visible', 'hidden')}",
            f"{entry.count('hidden')}",
            f"{entry.count('equivalent')}",
            f"{entry.count('survived')}",
        )
        off = "  OFF" if entry.complaints() else ""
        yield (
            " ".join(
                [f"{entry.slug:{wide}}", *(f"{cell:>{width}}" for cell, (_, width) in zip(cells, WIDTHS, strict=True))]
            )
            + off
        )


def percent(part: int, whole: int) -> str:
    """A share in whole percent, rounded down: 100 % is all of them."""
    return f"{100 * part // whole} %" if whole else "-"


def _checkpoints(audited: Sequence[Audited]) -> Iterator[str]:
    """How many checkpoints there are that no mutant needs; they are named in --html and --json."""
    counted = [kill for entry in audited for kill in entry.kills]
    if counted:
        idle = sum(not kill.needed for kill in counted)
        yield ""
        yield f"{len(counted)} checkpoints (asserts, checks, what a helper finds amiss): if one alone is left out,"
        yield f"some mutant slips through for {len(counted) - idle} of them, and for {idle} none does"


def _off(audited: Sequence[Audited]) -> Iterator[str]:
    for entry in audited:
        for complaint in entry.complaints():
            yield ""
            yield str(complaint)


def summary(audited: Sequence[Audited], left_out: Sequence[str]) -> list[str]:
    """The sums, in a few lines."""
    sums = figures(audited)
    lines = [
        f"{sums['wrong_exact']} of {sums['wrong']} wrong answers lose exactly their points; {sums['told']} of the "
        f"{sums['named']} that have a name are told it",
        f"{sums['by_name']} of {sums['wrong']} are told what their mistake is, not only where a value is wrong "
        f"(named: {percent(sums['by_name'], sums['wrong'])}, aim {AIM} %); false names: {sums['false_names']}",
        f"{sums['right_whole']} of {sums['right']} right answers keep all their points",
        f"{sums['pleasers_exact']} of {sums['pleasers']} answers that lie to please a test earn nothing by it",
        f"{sums['killed']} of {sums['judged']} mutants are killed ({sums['hidden_only']} by hidden tests only), "
        f"{sums['equivalent']} are equivalent, {sums['survived']} survived",
    ]
    lines += [f"left out: {line}" for line in left_out]
    off = sums["off"]
    lines.append(f"{off} thing{'' if off == 1 else 's'} off" if off else "nothing is off")
    return lines
