"""From source/ to assignments/ and solutions/, through nbgrader itself, or not at all.

Everything is made in a folder of its own and looked at there; only when nothing is wrong does it take the place of what
was there before. So a failure, whatever it is, leaves the earlier result as it was.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbgrader.converters import GenerateAssignment, GenerateSolution

from autograder.building import reference
from autograder.building.fitness import check_files
from autograder.building.rules import check_release, check_solution, check_source, unlisted_files
from autograder.building.sameness import same
from autograder.building.solution_steps import Stabilise
from autograder.course import Course, quiet
from autograder.gradebook.tables import versioned
from autograder.notebooks.notebook import read
from autograder.notebooks.versions import remember
from autograder.problem import Problem, full, unwritten
from autograder.protection import FILE, is_adopted, settings_of_copy

__all__ = ["build", "build_all", "contents", "differences", "is_ours"]

EVERYWHERE = [".ipynb_checkpoints", "*.pyc", "__pycache__"]  # what nbgrader leaves out of any course
LOOKS_AT_POINTS = re.compile(r"\b(check_(gate|backward|gradient|loss|values)|Graph)\(")
# As `-m autograder.building.visible_points`, without what nbgrader brings along: three quarters of its time.
POINTS = (
    "from autograder.needless import leave_out; leave_out(); "
    "from autograder.building.visible_points import main; main()"
)


def build(course: Course, assignment: str) -> bool:
    """Make assignments/ASSIGNMENT and solutions/ASSIGNMENT; return whether anything changed.

    In a course of one's own they lie where its settings say, and look as these make them.

    Raises Problem, with one line for each fault, when the source or what came of it is not fit for students.
    """
    with _made(course, assignment) as folder:
        changed = bool(_changed(course, assignment, folder))
        if changed:
            _move_into_place(course, assignment, folder)
    paths = [course.release / assignment / path.name for path in course.notebooks(assignment)]
    remember(course, assignment, [(path.stem, read(path)) for path in paths if path.is_file()])
    return changed


def build_all(course: Course, assignments: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Build each assignment in turn, all names looked up first; yield its name and whether anything changed."""
    for name in [course.named(name) for name in assignments] or course.assignments():
        yield name, build(course, name)


def differences(course: Course, assignment: str) -> list[str]:
    """Return the generated files that are not what the source gives today; writes nothing to their folders."""
    with _made(course, assignment) as folder:
        return _changed(course, assignment, folder)


@contextmanager
def _made(course: Course, assignment: str) -> Iterator[Path]:
    """Yield a folder that holds the assignment's new assignments/ and solutions/."""
    listed = _check_sources(course, assignment)
    scratch = course.root / "build"
    try:
        scratch.mkdir(exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f"{assignment}-", dir=scratch))
    except OSError as error:
        raise Problem(f"{unwritten(error, scratch)}; nothing was changed") from None
    try:
        yield _generate(course, assignment, listed, work)
    except OSError as error:
        raise Problem(f"{unwritten(error, work)}; nothing was changed") from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _check_sources(course: Course, assignment: str) -> list[str]:
    folder = course.source / course.named(assignment)
    ours = is_ours(course)
    faults = [
        fault for path in course.notebooks(assignment) for fault in check_source(read(path), path.name, ours=ours)
    ]
    faults += check_files(folder)
    listing = folder / "data.txt"
    listed = listing.read_text(encoding="utf-8").split() if listing.is_file() else []
    faults += [f"data.txt: lists {name}, which is not there" for name in listed if not (folder / name).is_file()]
    faults += [
        f"{name}: students would get this file; list it in {assignment}/data.txt if they should; if tests alone read "
        "it, name it in c.CourseDirectory.ignore; else move it away"
        for name in (unlisted_files(folder, listed, course.config().CourseDirectory.ignore) if ours else ())
    ]
    _refuse(assignment, faults)
    return listed


def is_ours(course: Course) -> bool:
    """Return whether a course is made as this one is; others have rules of their own for what students see."""
    return not (is_adopted(course.root) or course.is_ordinary)


def _places(course: Course) -> tuple[str, str]:
    """The folders of the student versions and of the solutions, as the settings name them."""
    folder = course.directory(course.config())
    return str(folder.release_directory), str(folder.solution_directory)


def _generate(course: Course, assignment: str, listed: list[str], work: Path) -> Path:
    copy, ours, (release, solution) = Course(work), is_ours(course), _places(course)
    shutil.copytree(course.source / assignment, copy.source / assignment)
    if (course.source / reference.SOURCE).is_file():
        shutil.copyfile(course.source / reference.SOURCE, copy.source / reference.SOURCE)
    (work / FILE).write_text(settings_of_copy(course.root, work), encoding="utf-8")
    (work / release).mkdir()  # an ordinary course is known by its folder
    _run(copy, GenerateAssignment, assignment, "student version")
    faults = []
    for path in copy.notebooks(assignment):
        beside = {name: work / release / assignment / name for name in (*listed, reference.PAGE)}
        others = {name: _text(other) for name, other in beside.items() if other.is_file()}
        faults += check_release(read(path), read(work / release / assignment / path.name), others, path.name, ours=ours)
    _refuse(assignment, faults)
    # What tests alone read is kept from students, and lies beside the solution while that is run.
    settings: dict[str, Any] = {"CourseDirectory": {"ignore": EVERYWHERE}}
    if not ours:  # the same source gives the same file
        steps = GenerateSolution(coursedir=copy.directory(copy.config()), config=copy.config()).preprocessors
        settings |= {"GenerateSolution": {"preprocessors": [*steps, Stabilise]}, "Execute": {"record_timing": False}}
    _run(copy, GenerateSolution, assignment, "solution", **settings)
    for path in copy.notebooks(assignment):
        solved = work / solution / assignment / path.name
        faults += check_solution(read(solved), path.name, ours=ours)
        faults += _point_faults(solved, work / release / assignment / path.name)
    _refuse(assignment, faults)
    for name in unlisted_files(copy.source / assignment, [], EVERYWHERE):
        if not (work / release / assignment / name).is_file():
            (work / solution / assignment / name).unlink()
            with contextlib.suppress(OSError):  # another file lies there, too
                (work / solution / assignment / name).parent.rmdir()
    return work


def _point_faults(solution: Path, released: Path) -> list[str]:
    """What a process of its own finds in the points of a notebook's visible checks; nothing where it has none."""
    if not LOOKS_AT_POINTS.search(solution.read_text(encoding="utf-8")):
        return []
    command = [sys.executable, "-c", POINTS, str(solution), str(released)]
    reply = subprocess.run(command, cwd=released.parent, capture_output=True, text=True)
    if reply.returncode:
        reason = (reply.stderr.strip().splitlines() or ["no reason given"])[-1]
        return [f"{solution.name}: the points of its checks could not be looked at: {reason}"]
    return [f"{solution.name}: {fault}" for fault in reply.stdout.splitlines()]


def _run(course: Course, converter: type, assignment: str, what: str, **settings: Any) -> None:
    with quiet() as errors:
        try:
            versioned(course.gradebook)
            course.nbgrader(converter, assignment, **settings)
        except OSError:
            raise
        except Exception:
            # nbgrader logs the traceback of what went wrong and raises something general; the last line says what.
            text = "\n".join([*errors, traceback.format_exc()])
            lines = [line for line in text.splitlines() if "Error: " in line]
            if full(text):
                raise Problem(f"{assignment}: the disk is full; nothing was changed") from None
            reason = lines[0] if lines else (errors or ["no reason given"])[-1].splitlines()[-1]
            raise Problem(f"{assignment}: nbgrader could not make the {what}: {reason}; nothing was changed") from None


def _refuse(assignment: str, faults: list[str]) -> None:
    if faults:
        lines = [f"{assignment}/{fault}" for fault in faults]
        raise Problem("\n".join([*lines, f"{assignment}: not built, nothing was changed"]))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def contents(folder: Path) -> dict[str, bytes]:
    """Return what stands in each file below a folder, by its path there: hidden ones are of who works in it."""
    files = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {
        str(name): path.read_bytes()
        for name, path in files.items()
        if not any(part.startswith(".") or part == "__pycache__" for part in name.parts)
    }


def _changed(course: Course, assignment: str, folder: Path) -> list[str]:
    changed = []
    for place in _places(course):
        old, new = contents(course.root / place / assignment), contents(folder / place / assignment)
        names = [name for name in sorted(old.keys() | new.keys()) if not same(old.get(name), new.get(name))]
        changed += [f"{place}/{assignment}/{name}" for name in names]
    return changed


def _move_into_place(course: Course, assignment: str, folder: Path) -> None:
    """Put the new folders where the old ones are; where one cannot be moved, put the old ones back."""
    undo: list[tuple[Path, Path]] = []
    try:
        for place in _places(course):
            target, old = course.root / place / assignment, folder / f"old-{place}"
            target.parent.mkdir(exist_ok=True)
            if target.exists():
                target.replace(old)
                undo.append((old, target))
            (folder / place / assignment).replace(target)
            undo.append((target, folder / place / assignment))
    except OSError:
        for now, before in reversed(undo):
            now.replace(before)
        raise
