"""A cell or a call that takes all there is of something costs its own exercise: those before and after keep theirs."""

from __future__ import annotations

import pytest

from ci.tests.autograder.builders import notebook, reported
from ci.tests.autograder.examining.builders import answer_cells, points, run, shown

FLOODS = {answer.name: answer for answer in answer_cells("floods")}


@pytest.mark.parametrize("place", ["cell", "call"])
@pytest.mark.parametrize("name", FLOODS)
def test_flood_costs_its_own_exercise_alone(name: str, place: str) -> None:
    flood = FLOODS[name].source
    body = "\n".join(f"    {line}" for line in flood.split("\n"))
    own = {"cell": f"{flood}\ndef flooded():\n    return 1", "call": f"def flooded():\n{body}\n    return 2"}[place]
    nb = notebook(
        ("answer", "import numpy as np\ndef before(x):\n    return np.ones((200, 200)) * x"),
        ("test", reported("assert before(2.0)[0, 0] == 2.0")),
        ("answer", own),
        ("test", reported("assert flooded() == 1")),
        ("answer", "def after(x):\n    return before(x) + 1"),
        ("test", reported("assert after(2.0)[0, 0] == 3.0")),
    )
    run(nb, memory=256 << 20, timeout=8.0)
    earned = points(nb)
    assert (earned["test-1"], earned["test-3"]) == (2.0, 2.0), "\n".join(shown(nb, f"test-{n}") for n in (1, 2, 3))
