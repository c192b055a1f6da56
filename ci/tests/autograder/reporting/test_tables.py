"""The report as CSV and JSON: the same numbers, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from autograder.reporting.tables import as_csv, as_json
from ci.tests.autograder.reporting.planted import STUDENTS


def rows(report: dict[str, Any]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(report))))


def test_table_has_each_number(report: dict[str, Any]) -> None:
    told = {(row["exercise"], row["what"], row["name"]): row for row in rows(report) if row["assignment"] == "1-a"}
    sign = told["gate", "mistake", "sign"]
    assert (sign["value"], sign["count"], sign["of"]) == ("20.0", "20", "94")
    assert float(sign["low"]) < 20 / 94 < float(sign["high"])
    assert told["gate", "part", "dx"]["count"] == "101" and told["gate", "verdict", "timed-out"]["count"] == "4"
    assert told["gate", "points", "0.5"]["count"] == "60" and told["gate", "no-name", ""]["count"] == "10"
    assert float(told["", "alpha", ""]["value"]) == report["assignments"][0]["alpha"]
    assert told["why", "item-rest", ""]["value"] == ""


def test_ids_are_in_the_last_column_if_asked_for(report: dict[str, Any], named: dict[str, Any]) -> None:
    assert not any(row["students"] for row in rows(report))
    absent = next(row for row in rows(named) if row["what"] == "absent" and row["assignment"] == "2-b")
    assert absent["students"].split() == STUDENTS[:10]


def test_spreadsheet_runs_no_cell(named: dict[str, Any]) -> None:
    hostile = json.loads(json.dumps(named))
    hostile["assignments"][1]["absent_ids"] = ["=cmd|'/c calc'!A0"]
    assert "'=cmd" in as_csv(hostile) and '"=cmd' not in as_csv(hostile)


def test_json_is_all_of_it(report: dict[str, Any]) -> None:
    assert json.loads(as_json(report)) == json.loads(json.dumps(report))
