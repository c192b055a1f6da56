"""A look at the student's own source for what no answer of this course has a use for, without running any of it.

Whether an attack works is decided elsewhere, and so is every point; this only lets an instructor know that it was
tried. Only names that mean one thing are told: a note here must never be wrong, and may well be missing.
"""

from __future__ import annotations

import ast
import functools
import itertools
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from nbformat import NotebookNode

from autograder.intake.measured import differences
from autograder.notebooks.parsing import ONE_AT_A_TIME
from autograder.tamper import ATTACK, ODD, STRAY, Note

__all__ = ["suspected", "suspicions"]

LONGEST = 200_000  # characters that are looked through; parsing more would cost the grader seconds
LARGEST = 50_000  # nodes of the tree of a cell
DEEPEST = 6  # dots in a name
MOST = 20  # notes

# What is reached for: how bad that is, how it shows in the source, and the names.
TABLE = """
attack  import   autograder ctypes gdb mmap nbgrader pty ptrace sqlite3 zmq jupyter_client
attack  import   socket socketserver telnetlib
attack  name     gc.get_objects gc.get_referrers gc.get_referents
stray   import   aiohttp http requests urllib
odd     import   atexit builtins codeop imp linecache marshal
odd     import   resource signal site subprocess threading
attack  name     sys._getframe sys._current_frames sys.modules sys.meta_path sys.path_hooks sys.settrace sys.setprofile
attack  name     os.getppid os.ptrace
odd     name     os.kill os.killpg os.fork os.forkpty os._exit os.abort os.system os.popen os.setsid os.closerange
odd     name     os.dup os.dup2 os.symlink os.link os.chroot os.mkfifo os.write os.execv os.execve
odd     name     sys.displayhook sys.argv
odd     builtin  __builtins__ exit quit _ih
odd     inside   f_back f_globals f_locals f_lineno f_trace tb_frame gi_frame
odd     inside   __globals__ __subclasses__ __builtins__ __closure__ __code__ _ledger
attack  shell    ast_transformers input_transformers_post input_transformers_cleanup input_transformer_manager events
attack  shell    display_formatter displayhook display_pub run_cell showtraceback _showtraceback
attack  shell    history_manager user_ns user_global_ns
odd     method   __eq__ __ne__ __class__ __reduce__ __reduce_ex__ __del__ __getattribute__ __instancecheck__
odd     method   __array__ __array_ufunc__ __array_function__ __array_interface__ __array_struct__
odd     check    check_gate check_gradient check_backward check_loss check_values Report
odd     measure  numerical_gradient numerical_jacobian Graph trace
"""
SEVERITY = {"attack": ATTACK, "odd": ODD, "stray": STRAY}
KNOWN: dict[tuple[str, str], str] = {
    (kind, name): SEVERITY[severity]
    for severity, kind, *names in (line.split() for line in TABLE.strip().split("\n"))
    for name in names
}
# "Attack" is said of what reaches for the grader, its files or the right answers, and of nothing else.
WORDS = {
    ATTACK: ("suspicious", "looks like an attack"),
    ODD: ("unusual", "unusual in an answer"),
    STRAY: ("no-network", "there is no network in grading"),
}
CHECKS = {name for kind, name in KNOWN if kind == "check"}
COURSE = "cs231n_lite"
OTHER_LANGUAGES = {"bash", "html", "javascript", "js", "perl", "ruby", "script", "sh", "svg", "system", "writefile"}
COMMAND = re.compile(r"^(\s*(?:[\w.]+\s*=\s*)?)([!%])(.*)$")  # what is run instead of Python: !ls, files = !ls, %time
TEXTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"gradebook\.db|/autograded\b|/submitted\b|source/.*\.ipynb"), ATTACK),
    (re.compile(r"^/(proc|dev/shm)\b|/proc/|//(127\.0\.0\.1|localhost|\[::1\])[:/]"), ATTACK),
    (re.compile(r"vnd\.cs231n-lite\.report|BEGIN HIDDEN|nbgrader"), ATTACK),
    (re.compile(r"^(?!/(content|drive|gdrive|kaggle|mnt|Users|home/(jovyan|[\w.-]+))\b)(/[\w.@*-]+){2,}/?$"), ODD),
    (re.compile(r"(^|\W)/(tmp|var|etc|root|usr)/"), ODD),
    (re.compile(r"sitecustomize|usercustomize|\.ipython/|\.pth$|\.ipynb$"), ODD),
)


def suspicions(cells: Iterable[tuple[str, str]], tests: Iterable[str] = ()) -> list[Note]:
    """Return a note for each thing of that sort in the student's code cells, given as (name, source).

    `tests` are names that only the master's test cells set, so that nobody else can know of them.
    """
    notes: dict[tuple[str, str], Note] = {}
    modules: dict[str, str] = {"np": "numpy", "plt": "matplotlib.pyplot"}
    secret = {name for name in tests if len(name) >= 6}
    room = LONGEST
    for name, source in cells:
        room -= len(source)
        if room < 0:
            notes[name, ""] = Note("suspicious", name, "too much source: this and what follows was not looked at", ODD)
            break
        tree = _parsed(source)
        if tree is None:
            continue
        for line, what, severity in _seen(tree, modules, secret):
            kind, words = WORDS[severity]
            notes.setdefault((name, what), Note(kind, name, f"{words}: {what}, line {line}", severity))
        for line, what in differences(tree):
            notes.setdefault((name, what), Note("measured", name, f"looks measured: {what}, line {line}", ODD))
    return list(notes.values())[:MOST]


def _parsed(source: str) -> ast.Module | None:
    """The tree of a cell, with IPython's own words in it as calls; None where it is no Python."""
    lines = source.split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    magic = re.match(r"%%(\w+)", lines[start])
    if magic:  # %%time and the like run what follows as Python; others are a program in another language
        lines[start] = "pass"
        if magic[1] in OTHER_LANGUAGES:
            lines[start + 1 :] = [f"get_ipython().system({line[:1000]!r})" for line in lines[start + 1 :]]
    text = "\n".join(COMMAND.sub(_called, line) for line in lines)
    try:
        with ONE_AT_A_TIME, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text) if len(text) < 2 * LONGEST else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _called(line: re.Match[str]) -> str:
    return f"{line[1]}get_ipython().system({line[3]!r})" if line[2] == "!" else f"{line[1]}pass"


def _seen(tree: ast.Module, modules: dict[str, str], secret: set[str]) -> Iterator[tuple[int, str, str]]:
    """What there is to tell of one cell: line, what, how bad; notes what it imports under which name."""
    nodes = list(itertools.islice(ast.walk(tree), LARGEST))
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.split(".")[0]
                modules[alias.asname or top] = alias.name if alias.asname else top
                yield from _imported(node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from _imported(node.lineno, node.module)
            for alias in node.names:
                modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    own = {name.id for name in nodes if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
    own |= {argument.arg for argument in nodes if isinstance(argument, ast.arg)}
    own |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for node in nodes:
        for look in LOOKS:
            for what, severity in look(node, modules):
                yield node.lineno, what, severity  # type: ignore[attr-defined]  # what has no line, no look tells of
        if isinstance(node, ast.Name) and node.id in secret - own:
            yield node.lineno, f"reads {node.id}, which only a test sets", ODD


def _imported(line: int, name: str) -> Iterator[tuple[int, str, str]]:
    severity = KNOWN.get(("import", name.split(".")[0]))
    if severity:
        yield line, f"imports {name[:40]}", severity


def _dotted(node: ast.AST, modules: dict[str, str]) -> str:
    """The full name of `os.path.join` and the like, as far as it starts at something imported; else ""."""
    after: list[str] = []
    while isinstance(node, ast.Attribute):
        after.append(node.attr)
        node = node.value
    first = modules.get(node.id, "") if isinstance(node, ast.Name) else ""
    return ".".join([first, *reversed(after)]) if first and len(after) < DEEPEST else ""


def _attribute(node: ast.AST, modules: dict[str, str]) -> Iterator[tuple[str, str]]:
    if not isinstance(node, ast.Attribute | ast.Name):
        return
    name = _dotted(node, modules)
    if ("name", name) in KNOWN:
        yield f"uses {name}", KNOWN["name", name]
    if isinstance(node, ast.Attribute):
        if ("inside", node.attr) in KNOWN:
            yield f"uses .{node.attr}", KNOWN["inside", node.attr]
        if ("shell", node.attr) in KNOWN and _shell(node.value):
            yield f"uses the shell's {node.attr}", KNOWN["shell", node.attr]
    elif ("builtin", node.id) in KNOWN and isinstance(node.ctx, ast.Load):
        yield f"uses {node.id}", KNOWN["builtin", node.id]


def _shell(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "get_ipython"


def _command(node: ast.AST, _modules: dict[str, str]) -> Iterator[tuple[str, str]]:
    """A shell's command: told where it speaks of a file that is none of the student's; most only list or install."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _shell(node.func.value)):
        return
    words = [word.value for word in node.args if isinstance(word, ast.Constant) and isinstance(word.value, str)]
    if node.func.attr in ("system", "getoutput"):
        for word in " ".join(words).split():
            for _, severity in _spoken(word.strip("'\";()<>")):
                yield "runs a command of the system", severity


def _method(node: ast.AST, _modules: dict[str, str]) -> Iterator[tuple[str, str]]:
    if not isinstance(node, ast.ClassDef):
        return
    for entry in node.body:
        names = [entry.name] if isinstance(entry, ast.FunctionDef) else []
        # __array_ufunc__ = None is how NumPy is told to stand back.
        if isinstance(entry, ast.Assign) and not isinstance(entry.value, ast.Constant):
            names = [target.id for target in entry.targets if isinstance(target, ast.Name)]
        for name in names:
            if ("method", name) in KNOWN and (name not in ("__eq__", "__ne__") or _same_always(entry)):
                yield f"{node.name[:40]} has a {name} of its own", KNOWN["method", name]


def _same_always(entry: ast.stmt) -> bool:
    """Whether a method gives one constant, whatever it is asked."""
    if isinstance(entry, ast.Assign) and isinstance(entry.value, ast.Lambda):
        return isinstance(entry.value.body, ast.Constant)
    body = entry.body if isinstance(entry, ast.FunctionDef) else []
    return (
        bool(body) and isinstance(body[-1], ast.Return) and isinstance(body[-1].value, ast.Constant) and len(body) == 1
    )


def _rebound(node: ast.AST, modules: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Something that belongs to a module or to the course set anew."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    elif isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in CHECKS:
        yield f"defines {node.name} anew", ODD
    for target in targets:
        name = _dotted(target, modules) if isinstance(target, ast.Attribute) else ""
        if isinstance(target, ast.Name) and target.id in CHECKS | {"np"} and isinstance(node, ast.Assign):
            yield f"sets {target.id} anew", ODD
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id in CHECKS:
            yield f"writes into {target.value.id}", ODD
        elif name and name.split(".")[0] not in ("matplotlib", "ssl"):  # plots and downloads are often set up so
            yield f"writes into {name.rpartition('.')[0]}", ODD


def _text(node: ast.AST, _modules: dict[str, str]) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 2000:
        yield from _spoken(node.value)


def _spoken(text: str) -> Iterator[tuple[str, str]]:
    """What a text speaks of that is none of the student's."""
    for pattern, severity in TEXTS:
        if pattern.search(text):
            yield f"speaks of {text[:60]!r}", severity
            return


def _instrument(node: ast.AST, modules: dict[str, str]) -> Iterator[tuple[str, str]]:
    """A gradient that is measured inside a backward pass, where it should be derived."""
    if isinstance(node, ast.FunctionDef) and "backward" in node.name:
        for inner in ast.walk(node):
            name = _dotted(inner.func, modules) if isinstance(inner, ast.Call) else ""
            course, _, last = name.rpartition(".")
            if course.startswith(COURSE) and (("measure", last) in KNOWN or last in CHECKS):
                yield f"{node.name[:40]} calls {name}", ODD


LOOKS: tuple[Callable[[ast.AST, dict[str, str]], Iterator[tuple[str, str]]], ...] = (
    _attribute,
    _command,
    _method,
    _rebound,
    _text,
    _instrument,
)


def suspected(notebook: NotebookNode) -> list[Note]:
    """Return the notes on the student's cells of a grafted notebook."""
    own: list[tuple[str, str]] = []
    tests: set[str] = set()
    others: set[str] = set()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        meta = cell.metadata.get("nbgrader", {})
        if not meta or meta.get("solution"):
            own.append((str(meta.get("grade_id") or cell.get("id", "")), str(cell.source)))
        elif meta.get("grade"):
            tests |= _names(cell.source, ast.Store)
        else:
            others |= _names(cell.source, ast.Store | ast.Load)
    return suspicions(own, tests - others)


@functools.lru_cache(maxsize=1000)  # a class has the same tests and locked cells
def _names(source: str, context: Any) -> frozenset[str]:
    tree = _parsed(source)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)] if tree else []
    return frozenset(node.id for node in names if isinstance(node.ctx, context))
