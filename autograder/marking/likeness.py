"""Which answers are the same, and which are nearly so.

Two texts have one `form` if they differ in case, spaces, punctuation and Markdown alone; two pieces of code, in layout
and comments. Forms stand in one group, each with what differs, if they share almost all words, and all that say
something but for misspellings and one in twenty-five. They never do if they differ in a word or sign that turns a
meaning round: a number, an operator, a "not", a "less" for a "more".
"""

from __future__ import annotations

import ast
import difflib
import functools
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from html import escape

__all__ = ["bare", "clusters", "differences", "form", "words_of"]

NEAR = 0.8  # share of words in common, in order
LEAST = 5  # words; two shorter forms that are not the same are not nearly so
LONG, PAIRS = 20, 0.3  # words from which on neighbours are looked at first; the share of pairs of them in common
ONE_IN = 25  # words, of which one may be another
MISSPELLED = 0.75  # letters in common, in order, of a word and the same misspelled or inflected
AROUND = 6  # words shown on either side of a difference

TAG = re.compile(r"</?[a-z][^<>]*>")
LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
LINE_START = re.compile(r"^[ \t]*(?:[-*+•]|\d+[.)]|\(?[a-z\d]\)|#{1,6}|>+)[ \t]+", re.MULTILINE)
EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=\S)([^*\n]+?)(?<=\S)\1(?![\w*])")
DASH = re.compile(r"(?<=[^\W\d_]{2}) +-+ +(?=[^\W\d_]{2})|(?<=[^\W\d_])-(?=[^\W\d_])")
MARKS = re.compile(r"(?<!\d)[.,]|[.,](?!\d)|[;:!?…\"“”„«»`$\\]")
TOKEN = re.compile(r"\d+(?:[.,]\d+)*|\w+|[^\w\s]")
DASHES = str.maketrans({"’": "'", "‘": "'", "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-"})
TURNING_WORDS = """
    not no never none nor neither nobody nothing without cannot hardly only all every always sometimes some more
    less fewer most least larger smaller bigger higher lower greater increase decrease increases decreases rise
    rises fall falls grow grows shrink shrinks faster slower cheaper dearer up down before after first last left
    right forward backward row rows column columns input output inputs outputs upstream downstream local global
    vanish vanishes explode explodes vanishing exploding linear nonlinear sparse dense same different true false
    wrong correct add adds subtract multiply multiplies divide divides sum product max min mean numerical analytic
    numerically analytically sigmoid tanh relu leaky elu maxout one two three four five six seven eight nine ten
    zero half
"""
FILLING_WORDS = """
    a an the this that these those it its is are was were be been do does did has have had can could will would
    shall should may might to of in on at by for from with as so and or also too very really just quite then than
    there here ever we you they he she ones my our your their me us them think believe guess say mean because since
    which who what i
"""
TURNING, FILLING = frozenset(TURNING_WORDS.split()), frozenset(FILLING_WORDS.split())


def form(text: str, *, code: bool = False) -> str:
    """Return what is left of an answer without that in which equal ones may differ."""
    if code:
        try:
            return ast.unparse(ast.parse(text))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return " ".join(text.split())
    text = unicodedata.normalize("NFKC", text).casefold().translate(DASHES)
    text = EMPHASIS.sub(r"\2", LINE_START.sub("", LINK.sub(r"\1", TAG.sub(" ", text))))
    text = re.sub(r"\bcannot\b", "can not", re.sub(r"n't\b", " not", text)).replace("'", "")
    return " ".join(MARKS.sub(" ", DASH.sub(" ", text)).split())


def bare(text: str) -> str:
    """Return a text as it was typed, without what Markdown makes lists, headings and emphasis of."""
    return EMPHASIS.sub(r"\2", LINE_START.sub("", text))


def words_of(text: str) -> list[str]:
    """Return the words, numbers and signs of a text in order."""
    return TOKEN.findall(text)


def clusters(answers: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Return the different ones of pairs of form and kind in groups, each led by its most frequent one.

    Those of two kinds, as with other pictures beside them, are in two groups. The largest group is the first.
    """
    counts = Counter(answers)
    leaders: dict[tuple[object, ...], list[tuple[list[str], list[tuple[str, str]]]]] = {}
    for each in sorted(counts, key=lambda each: (-counts[each], each)):
        words = words_of(each[0])
        alike = leaders.setdefault((each[1], _turning(words)), [])
        nearest = next((group for others, group in alike if _near(words, others)), None)
        if nearest is None:
            alike.append((words, [each]))
        else:
            nearest.append(each)
    groups = [group for alike in leaders.values() for _, group in alike]
    return sorted(groups, key=lambda group: (-sum(counts[each] for each in group), group[0]))


def _turning(words: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """The words and signs in which two answers of one group must be the same, with how often they stand there."""
    signs = Counter(word for word in words if word in TURNING or not (word[0].isalpha() or word in "()[]{}_"))
    return tuple(sorted(signs.items()))


def _near(one: list[str], other: list[str]) -> bool:
    if one == other or min(len(one), len(other)) < LEAST:
        return one == other
    if min(len(one), len(other)) >= LONG and _pairs_in_common(tuple(one), tuple(other)) < PAIRS:
        return False
    match = difflib.SequenceMatcher(None, other, one, autojunk=False)
    if match.real_quick_ratio() < NEAR or match.quick_ratio() < NEAR or match.ratio() < NEAR:
        return False
    room = max(len(one), len(other)) // ONE_IN
    for kind, start, end, first, last in match.get_opcodes():
        if kind != "equal":
            room -= _others(other[start:end], one[first:last])
    return room >= 0


def _pairs_in_common(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """The share of pairs of neighbours that two texts have in common: soon reckoned, and small for most."""
    some, others = _pairs(one), _pairs(other)
    return len(some & others) / max(len(some), len(others))


@functools.lru_cache(maxsize=4000)
def _pairs(words: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    return frozenset(itertools.pairwise(words))


def _others(some: list[str], others: list[str]) -> int:
    """How many words that say something stand on one side alone, misspelled or not."""
    left = [word for word in others if word not in FILLING]
    alone = 0
    for word in some:
        same = difflib.get_close_matches(word, left, n=1, cutoff=MISSPELLED)
        if same:
            left.remove(same[0])
        else:
            alone += word not in FILLING
    return max(alone, len(left))


def differences(lead: str, other: str) -> str:
    """Return as HTML in what a text differs from another one, with some words around each place."""
    one, two = (bare(text).split() for text in (lead, other))
    plain_one, plain_two = ([form(word) or word for word in words] for words in (one, two))
    parts: list[str] = []
    steps = difflib.SequenceMatcher(None, plain_one, plain_two, autojunk=False).get_opcodes()
    for number, (kind, start, end, first, last) in enumerate(steps):
        if kind == "equal":
            parts.append(_around(two[first:last], begins=number == 0, ends=number == len(steps) - 1))
            continue
        if end > start:
            parts.append(f"<del>{escape(' '.join(one[start:end]))}</del>")
        if last > first:
            parts.append(f"<ins>{escape(' '.join(two[first:last]))}</ins>")
    return " ".join(parts)


def _around(words: list[str], *, begins: bool, ends: bool) -> str:
    head = [] if begins else words[:AROUND]
    tail = [] if ends else words[max(len(head), len(words) - AROUND) :]
    left_out = len(words) > len(head) + len(tail)
    return escape(" ".join([*head, *(["…"] if left_out else []), *tail]))
