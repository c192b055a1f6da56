"""Running what a student wrote: what it raises, warns or prints on stderr decides no grade and stops no notebook."""

from __future__ import annotations

import contextlib
import io
import linecache
import re
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cs231n_lite.cells import LIBRARIES, cells
from cs231n_lite.speech import say

__all__ = ["Stopped", "Trouble", "attempt", "own_line", "quiet", "raised_by_student", "run", "stopped", "trouble_of"]

_HERE = str(Path(__file__).parent)


class Trouble(Exception):
    """Student code that could not be judged: the slug of what happened and the sentence that tells it."""

    def __init__(self, slug: str, message: str) -> None:
        super().__init__(message)
        self.slug = slug
        self.message = message


class Stopped(KeyboardInterrupt):
    """Student code that was interrupted; a notebook shows one sentence in place of the lines it was called through."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def stopped(what: str, error: KeyboardInterrupt) -> Stopped:
    """What to raise on where a student's code was interrupted, with the line that was running."""
    if isinstance(error, Stopped):
        return error
    where = own_line(error)
    loop = " If it runs for ever: does its loop come to an end?" if where else ""
    return Stopped(f"{what} was stopped{where}.{loop}")


def run(
    what: str, function: Callable[..., Any], *args: Any, shapes: Mapping[str, tuple[int, ...]] | None = None
) -> Any:
    """Call student code quietly; what it raises becomes a `Trouble` that names `what` and the student's own line.

    `shapes` are those of the arguments by name, to be told where arrays did not fit.
    """
    with quiet():
        try:
            return function(*args)
        except KeyboardInterrupt as error:
            raise stopped(what, error) from None
        except BaseException as error:  # SystemExit too: `exit()` in an answer must not end the notebook
            raise trouble_of(error, what, shapes) from None


@contextlib.contextmanager
def quiet(prints: bool = True) -> Iterator[list[str]]:
    """Keep warnings and stderr, and prints if asked, out of the cell's output; yields the warnings, in the end."""
    messages: list[str] = []
    out = contextlib.nullcontext() if prints else contextlib.redirect_stdout(io.StringIO())
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stderr(io.StringIO()), out:
        warnings.simplefilter("default")
        try:
            yield messages
        finally:
            messages.extend(dict.fromkeys(str(warning.message) for warning in caught))


def trouble_of(error: BaseException, what: str, shapes: Mapping[str, tuple[int, ...]] | None = None) -> Trouble:
    """Tell an exception of student code in one sentence with the student's own line, and no traceback."""
    if isinstance(error, Trouble):
        return error
    what = what.replace("your code", "Your code") if what.startswith("your code") else what
    if isinstance(error, NotImplementedError):
        return Trouble("not-written", _unwritten(error, what))
    if isinstance(error, TypeError | AttributeError) and "NoneType" in str(error) and not own_line(error):
        return Trouble("missing-return", f"{what} returned None where a value is needed: is its `return` missing?")
    kind = type(error).__name__
    if isinstance(error, RecursionError):
        reason = "RecursionError: more than about a thousand calls inside one another"
    elif isinstance(error, SystemExit):
        reason = "SystemExit: an answer must return, not leave Python"
    elif match := _matmul(error):
        reason = f"{kind}: two shapes do not fit in a matrix product, {match.group(2)} against {match.group(1)}"
    else:
        text = str(error).strip().split("\n")[0]
        reason = f"{kind}: {text[:300]}" if text else kind
    line = own_line(error)
    stop = "" if ":  " in line or (reason.endswith((".", "!", "?")) and not line) else "."  # not within a line of code
    return Trouble("raises", f"{what} raised {reason}{line}{stop}{_hint(error, shapes or {})}")


_MATMUL = re.compile(r"matmul.*\(size (\d+) is different from (\d+)\)")
_INDEX = re.compile(r"index (-?\d+) is out of bounds for axis \d+ with size (\d+)")
_COUNT = re.compile(r"\w\.(\w+)\(\) takes (\d+) positional arguments? but (\d+) (?:was|were) given")
_PRODUCTS = re.compile(r"[\w\])]\s*@\s*[\w.]+(?:\[[^\]]*\])?\s*\*(?!\*)")  # A @ B * C


def _matmul(error: BaseException) -> re.Match[str] | None:
    """The two lengths that did not fit in A @ B; what NumPy says of them is a riddle."""
    return _MATMUL.search(str(error)) if isinstance(error, ValueError) else None


def _unwritten(error: BaseException, what: str) -> str:
    """What to do about a `raise NotImplementedError()`, which may stand below everything that was to be written."""
    line = own_line(error).partition(":")[0]
    todo = "Write your lines in its place, or, if they are there, delete it. Then run that cell and this one again."
    return f"{what} still stops at `raise NotImplementedError()`{line}. {todo}"


def _hint(error: BaseException, shapes: Mapping[str, tuple[int, ...]]) -> str:
    """What to do about the errors that everybody meets."""
    text = str(error)
    came = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
    came = f" What came in: {came}." if came else ""
    if match := _matmul(error):
        rows, columns = match.groups()
        return f"\nA @ B needs as many columns of A as rows of B; here A has {columns} columns, B {rows} rows.{came}"
    if isinstance(error, ValueError) and "broadcast" in text:
        return f"{_bound_alike(error)}\nRead from the right, two lengths must be equal, or one of them 1.{came}"
    if isinstance(error, ValueError) and ("not aligned" in text or "reshape" in text):
        return f"\nThe shapes there do not fit: print the .shape of each array just before that line.{came}"
    if isinstance(error, IndexError) and (match := _INDEX.search(text)):
        last = int(match.group(2)) - 1
        return f"\nThe last index there is {last}. Does this index count another axis, or the one after?{came}"
    if isinstance(error, TypeError) and (match := _COUNT.search(text)):
        return _self_missing(*match.groups())
    if isinstance(error, KeyError):
        return "\nThat dictionary has no such key then: print its keys just before that line."
    if isinstance(error, NameError | UnboundLocalError):
        return "\nIs it spelled as where it was made, and made before this line runs?"
    return ""


def _bound_alike(error: BaseException) -> str:
    """A word about `A @ B * C` in the line that raised: brackets that people have in mind and Python has not."""
    if not _PRODUCTS.search(own_line(error).partition(":  ")[2]):
        return ""
    return "\n@ and * bind alike, from the left: A @ B * C is (A @ B) * C. If the other is meant, write A @ (B * C)."


def _self_missing(method: str, takes: str, came: str) -> str:
    """What Python counts at a method's call; with one argument too many, self is most often what was forgotten."""
    if int(came) != int(takes) + 1:
        return ""
    return (
        "\nIs self missing? Python hands over the object itself first, and counts it: "
        f"`def {method}(self, …)` needs one name more than the call has arguments."
    )


def own_line(error: BaseException) -> str:
    """The last line of the student's own that an exception came through, as ', in your line 3: ...', or ''.

    An exception that came from another process carries the line as its attribute `student_line`.
    """
    carried = getattr(error, "student_line", None)
    if isinstance(carried, str) and carried:
        return f", in your {carried}"
    for frame in reversed(_outside(error)):
        inside = "" if frame.name.startswith("<") else f" of {frame.name}"
        return f", in your line {frame.lineno}{inside}" + (f":  {frame.line}" if frame.line else "")
    return ""


def raised_by_student(error: BaseException) -> bool:
    """Whether an exception in a `with` block came out of a call of the student's code, not of the block's own lines."""
    if getattr(error, "student_line", None):
        return True
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(_HERE)]
    outside = _outside(error)
    return bool(outside) and outside[-1].filename != frames[0].filename


def _outside(error: BaseException) -> list[traceback.FrameSummary]:
    """The frames that an exception came through which are no library's and not this package's, outermost first."""
    ours = (_HERE, "<frozen", "<__array_function__", *LIBRARIES)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(ours)]
    return [frame for frame in frames if not _is_the_courses_cell(frame.filename)]


def _is_the_courses_cell(filename: str) -> bool:
    """Whether a file is a notebook's cell that tests, draws or helps: its lines are not the student's."""
    return cells.of_the_course(filename, "" if Path(filename).exists() else "".join(linecache.getlines(filename)))


@contextlib.contextmanager
def attempt(slug: str) -> Iterator[None]:
    """Run the lines of a picture cell; student code that is unwritten or broken is told in one line and stops nothing.

    Prints 'slug: not written yet' for NotImplementedError, otherwise the error and the student's own line.
    """
    try:
        yield
    except KeyboardInterrupt as error:
        raise stopped(slug, error) from None
    except Exception as error:
        trouble = trouble_of(error, "your code")
        message = say(trouble.message, trouble.slug, "common").replace("`", "")  # printed, they would be seen
        unwritten = trouble.slug == "not-written"
        print(say(f"{slug}: not written yet", "report") if unwritten else f"{slug}: {message}")
