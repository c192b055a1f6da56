"""The start of `autograder grade`: processor seconds until its first submission is examined.

`python -m ci.bench.grading.start ASSIGNMENT …` takes the words of that command and does as it does. The last line that
it prints is JSON: the seconds of the command itself until then, and those of all that it has started.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

from autograder.needless import leave_out

__all__ = ["main", "seconds"]


def main(arguments: list[str]) -> int:
    """Grade, and print what it took until the first notebook was run."""
    leave_out()
    from autograder.__main__ import main as command
    from autograder.examining.job import Job

    took: dict[str, float] = {}
    run = Job.run

    def noted(job: Job, results: Any) -> Any:
        if not took:
            took.update(seconds())
        return run(job, results)

    Job.run = noted  # type: ignore[method-assign,assignment]  # for a look at the clock
    code = command(["grade", *arguments])
    print(json.dumps(took))
    return code


def seconds() -> dict[str, float]:
    """Return the processor seconds of this process so far, and of those below it, the living and the ended."""
    itself = time.process_time()
    import psutil

    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = ended.ru_utime + ended.ru_stime
    for each in psutil.Process().children(recursive=True):
        try:
            started += sum(each.cpu_times()[:4])
        except psutil.Error:
            continue
    return {"itself": itself, "started": started}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
