"""The name of a mistake: which single slip in the backward pass would give exactly the gradients that a student has.

The forward pass is recorded as a graph. Each operation's contribution is replaced, one at a time, by what people write
in its place; a replacement that reproduces the student's gradients to 1e-8 is a suspect, and it must do so again at two
fresh points, of other sizes where it can. Where nothing fits, or two different causes fit, nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from cs231n_lite.diagnosing import formulas
from cs231n_lite.diagnosing.alterations import ChoiceSlip, RegionSlip, Scaled
from cs231n_lite.diagnosing.case import Case
from cs231n_lite.diagnosing.comparison import Comparison
from cs231n_lite.diagnosing.loop_slips import UpstreamNotRenewed, WrongWayRound
from cs231n_lite.diagnosing.recording import Recording, variable_of
from cs231n_lite.diagnosing.suspects import Suspect, distant_suspects_of, suspects_of

__all__ = ["Case", "Named", "name_of"]


class Named(NamedTuple):
    """A mistake by its slug: the positions of the gradients that it explains, a sentence, and where it first shows."""

    slug: str
    arrays: tuple[int, ...]
    message: str
    node: str


def name_of(case: Case, fresh: Callable[[], Case | None]) -> list[Named]:
    """Name what is wrong with the gradients of a case; each call of `fresh` looks at the student's code elsewhere.

    First one cause for all that is wrong, then one for each gradient apart. An empty list: nothing fits, or too much.
    """
    comparison = Comparison(case)
    wrong = comparison.wrong()
    if not wrong:
        return []
    others: list[Comparison | None] = []

    def elsewhere() -> list[Comparison]:
        while len(others) < 2:
            others.append(_compared(fresh, case, wrong))
        return [other for other in others if other is not None]

    together = _choose(comparison, elsewhere, frozenset(case.gradients), wrong)
    if together:
        return [together]
    named = []
    for k in sorted(wrong):
        single = _choose(comparison, elsewhere, frozenset([k]), frozenset([k]))
        if single is None and (formula := formulas.formula_of(comparison, elsewhere, k)):
            text, node = formula
            words = f"Your gradient of `{node}` looks like `{text}`, where each d… stands for the right gradient."
            single = Named("wrong-value", (k,), words, node)
            if text == formulas.NOTHING:
                words = f"What flows back through `{node}` is missing."
                single = Named("branch-missing", (k,), words, node) if np.any(case.gradients[k]) else None  # all is
        if single:
            named.append(single)
    return _joined(named)


def _compared(fresh: Callable[[], Case | None], case: Case, wrong: frozenset[int]) -> Comparison | None:
    """The student's code at a fresh point, where it runs there and does the same operations."""
    try:
        other = fresh()
    except Exception:  # student code may fail at sizes that it was not written for
        return None
    fits = other is not None and other.run.same_kind(case.run) and wrong <= set(other.gradients)
    return Comparison(other) if other is not None and fits else None


def _joined(named: list[Named]) -> list[Named]:
    """One sentence for the same slip in several gradients."""
    joined: dict[tuple[str, str], Named] = {}
    for one in named:
        key = (one.slug, one.message)
        if key in joined:
            one = one._replace(arrays=joined[key].arrays + one.arrays)
        joined[key] = one
    return list(joined.values())


def _choose(
    comparison: Comparison,
    elsewhere: Callable[[], list[Comparison]],
    arrays: frozenset[int],
    wrong: frozenset[int],
) -> Named | None:
    fitting: list[Suspect] = []
    for search in (suspects_of, distant_suspects_of):
        suspects = list(search(comparison, arrays, wrong))
        if suspects:
            fresh = elsewhere()
            if len(fresh) < 2:
                return None
            fitting = [s for s in suspects if all(other.explains(s.alteration, arrays) for other in fresh)]
        if fitting:
            break
    agreed = _agreed(fitting, comparison.run) if fitting else None
    if agreed is None:
        return None
    best, same = agreed
    run = comparison.run
    one_input = len(run.nodes[best.top].inputs) == 1
    if best.slug == "mask-missing" and one_input and not run.reach[best.top] - wrong <= comparison.wrong():
        late = "used the gradient from before the mask, where the others have the one from after it"
        best = best._replace(slug="mask-too-late", words=late)
    node = variable_of(run, best.top) or run.nodes[best.top].op
    return Named(best.slug, tuple(sorted(wrong)), _sentence(best, same, run), node)


def _agreed(fitting: list[Suspect], run: Recording) -> tuple[Suspect, list[Suspect]] | None:
    """The slug that all suspects are words for, with those of that slug; None where they name different causes."""
    # A factor of the circuit's own that was left out is that, and not its number, which is another for another factor.
    constant = [suspect for suspect in fitting if suspect.words.startswith("left out the factor ")]
    if constant and all(s.slug in ("local-dropped", "factor-2", "factor-half", "wrong-value", "sign") for s in fitting):
        return constant[0], constant
    # What is said of the sides of one activation says more than what it comes to at a gate on one of them.
    sided = {suspect.slug for suspect in fitting if isinstance(suspect.alteration, ChoiceSlip)}
    sided -= {"wrong-value"}
    for slug in sorted({suspect.slug for suspect in fitting}, key=lambda slug: (slug not in sided, _rank(slug))):
        same = [suspect for suspect in fitting if suspect.slug == slug]
        tops = {suspect.top for suspect in same}
        if slug == "wrong-value" and len(tops) > 1 and len({suspect.words for suspect in same}) > 1:
            return None
        # What spans a whole activation says more than what it comes to at one operation inside.
        squares = ("square", "power") if slug == "factor-half" else ()
        best = max(same, key=lambda s: (s.alteration.wide, run.nodes[s.top].op in squares, s.top))
        if run.nodes[best.top].op in squares:
            return best._replace(words="lacks the factor 2 that the derivative of a square has"), [best]
        if all(_related(best, suspect) or suspect.top in tops for suspect in fitting):
            return best, same
    return None


# When several descriptions are the same numbers at the same place, the most telling comes first.
_ORDER = (
    "sign", "factor-half", "factor-2", "mask-missing", "mask-inverted", "mask-from-upstream",
    "activation-input-output-confused", "one-hot-missing", "correct-class-term", "operands-swapped", "branch-missing",
    "branch-overwritten", "missing-1-over-n", "mean-for-sum", "extra-1-over-n", "not-unbroadcast", "transposed", "zero",
    "local-dropped", "upstream-dropped", "wrong-value",
)  # fmt: skip


def _rank(slug: str) -> int:
    return _ORDER.index(slug) if slug in _ORDER else len(_ORDER)


_KIN = (
    {"zero", "branch-missing", "branch-overwritten", "not-unbroadcast"},
    {"mean-for-sum", "extra-1-over-n"},
    {"mask-missing", "local-dropped", "upstream-dropped", "operands-swapped", "activation-input-output-confused"},
)


def _related(one: Suspect, other: Suspect) -> bool:
    """Whether two suspects tell the same slip in other words: the same slug, kin, or the same place."""
    if one.slug == other.slug or any(one.slug in kin and other.slug in kin for kin in _KIN):
        return True
    return one.top == other.top or other.slug == "wrong-value"


_GATE = {
    "multiply": "multiply gate",
    "add": "add gate",
    "subtract": "subtraction",
    "divide": "division",
    "maximum": "max gate",
    "minimum": "min gate",
    "matmul": "matrix product",
    "dot": "dot product",
    "square": "square",
    "power": "power",
    "negative": "negation",
    "getitem": "indexing",
    "where": "choice between two sides",
    "reciprocal": "reciprocal",
}


def _gate_of(run: Recording, n: int) -> str:
    node = run.nodes[n]
    if (
        node.op == "maximum"
        and len(node.inputs) == 1
        and any(np.size(a) == 1 and a == 0 for a in node.args if np.isscalar(a))
    ):
        return "ReLU"
    return _GATE.get(node.op, node.op)


def _sentence(best: Suspect, same: list[Suspect], run: Recording) -> str:
    operations = sum(1 for n in run.active if run.nodes[n].op != "input")
    variable = variable_of(run, best.top)
    nodes = sorted({suspect.top for suspect in same}, reverse=True)
    first, last = (_named(run, n) for n in (nodes[0], nodes[-1]))
    if isinstance(best.alteration, WrongWayRound | UpstreamNotRenewed):
        return f"It looks as if the backward pass {best.words}."
    if isinstance(best.alteration, RegionSlip):
        place = f"at the step back to `{variable}`"
    elif isinstance(best.alteration, Scaled) and len(nodes) > 1 and first and last and first != last:
        place = f"somewhere between {first} and {last}"
    elif operations == 1 or not variable:
        place = f"at the {_gate_of(run, best.top)}"
    else:
        place = f"at the {_gate_of(run, best.top)} that makes `{variable}`"
    if isinstance(best.alteration, Scaled) and run.nodes[best.alteration.n].op == "where":
        holds = run.step(best.alteration.n).place(best.alteration.slot) == 1
        place += ", where the condition holds," if holds else ", where the condition does not hold,"
    if best.words.startswith(("has ", "is ", "lacks ")):
        return f"What flows back {place} {best.words}."
    return f"It looks as if the backward pass, {place}, {best.words}."


def _named(run: Recording, n: int) -> str:
    """The variable of a node in code font, or what the output is called."""
    variable = variable_of(run, n)
    variable = "scores" if variable == "shifted" else variable  # the course's own name, one step before the scores
    return f"`{variable}`" if variable else "the output" if n == run.output else ""
