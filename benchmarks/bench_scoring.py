"""
Scores of predictions: time and memory beside scikit-learn and torch, and coverage of the intervals.

``python -m benchmarks scoring`` times; ``--coverage 2000`` draws 2,000 samples of each population whose truth
is known in closed form (`tests.scoring.closed_truths`) and prints the share of intervals that hold it, and
the share of true null hypotheses that the tests reject.
"""

from __future__ import annotations

import argparse
import importlib
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
from tests.scoring.closed_truths import POPULATIONS, Population, drawn_classes, normalised

from xent.calibration.cross_fitting import cross_fitted
from xent.calibration.temperature import inverse_temperature
from xent.jobs.scoring import score
from xent.report.scores.html_report import render_html
from xent.scoring import account, calibration_scores, checked_predictions, comparison, judge, row_scores
from xent.scoring.account import Account
from xent.scoring.row_scores import losses_of

_CASES = (
    ("squared chance", 500),
    ("squared chance", 2000),
    ("calibrated, 2 classes", 500),
    ("calibrated, 3 classes", 500),
    ("calibrated, 10 classes", 500),
    ("too sharp", 500),
    ("too sharp", 2000),
    ("slightly too sharp", 500),
    ("slightly too sharp", 2000),
    ("shifted", 500),
    ("rare disaster", 500),
    ("rare disaster", 1000),
)


def main(arguments: list[str]) -> None:
    """Print times, or coverage if it is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks scoring", description=__doc__)
    parser.add_argument("--coverage", type=int, metavar="REPETITIONS", help="samples of each population")
    chosen = parser.parse_args(arguments)
    if chosen.coverage:
        _coverage(chosen.coverage)
    else:
        _times()


def _times() -> None:
    n, K = 1_000_000, 10
    rng = np.random.default_rng(0)
    q = rng.dirichlet(np.ones(K), n)
    codes = drawn_classes(q, rng)
    log_probs = normalised(2 * np.log(q))
    probs = np.exp(log_probs)
    classes = [str(k) for k in range(K)]
    print(f"{n:,} x {K}, float64, best of 3")
    _row("loss, a gather and a mean", lambda: losses_of(log_probs, codes).mean())
    _row("sklearn.metrics.log_loss", _sklearn(codes, probs))
    _row("judge (loss, interval, errors, bins)", lambda: judge(log_probs, codes, classes=classes))
    _row("whole account, log and Brier", lambda: _accounts(log_probs, codes, classes))
    table = {"y": codes} | {f"p_{k}": probs[:, k] for k in range(K)}
    page = len(render_html(score(table, "y")))
    small = len(render_html(score({name: column[:1000] for name, column in table.items()}, "y")))
    print(f"page of 1,000,000 rows {page:,} bytes, of 1,000 rows {small:,} bytes")
    tracemalloc.start()
    _accounts(log_probs, codes, classes)
    peak = tracemalloc.get_traced_memory()[1] / log_probs.nbytes
    print(f"peak memory of the account {peak:.2f} x predictions")
    tracemalloc.stop()
    _temperature()


def _temperature() -> None:
    """Temperature scaling of 50,000 rows of 1,000 logits, beside L-BFGS of torch."""
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(50_000, 1000)) * 3
    codes = (0.6 * logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
    found = inverse_temperature(logits, codes)
    print(f"50,000 x 1,000 logits: beta {found.value:.6f}, gap {found.gap:.1e}, {found.passes} passes")
    _row("inverse_temperature", lambda: inverse_temperature(logits, codes))
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        print("torch is not installed and is left out")
        return
    z, y = torch.from_numpy(logits), torch.from_numpy(codes)

    def lbfgs() -> float:
        log_beta = torch.zeros((), dtype=torch.float64, requires_grad=True)
        optimiser = torch.optim.LBFGS(
            [log_beta], max_iter=100, line_search_fn="strong_wolfe", tolerance_grad=1e-9
        )

        def closure() -> Any:
            optimiser.zero_grad()
            loss = torch.nn.functional.cross_entropy(log_beta.exp() * z, y)
            loss.backward()
            return loss

        optimiser.step(closure)
        return float(log_beta.exp())

    print(f"torch L-BFGS: beta {lbfgs():.6f}")
    _row("torch L-BFGS", lbfgs, turns=1)


def _sklearn(codes: Any, probs: Any) -> Callable[[], object]:
    metrics = importlib.import_module("sklearn.metrics")
    return lambda: metrics.log_loss(codes, probs)


def _row(name: str, call: Callable[[], object], *, turns: int = 3) -> None:
    best = np.inf
    for _ in range(turns):
        began = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - began)
    print(f"{name:40} {best:8.3f} s")


def _accounts(log_probs: Any, codes: Any, classes: list[str]) -> tuple[Account, ...]:
    """Accounts of log loss and Brier score, as `xent score` makes them."""
    predictions = checked_predictions(log_probs, codes, classes=classes, caller="benchmark")
    scores, fitted = row_scores(predictions.log_probs, predictions.codes), cross_fitted(predictions)
    if fitted is None:
        raise ValueError(classes)
    coefficients = fitted.chosen.coefficients(len(classes), len(codes))
    limits = fitted.widest or (None, None)
    return tuple(
        account(
            predictions,
            values,
            moved,
            score=name,
            seen_by=fitted.seen_by,
            coefficients=coefficients,
            widest=widest,
        )
        for name, values, moved, widest in (
            ("log", scores.losses, fitted.losses, limits[0]),
            ("brier", scores.squared, fitted.squared, limits[1]),
        )
    )


def _coverage(repetitions: int) -> None:
    print(f"{repetitions} repetitions; share of 95 % intervals that hold the truth")
    print(
        f"{'population':26} {'rows':>6} {'loss':>7} {'uncert.':>8} {'resol.':>7} {'miscal.':>8} {'test':>7}"
    )
    for name, n in _CASES:
        shares = _covered(POPULATIONS[name], n, repetitions, copies=1)
        print(f"{name:26} {n:6} " + " ".join(f"{100 * share:6.1f}%" for share in shares), flush=True)
    for groups in (50, 200):
        shares = _covered(POPULATIONS["too sharp"], groups, repetitions, copies=20)
        print(f"{f'too sharp, {groups} groups of 20':26} {20 * groups:6} ", end="")
        print(" ".join(f"{100 * share:6.1f}%" for share in shares), flush=True)
    print(f"pair of different worth: interval holds the truth {100 * _pair_coverage(repetitions):.1f} %")
    print(f"pair of equal worth: rejected {100 * _pair_rejections(repetitions):.1f} %")


def _covered(population: Population, n: int, repetitions: int, *, copies: int) -> Any:
    """Coverage of the four terms, and rejections by the exact test of calibration."""
    rng = np.random.default_rng(20261129)
    classes = [str(k) for k in range(population.K)]
    truth = (
        population.cross_entropy,
        population.uncertainty,
        population.resolution,
        population.miscalibration,
    )
    hits = np.zeros(5)
    for _ in range(repetitions):
        log_probs, codes = population.draw(n, rng)
        groups = np.repeat(np.arange(n), copies) if copies > 1 else None
        log_probs, codes = np.repeat(log_probs, copies, axis=0), np.repeat(codes, copies)
        predictions = checked_predictions(
            log_probs, codes, classes=classes, groups=groups, caller="benchmark"
        )
        scores, fitted = row_scores(predictions.log_probs, predictions.codes), cross_fitted(predictions)
        if fitted is None:
            raise ValueError(n)
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
        hits += [*held, calibration_scores(predictions, scores).test.p_value < 0.05]
    unknown = np.asarray([*np.isnan(truth), False])
    return np.where(unknown, np.nan, hits / repetitions)


def _pair_coverage(repetitions: int) -> float:
    rng, hits = np.random.default_rng(1), 0
    for _ in range(repetitions):
        q = rng.dirichlet(np.ones(3), 500)
        found = _compared(np.log(q), normalised(2 * np.log(q)), drawn_classes(q, rng))
        hits += found.difference.low <= 0.9434976835 - 5 / 6 <= found.difference.high
    return hits / repetitions


def _pair_rejections(repetitions: int) -> float:
    rng, hits = np.random.default_rng(2), 0
    for _ in range(repetitions):
        q = rng.dirichlet(np.ones(3), 300)
        a, b = (normalised(np.log(q) + 0.7 * rng.standard_normal(q.shape)) for _ in range(2))
        hits += _compared(a, b, drawn_classes(q, rng)).p_value < 0.05
    return hits / repetitions


def _compared(first: Any, second: Any, codes: Any) -> Any:
    pair = tuple(
        checked_predictions(each, codes, classes=list("abc"), caller="benchmark") for each in (first, second)
    )
    scores = tuple(row_scores(one.log_probs, one.codes) for one in pair)
    return comparison(("a", "b"), (pair[0], pair[1]), (scores[0], scores[1]))
