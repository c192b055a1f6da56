"""This course's steps in any other nbgrader course: `python -m autograder adopt DIR`, or two lines of configuration.

    from autograder.protection import protect
    protect(c)

at the end of that course's nbgrader_config.py. After them `nbgrader autograde`, the formgrader's button and
`nbgrader generate_feedback` confine students' code there, and hidden tests stay hidden; all else stays as the course
has it: its folders, stubs, headers, time limits and gradebook.
"""

from __future__ import annotations

from pathlib import Path

from traitlets.config import Config, PyFileConfigLoader

from autograder import HOME
from autograder.problem import Problem, unwritten

__all__ = ["FILE", "adopt", "is_adopted", "is_protected", "loaded", "protect", "settings_of_copy"]

FILE = "nbgrader_config.py"
LINES = (
    "from autograder.protection import protect  # students' code is confined, hidden tests stay hidden\nprotect(c)\n"
)
# What makes a course safe is set whatever was set before; the rest only where the course says nothing.
SAFETY = ("Autograde", "SubmissionExporter", "HTMLExporter", "GenerateFeedback")
OTHERS = ("GenerateAssignment", "Examine", "ZipCollectApp", "FileNameCollectorPlugin", "DbUpgradeApp", "KernelManager")
TIMES = ("Execute", "ExecutePreprocessor")  # where nbgrader has its limit of time for a cell


def protect(settings: Config) -> None:
    """Add this course's steps to another course's settings, in place."""
    own = loaded(HOME / FILE)
    for section in SAFETY:
        settings[section].update(own[section])
    for section in OTHERS:
        for name, value in own[section].items():
            settings[section].setdefault(name, value)
    for section in TIMES:
        limit = settings[section].get("timeout")
        if isinstance(limit, int | float) and limit > 0:
            settings.Examine.setdefault("timeout", float(limit))


def loaded(path: Path) -> Config:
    """Return the settings in a file of nbgrader's; raises Problem where it cannot be run."""
    try:
        settings: Config = PyFileConfigLoader(path.name, path=str(path.parent)).load_config()
    except Exception as error:  # whatever is wrong with a file that is a program
        raise Problem(f"{path}: cannot be read ({type(error).__name__}: {error}); mend it") from None
    return settings


def is_protected(course: Path) -> bool:
    """Return whether nbgrader's own commands in a course folder take this course's steps."""
    if course.resolve() == HOME.resolve():
        return True
    text = _lines(course)
    return "autograder.protection" in text or "autograder.nbgrader_steps" in text


def is_adopted(course: Path) -> bool:
    """Return whether a course has its own settings for everything but this course's steps."""
    return "autograder.protection" in _lines(course)


def _lines(course: Path) -> str:
    """The settings of a course without lines that are comments."""
    path = course / FILE
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def settings_of_copy(course: Path, folder: Path, *lines: str) -> str:
    """Return the settings of a copy of a course in another folder: the course's own, and a gradebook of the copy's."""
    text = ["import autograder.protection  # its settings are its own"] if is_adopted(course) else []
    if course.resolve() != HOME.resolve() and (course / FILE).is_file():
        text.append(f"load_subconfig({FILE!r}, path={str(course.resolve())!r})")
    text += ["c = get_config()", f"c.CourseDirectory.db_url = {'sqlite:///' + str(folder / 'gradebook.db')!r}"]
    frame = loaded(course / FILE).get("IncludeHeaderFooter", {}) if (course / FILE).is_file() else {}
    text += [f"c.IncludeHeaderFooter.{name} = {str(course.resolve() / path)!r}" for name, path in frame.items() if path]
    return "\n".join([*text, *lines]) + "\n"


def adopt(course: Path) -> str:
    """Protect another course, by two lines in its settings; return in a line what was done. Raises Problem."""
    if not (course / "source").is_dir():
        raise Problem(f"{course}: is no nbgrader course, it has no folder source/; name the folder above source/")
    path = course / FILE
    if is_protected(course):
        loaded(path)
        return f"{path}: has these steps already; nothing was changed"
    before = path.read_text(encoding="utf-8") if path.is_file() else "c = get_config()\n"
    try:
        path.write_text(before.rstrip("\n") + "\n\n" + LINES, encoding="utf-8")
    except OSError as error:
        raise Problem(unwritten(error, path)) from None
    try:
        loaded(path)
    except Problem:
        path.write_text(before, encoding="utf-8")
        raise
    return (
        f"{path}: `nbgrader autograde`, generate_feedback and the formgrader are safe there now; grade by "
        f"`python -m autograder grade ASSIGNMENT --course {course}` or as before"
    )
