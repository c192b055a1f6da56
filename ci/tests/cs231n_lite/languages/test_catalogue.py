"""A catalogue says a finished sentence in another language: as a whole, with its fields, or not at all."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

import numpy as np
import pytest

from cs231n_lite import Graph, Report, draw, plot, progress
from cs231n_lite.languages.catalogue import KINDS, Catalogue, Entry, language, languages, read

EXAMPLE = Catalogue(
    "xx",
    {
        "sign": (Entry("{part} has the wrong sign.", "{part}: signo."),),
        "common": (
            Entry("{part} is wrong in {n:number} entries{place:place}.", "{part} mal en {n}{place}."),
            Entry("Your code raised {error}.", "Tu código lanzó {error}."),
            Entry("Is it spelled well?", "¿Está bien escrito?"),
        ),
        "place": (Entry(", all in row {row:number}", ", todas en la fila {row}"),),
        "torn": (
            Entry("{x} is {y}", "{x} es {y}"),
            Entry("{x} is a sum", "{x} suma"),
            Entry("f is {x}", "f: {x}"),
        ),
    },
)


@pytest.fixture
def spanish() -> Iterator[None]:
    language("es")
    yield
    language("en")


def fields(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def test_sentence_is_said_with_its_fields_and_the_table_of_its_slug_is_asked_first() -> None:
    assert EXAMPLE("dw has the wrong sign.", "sign", "common") == "dw: signo."
    assert EXAMPLE("dw has the wrong sign.", "common") == "dw has the wrong sign."
    assert (
        EXAMPLE("dx is wrong in -3.5e-7 entries, all in row 2.", "common") == "dx mal en -3.5e-7, todas en la fila 2."
    )


def test_sentences_in_a_row_are_each_found_and_one_that_is_not_leaves_all_of_them_english() -> None:
    raised = "Your code raised ValueError: bad. Worse still."
    assert EXAMPLE(f"{raised}\nIs it spelled well?", "common") == (
        "Tu código lanzó ValueError: bad. Worse still.\n¿Está bien escrito?"
    )
    assert EXAMPLE("Is it spelled well? Who knows?", "common") == "Is it spelled well? Who knows?"
    assert EXAMPLE("dx is wrong in 3 entries, somewhere.", "common") == "dx is wrong in 3 entries, somewhere."


def test_entry_with_the_most_letters_of_its_own_is_taken_and_of_equal_ones_none() -> None:
    assert EXAMPLE("x is 3", "torn") == "x es 3" and EXAMPLE("x is a sum", "torn") == "x suma"
    assert EXAMPLE("f is 3", "torn") == "f: 3"
    equal = Catalogue("xx", {"torn": (Entry("{x} is 3", "uno {x}"), Entry("f is {x}", "dos {x}"))})
    assert equal("f is 3", "torn") == "f is 3"


def test_language_that_is_not_there_is_refused_by_the_names_of_those_that_are() -> None:
    with pytest.raises(ValueError, match="en, es"):
        language("eo")


def code(text: str) -> list[str]:
    """What stands in it as code, but for what holds a field."""
    return sorted(part for part in re.findall(r"`([^`]*)`", text) if "{" not in part)


@pytest.mark.parametrize("name", languages())
def test_entries_have_the_same_fields_and_tags_on_both_sides_and_enough_words_to_be_known_by(name: str) -> None:
    tables = read(name).tables
    for table, entries in tables.items():
        assert len({entry.en for entry in entries}) == len(entries), f"{table}: the same English twice"
        for entry in entries:
            assert set(fields(entry.en)) == set(fields(entry.other)), entry
            assert code(entry.en) == code(entry.other), entry
            assert set(entry.fields.values()) <= {*KINDS, *tables}, entry
            words = re.sub(r"\{[^}]*\}", "", entry.en)
            is_open = bool({"", "name", "names", "unplaced"} & set(entry.fields.values()))
            assert not is_open or len(re.findall(r"\w", words)) > 1, f"{entry}: would match nearly anything"
            assert re.findall(r"\d+", words) == re.findall(r"\d+", re.sub(r"\{[^}]*\}", "", entry.other)), entry


def test_report_is_shown_in_spanish_and_kept_in_english(spanish: None) -> None:
    report = Report("numerical-gradient")
    report.parts = {"a": True, "b": False}
    assert str(report).startswith("numerical-gradient: bien 1 de 2 partes")
    assert report._repr_html_().startswith("<div lang='es' ")
    assert "bien 1 de 2 partes" in report._repr_html_() and "1.5 de 3 puntos" in report.points(3)._repr_html_()
    data = report.data()
    language("en")
    assert data == report.data() and str(report).startswith("numerical-gradient: 1 of 2 parts are right")


def test_picture_chart_and_table_of_points_are_told_in_spanish(spanish: None) -> None:
    graph = Graph({"q": ("add", "x", "y"), "f": ("multiply", "q", "z")})
    graph.forward(x=-2.0, y=5.0, z=-4.0)
    picture = draw(graph, {"x": -4.0, "y": -4.0, "z": 2.0})
    assert "z: entrada, valor −4, el tuyo 2, no coincide. q: add de x, y, valor 3." in repr(picture)
    assert "valor encima del cable" in picture.svg and "z es el primer gradiente que no coincide" in picture.svg
    page = draw(graph)._repr_html_()
    assert page.startswith("<div lang='es' ")
    assert "'Reproducir'" in page and "'click'" in page and "La pasada hacia atrás empieza en f" in page
    steps = 10.0 ** -np.arange(1.0, 9.0)
    words = plot.error_against_step(steps, steps)._repr_mimebundle_()["text/html"]
    assert "error del gradiente frente a paso h (x e y logarítmicos): empieza en" in words
    assert "todavía sin comprobar" in str(progress({"never-checked": 2}))
