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
from tests.scoring.closed_truths import drawn_classes, normalised

from benchmarks.interval_coverage import print_coverage
from xent.calibration.cross_fitting import cross_fitted
from xent.calibration.temperature import inverse_temperature
from xent.jobs.scoring import score
from xent.report.scores.html_report import render_html
from xent.scoring import account, checked_predictions, judge, row_scores
from xent.scoring.account import Account
from xent.scoring.row_scores import losses_of


def main(arguments: list[str]) -> None:
    """Print times, or coverage if it is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks scoring", description=__doc__)
    parser.add_argument("--coverage", type=int, metavar="REPETITIONS", help="samples of each population")
    parser.add_argument(
        "--cases", default="", metavar="TEXT", help="cases of coverage whose name begins with TEXT"
    )
    chosen = parser.parse_args(arguments)
    if chosen.coverage:
        print_coverage(chosen.coverage, chosen.cases)
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
    best, least = np.inf, np.inf
    for _ in range(turns):
        began, spent = time.perf_counter(), time.process_time()
        call()
        best, least = min(best, time.perf_counter() - began), min(least, time.process_time() - spent)
    print(f"{name:40} {best:8.3f} s {least:8.3f} s of processor time", flush=True)


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
