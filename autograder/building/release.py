"""What students get, in one zip: notebooks as handed out, the instruments, pins, and what opens them. Nothing else.

What goes in is named here, file by kind; whatever else lies about stays where it is. The same course gives the same
bytes, so that a release can be compared with an earlier one.
"""

from __future__ import annotations

import io
import json
import re
import string
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from nbformat import NotebookNode

from autograder import HOME
from autograder.building.handing_out import HandOut, exercises
from autograder.building.rules import check_release
from autograder.building.running_anywhere import RunAnywhere
from autograder.building.student_pins import student_pins
from autograder.course import Course
from autograder.examining.step import Examine
from autograder.notebooks.notebook import grade_id, read
from autograder.notebooks.versions import released
from autograder.problem import Problem

__all__ = ["contents", "release", "release_faults"]

PACKAGE = "cs231n_lite"
IMPORTED = re.compile(rb"(?:import|from) cs231n_lite\b")
CODE = (".py", ".css", ".js", ".npz", ".toml", ".txt")  # of the package
DOOR = HOME / "ci" / "lab" / "student"
OPENING = (
    "ci/__init__.py",
    "ci/environment.py",
    "ci/packages.py",
    "ci/progress.py",
    "ci/lab/*.py",
    "ci/lab/settings/*.json",
)
ALWAYS = ("jupyterlab", "ipykernel", "numpy", "matplotlib", "setuptools", "uv")
COMMANDS = """
Two commands help on the way; type them where you typed the one above (on Windows with `py` for `python3`):

* `python3 lab.py progress` shows how far you are in all notebooks;
* `python3 lab.py reset EXERCISE`, such as `{slug}`, brings one answer back as handed out, and keeps yours in a file.
"""


def release(course: Course, assignments: Iterable[str], to: Path) -> str:
    """Write the zip; return what is in it, in a line. Nothing is written where something is not fit to go out."""
    files = contents(course, [course.named(name) for name in assignments] or course.assignments())
    top = str(course.directory(course.config()).course_id) or course.root.resolve().name
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{top}/{name}")  # of 1980, whoever makes it when
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
            archive.writestr(entry, files[name])
    to.write_bytes(packed.getvalue())
    count = sum(name.endswith(".ipynb") for name in files)
    what = "1 notebook and what opens it" if count == 1 else f"{count} notebooks and what opens them"
    return f"{to}: {what}, {len(files)} files, {to.stat().st_size / 1e3:,.0f} kB"


def contents(course: Course, assignments: list[str]) -> dict[str, bytes]:
    """Return the bytes of each file that students get, by its path in the zip."""
    files: dict[str, bytes] = {}
    for assignment in assignments:
        files |= dict(_handed_out(course, assignment))
    package = _package(course, files)
    files |= package
    for pattern in OPENING:
        files |= {path.relative_to(HOME).as_posix(): path.read_bytes() for path in HOME.glob(pattern)}
    files["lab.py"] = (DOOR / "lab.py").read_bytes()
    files["requirements.txt"] = _pins(course).encode()
    if package:
        files["pyproject.toml"] = _project().encode()
        files["LICENSE"] = (HOME / "LICENSE").read_bytes()
    files["README.md"] = _readme(course, assignments, files).encode()
    return files


def _handed_out(course: Course, assignment: str) -> Iterator[tuple[str, bytes]]:
    """An assignment's notebooks, as source/ gives them, and the files beside them."""
    folder = course.release / assignment
    paths = course.notebooks(assignment)
    faults = [fault for path in paths for fault in release_faults(course, assignment, path)]
    if faults:
        raise Problem("\n".join([*faults, f"{assignment}: not packed, nothing was written"]))
    names = {path.name for path in paths}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        hidden = any(part.startswith(".") or part == "__pycache__" for part in name.parts)
        if path.is_file() and not hidden and (path.suffix != ".ipynb" or name.as_posix() in names):
            yield f"assignments/{assignment}/{name.as_posix()}", path.read_bytes()


def release_faults(course: Course, assignment: str, source: Path) -> list[str]:
    """Return why a notebook cannot go out: not made, not from what source/ is now, or giving something away."""
    where, mend = f"{assignment}/{source.name}", "run `python -m autograder build` or nbgrader generate_assignment"
    path = course.release / assignment / source.name
    if not path.is_file():
        return [f"{where}: there is no student version of it; {mend}"]
    master, notebook = read(source), read(path)
    made_anew = {grade_id(cell) for cell in master.cells if "AUTOTEST" in cell.source}  # whose tests nbgrader writes
    anew, _ = RunAnywhere(config=course.config()).preprocess(released(master, course.config()), {})
    new, old = (_texts(each, made_anew) for each in (anew, notebook))
    stale = sorted(name for name in new.keys() | old.keys() if new.get(name) != old.get(name))
    if stale:
        return [f"{where}: is not what source/ gives, in cell {', '.join(stale[:3])}; {mend}"]
    return check_release(master, notebook, {}, where)


def _texts(notebook: NotebookNode, but: set[str]) -> dict[str, str]:
    return {name: cell.source for cell in notebook.cells if (name := grade_id(cell)) and name not in but}


def _package(course: Course, notebooks: dict[str, bytes]) -> dict[str, bytes]:
    """The instruments, where a notebook of these imports them: the course's own if it has them."""
    if not any(IMPORTED.search(text) for text in notebooks.values()):
        return {}
    root = course.root if (course.root / PACKAGE).is_dir() else HOME
    paths = [path for path in (root / PACKAGE).rglob("*") if path.suffix in CODE and path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def _pins(course: Course) -> str:
    """The pins, and of what else answers may use where they are graded, the versions here."""
    pins = student_pins((HOME / "requirements.txt").read_text(encoding="utf-8"), ALWAYS)
    for name in Examine(config=course.config()).libraries:
        try:
            line = f"{name}=={version(name)}\n"
        except PackageNotFoundError:
            continue
        pins += line if line not in pins else ""
    return pins


def _project() -> str:
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    template = string.Template((DOOR / "pyproject.toml.txt").read_text(encoding="utf-8"))
    return template.substitute(
        version=project["version"],
        description=project["description"],
        requires_python=project["requires-python"],
        dependencies=json.dumps(project["dependencies"]),
    )


def _readme(course: Course, assignments: list[str], files: dict[str, bytes]) -> str:
    config = course.config()
    package = f"{PACKAGE}/__main__.py" in files
    slugs = [slug for name in assignments for slug in _slugs(course, name)]
    lines = [f"* `{name}`" for name in sorted(files) if name.startswith("assignments/") and name.endswith(".ipynb")]
    return string.Template((DOOR / "README.md").read_text(encoding="utf-8")).substitute(
        assignments="\n".join(lines),
        commands=COMMANDS.format(slug=slugs[0]) if package and slugs else "",
        hand_in=HandOut(config=config).hand_in,
        package=" and then `pip install --no-deps .`" if package else "",
    )


def _slugs(course: Course, assignment: str) -> list[str]:
    return [slug for path in course.notebooks(assignment) for slug in exercises(read(path))]
