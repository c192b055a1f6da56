"""The contract of a backward pass, judged before any number: number, keys, exact shapes, real, finite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cs231n_lite.checking.plain import kind_of, real_numbers
from cs231n_lite.reporting.finding import Finding

__all__ = ["changed", "gradients_by_name"]


def gradients_by_name(
    returned: Any, names: Sequence[str], point: Sequence[np.ndarray], where: str, out: tuple[int, ...] | None = None
) -> tuple[dict[str, np.ndarray], list[Finding]]:
    """Sort what a student's backward pass returned by the names of the inputs.

    Takes a mapping keyed `dx` or `x`, a tuple or list in the order of the inputs, or one bare gradient for one input.
    Returns the gradients that keep the contract, and a finding for each breach of it. `out` is the shape of the output,
    where it is known: what was summed over the wrong axis is as long as another axis of it.
    """
    if returned is None:
        message = f"{where} returned None: it is not written yet, or its `return` is missing."
        return {}, [Finding("missing-return", "", message)]
    parts = [f"d{name}" for name in names]
    several, findings = _by_part(returned, names, point, where)
    swapped = _swapped(parts, several, [np.shape(value) for value in point])
    if swapped:
        one, other = swapped
        message = (
            f"{one} has the shape of {other[1:]} and {other} that of {one[1:]}: are they returned in the wrong order?"
        )
        findings.append(Finding("shape", f"{one}, {other}", message))
    gradients: dict[str, np.ndarray] = {}
    for part, value in zip(parts, point, strict=True):
        if part in several and part not in (swapped or ()):
            gradient, finding = _array(part, several[part], np.shape(value), out)
            finding = _unflattened(part, several[part], names, point) or finding
            if finding is None:
                gradients[part] = gradient
            else:
                findings.append(finding)
    return gradients, findings


def _by_part(
    returned: Any, names: Sequence[str], point: Sequence[np.ndarray], where: str
) -> tuple[dict[str, Any], list[Finding]]:
    """What was returned for each input, whatever it is, and a finding for each input that nothing was returned for."""
    parts = [f"d{name}" for name in names]
    if isinstance(returned, Mapping):
        keys = {part: part if part in returned else name for name, part in zip(names, parts, strict=True)}
        missing = [
            _missing(part, name, returned, where)
            for name, part in zip(names, parts, strict=True)
            if keys[part] not in returned
        ]
        return {part: returned[key] for part, key in keys.items() if key in returned}, missing
    several = list(returned) if isinstance(returned, tuple | list) or _is_a_stack(returned, point) else None
    if several is None or (len(names) == 1 and np.shape(returned) == np.shape(point[0]) != (1,)):
        several = [returned]
    if len(several) != len(names):
        expected = f"{len(names)} gradients, {', '.join(parts)}" if len(names) > 1 else f"one gradient, {parts[0]}"
        came = f"{len(several)} came" if len(several) != 1 else "one came"
        hint = " Return one gradient for each input, in the order of the inputs."
        return {}, [Finding("missing-key", "", f"{where} should return {expected}; {came}.{hint}")]
    return dict(zip(parts, several, strict=True)), []


def _is_a_stack(returned: Any, point: Sequence[np.ndarray]) -> bool:
    """Whether one array holds the gradients of several inputs of one shape: `np.array([dx, dy])` unpacks as they do."""
    shapes = {np.shape(value) for value in point}
    return type(returned) is np.ndarray and len(point) > 1 and {returned.shape[1:]} == shapes


def _swapped(
    parts: Sequence[str], gradients: Mapping[str, Any], shapes: Sequence[tuple[int, ...]]
) -> tuple[str, str] | None:
    """Two gradients that have each other's shapes, and not their own."""
    expected = dict(zip(parts, shapes, strict=True))
    present = {part: np.shape(value) for part, value in gradients.items() if isinstance(value, np.ndarray)}
    for one in present:
        for other in present:
            crossed = (present[one], present[other]) == (expected[other], expected[one])
            if one < other and expected[one] != expected[other] and crossed:
                return one, other
    return None


def _missing(part: str, name: str, returned: Mapping[Any, Any], where: str) -> Finding:
    keys = ", ".join(repr(key) for key in list(returned)[:8]) or "nothing"
    message = f"{where} returned no gradient for {name}: its keys are {keys}, and {name!r} is not among them."
    return Finding("missing-key", part, message)


def _array(
    part: str, value: Any, shape: tuple[int, ...], out: tuple[int, ...] | None = None
) -> tuple[np.ndarray, Finding | None]:
    nothing = np.zeros(0)
    if value is None or value is Ellipsis:
        return nothing, Finding("missing-key", part, f"{part} is {value}: a gradient is a number or an array.")
    gradient = real_numbers(value)
    if gradient is None:
        return nothing, Finding("shape", part, f"{part} is {kind_of(value)}, where a gradient holds real numbers.")
    if gradient.shape != shape:
        if gradient.shape == () and gradient == 0:
            message = (
                f"{part} is the number 0, and it must have the shape of {part[1:]}, {shape}. Each entry of {part[1:]} "
                "has a gradient of its own. Is it still to be written?"
            )
            return nothing, Finding("zero", part, message)
        return nothing, Finding(*_shapes(part, gradient.shape, shape, out))
    gradient = gradient if gradient.dtype.kind == "f" else gradient.astype(float)
    finite = np.isfinite(gradient)
    if not np.all(finite):
        bad = gradient[~finite]
        first = tuple(int(i) for i in np.argwhere(~finite)[0])
        place = f", first at {list(first)}" if first else ""
        kind = "nan" if np.isnan(bad).any() else "inf"
        message = (
            f"{part} holds {kind} in {bad.size} of {gradient.size} entries{place}. Look for a division by zero, the "
            "logarithm of zero, or exp of a large number on the way to it."
        )
        return nothing, Finding("not-finite", part, message)
    return gradient, None


def _shapes(
    part: str, shape: tuple[int, ...], expected: tuple[int, ...], out: tuple[int, ...] | None
) -> tuple[str, str, str]:
    """The slug, the part and the sentence for a gradient of the wrong shape."""
    sentence = f"{part} has shape {shape}, and it must have the shape of {part[1:]}, {expected}."
    if int(np.prod(shape)) == int(np.prod(expected)) and len(shape) != len(expected):
        if len(shape) > len(expected) and _long(shape) == _long(expected):
            hint = "The entries are as many, but an axis of length 1 is left over, as keepdims=True leaves one."
        elif len(shape) > len(expected):
            hint = f"The entries are as many, but in {len(shape)} axes. Which of them belong together in {part[1:]}?"
        else:
            hint = f"The entries are as many, but some axes are missing: reshape it to {part[1:]}.shape at the end."
        return "shape", part, f"{sentence} {hint}"
    if len(shape) == len(expected) == 2 and shape == expected[::-1]:
        return (
            "transposed",
            part,
            f"{sentence} It is turned round: (A @ B).T is B.T @ A.T, so swap the factors and transpose each.",
        )
    stretched = out is None or len(out) >= len(shape)  # what is broadcast has as many axes as what comes of it
    if stretched and len(shape) > len(expected) and shape[len(shape) - len(expected) :] == expected:
        hint = (
            f"The axes in front are too many: if {part[1:]} was broadcast over them in the forward pass, each of its "
            "entries was used many times, and the gradient is the sum over them."
        )
        return "not-unbroadcast", part, f"{sentence} {hint}"
    summed = out is None or {*shape, *expected} <= set(out)
    if len(shape) == len(expected) == 1 and shape != expected and expected != (1,) and summed:
        hint = f"It is as long as another axis. Sum over that one, and keep the axis that is as long as {part[1:]}."
        return "wrong-axis", part, f"{sentence} {hint}"
    if len(shape) > len(expected):
        hint = "It has an axis too many: is a sum over it missing, as in a product entry by entry?"
        return "shape", part, f"{sentence} {hint}"
    if not shape:
        return "shape", part, f"{sentence} It is one number, and each entry of {part[1:]} has a gradient of its own."
    return "shape", part, sentence


def _long(shape: tuple[int, ...]) -> list[int]:
    """The lengths other than 1."""
    return [length for length in shape if length != 1]


def _unflattened(part: str, value: Any, names: Sequence[str], point: Sequence[np.ndarray]) -> Finding | None:
    """Say so where a gradient has the axes of one example of another input, which the forward pass flattens."""
    shape, expected = np.shape(value), np.shape(point[list(names).index(part[1:])])
    for name, other in zip(names, map(np.shape, point), strict=True):
        example = other[1:]
        flat = len(expected) == 2 and len(example) > 1 and expected[0] == int(np.prod(example))
        if flat and shape in ((*example, expected[1]), (*example[::-1], expected[1])):
            turned = f", and {name}.T turns all of its axes round" if shape[:-1] != example else ""
            message = (
                f"{part} has shape {shape}, and it must have the shape of {part[1:]}, {expected}: {name} was not "
                f"flattened{turned}. Take {name}.reshape(len({name}), -1) in its place."
            )
            return Finding("shape", part, message)
    return None


def changed(before: Any, after: Any) -> bool:
    """Whether an argument was written into, by more than rounding: `before` is a copy taken ahead of the call.

    Who adds h to an entry and takes it away again changed nothing that matters, though the last digit may be another.
    """
    if isinstance(before, Mapping):
        if not isinstance(after, Mapping) or list(before) != list(after):
            return True
        return any(changed(before[key], after[key]) for key in before)
    if isinstance(before, np.ndarray):
        if not isinstance(after, np.ndarray) or before.shape != after.shape:
            return True
        if before.dtype == after.dtype and before.dtype != object and before.tobytes() == after.tobytes():
            return False  # the same to the bit, as nearly always; what is equal without that is looked at below
        if before.dtype == after.dtype and before.dtype.kind == "f":
            limit = 4096 * np.finfo(before.dtype).eps * np.max(np.abs(before[np.isfinite(before)]), initial=1.0)
            return not np.allclose(before, after, rtol=0.0, atol=limit, equal_nan=True)
        return not np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")
    return False
