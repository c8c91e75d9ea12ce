"""Two samples over one list of symbols: those of the truth and those of a model."""

from __future__ import annotations

import operator
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np

from xent.errors import DomainError, DTypeError
from xent.measures.estimators.category_codes import Samples, symbol_counts
from xent.measures.estimators.count_spectrum import Floats, whole_counts
from xent.measures.estimators.dirichlet_prior import Prior, pseudocount

__all__ = ["DivergenceEstimate", "ModelCounts", "model_counts_of"]


@dataclass(frozen=True, slots=True)
class DivergenceEstimate:
    """
    An estimated cross-entropy or divergence, in the unit it was asked for: nats without a base.

    Parameters
    ----------
    value : float
        The estimate; infinite where `unseen` is above 0 and the model is not smoothed.
    standard_error : float or None
        By the delta method; None where the value is infinite.
    K : int
        Number of categories assumed, or counted.
    n, n_model : int
        Numbers of observations of the truth and of the model.
    unseen : int
        Number of observations of the truth whose symbol the model's sample does not hold.
    method : str
        ``"plug_in"``, or the name of the smoothing of the model.
    """

    value: float
    standard_error: float | None
    K: int
    n: int
    n_model: int
    unseen: int
    method: str


@dataclass(frozen=True)
class ModelCounts:
    """
    Counts of truth and model for each symbol that either holds, and how the model is smoothed.

    Parameters
    ----------
    of_truth, of_model : ndarray of shape (U,)
        Whole numbers, as floats.
    K : int
        Number of categories, at least U.
    a : float
        Pseudo-observations of the model in each category.
    method : str
        Name of the smoothing.
    """

    of_truth: Floats
    of_model: Floats
    K: int
    a: float
    method: str

    @property
    def n(self) -> int:
        """Number of observations of the truth."""
        return int(self.of_truth.sum())

    @property
    def n_model(self) -> int:
        """Number of observations of the model."""
        return int(self.of_model.sum())

    @property
    def unseen(self) -> int:
        """Number of observations of the truth whose symbol the model's sample does not hold."""
        return int(self.of_truth[self.of_model == 0].sum())

    @property
    def shares(self) -> tuple[Floats, Floats]:
        """Probabilities of truth and model for each symbol; those of the model may sum to less than 1."""
        return self.of_truth / self.n, (self.of_model + self.a) / (self.n_model + self.K * self.a)

    def estimate(self, nats: float, error: float, *, unit: float) -> DivergenceEstimate:
        """The result; a nat is ``1 / unit`` of its unit."""
        scaled = float(error) / unit if np.isfinite(nats) else None
        n, n_model, unseen = self.n, self.n_model, self.unseen
        return DivergenceEstimate(float(nats) / unit, scaled, self.K, n, n_model, unseen, self.method)


def model_counts_of(
    truth: Samples,
    model: Samples | None,
    counts: Mapping[Hashable, int] | None,
    *,
    smoothing: Prior | None,
    K: int | None,
    where: str,
) -> ModelCounts:
    """Count `truth` and either the samples of `model` or its `counts`, over all symbols of both."""
    if (model is None) == (counts is None):
        got = "both" if counts is not None else "neither"
        rule = "be given, as samples or as `model_counts`, and not as both"
        raise DomainError(where, "q_samples", rule, got=got)
    p = symbol_counts(truth, where=where, argument="p_samples")
    q = _of_model(model, counts, where=where)
    symbols = list(dict.fromkeys([*p, *q]))
    of_truth, of_model = (np.asarray([float(c.get(s, 0)) for s in symbols]) for c in (p, q))
    number = _category_number(K, len(symbols), smoothing=smoothing, where=where)
    if smoothing is None:
        return ModelCounts(of_truth, of_model, number, 0.0, "plug_in")
    n_model = int(of_model.sum())
    a = pseudocount(smoothing, n=n_model, K=number, where=where, argument="smoothing")
    name = smoothing if isinstance(smoothing, str) else f"pseudocount {a:g}"
    return ModelCounts(of_truth, of_model, number, a, name)


def _of_model(
    model: Samples | None, counts: Mapping[Hashable, int] | None, *, where: str
) -> dict[Hashable, int]:
    if counts is None:
        return symbol_counts(() if model is None else model, where=where, argument="q_samples")
    numbers = whole_counts(list(counts.values()), where=where)
    if numbers.sum() == 0:
        raise DomainError(where, "model_counts", "hold at least one observation", got="none")
    return dict(zip(counts, numbers.tolist(), strict=True))


def _category_number(K: int | None, seen: int, *, smoothing: Prior | None, where: str) -> int:
    if K is None and smoothing is not None:
        hint = f"Smoothing depends on it. In both samples together there are {seen}."
        raise DomainError(where, "K", "be the number of possible categories", got="None", hint=hint)
    if K is None:
        return seen
    try:
        number = operator.index(K)
    except TypeError:
        raise DTypeError(where, "K", "be an integer", got=type(K).__name__) from None
    if number < seen:
        raise DomainError(where, "K", f"be at least {seen}, the number of symbols seen", got=str(number))
    return number
