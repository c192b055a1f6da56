"""Executed submissions, kept under the hash of all that they depend on: what was run once is not run again.

    store = Store(folder)
    entry = store.get(key)         # the entry as plain data, or None
    store.put(key, {"outputs": …})

An entry is one file, named after its key. It appears whole or not at all, however many processes write at once; it
carries the hash of its own content, and one that is spoilt counts as absent. Nothing of a student's is ever unpickled:
entries are JSON.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.problem import full, unwritten

__all__ = ["MOST", "Store", "Tidied", "hashed"]

KEY = re.compile(r"[0-9a-f]{64}$")
LARGEST = 64 << 20  # bytes of an entry when it is unpacked; a notebook's outputs are bounded far below
MOST = 4 << 30  # bytes of all entries
EVERY = 5000  # entries that this process writes between two looks at the size of all
_told: set[Path] = set()  # folders of which it was said that they cannot be written
_written: dict[Path, int] = {}  # by folder: each notebook has a Store of its own


def hashed(*parts: Any) -> str:
    """Return the SHA-256 of plain data, the same for equal data in any order of keys; 64 hexadecimal digits."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


@dataclass(frozen=True)
class Tidied:
    """What tidying took away, and what is left: numbers of entries and bytes."""

    removed: int
    freed: int
    entries: int
    bytes: int


class Store:
    """A folder of entries, of at most `most` bytes; what was not used for longest goes first."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self.folder, self.most = folder, most

    def get(self, key: str) -> Any:
        """Return the entry of a key, or None where there is none or where it is spoilt, which removes it."""
        path = self._path(key)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        try:
            unpacker = zlib.decompressobj()
            body = unpacker.decompress(content[32:], LARGEST)
            if not unpacker.eof or hashlib.sha256(key.encode() + body).digest() != content[:32]:
                raise ValueError("not what was written")
            entry = json.loads(body)
        except (ValueError, RecursionError, zlib.error):
            path.unlink(missing_ok=True)
            return None
        with contextlib.suppress(OSError):  # another process may have tidied it away
            os.utime(path)
        return entry

    def has(self, key: str) -> bool:
        """Return whether there is an entry of a key, which may yet turn out to be spoilt."""
        return self._path(key).is_file()

    def put(self, key: str, entry: Any) -> None:
        """Keep an entry of plain data, in place of one there may be; one that is too large is not kept.

        Raises OSError where it cannot be written, and leaves what was there.
        """
        body = json.dumps(entry, separators=(",", ":")).encode("ascii")
        if len(body) > LARGEST:
            return
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        # The key is in the hash, so that an entry under another one's name is spoilt.
        content = hashlib.sha256(key.encode() + body).digest() + zlib.compress(body, 3)
        temporary = path.with_name(f"new-{os.getpid()}-{secrets.token_hex(4)}")
        try:
            temporary.write_bytes(content)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        _written[self.folder] = _written.get(self.folder, 0) + 1
        if _written[self.folder] % EVERY == 0:
            self.tidy()

    def keep(self, key: str, entry: Any) -> None:
        """Keep an entry if that can be done; a folder that may not be written is told once, and costs nobody a point.

        Raises OSError where the disk is full, as whatever else is written then would be lost, too.
        """
        try:
            self.put(key, entry)
        except OSError as error:
            if full(str(error)):
                raise
            if self.folder not in _told:
                _told.add(self.folder)
                print(f"{unwritten(error, self.folder)}: graded without it; what runs now runs again", file=sys.stderr)

    def tidy(self, most: int | None = None) -> Tidied:
        """Remove spoilt leftovers, and entries not used for longest until the rest is at most nine tenths of `most`."""
        most = self.most if most is None else most
        entries = sorted(self._entries())
        total, removed, freed = sum(size for _, size, _ in entries), 0, 0
        goal = total if total <= most else most * 9 // 10  # some room, or each entry from now on would tidy again
        for _, size, path in entries:
            if total - freed <= goal:
                break
            path.unlink(missing_ok=True)
            removed, freed = removed + 1, freed + size
        return Tidied(removed, freed, len(entries) - removed, total - freed)

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        """Each entry's time of last use, size and path; what a killed writer left behind counts as used long ago."""
        for folder in self.folder.glob("[0-9a-f][0-9a-f]"):
            for item in os.scandir(folder):
                with contextlib.suppress(FileNotFoundError):
                    about = item.stat()
                    yield about.st_mtime, about.st_size, Path(item.path)

    def _path(self, key: str) -> Path:
        if not KEY.match(key):
            raise ValueError(f"{key[:80]!r}: a key is 64 hexadecimal digits")
        return self.folder / key[:2] / key[2:]
