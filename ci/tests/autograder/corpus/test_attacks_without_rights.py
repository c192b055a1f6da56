"""One hostile answer of each kind, graded by a user without rights and by each means that this user has.

The whole list, as such a user and by one means:

    setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs .venv/bin/python -m pytest -p no:cacheprovider \\
        --means landlock ci/tests/autograder/corpus/test_attacks.py ci/tests/autograder/corpus/test_pleasers.py \\
        ci/tests/autograder/examining/test_hostile_answers.py ci/tests/autograder/examining/test_floods.py

in a clone that the user may write, with HOME set to a folder of the user's. Without `--means`, where users may make no
namespaces (/proc/sys/user/max_user_namespaces is 0), Landlock is the best there is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import HOME
from autograder.auditing.hostile_batch import HONEST, Outcome, amiss
from autograder.corpus.attacks import POINTS, attacks
from autograder.sandbox.rights import NOBODY, root
from ci.tests.autograder.builders import RUNGS, not_run

KINDS = {
    "values that say yes": "equal-to-anything",
    "the test's own words": "points-patched",
    "what a test knows": "expected-found-by-the-collector",
    "what is imported later": "import-hook",
    "what is shown": "report-forged",
    "an end": "killed-by-itself",
    "other processes": "signal-to-everybody",
    "the network": "connection",
    "files": "gradebook-written",
    "the wire": "wire-closed",
    "replies too large": "giant-reply",
}
# In namespaces of its own: what of this Python and this clone lies where only root may enter is mounted where all may.
OPENED = """
set -e
closed=$1 aside=$2 user=$3; shift 3
if [ "$closed" ]; then
    mount --bind "$closed" "$aside"
    mount -t tmpfs -o mode=755 tmpfs "$closed"
    while [ "$1" != -- ]; do mkdir -p "$closed/$1"; mount --bind "$aside/$1" "$closed/$1"; shift; done
    umount -l "$aside"
fi
while [ "$1" != -- ]; do shift; done
shift
exec setpriv --reuid="$user" --regid="$user" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
"""


def as_a_user(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command as nobody, who may write in `folder`, or as this user who is not root."""
    words = list(command)
    if root():
        places = {Path(sys.base_prefix).resolve(), HOME.resolve(), Path(sys.prefix).resolve()}
        closed = {above for place in places for above in place.parents if not above.stat().st_mode & 0o001}
        if len(closed) > 1 or any(not place.stat().st_mode & 0o005 for place in places):
            not_run("this Python lies where no other user may enter")
        top = str(next(iter(closed), ""))
        inner = sorted(str(place.relative_to(top)) for place in places if closed and place.is_relative_to(top))
        aside = tempfile.mkdtemp(dir=folder)
        words = ["unshare", "-m", "sh", "-c", OPENED, "sh", top, aside, str(NOBODY), *inner, "--", *words]
        os.chown(folder, NOBODY, NOBODY)
    own = {"HOME": str(folder), "TMPDIR": str(folder), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    own |= {"LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(words, cwd=HOME, env=own, capture_output=True, text=True, timeout=600)


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not where pytest keeps its own, which only their owner may enter.
    with tempfile.TemporaryDirectory(prefix="hostile-", dir="/var/tmp", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("rung", RUNGS)
def test_one_of_each_kind_gains_nothing_where_a_user_without_rights_grades(rung: str, folder: Path) -> None:
    question = f"from autograder.sandbox.box import why_not; print(why_not({rung!r}))"
    reply = as_a_user(folder, sys.executable, "-c", question)
    assert reply.returncode == 0, reply.stderr
    if reason := reply.stdout.strip():
        not_run(f"{rung} does not work for a user without rights: {reason}")
    names = list(KINDS.values())
    batch = as_a_user(
        folder, sys.executable, "-m", "autograder.auditing.hostile_batch", str(folder / "b"), rung, *names
    )
    assert batch.returncode == 0, batch.stderr[-2000:]
    outcomes = {name: Outcome(**each) for name, each in json.loads(batch.stdout.splitlines()[-1])["outcomes"].items()}
    assert {name: amiss(attacks()[name], outcomes.get(name)) for name in names} == dict.fromkeys(names, "")
    assert all(outcomes[name].points == POINTS and not outcomes[name].notes for name in HONEST)
