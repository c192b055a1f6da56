"""A class of twelve with odd names, one of forty around it, and their hand-ins as each platform packs them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.course import Course
from autograder.gradebook.session import opened
from autograder.platforms.roster import Roster, Student

NOTEBOOK = "tiny.ipynb"
CLASS = [
    Student("ada", "Ada", "Lovelace", "ada@example.org", "70001"),
    Student("okeeffe", 'Georgia "Gia"', "O'Keeffe, Jr.", "gia@example.org", "70002"),
    Student("zoë", "Zoë", "Müller-Lüdenscheidt", "zoe@example.org", "70003"),
    Student("wang", "小明", "王", "wang@example.org", "70004"),
    Student("eve", "=HYPERLINK(1)", "+Plus", "eve@example.org", "70005"),
    Student("plato", "Plato", "", "plato@example.org", "70006"),
    Student("nguyen", "Thị Minh Khai", "Nguyễn", "nguyen@example.org", "70007"),
    Student("mary-ann", "Mary-Ann", "van der Berg", "mary@example.org", "70008"),
    Student("omar", "عمر", "الخيام", "omar@example.org", "70009"),
    Student("ivan", "Иван", "Петров", "ivan@example.org", "70010"),
    Student("smith_1", "John", "Smith", "john@example.org", "70011"),
    Student("smith_2", "John", "Smith", "smith@example.org", "70012"),
]
# The first line of Moodle's grading worksheet.
MOODLE = ("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade")
MOODLE += ("Last modified (submission)", "Last modified (grade)")
MORE = [
    Student("andre", "André", "Weil", "weil@example.org", "70013"),
    Student("simone", "Simone", "Weil", "simone@example.org", "70014"),
    Student("jörg", "Jörg", "Groß", "gross@example.org", "70015"),
    Student("li_1", "Wei", "Li", "li1@example.org", "70016"),
    Student("li_2", "Wei", "Li", "li2@example.org", "70017"),
    Student("haruto", "陽翔", "佐藤", "sato@example.org", "70018"),
    Student("minjun", "민준", "김", "kim@example.org", "70019"),
    Student("noa", "נועה", "כהן", "cohen@example.org", "70020"),
    Student("giorgos", "Γιώργος", "Παπαδόπουλος", "giorgos@example.org", "70021"),
    Student("anjali", "अंजलि", "शर्मा", "anjali@example.org", "70022"),
    Student("somchai", "สมชาย", "ใจดี", "somchai@example.org", "70023"),
    Student("d.arcy", "Fitzwilliam", "D'Arcy", "darcy@example.org", "70024"),
    Student("quote", "Robert", 'Tables"; --', "bobby@example.org", "70025"),
    Student("at", "@cmd", "-1+1", "at@example.org", "70026"),
    Student("sukarno", "", "Sukarno", "sukarno@example.org", "70027"),
    Student("renee", "Renée-Élise", "de la Croix, PhD", "renee@example.org", "70028"),
    Student("soren", "Søren", "Ærø", "soren@example.org", "70029"),
    Student("lukasz", "Łukasz", "Żółć", "lukasz@example.org", "70030"),
    Student("ilgaz", "Ilgaz", "İnönü", "ilgaz@example.org", "70031"),
    Student("1234567", "Nur", "Zahlen", "zahlen@example.org", "70032"),
    Student("two.parts", "Anna Maria", "Garcia Lopez", "garcia@example.org", "70033"),
    Student("garcia", "Ana María", "García López", "ana@example.org", "70034"),
    Student("oneill", "Shane", "O’Neill", "shane@example.org", "70035"),
    Student("semi", "Semi;Colon", "Tab", "semi@example.org", "70036"),
    Student("amp", "Tom & Jerry", "<Bold>", "amp@example.org", "70037"),
    Student("hash", "#1", "100%", "hash@example.org", "70038"),
    Student("brackets", "Paul [Pablo]", "Ruiz (Picasso)", "paul@example.org", "70039"),
    Student("long", "Hubert Blaine " * 3 + "Wolfe", "Wolfeschlegelsteinhausen", "long@example.org", "70040"),
]
FORTY = [*CLASS, *MORE]
BY_ID = {student.id: student for student in FORTY}
ROSTER = Roster(CLASS)
AT = datetime(2026, 10, 3, 22, 45, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Sent:
    """One file as a student sent it: whose, its name, what is in it, when, and how often before."""

    student: str
    name: str = NOTEBOOK
    content: bytes = b"{}"
    when: datetime = AT
    late: bool = False
    version: int = 0

    @property
    def who(self) -> Student:
        return BY_ID[self.student]

    @property
    def full(self) -> str:
        return f"{self.who.first} {self.who.last}".strip()


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


def packed(platform: str, sent: Iterable[Sent]) -> list[tuple[str, bytes]]:
    """The files of a platform's archive."""
    name, extra = {
        "canvas": (canvas, []),
        "moodle": (moodle, []),
        "moodle-flat": (moodle_flat, []),
        "brightspace": (brightspace, [("index.html", b"<html>")]),
        "blackboard": (blackboard, []),
        "sakai": (sakai, [("HW 1/grades.csv", b'"HW 1","SCORE_GRADE_TYPE"\n""\n')]),
        "gradescope": (gradescope, []),
    }[platform]
    all_sent = list(sent)
    files = [(name(one), one.content) for one in all_sent]
    if platform == "blackboard":
        texts = {
            blackboard_text(one): f"Name: {one.full} ({one.student})\nAssignment: HW_1\n".encode() for one in all_sent
        }
        extra = list(texts.items())
    if platform == "sakai":
        times = {one.student: f"{one.when:%Y%m%d%H%M%S}000".encode() for one in all_sent}
        extra += [(sakai_folder(BY_ID[student]) + "/timestamp.txt", text) for student, text in times.items()]
    if platform == "gradescope":
        extra = [("assignment_9_export/submission_metadata.yml", metadata(all_sent).encode())]
    return files + extra


def letters(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())


def canvas(one: Sent) -> str:
    stem, dot, ending = one.name.partition(".")
    version = f"-{one.version}" if one.version else ""
    late = "_LATE" if one.late else ""
    number = 88000 + FORTY.index(one.who) + 100 * one.version
    return f"{letters(one.who.last + one.who.first)}{late}_{one.who.lms}_{number}_{stem}{version}{dot}{ending}"


def moodle(one: Sent) -> str:
    return f"{one.full}_{one.who.lms}_assignsubmission_file_/{one.name}"


def moodle_flat(one: Sent) -> str:
    return f"{one.full}_{one.who.lms}_assignsubmission_file_{one.name}"


def brightspace(one: Sent) -> str:
    clock = one.when.strftime("%I%M %p").lstrip("0")
    return f"{one.who.lms}-5678 - {one.full} - {one.when:%b} {one.when.day}, {one.when.year} {clock}/{one.name}"


def blackboard(one: Sent) -> str:
    return f"HW_1_{one.student}_attempt_{one.when:%Y-%m-%d-%H-%M-%S}_{one.name}"


def blackboard_text(one: Sent) -> str:
    return f"HW_1_{one.student}_attempt_{one.when:%Y-%m-%d-%H-%M-%S}.txt"


def sakai(one: Sent) -> str:
    return f"{sakai_folder(one.who)}/Submission attachment(s)/{one.name}"


def sakai_folder(who: Student) -> str:
    return f"HW 1/{who.last}, {who.first}({who.id})"


def gradescope(one: Sent) -> str:
    return f"assignment_9_export/submission_{one.who.lms}{one.version}/{one.name}"


def metadata(sent: Iterable[Sent]) -> str:
    lines = []
    for one in sent:
        lines += [
            f"submission_{one.who.lms}{one.version}:",
            "  :submitters:",
            f"  - :name: {json.dumps(one.full, ensure_ascii=False)}",
            f"    :sid: {json.dumps(one.who.lms)}",
            f"    :email: {one.who.email}",
            f"  :created_at: {one.when:%Y-%m-%d %H:%M:%S}.123456789 Z",
        ]
    return "\n".join(lines) + "\n"


PLATFORMS = ("canvas", "moodle", "moodle-flat", "brightspace", "blackboard", "sakai", "gradescope")


def download(folder: Path, platform: str, sent: Iterable[Sent]) -> Path:
    """The archive that a platform hands over."""
    path = folder / f"{platform}.zip"
    path.write_bytes(zipped(packed(platform, sent)))
    return path


def enrol(course: Course, students: Iterable[Student] = CLASS) -> None:
    """Enter the class in the gradebook."""
    with opened(course.gradebook) as gradebook:
        for student in students:
            gradebook.update_or_create_student(
                student.id,
                first_name=student.first,
                last_name=student.last or None,
                email=student.email,
                lms_user_id=student.lms,
            )


# Handed in nothing; waits for a mark by hand; half a point off.
ABSENT, WAITING, LATE = "plato", "ivan", "omar"
MOST = 5.0


def points(student: str) -> float:
    """What a student has in the end, by an independent sum."""
    number = CLASS.index(BY_ID[student])
    return max(0.0, number % 3 + number % 2 + 1.25 - 0.5 * (student == LATE))


def mark(course: Course) -> None:
    """Enter points for all but ABSENT: of double-gate 0 to 2, of square 0 or 1, of the written answer 1.25."""
    with opened(course.gradebook) as gradebook:
        gradebook.add_assignment("1-tiny")
        gradebook.add_notebook("tiny", "1-tiny")
        for name, most in (("double-gate-test", 2), ("square-test", 1), ("why-double", 2)):
            gradebook.add_grade_cell(name, "tiny", "1-tiny", max_score=most, cell_type="code")
        for number, student in enumerate(CLASS):
            if student.id == ABSENT:
                continue
            entry = gradebook.add_submission("1-tiny", student.id)
            for grade in entry.notebooks[0].grades:
                if grade.name == "why-double":
                    grade.manual_score = None if student.id == WAITING else 1.25
                    grade.needs_manual_grade = student.id == WAITING
                else:
                    grade.auto_score = float(number % 3 if grade.name == "double-gate-test" else number % 2)
                    grade.needs_manual_grade = False
            entry.notebooks[0].late_submission_penalty = 0.5 if student.id == LATE else 0.0
        gradebook.db.commit()
