"""One thing that a check has to say, and which of two points' findings agree."""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check has to say: a fixed `slug`, the `array` or part it is about, and a sentence.

    `detail` is a small table or map in fixed-width text; a `remark` costs nothing; `node` is where a named mistake
    first shows in the graph of the forward pass.
    """

    slug: str
    array: str
    message: str
    detail: str = ""
    remark: bool = False
    node: str = ""


# What a mistake in numbers is called; where two points give it two names, neither is its name.
_NUMBERS = {
    *(
        "wrong-value",
        "sign",
        "factor-2",
        "factor-half",
        "missing-1-over-n",
        "extra-1-over-n",
        "zero",
        "upstream-dropped",
    ),
    *("local-dropped", "transposed", "operands-swapped", "branch-missing", "branch-overwritten", "mean-for-sum"),
    *("mask-missing", "mask-inverted", "mask-from-upstream", "mask-too-late", "activation-input-output-confused"),
    *(
        "one-hot-missing",
        "correct-class-term",
        "reversed",
        "summed",
        "one-row-only",
        "wrong-local",
        "wrong-operand",
        "not-renewed",
    ),
}


# One mistake may have another name at another gate: what drops tanh's slope drops a ReLU's mask.
_KIN = (
    {"mask-missing", "local-dropped"},
    {"zero", "branch-missing", "branch-overwritten"},
    {"mean-for-sum", "extra-1-over-n"},
    {"wrong-operand", "wrong-value", "operands-swapped"},  # of a single turn nobody can tell which other turn was read
)


def _kin(one: str, other: str) -> bool:
    return one == other or any(one in kin and other in kin for kin in _KIN)


def agreeing(mine: list[Finding], others: list[Finding]) -> tuple[list[Finding], list[Finding]]:
    """The findings of two points, with names that hold at one of them only taken back."""
    named: list[dict[str, str]] = []
    for findings in (mine, others):
        about_numbers = [finding for finding in findings if finding.slug in _NUMBERS and not finding.remark]
        named.append({part: finding.slug for finding in about_numbers for part in finding.array.split(", ")})
    torn = {part for part, slug in named[0].items() if not _kin(slug, named[1].get(part, slug))}

    def settled(finding: Finding) -> Finding:
        clashes = finding.slug in _NUMBERS and torn & set(finding.array.split(", "))
        if not clashes or finding.slug == "wrong-value":
            return finding
        verb = "are" if "," in finding.array else "is"
        plain = f"{finding.array} {verb} wrong, and not in the same way at every point that was tried."
        return replace(finding, slug="wrong-value", message=plain, node="")

    return [settled(finding) for finding in mine], [settled(finding) for finding in others]
