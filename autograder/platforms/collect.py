"""A download of a learning platform brought into submitted/: what is newer than what lies there, and nothing twice.

What was collected is remembered beside it, in downloaded/ASSIGNMENT/collected.json: under which name the platform takes
pages back, which of its numbers means whom, and what was collected before, so that no older file comes back.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from nbgrader.utils import parse_utc

from autograder.course import Course
from autograder.gradebook.turns import alone_in
from autograder.intake.choice import is_placeholder
from autograder.platforms.known import chosen
from autograder.platforms.plan import HandIn, Left, bare, planned
from autograder.platforms.platform import Download, zone_of
from autograder.platforms.roster import Roster, from_gradebook, printable
from autograder.platforms.times import times_of
from autograder.platforms.zip_collect import PlatformExtractor
from autograder.problem import Problem
from autograder.sandbox import scratch
from autograder.submission import Submission, ungradable
from autograder.tamper import ACCIDENT, Note, write_notes

__all__ = ["Collected", "Memory", "collect"]

KEY = "collect"  # of these notes in the tamper report
STAYS = "stays as it was collected before: what is newer is without it"
NEW, NEWER, SAME, KEPT = "new", "newer than what lay there", "unchanged", "left as it lay there"


class Memory:
    """What was collected for an assignment, kept as JSON: student -> label, number, digest, earlier digests, time."""

    def __init__(self, course: Course, assignment: str) -> None:
        self.folder = course.root / "downloaded" / assignment
        self.path = self.folder / "collected.json"
        try:
            content = json.loads(self.path.read_text(encoding="utf-8")) if self.path.is_file() else {}
            self.students: dict[str, dict[str, Any]] = content.get("students", {})
            self.platform = str(content.get("platform", ""))
        except (ValueError, AttributeError):
            raise Problem(f"{self.path}: is broken; move it away, and collect again") from None

    def write(self) -> None:
        """Keep it, whole or not at all."""
        text = json.dumps(
            {"platform": self.platform, "students": self.students}, indent=1, sort_keys=True, ensure_ascii=False
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self.path.with_suffix(".new")
        new.write_text(text + "\n", encoding="utf-8")
        new.replace(self.path)

    def numbers(self) -> dict[str, str]:
        """Return the platform's number of each student who has one."""
        return {
            entry["number"]: student
            for student, entry in self.students.items()
            if entry.get("number") and entry.get("platform") == self.platform
        }


@dataclass
class Collected:
    """What a collection did: the platform, what became of each student's hand-in, and what was left out."""

    platform: str
    students: dict[str, str] = field(default_factory=dict)
    late: dict[str, str] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)

    def __str__(self) -> str:
        counts = {what: sum(which == what for which in self.students.values()) for what in (NEW, NEWER, SAME, KEPT)}
        words = ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "nothing"
        lines = [f"{self.platform}: {len(self.students)} students handed in: {words}"]
        lines += [f"   late  {student}: {words}" for student, words in self.late.items()]
        lines += [f"   {'!' if left.open else '·'}  left out: {left}" for left in self.left]
        return "\n".join(map(printable, lines))


def collect(
    course: Course,
    assignment: str,
    source: Path,
    *,
    platform: str = "auto",
    roster: Roster | None = None,
    timezone: str = "",
    times: Path | None = None,
    force: bool = False,
) -> Collected:
    """Bring a download, an archive or a folder, into submitted/; with `force` also over what another way brought there.

    Raises Problem where it is no download of a platform that is known.
    """
    if not source.exists():
        raise Problem(f"{source}: there is no such file or folder")
    people = roster or from_gradebook(course)
    released = {path.name for path in course.notebooks(assignment)}
    with alone_in(course.root), scratch.folder() as place:
        memory = Memory(course, assignment)
        settings = course.config()
        odd = _unpacked(PlatformExtractor(config=settings), source, place)
        lost = {PurePosixPath(path.relative_to(place / "unpacked")): reason for path, reason in odd}
        download = Download(
            place / "unpacked", zone_of(timezone or settings.PlatformCollector.get("timezone", "")), tuple(lost)
        )
        try:
            name, pieces = chosen(download, platform)
        except Problem as problem:
            raise Problem(f"{source}: {problem}") from None
        people.numbers = memory.numbers() if memory.platform == name else {}
        plan = planned([piece for piece in pieces if piece.path not in dict(odd)], people, released)
        people_by_path = {piece.path: piece.person for piece in pieces}
        collected = Collected(name, left=plan.left)
        for file in download.files:
            person = people_by_path.get(download.folder / file)
            if file in lost or person is None:
                who = (people.find(person)[0] or str(person)) if person else "somebody"
                why = lost.get(file, "not named as the platform names hand-ins: is it work?")
                collected.left.append(
                    Left(who, str(file.relative_to(file.parts[0])) if file.parts[1:] else str(file), why)
                )
        if times:
            known, unread = times_of(times, name, people, download.zone)
            collected.left += unread
            for student in known.keys() & plan.hand_ins.keys():
                plan.hand_ins[student].when = plan.hand_ins[student].when or known[student]
        memory.platform = name
        try:
            for student, hand_in in plan.hand_ins.items():
                _add_lying(hand_in, Submission(course, assignment, student), released, collected)
                _enter(Submission(course, assignment, student), hand_in, memory, collected, force=force)
        finally:  # what was brought is remembered, whatever ends it
            memory.write()
        _note(course, assignment, collected, {*plan.hand_ins, *(student.id for student in people.students)})
    return collected


def _unpacked(extractor: PlatformExtractor, source: Path, place: Path) -> list[tuple[Path, str]]:
    """Unpack an archive, or all that lies in a folder, within bounds; return what was odd, each path and why."""
    folder = source
    if source.is_file():
        folder = place / "download"
        folder.mkdir()
        # Under a name of its own: that of the download could be taken for a student's.
        packed = source.suffix.lower() in extractor.zip_ext
        shutil.copyfile(source, folder / (f"class{source.suffix.lower()}" if packed else source.name))
    (place / "unpacked").mkdir()
    extractor.log.disabled = True
    try:
        extractor.extract(str(folder), str(place / "unpacked"))
    finally:
        extractor.log.disabled = False
    return extractor.odd


def _enter(submission: Submission, hand_in: HandIn, memory: Memory, collected: Collected, *, force: bool) -> None:
    """Bring one hand-in into its folder if it is newer than what lies there, and say what was done."""
    student, folder = submission.student, submission.submitted
    what = ", ".join(map(str, hand_in.files))
    reason = ungradable(student) or ("the id holds a slash" if "/" in student or student in (".", "..") else "")
    if reason or submission.elsewhere:
        why = reason or "its folder in submitted/ is a link"
        collected.left.append(Left(student, what, f"{why}: mend that, and collect again", ours=True))
        return
    before = memory.students.get(student, {})
    digest = _digest(hand_in)
    standing, why = _standing(hand_in, before, digest, folder, memory.platform)
    if standing == KEPT and force:
        standing = NEWER
    collected.students[student] = standing
    if standing == KEPT:
        collected.left.append(Left(student, what, why, ours=True))
        return
    if standing == SAME:
        digest = before.get("digest", digest)  # of the time, too, that another run was told
    else:
        _write(folder, hand_in, memory.folder / "replaced" / student)
        former = [before["digest"]] if before.get("digest") not in (None, digest) else []
        before = {"earlier": [*before.get("earlier", []), *former]}
    memory.students[student] = before | {
        "digest": digest,
        "platform": memory.platform,
        "label": hand_in.label,
        "number": hand_in.number,
        "when": hand_in.when.isoformat() if hand_in.when else before.get("when", ""),
        "order": list(hand_in.order),
        "late": hand_in.late,
    }
    if hand_in.late and not (folder / "timestamp.txt").is_file():
        collected.late[student] = (
            "the platform says so, and its download does not say by how much: "
            f"write the time into {folder.relative_to(submission.course.root)}/timestamp.txt"
        )


def _add_lying(hand_in: HandIn, submission: Submission, released: set[str], collected: Collected) -> None:
    """Add the notebooks that were collected before and are not handed in again, where others of them are."""
    there = {bare(str(name)) for name in hand_in.files}
    for name in sorted(released - there) if there & released and not submission.elsewhere else ():
        path = submission.submitted / name
        if path.is_file() and not path.is_symlink() and not is_placeholder(path):
            hand_in.files[PurePosixPath(name)] = path
            collected.left.append(Left(submission.student, name, STAYS, open=False))


def _standing(hand_in: HandIn, before: dict[str, Any], digest: str, folder: Path, platform: str) -> tuple[str, str]:
    """What a hand-in is to what lies in its folder, and why that is to stay, if it is."""
    if not (folder.is_dir() and any(folder.iterdir())):
        return NEW, ""
    if digest == before.get("digest") or ((not before or hand_in.when is None) and _same(hand_in, folder)):
        return SAME, ""
    if before and platform != before.get("platform"):  # whose numbers say nothing of this one's
        before = before | {"order": []}
    if why := _older(hand_in, before, folder):
        return KEPT, why
    if digest in before.get("earlier", []) and list(hand_in.order) <= before.get("order", []):
        return KEPT, "it was collected before, and another one since: --force takes it all the same"
    return NEWER, ""


def _digest(hand_in: HandIn) -> str:
    total = hashlib.sha256((hand_in.when.isoformat() if hand_in.when else "").encode())
    for name in sorted(hand_in.files):
        total.update(f"\0{name}\0".encode() + hashlib.sha256(hand_in.files[name].read_bytes()).digest())
    return total.hexdigest()


def _same(hand_in: HandIn, folder: Path) -> bool:
    """Whether all of a hand-in lies there already, by whatever way it came."""
    return all(
        (folder / name).is_file() and (folder / name).read_bytes() == path.read_bytes()
        for name, path in hand_in.files.items()
    )


def _older(hand_in: HandIn, before: dict[str, Any], folder: Path) -> str:
    """Why what lies in the folder is to stay, "" where the hand-in is newer."""
    try:
        text = (folder / "timestamp.txt").read_text(encoding="utf-8").strip()
        there = parse_utc(text).replace(tzinfo=UTC) if text else None
    except (OSError, ValueError, OverflowError, AttributeError):
        there = None
    if there is None and before.get("when"):
        there = datetime.fromisoformat(before["when"])
    if there is not None and hand_in.when is not None:
        old = hand_in.when < there.replace(microsecond=0)
        return (
            f"it is of {hand_in.when:%Y-%m-%d %H:%M} UTC, and what lies there of {there:%H:%M, %Y-%m-%d}" if old else ""
        )
    if before:
        return "what lies there is of a later attempt" if list(hand_in.order) < before.get("order", []) else ""
    return "something lies there that was not collected by this command: move it away, or say --force"


def _write(folder: Path, hand_in: HandIn, replaced: Path) -> None:
    """Put a hand-in in its folder, whole; what lay there goes to `replaced`, under the next number."""
    new = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for name, path in hand_in.files.items():
        target = new / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copy2 if path.parent == folder else shutil.copyfile)(path, target)  # what stays keeps its time
    if hand_in.when:
        text = hand_in.when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
        (new / "timestamp.txt").write_text(text, encoding="utf-8")
    if folder.is_dir():
        replaced.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, replaced / str(len(list(replaced.iterdir())) + 1))
    new.rename(folder)


def _note(course: Course, assignment: str, collected: Collected, students: Iterable[str]) -> None:
    """Note in each student's report what was left out of theirs; what an earlier collection noted goes.

    Of whom nothing could be taken there is an empty folder, so that grading and the student's page tell it.
    """
    for student in students:
        left = [each for each in collected.left if each.who == student and each.open]
        if ungradable(student) or "/" in student or not (left or student in collected.students):
            continue
        submission = Submission(course, assignment, student)
        if left and not submission.elsewhere:
            submission.submitted.mkdir(parents=True, exist_ok=True)
        notes = [
            Note("not-taken" if each.ours else "left-out", "", f"{each.what}: {each.why}", ACCIDENT) for each in left
        ]
        write_notes(submission.tamper_notes, KEY, notes)
