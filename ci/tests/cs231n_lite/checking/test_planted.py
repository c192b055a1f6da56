"""The tester tested: right code passes everywhere, every planted mistake is caught, and nearly every one is named."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import ci.planted.checked
from ci.planted import OPERATIONS, load
from ci.planted.checked import judge
from ci.planted.mutants import silent
from ci.planted.stress import CONDITIONS, under
from cs231n_lite import Finding, Report

NETS = {"linear-softmax", "svm-loss", "two-layer-net", "three-layer-net"}


@functools.cache
def reports(name: str) -> dict[str, Report]:
    operation = OPERATIONS[name]
    return {bug.name: judge(operation, bug.source(operation.source)) for bug in operation.bugs}


def says(report: Report) -> list[Finding]:
    """What the report names: not the remarks, and not where arrays merely part."""
    return [f for f in report.findings if not f.remark and (f.slug != "wrong-value" or f.node)]


def named_rightly(report: Report, slugs: str) -> bool:
    names = {finding.slug for finding in says(report)}
    return bool(names) and names <= set(slugs.split("|"))


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(OPERATIONS) >= 17 + len(NETS) - 1 and set(OPERATIONS) >= NETS
    assert sum(len(operation.bugs) for operation in OPERATIONS.values()) >= 150


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_planted_bug_is_caught(name: str) -> None:
    assert [bug for bug, report in reports(name).items() if report.passed] == []


def test_planted_bugs_are_named_rightly() -> None:
    wrong = [
        f"{name}: {bug.name} is {bug.slugs}, told {sorted({f.slug for f in reports(name)[bug.name].findings})}"
        for name, operation in OPERATIONS.items()
        for bug in operation.bugs
        if not named_rightly(reports(name)[bug.name], bug.slugs)
    ]
    everything = sum(len(operation.bugs) for operation in OPERATIONS.values())
    assert len(wrong) <= 0.05 * everything, "\n".join(wrong)


@pytest.mark.parametrize("like", [True, False], ids=["with-like", "alone"])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_right_code_keeps_every_point_under(condition: str, like: bool) -> None:
    tried, failed = 0, []
    for operation in OPERATIONS.values():
        changed = under(operation, condition)
        if changed is not None:
            tried += 1
            report = judge(changed, changed.source, like=like, seed=tried, textbook=True)
            failed += [] if report.passed else [f"{operation.name}\n{report}"]
    assert tried >= 10
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("name", OPERATIONS)
def test_right_code_passes_from_any_seed(name: str) -> None:
    operation = OPERATIONS[name]
    assert [
        seed for seed in range(8) if not judge(operation, operation.source, seed=seed, like=seed % 2 == 0).passed
    ] == []


COUNTED: dict[str, tuple[int, int, int]] = {}  # operation -> silently wrong mutants, named among them, equivalent ones


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_silently_wrong_mutant_is_caught(name: str) -> None:
    operation = OPERATIONS[name]
    wrong, equivalent = silent(operation)
    wrong = wrong[:: 1 + len(wrong) // 110]  # of hundreds, every second or third; the benchmark has all
    judged = {mutant: judge(operation, source) for mutant, source in wrong}
    COUNTED[name] = len(wrong), sum(bool(says(report)) for report in judged.values()), len(equivalent)
    assert [mutant for mutant, report in judged.items() if report.passed] == []


def test_mutants_are_many_and_most_are_named() -> None:
    if set(COUNTED) != set(OPERATIONS):
        pytest.fail("run this whole file: the mutants of some operations were not judged")
    wrong, named, equivalent = (sum(counts[k] for counts in COUNTED.values()) for k in range(3))
    assert wrong >= 600
    assert named >= 0.8 * wrong, f"{named} of {wrong}"
    assert equivalent < 0.1 * wrong  # `>` for `>=` away from a tie, twice 0, and the like


def fixed_noise(seed: int, kind: str) -> Callable[[Any], Any]:
    """A gradient turned into nonsense, the same nonsense at every call."""

    def spoil(gradient: Any) -> Any:
        gradient = np.asarray(gradient, dtype=float)
        noise = np.random.default_rng(seed).normal(size=gradient.shape)
        if kind == "noise":
            return noise
        if kind == "noise-added":
            return gradient + 0.1 * noise
        if kind == "entries-scaled":
            return gradient * (1.5 + 0.3 * np.tanh(noise))
        return np.sin(7.0 * gradient) + 0.3 * np.sin(11.0 * gradient)

    return spoil


@pytest.mark.parametrize("kind", ["noise", "noise-added", "entries-scaled", "sine"])
def test_no_nonsense_gradient_is_named(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tried, named = 0, []
    for seed in range(3 if kind == "sine" else 2):
        for operation in OPERATIONS.values():
            monkeypatch.setattr(
                ci.planted.checked, "load", lambda source, seed=seed: spoiled(source, fixed_noise(seed, kind))
            )
            report = judge(operation, operation.source, seed=seed)
            tried += 1
            assert not report.passed
            # One number has no pattern: any wrong one is some multiple of the right one.
            arrays = [f for f in says(report) if "is exactly" not in f.message and "times what" not in f.message]
            named += [f"{operation.name} {seed}: {f.slug}: {f.message}" for f in arrays]
    assert tried >= 46  # with the four kinds more than 200
    assert not named, "\n".join(named)


def spoiled(source: str, spoil: Callable[[Any], Any]) -> dict[str, Any]:
    names = load(source)
    if "backward" in names:
        right = names["backward"]

        def backward(upstream: Any, cache: Any) -> Any:
            returned = right(upstream, cache)
            return tuple(map(spoil, returned)) if isinstance(returned, tuple) else spoil(returned)

        return names | {"backward": backward}
    right_loss = names["loss"]

    def loss(*args: Any) -> Any:
        value, grads = right_loss(*args)
        return value, {key: spoil(g) for key, g in grads.items()} if isinstance(grads, dict) else spoil(grads)

    return {"loss": loss}
