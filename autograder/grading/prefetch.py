"""Submissions examined before nbgrader comes to them: their jobs made as nbgrader's steps would, and given to a farm.

nbgrader stays the only one who writes into the gradebook, one submission after another, while the farm is at work on
those that follow. Nothing depends on this but time: what was not made ahead, or turns out to be of another submission
than nbgrader sees, is examined when nbgrader comes to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from nbgrader.utils import find_all_files
from traitlets.config import Config

from autograder.course import Course, quiet
from autograder.examining.job import Job, plain_files
from autograder.examining.keys import versions
from autograder.examining.known_results import KnownResults
from autograder.examining.step import Examine
from autograder.examining.store import Store, hashed
from autograder.gradebook.grade_steps import OverwriteCells
from autograder.grading.farm import Farm, Lost
from autograder.intake.choice import handed_in
from autograder.intake.graft import graft
from autograder.intake.hand_in_folder import dangerous
from autograder.intake.misnamed import missing
from autograder.notebooks.notebook import known
from autograder.notebooks.versions import memory_of, past
from autograder.submission import Submission

__all__ = ["examined"]


def examined(
    course: Course, assignment: str, students: Iterable[str], farm: Farm, settings: dict[str, Any], logfile: Path
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each student, as soon as all is known of the submission, with what the farm made for it, by its keys.

    `settings` are added to the course's. Raises Problem where the farm cannot work.
    """
    config = course.config()
    config.merge(Config(settings))
    step, results_by_student = Examine(config=config), dict[str, list[KnownResults]]()

    def tasks() -> Iterator[tuple[str, list[bytes]]]:
        for name in students:
            with quiet(logfile):
                jobs = _jobs(Submission(course, assignment, name), step, config)
            results_by_student[name] = [results for _, results in jobs]
            yield name, [job.packed(results) for job, results in jobs]

    for name, filled in farm.run(tasks()):
        entries: dict[str, Any] = {}
        for number, results in enumerate(results_by_student.pop(name)):
            if isinstance(filled, Lost):
                entries |= results.lost()
            elif number < len(filled):
                entries |= results.take(filled[number])
        yield name, entries


def _jobs(submission: Submission, step: Examine, config: Config) -> list[tuple[Job, KnownResults]]:
    """What there is to run of a submission: jobs with what is known of each; none where anything is out of order."""
    course, folder = submission.course, submission.submitted
    source = course.source / submission.assignment
    try:
        if any(dangerous(folder)) or missing(submission):
            return []
        beside = _left_in_place(folder, config) | _left_in_place(source, config)
        jobs, store = [], step.opened_store(course.root)
        mark = _mark(submission, beside, config) if store is not None else ""
        if store is not None and _is_known(store, mark):
            return []
        needed: list[str] = []
        about = {"assignment": submission.assignment, "student": submission.student, "db_url": course.gradebook}
        for path in submission.masters:
            path_of_work = handed_in(submission, path.name)
            notebook, _ = graft(known(path), path_of_work, config, past(course, submission.assignment, path.stem))
            resources = {"nbgrader": about | {"notebook": path.stem}}
            notebook, _ = OverwriteCells(config=config).preprocess(notebook, resources)
            job = step.job(notebook, beside, plain_files(source))
            needed += job.cell_keys.needed
            if store is None or not all(map(store.has, job.cell_keys.needed)):
                jobs.append((job, job.results(store)))
        if store is not None:
            store.keep(mark, needed)
        return jobs
    except Exception:  # whatever it is, it will come again when nbgrader grades this one, and be told there
        return []


def _mark(submission: Submission, beside: Mapping[str, Path], config: Config) -> str:
    """The key of what a submission's jobs are made of: files handed in, the master's, what was handed out, settings."""
    course, name = submission.course, submission.assignment
    files = [*beside.values(), *submission.masters, *plain_files(course.source / name).values()]
    files += [handed_in(submission, path.name) for path in submission.masters]
    contents = [[str(path), hashlib.sha256(path.read_bytes()).hexdigest()] for path in files]
    return hashed("jobs", versions(), contents, memory_of(course, name), repr(config))


def _is_known(store: Store, mark: str) -> bool:
    """Whether the store has all that these jobs would find out."""
    needed = store.get(mark)
    return isinstance(needed, list) and all(isinstance(key, str) and store.has(key) for key in needed)


def _left_in_place(folder: Path, config: Config) -> dict[str, Path]:
    """The files of a folder that nbgrader copies to where it grades, by name."""
    ignored = [*config.CourseDirectory.get("ignore", []), "*.ipynb"]
    copied = {Path(path) for path in find_all_files(str(folder), ignored)}
    return {name: path for name, path in plain_files(folder).items() if path in copied}
