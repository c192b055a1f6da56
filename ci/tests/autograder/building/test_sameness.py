"""What counts as a difference between two builds."""

from __future__ import annotations

import base64
import io
import json

import matplotlib.image
import numpy as np
import pytest

from autograder.building.sameness import same

PIXELS = np.random.default_rng(0).integers(40, 200, size=(30, 40, 3), dtype=np.uint8)


def notebook(pixels: np.ndarray, text: str = "<Chart>") -> bytes:
    buffer = io.BytesIO()
    matplotlib.image.imsave(buffer, pixels, format="png")
    png = base64.b64encode(buffer.getvalue()).decode()
    html = f'<div><img alt="least {len(buffer.getvalue())}" src="data:image/png;base64,{png}"></div>'
    data = {"text/html": [html], "text/plain": text}
    return json.dumps({"cells": [{"source": "plot()", "outputs": [{"data": data}]}]}).encode()


def test_picture_whose_pixels_differ_by_one_shade_is_the_same() -> None:
    other = PIXELS.copy()
    other[3, 5] += 1
    assert notebook(other) != notebook(PIXELS)
    assert same(notebook(PIXELS), notebook(other))


@pytest.mark.parametrize(
    ("case", "other"),
    [
        ("a line moved by a pixel", notebook(np.roll(PIXELS, 1, axis=0))),
        ("one pixel of another colour", notebook(np.where(np.arange(40)[:, None] == 7, PIXELS + 10, PIXELS))),
        ("another size", notebook(PIXELS[1:])),
        ("another text beside the same picture", notebook(PIXELS, "<Other>")),
        ("a picture less", json.dumps({"cells": [{"source": "plot()", "outputs": [{"data": {}}]}]}).encode()),
        ("no notebook", b"x"),
        ("no file", None),
    ],
)
def test_whatever_a_reader_could_see_is_a_difference(case: str, other: bytes | None) -> None:
    assert not same(notebook(PIXELS), other), case
    assert not same(other, notebook(PIXELS)), case


def test_broken_picture_is_a_difference() -> None:
    broken = notebook(PIXELS).replace(b"iVBOR", b"AAAAA")
    assert not same(notebook(PIXELS), broken)
