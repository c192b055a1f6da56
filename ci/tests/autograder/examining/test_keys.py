"""What a kept result depends on: the same for every process of one environment, whatever it has imported."""

from __future__ import annotations

import subprocess
import sys

PRINTED = "from autograder.examining.keys import versions\nprint(versions())"


def printed(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_packages_that_another_one_brings_for_itself_change_no_key() -> None:
    imported = "import setuptools, sys\nassert any(place.endswith('_vendor') for place in sys.path)\n"
    assert printed(imported + PRINTED) == printed(PRINTED)


def test_version_of_a_package_on_the_path_changes_it() -> None:
    program = (
        "import pathlib, sys, tempfile\nplace = tempfile.mkdtemp()\nsys.path.append(place)\n"
        "pathlib.Path(place, 'anything-1.0.dist-info').mkdir()\n"
    )
    assert printed(program + PRINTED) != printed(PRINTED)
