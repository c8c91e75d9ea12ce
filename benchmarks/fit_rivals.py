"""
Contestants of a fit: xent with fewest steps and certified, scikit-learn's solvers, glum and statsmodels.

A rival has the coarsest tolerance of a grid of decades that reaches the minimum to 1e-6 relative, found
beforehand. Libraries that are not installed have no rows.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from scipy.special import log_expit, logsumexp
from sklearn.linear_model import LogisticRegression as Rival
from threadpoolctl import threadpool_limits

from xent import LogisticRegression

__all__ = ["Contestant", "contestants_of_xent", "default_of_scikit_learn", "objective", "quietly", "rivals"]

_TARGET = 1e-6
_TOLERANCES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7)
_SOLVERS = ("lbfgs", "newton-cg", "newton-cholesky")
_MOST_DENSE = 2e9  # operations of a Hessian
_FAR_SLOWER = 4.0
_LONGEST = 5.0  # seconds of processor, beyond which a rival is given up


@dataclass(frozen=True)
class Contestant:
    """A fit to time: its name, a function that fits, the relative error it ends with, and seconds of one."""

    name: str
    fit: Callable[[], Any]
    error: float
    seconds: float = 0.0


def contestants_of_xent(X: Any, y: Any, least: float) -> Iterator[Contestant]:
    """The fit of the fewest steps that reach the target, and the certified one."""
    history = LogisticRegression().fit(X, y).history_
    errors = [(step.objective - least) / least for step in history if "sample" not in step.solver]
    sampled = len(history) - len(errors)
    steps = sampled + next((k for k, error in enumerate(errors) if error <= _TARGET), len(errors) - 1)
    models = {
        "xent to 1e-6": LogisticRegression(max_iter=max(steps, 1)),
        "xent certified": LogisticRegression(),
    }
    for name, model in models.items():
        yield _of_estimator(name, model, X, y, least)


def rivals(X: Any, y: Any, least: float, threads_tried: tuple[int, ...]) -> Iterator[Contestant]:
    """Rivals that reach the target, on each number of threads; not those far slower than the fastest."""
    # One thread, for two of BLAS beside another process take many times as long.
    with threadpool_limits(1):
        found = [*_of_scikit_learn(X, y, least), *_of_glum(X, y, least), *_of_statsmodels(X, y, least)]
    fastest = min((one.seconds for one in found), default=0.0)
    for one in (one for one in found if one.seconds <= _FAR_SLOWER * fastest):
        for threads in threads_tried:
            yield Contestant(f"{one.name} {threads}t", _limited(one.fit, threads), one.error)


def default_of_scikit_learn(X: Any, y: Any, least: float) -> Contestant:
    """Fit of scikit-learn's defaults, with the error at which it gives up or stops."""
    return _of_estimator("default", Rival(), X, y, least)


def quietly(model: Any, X: Any, y: Any) -> Any:
    """`model` fitted, without warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(X, y)


def objective(coefficients: Any, intercepts: Any, X: Any, y: Any) -> float:
    """Mean cross-entropy and penalty of C = 1 at coefficients, in nats."""
    logits = X @ coefficients.T + intercepts
    if logits.shape[1] == 1:
        loss = -log_expit(np.where(y == 1, 1, -1) * logits[:, 0]).mean()
    else:
        loss = (logsumexp(logits, axis=1) - logits[np.arange(len(y)), y]).mean()
    return float(loss + 0.5 * (coefficients**2).sum() / len(y))


def _of_estimator(name: str, model: Any, X: Any, y: Any, least: float) -> Contestant:
    began = time.process_time()
    fitted = quietly(model, X, y)
    seconds = time.process_time() - began
    error = (objective(fitted.coef_, fitted.intercept_, X, y) - least) / least
    return Contestant(name, lambda: quietly(model, X, y), error, seconds)


def _of_scikit_learn(X: Any, y: Any, least: float) -> Iterator[Contestant]:
    classes = len(np.unique(y))
    for solver in _SOLVERS:
        if hasattr(X, "indptr") and solver == "newton-cholesky":
            continue  # its Hessian of 50,000 columns takes 20 GB
        if solver == "newton-cholesky" and classes > 2 and len(y) * (classes * X.shape[1]) ** 2 > _MOST_DENSE:
            continue  # seconds a step; never the fastest

        def made(tol: float, solver: str = solver) -> Contestant:
            model = Rival(solver=solver, tol=tol, max_iter=2000)
            return _of_estimator(f"{solver} {tol:.0e}", model, X, y, least)

        yield from _coarsest(made)


def _of_glum(X: Any, y: Any, least: float) -> Iterator[Contestant]:
    """Glum, which fits two classes by `alpha`, the factor of the squared weights."""
    if find_spec("glum") is None or y.max() > 1 or hasattr(X, "indptr"):
        return
    GeneralizedLinearRegressor = import_module("glum").GeneralizedLinearRegressor

    def made(tol: float) -> Contestant:
        model = GeneralizedLinearRegressor(
            family="binomial", alpha=1 / len(y), l1_ratio=0, gradient_tol=tol, max_iter=1000
        )
        began = time.process_time()
        fitted = quietly(model, X, y.astype(float))
        seconds = time.process_time() - began
        value = objective(fitted.coef_[None], fitted.intercept_, X, y)
        error = (value - least) / least
        return Contestant(f"glum {tol:.0e}", lambda: quietly(model, X, y.astype(float)), error, seconds)

    yield from _coarsest(made)


def _of_statsmodels(X: Any, y: Any, least: float) -> Iterator[Contestant]:
    """Logit of statsmodels, without a penalty: its time alone is comparable, where its minimum is near."""
    if find_spec("statsmodels") is None or y.max() > 1 or hasattr(X, "indptr"):
        return
    statsmodels = import_module("statsmodels.api")

    def fit() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return statsmodels.Logit(y, statsmodels.add_constant(X, has_constant="add")).fit(disp=0)

    began = time.process_time()
    try:
        point = np.asarray(fit().params)
    except (np.linalg.LinAlgError, ValueError):
        return  # separated classes, or dependent columns
    error = (objective(point[None, 1:], point[:1], X, y) - least) / least
    if error <= _TARGET:
        yield Contestant("statsmodels", fit, error, time.process_time() - began)


def _coarsest(made: Callable[[float], Contestant]) -> Iterator[Contestant]:
    """Contestant of the coarsest tolerance that reaches the target, if one does in time."""
    for tol in _TOLERANCES:
        began = time.process_time()
        one = made(tol)
        if one.error <= _TARGET:
            yield one
            return
        if time.process_time() - began > _LONGEST:
            return


def _limited(fit: Callable[[], Any], threads: int) -> Callable[[], Any]:
    def limited() -> Any:
        with threadpool_limits(threads):
            return fit()

    return limited
