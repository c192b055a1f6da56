"""In which language a student is spoken to: English, until a notebook chooses another.

Whatever judges, compares and stores says it in English. What is shown goes through `say`, which changes nothing as long
as no language is chosen; so a sentence has one form in the code, and a translation is a file beside it.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["marked", "say", "speak"]

_translations: list[Callable[..., str]] = []  # of the language that is chosen, none for English


def say(text: str, *tables: str) -> str:
    """Return an English text as it is shown; `tables` are those of the catalogue in which it is looked up, in order."""
    return _translations[-1](text, *tables) if _translations and text else text


def marked() -> str:
    """Return the attribute of HTML that tells a screen reader the language of what is shown; "" for English."""
    return f" lang='{getattr(_translations[-1], 'name', '')}'" if _translations else ""


def speak(translation: Callable[..., str] | None) -> None:
    """Show from now on what `translation(text, *tables)` makes of each text; None for English."""
    _translations[:] = [translation] if translation else []
