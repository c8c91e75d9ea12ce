"""
Worst errors of cross-entropy and of its gradient at the label, over rows chosen to be hard.

For each library the tables give the errors in units in the last place, by number of classes, in 32 and 64
bits, and the number of losses and slopes that came out as 0 or not finite although the truth is neither. The
truth is the definition in mpmath with enough digits for every row. ``--markdown`` prints the tables of the
documentation.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
import os
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from mpmath import fsum, mp, mpf

from benchmarks.rival_losses import sigmoid_providers, softmax_providers
from benchmarks.taking_turns import machine

Array = Any
Row = tuple[Array, int, mpf, mpf]
_DIGITS = 400


def main(arguments: list[str]) -> None:
    """Print a table for softmax and one for sigmoid cross-entropy."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks exactness", description=__doc__)
    parser.add_argument("--markdown", action="store_true", help="print tables of Markdown")
    parser.add_argument("--largest", type=int, default=256_000, help="largest number of classes")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("KERAS_BACKEND", "jax")
    packages = ["numpy", "scipy", "scikit-learn", "torch", "jax", "optax", "keras"]
    print(machine(*(name for name in packages if importlib.util.find_spec(_MODULES.get(name, name)))))
    sizes = [K for K in (1, 2, 10, 1000, 256_000) if chosen.largest >= K]
    _table("softmax", {str(K): list(_softmax_rows(K)) for K in sizes}, softmax_providers(), chosen.markdown)
    _table("sigmoid", {"one logit": list(_sigmoid_rows())}, sigmoid_providers(), chosen.markdown)


_MODULES = {"scikit-learn": "sklearn"}


def _table(
    title: str,
    groups: dict[str, list[Row]],
    providers: dict[str, Callable[[Array, Array], tuple[Array, Array]]],
    markdown: bool,  # noqa: FBT001 - a flag of the command line, handed on
) -> None:
    names = [f"{group}, {dtype}" for group in groups for dtype in ("f32", "f64")]
    print(f"\n{title} cross-entropy: worst error of the loss / of its slope at the label, in ulp")
    cells = [["library", *names, "lost"]]
    for name, provider in providers.items():
        shown, lost = [], 0
        for rows in groups.values():
            for dtype in (np.float32, np.float64):
                value, slope, zeros = _worst(provider, rows, dtype)
                shown.append(f"{_short(value)} / {_short(slope)}")
                lost += zeros
        cells.append([name, *shown, str(lost)])
    _print(cells, markdown=markdown)


def _print(cells: list[list[str]], *, markdown: bool) -> None:
    if markdown:
        print()
    widths = [max(len(row[k]) for row in cells) for k in range(len(cells[0]))]
    for number, row in enumerate(cells):
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print("| " + " | ".join(padded) + " |" if markdown else "  ".join(padded))
        if markdown and number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def _short(units: float) -> str:
    if np.isnan(units):
        return "-"
    return f"{units:.1f}" if units < 100 else f"{units:.0e}".replace("e+0", "e").replace("e+", "e")


def _worst(
    provider: Callable[[Array, Array], tuple[Array, Array]], rows: list[Row], dtype: Any
) -> tuple[float, float, int]:
    """Largest errors of value and slope, and the number of results that vanished or are not finite."""
    worst, lost = [0.0, 0.0], 0
    for logits, label, *truths in rows:
        narrow = logits.astype(dtype)
        if not np.array_equal(narrow, logits):
            continue
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                value, gradient = provider(narrow[None], np.asarray([label]))
            except ValueError:  # scikit-learn refuses a single class
                return np.nan, np.nan, 0
        found = (
            float(np.asarray(value).ravel()[0]),
            float(np.asarray(gradient).ravel()[label if len(logits) > 1 else 0]),
        )
        for k, (number, truth) in enumerate(zip(found, truths, strict=True)):
            units, gone = _units(number, truth, dtype)
            worst[k], lost = max(worst[k], units), lost + gone
    return worst[0], worst[1], lost


def _units(found: float, truth: mpf, dtype: Any) -> tuple[float, int]:
    nearest = np.asarray(float(truth), dtype=dtype)
    if not np.isfinite(found):
        return float("inf"), 1
    with mp.workdps(_DIGITS):
        unit = max(float(np.spacing(np.abs(nearest))), float(np.finfo(dtype).smallest_subnormal))
        # Numbers below the smallest normal one are not counted: a library may replace them by 0.
        if abs(float(truth)) < float(np.finfo(dtype).smallest_normal):
            return 0.0, 0
        return float(abs(mpf(found) - truth) / mpf(unit)), int(found == 0)


def _softmax_rows(K: int) -> Iterator[Row]:
    for logits in _hard_logits(K):
        order = np.argsort(logits, kind="stable")
        for label in sorted({int(order[-1]), int(order[K // 2]), int(order[0])}):
            if np.isfinite(logits[label]):
                yield logits, label, *_softmax_truth(tuple(map(float, logits)), label)


def _hard_logits(K: int) -> Iterator[Array]:
    """Rows of K logits, each of which is representable in 32 bits."""
    rng = np.random.default_rng(20261120)
    if K == 1:
        yield from (np.float64([13.75]), np.float64([-(2.0**100)]))
        return
    for gap in (0.0, 2.0**-20, 0.5, 5.0, 12.0, 17.0, 40.0, 80.0, 1e4):
        logits = np.zeros(K)
        logits[1:] = -gap
        yield logits
    for scale in (1.0, 10.0, 50.0):
        for shift in (0.0, 1000.0, -(2.0**20)):
            yield np.float32(scale * rng.standard_normal(K) + shift).astype(np.float64)
    if K > 2:
        masked = np.float32(3 * rng.standard_normal(K)).astype(np.float64)
        masked[::3] = -np.inf
        masked[1] += 30
        yield masked


@functools.cache
def _softmax_truth(logits: tuple[float, ...], label: int) -> tuple[mpf, mpf]:
    digits = _DIGITS if len(logits) < 10_000 else 60
    with mp.workdps(digits):
        at_label, counted = mpf(logits[label]), {}
        for k, z in enumerate(logits):
            if k != label and z > -np.inf:
                counted[z] = counted.get(z, 0) + 1
        others = fsum(times * mp.exp(mpf(z) - at_label) for z, times in counted.items())
        return mp.log1p(others), -others / (1 + others)


def _sigmoid_rows() -> Iterator[Row]:
    for size in (0.0, 2.0**-20, 0.5, 5.0, 12.0, 17.0, 40.0, 80.0, 700.0):
        for logit in (size, -size):
            for label in (0, 1):
                with mp.workdps(_DIGITS):
                    odds = mp.exp(mpf(-logit if label else logit))
                    slope = odds / (1 + odds)
                    yield np.float64([logit]), label, mp.log1p(odds), -slope if label else slope
