"""The site on this machine only, as a plain host of files would serve it."""

from __future__ import annotations

import functools
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

__all__ = ["PORT", "Handler", "Host", "serve", "server"]

PORT = 8231


class Handler(SimpleHTTPRequestHandler):
    """Serves files with the types that a browser insists on, and asks it to look for newer ones each time."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".ipynb": "application/json",
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".whl": "application/zip",
    }

    def end_headers(self) -> None:
        """Let nothing be used from a browser's cache without asking: the next build may have another."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""


class Host(ThreadingHTTPServer):
    """Serves until it is ended; a browser that goes away in the middle of a file is nothing to be told of."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of an error, unless the other side has gone."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def server(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """Return a server of a folder on loopback, not yet started; port 0 is any that is free."""
    return Host(("127.0.0.1", port), functools.partial(Handler, directory=str(folder)))


def serve(folder: Path) -> int:
    """Serve a folder until Ctrl-C."""
    try:
        host = server(folder, PORT)
    except OSError:  # another one runs
        host = server(folder)
    with host:
        print(f"The site is at http://127.0.0.1:{host.server_port}/ on this machine only. Ctrl-C ends it.", flush=True)
        try:
            host.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0
