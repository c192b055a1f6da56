"""Right derivatives at the edges of what numbers can hold pass, and wrong ones do not, where they can be seen."""

from __future__ import annotations

import numpy as np
import pytest

from ci.planted.edges import Edge, edges


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("edge", [edge for edge in edges() if "1000000" not in edge.name], ids=lambda edge: edge.name)
def test_right_code_passes_at_the_edge(edge: Edge) -> None:
    with np.errstate(all="ignore"):
        report = edge.check(1.0)
        assert report.passed, str(report)
        assert edge.check(1.5).passed is not edge.visible
