"""What is shown goes through `say`: untouched as long as no language is chosen."""

from __future__ import annotations

from cs231n_lite.speech import say, speak


def test_english_is_untouched_and_a_language_lasts_until_english_is_chosen_again() -> None:
    assert say("right", "report") == "right"
    speak(lambda text, *tables: f"{text.upper()} {tables}")
    try:
        assert say("right", "report", "common") == "RIGHT ('report', 'common')"
        assert say("", "report") == ""
    finally:
        speak(None)
    assert say("right", "report") == "right"
