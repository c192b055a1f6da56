"""What a test's assert says, as a sentence: with a capital and a full stop."""

from __future__ import annotations

__all__ = ["sentence"]

# Words that begin a sentence and are no name of a student's; `x was changed` keeps its x.
_BEGINNINGS = (
    "a adding after all an another as at biases both by called each every for in is it its look many most no nothing "
    "of on one only several some that the there these this two what where with without you your"
)


def sentence(text: str) -> str:
    """The text with a capital, unless it begins with a name of the code's, and with a full stop where it has no end."""
    text = text.strip()
    if text.split(" ", 1)[0].rstrip(",:") in _BEGINNINGS.split():
        text = text[0].upper() + text[1:]
    return text if not text or text[-1] in ".?!:…" else f"{text}."
