"""The pictures: real digits, cars that one template a class cannot sort out, CIFAR-10 from its own files only."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cs231n_lite.data import cifar
from cs231n_lite.data.cars import CARS, draw_cars
from cs231n_lite.data.cifar import load_cifar10
from cs231n_lite.data.digits import held_out_split, load_digits

SHA256 = "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"  # of pictures and labels as bytes
MD5S = "3e7f702b20246354ed5e48a0be410009"  # of the six, one after the other
PACKAGE = Path(cifar.__file__).parent


def test_digits_are_the_1797_real_ones_in_their_order() -> None:
    pictures, labels = load_digits()
    assert (pictures.shape, pictures.dtype, labels.shape, labels.dtype) == ((1797, 8, 8), float, (1797,), np.int64)
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert (pictures.min(), pictures.max()) == (0.0, 16.0)
    content = pictures.astype(np.uint8).tobytes() + labels.astype(np.uint8).tobytes()
    assert hashlib.sha256(content).hexdigest() == SHA256


def test_digits_are_small_and_come_with_citation_and_licence() -> None:
    assert (PACKAGE / "digits.npz").stat().st_size < 50_000
    citation = (PACKAGE / "digits.txt").read_text(encoding="utf-8")
    assert all(word in citation for word in ("Alpaydin", "Kaynak", "1998", "10.24432/C50P49", "CC BY 4.0"))


def test_split_sets_a_quarter_aside_with_no_picture_on_both_sides_and_is_always_the_same() -> None:
    pictures, labels = np.arange(400.0).reshape(100, 2, 2), np.arange(100)
    parts, again = held_out_split(pictures, labels), held_out_split(pictures, labels)
    assert (parts.X.shape, parts.X_held_out.shape) == ((75, 4), (25, 4))
    assert sorted([*parts.y, *parts.y_held_out]) == list(range(100))
    assert all(np.array_equal(a, b) for a, b in zip(parts, again, strict=True))
    assert np.array_equal(parts.X[:, 0], 4.0 * parts.y)
    assert np.array_equal(parts.X_held_out[:, 0], 4.0 * parts.y_held_out)
    assert not np.array_equal(parts.y_held_out, held_out_split(pictures, labels, seed=1).y_held_out)


@pytest.mark.parametrize(
    ("labels", "share", "message"),
    [
        (np.zeros(9), 0.25, "one label for each"),
        (np.zeros(10), 0.0, "sets 0 aside"),
        (np.zeros(10), 1.0, "sets 10 aside"),
    ],
)
def test_split_refuses_other_lengths_and_empty_sides(labels: np.ndarray, share: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        held_out_split(np.zeros((10, 3)), labels, share)


def test_cars_are_the_same_for_a_seed_and_others_for_another() -> None:
    one, same, other = draw_cars(30, 1), draw_cars(30, 1), draw_cars(30, 2)
    assert one.pictures.shape == (30, 16, 16, 3) and 0.0 <= one.pictures.min() <= one.pictures.max() <= 1.0
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert not np.array_equal(one.pictures, other.pictures)
    assert np.bincount(one.labels).tolist() == [10, 10, 10]
    assert all(kind.endswith(CARS[label]) for kind, label in zip(one.kinds, one.labels, strict=True))
    with pytest.raises(ValueError, match="at least 1; got 0"):
        draw_cars(0)


def shares(right: np.ndarray, kinds: np.ndarray) -> dict[str, float]:
    return {str(kind): float(right[kinds == kind].mean()) for kind in np.unique(kinds)}


def test_a_linear_classifier_finds_red_cars_and_misses_yellow_ones_for_five_seeds() -> None:
    for seed in range(5):
        cars, fresh = draw_cars(1500, seed), draw_cars(1000, 100 + seed)
        X, X_fresh = (np.c_[c.pictures.reshape(len(c.labels), -1), np.ones(len(c.labels))] for c in (cars, fresh))
        weights = np.linalg.solve(X.T @ X + 300.0 * np.eye(769), X.T @ np.eye(3)[cars.labels])
        recognised = shares(np.argmax(X_fresh @ weights, axis=1) == fresh.labels, fresh.kinds)
        for facing in CARS[1:]:
            assert recognised[f"red, {facing}"] > 0.9, recognised
            assert recognised[f"yellow, {facing}"] < 0.4, recognised


def test_no_linear_classifier_could_as_the_mean_pictures_of_both_directions_meet() -> None:
    # A red car to the left and a yellow one to the left, half and half, look just like the two to the right.
    cars = draw_cars(6000, 3)
    means = {kind: cars.pictures[cars.kinds == kind].mean(axis=0) for kind in np.unique(cars.kinds)}
    left, right = ((means[f"red, {facing}"] + means[f"yellow, {facing}"]) / 2 for facing in CARS[1:])
    assert np.abs(left - right).max() < 0.05
    assert np.abs(means["red, facing left"] - means["red, facing right"]).max() > 0.3


# CIFAR-10: files as Python 2 wrote them, put together byte by byte, since nothing today writes them.


def string(text: bytes) -> bytes:
    return b"T" + struct.pack("<i", len(text)) + text


def number(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def batch(seed: int, n: int = 4) -> tuple[bytes, np.ndarray, np.ndarray]:
    """A batch in the original format, its pictures (n, 32, 32, 3) and its labels."""
    rng = np.random.default_rng(seed)
    rows, labels = rng.integers(0, 256, (n, 3072), dtype=np.uint8), rng.integers(0, 10, n)
    dtype = b"cnumpy\ndtype\n(" + string(b"u1") + number(0) + number(1) + b"tR"
    dtype += b"(" + number(3) + string(b"|") + b"NNN" + number(-1) + number(-1) + number(0) + b"tb"
    array = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(" + number(0) + b"t" + string(b"b") + b"tR"
    array += (
        b"(" + number(1) + b"(" + number(n) + number(3072) + b"t" + dtype + number(0) + string(rows.tobytes()) + b"tb"
    )
    listed = b"](" + b"".join(number(int(label)) for label in labels) + b"e"
    content = b"\x80\x02}(" + string(b"data") + array + string(b"labels") + listed + b"u."
    return content, rows.reshape(n, 3, 32, 32).transpose(0, 2, 3, 1), labels


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Write six batches whose MD5s count as the original ones; `replaced` overwrites files afterwards."""

    def write(**replaced: bytes) -> Path:
        place = tmp_path / cifar.FOLDER
        place.mkdir()
        for seed, name in enumerate(cifar.FILES):
            content = replaced.get(name, batch(seed)[0])
            (place / name).write_bytes(content)
            monkeypatch.setitem(cifar.FILES, name, hashlib.md5(content).hexdigest())
        return tmp_path

    return write


def test_cifar10_is_read_from_the_folder_or_the_one_above_it(folder: Callable[..., Path]) -> None:
    above = folder()
    for place in (above, above / cifar.FOLDER, str(above)):
        split = load_cifar10(place)
        assert split.X.shape == (20, 32, 32, 3) and split.X_held_out.shape == (4, 32, 32, 3)
        assert np.array_equal(split.X[4:8], batch(1)[1]) and np.array_equal(split.y[4:8], batch(1)[2])
        assert np.array_equal(split.X_held_out, batch(5)[1]) and np.array_equal(split.y_held_out, batch(5)[2])
        assert split.X.dtype == np.uint8 and split.y.dtype == np.int64


def test_absent_cifar10_says_what_is_missing_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"data_batch_1, .*You do not need it.*cs.toronto.edu") as error:
        load_cifar10(tmp_path)
    assert "test_batch" in str(error.value)


def test_a_changed_file_is_refused_before_any_file_is_unpickled(
    folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = folder() / cifar.FOLDER
    (place / "test_batch").write_bytes(batch(5)[0] + b" ")
    monkeypatch.setattr(cifar, "read_batch", lambda *_: pytest.fail("a file was opened"))
    with pytest.raises(ValueError, match=r"test_batch is not the original file, its MD5 is [0-9a-f]{32} instead of"):
        load_cifar10(place)


@pytest.mark.parametrize("called", [b"cos\nsystem\n", b"cbuiltins\neval\n", b"c__builtin__\neval\n", b"cnumpy\nload\n"])
def test_a_pickle_that_calls_anything_but_arrays_is_refused_even_with_the_right_md5(
    folder: Callable[..., Path], called: bytes
) -> None:
    place = folder(data_batch_2=b"\x80\x02" + called + b"(" + string(b"exit") + b"tR.")
    with pytest.raises(ValueError, match="this pickle asks for"):
        load_cifar10(place)


def test_a_file_without_pictures_is_refused(folder: Callable[..., Path]) -> None:
    with pytest.raises(ValueError, match="data_batch_3 holds no b'data' and b'labels'"):
        load_cifar10(folder(data_batch_3=b"\x80\x02}."))


def test_the_md5s_are_those_that_its_author_published() -> None:
    assert len(set(cifar.FILES.values())) == 6 and all(len(md5) == 32 for md5 in cifar.FILES.values())
    together = hashlib.md5("".join(cifar.FILES.values()).encode()).hexdigest()
    assert together == MD5S
