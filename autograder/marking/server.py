"""The page's server: on this machine's loopback alone, under an address that holds a random token.

Whoever has not got the token gets nothing: another user of the machine, or another page in the same browser. A name of
another host that leads here is refused, a request of another page's as well, and the page runs its own script alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import math
import secrets
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from tornado.httpserver import HTTPServer
from tornado.web import Application, HTTPError, RequestHandler

from autograder.marking import view
from autograder.marking.desk import Desk, Outcome, Stack
from autograder.marking.rubric import with_parts
from autograder.problem import Problem

__all__ = ["Page", "application", "serve"]

HOSTS = {"127.0.0.1", "localhost"}
FILES = {"page.css": "text/css", "page.js": "text/javascript"}
LONGEST = 20_000  # letters of a comment
# The answers' own colours are attributes; nothing else of theirs is obeyed.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Page(RequestHandler):
    """Answers all requests; what is asked for is the last part of the address."""

    def initialize(self, desk: Desk, token: str, names: bool) -> None:
        """Take what the application was made with."""
        self.desk, self.token, self.names = desk, token, names

    def set_default_headers(self) -> None:
        """Let a browser do nothing with an answer but show it."""
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Refuse whoever has not got the token, or comes by another name than this machine's own."""
        if self.request.host_name not in HOSTS:
            raise HTTPError(403, reason="Not this host")
        if not hmac.compare_digest(self.path_args[0].encode(), self.token.encode()):
            raise HTTPError(404)
        if self.request.method == "POST":
            origin = self.request.headers.get("Origin", "")
            if origin not in ("", f"http://{self.request.host}") or "X-Marking" not in self.request.headers:
                raise HTTPError(403, reason="Not from this page")

    def get(self, _token: str, name: str) -> None:
        """Show the page, its files, a question's state or a group."""
        if name == "":
            self.finish(view.page(self.desk))
        elif name in FILES:
            self.set_header("Content-Type", f"{FILES[name]}; charset=utf-8")
            self.finish((Path(__file__).parent / name).read_text(encoding="utf-8"))
        elif name == "state":
            stack = self._stack(self.get_query_argument("question"))
            self._tell(stack, form=view.form(stack))
        elif name == "group":
            self._group(self._stack(self.get_query_argument("question")), self.get_query_argument("key"))
        else:
            raise HTTPError(404)

    def post(self, _token: str, name: str) -> None:
        """Mark a group, take a wording out of it, or undo."""
        try:
            asked = json.loads(self.request.body)
            work: Callable[[Any], None] = {"mark": self._mark, "apart": self._apart, "undo": self._undo}[name]
            work(asked)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise HTTPError(400, "This was not understood; reload the page.") from None

    def _group(self, stack: Stack, key: str) -> None:
        """Show a group, or, where others have changed it since the page was told of it, the first that waits."""
        self.desk.refresh(stack)
        there = sorted(stack.groups, key=lambda group: (group.key != key, not group.waits))
        if not there:
            raise HTTPError(404, "There is no answer to mark here any more.")
        self.finish(view.group(stack, there[0], names=self.names) | {"state": view.state(stack)})

    def _mark(self, asked: dict[str, Any]) -> None:
        stack = self._stack(asked["question"])
        points, comment = float(asked["points"]), str(asked["comment"])[:LONGEST]
        most, rubric = stack.question.most, stack.question.rubric
        if not (math.isfinite(points) and 0 <= points <= most):
            raise HTTPError(400, f"Between 0 and {most:g} points, please: {points:g} were given.")
        if asked["parts"]:
            comment = with_parts(
                comment, rubric, {part.name: float(asked["parts"][part.name]) for part in rubric.parts}
            )
        stamps = {str(each): str(value) for each, value in asked["stamps"].items()}
        outcome = self.desk.mark(stack, stamps, points, comment)
        self._tell(stack, said=_said(outcome, f"{points:g} of {most:g}"), left=outcome.left)

    def _apart(self, asked: dict[str, Any]) -> None:
        stack = self._stack(asked["question"])
        ids = [str(each) for each in asked["ids"] if each in stack.answers]
        self.desk.take_out(stack, ids)
        self._tell(stack, said=f"Taken out: {_count(len(ids))} in a group of their own.")

    def _undo(self, _asked: Any) -> None:
        undone = self.desk.undo()
        if undone is None:
            self.finish({"said": "There is nothing to undo since this was started."})
            return
        stack, outcome = undone
        words = f"Undone for {_count(outcome.written)}." if outcome.written else "Undone."
        if outcome.left:
            words += f" {_count(outcome.left)} changed since, and stay as they are."
        key = next((group.key for group in stack.groups if group.waits), "")
        for group in stack.groups:
            if set(outcome.grade_ids) & set(group.grade_ids):
                key = group.key
        self._tell(stack, said=words, key=key, question=self.desk.stacks.index(stack))

    def _stack(self, number: Any) -> Stack:
        try:
            return self.desk.stacks[int(number)]
        except (ValueError, IndexError):
            raise HTTPError(404, "There is no such question.") from None

    def _tell(self, stack: Stack, **more: Any) -> None:
        self.desk.refresh(stack)
        self.finish(view.state(stack) | more)

    def write_error(self, status_code: int, **about: Any) -> None:  # noqa: ARG002  (tornado calls it so)
        """Say in a sentence what is wrong."""
        error = about.get("exc_info", (None, None, None))[1]
        message = str(getattr(error, "log_message", None) or self._reason)
        if isinstance(error, SQLAlchemyError):
            message = "The gradebook cannot be read or written just now; nothing was changed. Try again in a moment."
        elif isinstance(error, Problem):
            message = str(error)
        self.finish({"message": message})

    def log_exception(self, kind: Any, value: Any, trace: Any) -> None:
        """Show on the terminal what is not foreseen, and nothing else."""
        if not isinstance(value, HTTPError | Problem | SQLAlchemyError):
            super().log_exception(kind, value, trace)


def _count(number: int) -> str:
    return f"{number} answer{'s' if number != 1 else ''}"


def _said(outcome: Outcome, mark: str) -> str:
    words = f"{mark} for {_count(outcome.written)}." if outcome.written else "Nothing was marked."
    if outcome.left:
        words += (
            f" {_count(outcome.left)} changed since you saw them: somebody else marked them, or they were handed in "
            "anew. They stay as they are now; look at them here."
        )
    return words


def application(desk: Desk, token: str, *, names: bool = False) -> Application:
    """Return what answers requests under /TOKEN/."""
    about = {"desk": desk, "token": token, "names": names}
    return Application([(r"/([^/]*)/([^/]*)", Page, about)], log_function=lambda _handler: None)


def serve(desk: Desk, *, port: int = 0, names: bool = False, started: Callable[[str], None]) -> None:
    """Show the page until this process gets Ctrl-C or is told to end; `started` is called with its address.

    Raises Problem where the port is another program's.
    """
    asyncio.run(_serve(desk, port, names, started))


async def _serve(desk: Desk, port: int, names: bool, started: Callable[[str], None]) -> None:
    token, ended = secrets.token_urlsafe(24), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, ended.set)
    listening = socket.socket()
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen()
    except (OSError, OverflowError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or "there is no such port"
        raise Problem(f"port {port} of this machine cannot be had ({reason}); leave out --port") from None
    listening.setblocking(False)
    server = HTTPServer(application(desk, token, names=names))
    server.add_socket(listening)
    started(f"http://127.0.0.1:{listening.getsockname()[1]}/{token}/")
    await ended.wait()
    server.stop()
    await server.close_all_connections()
