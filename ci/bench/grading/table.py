"""What the ways cost, as the tables of results/grade.md, and which aims are reached."""

from __future__ import annotations

from collections.abc import Mapping

from ci.bench.grading.cost import Cost
from ci.bench.grading.ways import LIMIT, ONE, PLAIN, STORED, TWO

__all__ = ["aims", "table"]

HEAD = "wall s | plain to it | processor s | plain to it | it to the limit | memory MB"


def table(title: str, costs: Mapping[str, Cost]) -> str:
    """Return a table with a row for each way: means a submission, and ratios of means."""
    wall_of_plain, processor_of_plain = costs[PLAIN].means()
    limit = costs[LIMIT].means()[1]
    lines = [f"| {title} | {HEAD} |", "| --- | --- | --- | --- | --- | --- | --- |"]
    for way, cost in costs.items():
        wall, processor = cost.means()
        ratios = f"{wall:.2f} | {wall_of_plain / wall:.1f} | {processor:.2f} | {processor_of_plain / processor:.1f}"
        lines.append(f"| {way} | {ratios} | {processor / limit:.2f} | {cost.memory / 1e6:.0f} |")
    return "\n".join(lines)


def aims(costs: Mapping[str, Cost]) -> str:
    """Return a line that says of each aim whether it is reached."""
    wall, processor = ({way: cost.means()[number] for way, cost in costs.items()} for number in range(2))
    of_all = [
        ("processor, plain to 1 worker", processor[PLAIN] / processor[ONE], "≥", 4.0, 1),
        ("wall, plain to 2 workers", wall[PLAIN] / wall[TWO], "≥", 7.0, 1),
        ("wall, plain to the full store", wall[PLAIN] / wall[STORED], "≥", 25.0, 1),
        ("processor, 1 worker to the limit", processor[ONE] / processor[LIMIT], "≤", 1.6, 2),
    ]
    parts = []
    for words, figure, sign, aim, digits in of_all:
        reached = figure >= aim if sign == "≥" else figure <= aim
        parts.append(f"{words} {figure:.{digits}f} (aim {sign} {aim:g}: {'reached' if reached else '**not reached**'})")
    return "; ".join(parts) + "."
