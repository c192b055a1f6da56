"""The page to keep: its formulas are what the gates do, links lead to its terms, nothing on it is an answer's code."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import bs4
import numpy as np
import pytest

from autograder.building.reference import PAGE, SOURCE, AddReference, anchor, page
from autograder.course import Course
from autograder.notebooks.notebook import read
from cs231n_lite import GATES

TABLES = Course().source / SOURCE
DATA = tomllib.loads(TABLES.read_text(encoding="utf-8"))
FORMULAS = [gate for gate in DATA["gate"] if gate["forward"].startswith("z = ")]
NAMES = {"exp": np.exp, "tanh": np.tanh, "max": max, "slope": 0.2, "α": 1.5}
POINTS = [(1.3, -0.7), (-0.4, 2.1)]


def value(formula: str, **names: Any) -> float:
    """What a formula of the page comes to."""
    for sign, python in {"·": "*", "−": "-", "²": "**2"}.items():
        formula = formula.replace(sign, python)
    formula = re.sub(r"(.*) where (.*), else (.*)", r"(\1) if \2 else (\3)", formula)
    return float(eval(formula, {"__builtins__": {}} | NAMES | names))


@pytest.mark.parametrize("gate", FORMULAS, ids=lambda gate: gate["name"])
@pytest.mark.parametrize("point", POINTS)
def test_formulas_are_what_the_gates_of_the_course_do_and_what_is_measured(
    gate: dict[str, str], point: tuple[float, float]
) -> None:
    forward = gate["forward"].removeprefix("z = ")
    at = dict(zip("xy", point, strict=True))
    z, dz, h = value(forward, **at), -1.7, 1e-6
    known = GATES.get(gate["name"].lower())
    if known is not None:
        assert z == pytest.approx(float(known(*(at[name] for name in "xy" if name in re.findall(r"\w+", forward)))))
    if not gate["backward"].startswith("dx"):
        assert gate["name"] == "max"
        return
    for name, formula in re.findall(r"d([xy]) = (.*?)(?:, (?=d[xy] =)|$)", gate["backward"]):
        ends = [value(forward, **at | {name: at[name] + step}) for step in (h, -h)]
        assert value(formula, **at, z=z, dz=dz) == pytest.approx(dz * (ends[0] - ends[1]) / (2 * h), abs=1e-5)


def test_every_link_of_a_notebook_to_the_page_leads_to_a_term_of_it() -> None:
    ids = {str(tag["id"]) for tag in bs4.BeautifulSoup(page(TABLES), "html.parser").find_all(id=True)}
    assert len(ids) == len(DATA["glossary"]["terms"]) + 5
    for assignment in Course().assignments():
        for path in Course().notebooks(assignment):
            text = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
            assert set(re.findall(rf"\]\({PAGE}#([^)]*)\)", text)) <= ids, path.name


def test_terms_stand_in_order_and_have_short_anchors() -> None:
    terms = [term.lower() for term, _ in DATA["glossary"]["terms"]]
    assert terms == sorted(terms)
    assert [anchor(term) for term in ("upstream gradient", "vector-Jacobian product", "gradient")] == [
        *("term-upstream", "term-vector-jacobian-product", "term-gradient")
    ]


def test_nothing_on_the_page_is_code_that_could_be_an_answer() -> None:
    text = bs4.BeautifulSoup(page(TABLES), "html.parser").get_text()
    assert not re.search(r"np\.|def |return |@|\.T\b|\[:|axis=|keepdims", text)


def test_the_step_writes_it_beside_a_notebook_where_a_course_has_one(tmp_path: Any) -> None:
    folder = TABLES.parent / "1-computational-graphs"
    resources: dict[str, Any] = {"metadata": {"path": str(folder)}}
    AddReference().preprocess({}, resources)
    assert resources["outputs"][PAGE].decode("utf-8") == page(TABLES)
    other: dict[str, Any] = {"metadata": {"path": str(tmp_path / "hw")}}
    assert AddReference().preprocess({}, other)[1] == {"metadata": {"path": str(tmp_path / "hw")}}
