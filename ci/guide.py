"""The instructor's guide: written in guide/words/, and put together here with what can be counted and drawn.

Minutes, points and difficulty are those of the notebooks, the commonest mistakes those of the audit's corpus, and the
pictures those that the solutions show. `python3 -m ci guide` writes guide/*.md; CI runs it with --check.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bs4 import BeautifulSoup

from autograder.corpus.answers import Answer, answers
from autograder.course import Course
from autograder.marking.questions import questions
from autograder.notebooks.notebook import read
from ci.environment import ROOT

__all__ = ["GUIDE", "Exercise", "exercises", "main", "pages", "top_mistakes"]

GUIDE = ROOT / "guide"
WORDS = GUIDE / "words"
MOST = 3  # mistakes of an exercise
SECTION = 50  # minutes
LARGEST = 70_000  # bytes of a picture
LONGEST = 400  # letters of a picture's sentence
BANNER = "<!-- Made by `python3 -m ci guide` from guide/words/, the notebooks and the corpus: change those. -->"
DRAWN = "data:image/svg+xml,"
HEADING = re.compile(
    r"^#+ (?P<number>\d+) · (?P<title>.+?)(?: *<a .*)?\n+`(?P<slug>[a-z0-9-]+)` &nbsp; "
    r"(?:<\w[^>]*>)?(?P<dots>[●○]+)(?:</\w+>)?(?P<level>(?: \w+)?) &nbsp; "
    r"(?P<minutes>\d+) minutes? &nbsp; (?:(?P<points>\d+) points?|stretch)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Exercise:
    """An exercise as its notebook announces it, with the words of the guide and the picture of its solution."""

    number: int
    title: str
    slug: str
    dots: str
    minutes: int
    points: int
    words: dict[str, Any]
    svg: str = ""
    sentence: str = ""
    mistakes: list[tuple[str, list[Answer]]] = field(default_factory=list)
    wrong: int = 0


def exercises(course: Course, assignment: str) -> list[Exercise]:
    """Return an assignment's exercises in order; raises ValueError where a word is missing or about nothing."""
    words = tomllib.loads((WORDS / f"{assignment}.toml").read_text(encoding="utf-8"))
    texts = {**words["exercises"], **words["written"]}
    corpus, found = answers(assignment), []
    (path,) = course.notebooks(assignment)
    pictures = _pictures(ROOT / "solutions" / assignment / path.name)
    for match in HEADING.finditer(
        "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    ):
        slug = match["slug"]
        wrong = [answer for answer in corpus.get(slug, {}).values() if answer.kind == "wrong"]
        mistakes = top_mistakes(wrong)
        said, common = set(texts[slug].get("say", {})), {name for name, _ in mistakes}
        unknown = said - {answer.mistake for answer in wrong}  # what is rarer by now may be commoner again
        if common - said or unknown:
            raise ValueError(
                f"{assignment}.toml, {slug}: say.{', say.'.join(sorted(common - said)) or 'nothing'} is missing of the "
                f"{MOST} commonest mistakes; {', '.join(sorted(unknown)) or 'nothing'} is no mistake of the corpus"
            )
        numbers = int(match["number"]), match["title"].strip(), slug, match["dots"] + match["level"]
        budget = int(match["minutes"]), int(match["points"] or 0)
        found.append(Exercise(*numbers, *budget, texts[slug], *pictures.get(slug, ("", "")), mistakes, len(wrong)))
    unknown = texts.keys() - {exercise.slug for exercise in found}
    if unknown:
        raise ValueError(f"{assignment}.toml: there is no exercise {', '.join(sorted(unknown))}")
    return found


def top_mistakes(wrong: list[Answer]) -> list[tuple[str, list[Answer]]]:
    """Return the commonest mistakes of wrong answers, each with its answers; of two, the one that costs more."""
    by_name: dict[str, list[Answer]] = defaultdict(list)
    for answer in wrong:
        if answer.mistake:
            by_name[answer.mistake].append(answer)
    ordered = sorted(by_name.items(), key=lambda item: (-len(item[1]), -sum(answer.loses for answer in item[1])))
    return ordered[:MOST]


def _pictures(path: Path) -> dict[str, tuple[str, str]]:
    """The first graph with gradients that each exercise of an executed notebook draws, and what it shows in words."""
    pictures: dict[str, tuple[str, str]] = {}
    slug = ""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        heading = HEADING.search("".join(cell["source"]))
        slug = heading["slug"] if heading else slug
        for output in cell.get("outputs", []):
            page = BeautifulSoup("".join(output.get("data", {}).get("text/html", "")), "html.parser")
            for image in page.find_all("img", alt=True, src=re.compile(f"^{re.escape(DRAWN)}")):
                svg, sentence = unquote(str(image["src"]).removeprefix(DRAWN)), " ".join(str(image["alt"]).split())
                if slug not in pictures and len(svg) <= LARGEST and "gradient" in sentence:
                    pictures[slug] = svg.strip() + "\n", _short(sentence)
    return pictures


def _short(sentence: str) -> str:
    if len(sentence) <= LONGEST:
        return sentence
    return sentence[:LONGEST].rpartition(". ")[0] + ". And so on."


def pages(course: Course | None = None) -> dict[str, str]:
    """Return the text of each file of the guide by its path below guide/."""
    course = course or Course(ROOT)
    files: dict[str, str] = {}
    rows: dict[str, tuple[str, Exercise]] = {}
    for assignment in course.assignments():
        found = exercises(course, assignment)
        rows |= {exercise.slug: (assignment, exercise) for exercise in found}
        files[f"{assignment}.md"] = "\n".join([BANNER, "", *_page(course, assignment, found)]) + "\n"
        files |= {f"pictures/{exercise.slug}.svg": exercise.svg for exercise in found if exercise.svg}
    files["README.md"] = "\n".join([BANNER, "", *_front(course, rows)]) + "\n"
    return files


def _front(course: Course, rows: dict[str, tuple[str, Exercise]]) -> Iterator[str]:
    sums: dict[str, list[Exercise]] = defaultdict(list)
    for assignment, exercise in rows.values():
        sums[assignment].append(exercise)
    yield "# For instructors"
    yield ""
    yield (
        "What to draw, what to say to the commonest mistakes, what to leave out. Students do not get these pages.\n"
        "The minutes are a proposal: *lecture* where a whole lecture is given to each assignment, *section* where\n"
        f"there are {SECTION} minutes with an assistant; *at home* is what the notebook says. Mistakes are those of\n"
        "the [corpus](../autograder/audit) on which the checks were tried. How often each comes up in *your* class is\n"
        "another matter, which `python -m autograder report ASSIGNMENT` tells."
    )
    yield ""
    yield "| assignment | exercises | points | at home | lecture | section |"
    yield "|---|---|---|---|---|---|"
    for assignment in course.assignments():
        found = sums[assignment]
        count = sum(bool(exercise.points) for exercise in found)
        yield f"| [{assignment}]({assignment}.md) | {count} | {_sums(found)} |"
    yield ""
    yield "## The lecture, and where the course has it"
    yield ""
    yield "| in the lecture | exercises |"
    yield "|---|---|"
    entries = tomllib.loads((WORDS / "course.toml").read_text(encoding="utf-8"))["map"]
    named = [slug for entry in entries for slug in entry["exercises"]]
    if sorted(named) != sorted(rows):
        odd = sorted(set(named) ^ rows.keys()) or sorted({slug for slug in named if named.count(slug) > 1})
        raise ValueError(f"course.toml: each exercise stands in the map once; see {', '.join(odd)}")
    for entry in entries:
        links = [f"[{slug}]({rows[slug][0]}.md#{_anchor(rows[slug][1])})" for slug in entry["exercises"]]
        yield f"| {entry['lecture']} | {', '.join(links)} |"


def _sums(found: list[Exercise]) -> str:
    """The sums of the exercises that count; who likes more finds minutes for the others."""
    found = [exercise for exercise in found if exercise.points]
    minutes = [sum(exercise.words[key] for exercise in found) for key in ("lecture", "section")]
    points, home = sum(exercise.points for exercise in found), sum(exercise.minutes for exercise in found)
    return f"{points} | {home} | {minutes[0]} | {minutes[1]}"


def _page(course: Course, assignment: str, found: list[Exercise]) -> Iterator[str]:
    words = tomllib.loads((WORDS / f"{assignment}.toml").read_text(encoding="utf-8"))
    yield f"# {assignment}"
    yield ""
    yield f"{words['lecture']} [All assignments](README.md)"
    yield ""
    yield "| | exercise | points | at home | lecture | section |"
    yield "|---|---|---|---|---|---|"
    for exercise in found:
        minutes = exercise.words["section"] or "skip"
        budget = f"{exercise.points or 'stretch'} | {exercise.minutes} | {exercise.words['lecture'] or '-'} | {minutes}"
        yield f"| {exercise.number} | [{exercise.slug}](#{_anchor(exercise)}) {exercise.dots} | {budget} |"
    yield f"| | sum | {_sums(found)} |"
    skipped = [f"`{exercise.slug}`" for exercise in found if exercise.points and not exercise.words["section"]]
    yield ""
    rest = "at home, the checks are enough" if skipped else "there is time for each, if nobody writes code in it"
    skip = f"skip {', '.join(skipped)}: " if skipped else ""
    yield f"**In a section of {SECTION} minutes**, {skip}{rest}."
    by_cell = {question.cell: question for question in questions(course, assignment)}
    for exercise in found:
        yield ""
        yield f"## {exercise.number} · {exercise.title}"
        yield ""
        yield from _exercise(exercise)
        if exercise.slug in by_cell:
            yield from _samples(exercise, [(part.name, part.most) for part in by_cell[exercise.slug].rubric.parts])


def _exercise(exercise: Exercise) -> Iterator[str]:
    plural = "s" if exercise.points != 1 else ""
    points = f"{exercise.points} point{plural}" if exercise.points else "stretch: no points"
    yield f"`{exercise.slug}` {exercise.dots}, {points}"
    if "board" in exercise.words:
        yield ""
        yield f"**Board.** {exercise.words['board']}"
    if exercise.svg:
        yield ""
        yield f"![{exercise.sentence.replace('[', '(').replace(']', ')')}](pictures/{exercise.slug}.svg)"
    if not exercise.mistakes:
        return
    yield ""
    yield f"| mistake | of {exercise.wrong} wrong answers | what to say |"
    yield "|---|---|---|"
    for name, theirs in exercise.mistakes:
        yield f"| `{name}` | {len(theirs)} | {exercise.words['say'][name].replace('|', chr(92) + '|')} |"


def _samples(exercise: Exercise, parts: list[tuple[str, float]]) -> Iterator[str]:
    for number, sample in enumerate(exercise.words["samples"], start=1):
        points, why = sample["points"], sample["why"]
        if len(points) != len(parts) or len(why) != len(parts):
            raise ValueError(f"{exercise.slug}, sample {number}: the rubric has {len(parts)} parts")
        yield ""
        yield f"**Sample {number}: {sum(points):g} of {sum(most for _, most in parts):g} points.**"
        yield ""
        yield f"> {sample['answer'].strip()}"
        yield ""
        yield "| part | points | why |"
        yield "|---|---|---|"
        for (name, most), mark, reason in zip(parts, points, why, strict=True):
            yield f"| {name} | {mark:g} of {most:g} | {reason} |"


def _anchor(exercise: Exercise) -> str:
    """The place of an exercise's heading in its page, as GitHub names it."""
    text = re.sub(r"[^\w\- ]", "", f"{exercise.number} · {exercise.title}".lower())
    return text.replace(" ", "-")


def main(arguments: list[str]) -> int:
    """Write the guide, or say with --check which of its files are out of date; return the exit code."""
    files = {GUIDE / name: text for name, text in pages().items()}
    there = [*GUIDE.glob("*.md"), *(GUIDE / "pictures").glob("*.svg")]
    stale = [path for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    stale += [path for path in there if path not in files]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(ROOT)}: is not what `python3 -m ci guide` writes; run it and commit the result")
        return int(bool(stale))
    for path in stale:
        if path in files:
            path.parent.mkdir(exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
        else:
            path.unlink()
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
