"""There is no screen here: a line that asks for a window, and works at home, changes nothing and raises nothing."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

__all__ = ["without_windows"]


def without_windows() -> None:
    """Have matplotlib keep the backend that it has where another one is asked for that cannot be had.

    A cell that begins with `matplotlib.use("TkAgg")` or `plt.switch_backend("QtAgg")` goes on to what it defines.
    """
    matplotlib = sys.modules["matplotlib"]
    matplotlib.use = _or_stay(matplotlib.use)  # type: ignore[attr-defined]  # looked up by name
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.switch_backend = _or_stay(pyplot.switch_backend)  # type: ignore[attr-defined]  # looked up by name


def _or_stay(choose: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(choose)
    def chosen(*args: Any, **kwargs: Any) -> None:
        try:
            choose(*args, **kwargs)
        except (ImportError, ValueError, RuntimeError) as error:
            print(f"plots stay in the notebook: {error}", file=sys.stderr)

    return chosen
