"""The page is for whoever has its address, on this machine; it marks in the gradebook, and ends when told to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from nbgrader.api import Gradebook

from ci.tests.autograder.marking.builders import graded
from ci.tests.autograder.small_course import ASSIGNMENT

SAME = "Because each gate knows its own local rule and nothing else."


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    course = graded(tmp_path_factory.mktemp("served"), {"ada": SAME, "bob": SAME + "\n", "cas": "No idea."})
    command = [sys.executable, "-m", "autograder", "mark", ASSIGNMENT, "--course", str(course.root), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        yield SimpleNamespace(course=course, process=process, lines=lines, address=lines[1].strip())
        process.kill()


def ask(address: str, data: Any = None, **headers: str) -> tuple[int, Any, Any]:
    """Status, what was answered, and its headers."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    body = None if data is None else json.dumps(data).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, names), timeout=30) as answer:
            text = answer.read().decode()
            return answer.status, json.loads(text) if text.startswith("{") else text, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


def test_address_is_loopback_with_a_token_and_says_how_to_end_it(served: SimpleNamespace) -> None:
    assert served.lines[0] == "hw: 3 answers to be marked, in 2 groups\n"
    parts = urlsplit(served.address)
    assert parts.hostname == "127.0.0.1" and len(parts.path.strip("/")) >= 32
    assert f"kill {served.process.pid}" in served.lines[2]


def test_without_the_token_or_from_elsewhere_there_is_nothing(served: SimpleNamespace) -> None:
    root = served.address[: served.address.index("/", 8)]
    for path in ("/", "/state?question=0", "/x/", "/x/state?question=0", f"{urlsplit(served.address).path[:-2]}/"):
        status, text, _ = ask(root + path)
        assert status == 404 and "Because" not in str(text)
    assert ask(served.address, Host="evil.invalid")[0] == 403
    assert ask(served.address, Host="localhost:1")[0] == 200, "as through a tunnel"
    mark = {"question": 0, "stamps": {}, "points": 1, "comment": "", "parts": {}}
    assert ask(f"{served.address}mark", mark)[0] == 403, "a form of another page has no such header"
    assert ask(f"{served.address}mark", mark, X_Marking="1", Origin="https://evil.invalid")[0] == 403


def test_page_runs_its_own_script_alone_and_is_kept_nowhere(served: SimpleNamespace) -> None:
    status, page, headers = ask(served.address)
    policy = headers["Content-Security-Policy"]
    assert status == 200 and "default-src 'none'" in policy and "script-src 'self';" in policy
    assert headers["Referrer-Policy"] == "no-referrer" and headers["Cache-Control"] == "no-store"
    assert page.count("<script") == 1 and 'src="page.js"' in page
    assert ask(f"{served.address}page.js")[0] == ask(f"{served.address}page.css")[0] == 200
    assert ask(f"{served.address}..%2fdesk.py")[0] == ask(f"{served.address}desk.py")[0] == 404


def test_marks_are_given_refused_and_undone(served: SimpleNamespace) -> None:
    def post(name: str, **data: Any) -> tuple[int, Any, Any]:
        return ask(f"{served.address}{name}", data, X_Marking="1")

    _, state, _ = ask(f"{served.address}state?question=0")
    key = state["groups"][0]["key"]
    _, group, _ = ask(f"{served.address}group?question=0&key={key}")
    mark = {"question": 0, "stamps": group["stamps"], "comment": "Why?", "parts": {}}
    for points in (3.5, -1, float("nan"), "x"):
        assert post("mark", **mark, points=points)[0] == 400
    parts = {"Work and errors": 1, "Computing": 0.5, "Beyond a formula": 0}
    _, answer, _ = post("mark", **mark | {"parts": parts}, points=1.5)
    assert answer["said"] == "1.5 of 3 for 2 answers." and answer["comments"] == ["Why?"]
    with Gradebook(served.course.gradebook) as gradebook:
        for student in ("ada", "bob"):
            assert gradebook.find_submission(ASSIGNMENT, student).score == 1.5
            comment = gradebook.find_comment("why", "nb", ASSIGNMENT, student).comment
            assert comment.splitlines()[0] == "Why?" and "Computing: 0.5 of 1" in comment
    _, answer, _ = post("mark", **mark, points=3)
    assert answer["left"] == 2 and "Nothing was marked." in answer["said"], "it has not seen the marks of now"
    _, answer, _ = post("undo")
    assert answer["said"] == "Undone for 2 answers." and answer["progress"].startswith("0 of 3")
    assert "nothing to undo" in post("undo")[1]["said"]
    assert post("mark")[0] == 400 and post("no-such")[0] == 400
    assert ask(f"{served.address}group?question=0&key=gone")[1]["key"] == key, "the first that waits"
    assert ask(f"{served.address}state?question=7")[0] == 404


def test_it_ends_by_its_process_id_and_says_what_waits(served: SimpleNamespace) -> None:
    os.kill(served.process.pid, signal.SIGTERM)
    text, _ = served.process.communicate(timeout=60)
    assert served.process.returncode == 0 and "hw: 3 answers still to be marked" in text
    assert "Traceback" not in text
    assert Path(served.course.root / "gradebook.db").is_file()
