"""What a student's process is handed: of the course's package, modules that need no other of it."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest

from autograder.sandbox.handover import real_modules


@pytest.mark.parametrize("module", real_modules())
def test_a_module_that_is_real_in_the_face_imports_only_such_as_are_real(module: str) -> None:
    spec = importlib.util.find_spec(module)
    assert spec and spec.origin
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    imported = {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    own = {name for name in imported if name.split(".")[0] == "cs231n_lite"}
    assert own <= set(real_modules()), "in the face it would be one of instruments"
