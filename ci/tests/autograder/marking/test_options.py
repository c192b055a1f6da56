"""The command says what it wants, and what is wrong, in a line."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from autograder import HOME
from autograder.__main__ import main
from autograder.marking.options import spelled
from ci.tests.autograder.marking.builders import graded
from ci.tests.autograder.small_course import ASSIGNMENT


def test_port_of_another_program_and_unknown_assignment_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course = graded(tmp_path, {"ada": "Because."})
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert main(["mark", ASSIGNMENT, "--course", str(course.root), "--port", port, "--no-browser"]) == 2
    assert f"port {port} of this machine cannot be had" in capsys.readouterr().err
    assert main(["mark", "hv", "--course", str(course.root)]) == 2
    assert "did you mean hw?" in capsys.readouterr().err


def test_command_is_spelled_as_a_shell_takes_it() -> None:
    assert spelled(HOME, "1-graphs") == "python -m autograder mark 1-graphs"
    assert spelled(Path("/x/my course"), "hw, 1") == "python -m autograder mark 'hw, 1' --course '/x/my course'"
