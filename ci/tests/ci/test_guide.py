"""The guide says what can be counted, is what is written out of its parts, and never reaches a student."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from autograder.building.release import contents
from autograder.course import Course
from ci import guide

ROOT = Path(__file__).resolve().parents[3]
ASSIGNMENTS = Course(ROOT).assignments()


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return guide.pages()


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_mistakes_are_counted_as_the_corpus_has_them(pages: dict[str, str], assignment: str) -> None:
    text = (ROOT / "autograder" / "audit" / f"{assignment}.py").read_text(encoding="utf-8")
    heads = re.findall(r"^# %% (\S+) \| wrong \| \S+ \| loses \S+(?: \| told (\S+))?", text, re.MULTILINE)
    counts, wrong = Counter(heads), Counter(slug for slug, _ in heads)
    for section in pages[f"{assignment}.md"].split("\n## ")[1:]:
        slug = re.search(r"^`([a-z0-9-]+)`", section, re.MULTILINE)[1]
        rows = re.findall(r"^\| `([a-z0-9-]+)` \| (\d+) \|", section, re.MULTILINE)
        assert {(name, int(count)) for name, count in rows} == {(name, counts[slug, name]) for name, _ in rows}
        least = min((int(count) for _, count in rows), default=0)
        others = {name for (of, name) in counts if of == slug and name} - {name for name, _ in rows}
        assert all(counts[slug, name] <= least for name in others), slug
        assert len(rows) == (3 if wrong[slug] else 0) and (not rows or f"of {wrong[slug]} wrong answers" in section)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_minutes_fill_a_section_and_a_lecture_and_points_are_the_notebooks(assignment: str) -> None:
    found = guide.exercises(Course(ROOT), assignment)
    assert sum(exercise.words["section"] for exercise in found) == guide.SECTION
    assert 0 < sum(exercise.words["lecture"] for exercise in found) <= guide.SECTION
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    row = next(line for line in readme.splitlines() if line.startswith(f"| [{assignment}]"))
    count = sum(bool(exercise.points) for exercise in found)  # a stretch exercise has none, and is not counted
    assert f"| {count} | {sum(exercise.points for exercise in found)}, of them 3 by hand |" in row


def test_each_written_question_has_two_samples_that_earn_different_marks(pages: dict[str, str]) -> None:
    for assignment in ASSIGNMENTS:
        marks = re.findall(r"\*\*Sample \d: ([\d.]+) of 3 points\.\*\*", pages[f"{assignment}.md"])
        assert len(marks) == 2 and len(set(marks)) == 2 and all(float(mark) <= 3 for mark in marks), assignment


def test_pictures_have_a_sentence_and_links_lead_somewhere(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        if not name.endswith(".md"):
            continue
        for sentence, path in re.findall(r"!\[(.*)\]\((.*)\)", text):
            assert len(sentence) > 30 and pages[path].startswith("<svg")
        for page, anchor in re.findall(r"\]\(([^)#]*\.md|)#([^)]+)\)", text):
            heads = re.findall(r"^#+ (.+)$", pages[page or name], re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_what_is_committed_is_what_is_written_and_a_change_is_noticed(
    pages: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guide.main(["--check"]) == 0, capsys.readouterr().out
    monkeypatch.setattr(guide, "GUIDE", tmp_path)
    monkeypatch.setattr(guide, "ROOT", tmp_path)
    monkeypatch.setattr(guide, "pages", lambda: pages)
    (tmp_path / "old.md").write_text("gone", encoding="utf-8")
    assert guide.main(["--check"]) == 1 and "old.md: is not what" in capsys.readouterr().out
    assert guide.main([]) == 0 and guide.main(["--check"]) == 0
    assert not (tmp_path / "old.md").exists()


def test_nothing_of_it_is_in_what_students_get() -> None:
    secrets = set()
    for path in (ROOT / "guide" / "words").glob("*.toml"):
        for table in tomllib.loads(path.read_text(encoding="utf-8")).values():
            for entry in table.values() if isinstance(table, dict) else []:
                secrets |= {entry.get("board", ""), *entry.get("say", {}).values()}
                secrets |= {sample["answer"].strip() for sample in entry.get("samples", [])}
    secrets.discard("")
    assert len(secrets) > 150
    files = contents(Course(ROOT), ASSIGNMENTS)
    assert not [name for name in files if "guide" in name]
    everything = b"\n".join(files.values()).decode("utf-8", "replace")
    assert not [secret for secret in secrets if secret in everything]
