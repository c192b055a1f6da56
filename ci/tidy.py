"""`python3 -m ci tidy`: brings the notebooks of source/ into the one form in which they are kept."""

from __future__ import annotations

from autograder.course import Course
from autograder.notebooks.notebook import canonical, read, tidied

__all__ = ["main"]


def main(course: Course | None = None) -> int:
    """Rewrite each notebook of source/ without outputs and counts, cell id = grade_id, keys sorted; return 0."""
    course = course or Course()
    for path in [path for name in course.assignments() for path in course.notebooks(name)]:
        tidy = canonical(tidied(read(path)))
        if tidy != path.read_text(encoding="utf-8"):
            path.write_text(tidy, encoding="utf-8")
            print(f"{path.relative_to(course.root)}: tidied")
        else:
            print(f"{path.relative_to(course.root)}: tidy already")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
