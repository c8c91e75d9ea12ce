"""
Coverage of the intervals of scores, and rejections by their tests, in populations of known truth.

A case is a population of `tests.scoring.closed_truths`, a number of independent units, and the number of rows
of each: a unit of several rows is one row and its label, repeated, which leaves the truth as it is.
"""

from __future__ import annotations

import math
import time
from typing import Any, NamedTuple

import numpy as np
from tests.scoring.closed_truths import POPULATIONS, drawn_classes, normalised

from xent.calibration.cross_fitting import cross_fitted
from xent.scoring import account, checked_predictions, comparison, row_scores
from xent.scoring.calibration_scores import calibration_test

__all__ = ["CASES", "Case", "covered", "print_coverage"]


class Case(NamedTuple):
    """Population, independent units, rows of each unit; `uneven` units have 1 to 39 rows, 20 on average."""

    population: str
    units: int
    copies: int = 1
    uneven: bool = False

    @property
    def name(self) -> str:
        """Name of the case in the table."""
        if self.copies == 1:
            return f"{self.population}, {self.units} rows"
        sizes = "1 to 39" if self.uneven else str(self.copies)
        return f"{self.population}, {self.units} groups of {sizes}"


CASES = (
    Case("squared chance", 500),
    Case("squared chance", 2000),
    Case("calibrated, 2 classes", 500),
    Case("calibrated, 3 classes", 500),
    Case("calibrated, 10 classes", 500),
    Case("calibrated, 10 classes", 2000),
    Case("too sharp", 500),
    Case("too sharp", 2000),
    Case("slightly too sharp", 200),
    Case("slightly too sharp", 500),
    Case("slightly too sharp", 2000),
    Case("shifted", 500),
    Case("behind a matrix", 500),
    Case("rare disaster", 500),
    Case("rare disaster", 1000),
    Case("too sharp", 50, 20),
    Case("too sharp", 200, 20),
    Case("slightly too sharp", 50, 20),
    Case("slightly too sharp", 100, 20),
    Case("slightly too sharp", 200, 20),
    Case("too sharp", 50, 20, uneven=True),
    Case("calibrated, 3 classes", 50, 20),
    Case("calibrated, 3 classes", 50, 20, uneven=True),
)


def print_coverage(repetitions: int, text: str = "") -> None:
    """Print the shares for each case whose name begins with `text`, each as soon as it is known."""
    print(f"{repetitions} repetitions; share of 95 % intervals that hold the truth, and of tests at 5 % that")
    print(f"reject calibration; standard error {100 * math.sqrt(0.95 * 0.05 / repetitions):.1f} points")
    heads = f"{'loss':>7} {'uncert.':>8} {'resol.':>7} {'miscal.':>8} {'test':>7} {'CPU s':>7}"
    print(f"{'case':44} {heads}", flush=True)
    for case in (one for one in CASES if one.name.startswith(text)):
        began = time.process_time()
        shares = " ".join(f"{100 * share:6.1f}%" for share in covered(case, repetitions))
        print(f"{case.name:44} {shares} {time.process_time() - began:7.0f}", flush=True)
    for units, copies in ((300, 1), (50, 20)):
        name = f"pair of equal worth, {units} " + ("rows" if copies == 1 else f"groups of {copies}")
        if name.startswith(text):
            print(f"{name:44} rejected {100 * _pair_rejections(repetitions, units, copies):.1f}%", flush=True)
    for units, copies in ((500, 1), (50, 20)):
        name = f"pair of different worth, {units} " + ("rows" if copies == 1 else f"groups of {copies}")
        if name.startswith(text):
            print(f"{name:44} held {100 * _pair_coverage(repetitions, units, copies):.1f}%", flush=True)


def covered(case: Case, repetitions: int) -> Any:
    """Coverage of the four terms, and rejections by the test; nan where the truth is unknown."""
    rng = np.random.default_rng(20261129)
    population = POPULATIONS[case.population]
    truth = (
        population.cross_entropy,
        population.uncertainty,
        population.resolution,
        population.miscalibration,
    )
    hits = np.zeros(5)
    for _ in range(repetitions):
        hits += _held(case, population, truth, rng)
    unknown = np.asarray([*np.isnan(truth), False])
    return np.where(unknown, np.nan, hits / repetitions)


def _held(case: Case, population: Any, truth: tuple[float, ...], rng: np.random.Generator) -> Any:
    """One for each term whose interval holds the truth, and one if the test rejects, in one sample."""
    log_probs, codes = population.draw(case.units, rng)
    sizes = np.full(case.units, case.copies)
    if case.uneven:
        sizes = rng.integers(1, 2 * case.copies, case.units)
    groups = np.repeat(np.arange(case.units), sizes) if case.copies > 1 else None
    predictions = checked_predictions(
        np.repeat(log_probs, sizes, axis=0),
        np.repeat(codes, sizes),
        classes=[str(k) for k in range(population.K)],
        groups=groups,
        caller="benchmark",
    )
    scores, fitted = row_scores(predictions.log_probs, predictions.codes), cross_fitted(predictions)
    if fitted is None:
        raise ValueError(case)
    of = account(
        predictions,
        scores.losses,
        fitted.losses,
        score="log",
        seen_by="",
        coefficients=0,
        widest=None if fitted.widest is None else fitted.widest[0],
    )
    terms = (of.total, of.uncertainty, of.resolution, of.miscalibration)
    held = [one.low - 1e-12 <= value <= one.high + 1e-12 for one, value in zip(terms, truth, strict=True)]
    return np.asarray([*held, calibration_test(predictions, scores).p_value < 0.05], dtype=float)


def _pair_coverage(repetitions: int, units: int, copies: int) -> float:
    """Share of intervals of the difference of a calibrated and a too sharp model that hold the truth."""
    rng, hits = np.random.default_rng(1), 0
    difference = POPULATIONS["too sharp"].miscalibration
    for _ in range(repetitions):
        q = rng.dirichlet(np.ones(3), units)
        found = _compared(np.log(q), normalised(2 * np.log(q)), drawn_classes(q, rng), copies)
        hits += found.difference.low <= difference <= found.difference.high
    return hits / repetitions


def _pair_rejections(repetitions: int, units: int, copies: int) -> float:
    """Share of pairs with noise of equal size in which the sign-flip test rejects equality at 5 %."""
    rng, hits = np.random.default_rng(2), 0
    for _ in range(repetitions):
        q = rng.dirichlet(np.ones(3), units)
        a, b = (normalised(np.log(q) + 0.7 * rng.standard_normal(q.shape)) for _ in range(2))
        hits += _compared(a, b, drawn_classes(q, rng), copies).p_value < 0.05
    return hits / repetitions


def _compared(first: Any, second: Any, codes: Any, copies: int) -> Any:
    groups = np.repeat(np.arange(len(codes)), copies) if copies > 1 else None
    pair = tuple(
        checked_predictions(
            np.repeat(each, copies, axis=0),
            np.repeat(codes, copies),
            classes=list("abc"),
            groups=groups,
            caller="benchmark",
        )
        for each in (first, second)
    )
    scores = tuple(row_scores(one.log_probs, one.codes) for one in pair)
    return comparison(("a", "b"), (pair[0], pair[1]), (scores[0], scores[1]))
