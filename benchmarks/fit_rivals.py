"""
Contestants of a fit: xent with fewest steps and certified, scikit-learn's solvers, glum and statsmodels.

A rival has the tolerance that `fit_search` found for it. Libraries that are not installed have no rows.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from scipy.special import log_expit, logsumexp
from sklearn.linear_model import LogisticRegression as Rival
from threadpoolctl import threadpool_limits

from xent import LogisticRegression

__all__ = [
    "SOLVERS",
    "TARGET",
    "Contestant",
    "Fitter",
    "Point",
    "contestants_of_xent",
    "default_of_scikit_learn",
    "fitter_of",
    "objective",
    "quietly",
    "rival_names",
    "rivals",
]

Point = tuple[Any, Any]
Fitter = Callable[[], Point]

TARGET = 1e-6
SOLVERS = ("lbfgs", "newton-cg", "newton-cholesky")
# Operations of a Hessian: beyond them a step takes ten seconds, and the timer ends no step.
_MOST_DENSE = 1e11
_FAR_SLOWER = 2.5
# So many that time ends a fit, not the number of its steps.
_MOST_STEPS = 100_000


@dataclass(frozen=True)
class Contestant:
    """A fit to time: its name, its library, and a function that returns coefficients and intercepts."""

    name: str
    library: str
    fit: Fitter


def contestants_of_xent(X: Any, y: Any, least: float) -> list[Contestant]:
    """The fit of the fewest steps that reach the target, and the certified one."""
    history = LogisticRegression().fit(X, y).history_
    errors = [(step.objective - least) / least for step in history if "sample" not in step.solver]
    sampled = len(history) - len(errors)
    steps = sampled + next((k for k, error in enumerate(errors) if error <= TARGET), len(errors) - 1)
    return [
        _estimator("xent to 1e-6", "xent", LogisticRegression(max_iter=max(steps, 1)), X, y),
        _estimator("xent certified", "xent", LogisticRegression(), X, y),
    ]


def default_of_scikit_learn(X: Any, y: Any) -> Contestant:
    """Fit of scikit-learn's defaults, which may give up."""
    return _estimator("default", "default", Rival(), X, y)


def rivals(found: Mapping[str, Any], X: Any, y: Any, threads_tried: tuple[int, ...]) -> Iterator[Contestant]:
    """
    Rivals that reach the target by what `found` says, on each number of threads.

    Not those far slower than the fastest of scikit-learn, and of other libraries all that are installed.
    """
    near = {name: one for name, one in found.items() if one["error"] is not None and one["error"] <= TARGET}
    fastest = min((one["seconds"] for name, one in near.items() if name in SOLVERS), default=np.inf)
    for name, one in near.items():
        slow = one["seconds"] > _FAR_SLOWER * fastest
        if name not in rival_names(X, y) or (slow and name in SOLVERS):
            continue
        fit = fitter_of(name, one["tol"], X, y)
        label = name if one["tol"] is None else f"{name} {one['tol']:.0e}"
        for threads in threads_tried:
            library = "scikit-learn" if name in SOLVERS else name
            shown = label if len(threads_tried) == 1 else f"{label} {threads}t"
            yield Contestant(shown, library, _limited(fit, threads))


def rival_names(X: Any, y: Any) -> list[str]:
    """Rivals that are installed and can fit the set."""
    sparse, K = hasattr(X, "indptr"), int(y.max()) + 1
    names = list(SOLVERS[:2])
    # A Hessian of 50,000 columns takes 20 GB.
    if not sparse and (K == 2 or len(y) * (K * X.shape[1]) ** 2 <= _MOST_DENSE):
        names.append(SOLVERS[2])
    if not sparse and K == 2:
        names += [name for name in ("glum", "statsmodels") if find_spec(name) is not None]
    return names


def fitter_of(name: str, tol: float | None, X: Any, y: Any) -> Fitter:
    """The fit of a rival with a tolerance; statsmodels has none."""
    if name == "glum":
        return _of_glum(tol, X, y)
    if name == "statsmodels":
        return _of_statsmodels(X, y)
    return _estimator(name, name, Rival(solver=name, tol=tol, max_iter=_MOST_STEPS), X, y).fit


def quietly(model: Any, X: Any, y: Any) -> Any:
    """`model` fitted, without warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(X, y)


def objective(point: Point, X: Any, y: Any) -> float:
    """Mean cross-entropy and penalty of C = 1 at coefficients and intercepts, in nats."""
    coefficients, intercepts = point
    logits = X @ coefficients.T + intercepts
    if logits.shape[1] == 1:
        loss = -log_expit(np.where(y == 1, 1, -1) * logits[:, 0]).mean()
    else:
        loss = (logsumexp(logits, axis=1) - logits[np.arange(len(y)), y]).mean()
    return float(loss + 0.5 * (coefficients**2).sum() / len(y))


def _estimator(name: str, library: str, model: Any, X: Any, y: Any) -> Contestant:
    def fit() -> Point:
        fitted = quietly(model, X, y)
        return fitted.coef_, fitted.intercept_

    return Contestant(name, library, fit)


def _of_glum(tol: float | None, X: Any, y: Any) -> Fitter:
    """Glum, whose `alpha` is the factor of the squared weights."""
    model = import_module("glum").GeneralizedLinearRegressor(
        family="binomial", alpha=1 / len(y), l1_ratio=0, gradient_tol=tol, max_iter=1000
    )
    events = y.astype(float)

    def fit() -> Point:
        fitted = quietly(model, X, events)
        return np.asarray(fitted.coef_)[None], np.asarray([fitted.intercept_])

    return fit


def _of_statsmodels(X: Any, y: Any) -> Fitter:
    """Logit of statsmodels, without a penalty: its time alone is comparable, where its minimum is near."""
    statsmodels = import_module("statsmodels.api")

    def fit() -> Point:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            constant = statsmodels.add_constant(X, has_constant="add")
            point = np.asarray(statsmodels.Logit(y, constant).fit(disp=0).params)
        return point[None, 1:], point[:1]

    return fit


def _limited(fit: Fitter, threads: int) -> Fitter:
    def limited() -> Point:
        with threadpool_limits(threads):
            return fit()

    return limited
