"""What of the course goes into the site."""

from __future__ import annotations

import zipfile
from pathlib import Path

from ci.site.course import notebooks, wheel

PROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"
[project]
name = "cs231n-lite"
version = "0.1.0"
[tool.setuptools.packages.find]
include = ["cs231n_lite*"]
[tool.setuptools.package-data]
"cs231n_lite.data" = ["digits.*"]
"""
FILES = {
    "README.md": b"# Notebooks",
    "LICENSE": b"free",
    "pyproject.toml": PROJECT.encode(),
    "ci/lab/server.py": b"",
    "cs231n_lite/__init__.py": b"",
    "cs231n_lite/data/__init__.py": b"",
    "cs231n_lite/data/digits.npz": b"0123",
    "assignments/2-b/b.ipynb": b"{}",
    "assignments/1-a/a.ipynb": b"{}",
    "assignments/1-a/a.txt": b"1 2 3",
}


def test_notebooks_and_their_files_lie_at_the_top() -> None:
    assert list(notebooks(FILES)) == ["1-a/a.ipynb", "1-a/a.txt", "2-b/b.ipynb"]


def test_wheel_has_the_package_with_its_data_and_is_the_same_each_time(tmp_path: Path) -> None:
    path = wheel(FILES, tmp_path / "one")
    names = [name for name in zipfile.ZipFile(path).namelist() if ".dist-info/" not in name]
    assert names == ["cs231n_lite/__init__.py", "cs231n_lite/data/__init__.py", "cs231n_lite/data/digits.npz"]
    assert path.name == "cs231n_lite-0.1.0-py3-none-any.whl"
    assert path.read_bytes() == wheel(FILES, tmp_path / "two").read_bytes()
