"""The site's own server: loopback alone, types that a browser insists on, nothing stale."""

from __future__ import annotations

import socket
import struct
import threading
import urllib.request
from pathlib import Path

import pytest

from ci.site.serving import server


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.mjs", "text/javascript"), ("a.wasm", "application/wasm"), ("a.ipynb", "application/json")],
)
def test_files_have_the_types_that_a_browser_insists_on_and_are_looked_at_anew(
    tmp_path: Path, name: str, kind: str
) -> None:
    (tmp_path / name).write_text("here")
    with server(tmp_path) as host:
        assert host.server_address[0] == "127.0.0.1"
        thread = threading.Thread(target=host.serve_forever)
        thread.start()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{host.server_port}/{name}", timeout=10) as answer:
                assert answer.read() == b"here" and answer.headers["Content-Type"] == kind
                assert answer.headers["Cache-Control"] == "no-cache"
        finally:
            host.shutdown()
            thread.join()


def test_a_browser_that_goes_away_is_nothing_to_be_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "large").write_bytes(bytes(50_000_000))
    with server(tmp_path) as host:
        thread = threading.Thread(target=host.serve_forever)
        thread.start()
        with socket.create_connection(host.server_address) as client:
            client.sendall(b"GET /large HTTP/1.0\r\n\r\n")
            client.recv(1000)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # gone at once
        host.shutdown()
        thread.join()
    assert capsys.readouterr().err == ""
