"""Code that is shown holds nothing of a student's own, and means the same."""

from __future__ import annotations

import ast

import pytest

from autograder.reporting.anonymous import alike, plain_code, plain_sentence, words_of

OURS = "def gate(x, dz):\n    return x * dz\fpoint = {'dx': 12345678}\nSEED = 7"
OWN = '''
"""Ada Lovelace, s1234567"""
import ada_helpers as ada
from numpy import linalg
ME = 231

class AdaGate(Exception):
    """By Ada."""
    ada_rate: float = 0.5

    def ada_method(self, ada_input, *ada_rest, ada_key=1, **ada_more):
        global ADA
        self.ada_cache = ada_input  # Ada's
        try:
            pass
        except ValueError as ada_error:
            raise AdaGate("Ada") from ada_error
        return f"{ada_input} of Ada" + 'dx' + b"Ada".decode()

def gate(x, dz):
    "Ada's docstring"
    s1234567 = 1234567
    match x:
        case {"ada": ada_value, **ada_others}:
            pass
        case AdaGate(ada_field=ada_value) | [ada_value, *ada_tail]:
            pass
    ada_sum = lambda ada_argument: ada_argument + 1
    return np.sum(x * dz, axis=0, keepdims=True) + ada_sum(ada_key=3)
'''


def test_nothing_of_a_student_is_left() -> None:
    code = plain_code(OWN, words_of(OURS))
    assert code is not None
    ast.parse(code)
    for own in ("ada", "lovelace", "1234567", "231"):
        assert own not in code.lower(), own
    for ours in ("def gate(x, dz):", "np.sum(x * dz, axis=0, keepdims=True)", "'dx'", "'…'", "ME = number"):
        assert ours.replace("ME", "v3") in code or ours in code, ours


def test_numbers_and_strings_of_the_exercise_stay() -> None:
    words = words_of(OURS)
    kept = "dx = {'dx': 12345678}\nSEED = 7\nx = 1000000.0 * x + 0.25 + 4096 + 1234.5 - 999"
    assert plain_code(kept, words) == kept
    assert plain_code("x = x + 1234 + 20251", words) == "x = x + number + number"


def test_names_comments_and_layout_make_no_difference_and_all_else_does() -> None:
    words = words_of(OURS)
    one = plain_code("def gate(x, dz):\n    # mine\n    a = x*dz\n    return a", words)
    other = plain_code("def gate(x,dz):\n    'yours'\n    bb = (x * dz)\n\n    return bb", words)
    third = plain_code("def gate(x,dz):\n    bb = x + dz\n    return bb", words)
    assert one == other != third
    codes = {"ada": third, "bob": one, "cyd": other, "dan": None}
    assert alike(codes) == [(one, ["bob", "cyd"]), (third, ["ada"])]


@pytest.mark.parametrize(
    "source", ["def gate(:", "x = '\\q' +", "\0", "(" * 500 + ")" * 500, "x = " + "-" * 20_000 + "1"]
)
def test_what_is_no_python_is_none(source: str) -> None:
    assert plain_code(source, words_of(OURS)) is None


def test_long_answers_are_cut() -> None:
    code = plain_code("\n".join(f"x = {number}" for number in range(500)), words_of(OURS))
    assert code is not None and len(code.split("\n")) == 61 and code.endswith("…")


def test_sentences_quote_only_what_is_the_exercise_s() -> None:
    sentence = "at `dx`, `ada_sum` is not defined, and 'Ada' is \"dx\"; it isn't x, nor Bob's"
    assert (
        plain_sentence(sentence, words_of(OURS))
        == "at `dx`, `…` is not defined, and '…' is \"dx\"; it isn't x, nor Bob's"
    )
