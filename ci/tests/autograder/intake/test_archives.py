"""Archives of a platform and of students: what is honest is collected, and no trick writes, fills or impersonates."""

from __future__ import annotations

import gzip
import io
import logging
import stat
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.apps import ZipCollectApp
from traitlets.utils.importstring import import_item

from autograder.course import Course
from autograder.intake.archives import Extractor

WORK = b'{"cells": [], "nbformat": 4}'


def zipped(**files: bytes) -> bytes:
    """A zip of files; `__` in a name stands for a dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def tarred(add: Callable[[tarfile.TarFile], None]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        add(archive)
    return buffer.getvalue()


def plain(name: str, content: bytes = WORK) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    return member


@pytest.fixture
def unpack(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Callable[..., dict[str, bytes]]:
    """Unpack files as they lie in a course's archive folder; returns what came of it, by path."""

    def run(files: dict[str, bytes], **bounds: int) -> dict[str, bytes]:
        source, target = tmp_path / "archive", tmp_path / "extracted"
        source.mkdir()
        for name, content in files.items():
            (source / name).write_bytes(content)
        log = logging.getLogger("extractor")
        with caplog.at_level(logging.WARNING, "extractor"):
            Extractor(log=log, **bounds).extract(str(source), str(target))
        outside = {path.name for path in tmp_path.iterdir()} - {"archive", "extracted"}
        assert outside == set(), "nothing is written elsewhere"
        return {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*") if path.is_file()}

    return run


Unpack = Callable[..., dict[str, bytes]]


def test_platforms_archive_and_single_files_come_out_under_their_names(unpack: Unpack) -> None:
    files = {"class.zip": zipped(ada_LATE_1_tiny__ipynb=WORK), "bob_tiny.ipynb": WORK}
    assert unpack(files) == {"class/ada_LATE_1_tiny.ipynb": WORK, "bob_tiny.ipynb": WORK}


@pytest.mark.parametrize("form", ["zip", "tar", "gz"])
def test_students_archive_is_collected_as_theirs_whatever_it_holds(unpack: Unpack, form: str) -> None:
    own = {
        "zip": zipped(tiny__ipynb=WORK, bob_tiny__ipynb=WORK),
        "tar": tarred(lambda tar: tar.addfile(plain("deep/bob_tiny.ipynb"), io.BytesIO(WORK))),
        "gz": gzip.compress(WORK),
    }[form]
    name = {"zip": "ada_7_work.zip", "tar": "ada_7_work.tar.gz", "gz": "ada_7_tiny.ipynb.gz"}[form]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, own)
    came = unpack({"class.zip": buffer.getvalue()})
    assert {Path(path).name for path in came} == {
        "zip": {"ada_tiny.ipynb", "ada_bob_tiny.ipynb"},
        "tar": {"ada_bob_tiny.ipynb"},
        "gz": {"ada_7_tiny.ipynb"},
    }[form]


def test_what_finder_and_explorer_leave_beside_the_work_is_no_work(
    unpack: Unpack, caplog: pytest.LogCaptureFixture
) -> None:
    own = zipped(**{"hw/tiny__ipynb": WORK, "MACOSX": b"", "hw/.DS_Store": b"x", "hw/Thumbs.db": b"x"})
    buffer = io.BytesIO(own)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("__MACOSX/hw/._tiny.ipynb", bytes(200))
        archive.writestr("hw/.ipynb_checkpoints/tiny-checkpoint.ipynb", WORK)
    came = unpack({"class.zip": zipped(bob_1_hw__zip=buffer.getvalue(), ada_tiny__ipynb=WORK)})
    assert set(came) == {"class/hw/bob_tiny.ipynb", "class/bob_MACOSX", "class/ada_tiny.ipynb"}
    assert not caplog.records, "nobody needs to hear of it"


def test_names_from_a_mac_are_read_as_they_were_written(unpack: Unpack) -> None:
    name = "zo\N{LATIN SMALL LETTER E}\N{COMBINING DIAERESIS}_tiny.ipynb"  # as Finder has it, and without UTF-8's flag
    assert set(unpack({"class.ZIP": _without_flag(name)})) == {"class/zoë_tiny.ipynb"}


def _without_flag(name: str) -> bytes:
    """A zip of one file whose name is UTF-8 and that does not say so."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, WORK)
    content = bytearray(buffer.getvalue())
    content[7] &= ~0x08
    content[content.index(b"PK\x01\x02") + 9] &= ~0x08
    return bytes(content)


def _link(name: str, to: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, to)
        archive.writestr("ada_tiny.ipynb", WORK)
    return buffer.getvalue()


def _odd_tar(tar: tarfile.TarFile) -> None:
    for kind, name in (
        (tarfile.SYMTYPE, "link"),
        (tarfile.LNKTYPE, "hard"),
        (tarfile.CHRTYPE, "device"),
        (tarfile.FIFOTYPE, "pipe"),
    ):
        member = tarfile.TarInfo(f"ada_{name}.ipynb")
        member.type, member.linkname = kind, "/etc/passwd"
        tar.addfile(member)
    tar.addfile(plain("../ada_up.ipynb"), io.BytesIO(WORK))
    tar.addfile(plain("/tmp/ada_absolute.ipynb"), io.BytesIO(WORK))
    tar.addfile(plain("ada_tiny.ipynb"), io.BytesIO(WORK))


def _names(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile remarks on a name that is there twice
        for name in (*names, "ada_tiny.ipynb"):
            entry = zipfile.ZipInfo("x")
            entry.filename = name
            archive.writestr(entry, WORK)
    return buffer.getvalue()


TRICKS = {
    "up-and-out": _names("../up.ipynb", "a/../../up.ipynb", "..\\up.ipynb"),
    "absolute": _names("/tmp/ada_absolute.ipynb", "C:\\ada.ipynb", "//host/ada.ipynb"),
    "link": _link("ada_link.ipynb", "/etc/passwd"),
    "escape-sequences": _names("ada_\x1b[2J.ipynb", "ada_\n.ipynb"),
    "endless-name": _names("a" * 300 + ".ipynb", "/".join("abcdefghijklmnop") + ".ipynb"),
    "the-same-twice": _names("ada_tiny.ipynb"),
    "tar-of-links-and-devices": tarred(_odd_tar),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_trick_is_left_out_and_told_and_the_honest_file_comes(
    unpack: Unpack, caplog: pytest.LogCaptureFixture, trick: str
) -> None:
    name = "class.tar.gz" if trick.startswith("tar") else "class.zip"
    assert unpack({name: TRICKS[trick]}) == {"class/ada_tiny.ipynb": WORK}
    messages = [record.getMessage() for record in caplog.records]
    assert messages and all(line.isprintable() for line in messages)


@pytest.mark.parametrize("kind", ["cut", "no-archive", "empty", "encrypted"])
def test_broken_archive_does_not_stop_the_others(unpack: Unpack, caplog: pytest.LogCaptureFixture, kind: str) -> None:
    good = zipped(ada_tiny__ipynb=WORK)
    encrypted = bytearray(good)
    encrypted[6] |= 1  # the flag of encryption, in the file's header and in the directory
    encrypted[good.index(b"PK\x01\x02") + 8] |= 1
    broken = {"cut": good[:-30], "no-archive": b"hello", "empty": b"", "encrypted": bytes(encrypted)}[kind]
    assert unpack({"a.zip": broken, "b.zip": good}) == {"b/ada_tiny.ipynb": WORK}
    assert any("a.zip" in record.getMessage() or "left out" in record.getMessage() for record in caplog.records)


def test_bomb_is_left_out_at_its_bound_and_the_others_come(unpack: Unpack, caplog: pytest.LogCaptureFixture) -> None:
    bomb = zipped(mallory_tiny__ipynb=b"0" * 5_000_000, zoe_tiny__ipynb=WORK)
    assert len(bomb) < 20_000
    assert unpack({"class.zip": bomb}, most_of_one=1_000_000) == {"class/zoe_tiny.ipynb": WORK}
    assert "more than 1,000,000 bytes" in caplog.text


def test_thousands_of_files_end_at_their_bound(unpack: Unpack, caplog: pytest.LogCaptureFixture) -> None:
    many = zipped(**{f"m{number}__txt": b"" for number in range(50)})
    assert len(unpack({"class.zip": many}, most_files=20)) == 20
    assert "the rest of it was left out" in caplog.text


def test_archives_in_a_students_archive_are_left_alone(unpack: Unpack, caplog: pytest.LogCaptureFixture) -> None:
    inner = zipped(deeper__zip=zipped(tiny__ipynb=WORK), tiny__ipynb=WORK)
    assert list(unpack({"class.zip": zipped(ada_1__zip=inner)})) == ["class/ada_tiny.ipynb"]
    assert "is an archive in a student's archive" in caplog.text


def test_link_in_the_folder_of_archives_is_not_followed(tmp_path: Path) -> None:
    source = tmp_path / "archive"
    source.mkdir()
    (source / "ada_tiny.ipynb").symlink_to("/etc/passwd")
    Extractor().extract(str(source), str(tmp_path / "extracted"))
    assert not (tmp_path / "extracted").exists()


def test_zip_collect_uses_it_by_the_settings_alone() -> None:
    app = ZipCollectApp(config=Course().config())
    assert app.extractor_plugin is import_item(Course().config().ZipCollectApp.extractor_plugin)
    assert issubclass(app.extractor_plugin, Extractor)
