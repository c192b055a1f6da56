"""`python3 -m ci reference`: the page to keep as HTML, and as a PDF where there is a browser to print it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ci import debian, reference
from ci.environment import Unready

BROWSER = """#!/bin/sh
for word in "$@"; do case "$word" in --print-to-pdf=*) echo "%PDF of $word" > "${word#--print-to-pdf=}";; esac; done
"""


def a_browser(folder: Path, script: str) -> str:
    path = folder / "browser"
    path.write_text(script)
    path.chmod(0o755)
    return str(path)


def test_both_files_are_written_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(debian, "chromium", lambda: a_browser(tmp_path, BROWSER))
    assert reference.run(tmp_path / "build") == 0
    names = capsys.readouterr().out.split()
    assert names == [str(tmp_path / "build" / f"reference.{kind}") for kind in ("html", "pdf")]
    assert Path(names[1]).read_text().startswith("%PDF") and "term-upstream" in Path(names[0]).read_text("utf-8")


@pytest.mark.parametrize("script", ["#!/bin/sh\nexit 1\n", None])
def test_without_a_browser_that_prints_the_page_is_there_and_the_pdf_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None
) -> None:
    monkeypatch.setattr(debian, "provide", lambda: "" if script else "there is no Chromium")
    monkeypatch.setattr(debian, "chromium", lambda: a_browser(tmp_path, script) if script else None)
    with pytest.raises(Unready, match=r"reference.html is written"):
        reference.run(tmp_path / "build")
    assert (tmp_path / "build" / "reference.html").is_file()
