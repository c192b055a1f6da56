"""One lock file names Pyodide's packages, the kernel's and the course's own."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from ci.site.python import lock_file

PYODIDE = {"info": {"python": "3.14.0"}, "packages": {"numpy": {"file_name": "numpy-2.4.3.whl", "depends": []}}}


def a_wheel(folder: Path) -> Path:
    path = folder / "two_words-1.5-py3-none-any.whl"
    about = "Name: Two_Words\nVersion: 1.5\nRequires-Dist: NumPy>=2\nRequires-Dist: pytest; extra == 'test'\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("two_words/__init__.py", "")
        archive.writestr("two_words-1.5.dist-info/METADATA", about)
    return path


def test_wheel_stands_in_the_lock_file_as_pyodide_reads_it(tmp_path: Path) -> None:
    path = a_wheel(tmp_path)
    lock = lock_file(PYODIDE, [path])
    entry = lock["packages"]["two-words"]
    assert entry["imports"] == ["two_words"] and entry["version"] == "1.5" and entry["depends"] == ["numpy"]
    assert (entry["file_name"], entry["sha256"]) == (path.name, hashlib.sha256(path.read_bytes()).hexdigest())
    assert lock["info"] == PYODIDE["info"] and lock["packages"]["numpy"] == PYODIDE["packages"]["numpy"]
    assert list(PYODIDE["packages"]) == ["numpy"], "what was given stays as it is"
