"""Archives that a learning platform hands over, unpacked for `nbgrader zip_collect` with nothing taken on trust.

nbgrader unpacks archives in archives for as long as it finds any, however large they grow, and collects by the names of
files alone, so that a student's own archive could hold work in another student's name. Stands in the place of its
extractor by `c.ZipCollectApp.extractor_plugin`.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import stat
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath, PurePosixPath
from typing import IO

from nbgrader.plugins import ExtractorPlugin
from traitlets import Integer, List

__all__ = ["Extractor", "is_litter", "unpacked"]

CHUNK = 1 << 20
LONGEST = 150  # characters of a file's name
UTF_8 = 0x800  # the flag of a zip's entry whose name is UTF-8
# What Finder, Explorer and Jupyter leave beside people's files: nobody wrote it, and nobody needs to hear of it.
LITTER = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints", "__pycache__"}
BROKEN = (
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    zlib.error,
    zipfile.BadZipFile,
    tarfile.TarError,
)


class Extractor(ExtractorPlugin):
    """Unpacks zip, tar.gz and gz files: plain files only, within bounds, and a student's archive under their own name.

    The instructor's archive names each file as the platform did: STUDENT_…. An archive in it is a student's own; what
    it holds is collected as STUDENT's, whatever it is called there, and archives in that one are left alone.
    What was left out stands in `odd` after it: each path, as it would have been, and why.
    """

    zip_ext = List([".zip", ".gz", ".tgz"], help="How the names of archives end, in small letters.").tag(config=True)

    most_bytes = Integer(4 << 30, help="Bytes that all archives together may unpack to.").tag(config=True)
    most_of_one = Integer(256 << 20, help="Bytes that a student's own archive, or one file, may have.").tag(config=True)
    most_files = Integer(50_000, help="Files that all archives together may hold.").tag(config=True)

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Bring every file in a folder, unpacked where it is an archive, into another folder; what is odd is logged."""
        self._left, self._files = int(self.most_bytes), int(self.most_files)
        self.odd: list[tuple[Path, str]] = []
        paths = [Path(root, name) for root, _, names in os.walk(archive_path) for name in sorted(names)]
        if not paths:
            self.log.warning("No files found in directory: %s", archive_path)
        for path in paths:
            folder = Path(extracted_path, path.parent.relative_to(archive_path))
            if is_litter(path.relative_to(archive_path)):
                continue
            if path.is_symlink() or not path.is_file():
                self._odd(folder / path.name, "is no plain file")
            elif path.suffix.lower() in self.zip_ext:
                place = folder / path.name
                # As nbgrader has it: in a folder of the archive's name, so that two of them do not mix.
                of_class = place.with_name(path.name.removesuffix(path.suffix).removesuffix(".tar")), ""
                theirs = self.is_own(path.relative_to(archive_path))
                self._unpack(path, place, *(self.own(place) if theirs else of_class), theirs=theirs)
            else:
                with path.open("rb") as source:
                    self._write(source, folder / path.name, int(self.most_bytes))

    def is_own(self, path: Path) -> bool:  # noqa: ARG002  (what stands in the place of this asks for it)
        """Return whether an archive that lies in the folder, at `path` in it, is a student's own; here none is."""
        return False

    def own(self, place: Path) -> tuple[Path, str]:
        """Where a student's own archive goes, of which `place` is the path, and what its files' names begin with."""
        return place.parent, place.name.split("_")[0]

    def extract_one(self, archive: Path, folder: Path) -> list[tuple[Path, str]]:
        """Bring the files of one student's own archive into a folder, by their own names; return what is odd."""
        self._left, self._files, self.odd = int(self.most_of_one), int(self.most_files), []
        self._unpack(archive, archive, folder, "", theirs=True)
        return self.odd

    def _unpack(self, path: Path, named: Path, folder: Path, owner: str, *, theirs: bool) -> None:
        """Unpack an archive into a folder; `named` is the path by which it is told.

        `theirs` says that it is a student's own, `owner` what the names of its files are to begin with.
        """
        room = int(self.most_of_one if theirs else self.most_bytes)
        try:
            for name, open_member in _members(path, lambda name, reason: self._odd(folder / name, reason)):
                if is_litter(PurePosixPath(name.replace("\\", "/"))):
                    continue
                if self._files <= 0 or room <= 0:
                    self._odd(named, "holds more than it may; the rest of it was left out")
                    return
                self._files -= 1
                place = _place(folder, name, owner)
                if place is None:
                    self._odd(folder / name.strip("/"), "has a name that leads elsewhere, or is too long")
                    continue
                with open_member() as source:
                    if place.suffix.lower() not in self.zip_ext:
                        room -= self._write(source, place, min(room, int(self.most_of_one)))
                    elif theirs:
                        self._odd(place, "is an archive in a student's archive")
                    else:
                        archive = place.with_name("archive-" + place.name)
                        self._write(source, archive, int(self.most_of_one))
                        self._unpack(archive, place, *self.own(place), theirs=True)
                        archive.unlink(missing_ok=True)
        except BROKEN as error:
            self._odd(named, f"cannot be unpacked to its end ({type(error).__name__}: {error})")

    def _write(self, source: IO[bytes], place: Path, most: int) -> int:
        """Write a file whole or not at all; return its bytes."""
        if place.exists() or place.is_symlink():
            self._odd(place, "is there twice; the first was taken")
            return 0
        place.parent.mkdir(parents=True, exist_ok=True)
        size, most = 0, min(most, self._left)
        try:
            with place.open("xb") as target:
                while part := source.read(CHUNK):
                    size += len(part)
                    if size > most:
                        raise ValueError(f"more than {most:,} bytes")
                    target.write(part)
        except BROKEN as error:
            place.unlink(missing_ok=True)
            self._odd(place, f"was left out ({type(error).__name__}: {error})")
        self._left -= size
        return size

    def _odd(self, path: Path, reason: str) -> None:
        self.odd.append((path, reason))
        self.log.warning("%s %s", _printable(path.name), _printable(reason))


def unpacked(archive: Path, folder: Path) -> list[tuple[Path, str]]:
    """Unpack one student's own archive into a folder, made anew; return what was left out, and why."""
    shutil.rmtree(folder, ignore_errors=True)
    return Extractor().extract_one(archive, folder)


def is_litter(path: PurePath) -> bool:
    """Return whether a file is none of a person's: what Finder, Explorer and Jupyter leave beside those."""
    return path.name.startswith("._") or any(part in LITTER for part in path.parts)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text[:LONGEST])


Opened = Callable[[], IO[bytes]]


def _members(path: Path, odd: Callable[[str, str], None]) -> Iterator[tuple[str, Opened]]:
    """The plain files in an archive, each with how to open it; raises one of BROKEN."""
    if path.stat().st_size == 0:
        raise ValueError("it is empty")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                kind = stat.S_IFMT(entry.external_attr >> 16)
                if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                    odd(_name(entry), "is a link or a device")
                elif not entry.is_dir():
                    yield _name(entry), lambda entry=entry: archive.open(entry)  # type: ignore[misc]  # bound now
        return
    with contextlib.suppress(tarfile.ReadError), tarfile.open(path, "r|gz") as tar:  # read as it comes, never back
        for member in tar:
            if member.isreg():
                # A plain file of a tar has content, so this is never None.
                yield member.name, lambda member=member: tar.extractfile(member)  # type: ignore[misc]  # bound now
            elif not member.isdir():
                odd(member.name, "is a link or a device")
        return
    # One compressed file. A GzipFile reads as any other; typeshed has it as no IO.
    yield path.stem.removeprefix("archive-"), lambda: gzip.GzipFile(path)  # type: ignore[misc,return-value]  # as above


def _name(entry: zipfile.ZipInfo) -> str:
    """The name of a zip's entry; Finder writes UTF-8 and does not say so, which makes other letters of it."""
    if not entry.flag_bits & UTF_8:
        with contextlib.suppress(UnicodeError):
            return entry.filename.encode("cp437").decode("utf-8")
    return entry.filename


def _place(folder: Path, name: str, owner: str) -> Path | None:
    """Where a member goes: inside the folder, under its owner's name; None where its name is none for a file."""
    # A Mac writes a letter and its accent as two signs.
    parts = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).parts
    if not parts or parts[0] == "/" or ":" in parts[0] or any(part == ".." or len(part) > LONGEST for part in parts):
        return None
    if any(not letter.isprintable() for letter in name) or len(parts) > 10:
        return None
    if owner and not parts[-1].startswith(f"{owner}_"):
        parts = (*parts[:-1], f"{owner}_{parts[-1]}")
    return folder.joinpath(*parts)
