"""What several test files share: the tiny course, each test's own to spoil, and the means to confine students.

`pytest --means landlock TESTS` runs them confined by that means in place of the best that there is.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.building.build import build
from autograder.course import Course
from autograder.sandbox import box
from autograder.sandbox.guarantees import MEANS

# As in ci/commands.py, for those who call pytest themselves; kernels inherit it.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", PYTHONHASHSEED="0")

# All that is imported here stays: to look through it for what does not is a tenth of what tests in this process take.
gc.set_threshold(100_000, 50, 1000)

TINY = Path(__file__).parent / "fixtures" / "course"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--means", choices=MEANS, default="", help="confine students' processes by this means")


@pytest.fixture(autouse=True, scope="session")
def means(request: pytest.FixtureRequest) -> Iterator[str]:
    """The means that was asked for on the command line, which is now the best that there is; "" for none."""
    chosen = str(request.config.getoption("--means"))
    with pytest.MonkeyPatch.context() as patch:
        if chosen:
            patch.setattr(box, "best", lambda unsafe=False: chosen)
        yield chosen


@pytest.fixture
def tiny(tmp_path: Path) -> Course:
    """A course folder with the assignment 1-tiny: two exercises that grade themselves and a written question."""
    return Course(Path(shutil.copytree(TINY, tmp_path / "course")))


@pytest.fixture(scope="session")
def tiny_built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course with its assignment built, once for all tests; to be copied."""
    course = Course(Path(shutil.copytree(TINY, tmp_path_factory.mktemp("tiny") / "course")))
    build(course, "1-tiny")
    return course.root
