"""Opens the notebooks: `python3 lab.py`, on Windows `py lab.py`. The first start installs what they need, in .venv."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (this file is read by whatever Python there is)
    here = "{}.{} at {}".format(sys.version_info[0], sys.version_info[1], sys.executable)  # noqa: UP032  (Python 2 reads it, too)
    sys.exit("Python 3.11 or newer is needed, and this is " + here + ": install it from python.org, then try again")

from ci.lab.__main__ import main

sys.exit(main(sys.argv[1:]))
