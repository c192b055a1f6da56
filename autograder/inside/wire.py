"""Frames between two processes that do not trust each other, on a connected stream socket.

A frame is a length-prefixed JSON header and one block of raw bytes. Whatever breaks a rule or a bound is `Tampered`.
The student's process gets this very file as text (sandbox/handover.py), so it stands on the standard library alone.
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["BOUNDS", "Bounds", "Gone", "Late", "Refused", "Tampered", "Wire"]

HEAD = struct.Struct("<IQ")  # bytes of the header, bytes of the block behind it
PIECE = 1 << 20  # bytes that are read at a time
NOW = int(socket.MSG_DONTWAIT)
QUIET = int(socket.MSG_NOSIGNAL)
_encoded = json.JSONEncoder(separators=(",", ":")).encode  # json.dumps would make a new one for each message
_decoded = json.JSONDecoder().raw_decode  # json.loads would look for white space around it, and there is none


@dataclass(frozen=True)
class Bounds:
    """What one message may be at most: bytes of header and block, values, nesting, and bits of one integer."""

    header: int = 16 << 20
    block: int = 128 << 20
    values: int = 3_000_000
    depth: int = 60
    bits: int = 4096


BOUNDS = Bounds()


class Tampered(Exception):
    """The other side sent what an honest one never sends."""


class Gone(Exception):
    """The other side has closed the connection."""


class Late(Exception):
    """The other side did not answer in time."""


class Refused(TypeError):
    """A value that does not cross: not plain data, too large, or nested too deeply."""


class Wire:
    """Frames on a connected stream socket.

    A wait with a `deadline` (of time.monotonic, None: no end) is a poll, because a time limit set on the socket itself
    would be shared with every process that holds it. `idle` is called about five times a second meanwhile.
    """

    def __init__(self, sock: socket.socket, bounds: Bounds = BOUNDS) -> None:
        self.sock, self.bounds = sock, bounds
        self.deadline: float | None = None
        self.idle: Callable[[], None] | None = None

    def send(self, message: dict[str, Any], block: bytes = b"") -> None:
        """Send one frame; raises Refused when it is too large, Gone when nobody is there."""
        header = _encoded(message).encode()
        if len(header) > self.bounds.header or len(block) > self.bounds.block:
            raise Refused(f"a message of {(len(header) + len(block)) >> 20} MiB is too large to cross")
        rest = [memoryview(HEAD.pack(len(header), len(block)) + header), memoryview(block)]
        try:
            while rest:
                try:
                    sent = self.sock.sendmsg(rest, (), NOW | QUIET)
                except BlockingIOError:
                    self._wait(select.POLLOUT)
                    continue
                while rest and sent >= len(rest[0]):
                    sent -= len(rest.pop(0))
                if rest:
                    rest[0] = rest[0][sent:]
        except OSError:
            raise Gone("the connection is closed") from None

    def receive(self) -> tuple[dict[str, Any], memoryview]:
        """Return the next frame's header and block; raises Gone, Late, or Tampered for what is no frame."""
        sizes = HEAD.unpack(self._exactly(HEAD.size))
        if sizes[0] > self.bounds.header or sizes[1] > self.bounds.block:
            raise Tampered(f"a message of {sum(sizes) >> 20} MiB is larger than any may be")
        frame = memoryview(self._exactly(sum(sizes)))
        try:
            text = str(frame[: sizes[0]], "utf-8")
            message, end = _decoded(text)
        except (ValueError, RecursionError):
            raise Tampered("a message is no JSON") from None
        if end != len(text):
            raise Tampered("a message is no JSON")
        if not isinstance(message, dict):
            raise Tampered("a message is no JSON object")
        return message, frame[sizes[0] :]

    def close(self) -> None:
        """End the connection for both sides, however many processes hold it."""
        with contextlib.suppress(OSError):  # the other side may be faster
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def hung_up(self) -> bool:
        """Whether nobody holds the other end any more."""
        if self.sock.fileno() < 0:
            return True
        poll = select.poll()
        poll.register(self.sock, 0)  # a hang-up is told unasked
        return bool(poll.poll(0))

    def _exactly(self, size: int) -> bytes | bytearray:
        data = bytearray()
        flags = 0 if self.deadline is None and self.idle is None else NOW
        while len(data) < size:
            if self.deadline is not None and time.monotonic() > self.deadline:
                raise Late("no whole answer in time")  # one that comes byte by byte is always ready to be read
            try:
                part = self.sock.recv(min(size - len(data), PIECE), flags)
            except BlockingIOError:
                self._wait(select.POLLIN)
                continue
            except OSError:
                part = b""
            if not part:
                raise Gone("the connection is closed")
            if len(part) == size:
                return part
            data += part
        return data

    def _wait(self, event: int) -> None:
        try:
            poll = select.poll()
            poll.register(self.sock, event)
        except (OSError, ValueError):
            raise Gone("the connection is closed") from None
        while not poll.poll(200):
            if self.idle is not None:
                self.idle()
            if self.deadline is not None and time.monotonic() > self.deadline:
                raise Late("no answer in time")
