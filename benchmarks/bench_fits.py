"""
Logistic and softmax regression beside scikit-learn's solvers, whole fits from arrays to coefficients.

Rivals get the coarsest tolerance of a grid with which they reach the minimum to 1e-6 relative, and the best
number of threads; both are found beforehand, which nobody does who fits in earnest. xent is timed twice: with
the fewest steps that reach the same 1e-6, and by default, with its certificate of 1e-8 nats per row. The
contestants of a set take turns in one process. Each row shows the error it ends with, (F - F*) / F*.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import log_expit, logsumexp
from sklearn.linear_model import LogisticRegression as Rival
from threadpoolctl import threadpool_limits

from benchmarks.fit_sets import MINIMA, fit_set, random_shape
from benchmarks.taking_turns import machine
from xent import LogisticRegression

_TARGET = 1e-6
_RIVALS = ("lbfgs", "newton-cg", "newton-cholesky")
_MOST_DENSE = 2e9  # operations of a Hessian
_LONGEST = 10.0  # seconds of processor, beyond which a rival is given up


@dataclass(frozen=True)
class Contestant:
    """A fit to time: its name, a function that fits, and the relative error it ends with."""

    name: str
    fit: Callable[[], Any]
    error: float


def main(arguments: list[str]) -> None:
    """Print a row for each set."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks fits", description=__doc__)
    parser.add_argument("sets", nargs="*", help="names of sets; default all, then ten random shapes")
    parser.add_argument(
        "--cpu", action="store_true", help="seconds of processor, for a machine with other work"
    )
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each contestant")
    chosen = parser.parse_args(arguments)
    clock = time.process_time if chosen.cpu else time.perf_counter
    print("seconds of processor" if chosen.cpu else "seconds")
    print(machine("numpy", "scipy", "scikit-learn", "llvmlite"), f"; medians of {chosen.runs}, interleaved")
    print(
        f"{'set':14} {'best of scikit-learn':30} {'error':>8} "
        f"{'xent to 1e-6':>12} {'error':>8} {'times':>6} {'certified':>10} {'gap':>8} {'times':>6} {'steps'}"
    )
    names = chosen.sets or [*MINIMA, *(f"random {seed}" for seed in range(10))]
    for name in names:
        _row(name, runs=chosen.runs, clock=clock)


def _row(name: str, *, runs: int, clock: Callable[[], float]) -> None:
    if name.startswith("random"):
        X, y = random_shape(int(name.split()[1]))
        shown = f"{name[7:]}: {X.shape[0]}x{X.shape[1]}x{y.max() + 1}"
        least = _objective(_exact(X, y), X, y)
    else:
        X, y = fit_set(name)
        shown, least = name, MINIMA[name]
    try:
        ours = list(_ours(X, y, least))
    except (TypeError, ValueError) as refusal:
        print(f"{shown:14} xent refuses: {str(refusal)[:80]}")
        return
    contestants = [*ours, *_rivals(X, y, least, (1,) if clock is time.process_time else (1, 2))]
    seconds = _in_turns(contestants, runs, clock)
    rivals = {c.name: statistics.median(seconds[c.name]) for c in contestants[2:]}
    best = min(rivals, key=lambda one: rivals[one])
    error = next(c.error for c in contestants if c.name == best)
    rough, sure = (statistics.median(seconds[c.name]) for c in ours)
    model = ours[1].fit()
    print(
        f"{shown:14} {best:21} {rivals[best]:8.4f} {error:8.0e} "
        f"{rough:12.4f} {ours[0].error:8.0e} {rivals[best] / rough:6.2f} "
        f"{sure:10.4f} {model.gap_:8.0e} {rivals[best] / sure:6.2f} {model.n_iter_[0]:5d} "
        f"{model.history_[-1].solver}",
        flush=True,
    )


def _ours(X: Any, y: Any, least: float) -> Iterator[Contestant]:
    """The fit of the fewest steps that reach the target, and the certified one."""
    errors = [
        (step.objective - least) / least
        for step in LogisticRegression().fit(X, y).history_
        if "sample" not in step.solver
    ]
    sampled = sum("sample" in step.solver for step in LogisticRegression().fit(X, y).history_)
    steps = sampled + next((k for k, error in enumerate(errors) if error <= _TARGET), len(errors) - 1)
    rough = LogisticRegression(max_iter=max(steps, 1))
    yield Contestant(
        "xent to 1e-6", lambda: _quietly(rough, X, y), _error(_quietly(rough, X, y), X, y, least)
    )
    sure = LogisticRegression()
    yield Contestant(
        "xent certified", lambda: _quietly(sure, X, y), _error(_quietly(sure, X, y), X, y, least)
    )


def _rivals(X: Any, y: Any, least: float, threads_tried: tuple[int, ...]) -> Iterator[Contestant]:
    """Each solver of scikit-learn that reaches the target, on each number of threads."""
    for solver in _RIVALS:
        if hasattr(X, "indptr") and solver == "newton-cholesky":
            continue  # its Hessian of 50,000 columns takes 20 GB
        classes = len(np.unique(y))
        if solver == "newton-cholesky" and classes > 2 and len(y) * (classes * X.shape[1]) ** 2 > _MOST_DENSE:
            continue  # seconds a step; never the fastest
        for tol in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7):
            model = Rival(solver=solver, tol=tol, max_iter=3000)
            began = time.process_time()
            error = _error(_quietly(model, X, y), X, y, least)
            if error <= _TARGET:
                for threads in threads_tried:
                    yield Contestant(f"{solver} {tol:.0e} {threads}t", _limited(model, X, y, threads), error)
                break
            if time.process_time() - began > _LONGEST:
                break


def _limited(model: Rival, X: Any, y: Any, threads: int) -> Callable[[], Any]:
    def fit() -> Any:
        with threadpool_limits(threads):
            return _quietly(model, X, y)

    return fit


def _quietly(model: Any, X: Any, y: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(X, y)


def _exact(X: Any, y: Any) -> Any:
    return _quietly(LogisticRegression(tol=1e-12), X, y)


def _error(model: Any, X: Any, y: Any, least: float) -> float:
    return float((_objective(model, X, y) - least) / least)


def _objective(model: Any, X: Any, y: Any) -> float:
    """Mean cross-entropy and penalty at the coefficients of a model, in nats."""
    logits = X @ model.coef_.T + model.intercept_
    if logits.shape[1] == 1:
        loss = -log_expit(np.where(y == 1, 1, -1) * logits[:, 0]).mean()
    else:
        loss = (logsumexp(logits, axis=1) - logits[np.arange(len(y)), y]).mean()
    return float(loss + 0.5 * (model.coef_**2).sum() / len(y))


def _in_turns(contestants: list[Contestant], runs: int, clock: Callable[[], float]) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {c.name: [] for c in contestants}
    for turn in range(runs):
        at = turn % len(contestants)
        for one in contestants[at:] + contestants[:at]:
            began = clock()
            one.fit()
            seconds[one.name].append(clock() - began)
    return seconds
