from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ci.bench.grading.cost import Cost, Run, measured

SPIN = "import time\nwhile time.process_time() < 0.3: pass"
HOLD = "import time\nheld = bytearray(200_000_000)\ntime.sleep(1.5)"


def test_processor_time_of_what_a_command_starts_is_counted(tmp_path: Path) -> None:
    line = [sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SPIN!r}])"]
    assert measured(line, tmp_path).processor >= 0.3


def test_memory_of_what_a_command_starts_is_counted(tmp_path: Path) -> None:
    line = [sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLD!r}])"]
    assert measured(line, tmp_path).memory > 200_000_000


def test_a_command_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="ended with 3: no such class"):
        measured([sys.executable, "-c", "import sys; sys.stderr.write('no such class'); sys.exit(3)"], tmp_path)


def test_means_are_of_a_submission_and_memory_is_the_most() -> None:
    cost = Cost()
    cost.add(Run(20.0, 10.0, 300, ""), 10)
    cost.add(Run(40.0, 30.0, 200, ""), 10)
    assert (cost.means(), cost.memory) == ((3.0, 2.0), 300)
