"""The picture at the top of the README is one that the package draws today."""

from __future__ import annotations

from pathlib import Path

from cs231n_lite import Graph, Picture, draw

PICTURE = Path(__file__).parents[3] / "ci" / "pictures" / "readme.svg"


def readme_picture() -> Picture:
    """The classic sigmoid circuit with a student's gradients, of which the sign was lost at the negate gate."""
    circuit = Graph(
        {
            "a": ("multiply", "w0", "x0"),
            "b": ("multiply", "w1", "x1"),
            "c": ("add", "a", "b"),
            "s": ("add", "c", "w2"),
            "n": ("negate", "s"),
            "e": ("exp", "n"),
            "p": ("add", "e", 1.0),
            "f": ("reciprocal", "p"),
        }
    )
    circuit.forward(w0=2.0, w1=-3.0, w2=-3.0, x0=-1.0, x1=-2.0)
    before_the_negate_gate = {*circuit.order} - {"n", "e", "p", "f", "p.1"}
    measured = circuit.sensitivities()
    gradients = {name: -slope if name in before_the_negate_gate else slope for name, slope in measured.items()}
    return draw(
        circuit, {name: gradients[name] for name in circuit.order if name != "p.1"}, title="σ(w0·x0 + w1·x1 + w2)"
    )


def test_the_readme_picture_is_what_draw_makes_today() -> None:
    assert PICTURE.read_text(encoding="utf-8") == readme_picture().svg, (
        "the drawing has changed; look at it, then: "
        'python -c "from ci.tests.docs.test_readme_picture import *; readme_picture().save(PICTURE)"'
    )
