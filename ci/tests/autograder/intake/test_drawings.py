"""Pictures in written answers: what lies beside the notebook is attached, what is not there is named."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.feedback.display import Display
from autograder.intake.drawings import brought_along
from autograder.tamper import Note

FILES = {
    "a photo.png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "b.JPG": (b"\xff\xd8\xff\xe0", "image/jpeg"),
    "c.gif": (b"GIF89a", "image/gif"),
    "d.webp": (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("form", ["![mine]({})", '<img alt="x" src="{}">', "![mine](drawings/../{})"])
def test_picture_beside_the_notebook_is_attached_and_shown(tmp_path: Path, name: str, form: str) -> None:
    data, kind = FILES[name]
    (tmp_path / name).write_bytes(data)
    notes: list[Note] = []
    text, pictures = brought_along(form.format(name.replace(" ", "%20")), {}, tmp_path, "why", notes)
    if ".." in form:
        assert pictures == {} and "outside" in notes[0].detail
        return
    assert notes == [] and pictures == {"beside-1": {kind: base64.b64encode(data).decode()}}
    assert "attachment:beside-1" in text
    cell = new_markdown_cell(text, attachments=pictures)
    shown, _ = Display().preprocess(new_notebook(cells=[cell]), {})
    whole = shown.cells[0].source + str(shown.cells[0].attachments)
    assert kind in whole and "left out" not in whole


REFUSED = {
    "![](gone.png)": "gone.png, which was not handed in",
    "![](/etc/hostname)": "outside",
    "![](page.html)": "none of png",
    "![](link.png)": "not handed in",
    "![](attachment:lost.png)": "not attached",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_shown_is_named_and_left_as_it_is(tmp_path: Path, text: str) -> None:
    (tmp_path / "page.html").write_text("<script>", encoding="utf-8")
    (tmp_path / "link.png").symlink_to("/etc/hostname")
    notes: list[Note] = []
    assert brought_along(text, {}, tmp_path, "why", notes) == (text, {})
    assert [(note.kind, note.cell) for note in notes] == [("picture-left-out", "why")]
    assert REFUSED[text] in notes[0].detail


def test_text_without_pictures_and_addresses_stay_as_they_are(tmp_path: Path) -> None:
    notes: list[Note] = []
    for text in ("no picture", "![](https://example.org/x.png)", "![](data:image/png;base64,AAAA)"):
        assert brought_along(text, {}, tmp_path, "why", notes) == (text, {})
    assert notes == []
