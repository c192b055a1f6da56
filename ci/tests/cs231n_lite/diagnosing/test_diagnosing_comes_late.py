"""The right answers are loaded by a check that has something to judge, and by nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOADED = "import sys; print(*[name for name in sys.modules if name.startswith('cs231n_lite.diagnosing')])"
IMPORTS = {
    "the-package": "import cs231n_lite",
    "a-check": "from cs231n_lite import check_gradient",
    "right-forwards": "from cs231n_lite.checking.right_forwards import forward_of",
    "a-picture": "from cs231n_lite import draw, trace; draw(trace(lambda x, y: x * y, 2.0, 3.0))._repr_html_()",
    "values-that-are-checked": "from cs231n_lite import check_values; check_values({'x': 1.0}, {'x': 2.0})",
}
CHECKS = {
    "gradient": "from cs231n_lite import check_gradient; check_gradient(lambda x: x**2, 4.0, 2.0)",
    "loss": "from cs231n_lite import check_loss; check_loss(lambda w: (w * w, 2 * w), 2.0, reg=None)",
}


def loaded(code: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", f"{code}\n{LOADED}"], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("case", IMPORTS)
def test_nothing_of_it_is_loaded_before_a_check(case: str) -> None:
    assert loaded(IMPORTS[case]) == set()


@pytest.mark.parametrize("case", CHECKS)
def test_a_check_loads_it(case: str) -> None:
    assert loaded(CHECKS[case]) >= {"cs231n_lite.diagnosing.naming", "cs231n_lite.diagnosing.backward_rules"}


def test_a_warm_examiner_has_loaded_all_of_it() -> None:
    from autograder.sandbox.warm import EXAMINER

    listed = ", ".join(name for name in EXAMINER if name.startswith("cs231n_lite"))
    both = f"from cs231n_lite import check_gradient, check_loss; import {listed}"
    assert loaded(both) == loaded(f"{both}; {CHECKS['gradient']}; {CHECKS['loss']}")
